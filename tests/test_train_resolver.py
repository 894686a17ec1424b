"""A resolver is trained once, measured beside the grammar, and read with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from whipcount.attribution import measure as measure_attributions
from whipcount.config import AttributionConfig, PronounConfig, ResolverTrainingConfig
from whipcount.modeling.resolver import PronounResolver
from whipcount.pipeline import StancePipeline
from whipcount.pronouns import measure
from whipcount.schema import InputError
from whipcount.train_resolver import train_resolver


def test_a_resolver_is_trained_once_and_measured(attributed_corpora: Path, pronoun_news: Path, small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "resolver"
    settings = ResolverTrainingConfig(
        model=str(small_run / "model"), folders=[str(pronoun_news)], size=8, epochs=1, run=str(tmp_path / "run"), out=str(out)
    )
    assert train_resolver(settings) == out
    record = json.loads((out / "resolver.json").read_text())
    assert (record["n_texts"], record["n_pronouns"]) == (2 + 6, 2 + 6), "of GAP, and of the train articles"
    card = (out / "README.md").read_text()
    assert "8 pronouns of 8 texts" in card and str(small_run / "model") in card
    for corpus in ("gap", "town", "slice"):
        assert f"- **{corpus}**" in card, corpus
    written = (out / "model.safetensors").stat().st_mtime_ns
    train_resolver(settings)
    assert (out / "model.safetensors").stat().st_mtime_ns == written, "the same resolver once more is no work"

    measured = measure(PronounConfig(resolvers=[str(out)], news=str(pronoun_news), out=str(tmp_path / "record")))
    metrics = json.loads((measured / "pronouns.json").read_text())
    name = "resolver (bert), 1 epoch, seed 1"
    assert list(metrics["systems"]) == ["grammar", name] and name in (measured / "README.md").read_text()
    speakers = measure_attributions(
        AttributionConfig(resolver=str(out), quotations=str(tmp_path / "quoted"), out=str(tmp_path / "speakers"))
    )
    assert set(json.loads((speakers / "attribution.json").read_text())["speakers"]["systems"]["rules"]) == {"oracle", "own", "resolved"}
    assert "own, with a resolver" in (speakers / "README.md").read_text()

    reading = StancePipeline.from_pretrained(small_run / "model", resolver=out)("Marta Quill met Peter Stroud before she left.")
    assert reading.model["resolver"] == "resolver"
    with pytest.raises(InputError, match="its model_type is 'whipcount', not 'whipcount_resolver'"):
        PronounResolver.from_pretrained(small_run / "model")


def test_a_folder_of_something_else_is_refused_before_training(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    run = tmp_path / "run"
    with pytest.raises(InputError, match="mine: the folder holds something else than a model"):
        train_resolver(ResolverTrainingConfig(model=str(small_run / "model"), folders=[], run=str(run), out=str(tmp_path / "mine")))
    assert not run.exists()


def test_a_stance_model_is_no_resolver_to_be_replaced(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    run, stances = tmp_path / "run", tmp_path / "stances"
    shutil.copytree(small_run / "model", stances)
    with pytest.raises(InputError, match="stances: holds something else than a model of the type 'whipcount_resolver'"):
        train_resolver(ResolverTrainingConfig(model=str(stances), folders=[], run=str(run), out=str(stances)))
    assert not run.exists()
