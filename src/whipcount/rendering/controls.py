"""Whether a system reads or knows the names: flips and scores under perturbations, as Markdown and as a figure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from whipcount.rendering.intervals import flag
from whipcount.rendering.markdown import UNDEFINED, cell, counted, number, table
from whipcount.rendering.plots import BLACK, BLUE, ORANGE, new_figure, plain
from whipcount.scoring.controls import Control, Controls, Flips
from whipcount.scoring.resampling import Interval

LIMIT = 0.02
"""Share of the reported stances lost under exchanged names from which on a report warns."""

TITLES = {
    "swap": "names exchanged",
    "mask": "names masked",
    "exchange": "speaker and target exchanged",
    "blind": "sentence hidden",
}
MEANINGS = {
    "swap": "Persons get invented names of many cultures and both genders, organisations and groups an invented word for what is "
    "proper in their name. The text says the same of them as before, so a good reader changes no label.",
    "mask": "Every name is blotted out; who is who can still be told. A good reader finds about as many stances as before: what is lost "
    "is what the names told it.",
    "exchange": "Each row gets the answer that was given for the other direction, from target to speaker. For a good reader that is "
    "another label as often as in the annotation, and the triplet F1 falls; one that only sees that two actors quarrel gives the same.",
    "blind": "Of the sentence asked about only the names can be read, the sentences around it in full. A good reader finds next "
    "to nothing, for it goes by the words that are gone; what it finds is guessed.",
}
OTHERS = ("organisation", "group")
"""Kinds of actors that stand beside the cultures of persons."""

FLIP_NOTE = (
    "A reported stance is one of the plain reading; it is counted once in each draw of names. It vanishes where the changed text gets "
    "none, and turns where it gets the other stance: the share is that of the reported stances that do either. Stances that "
    "appear are rows where the plain reading has none, and no part of the share. Rows with *someone* are left out, and where speaker and "
    "target are exchanged those with the author too. Interval: 95 %, stories resampled, or sentences where there are fewer than ten (†)."
)
GROUP_NOTE = (
    "A row counts for the groups that the new names of its speaker and its target are of. A good reader shows the same small share "
    "in every line; one line far above the others means that such names are read otherwise."
)


def warning(controls: Controls, limit: float = LIMIT) -> str:
    """Return one sentence for the first screen of a report, in bold where exchanged names lose more than ``limit`` of the stances."""
    swap = controls.find("swap")
    if swap is None:
        return "Whether labels hang on names was not measured: no predictions with exchanged names were given."
    flips = swap.flips
    if not flips.reported:
        return f"Whether labels hang on names cannot be said: no stance is reported with the old names, {flips.appeared:,} with the new."
    system, only = cell(controls.system), "where only the names are exchanged"
    found, limit_words = f"{_tenths(flips.lost_share)} of the stances that it reports vanish or turn", _tenths(limit)
    drawn = f"n = {flips.reported:,} stances in {counted(len(swap.draws), 'draw')} of names"
    basis = f"({_range(flips.lost_interval, '95 % interval ')}{drawn}), and {flips.appeared:,} others appear"
    if flips.lost_share > limit:
        return f"**Warning: {system} goes by names: {only}, {found}, more than {limit_words} {basis}.**"
    return f"Of {system}: {only}, {found}, no more than {limit_words} {basis}."


def render_controls(controls: Controls) -> str:
    """Return a Markdown section: what each perturbation does and what it shows, and flips by group of the new names."""
    parts = ["### Is it reading, or does it know the name?"]
    parts.append("\n".join(f"- **{_capital(TITLES[one.perturbation])}.** {MEANINGS[one.perturbation]}" for one in controls.perturbed))
    columns = [
        "what is changed",
        "draws",
        "triplet F1",
        "reported stances",
        "share that vanishes or turns",
        "95 % interval",
        "vanish",
        "turn",
        "appear",
    ]
    lines = [["nothing", UNDEFINED, number(controls.triplet_f1), *[UNDEFINED] * 6]]
    for one in controls.perturbed:
        f1 = sum(one.triplet_f1) / len(one.triplet_f1)
        lines.append([TITLES[one.perturbation], f"{len(one.draws)}", number(f1), *_flip_cells(one.flips)])
        if one.gold:
            lines.append(["the annotation itself, so exchanged", UNDEFINED, UNDEFINED, *_flip_cells(one.gold)])
    parts += [table(columns, lines), f"{FLIP_NOTE}{_spread(controls.find('swap'))}"]
    groups = _groups(controls)
    if groups:
        lines = [[group, *_flip_cells(flips)] for part in groups.values() for group, flips in part.items()]
        parts += ["**Exchanged names, by what the new name is**", table(["new name", *columns[3:]], lines), GROUP_NOTE]
    return "\n\n".join(parts) + "\n"


def _spread(swap: Control | None) -> str:
    """Say how far the draws lie apart."""
    shares = [flips.lost_share for flips in swap.draws if flips.reported] if swap else []
    if len(shares) < 2:
        return ""
    return f" From draw to draw the share under exchanged names goes from {_tenths(min(shares))} to {_tenths(max(shares))}."


def _groups(controls: Controls) -> dict[str, Mapping[str, Flips]]:
    """Return the flips by group in three parts: genders, cultures of persons, other kinds of actors."""
    swap = controls.find("swap")
    if swap is None:
        return {}
    cultures = {group: flips for group, flips in swap.by_culture.items() if group not in OTHERS}
    others = {group: flips for group, flips in swap.by_culture.items() if group in OTHERS}
    parts: dict[str, Mapping[str, Flips]] = {"gender": swap.by_gender, "culture": cultures, "other actors": others}
    return {title: part for title, part in parts.items() if part}


def _flip_cells(flips: Flips) -> list[str]:
    counts = [f"{flips.vanished:,}", f"{flips.polarity:,}", f"{flips.appeared:,}"]
    ends = _range(flips.lost_interval) + flag(flips.lost_interval) if flips.lost_interval else ""
    return [f"{flips.reported:,}", _tenths(flips.lost_share), ends or UNDEFINED, *counts]


def _tenths(share: float) -> str:
    return UNDEFINED if math.isnan(share) else f"{100 * share:.1f} %"


def _range(interval: Interval | None, before: str = "") -> str:
    """Return the ends of an interval after some words, and a comma; empty where there is none."""
    if interval is None or math.isnan(interval.low):
        return ""
    ends = f"{100 * interval.low:.1f}–{100 * interval.high:.1f} %"
    return f"{before}{ends}, " if before else ends


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def plot_flips(controls: Controls, limit: float = LIMIT) -> Figure:
    """Draw the share of reported stances lost under exchanged names by gender and culture of the new names, with interval and n."""
    parts = _groups(controls)
    n_lines = sum(map(len, parts.values())) + len(parts)
    figure = new_figure(8.0, 2.2 + 0.28 * n_lines)
    axes = figure.add_subplot()
    swap = controls.find("swap")
    whole = ""
    if swap:
        n = f"n = {swap.flips.reported:,} reported stances, {counted(len(swap.draws), 'draw')}"
        whole = f"\n(all names: {_tenths(swap.flips.lost_share)} of {n})"
    title = "\n".join(wrap(f"Does {controls.system} say something else when only the names are exchanged?", 80))
    figure.suptitle(plain(title + whole), fontsize=11, x=0.01, ha="left")
    if not parts:
        axes.text(0.5, 0.5, "names were not exchanged, or no stance was predicted", transform=axes.transAxes, ha="center")
        axes.set_axis_off()
        return figure
    place, places, names, highest = 0.0, [], [], 2 * limit
    for title, part in parts.items():
        axes.text(-0.01, place, title, transform=axes.get_yaxis_transform(), ha="right", va="center", fontsize=9, fontweight="bold")
        for group, flips in part.items():
            place += 1
            places.append(place)
            names.append(group)
            highest = max(highest, _draw_bar(axes, place, flips))
        place += 1.4
    axes.set_yticks(places, [plain(name) for name in names])
    axes.set_ylim(place - 0.6, -0.7)
    right = min(1.05 * highest, 1.0)
    ticks = [tick for tick in MaxNLocator(6, steps=[1, 2, 5, 10]).tick_values(0, right) if 0 <= tick <= right]
    axes.set_xticks(ticks, [f"{100 * tick:g} %" for tick in ticks])
    axes.set_xlim(0, right)
    axes.axvline(limit, color=BLACK, linewidth=1, linestyle=":")
    axes.set_xlabel(
        "reported stances that vanish or turn; line: 95 % interval, stories (of fewer than ten, sentences) resampled", fontsize=9
    )
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.text(1.02, 1.0, "lost / n", transform=axes.transAxes, fontsize=8, va="bottom", color="#333333")
    _add_legend(figure, axes, limit)
    return figure


def _draw_bar(axes: Axes, place: float, flips: Flips) -> float:
    """Draw one group's share in its two parts, and return how far to the right it goes."""
    axes.text(1.02, place, f"{flips.lost:,} / {flips.reported:,}", transform=axes.get_yaxis_transform(), fontsize=8, va="center")
    if not flips.reported:
        return 0.0
    turned, vanished = flips.polarity / flips.reported, flips.vanished / flips.reported
    axes.barh(place, turned, height=0.62, color=ORANGE, hatch="////", edgecolor="#555555", linewidth=0.6)
    axes.barh(place, vanished, left=turned, height=0.62, color=BLUE, alpha=0.75, edgecolor="#555555", linewidth=0.6)
    interval = flips.lost_interval
    if interval is None or math.isnan(interval.low):
        return flips.lost_share
    axes.plot([interval.low, interval.high], [place, place], color=BLACK, linewidth=1.4, solid_capstyle="butt")
    return max(flips.lost_share, interval.high)


def _add_legend(figure: Figure, axes: Axes, limit: float) -> None:
    (line,) = axes.plot([], [], color=BLACK, linewidth=1, linestyle=":", label=f"limit, {_tenths(limit)}")
    bars = [
        Patch(facecolor=ORANGE, hatch="////", edgecolor="#555555", linewidth=0.6, label="turns: favor ↔ against"),
        Patch(facecolor=BLUE, alpha=0.75, edgecolor="#555555", linewidth=0.6, label="vanishes"),
    ]
    figure.legend(handles=[*bars, line], loc="outside lower left", ncols=3, frameon=False, fontsize=8)
