"""Sentences with nothing to report, and stances turned round."""

from __future__ import annotations

import pytest

from whipcount.schema import Actor, Article, FoundStance, Reading, Span, Stance
from whipcount.scoring.false_pairs import count_directions, count_false_pairs, direction_values, false_pair_values, quiet_sentences
from whipcount.scoring.raw import RawRow, compare
from whipcount.scoring.rosters import match_rosters

SENTENCES = (
    "Vera Quill met Femi Oduya.",  # quiet
    "Quill saw the new pier.",  # one actor and a topic
    "Quill praised Oduya.",  # a stance
    "Oduya and Quill and Nils Berg left.",  # quiet
    "Berg mocked Oduya, and Oduya mocked Berg.",  # a stance each way
    "She told Oduya.",  # one is named
    "Quill met Berg.",  # quiet
)
TEXT = " ".join(SENTENCES)
SPANS = tuple(Span(TEXT.index(words), TEXT.index(words) + len(words)) for words in SENTENCES)
GOLD = Article(
    "town",
    "quay",
    TEXT,
    SPANS,
    (
        Actor("quill", "Vera Quill", "person"),
        Actor("oduya", "Femi Oduya", "person"),
        Actor("berg", "Nils Berg", "person"),
        Actor("pier", "new pier", "topic"),
    ),
    stances=(
        Stance(0, "oduya", "quill", "none", ("meeting",)),
        Stance(2, "quill", "oduya", "favor"),
        Stance(2, "oduya", "quill", "none"),
        Stance(2, "author", "quill", "against"),
        Stance(4, "berg", "oduya", "against"),
        Stance(4, "oduya", "berg", "against"),
        Stance(5, "quill", "oduya", "favor"),
    ),
)
OWN = (
    Actor("a0", "Vera Quill", "person"),
    Actor("a1", "Femi Oduya", "person"),
    Actor("a2", "Nils Berg", "person"),
    Actor("a3", "Ferry Line", "organisation"),
)
PRO = (0.9, 0.05, 0.05)


def rows(*pairs: tuple[int, str, str]) -> list[RawRow]:
    reading = Reading(TEXT, SPANS, actors=OWN, stances=tuple(FoundStance(*pair, PRO) for pair in pairs))
    return compare(reading, GOLD, match_rosters(reading, GOLD, "strict"))[0]


def test_quiet_sentences_name_two_actors_and_hold_no_stance() -> None:
    assert quiet_sentences([GOLD], 200) == [("town/quay", 0), ("town/quay", 3), ("town/quay", 6)]
    drawn = [quiet_sentences([GOLD], 2, seed) for seed in range(20)]
    assert {len(one) for one in drawn} == {2} and len({tuple(one) for one in drawn}) == 3
    assert quiet_sentences([GOLD], 2, 7) == drawn[7]


def test_false_pairs_worked_out_by_hand() -> None:
    quiet = quiet_sentences([GOLD], 200)
    found = count_false_pairs(rows((0, "a0", "a1"), (0, "a1", "a0"), (3, "a0", "a3"), (6, "author", "a0"), (2, "a0", "a1")), quiet)
    assert (found.n, found.n_any, found.n_gold_actors) == (3, 3, 1)
    values = false_pair_values(found)
    assert values["gold_actors"]["share"] == pytest.approx(1 / 3, abs=1e-6)
    assert values["gold_actors"]["low"] < 1 / 3 < values["gold_actors"]["high"]
    assert count_false_pairs(rows(), quiet).n_any == 0
    assert false_pair_values(count_false_pairs([], []))["any"]["share"] is None


def test_directions_worked_out_by_hand() -> None:
    # one side alone: quill>oduya in 2 and in 5; berg and oduya mock each other, the author is no side
    assert count_directions(rows()) == count_directions(rows((4, "a2", "a1"))) == count_directions(rows((2, "a0", "author")))
    assert direction_values(count_directions(rows()))["n_pairs"] == 2
    swapped = count_directions(rows((2, "a1", "a0"), (5, "a0", "a1")))
    assert (swapped.n, swapped.n_right, swapped.n_reversed, swapped.n_both) == (2, 1, 1, 0)
    both = count_directions(rows((2, "a1", "a0"), (2, "a0", "a1")))
    assert (both.n_right, both.n_reversed, both.n_both) == (1, 1, 1)
    assert direction_values(both)["share_reversed"] == 0.5
    assert direction_values(count_directions([]))["share_reversed"] is None
