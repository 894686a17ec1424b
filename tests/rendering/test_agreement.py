from __future__ import annotations

import re

import pytest

from whipcount.rendering.agreement import render_agreement
from whipcount.scoring.agreement import Annotation, measure_agreement

ANN: Annotation = {
    "town/ferry": {(0, "ada", "lom"): "favor", (0, "lom", "ada"): "against", (2, "ada", "femi"): "against"},
    "town/mill": {(1, "ada", "lom"): "favor"},
}
BEN: Annotation = {
    "town/ferry": {(0, "ada", "lom"): "favor", (0, "lom", "ada"): "favor", (1, "ada", "femi"): "against"},
    "town/mill": {},
}
CLEO: Annotation = {"town/ferry": {}}
DEE: Annotation = {"town/ferry": {}}
N_ROWS = {"town/ferry": 18, "town/mill": 6}


def tables(markdown: str) -> list[list[list[str]]]:
    """Return the tables of a page as lines of cells, without their rules."""
    blocks = [block.splitlines() for block in markdown.split("\n\n") if block.startswith("|")]
    cells = [[[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block] for block in blocks]
    assert all(len(line) == len(block[0]) for block in cells for line in block)
    return [[block[0], *block[2:]] for block in cells]


def test_two_annotators() -> None:
    markdown = render_agreement(measure_agreement({"Ann": ANN, "B_en": BEN}, N_ROWS), "town_news")
    assert markdown.startswith("### How far annotators of town\\_news agree\n\n2 articles were read by two annotators or more: 24 rows,")
    assert "In 5 of them an annotator writes a stance." in markdown and "Mean triplet F1" not in markdown
    pairs, confusion, alphas = tables(markdown)
    assert pairs[0] == ["annotator", "other", "articles", "stances", "of the other", "the same", "opposite", "by one alone", "triplet F1"]
    # of 4 and 3 stances one is the same: 2 / 7
    assert pairs[1:] == [["Ann", "B\\_en", "2", "4", "3", "1", "1", "3", "0.286"]]
    assert confusion == [
        ["Ann \\ B\\_en", "favor", "against", "none"],
        ["**favor**", "1", "0", "1"],
        ["**against**", "1", "0", "1"],
        ["**none**", "0", "1", "not counted"],
    ]
    # 48 values, 3 favor... by Ann 2 favor 2 against, by Ben 2 favor 1 against: 4, 3 and 41; 4 of 24 rows disagree
    expected = 1 - 47 * (48 - 40) / (48**2 - 4**2 - 3**2 - 41**2)
    assert alphas[1] == ["all rows", "24", f"{expected:.3f}"]
    of_stances = 1 - 9 * (10 - 2) / (10**2 - 4**2 - 3**2 - 3**2)
    assert alphas[2] == ["rows where an annotator writes a stance", "5", f"{of_stances:.3f}"]


def test_confusions_of_many_annotators_are_left_out() -> None:
    three = render_agreement(measure_agreement({"Ann": ANN, "Ben": BEN, "Cleo": CLEO}, N_ROWS), "town")
    assert len(tables(three)) == 5
    # 2 / 7 and twice nothing in common
    assert "Mean triplet F1 over the pairs of annotators with a stance: 0.095." in three
    four = tables(render_agreement(measure_agreement({"Ann": ANN, "Ben": BEN, "Cleo": CLEO, "Dee": DEE}, N_ROWS), "town"))
    assert [len(lines) for lines in four] == [1 + 6, 1 + 2]
    # neither Cleo nor Dee writes a stance: F1 has nothing to say
    assert four[0][-1] == ["Cleo", "Dee", "1", "0", "0", "0", "0", "0", "–"]


@pytest.mark.parametrize(
    ("second", "words"), [({}, "No article was read by two annotators."), ({"town/mill": {}}, "1 article was read by")]
)
def test_where_little_was_read_twice(second: Annotation, words: str) -> None:
    markdown = render_agreement(measure_agreement({"Ann": {"town/mill": {}}, "Ben": second}, N_ROWS), "town")
    assert words in markdown
    if second:
        assert tables(markdown)[-1][1:] == [["all rows", "6", "–"], ["rows where an annotator writes a stance", "0", "–"]]
