from __future__ import annotations

import csv
import json
import logging
import re
from dataclasses import replace
from pathlib import Path

import pytest

from whipcount import compare as module
from whipcount.compare import compare, compare_and_show
from whipcount.config import CompareConfig
from whipcount.schema import InputError
from whipcount.scoring.predictions import read_predictions, write_predictions

FILES = {"comparison.json", "comparison.md", "actors.csv", "differences_test.png"}


@pytest.fixture
def config(town_folder: Path, prediction_files: dict[str, Path], tmp_path: Path) -> CompareConfig:
    files = [str(prediction_files[name]) for name in ("model", "majority", "perfect")]
    out = str(tmp_path / "comparisons" / "one")
    return CompareConfig(gold=str(town_folder), predictions=files, out=out, min_support=1, resamples=100, permutations=100)


def test_the_folder_holds_the_whole_comparison(config: CompareConfig, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        report = compare(config)
    out = Path(config.out)
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in out.parent.iterdir()] == ["one"]  # nothing temporary is left
    values = json.loads((out / "comparison.json").read_text(encoding="utf-8"))
    found = values["splits"]["test"]["comparisons"]["perfect"]["scores"]["triplet_f1"]
    assert (found["first_value"], found["second_value"], found["difference"]) == (0.4, 1.0, -0.6)
    assert report.splits[0].comparisons[1].scores["triplet_f1"].first == 0.4
    (linked,) = re.findall(r"!\[[^\n]*\]\((\S+)\)", (out / "comparison.md").read_text(encoding="utf-8"))
    assert (out / linked).read_bytes().startswith(b"\x89PNG")
    with (out / "actors.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert {line["second"] for line in lines} == {"majority", "perfect"}
    assert "no row in the development split" in caplog.text


def test_a_second_run_writes_the_same_and_replaces_the_first(config: CompareConfig) -> None:
    compare(config)
    out = Path(config.out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    (out / "stale.png").write_bytes(b"")
    compare(config)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    config.seed = 1
    compare(config)
    assert (out / "comparison.json").read_bytes() != before["comparison.json"]


def test_seeds_of_one_system_are_named_after_their_files(config: CompareConfig, prediction_files: dict[str, Path], tmp_path: Path) -> None:
    paths = []
    for seed, source in enumerate(("model", "perfect"), start=1):
        paths.append(tmp_path / f"seed-{seed}.jsonl.gz")
        write_predictions(paths[-1], replace(read_predictions(prediction_files[source]), system="whipcount"))
    config.predictions = [*map(str, paths), config.predictions[1]]
    assert compare(config).systems == ("seed-1", "seed-2", "majority")
    assert "# seed-1 against seed-2, majority" in (Path(config.out) / "comparison.md").read_text(encoding="utf-8")


def test_missing_rows_are_refused_or_counted_as_wrong(config: CompareConfig, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    table = tmp_path / "hasty.csv"
    table.write_text("id,label\ntown/fair/0/aq>lom,against\n")
    config.predictions.append(str(table))
    with pytest.raises(InputError, match=r"hasty: 71 examples \(.*, …\) without a prediction; .* allow_missing=true"):
        compare(config)
    config.allow_missing = True
    with caplog.at_level(logging.WARNING, logger="whipcount"):
        compare(config)
    assert "hasty: 71 rows of the test split without a prediction count as wrong" in caplog.text
    page = (Path(config.out) / "comparison.md").read_text(encoding="utf-8")
    assert "> Rows of test without a prediction, counted as wrong in every score: hasty 71." in page


def test_a_failure_leaves_the_old_comparison(config: CompareConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(config)
    out = Path(config.out)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}

    def fail(*_: object) -> str:
        raise RuntimeError("no more paper")

    monkeypatch.setattr(module, "render_comparison", fail)
    with pytest.raises(RuntimeError, match="no more paper"):
        compare(config)
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before
    assert [path.name for path in out.parent.iterdir()] == ["one"]


def test_a_folder_of_something_else_is_not_replaced(config: CompareConfig) -> None:
    out = Path(config.out)
    out.mkdir(parents=True)
    (out / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="holds something else than a comparison"):
        compare(config)
    assert (out / "thesis.tex").read_text() == "years of work"


def test_what_is_missing_or_given_twice_is_named(config: CompareConfig, tmp_path: Path) -> None:
    good = list(config.predictions)
    config.predictions = [*good, str(tmp_path / "nowhere.jsonl")]
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read"):
        compare(config)
    config.predictions = [*good, good[0]]
    with pytest.raises(InputError, match=r"model\.jsonl: given twice"):
        compare(config)
    config.predictions, config.gold = good, str(tmp_path / "no_dataset")
    with pytest.raises(InputError, match="no dataset here"):
        compare(config)
    assert not Path(config.out).exists()


def test_a_screenful_is_printed(config: CompareConfig, capsys: pytest.CaptureFixture[str]) -> None:
    compare_and_show(config)
    printed = capsys.readouterr().out
    assert "A  model" in printed and "C  perfect" in printed
    assert re.search(r"triplet F1\s+0\.400\s+1\.000\s+-0\.600", printed)
    assert "comparison.md" in printed
