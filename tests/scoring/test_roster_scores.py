"""Recall and precision of rosters, counted by hand."""

from __future__ import annotations

import pytest

from whipcount.schema import Actor, Article, Reading, Span, Stance
from whipcount.scoring.roster_scores import roster_values, score_roster, sum_rosters
from whipcount.scoring.rosters import match_rosters

TEXT = "Vera Quill met the board."


def person(id_: str, name: str) -> Actor:
    return Actor(id_, name, "person")


def body(id_: str, name: str) -> Actor:
    return Actor(id_, name, "organisation")


def article(actors: list[Actor], stances: list[Stance]) -> Article:
    return Article("town", "quay", TEXT, (Span(0, len(TEXT)),), tuple(actors), stances=tuple(stances))


def reading(actors: list[Actor]) -> Reading:
    return Reading(TEXT, (Span(0, len(TEXT)),), actors=tuple(actors))


def test_roster_scores_worked_out_by_hand() -> None:
    gold = article(
        [person("quill", "Vera Quill"), person("oduya", "Femi Oduya"), Actor("pier", "new pier", "topic"), body("idle", "Idle Club")],
        stances=[
            Stance(0, "quill", "oduya", "favor"),
            Stance(0, "oduya", "quill", "against"),
            Stance(0, "author", "quill", "favor"),
            Stance(0, "quill", "pier", "favor"),
            Stance(0, "someone", "oduya", "against"),
            Stance(0, "quill", "idle", "none"),
        ],
    )
    own = reading([person("a0", "Vera Quill"), body("a1", "Idle Club"), body("a2", "Ferry Line"), Actor("a3", "New Pier", "group")])
    match = match_rosters(own, gold, "strict")
    headline = score_roster(own, gold, match, headline=True)
    # ends: quill oduya, oduya quill, quill; own: the pier is left out, of the three others two are gold actors
    assert (headline.n_ends, headline.n_ends_found, headline.end_recall) == (5, 3, 0.6)
    assert (headline.n_actors, headline.n_actors_found) == (2, 1)
    assert (headline.n_own, headline.n_own_found) == (3, 2)
    assert headline.precision == pytest.approx(2 / 3)
    everything = score_roster(own, gold, match, headline=False)
    assert (everything.n_ends, everything.n_ends_found) == (8, 5)
    assert (everything.n_actors, everything.n_actors_found, everything.n_own, everything.n_own_found) == (3, 2, 4, 3)
    both = sum_rosters([headline, everything])
    assert (both.n_articles, both.n_ends) == (2, 13)
    assert both.end_recall == pytest.approx(8 / 13)
    assert roster_values(both)["own_actors_per_article"] == 3.5


def test_an_empty_reading_finds_nothing_and_has_no_precision() -> None:
    gold = article([person("quill", "Vera Quill")], stances=[Stance(0, "author", "quill", "favor")])
    own = reading([])
    values = roster_values(score_roster(own, gold, match_rosters(own, gold, "lenient"), headline=True))
    assert (values["end_recall"], values["precision"], values["n_own"]) == (0.0, None, 0)
    assert roster_values(sum_rosters([]))["end_recall"] is None
