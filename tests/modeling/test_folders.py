"""Only a whole model of the kind that is asked for is loaded, and in full precision."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import PreTrainedModel

from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.model import StanceModel
from whipcount.modeling.resolver import PronounResolver, ResolverModel
from whipcount.schema import InputError


def go_on(folder: Path) -> StanceModel:
    return StanceModel.from_trained(str(folder), n_slots=48, speaker_slots=False, local_pooling=True, pair_size=16, attention_heads=2)


LOADERS: dict[str, tuple[str, Callable[[Path], PreTrainedModel]]] = {
    "a model that is used": ("stances", lambda folder: StanceClassifier.from_pretrained(folder).model),
    "a model that is trained further": ("stances", go_on),
    "a resolver": ("pronouns", lambda folder: PronounResolver.from_pretrained(folder).model),
}
TYPES = {"stances": "whipcount", "pronouns": "whipcount_resolver"}
HEADS = {"stances": "head.stance.3.weight", "pronouns": "pair.2.weight"}


@pytest.fixture(scope="module")
def saved(small_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a stance model and one that resolves pronouns."""
    folder = tmp_path_factory.mktemp("saved")
    shutil.copytree(small_run / "model", folder / "stances")
    classifier = StanceClassifier.from_pretrained(folder / "stances")
    resolver = ResolverModel.from_stances(classifier.model, size=8, dropout=0.1)
    PronounResolver(resolver, classifier.tokenizer).save_pretrained(folder / "pronouns", {})
    return folder


@pytest.mark.parametrize("name", LOADERS)
def test_a_model_of_another_kind_is_refused(name: str, saved: Path, tiny_encoder: Path) -> None:
    kind, load = LOADERS[name]
    (other,) = set(TYPES) - {kind}
    for folder, found in ((saved / other, TYPES[other]), (tiny_encoder, "bert")):
        with pytest.raises(InputError, match=rf"{folder}: .*its model_type is '{found}', not '{TYPES[kind]}'"):
            load(folder)


@pytest.mark.parametrize("name", LOADERS)
def test_a_model_without_an_encoder_is_refused(name: str, saved: Path, tmp_path: Path) -> None:
    kind, load = LOADERS[name]
    shutil.copytree(saved / kind, tmp_path / kind)
    config = json.loads((tmp_path / kind / "config.json").read_text(encoding="utf-8"))
    del config["encoder"]
    (tmp_path / kind / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(InputError, match=r"config\.json does not say of what shape its encoder is"):
        load(tmp_path / kind)


@pytest.mark.parametrize("name", LOADERS)
def test_a_model_without_all_weights_is_refused(name: str, saved: Path, tmp_path: Path) -> None:
    kind, load = LOADERS[name]
    shutil.copytree(saved / kind, tmp_path / kind)
    weights = load_file(tmp_path / kind / "model.safetensors")
    del weights[HEADS[kind]]
    save_file(weights, tmp_path / kind / "model.safetensors", {"format": "pt"})
    with pytest.raises(InputError, match=rf"{kind}: .*no weights are there for {HEADS[kind]}"):
        load(tmp_path / kind)


@pytest.mark.parametrize("name", LOADERS)
def test_a_model_stored_in_half_precision_is_loaded_in_full(name: str, saved: Path, tmp_path: Path) -> None:
    kind, load = LOADERS[name]
    shutil.copytree(saved / kind, tmp_path / kind)
    half = load(saved / kind)
    half.bfloat16()
    half.config.encoder["dtype"] = "bfloat16"  # as of an encoder that was stored in it
    half.save_pretrained(tmp_path / kind)
    assert {weight.dtype for weight in load_file(tmp_path / kind / "model.safetensors").values()} == {torch.bfloat16}
    assert {weight.dtype for weight in load(tmp_path / kind).parameters()} == {torch.float32}
