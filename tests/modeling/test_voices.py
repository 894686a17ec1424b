"""Pronouns and quotations that reading links, as a model is given them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.config import ModelConfig
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import count_losses, shown_mentions, unnamed_mentions
from whipcount.examples.storage import load_dataset_folder, save_dataset
from whipcount.modeling.own_rosters import lists_active_alone, with_distractors, with_own_roster
from whipcount.modeling.variation import gender
from whipcount.modeling.voices import Mark, find_marks, voiced, with_voices
from whipcount.reading.parsing import parse
from whipcount.schema import GIVEN, PAIR, PRONOUN, Actor, Article, Mention, Span, Utterance

SOURCE = """article: late
# actors
stroud | person | Peter Stroud
board | organisation | Ferry Board
quay | topic | the new quay
# text
Peter Stroud met [the Ferry Board|board] about the new quay.
“You sold the ferry,” [he|stroud] said. “It sails no more.

“The quay is next.”
"""


@pytest.fixture
def article() -> Article:
    return parse_article(SOURCE, "town", "late.txt")


def pronouns(article: Article) -> list[tuple[str, str]]:
    return [(article.text[m.start_char : m.end_char], m.actor) for m in article.mentions if m.why == PRONOUN]


def test_pronouns_are_linked_and_quotations_told(article: Article) -> None:
    heard = with_voices(article)
    assert ("he", "stroud") in pronouns(heard)
    assert heard.utterances is not None
    told = [([article.text[span.start_char : span.end_char] for span in one.spans], one.speaker) for one in heard.utterances]
    assert told == [(["“You sold the ferry,”"], "stroud"), (["“It sails no more.", "“The quay is next.”"], "stroud")]


def test_what_is_annotated_stays_as_it_is(article: Article) -> None:
    heard = with_voices(article)
    assert heard.annotated_mentions == article.mentions == article.annotated_mentions
    assert replace(heard, mentions=article.mentions, utterances=None) == article
    for look in (shown_mentions, unnamed_mentions, count_losses):
        assert look(heard) == look(article)


def test_pronouns_that_reading_links_tell_no_gender_and_annotate_nothing() -> None:
    text = "Peter Stroud left. He was tired."
    bare = Article("town", "a", text, (Span(0, 18), Span(19, len(text))), (Actor("stroud", "Peter Stroud", "person"),))
    heard = with_voices(bare)
    assert pronouns(heard) == [("He", "stroud")]
    assert gender(heard, heard.actors[0]) == "" and lists_active_alone(heard) and not unnamed_mentions(heard)


def test_voices_are_asked_for_once_and_of_whole_articles(article: Article) -> None:
    heard = with_voices(article)
    assert with_voices(heard) is heard
    again = with_voices(replace(heard, utterances=None), parse(article.text))
    assert again == heard, "the pronouns are not there twice"
    one_pair = Article(
        "town", "p", "He met Berg.", (Span(0, 12),), (Actor("a", "Ada", "person"), Actor("b", "Berg", "person")), annotation=PAIR
    )
    assert with_voices(one_pair) is one_pair


def test_another_roster_has_other_voices(article: Article) -> None:
    heard = with_voices(article)
    for change in (with_own_roster, with_distractors):
        changed = change(heard)
        assert changed == change(article) and changed.utterances is None


def test_voices_are_found_only_where_an_encoding_shows_them(article: Article) -> None:
    assert voiced([article], ModelConfig()) == [article]
    for flag in ("pronoun_slots", "speaker_slots"):
        assert voiced([article], ModelConfig(**{flag: True})) == [with_voices(article)]  # type: ignore[arg-type]


def test_a_dataset_holds_no_utterances(article: Article, tmp_path: Path) -> None:
    save_dataset(tmp_path / "dataset", [replace(with_voices(article), split="train")], {}, "")
    (loaded,) = load_dataset_folder(tmp_path / "dataset").articles["train"]
    assert loaded.utterances is None
    assert with_voices(loaded) == replace(with_voices(article), split="train")


@given(st.text('Ada Berg he she “”‘’"\nsaid who.,', min_size=1, max_size=120))
@settings(max_examples=40)
def test_whatever_the_text_voices_are_of_the_roster(text: str) -> None:
    actors = (Actor("berg", "Ada Berg", "person"), Actor("he", "he", "topic"), Actor("d", "d", "group"))
    heard = with_voices(Article("town", "a", text, (Span(0, len(text)),), actors))
    assert heard.utterances is not None
    assert {m.actor for m in heard.mentions} | {one.speaker for one in heard.utterances} <= {"", "berg", "he", "d"}


def test_marks_stand_where_words_begin_and_not_within_names() -> None:
    text = "Peter “Red” Stroud said: “I heard ‘no’ twice. Twice."
    names = [Mention("s", 0, 18, GIVEN)]
    said = (
        Utterance((Span(6, 11),), "s", "unknown"),
        Utterance((Span(25, len(text)),), "s", "attribution"),
        Utterance((Span(34, 38),), "q", "attribution", depth=1),
        Utterance((Span(35, 37),), "q", "attribution", depth=2),
        Utterance((Span(39, 44),), "", "unknown"),
    )
    article = Article(
        "town", "a", text, (Span(0, 45), Span(46, len(text))), (Actor("s", "Stroud", "person"), Actor("q", "Quill", "person")),
        (*names, Mention("s", 26, 27, PRONOUN), Mention("s", 12, 18, PRONOUN)), utterances=said,
    )  # fmt: skip
    both = ModelConfig(pronoun_slots=True, speaker_slots=True)
    assert find_marks(article, [names, []], both) == [
        [Mark(25, "s", True), Mark(26, "s", False), Mark(34, "q", True)],
        [Mark(46, "s", True)],
    ]
    assert find_marks(article, [names, []], ModelConfig()) == [[], []]
