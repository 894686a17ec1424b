from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.rendering.errors import PROPERTY_TITLES, render_errors
from whipcount.schema import STANCES, Actor, Article, InputError
from whipcount.scoring.errors import ErrorAnalysis, TagScore, analyse_errors
from whipcount.scoring.metrics import FalseStances
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.row_properties import PROPERTIES
from whipcount.scoring.rows import ScoredRows, align


@pytest.fixture(scope="module")
def rows(town_dataset: StoredDataset, model: Predictions) -> ScoredRows:
    return align(town_dataset.examples["test"], town_dataset.articles["test"], model)


@pytest.fixture(scope="module")
def articles(town_dataset: StoredDataset) -> list[Article]:
    return town_dataset.articles["test"]


@pytest.fixture(scope="module")
def analysis(rows: ScoredRows, articles: list[Article], town_dataset: StoredDataset) -> ErrorAnalysis:
    return analyse_errors(rows, articles, town_dataset.examples["test"], max_mistakes=3)


@pytest.fixture(scope="module")
def tagged(analysis: ErrorAnalysis) -> ErrorAnalysis:
    tags = {"running_quote": TagScore(4, 1, 2, 0.75, FalseStances(0, 0)), "meeting": TagScore(0, 0, 0, float("nan"), FalseStances(3, 1200))}
    return replace(analysis, tags=tags)


def lines(markdown: str) -> list[list[str]]:
    """Return the cells of every line of every table."""
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in markdown.splitlines() if line.startswith("|")]


def test_every_tag_stands_beside_the_rows_without_and_all_rows(tagged: ErrorAnalysis) -> None:
    found = lines(render_errors(tagged, "model", "test"))
    assert found[2:6] == [
        ["`running_quote`", "4", "25 %", "5–70 %", "75 %", "50 %", "0", "0"],
        ["`meeting`", "0", "–", "–", "–", "–", "3", "1,200"],
        ["no tag", "5", "40 %", "12–77 %", "60 %", "40 %", "2", "37"],
        ["all rows", "5", "40 %", "12–77 %", "60 %", "40 %", "2", "37"],
    ]


def test_without_tags_it_is_said(analysis: ErrorAnalysis) -> None:
    text = render_errors(analysis, "model", "test")
    assert "No row carries a tag." in text and "no tag" not in text


def test_every_property_and_value_is_shown_in_order(analysis: ErrorAnalysis) -> None:
    text = render_errors(analysis, "model", "test")
    table = lines(text[text.index("by property") : text.index("### Most")])[2:]
    assert table[0] == ["all rows", "", "5", "5", "0.400", "0.400", "0.400"]
    assert [line[1] for line in table[1:]] == [value.replace("-", "–") for values in PROPERTIES.values() for value in values]
    assert [line[0] for line in table[1:] if line[0]] == list(PROPERTY_TITLES.values())
    assert set(PROPERTY_TITLES) == set(PROPERTIES)
    # ferry: two rows with both named, one right of the two predicted; fair: one right, one false
    assert table[1] == ["named in the sentence", "both", "3", "4", "0.500", "0.667", "0.571"]
    assert ["", "neither", "0", "0", "–", "–", "–"] in table


def test_the_passive_is_said_to_be_a_rule(analysis: ErrorAnalysis) -> None:
    assert "Passive is a rule on the surface" in render_errors(analysis, "model", "test")


def test_mistakes_without_their_text(analysis: ErrorAnalysis, articles: list[Article]) -> None:
    text = render_errors(analysis, "model", "test", articles)
    assert not any(article.sentence_text(index) in text for article in articles for index in range(len(article.sentences)))
    assert "The 3 most confident of 5 mistakes" in text
    assert lines(text)[-3:] == [
        ["`town/fair/0/lom>aq`", "Lom", "Ada Quill", "none", "against", "", "0.900"],
        ["`town/fair/0/author>lom`", "the author", "Lom", "favor", "none", "", "0.700"],
        ["`town/ferry/0/quill>board`", "Ada Quill", "Ferry Board", "favor", "against", "", "0.700"],
    ]


def test_mistakes_with_their_text(analysis: ErrorAnalysis, articles: list[Article]) -> None:
    found = lines(render_errors(analysis, "model", "test", articles, with_text=True))
    assert [line[-2] for line in found[-3:]] == ["Ada Quill mocked Lom.", "Ada Quill mocked Lom.", "Ada Quill attacked Femi Oduya."]
    assert [line[-1] for line in found[-3:]] == ["0.900", "0.700", "0.700"]


def test_text_needs_the_articles(analysis: ErrorAnalysis, articles: list[Article]) -> None:
    others = [article for article in articles if article.id != "ferry"]
    with pytest.raises(InputError, match="town/ferry/0/quill>board: the article of this mistake is not given"):
        render_errors(analysis, "model", "test", others, with_text=True)


def test_a_perfect_system_and_an_empty_list(analysis: ErrorAnalysis, rows: ScoredRows, town_dataset: StoredDataset) -> None:
    perfect = replace(rows, probabilities=np.eye(len(STANCES))[rows.gold])
    text = render_errors(analyse_errors(perfect, town_dataset.articles["test"], town_dataset.examples["test"]), "model", "test")
    assert "No row is labelled wrong." in text
    silent = render_errors(replace(analysis, mistakes=()), "model", "test", with_text=True)
    assert "The 0 most confident of 5 mistakes" in silent and "| example |" not in silent


def test_every_table_line_has_as_many_cells_as_its_head(tagged: ErrorAnalysis, articles: list[Article]) -> None:
    text = render_errors(tagged, "model", "test", articles, with_text=True)
    for block in text.split("\n\n"):
        assert len({len(line) for line in lines(block)}) <= 1, block


def test_names_and_text_cannot_break_the_tables(analysis: ErrorAnalysis, articles: list[Article]) -> None:
    mistake = replace(analysis.mistakes[0], speaker=Actor("lom", "Lom | <b>\nthe Great", "group"))
    odd = [replace(article, text=article.text.replace("Ada Quill mocked", "Ada|Quill\nmocks*")) for article in articles]
    text = render_errors(replace(analysis, mistakes=(mistake,)), "a|b *x*", "test", odd, with_text=True)
    assert "### Errors of a\\|b \\*x\\* (test), by tag" in text
    assert lines(text)[-1][1] == "Lom \\| \\<b\\> the Great"
    assert lines(text)[-1][-2] == "Ada\\|Quill mocks\\* Lom."
