from __future__ import annotations

import csv
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.tables import ACTOR_COLUMNS, summary_table, write_per_actor_csv
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, make_report
from whipcount.scoring.resampling import Interval


@pytest.fixture(scope="module")
def report(town_dataset: StoredDataset, model: Predictions, always_none: Predictions) -> Report:
    return make_report(town_dataset, [model, always_none], min_support=2)


def shown(report: Report) -> list[str]:
    console = Console(width=100, record=True, file=StringIO())
    console.print(summary_table(report))
    return console.export_text().splitlines()


def test_the_csv_holds_every_actor_of_every_system(report: Report, tmp_path: Path) -> None:
    path = tmp_path / "per_actor.csv"
    write_per_actor_csv(report, path)
    with path.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert tuple(lines[0]) == ACTOR_COLUMNS
    assert len(lines) == 2 * 2 * 5  # roles, systems, actors
    found = {(line["role"], line["actor"], line["system"]): line for line in lines}
    quill = found["speaker", "Ada Quill", "model"]
    assert quill["split"] == "test" and quill["corpus"] == "town" and quill["kind"] == "person"
    assert (quill["n"], quill["correct"], quill["accuracy"], quill["ranked"]) == ("3", "2", "0.666667", "yes")
    assert (quill["false_stances"], quill["none_rows"], quill["articles"]) == ("1", "8", "2")
    idle = found["speaker", "Ferry Board", "majority"]
    assert (idle["n"], idle["accuracy"], idle["low"], idle["clustered_by"], idle["ranked"]) == ("0", "", "", "", "no")
    assert (idle["triplet_f1"], found["speaker", "Femi Oduya", "majority"]["triplet_f1"]) == ("", "0.0"), "of no stance and of a missed one"


def test_what_was_resampled_stands_beside_the_interval(report: Report, tmp_path: Path) -> None:
    (part,) = report.splits
    judged, *rivals = part.systems
    quill = judged.actors["speaker"][0]
    drawn = replace(judged, actor_intervals={"speaker": {quill.key: Interval(0.25, 0.75, "sentence")}})
    marked = replace(report, splits=(replace(part, systems=(drawn, *rivals)),))
    write_per_actor_csv(marked, tmp_path / "per_actor.csv")
    with (tmp_path / "per_actor.csv").open(encoding="utf-8", newline="") as file:
        line = next(line for line in csv.DictReader(file) if (line["actor"], line["role"]) == ("Ada Quill", "speaker"))
    assert (line["low"], line["high"], line["clustered_by"]) == ("0.25", "0.75", "sentence")
    lines = shown(marked)
    assert any("Ada Quill" in line and "25–75 % †" in line for line in lines) and any("†: with fewer than 10" in line for line in lines)
    assert not any("†" in line for line in shown(report))


def test_the_summary_is_one_screen(report: Report) -> None:
    lines = shown(report)
    assert len(lines) <= 35 and max(map(len, lines)) <= 100
    assert any(line.split()[:6] == ["test", "model", "5", "0.40", "0.40", "0.40"] for line in lines)
    assert any(line.split() == ["Ada", "Quill", "3", "2", "67", "%", "–", "1"] for line in lines)


def test_a_crowd_of_systems_and_long_names_still_fit(town_dataset: StoredDataset, model: Predictions) -> None:
    crowd = [replace(model, system=f"[red]a very long system name number {i}") for i in range(30)]
    lines = shown(make_report(town_dataset, crowd, splits=["test"]))
    assert len(lines) <= 35 and max(map(len, lines)) <= 100
    assert any("14 more systems in report.md" in line for line in lines)
    assert any("[red]a very" in line for line in lines)  # a name is no markup
