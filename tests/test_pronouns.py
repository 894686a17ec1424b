"""The main that measures whom pronouns mean, on a few texts written for this test."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from whipcount.config import PronounConfig
from whipcount.pronouns import meant_names, measure
from whipcount.reading.actors import find_actors
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.rendering.pronoun_record import render_pronoun_record
from whipcount.schema import InputError, Span


def test_pronouns_are_measured_by_the_grammar(attributed_corpora: Path, pronoun_news: Path, tmp_path: Path) -> None:
    out = measure(PronounConfig(news=str(pronoun_news), out=str(tmp_path / "record")))
    metrics, page = json.loads((out / "pronouns.json").read_text()), (out / "README.md").read_text()
    assert metrics["gap"] == {"part": "validation", "n": 2}
    assert metrics["news"] == {"corpus": "town", "split": "development", "n_articles": 1, "n": 1}
    (grammar,) = metrics["systems"].values()
    assert (grammar["overall"]["n_gold"], grammar["masculine"]["f1"]) == (2, 1.0)
    assert grammar["news"] == {"n_linked": 1, "n_right": 1}
    assert "2 pronouns of Wikipedia" in page and "1 annotated pronoun of 1 article of town" in page
    assert "Berg" not in page


def test_a_name_is_meant_where_the_pronoun_is_linked_to_its_actor() -> None:
    text = "Peter Stroud runs the ferry. He bought it from the Harbour Board."
    paragraphs = parse(text)
    roster = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    board = text.index("Harbour Board")
    assert meant_names(roster, Span(29, 31), (Span(6, 12), Span(board, board + 13))) == (True, False), "by the surname, too"
    assert meant_names(roster, Span(39, 41), (Span(0, 12), Span(board, board + 13))) == (False, False), "linked to nobody, means none"


def test_what_is_not_at_hand_is_named(attributed_corpora: Path, pronoun_news: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no pronoun is annotated in its test part"):
        measure(PronounConfig(news=str(pronoun_news), split="test", out=str(tmp_path / "record")))
    with pytest.raises(InputError, match="no model here; train one with 'python -m whipcount"):
        measure(PronounConfig(resolvers=[str(tmp_path)], news=str(pronoun_news), out=str(tmp_path / "record")))


def test_the_committed_record_says_what_its_figures_say() -> None:
    record = Path(__file__).resolve().parents[1] / "experiments" / "pronouns"
    metrics, manifest = (json.loads((record / name).read_text()) for name in ("pronouns.json", "manifest.json"))
    assert (record / "README.md").read_text() == render_pronoun_record("pronouns", metrics, manifest)
    for told in metrics["systems"].values():
        assert told["news"]["n_right"] <= told["news"]["n_linked"] <= metrics["news"]["n"]
