"""How much of the gold rosters an own one holds; ``RAW.md`` defines the measures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Any

from whipcount.schema import NONE, RESERVED_IDS, SOMEONE, STANCES, TOPIC, Article, Reading
from whipcount.scoring.metrics import share
from whipcount.scoring.rosters import RosterMatch
from whipcount.scoring.values import number


@dataclass(frozen=True, slots=True)
class RosterScore:
    """How much of the gold rosters is found, as counts that add up over articles.

    ``n_ends`` are the ends of gold stances, ``n_actors`` the different gold actors among them; ``n_own`` is the size of the own
    rosters and ``n_own_found`` how many of those are a gold actor, with a stance or without.
    """

    n_articles: int
    n_ends: int
    n_ends_found: int
    n_actors: int
    n_actors_found: int
    n_own: int
    n_own_found: int

    @property
    def end_recall(self) -> float:
        """Share of the ends of gold stances whose actor is in the own roster."""
        return share(self.n_ends_found, self.n_ends)

    @property
    def actor_recall(self) -> float:
        """Share of the gold actors with a stance that are in the own roster."""
        return share(self.n_actors_found, self.n_actors)

    @property
    def precision(self) -> float:
        """Share of the own actors that are a gold actor."""
        return share(self.n_own_found, self.n_own)


def score_roster(reading: Reading, article: Article, match: RosterMatch, *, headline: bool) -> RosterScore:
    """Count what is found of one article's gold roster.

    Args:
        reading: with the own roster.
        article: with the gold stances.
        match: of the two.
        headline: leave out topics, and the stances of or toward them or ``someone``.
    """
    kinds = {actor.id: actor.kind for actor in article.roster}
    left_out = {id_ for id_, kind in kinds.items() if kind in (TOPIC, SOMEONE)} if headline else set()
    found = set(match.gold_of.values())
    ends = [
        end
        for stance in article.stances
        if stance.stance != STANCES[NONE] and not {stance.speaker, stance.target} & left_out
        for end in (stance.speaker, stance.target)
        if end not in RESERVED_IDS
    ]
    own = [actor.id for actor in reading.actors if match.gold_of.get(actor.id) not in left_out]
    return RosterScore(
        n_articles=1,
        n_ends=len(ends),
        n_ends_found=sum(end in found for end in ends),
        n_actors=len(set(ends)),
        n_actors_found=len(set(ends) & found),
        n_own=len(own),
        n_own_found=sum(id_ in match.gold_of for id_ in own),
    )


def sum_rosters(scores: Iterable[RosterScore]) -> RosterScore:
    """Return the counts of several articles together."""
    nothing = (0,) * len(RosterScore.__match_args__)
    return RosterScore(*map(sum, zip(nothing, *map(astuple, scores), strict=True)))


def roster_values(score: RosterScore) -> dict[str, Any]:
    """Return the counts and what follows from them, for JSON."""
    return {
        **{name: getattr(score, name) for name in RosterScore.__match_args__},
        "end_recall": number(score.end_recall),
        "actor_recall": number(score.actor_recall),
        "precision": number(score.precision),
        "own_actors_per_article": number(share(score.n_own, score.n_articles)),
    }
