"""Scores of parts of a split: each outlet, month and register, and the actors with few rows pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from whipcount.schema import Article
from whipcount.scoring.actors import Role
from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1, false_stances, polarity_accuracy, share, triplet_scores
from whipcount.scoring.ratios import ratio_of
from whipcount.scoring.resampling import Interval, actor_codes, cluster_codes, score_interval
from whipcount.scoring.rows import ScoredRows

GROUPINGS = ("outlet", "month", "register")
"""What a split is parted by, where its articles know it; the month is the first seven characters of an ISO date."""


@dataclass(frozen=True, slots=True)
class PartScore:
    """One outlet, month or register; the interval is that of the triplet F1."""

    value: str
    n_articles: int
    triplets: PrecisionRecallF1
    polarity_accuracy: float
    false: FalseStances
    interval: Interval


@dataclass(frozen=True, slots=True)
class Tail:
    """The actors below the support threshold, their rows pooled; the interval is that of the accuracy."""

    n_actors: int
    n: int
    correct: int
    interval: Interval

    @property
    def accuracy(self) -> float:
        """``correct / n``; nan without such an actor."""
        return share(self.correct, self.n)


def score_parts(rows: ScoredRows, articles: Sequence[Article], *, n_resamples: int, seed: int) -> dict[str, tuple[PartScore, ...]]:
    """Score the rows of each outlet, month and register, those with most gold stances first.

    Groupings that no article knows are left out, and so are articles without a value.

    Args:
        rows: of one split; those with ``someone`` are left out.
        articles: at least those of the rows.
        n_resamples: of each interval.
        seed: of the resamples.
    """
    rows = rows.select(rows.headline)
    found = {}
    for grouping in GROUPINGS:
        value_of = {article.key: _value(article, grouping) for article in articles}
        values = np.array([value_of[key] for key in rows.article], dtype=np.object_)
        parts = []
        for value in sorted({value for value in value_of.values() if value} & set(values)):
            part = rows.select(values == value)
            ratio = ratio_of("triplet_f1", part.gold, part.predicted)
            parts.append(
                PartScore(
                    value,
                    n_articles=len(set(part.article)),
                    triplets=triplet_scores(part.gold, part.predicted),
                    polarity_accuracy=polarity_accuracy(part.gold, part.probabilities),
                    false=false_stances(part.gold, part.predicted),
                    interval=score_interval(ratio, *cluster_codes(part), n_resamples=n_resamples, seed=seed),
                )
            )
        if parts:
            found[grouping] = tuple(sorted(parts, key=lambda part: (-part.triplets.n_gold, part.value)))
    return found


def pool_tail(rows: ScoredRows, role: Role, min_support: int, *, n_resamples: int, seed: int) -> Tail:
    """Return the gold-stance rows of the actors that have some, but fewer than ``min_support``, scored together."""
    rows = rows.select(rows.headline)
    _, codes = actor_codes(rows, role)
    ratio = ratio_of("accuracy", rows.gold, rows.predicted)
    support = np.bincount(codes, ratio.counted)
    few = (support[codes] > 0) & (support[codes] < min_support) if len(rows) else np.zeros(0, dtype=bool)
    chosen = rows.select(few)
    pooled = ratio.select(few)
    return Tail(
        n_actors=len(np.unique(codes[few])),
        n=int(pooled.counted.sum()),
        correct=int(pooled.numerator.sum()),
        interval=score_interval(pooled, *cluster_codes(chosen), n_resamples=n_resamples, seed=seed),
    )


def _value(article: Article, grouping: str) -> str:
    return article.date[:7] if grouping == "month" else str(getattr(article, grouping))
