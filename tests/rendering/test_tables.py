from __future__ import annotations

import csv
import re
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.tables import ACTOR_COLUMNS, render_markdown, summary_table, write_per_actor_csv
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, make_report


@pytest.fixture(scope="module")
def report(town_dataset: StoredDataset, model: Predictions, always_none: Predictions) -> Report:
    return make_report(town_dataset, [model, always_none], min_support=2)


def shown(report: Report) -> list[str]:
    console = Console(width=100, record=True, file=StringIO())
    console.print(summary_table(report))
    return console.export_text().splitlines()


def cells(markdown: str, first: str) -> list[list[str]]:
    """Return the cells of each line of a table whose first cell is ``first``."""
    lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in markdown.splitlines() if line.startswith("|")]
    return [line for line in lines if line[0] == first]


def test_the_headline_shows_every_system(report: Report) -> None:
    text = render_markdown(report)
    assert cells(text, "model")[0] == ["model", "5", "0.400", "0.400", "0.400", "0.600", "0.600", "0.667", "5.41 (2)", "66.67 (2)"]
    assert cells(text, "majority")[0] == ["majority", "5", "–", "0.000", "0.000", "0.000", "0.500", "0.000", "0.00 (0)", "0.00 (0)"]
    assert "2 articles of 2 stories, 42 rows, 5 of them with a gold stance." in text
    assert "always-none 0.8810; model 0.8810, majority 0.8810" in text


def test_missing_rows_are_stated_where_they_are_allowed(
    town_dataset: StoredDataset, model: Predictions, always_none: Predictions, report: Report
) -> None:
    short = replace(model, ids=model.ids[2:], probabilities=model.probabilities[2:])
    text = render_markdown(make_report(town_dataset, [short, always_none], allow_missing=True))
    assert "counted as wrong in every score, of all 72 (*someone* included): model 2, majority 0." in text
    assert "without a prediction" not in render_markdown(report)


def test_actors_are_ranked_above_the_support_only(report: Report) -> None:
    text = render_markdown(report)
    speakers = text[text.index("### Actors as speaker") : text.index("### Actors as target")]
    ranked, few = speakers.split("Not ranked, n < 2, by name:")
    assert cells(ranked, "Ada Quill") == [["Ada Quill", "person", "town", "3", "67 %", "21–94 %", "1", "0 %"]]
    assert not cells(ranked, "Femi Oduya") and not cells(few, "Ada Quill")
    assert cells(few, "Femi Oduya") == [["Femi Oduya", "person", "town", "1", "0 %", "0–79 %", "0", "0 %"]]
    assert "2 more actors without a gold stance as speaker: 1 false stance." in few
    assert "Micro 40 %; macro 67 % over 1 actor with n ≥ 2." in ranked


def test_the_other_tables_are_there(report: Report) -> None:
    text = render_markdown(report)
    assert cells(text, "none") == [["none", "1", "1", "35"]] and cells(text, "favor") == [["favor", "0", "1", "2"]]
    assert ["model", "neither", "3", "0.333", "0.333", "0.333"] in cells(text, "model")
    assert ["model", "at least one", "2", "0.500", "0.500", "0.500"] in cells(text, "model")
    assert ["model", "30", "1", "2", "0.667", "3.45 (1)"] in cells(text, "model")


def test_the_caveats_are_stated(report: Report) -> None:
    text = render_markdown(report)
    for words in ("*oracle roster*", "Wilson", "i.i.d.", "Sentences of one article hang together, so these intervals are too narrow"):
        assert words in text
    assert "without a row: development" in text


def test_every_table_line_has_as_many_cells_as_its_head(report: Report) -> None:
    width = 0
    for line in render_markdown(report).splitlines():
        width = 0 if not line.startswith("|") else (width or line.count("|"))
        assert line.count("|") == width or not line.startswith("|"), line


def test_figures_are_linked_in_order(report: Report) -> None:
    text = render_markdown(report, {"b.png": "Second | first", "a.png": "A"})
    assert text.index("![Second \\| first](b.png)") < text.index("![A](a.png)")
    assert "## Figures" not in render_markdown(report)


def test_names_cannot_break_the_tables(town_dataset: StoredDataset, model: Predictions) -> None:
    text = render_markdown(make_report(town_dataset, [replace(model, system="a|b\n*<i>")], min_support=2))
    assert "| a\\|b \\*\\<i\\> | 5 |" in text


def test_without_a_training_split_nothing_counts_as_seen(town_dataset: StoredDataset, model: Predictions) -> None:
    untrained = replace(town_dataset, articles={**town_dataset.articles, "train": []})
    assert "no actor counts as seen" in render_markdown(make_report(untrained, [model]))


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
    assert (idle["n"], idle["accuracy"], idle["low"], idle["ranked"]) == ("0", "", "", "no")


def test_the_summary_is_one_screen(report: Report) -> None:
    lines = shown(report)
    assert len(lines) <= 35 and max(map(len, lines)) <= 100
    assert any(line.split()[:6] == ["test", "model", "5", "0.40", "0.40", "0.40"] for line in lines)
    assert any(line.split() == ["Ada", "Quill", "3", "2", "67", "%", "21–94", "%", "1"] for line in lines)


def test_a_crowd_of_systems_and_long_names_still_fit(town_dataset: StoredDataset, model: Predictions) -> None:
    crowd = [replace(model, system=f"[red]a very long system name number {i}") for i in range(30)]
    lines = shown(make_report(town_dataset, crowd, splits=["test"]))
    assert len(lines) <= 35 and max(map(len, lines)) <= 100
    assert any("14 more systems in report.md" in line for line in lines)
    assert any("[red]a very" in line for line in lines)  # a name is no markup
