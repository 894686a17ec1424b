"""Two systems in one score: the difference, its interval by paired resampling and p by paired permutation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from whipcount.schema import InputError
from whipcount.scoring.clusters import cluster_sums
from whipcount.scoring.metrics import share
from whipcount.scoring.permutation import ROUNDING, permutation_p
from whipcount.scoring.ratios import Codes, Floats, Ratio, check_codes, macro_quotient, quotient, supported_rows
from whipcount.scoring.resampling import N_RESAMPLES, Interval, cluster_groups, group_ends, percentile_ends

N_PERMUTATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Draws:
    """How many resamples each interval and how many permutations each p has, at least 1, and the seed of both."""

    n_resamples: int = N_RESAMPLES
    n_permutations: int = N_PERMUTATIONS
    seed: int = 0


DRAWS = Draws()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two systems in one score.

    ``interval`` is that of ``difference``; ``n_clusters`` clusters were resampled and swapped, of what ``interval.clustered_by``
    says. ``p`` is two-sided. Below ``resampling.MIN_ROWS`` gold rows both are nan and the clusters 0; the interval is nan also below
    ``MIN_CLUSTERS`` clusters, and where they are all alike.
    """

    first: float
    second: float
    interval: Interval
    p: float
    n_clusters: int

    @property
    def difference(self) -> float:
        """What the first system has more."""
        return self.first - self.second


def paired_difference(first: Ratio, second: Ratio, story: Codes, sentence: Codes, draws: Draws = DRAWS) -> Difference:
    """Compare one score of two systems over all rows.

    Args:
        first: the score of the first system, from ``ratio_of``.
        second: that of the other.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: arrays of different lengths, different gold, or nothing to draw.
    """
    everything = np.zeros(len(first.counted), dtype=np.intp)
    _check(first, second, everything, story, sentence)
    tested = _test(first, second, everything, story, sentence, 1, draws)[0]
    return Difference(first.value, second.value, *tested)


def actor_differences(
    first: Ratio, second: Ratio, actor: Codes, story: Codes, sentence: Codes, min_support: int, draws: Draws = DRAWS
) -> dict[int, Difference]:
    """Compare one score of two systems for each actor with ``min_support`` counted rows or more, by the actors' numbers.

    Args:
        first: the score of the first system, from ``ratio_of``.
        second: that of the other.
        actor: (rows,) number of each row's actor in one role, counted from 0.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        min_support: counted rows from which on an actor is compared.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: arrays of different lengths, different gold, an actor below 0, or nothing to draw.
    """
    _check(first, second, actor, story, sentence)
    rows = supported_rows(first, actor, min_support)
    codes, group = np.unique(actor[rows], return_inverse=True)
    first, second = first.select(rows), second.select(rows)
    found = _test(first, second, group, story[rows], sentence[rows], len(codes), draws)
    values = zip(_values(first, group, len(codes)), _values(second, group, len(codes)), strict=True)
    return {
        int(code): Difference(one, other, *tested)
        for code, (one, other), tested in zip(codes, values, found, strict=True)
    }  # fmt: skip


def macro_difference(
    first: Ratio, second: Ratio, actor: Codes, story: Codes, sentence: Codes, min_support: int, draws: Draws = DRAWS
) -> Difference:
    """Compare the mean score over the actors with ``min_support`` counted rows or more; arguments as ``actor_differences``."""
    _check(first, second, actor, story, sentence)
    rows = supported_rows(first, actor, min_support)
    codes, averaged = np.unique(actor[rows], return_inverse=True)
    first, second = first.select(rows), second.select(rows)
    everything = np.zeros_like(averaged)
    tested = _test(first, second, everything, story[rows], sentence[rows], 1, draws, averaged)[0]
    one, other = (float(np.mean(_values(ratio, averaged, len(codes)))) if len(codes) else math.nan for ratio in (first, second))
    return Difference(one, other, *tested)


def _test(
    first: Ratio,
    second: Ratio,
    group: Codes,
    story: Codes,
    sentence: Codes,
    n_groups: int,
    draws: Draws,
    averaged: Codes | None = None,
) -> list[tuple[Interval, float, int]]:
    """Return interval, p and number of clusters of each group's difference.

    With ``averaged``, (rows,), there is one group, and the difference is that of the mean over these.
    """
    statistic = quotient if averaged is None else macro_quotient
    both = Ratio(first.numerator + second.numerator, first.denominator + second.denominator, first.counted)
    clustered_by, parts = cluster_groups(both, group, story, sentence, n_groups)
    ends, p, n_clusters = np.full((n_groups, 2), math.nan), np.full(n_groups, math.nan), np.zeros(n_groups, dtype=np.intp)

    def difference(*sums: Floats) -> Floats:
        return statistic(*sums[:2]) - statistic(*sums[2:])

    for part in parts:
        columns = [column[part.rows] for one in (first, second) for column in (one.numerator, one.denominator)]
        tables = cluster_sums(columns, part.group if averaged is None else averaged[part.rows], part.cluster)
        p[part.chosen] = permutation_p(tables, statistic, draws.n_permutations, draws.seed)
        n_clusters[part.chosen] = np.diff(tables[0].indptr) if averaged is None else tables[0].shape[1]
        resampled = group_ends if averaged is None else percentile_ends
        percentiles = resampled(tables, difference, draws.n_resamples, draws.seed)
        alike = np.diff(percentiles, axis=1) < ROUNDING  # clusters that all differ by as much would claim certainty
        ends[part.chosen] = np.where(alike, math.nan, percentiles)
    intervals = (Interval(low, high, by) for (low, high), by in zip(ends.tolist(), clustered_by, strict=True))
    return list(zip(intervals, p.tolist(), n_clusters.tolist(), strict=True))


def _values(ratio: Ratio, group: Codes, n_groups: int) -> list[float]:
    """Return the score of each group on all its rows."""
    numerator, denominator = (np.bincount(group, column, minlength=n_groups) for column in (ratio.numerator, ratio.denominator))
    return [share(above, below) if below else ratio.if_empty for above, below in zip(numerator.tolist(), denominator.tolist(), strict=True)]


def _check(first: Ratio, second: Ratio, actor: Codes, story: Codes, sentence: Codes) -> None:
    check_codes(first, actor, story, sentence)
    check_codes(second, actor, story, sentence)
    if (first.counted != second.counted).any():
        row = int((first.counted != second.counted).argmax())
        raise InputError(f"the two systems are scored against different gold, first in row {row}; score both against one")
