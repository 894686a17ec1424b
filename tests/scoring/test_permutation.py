from __future__ import annotations

import math
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.schema import NONE, InputError
from whipcount.scoring.clusters import cluster_sums
from whipcount.scoring.permutation import BEYOND_CHANCE, can_pass, holm, mcnemar, permutation_p, swap_blocks
from whipcount.scoring.ratios import quotient


def test_p_of_several_groups_is_that_of_all_swaps_one_by_one() -> None:
    random = np.random.default_rng(5)
    group, cluster = np.repeat([0, 1], 40), np.tile(np.arange(8), 10)
    first, second = random.integers(0, 2, 80), (random.random(80) < 0.75).astype(int)
    tables = cluster_sums((first, np.ones(80), second, np.ones(80)), group, cluster)
    found = permutation_p(tables, quotient, 20_000, seed=1)
    for code in range(2):
        gaps = np.array([(first - second)[(group == code) & (cluster == name)].sum() for name in range(8)])
        exact = np.mean(np.abs(np.array(list(product([-1, 1], repeat=8))) @ gaps) >= abs(gaps.sum()))
        assert found[code] == pytest.approx(exact, abs=4 * math.sqrt(exact / 20_000) + 1e-4)
    assert found.min() > 0


def test_swaps_are_fair_coins() -> None:
    swaps = np.concatenate(list(swap_blocks(11, [300, 700], seed=0)), axis=1)
    assert swaps.shape == (11, 1000) and set(swaps.ravel()) == {0, 1}
    assert swaps.mean(axis=1) == pytest.approx(np.full(11, 0.5), abs=0.065)  # four standard errors


def test_mcnemar_by_hand() -> None:
    # the first alone is right in 1 row, the second alone in 8; rows that are none throughout or right in both do not count
    gold = np.array([0, *[1] * 7, NONE, NONE, NONE, 0, 0])
    first = np.array([0, *[0] * 7, 1, NONE, NONE, 0, 1])
    second = np.array([1, *[1] * 7, NONE, NONE, NONE, 0, NONE])
    found = mcnemar(gold, first, second)
    assert (found.first_only, found.second_only) == (1, 8)
    assert found.p == pytest.approx(2 * (1 + 9) / 2**9)


def test_holm_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 are 0.02, 0.03, 0.06, 0.04; the last may not fall below 0.06
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.02, math.nan, 0.6, 0.7])).tolist() == pytest.approx([0.06, math.nan, 1.0, 1.0], nan_ok=True)
    assert holm(np.array([])).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_the_step_down_loop(p_values: list[float]) -> None:
    expected, highest = dict[int, float](), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        expected[place] = highest
    assert holm(np.array(p_values)).tolist() == pytest.approx([expected[i] for i in range(len(p_values))])


@pytest.mark.parametrize(
    ("n_clusters", "passing"),
    [
        ([], []),
        ([0, 5], [False, False]),  # 2 / 2^5 is 0.0625
        ([6, 5], [True, False]),  # 0.03125 alone; the other is not corrected for
        ([6, 6], [False, False]),  # 0.0625 for two
        ([7, 6, 7], [True, False, True]),  # 0.015625, below 0.05 for three
        ([7] * 4, [False] * 4),
    ],
)
def test_only_tests_that_can_pass_are_corrected_for(n_clusters: list[int], passing: list[bool]) -> None:
    assert can_pass(np.array(n_clusters, dtype=int)).tolist() == passing


@given(st.lists(st.integers(0, 2000), max_size=40))
def test_what_can_pass_passes_at_its_best(n_clusters: list[int]) -> None:
    codes = np.array(n_clusters, dtype=int)
    passing = can_pass(codes)
    assert (holm(2.0 ** (1 - codes[passing])) < BEYOND_CHANCE).all()
    assert codes[passing].min(initial=2001) > codes[~passing].max(initial=-1)


def test_arrays_of_different_lengths_are_refused() -> None:
    gold = np.zeros(6, dtype=int)
    with pytest.raises(InputError, match=r"gold: 6, first: 6, second: 1"):
        mcnemar(gold, gold, gold[:1])
