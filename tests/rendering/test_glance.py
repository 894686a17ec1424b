from __future__ import annotations

import re
from dataclasses import replace

import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.glance import render_glance
from whipcount.scoring.comparison import Draws
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, make_report


@pytest.fixture(scope="module")
def drawn(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, few_clusters: None) -> Report:
    return make_report(town_dataset, [model, always_none], min_support=2, draws=Draws(200, 200, 3))


def cells(markdown: str, first: str) -> list[list[str]]:
    """Return the cells of each line of a table whose first cell is ``first``."""
    lines = [[cell.strip() for cell in line.split("|")[1:-1]] for line in markdown.splitlines() if line.startswith("|")]
    return [line for line in lines if line[0] == first]


def by_story(report: Report) -> Report:
    """Return the report with all intervals of the headline as if stories had been resampled."""
    part = report.split("test")
    judged, *rivals = part.systems
    intervals = {measure: replace(interval, clustered_by="story") for measure, interval in judged.intervals.items()}
    judged = replace(judged, intervals=intervals, macro_intervals={})
    return replace(report, splits=(replace(part, systems=(judged, *rivals), comparisons=()),))


def test_the_first_screen_answers_the_first_questions(drawn: Report) -> None:
    glance = render_glance(drawn)
    (f1,) = cells(glance, "triplet F1")
    assert re.fullmatch(r"0\.400 \(0\.\d\d–\d\.\d\d †\)", f1[1])
    assert glance.endswith("\n\n†: with fewer than 10 stories sentences were resampled, so that the interval is likely too narrow.")
    assert "†" not in render_glance(by_story(drawn))
    assert cells(glance, "worst speaker with n ≥ 20") == [["worst speaker with n ≥ 20", "no such actor"]]
    (rival,) = cells(glance, "best other system, triplet F1")
    assert re.match(r"majority 0\.000; gain 0\.400 \(", rival[1]) and " p " in rival[1]


def test_the_worst_actor_with_enough_rows_is_named(drawn: Report) -> None:
    part = drawn.split("test")
    judged = part.systems[0]
    quill, other = judged.actors["speaker"][:2]
    bad = replace(quill, triplets=replace(quill.triplets, n_gold=25, n_correct=5))
    good = replace(other, triplets=replace(quill.triplets, n_gold=40, n_correct=20))
    many = replace(judged, actors={**judged.actors, "speaker": (good, bad)})
    text = render_glance(replace(drawn, splits=(replace(part, systems=(many, *part.systems[1:])),)))
    assert "| worst speaker with n ≥ 20 | Ada Quill, 20 % of 25 |" in text
