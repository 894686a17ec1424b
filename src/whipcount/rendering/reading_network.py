"""The signed network of a reading as an SVG drawing inside the page, once for a wide screen and once for a phone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from unicodedata import category, east_asian_width

from whipcount.rendering.benches import Box, Chamber, Edge, seat
from whipcount.rendering.signs import Sign, shown
from whipcount.schema import STANCES, FoundStance

SIZES = {"wide": (760.0, 210.0, 7.0), "small": (328.0, 120.0, 6.5)}
"""Class of the drawing → its width, the width of its boxes, the mean width of a letter."""
LINE = 16.0
BADGE_ROOM = 32.0
MAX_LINES = 4
HEAD = 10.0
"""Length of an arrow's head."""
MAX_STROKE = 5.0


def edges_of(stances: Iterable[FoundStance]) -> list[Edge]:
    """Return the stances of a reading as edges, each with the number of its sentences, in a fixed order."""
    sentences: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for stance in stances:
        if stance.stance != "none":
            sentences[stance.speaker, stance.target, stance.stance].add(stance.sentence)
    keys = sorted(sentences, key=lambda key: (key[0], key[1], STANCES.index(key[2])))
    return [Edge(*key, len(sentences[key])) for key in keys]


def render_network(edges: Sequence[Edge], signs: Mapping[str, Sign]) -> str:
    """Return the drawings; the style sheet shows the one that fits.

    Args:
        edges: see ``edges_of``; at least one.
        signs: actor id → sign.
    """
    return "".join(_drawing(name, size, edges, signs) for name, size in SIZES.items())


def _drawing(name: str, size: tuple[float, float, float], edges: Sequence[Edge], signs: Mapping[str, Sign]) -> str:
    width, box_width, letter_width = size
    actors = sorted({end for edge in edges for end in (edge.speaker, edge.target)})
    room = (box_width - BADGE_ROOM - 4) / letter_width
    lines = {actor: _wrap(signs[actor].actor.name, room) for actor in actors}
    chamber = seat(edges, {actor: LINE * len(lines[actor]) + 12 for actor in actors})
    arrows = "".join(_arrow(edge, ends, chamber, width, box_width) for edge, ends in zip(edges, chamber.ends, strict=True))
    boxes = "".join(_box(signs[actor], lines[actor], chamber.boxes[actor], width, box_width) for actor in actors)
    n_lines = f"{len(edges)} {'arrow' if len(edges) == 1 else 'arrows'} between {len(actors)} actors"
    return (
        f'<svg class="network {name}" viewBox="0 0 {width:g} {chamber.height:.0f}" width="{width:g}" height="{chamber.height:.0f}" '
        f'role="img" aria-label="Signed network: {n_lines}; the whip count above says the same in words">\n{arrows}{boxes}</svg>\n'
    )


def _arrow(edge: Edge, ends: tuple[float, float], chamber: Chamber, width: float, box_width: float) -> str:
    """Return a line with its head and, at its tail, the number of sentences where there is more than one."""
    (y1, y2), aisle = ends, width - 2 * box_width
    starts_left, ends_left = chamber.boxes[edge.speaker].left, chamber.boxes[edge.target].left
    x1 = box_width if starts_left else width - box_width
    x2 = box_width if ends_left else width - box_width
    out, back = (1 if starts_left else -1), (1 if ends_left else -1)
    tip = x2 + back * HEAD  # the line stops where the head begins
    if starts_left == ends_left:
        bulge = min(aisle * (0.35 + 0.6 * abs(y2 - y1) / chamber.height), 34 + 0.45 * abs(y2 - y1))
        first, second = x1 + out * bulge, x2 + back * bulge
    else:
        first, second = x1 + out * aisle * 0.5, tip + back * aisle * 0.4
    stroke = min(1.6 + 0.9 * (edge.n_sentences - 1), MAX_STROKE)
    number = f'<text x="{x1 + out * 11:.1f}" y="{y1 + 4:.1f}">{edge.n_sentences}</text>' if edge.n_sentences > 1 else ""
    return (
        f'<g class="edge {edge.stance}">'
        f'<path class="line" d="M{x1:.1f} {y1:.1f}C{first:.1f} {y1:.1f} {second:.1f} {y2:.1f} {tip:.1f} {y2:.1f}"'
        f' stroke-width="{stroke:.1f}"/><path class="head" d="M{x2:.1f} {y2:.1f}l{back * HEAD:.1f} -5v10z"/>{number}</g>\n'
    )


def _box(sign: Sign, lines: Sequence[str], box: Box, width: float, box_width: float) -> str:
    x = 0.0 if box.left else width - box_width
    badge_x = x + BADGE_ROOM / 2 + 2 if box.left else x + box_width - BADGE_ROOM / 2 - 2
    text_x = x + BADGE_ROOM + (box_width - BADGE_ROOM) / 2 - 2 if box.left else x + (box_width - BADGE_ROOM) / 2 + 2
    middle = box.top + box.height / 2
    first = middle - (len(lines) - 1) * LINE / 2 + 4.5
    words = "".join(f'<tspan x="{text_x:.1f}" y="{first + row * LINE:.1f}">{shown(line)}</tspan>' for row, line in enumerate(lines))
    badge = "badge long" if len(sign.badge) > 3 else "badge"
    return (
        f'<g class="box c{sign.colour}"><title>{shown(sign.actor.name)}</title>'
        f'<rect x="{x + 0.75:.2f}" y="{box.top:.1f}" width="{box_width - 1.5:.1f}" height="{box.height:.1f}" rx="6"/>'
        f'<text class="{badge}" x="{badge_x:.1f}" y="{middle + 4:.1f}">{shown(sign.badge)}</text><text>{words}</text></g>\n'
    )


def _wrap(name: str, room: float) -> list[str]:
    """Return a name in lines that fit a box, ``room`` in mean letters.

    What does not fit into ``MAX_LINES`` ends in "…": the box's title has it whole.
    """
    lines = [""]
    for word in re.findall(r"\S+", name) or ["–"]:
        joined = f"{lines[-1]} {word}".strip()
        if _length(joined) <= room:
            lines[-1] = joined
            continue
        if lines[-1]:
            lines.append("")
        for letter in word:  # a word longer than a line is broken where the line ends
            if _length(lines[-1] + letter) > room:
                lines.append("")
            lines[-1] += letter
        if len(lines) > MAX_LINES:
            break
    if len(lines) > MAX_LINES:
        last = lines[MAX_LINES - 1]
        while _length(last + "…") > room:
            last = last[:-1]
        lines = [*lines[: MAX_LINES - 1], last + "…"]
    return lines


def _length(words: str) -> float:
    return sum(_advance(letter) for letter in words)


def _advance(letter: str) -> float:
    if category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if east_asian_width(letter) in "WF" or category(letter) in ("So", "Cs"):
        return 2.0
    return 1.45 if letter in "MWmw@—" else 1.2 if letter.isupper() else 0.6 if letter in "iljtfr.,:;'’| " else 1.0
