"""Sums over clusters of rows, and thousands of reweighted sums from them, a block at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from whipcount.schema import InputError
from whipcount.scoring.ratios import Codes, Floats

CELLS_AT_ONCE = 1 << 21
"""Resamples × clusters held at a time: 16 MiB an array."""
GROUPS_AT_ONCE = 1000
"""Actors whose resampled scores are held at a time: 80 MiB with 10,000 resamples."""

Statistic = Callable[..., Floats]


def cluster_sums(columns: Sequence[NDArray[Any]], group: Codes, cluster: Codes, n_groups: int | None = None) -> list[csr_array]:
    """Sum each (rows,) column by group and cluster, (groups, clusters); clusters are renumbered from 0.

    A group stores an entry for each cluster that it has a row in, be the sum 0: ``np.diff(indptr)`` counts its clusters.
    """
    names, code = np.unique(cluster, return_inverse=True)
    shape = (int(group.max(initial=-1)) + 1 if n_groups is None else n_groups, len(names))
    return [csr_array((column.astype(np.float64), (group, code)), shape=shape) for column in columns]


def apply_in_blocks(tables: Sequence[csr_array], statistic: Callable[..., NDArray[Any]], blocks: Iterable[Floats]) -> NDArray[Any]:
    """Return a statistic of weighted sums over clusters, (values, all weights), for blocks of weights (clusters, block)."""
    return np.concatenate([statistic(*(table @ weights for table in tables)) for weights in blocks], axis=1)


def block_sizes(n_groups: int, n_clusters: int, n_draws: int) -> list[int]:
    """Part resamples into blocks such that neither their weights nor their sums exceed ``CELLS_AT_ONCE``.

    Raises:
        InputError: ``n_draws`` is below 1.
    """
    if n_draws < 1:
        raise InputError(f"{n_draws} resamples or permutations; draw at least 1, better thousands")
    at_once = max(1, CELLS_AT_ONCE // max(n_groups, n_clusters))
    return [min(at_once, n_draws - start) for start in range(0, n_draws, at_once)]


def own_clusters(tables: Sequence[csr_array]) -> Iterator[tuple[Codes, list[csr_array]]]:
    """Yield the groups that have equally many clusters, and their tables over these alone: (those groups, that many).

    Args:
        tables: sums of the same rows from ``cluster_sums``.
    """
    starts = tables[0].indptr
    n_clusters = np.diff(starts)
    place = np.arange(starts[-1]) - np.repeat(starts[:-1], n_clusters)
    renumbered = [csr_array((table.data, place, starts), shape=table.shape) for table in tables]
    for n in np.unique(n_clusters):
        groups = np.flatnonzero(n_clusters == n)
        yield groups, [table[groups, :n] for table in renumbered]


def row_blocks(tables: Sequence[csr_array]) -> Iterator[list[csr_array]]:
    """Yield the tables, (groups, clusters), some groups at a time."""
    for start in range(0, tables[0].shape[0], GROUPS_AT_ONCE):
        yield [table[start : start + GROUPS_AT_ONCE] for table in tables]
