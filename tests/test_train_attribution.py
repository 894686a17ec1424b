"""A model is given a head for attributions, keeps its stances, and is measured beside the rules."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from whipcount.attribution import measure
from whipcount.config import AttributionConfig, AttributionTrainingConfig
from whipcount.examples.storage import load_dataset_folder
from whipcount.modeling.classifier import StanceClassifier
from whipcount.schema import InputError
from whipcount.train_attribution import train_attribution


def settings(model: Path, out: Path, layers: int = 1) -> AttributionTrainingConfig:
    run = str(out.parent / "run")
    return AttributionTrainingConfig(model=str(model), layers=layers, size=8, epochs=1, run=run, out=str(out))


def test_a_model_learns_attributions_once_and_is_measured(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "model"
    assert train_attribution(settings(small_run / "model", out)) == out
    record = json.loads((out / "attribution.json").read_text())
    assert (record["n_texts"], record["n_attributions"], record["config"]["layers"]) == (1, 2, 1)
    assert (out / "training.json").read_text() == (small_run / "model" / "training.json").read_text()
    assert (out / "README.md").read_text().count("2 attributions of 1 text of PolNeAR") == 1
    written = (out / "model.safetensors").stat().st_mtime_ns
    train_attribution(settings(out, out))
    assert (out / "model.safetensors").stat().st_mtime_ns == written, "the same head once more is no work"
    development = load_dataset_folder(small_run / "dataset").articles["development"]
    before, after = (StanceClassifier.from_pretrained(folder).predict_articles(development) for folder in (small_run / "model", out))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    measured = measure(AttributionConfig(models=[str(out)], quotations=str(tmp_path / "quoted"), out=str(tmp_path / "record")))
    metrics, page = json.loads((measured / "attribution.json").read_text()), (measured / "README.md").read_text()
    encoder = json.loads((out / "training.json").read_text())["config"]["model"]["encoder"]
    name = f"{Path(encoder).name}, 1 text, 1 own layer, seed 1"
    assert set(metrics["systems"]) == set(metrics["speakers"]["systems"]) == {"rules", name}
    assert f"| {name}, development |" in page and "models=[…]" in page
    assert json.loads((measured / "manifest.json").read_text())["models"][name]["fingerprint"] == record["fingerprint"]


def test_a_model_without_the_head_cannot_be_measured(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the model has no head for attributions"):
        measure(AttributionConfig(models=[str(small_run / "model")], out=str(tmp_path / "record")))


def test_a_folder_of_something_else_is_refused_before_training(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.tex").touch()
    with pytest.raises(InputError, match="mine: the folder holds something else than a model"):
        train_attribution(settings(small_run / "model", tmp_path / "mine"))
    (tmp_path / "mine" / "config.json").write_text('{"model_type": "whipcount_resolver"}')
    with pytest.raises(InputError, match="mine: holds something else than a model of the type 'whipcount'"):
        train_attribution(settings(small_run / "model", tmp_path / "mine"))
    assert not (tmp_path / "run").exists()


def test_a_missing_train_part_is_named(attributed_corpora: Path, small_run: Path, tmp_path: Path) -> None:
    for file in (attributed_corpora / "train" / "attributions").iterdir():
        file.unlink()
    with pytest.raises(InputError, match="PolNeAR has no train part here"):
        train_attribution(settings(small_run / "model", tmp_path / "model"))
