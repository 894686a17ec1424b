"""Hearing a text: what pronouns in quotations mean once it is known who speaks, and what a model adds to the rules."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.actors import find_actors
from whipcount.reading.hearing import filled, hear
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Mention, Span, Utterance


def meant(text: str) -> list[tuple[str, str]]:
    """Return the pronouns of a text with whom they mean once it is known who speaks."""
    paragraphs = parse(text)
    heard = hear(text, paragraphs, find_actors(text, paragraphs, split_sentences(text, paragraphs)).mentions)
    return [(text[one.start_char : one.end_char], one.actor) for one in heard.mentions if one.why == PRONOUN]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Ms Marta Quill met Femi Oduya. “I am late,” said Marta Quill.\n“It was late when I left.” This was Femi Oduya.",
            [("I", "marta_quill"), ("I", "femi_oduya")],
        ),
        ("Mr Femi Oduya spoke. “They lied to him,” he said.", [("he", "femi_oduya")]),
        ("Ms Marta Quill said that “nobody asked her”.", [("her", "marta_quill")]),
        ("Ms Marta Quill left. “Quill did what she could,” Quill said.", [("she", "marta_quill")]),
    ],
)
def test_who_speaks_is_i_and_not_she(text: str, expected: list[tuple[str, str]]) -> None:
    assert meant(text) == expected


def test_who_speaks_tells_whose_a_quotation_within_is_not() -> None:
    text = "“He told me, ‘It is late,’ and left,” said Femi Oduya."
    mentions = [Mention("oduya", 1, 3, PRONOUN), Mention("oduya", text.index("Femi"), len(text) - 1, "name")]
    heard = hear(text, parse(text), mentions)
    assert [one.speaker for one in heard.said] == ["oduya", ""]


def test_others_fill_what_is_unknown_alone() -> None:
    spans = [(Span(start, start + 1),) for start in range(4)]
    said = [
        Utterance(span, *told)
        for span, told in zip(spans, [("a", "label"), ("", "no speech"), ("", "unknown"), ("", "unknown")], strict=True)
    ]
    others = [Utterance(span, speaker, "attribution") for span, speaker in zip(spans, ["b", "b", "b", ""], strict=True)]
    assert [(one.speaker, one.why) for one in filled(said, others)] == [
        ("a", "label"), ("", "no speech"), ("b", "attribution"), ("", "unknown"),
    ]  # fmt: skip


PIECES = ("“", "”", "No", "it is late", ".", ":", "\n\n", "Ada Berg", "Femi Oduya", "he", "she", "I", "my", "said", "Q", "A", "Why?")


@given(st.lists(st.sampled_from(PIECES), max_size=25).map(" ".join))
def test_whatever_the_text_mentions_do_not_overlap_and_mean_its_actors(text: str) -> None:
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    mentions = hear(text, paragraphs, found.mentions).mentions
    assert all(one.end_char <= other.start_char for one, other in pairwise(mentions))
    assert {one.actor for one in mentions} <= {actor.id for actor in found.actors}
