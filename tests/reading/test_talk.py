"""Who is "I" and "you" in the lines of interviews and debates."""

from __future__ import annotations

import pytest

from whipcount.reading.parsing import parse
from whipcount.reading.talk import present
from whipcount.schema import Mention

NAMES = ("Holt", "Brenner", "Quill")


def present_in(*lines: str) -> list[set[str]]:
    text = "\n".join(lines)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    mentions = [
        Mention(name.lower(), start, start + len(name), "name")
        for start, line in zip(starts, lines, strict=True)
        for name in NAMES
        if line.startswith(name)
    ]
    found = present(parse(text), mentions)
    return [set(found.get(start, ())) for start in starts]


def test_who_talks_and_whom_that_one_talks_to_are_present() -> None:
    assert present_in("Holt: Where were you?", "Brenner: I was late.", "Quill: I was not.", "Holt: He was.") == [
        {"holt"}, {"brenner", "holt"}, {"quill"}, {"holt"},
    ]  # fmt: skip
    assert present_in("Holt: I was late.", "Q: Why?", "Brenner: You know me.", "Holt: No.") == [
        {"holt"},
        set(),
        {"brenner"},
        {"holt", "brenner"},
    ]


def test_where_two_talk_who_once_say_you_both_always_are() -> None:
    assert present_in("Holt: I was late.", "Brenner: You were.", "Holt: He was.") == [{"holt", "brenner"}] * 3
    assert present_in("Holt: I was late.", "Brenner: I was not.", "Holt: He was.") == [{"holt"}, {"brenner"}, {"holt"}]


def test_what_a_label_adds_to_the_name_changes_nothing() -> None:
    assert present_in("Holt, the mayor: I was late.", "Brenner (Harbour Party): You were.", "Holt: He was.") == [{"holt", "brenner"}] * 3


@pytest.mark.parametrize("lines", [(), ("Holt left.", "He was late."), ("Holt: I was late.", "Goals: Brenner.")])
def test_nobody_is_in_other_texts(lines: tuple[str, ...]) -> None:
    assert present_in(*lines) == [set()] * len(lines)
