"""Experiments side by side: a dot for each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from textwrap import wrap

from matplotlib.figure import Figure

from whipcount.rendering.plots import BLACK, BLUE, new_figure, plain


def plot_seeds(values: Mapping[str, Mapping[str, Sequence[float]]], title: str) -> Figure:
    """Draw scores of several experiments, a panel for each score: a dot for each seed, a bar at their mean.

    Args:
        values: experiment → score → its value for each seed; drawn from the top down, all with the same scores.
        title: the question that the figure answers.
    """
    names = list(values)
    scores = list(next(iter(values.values())))
    figure = new_figure(8.0, 1.7 + 0.36 * max(len(names), 2))
    panels = figure.subplots(1, len(scores), sharey=True, squeeze=False)[0]
    for axes, score in zip(panels, scores, strict=True):
        for place, name in enumerate(names):
            found = values[name][score]
            axes.plot(found, [place] * len(found), "o", color=BLUE, alpha=0.6, markersize=6, markeredgewidth=0)
            mean = fmean(found)
            axes.plot([mean, mean], [place - 0.3, place + 0.3], color=BLACK, linewidth=1.6)
            axes.text(1.03, place, f"{mean:.2f}", transform=axes.get_yaxis_transform(), fontsize=8, va="center")
        axes.set_title(plain(score), fontsize=9, loc="left")
        axes.margins(x=0.12)
        axes.tick_params(axis="y", length=0, pad=6)
        axes.tick_params(axis="x", labelsize=8)
        axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
    labels = ["\n".join(wrap(name, 34, max_lines=2, placeholder=" …")) or name for name in names]
    panels[0].set_yticks(range(len(names)), [plain(label) for label in labels], fontsize=9)
    panels[0].set_ylim(len(names) - 0.4, -0.6)
    figure.suptitle(plain(title) + "\n(a dot for each seed, a bar and a number for their mean)", fontsize=11, x=0.01, ha="left")
    return figure
