"""Places for boxes joined by arrows: no two boxes touch, arrows run behind as few as can be."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]

N_TURNS = 12
N_SPRINGS = 24
SEED = 0
REPULSION_STEPS = 300
EVENNESS = 0.65
"""How far coordinates move toward their ranks: 0 keeps clusters and empty parts, 1 spaces all boxes evenly."""
GAP_INCHES = 0.3
SHORT_ARROW_INCHES = 0.8
SAMPLES = np.linspace(0.0, 1.0, 13)


def place_boxes(boxes: Mapping[str, Points], arrows: Collection[tuple[str, str]], size: float) -> dict[str, Points]:
    """Return the centre of each box, in inches from the lower left corner of a square panel.

    Many layouts are tried (Kamada and Kawai 1989, turned; Fruchterman and Reingold 1991, from fixed seeds) and the
    tidiest is kept: arrows behind a third box count most, then arrows too short to be seen, then crossings.

    Args:
        boxes: name → (width, height) in inches.
        arrows: (from, to), both among the boxes.
        size: side of the panel in inches.
    """
    names = sorted(boxes)
    if not names:
        return {}
    sizes = np.array([boxes[name] for name in names])
    pairs = sorted({(min(a, b), max(a, b)) for a, b in arrows})
    ends = np.array([(names.index(a), names.index(b)) for a, b in pairs], dtype=np.intp).reshape(-1, 2)
    candidates = [_spread(start, sizes, size) for start in _starts(names, pairs)]
    best = min(candidates, key=lambda places: _untidiness(places, sizes, ends))  # of equals the first
    return dict(zip(names, best, strict=True))


def _starts(names: list[str], pairs: list[tuple[str, str]]) -> Iterator[Points]:
    graph = nx.Graph()
    graph.add_nodes_from(names)
    graph.add_edges_from(pairs)
    lengths = dict(nx.all_pairs_shortest_path_length(graph))
    longest = max(length for row in lengths.values() for length in row.values())
    apart = {a: {b: lengths[a].get(b, longest + 1) for b in names} for a in names}  # a finite distance keeps the parts together
    layout = nx.kamada_kawai_layout(graph, dist=apart)
    kamada_kawai = np.array([layout[name] for name in names])
    for angle in np.linspace(0, np.pi, N_TURNS, endpoint=False):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        yield kamada_kawai @ turn
    for seed in range(SEED, SEED + N_SPRINGS):
        layout = nx.spring_layout(graph, seed=seed, k=1.6 / np.sqrt(len(names)), iterations=60)
        yield np.array([layout[name] for name in names])


def _spread(start: Points, sizes: Points, size: float) -> Points:
    """Stretch a layout over the panel, fill its empty parts, let boxes that overlap push each other apart."""
    extent = np.ptp(start, axis=0)
    places = np.where(extent > 1e-6, (start - start.min(axis=0)) / np.maximum(extent, 1e-6), 0.5)
    ranks = start.round(6).argsort(axis=0, kind="stable").argsort(axis=0) / max(len(start) - 1, 1)
    places = np.where(extent > 1e-6, (1 - EVENNESS) * places + EVENNESS * ranks, 0.5)
    low, high = sizes / 2, size - sizes / 2
    places = low.max(axis=0) + places * (high.min(axis=0) - low.max(axis=0))
    needed = (sizes[:, None] + sizes[None]) / 2 + GAP_INCHES
    first, second = np.triu_indices(len(sizes), k=1)
    for _ in range(REPULSION_STEPS):
        overlap = needed[first, second] - np.abs(places[first] - places[second])
        touching = np.flatnonzero((overlap > 1e-6).all(axis=1))
        if not len(touching):
            break
        for pair in touching:
            a, b = first[pair], second[pair]
            axis = int(np.argmin(overlap[pair]))  # the shorter way out
            push = (1 if places[a, axis] >= places[b, axis] else -1) * overlap[pair, axis] / 2
            places[a, axis] += push
            places[b, axis] -= push
        places = np.clip(places, low, high)
    spread: Points = places
    return spread


def _untidiness(places: Points, sizes: Points, ends: NDArray[np.intp]) -> float:
    if not len(ends):
        return _overlaps(places, sizes) * 100.0
    start, way = places[ends[:, 0]], places[ends[:, 1]] - places[ends[:, 0]]
    points = start[:, None] + SAMPLES[None, :, None] * way[:, None]  # (arrows, samples, 2)
    inside: NDArray[np.bool_] = np.all(np.abs(points[:, :, None] - places) < sizes / 2 + 0.08, axis=3)  # (arrows, samples, boxes)
    own = np.zeros((len(ends), len(places)), dtype=bool)
    own[np.arange(len(ends)), ends[:, 0]] = own[np.arange(len(ends)), ends[:, 1]] = True
    hidden = np.count_nonzero(inside.any(axis=1) & ~own)
    gaps = np.abs(way) - (sizes[ends[:, 0]] + sizes[ends[:, 1]]) / 2
    short = np.maximum(SHORT_ARROW_INCHES - gaps.max(axis=1), 0).sum()
    mean_length = np.hypot(way[:, 0], way[:, 1]).mean()
    return float(100 * _overlaps(places, sizes) + 8 * hidden + 6 * short + _crossings(start, start + way, ends) + 0.3 * mean_length)


def _overlaps(places: Points, sizes: Points) -> int:
    first, second = np.triu_indices(len(sizes), k=1)
    room = (sizes[first] + sizes[second]) / 2 - np.abs(places[first] - places[second])
    return int(np.count_nonzero((room > 0).all(axis=1)))


def _crossings(start: Points, end: Points, ends: NDArray[np.intp]) -> int:
    """Count the pairs of straight lines that cross, those with a common end left out."""
    first, second = np.triu_indices(len(ends), k=1)
    apart = (ends[first][:, :, None] != ends[second][:, None, :]).all(axis=(1, 2))
    first, second = first[apart], second[apart]

    def side(a: Points, b: Points, c: Points) -> Points:
        turned: Points = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
        return turned

    a, b, c, d = start[first], end[first], start[second], end[second]
    return int(np.count_nonzero((side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)))
