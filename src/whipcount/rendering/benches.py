"""Places for a signed network in the manner of a chamber: two benches that face each other, arrows across the aisle between them.

Who is for each other sits on the same bench and who is against each other on opposite ones, as far as can be (a maximum cut by
local search; compare structural balance, Cartwright and Harary 1956). Boxes stand one above the other on the outer sides and arrows
end on their inner sides, so that no label is ever covered, however many actors there are. The same network always gives the same places.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

N_PASSES = 20
N_SWEEPS = 6
LANE = 13.0
"""Room between the ends of two arrows at a box; less where very many end there."""
BUSY = 280.0
"""Height that the arrows of one box may claim before they stand closer."""
BETWEEN = 14.0


@dataclass(frozen=True, slots=True)
class Edge:
    """All stances of one kind from one actor toward another."""

    speaker: str
    target: str
    stance: str
    n_sentences: int


@dataclass(frozen=True, slots=True)
class Box:
    """Where an actor sits: ``left`` bench or not, top and height."""

    left: bool
    top: float
    height: float


@dataclass(frozen=True, slots=True)
class Chamber:
    """Where everything stands.

    Attributes:
        boxes: actor id → box.
        ends: for each edge, at which height it leaves its speaker and enters its target.
        height: of the whole.
    """

    boxes: Mapping[str, Box]
    ends: Sequence[tuple[float, float]]
    height: float


def seat(edges: Sequence[Edge], heights: Mapping[str, float]) -> Chamber:
    """Return places for all actors.

    Args:
        edges: between them.
        heights: actor id → height that its label needs.
    """
    left, right = _order(_benches(sorted(heights), edges), edges)
    degree: dict[str, int] = defaultdict(int)
    for edge in edges:
        degree[edge.speaker] += 1
        degree[edge.target] += 1
    lanes = {actor: min(LANE, BUSY / max(degree[actor], 1)) for actor in heights}
    tall = {actor: max(heights[actor], lanes[actor] * (degree[actor] + 0.5)) for actor in heights}
    height = max((sum(tall[actor] + BETWEEN for actor in bench) for bench in (left, right)), default=0.0) + BETWEEN
    boxes: dict[str, Box] = {}
    for bench in (left, right):
        room = (height - sum(tall[actor] for actor in bench)) / (len(bench) + 1)
        top = room
        for actor in bench:
            boxes[actor] = Box(bench is left, top, tall[actor])
            top += tall[actor] + room
    return Chamber(boxes, _ends(edges, boxes, lanes), height)


def _benches(actors: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """Return actor → 1 or -1, its bench."""
    pulls: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for edge in edges:
        weight = edge.n_sentences if edge.stance == "favor" else -edge.n_sentences
        pulls[edge.speaker].append((edge.target, weight))
        pulls[edge.target].append((edge.speaker, weight))
    side: dict[str, int] = {}
    total, balance = 0, 0.5 / max(len(actors), 1)  # weighs less than any sentence: it only decides between equals
    queue = sorted(actors, key=lambda actor: -sum(abs(weight) for _, weight in pulls[actor]))
    for actor in queue:  # the busiest first, each where those already seated want it
        pull = sum(weight * side.get(other, 0) for other, weight in pulls[actor]) - balance * total
        side[actor] = 1 if pull >= 0 else -1
        total += side[actor]
    for _ in range(N_PASSES):
        moved = False
        for actor in queue:
            here = side[actor]
            pull = sum(weight * side[other] for other, weight in pulls[actor]) - balance * (total - here)
            if pull * here < 0:
                side[actor], total, moved = -here, total - 2 * here, True
        if not moved:
            break
    return side


def _order(side: Mapping[str, int], edges: Sequence[Edge]) -> tuple[list[str], list[str]]:
    """Return both benches, each actor as near as can be to the height of those it is joined to (barycentres, Sugiyama et al. 1981)."""
    joined: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        joined[edge.speaker].append(edge.target)
        joined[edge.target].append(edge.speaker)
    benches = [[actor for actor in side if side[actor] == which] for which in (1, -1)]
    for sweep in range(N_SWEEPS):
        height = {actor: (rank + 0.5) / len(bench) for bench in benches for rank, actor in enumerate(bench)}
        mean = {actor: sum(height[other] for other in joined[actor]) / max(len(joined[actor]), 1) for actor in side}
        benches[sweep % 2].sort(key=mean.__getitem__)
    return benches[0], benches[1]


def _ends(edges: Sequence[Edge], boxes: Mapping[str, Box], lanes: Mapping[str, float]) -> list[tuple[float, float]]:
    at: dict[str, list[tuple[bool, float, int, bool]]] = defaultdict(list)
    for position, edge in enumerate(edges):
        for actor, other, leaves in ((edge.speaker, edge.target, True), (edge.target, edge.speaker, False)):
            same = boxes[actor].left == boxes[other].left
            at[actor].append((not same, boxes[other].top + boxes[other].height / 2, position, leaves))
    heights: dict[tuple[int, bool], float] = {}
    for actor, lines in at.items():
        middle = boxes[actor].top + boxes[actor].height / 2
        for rank, (_, _, position, leaves) in enumerate(sorted(lines, key=lambda line: _lane(line, middle))):
            heights[position, leaves] = middle + (rank - (len(lines) - 1) / 2) * lanes[actor]
    return [(heights[position, True], heights[position, False]) for position in range(len(edges))]


def _lane(line: tuple[bool, float, int, bool], middle: float) -> tuple[int, float, int, bool]:
    """Order the arrows at a box: to its own bench's upper part, the farthest inmost; across; to the lower part."""
    across, height, position, leaves = line
    if across:
        return 1, height, position, leaves
    return (0, -height, position, leaves) if height < middle else (2, -height, position, leaves)
