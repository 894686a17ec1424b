from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from whipcount import evaluate as module
from whipcount.config import EvaluateConfig
from whipcount.evaluate import evaluate
from whipcount.schema import InputError
from whipcount.scoring.controls import Controls, measure_controls
from whipcount.scoring.predictions import Predictions, write_predictions

FIGURES = {
    "systems_test.png",
    "actors_test_speaker.png",
    "actors_test_target.png",
    "confusion_test.png",
    "network_test_town_ferry.png",  # of the corpus's two articles the one with more gold stances
}


@pytest.fixture
def config(town_folder: Path, prediction_files: dict[str, Path], tmp_path: Path) -> EvaluateConfig:
    files = [str(prediction_files[name]) for name in ("model", "majority")]
    return EvaluateConfig(gold=str(town_folder), predictions=files, out=str(tmp_path / "reports" / "one"), min_support=2, resamples=200)


def test_the_folder_holds_the_whole_report(config: EvaluateConfig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        report = evaluate(config)
    out = Path(config.out)
    assert {path.name for path in out.iterdir()} == {"metrics.json", "per_actor.csv", "report.md", "report.html", *FIGURES}
    assert [path.name for path in out.parent.iterdir()] == ["one"]  # nothing temporary is left
    metrics = json.loads((out / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["splits"]["test"]["systems"]["model"]["triplet"]["f1"] == report.split("test").systems[0].triplets.f1 == 0.4
    assert "no row in the development split" in caplog.text


def test_every_linked_image_exists_and_is_a_png(config: EvaluateConfig) -> None:
    evaluate(config)
    out = Path(config.out)
    linked = re.findall(r"!\[[^\n]*\]\((\S+)\)", (out / "report.md").read_text(encoding="utf-8"))
    assert set(linked) == FIGURES and len(linked) == len(FIGURES)
    assert all((out / name).read_bytes().startswith(b"\x89PNG") for name in linked)


def test_a_second_run_writes_the_same_and_replaces_the_first(config: EvaluateConfig) -> None:
    evaluate(config)
    out = Path(config.out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "stale.png").write_bytes(b"")
    evaluate(config)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_perfect_system_is_perfect_to_the_end(config: EvaluateConfig, prediction_files: dict[str, Path]) -> None:
    config.predictions = [str(prediction_files["perfect"])]
    evaluate(config)
    scores = json.loads((Path(config.out) / "metrics.json").read_text())["splits"]["test"]["systems"]["perfect"]
    assert scores["triplet"]["f1"] == scores["pair"]["f1"] == scores["polarity_accuracy"] == scores["accuracy_all_rows"] == 1
    assert scores["by_actor"]["speaker"]["macro_accuracy"] == scores["by_actor"]["target"]["macro_accuracy"] == 1


def test_a_rival_in_csv_is_scored_as_in_json_lines(config: EvaluateConfig, prediction_files: dict[str, Path], tmp_path: Path) -> None:
    rows = [json.loads(line) for line in prediction_files["model"].read_text(encoding="utf-8").splitlines()[1:]]
    table = tmp_path / "rival.csv"
    table.write_text("\n".join(["id;none;favor;against", *(f"{r['id']};{r['none']};{r['favor']};{r['against']}" for r in rows)]))
    config.predictions = [config.predictions[0], str(table)]
    model, rival = evaluate(config).split("test").systems
    assert repr(replace(rival, system="model")) == repr(model)


def test_missing_rows_are_refused_or_counted_as_wrong(config: EvaluateConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = tmp_path / "hasty.csv"
    table.write_text("id,label\ntown/fair/0/aq>lom,against\n")
    config.predictions.append(str(table))
    with pytest.raises(InputError, match=r"hasty: 71 examples \(.*, …\) without a prediction; .* allow_missing=true"):
        evaluate(config)
    config.allow_missing = True
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        evaluate(config)
    assert "hasty: 71 rows of the test split without a prediction count as wrong" in caplog.text
    assert "model:" not in caplog.text
    systems = json.loads((Path(config.out) / "metrics.json").read_text())["splits"]["test"]["systems"]
    assert {name: values["n_missing"] for name, values in systems.items()} == {"model": 0, "majority": 0, "hasty": 71}
    assert "model 0, majority 0, hasty 71." in (Path(config.out) / "report.md").read_text(encoding="utf-8")


def test_a_report_shows_the_text_of_mistakes_unless_told_not_to(config: EvaluateConfig) -> None:
    evaluate(config)
    pages = [Path(config.out) / name for name in ("report.md", "report.html")]
    assert all("Ada Quill attacked Femi Oduya." in page.read_text(encoding="utf-8") for page in pages)
    config.with_text = False
    evaluate(config)
    assert not any("Ada Quill attacked Femi Oduya." in page.read_text(encoding="utf-8") for page in pages)


def test_without_resamples_there_are_no_intervals(config: EvaluateConfig) -> None:
    config.resamples = 0
    evaluate(config)
    metrics = json.loads((Path(config.out) / "metrics.json").read_text())
    assert metrics["draws"] is None and metrics["splits"]["test"]["systems"]["model"]["intervals"] == {}


def test_a_sparse_file_is_given_no_calibration_and_that_is_said(
    config: EvaluateConfig, model: Predictions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    thin = tmp_path / "thin.jsonl"
    write_predictions(thin, replace(model, system="thin", sparse=True))
    config.predictions = [str(thin)]
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        evaluate(config)
    assert "thin: a sparse file, which lacks most rows' probabilities; the report says nothing of calibration and risk" in caplog.text


def test_a_pattern_that_finds_no_perturbed_file_is_refused(config: EvaluateConfig, tmp_path: Path) -> None:
    config.perturbed = [str(tmp_path / "model.swap-*.jsonl")]
    with pytest.raises(InputError, match=r"perturbed: '.*swap-\*\.jsonl' is no file; write such predictions"):
        evaluate(config)


def test_perturbed_predictions_stand_on_the_first_screen_unless_the_model_has_changed(
    config: EvaluateConfig, model: Predictions, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plain, masked = tmp_path / "model.jsonl", tmp_path / "model.mask.jsonl"
    write_predictions(plain, replace(model, details={"model": "one"}))
    header = {"model": "one", "perturb": "mask", "articles": ["town/ferry", "town/fair"]}
    write_predictions(masked, replace(model, system="model.mask", details=header))
    config.predictions, config.perturbed = [str(plain)], [str(tmp_path / "model.*.jsonl")]
    assert evaluate(config).split("test").controls is not None
    assert "names masked" in (Path(config.out) / "report.md").read_text(encoding="utf-8")
    write_predictions(plain, replace(model, details={"model": "two"}))
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        assert evaluate(config).split("test").controls is None
    assert "1 perturbed predictions are of another model than model and left out" in caplog.text


def test_resamples_and_seed_hold_for_the_controls_too(config: EvaluateConfig, model: Predictions, tmp_path: Path) -> None:
    header = {"perturb": "mask", "articles": ["town/ferry", "town/fair"]}
    write_predictions(tmp_path / "model.mask.jsonl", replace(model, system="model.mask", details=header))
    config.perturbed, asked = [str(tmp_path / "model.mask.jsonl")], []

    def measured(*parts: Any, **options: Any) -> Controls:
        asked.append(options)
        return measure_controls(*parts, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("whipcount.scoring.report.measure_controls", measured)
        config.seed = 7
        evaluate(config)
    assert asked == [{"n_resamples": 200, "seed": 7}]


def test_two_models_of_one_name_are_told_apart_by_their_files(config: EvaluateConfig, model: Predictions, tmp_path: Path) -> None:
    config.predictions = [str(tmp_path / name / "whipcount.jsonl") for name in ("small", "large")]
    for path in map(Path, config.predictions):
        path.parent.mkdir()
        write_predictions(path, model)
    assert evaluate(config).systems == ("small/whipcount", "large/whipcount")


def test_a_failure_leaves_the_old_report(config: EvaluateConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate(config)
    out = Path(config.out)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}

    def fail(*_: object, **__: object) -> str:
        raise RuntimeError("no more paper")

    monkeypatch.setattr(module, "render_report", fail)
    with pytest.raises(RuntimeError, match="no more paper"):
        evaluate(config)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert [path.name for path in out.parent.iterdir()] == ["one"]


def test_a_folder_of_something_else_is_not_replaced(config: EvaluateConfig) -> None:
    out = Path(config.out)
    out.mkdir(parents=True)
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="holds something else than a report"):
        evaluate(config)
    assert (out / "thesis.tex").read_text() == "years of work"
    config.out = str(out / "thesis.tex")
    with pytest.raises(InputError, match="a file stands here"):
        evaluate(config)


def test_a_record_of_an_experiment_is_no_report(config: EvaluateConfig) -> None:
    out = Path(config.out)
    out.mkdir(parents=True)
    (out / "metrics.json").write_text("{}")
    with pytest.raises(InputError, match=r"holds something else than a report \(no per_actor.csv\)"):
        evaluate(config)
    assert [path.name for path in out.iterdir()] == ["metrics.json"]


def test_what_is_missing_is_named(config: EvaluateConfig, tmp_path: Path) -> None:
    good = list(config.predictions)
    config.predictions = [*good, str(tmp_path / "nowhere.jsonl")]
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read"):
        evaluate(config)
    config.predictions, config.gold = good, str(tmp_path / "no_dataset")
    with pytest.raises(InputError, match="no dataset here"):
        evaluate(config)
    assert not Path(config.out).exists()
