from __future__ import annotations

import re
from dataclasses import replace

import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.report import render_report
from whipcount.schema import Article
from whipcount.scoring.comparison import Draws
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.parts import PartScore
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, SystemScores, make_report
from whipcount.scoring.report_json import report_to_json
from whipcount.scoring.resampling import Interval


@pytest.fixture(scope="module")
def report(town_dataset: StoredDataset, model: Predictions, always_none: Predictions) -> Report:
    return make_report(town_dataset, [model, always_none], min_support=2)


@pytest.fixture(scope="module")
def drawn(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, few_clusters: None) -> Report:
    return make_report(town_dataset, [model, always_none], min_support=2, draws=Draws(200, 200, 3))


def cells(markdown: str, first: str) -> list[list[str]]:
    """Return the cells of each line of a table whose first cell is ``first``."""
    lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in markdown.splitlines() if line.startswith("|")]
    return [line for line in lines if line[0] == first]


def test_the_headline_shows_every_system(report: Report) -> None:
    text = render_report(report)
    assert cells(text, "model")[0] == ["model", "5", "0.400", "0.400", "0.400", "0.600", "0.600", "0.667", "5.41 (2)", "66.67 (2)"]
    assert cells(text, "majority")[0] == ["majority", "5", "–", "0.000", "0.000", "0.000", "0.500", "0.000", "0.00 (0)", "0.00 (0)"]
    assert "2 articles of 2 stories, 42 rows, 5 of them with a gold stance." in text
    assert "always-none 0.8810; model 0.8810, majority 0.8810" in text


def test_missing_rows_are_stated_where_they_are_allowed(
    town_dataset: StoredDataset, model: Predictions, always_none: Predictions, report: Report
) -> None:
    short = replace(model, ids=model.ids[2:], probabilities=model.probabilities[2:])
    text = render_report(make_report(town_dataset, [short, always_none], allow_missing=True))
    assert "counted as wrong in every score, of all 72 (*someone* included): model 2, majority 0." in text
    assert "without a prediction" not in render_report(report)


def test_actors_are_ranked_above_the_support_only(report: Report) -> None:
    text = render_report(report)
    speakers = text[text.index("### Actors as speaker") : text.index("### Actors as target")]
    ranked, few = speakers.split("The tail, n < 2, not ranked, by name.")
    assert cells(ranked, "Ada Quill") == [["Ada Quill", "person", "town", "3", "67 %", "–", "0.57", "1", "0 %"]]
    assert not cells(ranked, "Femi Oduya") and not cells(few, "Ada Quill")
    assert cells(few, "Femi Oduya") == [["Femi Oduya", "person", "town", "1", "0 %", "–", "0.00", "0", "0 %"]]
    assert "2 more actors without a gold stance as speaker: 1 false stance." in few
    assert "Micro 40 %; macro 67 % over 1 actor with n ≥ 2." in ranked


def test_the_other_tables_are_there(report: Report) -> None:
    text = render_report(report)
    assert cells(text, "none") == [["none", "1", "1", "35"]] and cells(text, "favor") == [["favor", "0", "1", "2"]]
    assert ["model", "neither", "3", "0.333", "0.333", "0.333"] in cells(text, "model")
    assert ["model", "at least one", "2", "0.500", "0.500", "0.500"] in cells(text, "model")
    assert ["model", "30", "1", "2", "0.667", "3.45 (1)"] in cells(text, "model")


def test_the_caveats_are_stated(report: Report, drawn: Report) -> None:
    text = render_report(report)
    assert "*oracle roster*" in text and "without a row: development" in text and "there are no intervals and no tests" in text
    text = render_report(drawn)
    assert "> **Warning.** test has 2 stories: too few to resample." in text
    assert "over 200 resamples of whole stories" in text and "Seed 3." in text


def test_a_gain_beyond_chance_is_marked(drawn: Report) -> None:
    text = render_report(drawn)
    assert "The one speaker with n ≥ 2 could not be tested." in text
    part = drawn.split("test")
    (comparison,) = part.comparisons
    sure = tuple(replace(one, p_holm=0.01) for one in comparison.actors["speaker"])
    certain = replace(comparison, actors={**comparison.actors, "speaker": sure})
    text = render_report(replace(drawn, splits=(replace(part, comparisons=(certain,)),)))
    assert cells(text, "Ada Quill")[0][-1] == "0 % \\*" and "after Holm's correction). 1 of 1 speaker with n ≥ 2 could be tested." in text


def test_intervals_and_gains_are_in_the_tables(drawn: Report) -> None:
    text = render_report(drawn)
    headline = cells(text, "model")[0]
    assert re.fullmatch(r"0\.400 \(0\.\d\d–\d\.\d\d †\)", headline[4])
    gains = {line[1]: line for line in cells(text, "majority") if line[1] in ("triplet F1", "polarity", "McNemar")}
    assert gains["triplet F1"][2:4] == ["0.000", "0.400"] and gains["McNemar"][2] == "2 : 2"


def test_intervals_by_sentence_are_marked_wherever_they_stand(drawn: Report) -> None:
    (part,), by_story = drawn.splits, Interval(0.25, 0.75, "story")
    judged, *rivals = part.systems
    quill = judged.actors["speaker"][0]
    month = replace(score_of(judged, "2024-05"), interval=Interval(0.25, 0.75, "sentence"))
    year = replace(month, value="2024-06", interval=by_story)

    def shown(interval: Interval, tail: Interval) -> str:
        tails = {role: replace(found, interval=tail) for role, found in judged.tails.items()}
        system = replace(judged, actor_intervals={"speaker": {quill.key: interval}}, tails=tails)
        again = replace(part, systems=(system, *rivals), parts={"month": (month, year)})
        return render_report(replace(drawn, splits=(again,)))

    text = shown(Interval(0.25, 0.75, "sentence"), by_story)
    assert cells(text, "Ada Quill")[0][5] == "25–75 % †" and "right, 0 % (25–75 %), " in text
    text = shown(by_story, Interval(0.25, 0.75, "sentence"))
    assert cells(text, "Ada Quill")[0][5] == "25–75 %" and "right, 0 % (25–75 % †), " in text
    assert [cells(text, value)[0][4] for value in ("2024-05", "2024-06")] == ["0.25–0.75 †", "0.25–0.75"]
    assert text.count("\n†: with fewer than 10 stories") == 2, "once for the first screen, once for the split"
    assert "of an outlet, month or register, sentences are resampled and swapped instead, which † marks; below 5 gold rows" in text
    assert "†" not in render_report(replace(drawn, draws=None, splits=(replace(part, systems=(bare(judged),), comparisons=(), parts={}),)))


def score_of(scores: SystemScores, value: str) -> PartScore:
    return PartScore(value, 2, scores.triplets, scores.polarity_accuracy, scores.false, Interval(0.0, 1.0, "story"))


def bare(scores: SystemScores) -> SystemScores:
    return replace(scores, intervals={}, macro_intervals={}, actor_intervals={}, tails={})


def test_the_sentences_of_mistakes_are_shown_where_wanted(drawn: Report, town: list[Article]) -> None:
    assert "Oduya praised Quill." in render_report(drawn, articles=town, with_text=True)
    assert "Oduya praised Quill." not in render_report(drawn, articles=town)


def test_every_table_line_has_as_many_cells_as_its_head(drawn: Report) -> None:
    width = 0
    for line in render_report(drawn).splitlines():
        n_cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        width = n_cells and (width or n_cells)
        assert n_cells == width, line


def test_figures_stand_where_they_belong(report: Report) -> None:
    figures = {"actors_test_target.png": "A", "network_test_x.png": "N | m", "systems_test.png": "S", "other.png": "O"}
    text = render_report(report, {"test": figures})
    places = [
        text.index(words) for words in ("![S](", "### Actors as speaker", "### Actors as target", "![A](", "### Figures", "![N \\| m](")
    ]
    assert places == sorted(places) and text.index("![O](other.png)") > places[-2]
    assert "![" not in render_report(report)


def test_names_cannot_break_the_tables(town_dataset: StoredDataset, model: Predictions) -> None:
    text = render_report(make_report(town_dataset, [replace(model, system="a|b\n*<i>")], min_support=2))
    assert "| a\\|b \\*\\<i\\> | 5 |" in text


def test_an_f1_of_no_stance_at_all_is_a_dash(report: Report) -> None:
    (part,), nothing = report.splits, PrecisionRecallF1(0, 0, 0)
    judged, *rivals = part.systems
    month = replace(score_of(judged, "2024-05"), triplets=nothing)
    empty = replace(judged, triplets=nothing, pairs=nothing, seen=nothing, someone_triplets=nothing)
    shown = replace(report, splits=(replace(part, systems=(empty, *rivals), parts={"month": (month,)}),))
    text = render_report(shown)
    headline, unseen, seen, apart = cells(text, "model")
    assert headline[4:6] == ["–", "–"] and unseen[-1] == "0.333" and seen[1:] == ["at least one", "0", "–", "–", "–"]
    assert apart[2:5] == ["0", "0", "–"] and cells(text, "2024-05")[0][3] == "–"
    assert "| triplet F1 | – |" in text
    assert report_to_json(shown)["splits"]["test"]["systems"]["model"]["triplet_seen_actors"]["f1"] is None


def test_without_a_training_split_nothing_counts_as_seen(town_dataset: StoredDataset, model: Predictions) -> None:
    untrained = replace(town_dataset, articles={**town_dataset.articles, "train": []})
    assert "no actor counts as seen" in render_report(make_report(untrained, [model]))
