from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.build import build
from whipcount.config import BuildConfig, CrossEncoderConfig, DataConfig
from whipcount.examples.storage import load_dataset_folder
from whipcount.schema import InputError
from whipcount.scoring.comparison_report import compare_predictions
from whipcount.scoring.predictions import read_predictions
from whipcount.yardstick import measure


def test_both_models_read_the_same_articles_and_can_be_compared(small_run: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    config = CrossEncoderConfig(
        dataset=str(small_run / "dataset"),
        model=str(small_run / "model"),
        encoder=str(tiny_encoder),
        max_tokens=64,
        none_rows=1,
        n_articles=1,
        epochs=1,
        out=str(tmp_path / "yardstick"),
    )
    results = measure(config)
    dataset = load_dataset_folder(results / "dataset")
    (article,) = dataset.articles["development"]
    card = (results / "dataset" / "README.md").read_text()
    assert "- **slice**: a folder of its user's" in card and "labour_2016" not in card, "the licences of what is in it"
    cost = json.loads((results / "cost.json").read_text())
    assert cost["articles"] == 1
    assert cost["rows"] == len(dataset.examples["development"]) > len(article.sentences)
    assert cost["one_pass_seconds_per_article"] > 0 < cost["cross_encoder_seconds_per_article"]
    systems = [read_predictions(results / f"{name}.jsonl") for name in ("one_pass", "cross_encoder")]
    assert systems[0].ids == systems[1].ids == dataset.examples["development"]["id"][:]
    (comparison,) = compare_predictions(dataset, systems, ["development"]).splits[0].comparisons
    assert (comparison.first, comparison.second) == ("one_pass", "cross_encoder")


def test_a_dataset_without_whole_articles_is_refused(small_run: Path, tmp_path: Path) -> None:
    build(BuildConfig(DataConfig(["labour_2016"]), str(tmp_path / "dataset")))
    with pytest.raises(InputError, match="no fully annotated article in train"):
        measure(CrossEncoderConfig(dataset=str(tmp_path / "dataset"), model=str(small_run / "model"), out=str(tmp_path / "out")))
