"""The main that tags PolNeAR by rules, on a small corpus written for this test in its layout."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.attribution import measure, name_of
from whipcount.config import AttributionConfig
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.schema import InputError


def test_what_the_rules_find_is_recorded_beside_what_annotators_agree_on(attributed_corpora: Path, tmp_path: Path) -> None:
    out = measure(AttributionConfig(quotations=str(tmp_path / "quoted"), out=str(tmp_path / "record")))
    metrics = json.loads((out / "attribution.json").read_text())
    assert (metrics["n_texts"], metrics["n_attributions"]) == (1, 2), "the first annotator's"
    rules = metrics["systems"]["rules"]["scores"]
    assert {role: score["n_correct"] for role, score in rules.items()} == {"source": 2, "cue": 1, "content": 2, "triple": 1}
    assert rules["cue"]["f1"] == 0.5
    assert metrics["annotators"]["train"]["n_texts"] == 0
    assert metrics["annotators"]["development"]["scores"]["source"]["f1"] == pytest.approx(2 / 3, abs=1e-6)
    page = (out / "README.md").read_text()
    assert "| rules, development | 1.000 | 0.500 | 1.000 | 0.500 |" in page
    assert "| two annotators, development, 1 text | 0.667 | 0.667 | 0.667 | 0.667 |" in page
    assert "ferry" not in page and "two annotators, train" not in page
    speakers = metrics["speakers"]
    assert (speakers["corpus"], speakers["n_articles"]) == ("quoted", 1)
    assert speakers["systems"]["rules"]["own"] == {"n": 2, "n_told": 2, "n_right": 2, "accuracy": 1.0}
    assert "2 quotations of 1 article of quoted" in page


def test_a_part_that_is_not_there_is_named(attributed_corpora: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="PolNeAR has no test part here"):
        measure(AttributionConfig(split="test", out=str(tmp_path / "record")))


def test_two_heads_of_one_name_are_refused(attributed_corpora: Path, tmp_path: Path) -> None:
    models = [str(tmp_path / folder / "model") for folder in ("one", "other")]
    with pytest.raises(InputError, match="two of 2 heads would be called the same"):
        measure(AttributionConfig(models=models, quotations=str(tmp_path / "quoted"), out=str(tmp_path / "record")))


def test_a_model_with_the_head_is_no_record(attributed_corpora: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    for name in ("attribution.json", "config.json"):
        (tmp_path / "model" / name).write_text("{}")
    with pytest.raises(InputError, match="model: the folder holds something else than a record"):
        measure(AttributionConfig(quotations=str(tmp_path / "quoted"), out=str(tmp_path / "model")))
    assert sorted(path.name for path in (tmp_path / "model").iterdir()) == ["attribution.json", "config.json"]


def test_a_corpus_without_quotations_is_refused_before_anything_is_read(attributed_corpora: Path, tmp_path: Path) -> None:
    (tmp_path / "quoted" / "speakers.csv").write_text("article,start_char,end_char,speaker\n", encoding="utf-8")
    models = [str(tmp_path / "not_read")]
    with pytest.raises(InputError, match="quoted: no article of its development part"):
        measure(AttributionConfig(models=models, quotations=str(tmp_path / "quoted"), out=str(tmp_path / "record")))


def test_the_committed_record_says_what_its_figures_say() -> None:
    record = Path(__file__).resolve().parents[1] / "experiments" / "attribution"
    metrics, manifest = (json.loads((record / name).read_text()) for name in ("attribution.json", "manifest.json"))
    assert (record / "README.md").read_text() == render_attribution_record("attribution", metrics, manifest)
    source = metrics["systems"]["rules"]["scores"]["source"]
    assert source["f1"] == pytest.approx(2 * source["n_correct"] / (source["n_gold"] + source["n_predicted"]), abs=1e-6)


def test_a_head_is_called_by_the_encoder_that_its_model_began_with(tmp_path: Path) -> None:
    head = {"config": {"layers": 1, "seed": 3}, "n_texts": 2}
    for name, encoder in {"first": "mpnet", "second": str(tmp_path / "first"), "own": str(tmp_path / "own")}.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "training.json").write_text(json.dumps({"config": {"model": {"encoder": encoder}}}))
        (tmp_path / name / "attribution.json").write_text(json.dumps(head))
    assert name_of(tmp_path / "second") == "mpnet, 2 texts, 1 own layer, seed 3"
    assert name_of(tmp_path / "own").startswith("own, "), "it replaced what it went on from"
