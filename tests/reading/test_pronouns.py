"""Whom pronouns mean: plain cases, and whatever the text nothing that is not there."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.actors import Roster, find_actors
from whipcount.reading.clauses import find_roles
from whipcount.reading.furniture import find_furniture
from whipcount.reading.parsing import parse
from whipcount.reading.pronouns import MOST_AFTER, MOST_BEFORE, link_pronouns
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Mention, Span


def read(text: str) -> Roster:
    paragraphs = parse(text)
    return find_actors(text, paragraphs, split_sentences(text, paragraphs))


def linked(text: str) -> list[tuple[str, str]]:
    found = read(text)
    names = {actor.id: actor.name for actor in found.actors}
    return [(text[m.start_char : m.end_char], names[m.actor]) for m in found.mentions if m.why == PRONOUN]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Mr Peter Stroud praised Ms Marta Quill. She thanked the board.", [("She", "Marta Quill")]),
        ("Ms Marta Quill praised Mr Peter Stroud. He thanked the board.", [("He", "Peter Stroud")]),
        ("Marta Quill said that she would vote against the plan.", [("she", "Marta Quill")]),
        ("Marta Quill left the meeting with her deputy.", [("her", "Marta Quill")]),
        ("Femi Oduya, who chairs the board, resigned.", [("who", "Femi Oduya")]),
        ("Femi Oduya, an auditor who chairs the board, resigned.", [("who", "Femi Oduya")]),
        ("Femi Oduya, who chairs the board and who wrote to Marta Quill, resigned.", [("who", "Femi Oduya"), ("who", "Femi Oduya")]),
        ("Marta Quill thinks that Femi Oduya is the one candidate who reads.", [("who", "Femi Oduya")]),
        ("“I will not resign,” said Femi Oduya.", [("I", "Femi Oduya")]),
        ("She left. He stayed. They said it was over.", []),
    ],
)
def test_pronouns_mean_whom_a_reader_takes_them_for(text: str, meant: list[tuple[str, str]]) -> None:
    assert linked(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Ms Nadia Hollis left. He was late.",
        "Owen Barrett thanked him.",
        "Owen Barrett gave the report to him.",
        "Owen Barrett stood up and thanked him.",
        "His deputy, Nadia Hollis, resigned.",
        "Nadia Hollis is her deputy.",
        "Harbour Trust won the case. He was late.",
        "Downing Street praised the plan. She was late.",
        "Republicans have the votes. She was late.",
    ],
)
def test_nobody_is_meant_where_the_only_one_named_cannot_be(text: str) -> None:
    assert linked(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Owen Barrett blamed himself.", [("himself", "Owen Barrett")]),
        ("Owen Barrett denied the claims against him.", [("him", "Owen Barrett")]),
        ("Owen Barrett saw that Nadia Hollis thanked him.", [("him", "Owen Barrett")]),
        ("Owen Barrett thanked his deputy, Tomas Rell.", [("his", "Owen Barrett")]),
        ("Tomas Rell spoke. Owen Barrett thanked him.", [("him", "Tomas Rell")]),
        ("Owen Barrett is his own man.", [("his", "Owen Barrett")]),
    ],
)
def test_one_who_acts_is_not_the_one_who_is_acted_upon(text: str, meant: list[tuple[str, str]]) -> None:
    assert linked(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Owen Barrett arrived with his wife, Nadia Hollis. He was late.", "Owen Barrett"),
        ("Owen Barrett met Ines Varga and Tomas Rell’s wife, Nadia Hollis. He was late.", "Owen Barrett"),
        ("Nadia Hollis, a mother of two, met Owen Barrett. She was late.", "Nadia Hollis"),
        ("The actress Nadia Hollis met Owen Barrett. He was late.", "Owen Barrett"),
        ("Ines Varga thanked her son, Tomas Rell. She was late.", "Ines Varga"),
        ("King Tomas met Nadia Hollis. She was late.", "Nadia Hollis"),
        ("Lord Mayor Nadia Hollis met Owen Barrett. She was late.", "Nadia Hollis"),
        ("Owen Barrett, his wife and his son left. He was late.", "Owen Barrett"),
        ("First lady aide Tomas Rell met Ines Varga. He was late.", "Tomas Rell"),
    ],
)
def test_what_somebody_is_called_tells_who_is_he_and_who_is_she(text: str, meant: str) -> None:
    assert linked(text)[-1][1] == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("The Harbour Board met on Monday. It rejected the plan.", [("It", "Harbour Board")]),
        ("The Harbour Board met on Monday. Its chair, Nadia Hollis, was late.", [("Its", "Harbour Board")]),
        ("The Harbour Board met on Monday. They rejected the plan.", [("They", "Harbour Board")]),
        ("The Harbour Board said that it would appeal.", [("it", "Harbour Board")]),
        ("A spokesman for the Harbour Board said it had received the letter.", [("it", "Harbour Board")]),
        ("The Harbour Board sued the Quay Trust. Its chair, Nadia Hollis, was late.", [("Its", "Harbour Board")]),
        ("The ferry was closed by the Harbour Board, and Nadia Hollis, its chair, was late.", [("its", "Harbour Board")]),
    ],
)
def test_it_and_they_are_the_body_that_acts(text: str, meant: list[tuple[str, str]]) -> None:
    assert linked(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "The Harbour Board lost. It was clear that Owen Barrett had lied.",
        "The Harbour Board met on Monday. It rained.",
        "The Harbour Board said it was a farce.",
        "The Harbour Board said it would cost nothing.",
        "The Harbour Board approved the plan. Its cost is unknown.",
        "The Harbour Board approved the plan. It closes the quay.",
        "The Harbour Board met two passengers. They rejected the plan.",
        "The Harbour Board thanked Owen Barrett. They rejected the plan.",
        "The Harbour Board met and the Quay Trust voted. It rejected the plan.",
    ],
)
def test_it_and_they_are_nobody_where_they_may_be_a_thing(text: str) -> None:
    assert linked(text) == []


def test_she_who_says_a_quotation_is_whoever_spoke_before_it() -> None:
    text = "Ada Berg lost the vote. Her lawyer, Marta Quill, thanked the judges. “Ada is honest,” she said."
    assert linked(text)[-1] == ("she", "Marta Quill")


def test_a_quoted_he_is_not_the_one_who_speaks() -> None:
    text = "Mr Femi Oduya met Mr Peter Stroud. “He lied to us,” Mr Oduya said."
    assert ("He", "Peter Stroud") in linked(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Ms Marta Quill left. A spokeswoman for Femi Oduya said it was late. “We are sorry,” she said.", []),
        ("Mr Peter Stroud left. An aide said it was late. “We are sorry,” he said. He added that it was over.", []),
        ("Ms Marta Quill left. A spokesman said it was late. “I am sorry,” she said.", ["she"]),
        ("Ms Marta Quill left. An aide said it was late. Ms Quill came back. “I am sorry,” she said.", ["she"]),
        ("Ms Marta Quill spoke. An aide said that she was late.", ["she"]),
    ],
)
def test_who_spoke_without_a_name_goes_on_without_one(text: str, meant: list[str]) -> None:
    assert [word for word, _ in linked(text) if word in ("he", "He", "she")] == meant


def test_no_council_is_a_he() -> None:
    text = "Peter Stroud believes in the council; the council, he added, was right."
    assert linked(text) == [("he", "Peter Stroud")]


def test_options_are_told_for_every_he_and_she() -> None:
    text = "Marta Quill met Ada Berg before she left."
    (options,) = read(text).options
    assert text[options.pronoun.start_char :].startswith("she") and set(options.actors) == {"marta_quill", "ada_berg"}
    assert len(options.features) == len(options.actors) == 2


def test_roles_are_told_of_every_mention_that_is_parsed() -> None:
    text = "Ada Berg and Femi Oduya told Peter Stroud.\nThe ferry left. Ida Morrow"
    mentions = [
        Mention(name, text.index(name), text.index(name) + len(name)) for name in ("Ada Berg", "Oduya", "Stroud", "ferry", "Ida Morrow")
    ]
    roles = find_roles(parse(text, [Span(text.index("Ida"), len(text))]), mentions)
    assert [roles.get((m.start_char, m.end_char)) for m in mentions] == [(True, True), (True, True), (False, False), (True, False), None]


def test_what_is_a_name_already_is_no_pronoun() -> None:
    text = "Ada Berg met He before he left."
    paragraphs = parse(text)
    mentions = [Mention("berg", 0, 8, "name"), Mention("he", 13, 15, "name"), Mention("he", 23, 25, "name")]
    kinds = dict.fromkeys(("berg", "he"), "person")
    found, options = link_pronouns(text, paragraphs, split_sentences(text, paragraphs), mentions, kinds, {}, {})
    assert not found and not options


def test_a_text_of_which_nothing_is_parsed_has_no_pronouns() -> None:
    mentions = [Mention("berg", 5, 13, "alias file")]
    assert link_pronouns("She, Ada Berg.", (), [Span(0, 14)], mentions, {"berg": "person"}, {}, {}) == ([], [])


def test_a_sentence_of_a_thousand_names_takes_seconds() -> None:
    text = "Ada Berg told " + "Peter Stroud and she met Marta Quill, " * 500 + "that he left."
    paragraphs = parse(text)
    places = [(match.start(), match.end(), match[0]) for match in re.finditer("Peter Stroud|Marta Quill", text)]
    mentions = [Mention(name, start, end, "name") for start, end, name in places]
    started = time.process_time()
    _, options = link_pronouns(
        text, paragraphs, [Span(0, len(text))], mentions, dict.fromkeys(("Peter Stroud", "Marta Quill"), "person"), {}, {}
    )
    assert len(options) == 501 and time.process_time() - started < 10, "quadratic time would take minutes"
    assert max(len(one.actors) for one in options) == MOST_BEFORE + MOST_AFTER


@given(st.text("he she him her who they its I ,.“”'\nAda Berg Mr Stroud said", max_size=200))
def test_whatever_the_text_pronouns_are_words_of_it_and_mean_actors_of_it(text: str) -> None:
    found = read(text)
    ids = {actor.id for actor in found.actors}
    for mention in found.mentions:
        assert mention.actor in ids
        if mention.why == PRONOUN:
            assert text[mention.start_char : mention.end_char].lower().isalpha()
    assert all(set(options.actors) <= ids for options in found.options)


@pytest.mark.parametrize("text", ["By Marta Quill\nShe lost. Marta Quill left.", "By Femi Oduya\nYes, she lost. Marta Quill left."])
def test_a_name_in_a_byline_is_not_who_is_meant(text: str) -> None:
    furniture = find_furniture(text)
    assert furniture
    paragraphs = parse(text, furniture)
    found = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    assert [mention for mention in found.mentions if mention.why == PRONOUN] == []
