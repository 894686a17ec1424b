"""The figure of a comparison: differences with their intervals, about a zero line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from whipcount.rendering.comparison import SCORES, is_flagged, ranked_actors
from whipcount.rendering.intervals import FLAG
from whipcount.rendering.plots import BLACK, BLUE, ORANGE, new_figure, plain
from whipcount.scoring.actors import ROLES, Role
from whipcount.scoring.comparison_report import ComparedSplit
from whipcount.scoring.differences import Difference
from whipcount.scoring.permutation import BEYOND_CHANCE
from whipcount.scoring.resampling import MIN_STORIES

SERIES = ((BLUE, "o"), (ORANGE, "s"), ("#009E73", "^"), ("#CC79A7", "D"), (BLACK, "v"))
"""Colour and marker of each other system: Okabe and Ito's colours, and shapes that tell them apart in grey print."""
MOST_ACTORS = {1: 8, 2: 6}
"""Drawn of each role, by the number of other systems; with more of them ``FEWEST_ACTORS``."""
FEWEST_ACTORS = 3


@dataclass(frozen=True)
class _Line:
    """One score or one actor.

    Args:
        name: what stands on its left.
        differences: to each other system, and whether beyond chance.
        notes: what stands on its right, for each other system or for all together.
    """

    name: str
    differences: tuple[tuple[Difference, bool], ...]
    notes: tuple[str, ...]


def plot_differences(part: ComparedSplit) -> Figure:
    """Draw how far the first system is ahead of each other one: above in the scores, below on single actors.

    A filled marker is a difference beyond chance, an open one is not; for actors after Holm's correction. Of the actors
    that can be tested those of the largest differences are shown, at most 8 of each role and fewer with several systems.
    """
    first, n_series = part.comparisons[0].first, len(part.comparisons)
    scores = []
    for measure, title in SCORES.items():
        found = [comparison.scores[measure] for comparison in part.comparisons]
        notes = tuple(f"{one.first:.2f} – {one.second:.2f}" + f" {FLAG}" * is_flagged(one) for one in found)
        scores.append(_Line(title, tuple((one, one.p < BEYOND_CHANCE) for one in found), notes))
    actors = {role: _actor_lines(part, role) for role in ROLES}
    heights = [_height(len(scores), n_series), _height(sum(map(len, actors.values())) + 2, n_series)]
    figure = new_figure(8.0, sum(heights) + 2.2)
    above, below = figure.subplots(2, 1, height_ratios=heights)
    _draw(above, {"": scores}, n_series, "first – other")
    _draw(below, {f"as {role}": lines for role, lines in actors.items()}, n_series, "n")
    if not any(actors.values()):
        below.text(0.5, 0.5, "no difference on an actor that can be tested", transform=below.transAxes, ha="center")
    above.set_title(f"scores (n = {part.n_gold:,} gold stances)", fontsize=9, loc="left", fontweight="bold")
    below.set_title("accuracy on single actors, largest differences", fontsize=9, loc="left", fontweight="bold")
    below.set_xlabel("←  other is better        difference; line: 95 % interval        first is better  →", fontsize=9)
    others = f"{n_series} other systems" if n_series > 1 else part.comparisons[0].second
    asked = "\n".join(wrap(f"Where is {first} better or worse than {others}, beyond chance? ({part.split})", 90))
    figure.suptitle(plain(asked), fontsize=11, x=0.01, ha="left")
    _add_legend(figure, above, part)
    return figure


def _height(n_lines: int, n_series: int) -> float:
    """Return the inches that so many lines take."""
    return max(n_lines, 2) * _step(n_series) * (0.26 if n_series == 1 else 0.16)


def _step(n_series: int) -> float:
    """Return how far one line is from the next, where 1 is the distance between the systems of a line."""
    return n_series + (0.3 if n_series == 1 else 0.8)


def _actor_lines(part: ComparedSplit, role: Role) -> list[_Line]:
    by_system = [{one.key: one for one in ranked_actors(comparison, role)} for comparison in part.comparisons]
    keys = {key for actors in by_system for key in actors if all(key in actors for actors in by_system)}
    largest = {key: max(abs(actors[key].accuracy.difference) for actors in by_system) for key in keys}
    keys = {key for key in keys if largest[key]}
    beyond = {key: any(actors[key].beyond_chance for actors in by_system) for key in keys}
    chosen = sorted(keys, key=lambda key: (not beyond[key], -largest[key], key))[: MOST_ACTORS.get(len(by_system), FEWEST_ACTORS)]
    names = [key[1] for key in keys]
    lines = []
    for key in sorted(chosen, key=lambda key: (-by_system[0][key].accuracy.difference, key)):
        name = key[1] if names.count(key[1]) == 1 else f"{key[1]} ({key[0]}, {key[2]})"
        found = [actors[key] for actors in by_system]
        note = f"{found[0].n:,}" + f" {FLAG}" * any(is_flagged(one.accuracy) for one in found)
        lines.append(_Line(name, tuple((one.accuracy, one.beyond_chance) for one in found), (note,)))
    return lines


def _draw(axes: Axes, groups: dict[str, Sequence[_Line]], n_series: int, right: str) -> None:
    """Draw groups of lines from the top down, each group under its title."""
    step, place = _step(n_series), 0.0
    places: list[float] = []
    names: list[str] = []
    for title, lines in groups.items():
        if title and lines:
            axes.text(-0.01, place, title, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=9, style="italic")
            place += 1.0
        for line in lines:
            places.append(place + (n_series - 1) / 2)
            names.append("\n".join(wrap(line.name, 30, max_lines=2 if n_series > 1 else 1, placeholder=" …")) or line.name)
            for series, (found, is_beyond) in enumerate(line.differences):
                colour, marker = SERIES[series]
                height, face = place + series, colour if is_beyond else "white"
                axes.plot([found.interval.low, found.interval.high], [height, height], color=colour, linewidth=1.6, solid_capstyle="butt")
                style: dict[str, Any] = {"color": colour, "markerfacecolor": face, "markeredgewidth": 1.4, "markersize": 6}
                axes.plot(found.difference, height, marker, clip_on=False, **style)
            for series, note in enumerate(line.notes):
                height = place + series + (n_series - len(line.notes)) / 2
                axes.text(1.02, height, note, transform=axes.get_yaxis_transform(), fontsize=8, va="center")
            place += step
    axes.set_yticks(places, [plain(name) for name in names], fontsize=9)
    axes.set_ylim(max(place, 1) - step + n_series - 0.3, -0.7)
    low, high = axes.get_xlim() if places else (-1, 1)
    reach = max(abs(low), abs(high))
    axes.set_xlim(-reach, reach)
    axes.axvline(0, color=BLACK, linewidth=1, zorder=1)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+.2f}" if round(value, 9) else "0")
    if places:
        axes.text(1.02, 1.0, right, transform=axes.transAxes, fontsize=8, va="bottom", color="#333333")


def _add_legend(figure: Figure, axes: Axes, part: ComparedSplit) -> None:
    several = part.comparisons if len(part.comparisons) > 1 else ()  # the title names a single one
    for (colour, marker), comparison in zip(SERIES, several, strict=False):
        name = "\n".join(wrap(f"against {comparison.second}", 60, max_lines=1, placeholder=" …"))
        axes.plot([], [], marker, color=colour, label=plain(name))
    axes.plot([], [], "o", color="#555555", label=f"filled: p < {BEYOND_CHANCE}, of actors after Holm's correction")
    axes.plot([], [], "o", color="#555555", markerfacecolor="white", label="open: may be chance")
    flagged = any(is_flagged(found) for comparison in part.comparisons for found in comparison.scores.values())
    flagged |= any(is_flagged(one.accuracy) for comparison in part.comparisons for role in ROLES for one in comparison.actors[role])
    if flagged:
        axes.plot([], [], " ", label=f"{FLAG} fewer than {MIN_STORIES} stories: clustered by sentence")
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=8)
