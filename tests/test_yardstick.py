from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from whipcount.build import build
from whipcount.config import BuildConfig, CrossEncoderConfig, DataConfig
from whipcount.examples.storage import load_dataset_folder
from whipcount.schema import InputError
from whipcount.scoring.comparison_report import compare_predictions
from whipcount.scoring.predictions import read_predictions
from whipcount.yardstick import measure, training_key, warn_of_encoders


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
    made = json.loads((results / "manifest.json").read_text())
    assert made["settings"]["none_rows"] == 1 and "out" not in made["settings"]
    learnt_from = load_dataset_folder(small_run / "dataset").manifest["fingerprint"]
    assert (made["dataset"], made["learnt_from"]) == (dataset.manifest["fingerprint"], learnt_from)
    assert made["model"]["fingerprint"] and made["hardware"].endswith("cpu")
    systems = [read_predictions(results / f"{name}.jsonl") for name in ("one_pass", "cross_encoder")]
    assert systems[0].ids == systems[1].ids == dataset.examples["development"]["id"][:]
    (comparison,) = compare_predictions(dataset, systems, ["development"]).splits[0].comparisons
    assert (comparison.first, comparison.second) == ("one_pass", "cross_encoder")


def test_a_training_is_known_by_its_settings_and_the_weights_it_starts_from(tiny_encoder: Path, tmp_path: Path) -> None:
    encoder = tmp_path / "encoder"
    shutil.copytree(tiny_encoder, encoder)
    config = CrossEncoderConfig(encoder=str(encoder), n_articles=1)
    before = training_key(config, "data")
    assert training_key(replace(config, n_articles=2, model="another", out="elsewhere"), "data") == before, "none of it is trained on"
    assert before not in (training_key(replace(config, seed=2), "data"), training_key(config, "other data"))
    (encoder / "model.safetensors").write_bytes(b"other weights")
    assert training_key(config, "data") != before


def test_two_encoders_are_told(small_run: Path, caplog: pytest.LogCaptureFixture) -> None:
    model = str(small_run / "model")
    encoder = json.loads((small_run / "model" / "training.json").read_text())["config"]["model"]["encoder"]
    warn_of_encoders(CrossEncoderConfig(model=model, encoder=encoder))
    assert not caplog.records
    warn_of_encoders(CrossEncoderConfig(model=model, encoder="mpnet"))
    assert f"{model} started from the encoder {encoder}, the cross-encoder from mpnet" in caplog.text


def test_a_dataset_without_whole_articles_is_refused(small_run: Path, tmp_path: Path) -> None:
    build(BuildConfig(DataConfig(["labour_2016"]), str(tmp_path / "dataset")))
    with pytest.raises(InputError, match="no fully annotated article in train"):
        measure(CrossEncoderConfig(dataset=str(tmp_path / "dataset"), model=str(small_run / "model"), out=str(tmp_path / "out")))
