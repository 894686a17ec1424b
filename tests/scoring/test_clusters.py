from __future__ import annotations

import numpy as np
import pytest

from whipcount.schema import InputError
from whipcount.scoring import clusters
from whipcount.scoring.clusters import apply_in_blocks, block_sizes, cluster_sums, row_blocks

GROUP = np.array([0, 0, 0, 2, 2, 2])
CLUSTER = np.array([7, 7, 9, 9, 9, 7])


def test_columns_are_summed_by_group_and_cluster() -> None:
    right, there = cluster_sums((np.array([1, 1, 0, 0, 0, 1]), np.ones(6)), GROUP, CLUSTER)
    np.testing.assert_array_equal(right.toarray(), [[2, 0], [0, 0], [1, 0]])
    np.testing.assert_array_equal(there.toarray(), [[2, 1], [0, 0], [1, 2]])
    assert np.diff(right.indptr).tolist() == [2, 0, 2]  # a cluster whose rows sum to 0 is one of the group's all the same
    assert cluster_sums((np.ones(6),), GROUP, CLUSTER, n_groups=5)[0].shape == (5, 2)
    assert cluster_sums((np.ones(0),), GROUP[:0], CLUSTER[:0])[0].shape == (0, 0)


def test_a_statistic_of_weighted_sums_does_not_depend_on_the_blocks() -> None:
    (sums,) = cluster_sums((np.arange(6),), GROUP, CLUSTER)
    weights = np.random.default_rng(0).integers(0, 4, (2, 9)).astype(float)
    whole = apply_in_blocks([sums, sums], np.subtract, [weights])
    assert whole.shape == (3, 9) and not whole.any()
    parted = apply_in_blocks([sums], np.square, np.split(weights, [2, 7], axis=1))
    np.testing.assert_array_equal(parted, (sums.toarray() @ weights) ** 2)


def test_blocks_hold_all_draws_and_not_too_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "CELLS_AT_ONCE", 210)
    assert block_sizes(5, 30, 100) == [7] * 14 + [2]
    assert block_sizes(42, 30, 7) == [5, 2]
    assert block_sizes(1000, 1, 3) == [1, 1, 1]
    with pytest.raises(InputError, match="0 resamples or permutations; draw at least 1"):
        block_sizes(5, 30, 0)


def test_row_blocks_are_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = cluster_sums((np.arange(6), np.ones(6)), GROUP, CLUSTER)
    monkeypatch.setattr(clusters, "GROUPS_AT_ONCE", 2)
    blocks = list(row_blocks(tables))
    assert [[part.shape[0] for part in block] for block in blocks] == [[2, 2], [1, 1]]
    np.testing.assert_array_equal(np.concatenate([second.toarray() for _, second in blocks]), tables[1].toarray())
