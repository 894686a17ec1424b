from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from whipcount.baselines import BASELINES
from whipcount.config import PredictConfig
from whipcount.examples.storage import load_dataset_folder
from whipcount.predict import predict
from whipcount.schema import InputError
from whipcount.scoring.predictions import read_predictions


@pytest.mark.parametrize("system", ["whipcount", *BASELINES])
def test_every_row_of_the_splits_is_predicted_in_order(small_run: Path, system: str) -> None:
    dataset = load_dataset_folder(small_run / "dataset")
    predictions = read_predictions(small_run / "predictions" / f"{system}.jsonl")
    assert predictions.ids == [*dataset.examples["development"]["id"], *dataset.examples["test"]["id"]]
    assert predictions.system == system
    assert predictions.dataset == dataset.manifest["fingerprint"]


def test_what_is_unchanged_is_not_predicted_again(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    config = PredictConfig(model="majority", data=str(small_run / "dataset"), splits=["test"], out=str(out))
    predict(config)
    before = out.stat().st_mtime_ns
    predict(config)
    assert out.stat().st_mtime_ns == before
    config.model = "lexicon"
    predict(config)
    assert out.stat().st_mtime_ns != before


def test_a_missing_model_or_dataset_leaves_nothing_behind(small_run: Path, tmp_path: Path) -> None:
    out = tmp_path / "p.jsonl"
    with pytest.raises(InputError, match="no model here"):
        predict(PredictConfig(model=str(tmp_path / "nowhere"), data=str(small_run / "dataset"), out=str(out)))
    with pytest.raises(InputError, match="no dataset here"):
        predict(PredictConfig(model="majority", data=str(tmp_path), out=str(out)))
    assert not list(tmp_path.iterdir())


def test_a_split_without_articles_is_said(small_run: Path, tmp_path: Path) -> None:
    from whipcount.build import build
    from whipcount.config import BuildConfig, DataConfig
    from whipcount.corpora.folders import BUNDLED

    shutil.copytree(BUNDLED / "labour_2016", tmp_path / "only_test")
    build(BuildConfig(DataConfig([str(tmp_path / "only_test")]), str(tmp_path / "dataset")))
    with pytest.raises(InputError, match="no article in development"):
        predict(PredictConfig(model="majority", data=str(tmp_path / "dataset"), splits=["development"]))
