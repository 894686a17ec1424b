"""Every construction by which a text attributes words, in sentences written for this test."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.parsing import parse
from whipcount.schema import Span


def joined(text: str, spans: tuple[Span, ...]) -> str:
    return " … ".join(text[span.start_char : span.end_char] for span in spans)


def told(text: str) -> list[tuple[str, str, str]]:
    return [(joined(text, one.source), joined(text, one.cue), joined(text, one.content)) for one in find_attributions(text, parse(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“The ferry is late,” Marta Quill said.", ("Marta Quill", "said", "“The ferry is late,”")),
        ('"The ferry is late," said Marta Quill.', ("Marta Quill", "said", '"The ferry is late,"')),
        ("Marta Quill said: “The ferry is late.”", ("Marta Quill", "said", "“The ferry is late.”")),
        ("‘The ferry is late,’ Quill told the board.", ("Quill", "told", "‘The ferry is late,’")),
        ("“The ferry,” Quill said, “is late.”", ("Quill", "said", "“The ferry,” … “is late.”")),
        ("“The ferry is late,” Quill added. “It was late before.”", ("Quill", "added", "“The ferry is late,” … “It was late before.”")),
        ("Marta Quill said that the ferry was late.", ("Marta Quill", "said", "that the ferry was late")),
        ("The ferry was late, Marta Quill said.", ("Marta Quill", "said", "The ferry was late")),
        ("The ferry, she said, was no more than “a raft”.", ("she", "said", "The ferry … was no more than “a raft”")),
        ("Quill has also said the ferry was late.", ("Quill", "has also said", "the ferry was late")),
        ("According to Marta Quill, the ferry was late.", ("Marta Quill", "According to", "the ferry was late")),
        ("But according to Marta Quill, the ferry was late.", ("Marta Quill", "according to", "the ferry was late")),
        ("Nobody, according to Marta Quill, had paid.", ("Marta Quill", "according to", "Nobody")),
        ("“Nonsense,” according to Marta Quill, but the board disagrees.", ("Marta Quill", "according to", "“Nonsense,”")),
        ("The ferry was late, according to Marta Quill.", ("Marta Quill", "according to", "The ferry was late")),
        ("Marta Quill denounced the harbour board.", ("Marta Quill", "denounced", "the harbour board")),
        ("The board was criticised by Marta Quill for the delay.", ("Marta Quill", "was criticised", "The board … for the delay")),
        ("The mayor urged them to sell the ferry.", ("The mayor", "urged", "them to sell the ferry")),
        ("Marta Quill called for a vote on the ferry.", ("Marta Quill", "called for", "a vote on the ferry")),
        ("Quill’s criticism of the board went unheard.", ("Quill", "criticism of", "the board")),
        ("Oduya was accused by Marta Quill of “theft”.", ("Marta Quill", "was accused", "Oduya … of “theft”")),
        ("Oduya was called “a coward” by Marta Quill.", ("Marta Quill", "was called", "Oduya … “a coward”")),
        ("Quill’s claim that the board had lied went unheard.", ("Quill", "claim", "that the board had lied")),
        ("Quill’s claim that she had “bullied staff” was false.", ("Quill", "claim", "that she had “bullied staff”")),
        ("Oduya ignored a warning from Marta Quill that the vote was lost.", ("Marta Quill", "warning", "that the vote was lost")),
        ("Oduya ignored criticism by Marta Quill of the plan.", ("Marta Quill", "criticism", "the plan")),
        ("The ferry is “safe”, Quill said.", ("Quill", "said", "The ferry is “safe”")),
        ("“Enough,” posted the governor, Femi Oduya.", ("the governor, Femi Oduya", "posted", "“Enough,”")),
        ("“Go,” ordered Marta Quill.", ("Marta Quill", "ordered", "“Go,”")),
        ("“So it is,” shrugged Marta Quill.", ("Marta Quill", "shrugged", "“So it is,”")),
        ("“So it is,” Marta Quill shrugged.", ("Marta Quill", "shrugged", "“So it is,”")),
        ("“So it is”, Marta Quill shrugged.", ("Marta Quill", "shrugged", "“So it is”")),
        ("“Quite so,” chimed in Marta Quill.", ("Marta Quill", "chimed", "“Quite so,”")),
        ("«Nous avons perdu», said Marta Quill.", ("Marta Quill", "said", "«Nous avons perdu»")),
        ("„Wir sind bereit“, replied Marta Quill.", ("Marta Quill", "replied", "„Wir sind bereit“")),
        ("Quill said the plan was “a great mistake” for the town.", ("Quill", "said", "the plan was “a great mistake” for the town")),
    ],
)
def test_constructions(text: str, expected: tuple[str, str, str]) -> None:
    assert told(text) == [expected]


def test_a_quotation_with_a_cue_of_its_own_belongs_to_no_other() -> None:
    text = "“Is it late?” asked Marta Quill. “It is!” cried Femi Oduya. “I know …” Quill said."
    assert told(text) == [
        ("Marta Quill", "asked", "“Is it late?”"), ("Femi Oduya", "cried", "“It is!”"), ("Quill", "said", "“I know …”"),
    ]  # fmt: skip


def test_a_cue_within_a_quotation_is_beside_what_is_quoted_there() -> None:
    assert ("Oduya", "says", "‘never’") in told("“Oduya says ‘never’ to everything,” Marta Quill said.")


def test_whoever_is_quoted_as_saying_it_says_it() -> None:
    assert told("The Courier quoted Quill as saying that it was late.") == [
        ("The Courier", "quoted", "Quill as saying that it was late"), ("Quill", "saying", "that it was late"),
    ]  # fmt: skip


def test_whoever_is_asked_does_not_ask() -> None:
    assert told("Asked about the strike, Marta Quill left.") == []
    assert told("Asked by Oduya whether it was late, Quill left.") == [("Oduya", "Asked", "whether it was late")]
    assert told("Cited as a saint, Marta Quill left.") == []


def test_what_is_no_attribution() -> None:
    assert told("A call from the harbour came late.") == []
    assert told("Her remarks on Saturday were short.") == [], "when, not what"
    assert told("The ferry, the mayor, Marta Quill, announced on Tuesday.") == []
    assert told("A statement by the board of the harbour was lost.") == []
    assert told("Her album, “Sunrise,” topped the charts.") == [], "no sentence"
    assert told("“Is it late?” Marta Quill left.") == [], "another sentence"
    assert told("The so-called ‘reforms’ cost the town a ferry.") == []
    assert told("The ferry sank. Nobody was there.") == []
    assert told("") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Marta Quill never said the ferry was “a raft”.", []),
        ("Marta Quill did not call the plan “mad”.", []),
        ("Marta Quill denied calling it “a raft”.", [("Marta Quill", "denied", "calling it “a raft”")]),
        ("Marta Quill does not think the ferry is “a raft”.", [("Marta Quill", "does not think", "the ferry is “a raft”")]),
    ],
)
def test_quoted_words_that_are_denied_are_nobodys(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


def test_each_clause_has_its_own_speaker() -> None:
    text = "Quill said the ferry was late, and Oduya replied that she was wrong."
    assert ("Oduya", "replied", "that she was wrong") in told(text)
    assert ("Quill", "said", "the ferry was late") in told(text)


def test_a_quotation_of_many_words_is_one_content() -> None:
    words = "never " * 3_000
    ((source, cue, content),) = told(f"“{words}again,” Quill said.")
    assert (source, cue) == ("Quill", "said") and len(content) > 15_000


def test_a_clause_of_which_nothing_stands_before_the_cue_is_not_interrupted() -> None:
    text = "\n , Quill said said"
    assert all(text[span.start_char : span.end_char].strip() for one in find_attributions(text, parse(text)) for span in one.content)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.sampled_from(["“", "”", '"', "'", "Quill", "said", "told", "that", "the", "board", ",", ".", "\n", "according", "to", "he"])
    )
)
def test_whatever_the_text_nothing_crashes_and_ranges_hold_words(words: list[str]) -> None:
    text = " ".join(words)
    for one in find_attributions(text, parse(text)):
        for span in (*one.source, *one.cue, *one.content):
            assert text[span.start_char : span.end_char].strip()
        assert not any(span.start_char < cue.end_char and cue.start_char < span.end_char for span in one.source for cue in one.cue)
