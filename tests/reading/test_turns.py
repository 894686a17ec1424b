"""Who speaks in interviews and debates without quotation marks."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.actors import find_actors
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.reading.speakers import Heard, hear

MEETING = "Margaret Quill and Peter Stroud met in the hall on Monday.\n\n"
INTERVIEW = "Margaret Quill, leader of the Harbour Party, spoke to this paper.\n\n"


def heard(text: str) -> Heard:
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    return hear(text, paragraphs, found.mentions)


def turns(text: str) -> list[tuple[str, str]]:
    """Return who speaks and the words of each turn."""
    return [(one.speaker, " | ".join(text[s.start_char : s.end_char] for s in one.spans)) for one in heard(text).said]


def test_names_before_colons_say_who_speaks() -> None:
    text = MEETING + "Quill: The ferry is late.\n\nPeter Stroud: It is not.\n\nQuill: I waited an hour.\n"
    assert turns(text) == [
        ("margaret_quill", "The ferry is late."),
        ("peter_stroud", "It is not."),
        ("margaret_quill", "I waited an hour."),
    ]
    assert {one.why for one in heard(text).said} == {"label"}


@pytest.mark.parametrize("label", ["MARGARET QUILL", "Margaret Quill (Harbour Party)", "MQ", "M.Q.", "Ms Quill", "QUILL"])
def test_labels_may_be_capitals_initials_or_have_an_aside(label: str) -> None:
    text = f"{MEETING}{label}: The ferry is late.\n\nPeter Stroud: It is not.\n\n{label}: Yes, it is.\n"
    assert [speaker for speaker, _ in turns(text)] == ["margaret_quill", "peter_stroud", "margaret_quill"]


def test_initials_of_two_are_nobodys() -> None:
    text = f"{MEETING}Mark Quist came later.\n\nMQ: The ferry is late.\n\nPeter Stroud: It is not.\n\nMs Quill: Never.\n\nStroud: Yes.\n"
    assert [speaker for speaker, _ in turns(text)] == ["", "peter_stroud", "margaret_quill", "peter_stroud"]


def test_answers_are_whom_the_lines_before_are_about() -> None:
    text = f"{INTERVIEW}Q: Will you resign?\n\nA: No.\n\nQ: Why?\n\nA: I was elected.\n"
    assert [speaker for speaker, _ in turns(text)] == ["", "margaret_quill", "", "margaret_quill"]


def test_answers_are_nobodys_where_two_may_have_given_them() -> None:
    text = f"{INTERVIEW}Peter Stroud came, too.\n\nQ: Will you resign?\n\nA: No.\n\nQ: Why?\n\nA: I was elected.\n"
    assert {speaker for speaker, _ in turns(text)} == {""}


def test_paragraphs_go_on_that_say_i_or_you() -> None:
    answer = "A: No.\n\nWe have work to do.\n\nThe room was quiet.\n\nWe all waited.\n\n"
    text = f"{INTERVIEW}Q: Will you resign?\n\n{answer}Q: Why?\n\nA: Ask me later.\n"
    assert ("margaret_quill", "No. | We have work to do.") in turns(text)


def test_other_labels_open_a_turn_of_nobody() -> None:
    text = MEETING + "Quill: The ferry is late.\n\nWoman in the hall: Shame on you.\n\nStroud: Quiet.\n\nQuill: No.\n"
    assert [speaker for speaker, _ in turns(text)] == ["margaret_quill", "", "peter_stroud", "margaret_quill"]


def test_the_first_person_is_who_speaks_and_the_third_is_not() -> None:
    text = "Ms Margaret Quill and Mr Peter Stroud met.\n\nQuill: I am late.\n\nStroud: He is lying, and I waited.\n\nQuill: My ferry was.\n"
    meant = [(text[m.start_char : m.end_char], m.actor) for m in heard(text).mentions if m.why == "pronoun"]
    assert meant == [("I", "margaret_quill"), ("I", "peter_stroud"), ("My", "margaret_quill")]


def test_what_is_quoted_within_a_turn_is_its_speakers_only_if_the_turn_says_so() -> None:
    text = MEETING + "Quill: Stroud said “the ferry is late”.\n\nStroud: They call it “a farce”.\n\nQuill: No.\n"
    said = heard(text).said
    assert [(one.speaker, one.depth) for one in said] == [
        ("margaret_quill", 0), ("peter_stroud", 1), ("peter_stroud", 0), ("", 1), ("margaret_quill", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The Harbour Party won.\n\nHarbour Party: 12 seats\n\nGreen Party: 4 seats\n\nHarbour Party: 9 seats\n",
        MEETING + "Quill: 1,769.\n\nStroud: 1,501.\n\nQuill: 46.\n",
        "Quill: The ferry is late.\n\nMargaret Quill spoke on Monday.\n",
        MEETING + "Where: The town hall.\n\nWhen: Monday at noon.\n\nPrice: Free, says Margaret Quill.\n",
        MEETING + "Quill: The ferry is late.\n\nStroud: It is not.\n",
        "Q: Why?\n\nA: Because.\n",
    ],
    ids=["seats", "votes", "headline", "list", "nobody twice", "too short"],
)
def test_other_lines_with_colons_are_no_turns(text: str) -> None:
    assert turns(text) == []


def test_lines_with_quotation_marks_are_read_as_quotations() -> None:
    text = MEETING + "Quill: “The ferry is late.”\n\nStroud: “It is not.”\n\nQuill: “It is.”\n"
    assert heard(text).turns == {}
    assert [speaker for speaker, _ in turns(text)] == ["margaret_quill", "peter_stroud", "margaret_quill"]


LINES = ["Q: Why?", "A: “No.", "Quill: I am “late” now.", "Stroud: You", "“We", "", "It rained.", "MQ: I."]


@given(st.lists(st.sampled_from(LINES), max_size=12))
def test_turns_never_overlap_and_lie_in_the_text(lines: list[str]) -> None:
    text = MEETING + "\n".join(lines)
    found = heard(text)
    spans = sorted((s.start_char, s.end_char) for one in found.turns for s in one.spans)
    assert all(start < end <= len(text) and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert len(found.said) == len(found.quotations)


def test_a_turn_of_three_thousand_words_is_one() -> None:
    words = "we waited " * 1_500
    text = f"{MEETING}Quill: No.\n\nStroud: Oh, {words}there.\n\nQuill: Yes.\n"
    assert [(speaker, len(said.split())) for speaker, said in turns(text)] == [
        ("margaret_quill", 1), ("peter_stroud", 3_002), ("margaret_quill", 1),
    ]  # fmt: skip


def test_a_long_debate_is_read_in_time() -> None:
    text = MEETING + "Somebody: Yes.\nQuill: No.\n" * 400
    paragraphs = parse(text)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    start = time.process_time()
    hear(text, paragraphs, found.mentions)
    assert time.process_time() - start < 5
