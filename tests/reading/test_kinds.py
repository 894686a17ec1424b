"""What a name names, by all of its occurrences: entity labels of foreign and invented names change from line to line."""

from __future__ import annotations

from typing import Any

import pytest

from whipcount.reading.drafts import ORGANISATION, PERSON
from whipcount.reading.kinds import NATIONAL, PLACE, THING, judge_kinds
from whipcount.reading.spotting import NAME, Spotted


def name(form: str, label: str, **traits: Any) -> Spotted:
    return Spotted(0, len(form), tuple(form.split()), NAME, label=label, **traits)


def test_a_full_name_is_a_persons_where_its_last_word_is_one() -> None:
    kinds = judge_kinds([name("Marcel Thibodeau", "ORG"), name("Thibodeau", "PERSON"), name("Thibodeau", "PERSON")])
    assert kinds == {"Marcel Thibodeau": PERSON, "Thibodeau": PERSON}


def test_a_full_name_is_a_persons_where_its_last_word_alone_does_something() -> None:
    assert judge_kinds([name("Demba Nylund", "ORG"), name("Nylund", "ORG", subject=True)])["Demba Nylund"] == PERSON
    assert judge_kinds([name("Demba Nylund", "ORG"), name("Nylund", "ORG")])["Demba Nylund"] == ORGANISATION


@pytest.mark.parametrize(
    ("full", "last", "kind"),
    [
        (name("Keystone Party", "ORG"), name("Party", "ORG", subject=True), ORGANISATION),  # a word that bodies have
        (name("Harbour Rovers", "ORG"), name("Rovers", "ORG", subject=True, definite=True), ORGANISATION),  # "the Rovers"
        (name("Bank of Orrin", "ORG"), name("Orrin", "PERSON", subject=True), ORGANISATION),
        (name("Upper Marland", "GPE"), name("Marland", "GPE", subject=True), PLACE),
    ],
)
def test_what_is_no_full_name_stays_what_it_is(full: Spotted, last: Spotted, kind: str) -> None:
    assert judge_kinds([full, last])[full.form] == kind


def test_a_wife_and_an_actress_are_persons() -> None:
    assert judge_kinds([name("Demba Nylund", "ORG", described=("wife",))])["Demba Nylund"] == PERSON
    assert judge_kinds([name("Demba Nylund", "ORG", title=("actress",))])["Demba Nylund"] == PERSON


@pytest.mark.parametrize("label", ["ORG", "GPE", "NORP", ""])
def test_a_first_name_alone_is_the_persons(label: str) -> None:
    assert judge_kinds([name("Maeve Kinsella", "PERSON"), name("Maeve", label)])["Maeve"] == PERSON


@pytest.mark.parametrize(
    ("alone", "kind"),
    [(name("Georgia", "GPE", place=True), PLACE), (name("Georgia", "NORP", definite=True), NATIONAL), (name("Adele", ""), THING)],
)
def test_a_first_name_is_not_a_place_of_that_name(alone: Spotted, kind: str) -> None:
    assert judge_kinds([name("Georgia Nunez", "PERSON"), alone])[alone.form] == kind
