"""What a reading reports where there is nothing to report: pairs without a stance, and stances turned round; see ``RAW.md``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whipcount.reading.names import find_mentions
from whipcount.schema import NONE, RESERVED_IDS, STANCES, TOPIC, Article
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.metrics import share
from whipcount.scoring.raw import UNMATCHED, RawRow
from whipcount.scoring.values import number

Sentence = tuple[str, int]
"""Key of an article and index of one of its gold sentences."""


@dataclass(frozen=True, slots=True)
class FalsePairs:
    """Of ``n`` sentences without a gold stance, those with a found one: whatever its ends, or between two gold actors."""

    n: int
    n_any: int
    n_gold_actors: int


@dataclass(frozen=True, slots=True)
class Direction:
    """Of ``n`` gold pairs of which one side alone holds a stance, those found: ``right``, ``reversed``, or both ways round."""

    n: int
    n_right: int
    n_reversed: int
    n_both: int


def quiet_sentences(articles: Iterable[Article], n_sentences: int, seed: int = 0) -> list[Sentence]:
    """Draw sentences that name two or more gold actors (no topics) and hold no gold stance at all; all of them if there are fewer."""
    quiet = []
    for article in articles:
        actors = [actor for actor in article.actors if actor.kind != TOPIC]
        mentions = find_mentions(article.text, actors)
        loud = {stance.sentence for stance in article.stances if stance.stance != STANCES[NONE]}
        for index, span in enumerate(article.sentences):
            named = {m.actor for m in mentions if span.start_char <= m.start_char and m.end_char <= span.end_char}
            if len(named) > 1 and index not in loud:
                quiet.append((article.key, index))
    chosen = np.random.default_rng(seed).permutation(len(quiet))[:n_sentences]
    return [quiet[index] for index in sorted(chosen.tolist())]


def count_false_pairs(rows: Iterable[RawRow], sentences: Sequence[Sentence]) -> FalsePairs:
    """Count the sentences in which a stance is found anyway.

    Args:
        rows: from ``raw.compare``, of all the articles of the sentences.
        sentences: from ``quiet_sentences``.
    """
    found = [row for row in rows if row.found != NONE]
    loud = {(row.article, row.sentence) for row in found}
    between = {(row.article, row.sentence) for row in found if row.headline and all(map(_is_gold_actor, (row.speaker, row.target)))}
    return FalsePairs(len(sentences), len(loud & set(sentences)), len(between & set(sentences)))


def _is_gold_actor(end: str) -> bool:
    return end not in RESERVED_IDS and not end.startswith(UNMATCHED)


def count_directions(rows: Sequence[RawRow]) -> Direction:
    """Count what is found of the gold pairs of actors, author and someone left out, of which one side alone holds a stance."""
    by_pair = {(row.article, row.sentence, row.speaker, row.target): row for row in rows}
    right = turned = both = n = 0
    for row in rows:
        other = by_pair.get((row.article, row.sentence, row.target, row.speaker))
        if row.gold == NONE or not row.headline or {row.speaker, row.target} & set(RESERVED_IDS) or (other and other.gold != NONE):
            continue
        there, back = row.found != NONE, bool(other and other.found != NONE)
        n, right, turned, both = n + 1, right + there, turned + back, both + (there and back)
    return Direction(n, right, turned, both)


def false_pair_values(found: FalsePairs) -> dict[str, Any]:
    """Return counts and shares for JSON, each share with its Wilson interval."""
    values: dict[str, Any] = {"n_sentences": found.n}
    for name, count in (("any", found.n_any), ("gold_actors", found.n_gold_actors)):
        low, high = wilson_interval(count, found.n)
        values[name] = {"count": count, "share": number(share(count, found.n)), "low": number(low), "high": number(high)}
    return values


def direction_values(found: Direction) -> dict[str, Any]:
    """Return counts and the share of pairs in which the other side is said to hold a stance, for JSON."""
    low, high = wilson_interval(found.n_reversed, found.n)
    return {
        "n_pairs": found.n,
        "n_right": found.n_right,
        "n_reversed": found.n_reversed,
        "n_both": found.n_both,
        "share_reversed": number(share(found.n_reversed, found.n)),
        "low": number(low),
        "high": number(high),
    }
