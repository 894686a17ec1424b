"""Intervals by resampling whole stories, because the sentences of one story hang together.

Every score here is a ratio of two sums over rows, so a resample of clusters (stories, or sentences where there are too
few stories) needs the sums of each cluster and how often each is drawn: a matrix product does thousands at once. The
interval runs between percentiles of the resampled scores (Efron and Tibshirani 1993, ch. 13; of clusters: Davison and
Hinkley 1997, ch. 3.8). Clusters without anything to score take no part.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.actors import Role
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.metrics import Labels, share
from whipcount.scoring.rows import ScoredRows

ClusteredBy = Literal["story", "sentence"]
Measure = Literal["triplet_f1", "pair_f1", "polarity_accuracy", "accuracy", "false_per_100"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

ActorKey = tuple[str, str, str]
"""Corpus, name, kind: what makes an actor one, as ``ActorScore.key``."""

N_RESAMPLES = 10_000
LEVEL = 0.95
MIN_STORIES = 10
"""With fewer stories to score, sentences are resampled instead."""
MIN_ROWS = 5
"""With fewer gold rows there is no interval."""

CELLS_AT_ONCE = 1 << 21
"""Resamples × clusters held at a time: 16 MiB an array."""
GROUPS_AT_ONCE = 1000
"""Actors whose resampled scores are held at a time: 80 MiB with 10,000 resamples."""

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval; (nan, nan) where there are fewer than ``MIN_ROWS`` gold rows or a single cluster.

    ``clustered_by`` says what was resampled; ``sentence`` stands for fewer than ``MIN_STORIES`` stories, and is to be
    shown beside the interval, which is then likely too narrow.
    """

    low: float
    high: float
    clustered_by: ClusteredBy


@dataclass(frozen=True, eq=False)
class Ratio:
    """A score as a ratio of two sums over rows.

    Args:
        numerator: (rows,) what each row adds above the line; 0 where ``denominator`` is.
        denominator: (rows,) what each adds below it.
        counted: (rows,) whether the row is one of the n that the score rests on.
        highest: value of a perfect score (of the worst, for false stances); the lowest is 0.
        if_empty: value where the denominator is 0.
    """

    numerator: Floats
    denominator: Floats
    counted: NDArray[np.bool_]
    highest: float = 1.0
    if_empty: float = math.nan

    @property
    def value(self) -> float:
        """The score on all rows."""
        whole = float(self.denominator.sum())
        return share(float(self.numerator.sum()), whole) if whole else self.if_empty

    def select(self, chosen: NDArray[np.bool_]) -> Ratio:
        """Return the ratio over the rows that a mask chooses."""
        return Ratio(self.numerator[chosen], self.denominator[chosen], self.counted[chosen], self.highest, self.if_empty)


def ratio_of(measure: Measure, gold: Labels, predicted: Labels, probabilities: Floats | None = None) -> Ratio:
    """Return one of the scores of ``metrics`` as a ratio; ``accuracy`` is that of an actor, over gold-stance rows.

    Args:
        measure: which score.
        gold: (rows,) indices into ``STANCES``.
        predicted: (rows,) likewise.
        probabilities: (rows, 3), for ``polarity_accuracy`` alone.

    Raises:
        InputError: an unknown measure, arrays of different lengths, or polarity without probabilities.
    """
    _same_length(gold=gold, predicted=predicted)
    has_gold, has_predicted = gold != NONE, predicted != NONE
    right = has_gold & (gold == predicted)
    if measure in ("triplet_f1", "pair_f1"):
        agreed = right if measure == "triplet_f1" else has_gold & has_predicted
        return Ratio(2.0 * agreed, has_gold.astype(float) + has_predicted, has_gold, if_empty=0.0)
    if measure == "accuracy":
        return Ratio(right.astype(float), has_gold.astype(float), has_gold)
    if measure == "false_per_100":
        return Ratio(100.0 * (~has_gold & has_predicted), (~has_gold).astype(float), ~has_gold, highest=100.0)
    if measure == "polarity_accuracy":
        if probabilities is None:
            raise InputError("polarity_accuracy looks at P(favor) and P(against); give the probabilities")
        _same_length(gold=gold, probabilities=probabilities)
        lead = probabilities[:, FAVOR] - probabilities[:, AGAINST]
        credit = np.sign(np.where(gold == FAVOR, lead, -lead)) / 2 + 0.5  # a tie is half right
        return Ratio(np.where(has_gold, credit, 0.0), has_gold.astype(float), has_gold)
    raise InputError(f"measure {measure!r} is not known; choose one of {', '.join(MEASURES)}")


def score_interval(ratio: Ratio, story: Codes, sentence: Codes, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> Interval:
    """Return the interval of a score over all rows.

    Args:
        ratio: the score, from ``ratio_of``.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.

    Raises:
        InputError: arrays of different lengths, or no resamples.
    """
    everything = np.zeros(len(ratio.counted), dtype=np.intp)
    intervals = actor_intervals(ratio, everything, story, sentence, n_resamples=n_resamples, seed=seed)
    return intervals[0] if intervals else Interval(math.nan, math.nan, "sentence")


def actor_intervals(
    ratio: Ratio, actor: Codes, story: Codes, sentence: Codes, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> list[Interval]:
    """Return the interval of each actor's score, in the order of their numbers.

    All actors share the resamples; those in which an actor has nothing to score are left out of its percentiles.

    Args:
        ratio: the score, from ``ratio_of``.
        actor: (rows,) number of each row's actor in one role, counted from 0.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.

    Raises:
        InputError: arrays of different lengths, an actor below 0, or no resamples.
    """
    intervals: list[Interval] = []
    n_actors = check_codes(ratio, actor, story, sentence)
    ends = np.full((n_actors, 2), math.nan)
    by_story = n_clusters_of(ratio.denominator > 0, actor, story, n_actors) >= MIN_STORIES
    for _, cluster, chosen in levels(ratio.denominator > 0, ratio.counted, actor, story, sentence, n_actors):
        rows = chosen[actor] & (ratio.denominator > 0)
        tables = cluster_sums((ratio.numerator[rows], ratio.denominator[rows]), renumbered(chosen)[actor[rows]], cluster[rows])
        ends[chosen] = percentile_ends(tables, quotient, int(chosen.sum()), n_resamples, seed)
        n_clusters = np.diff(tables[1].indptr)
        ends[chosen] = [_opened(*pair, int(n), ratio.highest) for pair, n in zip(ends[chosen], n_clusters, strict=True)]
    for (low, high), stories in zip(ends.tolist(), by_story, strict=True):
        intervals.append(Interval(low, high, "story" if stories else "sentence"))
    return intervals
