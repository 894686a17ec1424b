"""Everything that is measured of one corpus read raw, as plain values for JSON; ``RAW.md`` defines each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from typing import Any

from whipcount.schema import Article, Reading
from whipcount.scoring.coreference import mention_values, score_mentions
from whipcount.scoring.false_pairs import count_directions, count_false_pairs, direction_values, false_pair_values, quiet_sentences
from whipcount.scoring.raw import FurnitureScore, RawRow, compare, raw_values, score_furniture, score_rows
from whipcount.scoring.roster_scores import roster_values, score_roster, sum_rosters
from whipcount.scoring.rosters import LEVELS, Level, RosterMatch, identity, match_rosters

PARTS = {"headline": True, "all_ends": False}
"""Rows between actors alone; every row, topics and ``someone`` included."""


LENIENT: Level = "lenient"
ORACLE = "oracle"


def report_corpus(
    articles: Sequence[Article], own: Sequence[Reading], oracle: Sequence[Reading], *, n_sentences: int, n_resamples: int, seed: int
) -> dict[str, Any]:
    """Return the measures of a corpus.

    Args:
        articles: the gold.
        own: their readings with the roster that reading found.
        oracle: readings of the same sentences with the gold roster.
        n_sentences: drawn for the false pairs.
        n_resamples: of each interval.
        seed: of sentences and resamples.

    Raises:
        InputError: a reading is of another text than its article, or an article is not fully annotated.
    """
    pairs = list(zip(own, articles, strict=True))
    matches = {level: [match_rosters(reading, article, level) for reading, article in pairs] for level in LEVELS}
    rows: dict[str, list[RawRow]] = {}
    special: dict[str, Counter[str]] = {}
    for level in LEVELS:
        rows[level], special[level] = _compare(own, articles, matches[level])
    rows[ORACLE], special[ORACLE] = _compare(oracle, articles, [identity(article) for article in articles])
    quiet = quiet_sentences(articles, n_sentences, seed)
    report: dict[str, Any] = {
        "n_articles": len(articles),
        "n_stories": len({article.story for article in articles}),
        "n_sentences": sum(len(article.sentences) for article in articles),
        "roster": {level: {part: _roster(pairs, matches[level], headline) for part, headline in PARTS.items()} for level in LEVELS},
        "scores": {way: _scores(found, n_resamples, seed) for way, found in rows.items()},
        "false_pairs": {way: false_pair_values(count_false_pairs(rows[way], quiet)) for way in (LENIENT, ORACLE)},
        "direction": {way: direction_values(count_directions(rows[way])) for way in (LENIENT, ORACLE)},
        "furniture": _furniture(own, articles),
        "special": {way: dict(counts) for way, counts in special.items()},
        "not_judged": {"own": _losses(own), ORACLE: _losses(oracle)},
    }
    annotated = [(reading, article) for reading, article in pairs if article.annotated_mentions]
    if annotated:
        report["mentions"] = mention_values(score_mentions(*zip(*annotated, strict=True)))
    if len(articles) == 1:
        found = set(matches[LENIENT][0].gold_of.values())
        report["actors"] = {actor.id: actor.id in found for actor in articles[0].actors}
    return report


def _roster(pairs: Sequence[tuple[Reading, Article]], matches: Sequence[RosterMatch], headline: bool) -> dict[str, Any]:
    scores = (score_roster(*pair, match, headline=headline) for pair, match in zip(pairs, matches, strict=True))
    return roster_values(sum_rosters(scores))


def _scores(rows: Sequence[RawRow], n_resamples: int, seed: int) -> dict[str, Any]:
    return {part: raw_values(score_rows(rows, headline=headline, n_resamples=n_resamples, seed=seed)) for part, headline in PARTS.items()}


def _losses(readings: Sequence[Reading]) -> dict[str, int]:
    """Return what the readings could not judge, by reason."""
    losses: Counter[str] = Counter()
    for reading in readings:
        losses.update(reading.losses)
    return dict(losses)


def _compare(readings: Sequence[Reading], articles: Sequence[Article], matches: Sequence[RosterMatch]) -> tuple[list[RawRow], Counter[str]]:
    rows: list[RawRow] = []
    special: Counter[str] = Counter()
    for reading, article, match in zip(readings, articles, matches, strict=True):
        found, counts = compare(reading, article, match)
        rows += found
        special += counts
    return rows, special


def _furniture(readings: Sequence[Reading], articles: Sequence[Article]) -> dict[str, int]:
    scores = [score_furniture(reading, article) for reading, article in zip(readings, articles, strict=True)]
    return dict(zip(FurnitureScore.__match_args__, map(sum, zip(*map(astuple, scores), strict=True)), strict=True))
