"""Two systems on the same rows: how far apart they are, and whether that is beyond chance.

The interval is a paired bootstrap (both systems on the same resampled stories, ``resampling``), p a paired permutation
test: were the systems alike, their labels of any story could be swapped (approximate randomisation: Noreen 1989, Yeh
2000). McNemar's exact test takes the rows as independent; it stands beside them to be compared, not to be cited.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import binomtest

from whipcount.schema import NONE, InputError
from whipcount.scoring.actors import ROLES, Role
from whipcount.scoring.metrics import Labels, share
from whipcount.scoring.resampling import (
    N_RESAMPLES,
    ActorKey,
    Codes,
    Floats,
    Interval,
    Measure,
    Ratio,
    Statistic,
    actor_codes,
    apply_in_blocks,
    block_sizes,
    check_codes,
    cluster_codes,
    cluster_groups,
    cluster_sums,
    macro_quotient,
    percentile_ends,
    quotient,
    ratio_of,
    row_blocks,
    same_length,
    supported_rows,
)
from whipcount.scoring.rows import ScoredRows

ComparedMeasure = Literal["triplet_f1", "pair_f1", "polarity_accuracy", "micro_accuracy", "macro_speaker_accuracy"]
RATIOS: dict[ComparedMeasure, Measure] = {
    "triplet_f1": "triplet_f1",
    "pair_f1": "pair_f1",
    "polarity_accuracy": "polarity_accuracy",
    "micro_accuracy": "accuracy",
}

N_PERMUTATIONS = 10_000
MAX_SYSTEMS = 6
ROUNDING = 1e-12
"""A permuted difference this close to the observed one is as large: only rounding parts them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two systems in one score.

    ``interval`` is that of ``difference``, and ``interval.clustered_by`` says what was resampled and swapped. ``p`` is
    two-sided; it and the interval are nan below ``resampling.MIN_ROWS`` gold rows.
    """

    first: float
    second: float
    interval: Interval
    p: float

    @property
    def difference(self) -> float:
        """What the first system has more."""
        return self.first - self.second


@dataclass(frozen=True, slots=True)
class McNemar:
    """Rows that one system alone labels right, of those where gold or either prediction is a stance."""

    first_only: int
    second_only: int
    p: float


@dataclass(frozen=True, slots=True)
class ActorDifference:
    """Two systems on one actor's gold-stance rows; ``p_holm`` is corrected over the actors listed in the same role."""

    key: ActorKey
    role: Role
    n: int
    accuracy: Difference
    p_holm: float


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same rows, those with ``someone`` left out.

    ``actors`` has those of at least ``min_support`` gold-stance rows, those with most rows first, then by name.
    """

    first: str
    second: str
    min_support: int
    scores: dict[ComparedMeasure, Difference]
    mcnemar: McNemar
    actors: dict[Role, tuple[ActorDifference, ...]]


@dataclass(frozen=True, slots=True)
class Draws:
    """How many resamples each interval and how many permutations each p has, at least 1, and the seed of both."""

    n_resamples: int = N_RESAMPLES
    n_permutations: int = N_PERMUTATIONS
    seed: int = 0


DRAWS = Draws()


def compare_with_first(systems: Mapping[str, ScoredRows], *, min_support: int, draws: Draws = DRAWS) -> list[Comparison]:
    """Compare the first system with each other one; p is not corrected for there being several others.

    Args:
        systems: two to six, by name, on the same rows in the same order.
        min_support: gold-stance rows from which on an actor is compared and counts in the macro average.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: fewer than two systems or more than six, rows that are not the same, or nothing to draw.
    """
    if not 2 <= len(systems) <= MAX_SYSTEMS:
        raise InputError(f"{len(systems)} systems to compare ({', '.join(systems)}); give 2 to {MAX_SYSTEMS}")
    first, *others = systems.items()
    return [compare_systems(first, other, min_support=min_support, draws=draws) for other in others]


def compare_systems(first: tuple[str, ScoredRows], second: tuple[str, ScoredRows], *, min_support: int, draws: Draws = DRAWS) -> Comparison:
    """Compare two systems, each given with its name.

    Args:
        first: a positive difference is in its favour.
        second: on the same rows in the same order.
        min_support: gold-stance rows from which on an actor is compared and counts in the macro average.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: rows that are not the same, or nothing to draw.
    """
    _same_rows(first, second)
    one, other = first[1].select(first[1].headline), second[1].select(second[1].headline)
    gold, one_predicted, other_predicted = one.gold, one.predicted, other.predicted
    story, sentence = cluster_codes(one)

    def ratios(measure: Measure) -> tuple[Ratio, Ratio]:
        return ratio_of(measure, gold, one_predicted, one.probabilities), ratio_of(measure, gold, other_predicted, other.probabilities)

    scores = {name: paired_difference(*ratios(measure), story, sentence, draws) for name, measure in RATIOS.items()}
    _, speaker = actor_codes(one, "speaker")
    accuracies = ratios("accuracy")
    scores["macro_speaker_accuracy"] = macro_difference(*accuracies, speaker, story, sentence, min_support, draws)
    actors: dict[Role, tuple[ActorDifference, ...]] = {}
    for role in ROLES:
        keys, actor = actor_codes(one, role)
        n = np.bincount(actor, gold != NONE)
        differences = actor_differences(*accuracies, actor, story, sentence, min_support, draws)
        corrected = holm(np.array([difference.p for difference in differences.values()]))
        listed = [
            ActorDifference(keys[code], role, int(n[code]), difference, p)
            for (code, difference), p in zip(differences.items(), corrected.tolist(), strict=True)
        ]
        actors[role] = tuple(sorted(listed, key=lambda actor: (-actor.n, actor.key)))
    return Comparison(first[0], second[0], min_support, scores, mcnemar(gold, one_predicted, other_predicted), actors)


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
    interval, p = _interval_and_p(first, second, everything, story, sentence, 1, draws)[0]
    return Difference(first.value, second.value, interval, p)


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
    found = _interval_and_p(first, second, group, story[rows], sentence[rows], len(codes), draws)
    values = zip(_values(first, group, len(codes)), _values(second, group, len(codes)), strict=True)
    return {
        int(code): Difference(one, other, interval, p)
        for code, (one, other), (interval, p) in zip(codes, values, found, strict=True)
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
    interval, p = _interval_and_p(first, second, everything, story[rows], sentence[rows], 1, draws, averaged)[0]
    one, other = (float(np.mean(_values(ratio, averaged, len(codes)))) if len(codes) else math.nan for ratio in (first, second))
    return Difference(one, other, interval, p)


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


def _interval_and_p(
    first: Ratio,
    second: Ratio,
    group: Codes,
    story: Codes,
    sentence: Codes,
    n_groups: int,
    draws: Draws,
    averaged: Codes | None = None,
) -> list[tuple[Interval, float]]:
    """Return interval and p of each group's difference; with ``averaged``, (rows,), of the mean over these in one group."""
    statistic = quotient if averaged is None else macro_quotient
    both = Ratio(first.numerator + second.numerator, first.denominator + second.denominator, first.counted)
    clustered_by, parts = cluster_groups(both, group, story, sentence, n_groups)
    ends, p = np.full((n_groups, 2), math.nan), np.full(n_groups, math.nan)

    def difference(*sums: Floats) -> Floats:
        return statistic(*sums[:2]) - statistic(*sums[2:])

    for part in parts:
        columns = [column[part.rows] for one in (first, second) for column in (one.numerator, one.denominator)]
        tables = cluster_sums(columns, part.group if averaged is None else averaged[part.rows], part.cluster)
        p[part.chosen] = permutation_p(tables, statistic, draws.n_permutations, draws.seed)
        blocks = [tables] if averaged is not None else row_blocks(tables)
        percentiles = np.concatenate([percentile_ends(block, difference, draws.n_resamples, draws.seed) for block in blocks])
        single = (np.diff(tables[0].indptr) if averaged is None else np.array(tables[0].shape[1:])) < 2
        ends[part.chosen] = np.where(single[:, None], math.nan, percentiles)
    return [(Interval(low, high, by), one) for (low, high), by, one in zip(ends.tolist(), clustered_by, p.tolist(), strict=True)]


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


def _same_rows(first: tuple[str, ScoredRows], second: tuple[str, ScoredRows]) -> None:
    one, other = first[1], second[1]
    if len(one) != len(other):
        raise InputError(f"{first[0]} has {len(one)} rows, {second[0]} {len(other)}; score both on the same split")
    for what, apart in (("examples", one.ids != other.ids), ("gold stances", one.gold != other.gold)):
        if apart.any():
            row = int(apart.argmax())
            raise InputError(
                f"{first[0]} and {second[0]} have different {what} in {np.count_nonzero(apart)} rows, first {one.ids[row]} "
                f"and {other.ids[row]}; score both on the same split, in the same order"
            )
