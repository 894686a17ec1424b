"""Tests of chance: were two systems alike, their labels of any cluster could be swapped (Noreen 1989, Yeh 2000).

McNemar's exact test takes the rows as independent. Holm's step-down corrects for many tests, Tarone's rule leaves out those that
could not pass.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import binomtest

from whipcount.scoring.clusters import Statistic, apply_in_blocks, block_sizes
from whipcount.scoring.metrics import Labels
from whipcount.scoring.ratios import Codes, Floats, same_length

BEYOND_CHANCE = 0.05
"""What p, corrected where there are several tests, has to stay below for a difference to be called beyond chance."""
ROUNDING = 1e-12
"""A permuted difference this close to the observed one is as large: only rounding parts them."""


@dataclass(frozen=True, slots=True)
class McNemar:
    """Rows that one system alone labels right, of those where gold or either prediction is a stance."""

    first_only: int
    second_only: int
    p: float


def mcnemar(gold: Labels, first: Labels, second: Labels) -> McNemar:
    """Test exactly whether two systems are right equally often (McNemar 1947), rows taken as independent.

    Args:
        gold: (rows,) indices into ``STANCES``; rows where it and both predictions are ``none`` are left out.
        first: (rows,) labels of the first system.
        second: (rows,) labels of the other.

    Raises:
        InputError: arrays of different lengths.
    """
    same_length(gold=gold, first=first, second=second)
    first_only = int(np.count_nonzero((first == gold) & (second != gold)))
    second_only = int(np.count_nonzero((second == gold) & (first != gold)))
    apart = first_only + second_only
    return McNemar(first_only, second_only, float(binomtest(first_only, apart).pvalue) if apart else 1.0)


def holm(p_values: Floats) -> Floats:
    """Correct p values, (tests,), for their number (Holm 1979); nan stays nan and counts as no test."""
    corrected = np.full(len(p_values), math.nan)
    order = np.argsort(p_values)[: np.count_nonzero(~np.isnan(p_values))]  # nan sorts last
    times = np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(p_values[order] * times), 1.0)
    return corrected


def can_pass(n_clusters: Codes) -> NDArray[np.bool_]:
    """Return, (tests,), which tests can have a p below ``BEYOND_CHANCE`` when corrected for all of them (Tarone 1990).

    Of K clusters to swap p is at least 2 / 2^K. The others need not be corrected for, since K does not depend on the systems.

    Args:
        n_clusters: (tests,) clusters of each.
    """
    least = 2.0 ** (1 - n_clusters)
    n = 1
    while np.count_nonzero(passing := least * n < BEYOND_CHANCE) > n:
        n += 1
    return passing


def permutation_p(tables: Sequence[csr_array], statistic: Statistic, n_permutations: int, seed: int) -> Floats:
    """Swap the two systems' sums in random clusters and return, (values,), how often they are as far apart as they were.

    Two-sided; the observed labelling counts as one more permutation, so p is never 0 (Phipson and Smyth 2010).

    Args:
        tables: numerators and denominators of the first, then of the second system, each (groups, clusters).
        statistic: takes numerators and denominators, (groups, permutations), and returns (values, permutations).
        n_permutations: drawn, at least 1.
        seed: of the permutations.

    Raises:
        InputError: ``n_permutations`` is below 1.
    """
    totals = [np.asarray(table.sum(axis=1))[:, None] for table in tables]
    numerator_gap, denominator_gap = tables[2] - tables[0], tables[3] - tables[1]
    observed = np.abs(statistic(*totals[:2]) - statistic(*totals[2:]))

    def as_far(numerator: Floats, denominator: Floats) -> NDArray[np.bool_]:
        first = statistic(totals[0] + numerator, totals[1] + denominator)
        second = statistic(totals[2] - numerator, totals[3] - denominator)
        far: NDArray[np.bool_] = np.abs(first - second) >= observed - ROUNDING
        return far

    apart = np.union1d(numerator_gap.nonzero()[1], denominator_gap.nonzero()[1])  # swapping other clusters changes nothing
    blocks = swap_blocks(len(apart), block_sizes(tables[0].shape[0], len(apart), n_permutations), seed)
    n_far = apply_in_blocks((numerator_gap[:, apart], denominator_gap[:, apart]), as_far, blocks).sum(axis=1)
    p: Floats = (n_far + 1) / (n_permutations + 1)
    return p


def swap_blocks(n_clusters: int, sizes: Iterable[int], seed: int) -> Iterator[Floats]:
    """Yield whether each cluster is swapped, 1 or 0 with equal chance, (clusters, size) for each size."""
    random = np.random.default_rng(seed)
    for size in sizes:
        n_bits = n_clusters * size
        bits = np.unpackbits(np.frombuffer(random.bytes(n_bits // 8 + 1), dtype=np.uint8), count=n_bits)
        yield bits.reshape(n_clusters, size).astype(np.float64)
