"""One pass over the article beside a pair at a time: what each finds, and what each costs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from whipcount.rendering.plots import BLUE, GREY, new_figure, plain

COST = "cost.json"
SCORES = "comparison.json"
SYSTEMS = {"one_pass": "one pass", "cross_encoder": "a pair at a time"}
"""System of ``python -m whipcount.yardstick`` → what the figure calls it."""
SPLIT = "development"
BACKING = {"boxstyle": "round,pad=0.1", "facecolor": "white", "edgecolor": "none"}


def plot_yardstick(folder: Path) -> Figure:
    """Draw triplet F1 and seconds per article of both models, as far as they are recorded; what is missing is said in words.

    Args:
        folder: ``cost.json`` as ``python -m whipcount.yardstick`` writes it, and ``comparison.json`` as ``python -m whipcount.compare``
            writes it of the two systems.
    """
    cost, comparison = _read(folder / COST), _read(folder / SCORES)
    figure = new_figure(8.0, 3.0)
    left, right = figure.subplots(1, 2, sharey=True)
    part = comparison.get("splits", {}).get(SPLIT, {})
    scores, told = _scores(part)
    if scores:
        _draw(left, scores, "{:.2f}", f"triplet F1 (n = {part['n_gold']:,} stances)", told)
    else:
        _say(left, "triplet F1", f"not recorded yet: no {SCORES}\nin {folder.name} (python -m whipcount.compare)")
    if cost:
        seconds = {system: cost[f"{system}_seconds_per_article"] for system in SYSTEMS}
        times = seconds["cross_encoder"] / seconds["one_pass"]
        rows = f"the second takes {times:.0f} times as long\n({cost['rows']:,} rows of {cost['articles']:,} articles)"
        _draw(right, seconds, "{:.2g} s", "seconds for an article", rows)
    else:
        _say(right, "seconds for an article", f"not recorded yet: no {COST}\nin {folder.name} (python -m whipcount.yardstick)")
    left.set_yticks(range(len(SYSTEMS)), list(SYSTEMS.values()), fontsize=9)
    left.set_ylim(len(SYSTEMS) - 0.4, -0.6)
    figure.suptitle(
        "What does one pass over the article cost, and what does it save?\n(the same articles, development part, oracle roster)",
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _read(path: Path) -> dict[str, Any]:
    """Return what a JSON file holds; nothing where there is none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}


def _scores(part: Mapping[str, Any]) -> tuple[dict[str, float], str]:
    """Return each system's triplet F1, and in words how far one pass is ahead."""
    for compared in part.get("comparisons", {}).values():
        if {compared["first"], compared["second"]} == set(SYSTEMS):
            found = compared["scores"]["triplet_f1"]
            values = {compared["first"]: found["first_value"], compared["second"]: found["second_value"]}
            told = f"the first − the second: {_points(values['one_pass'] - values['cross_encoder'])} points"
            interval = found["interval"]
            if interval and interval["low"] is not None:
                ends = sorted(end if compared["first"] == "one_pass" else -end for end in (interval["low"], interval["high"]))
                told += f"\n(95 % interval {' to '.join(map(_points, ends))})"
            return {system: values[system] for system in SYSTEMS}, told
    return {}, ""


def _points(share: float) -> str:
    """Return a difference in points, with a minus sign that is none of a hyphen."""
    return f"{100 * share:.1f}".replace("-", "−")


def _draw(axes: Axes, values: Mapping[str, float], form: str, title: str, told: str) -> None:
    colours = [BLUE if system == "one_pass" else GREY for system in values]
    axes.barh(range(len(values)), list(values.values()), height=0.55, color=colours, alpha=0.75)
    for place, value in enumerate(values.values()):
        axes.annotate(form.format(value), (value, place), (4, 0), textcoords="offset points", va="center", fontsize=9, bbox=BACKING)
    end = 1.2 * max(values.values()) or 1.0
    axes.set_xlim(0, end)
    axes.set_xticks([tick for tick in MaxNLocator(4).tick_values(0, end) if 0 <= tick <= end])
    _frame(axes, title)
    axes.set_xlabel(plain(told), fontsize=8.5)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)


def _say(axes: Axes, title: str, words: str) -> None:
    _frame(axes, title)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.text(0.5, 0.5, plain(words), transform=axes.transAxes, ha="center", va="center", fontsize=9)


def _frame(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=9, loc="left")
    axes.tick_params(axis="y", length=0, pad=6)
    axes.tick_params(axis="x", labelsize=8)
    axes.spines[["top", "right", "left"]].set_visible(False)
