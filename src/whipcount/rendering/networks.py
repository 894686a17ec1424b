"""The figures of one article's stances as a signed network: the gold alone, or gold beside predicted."""

from __future__ import annotations

import math
from textwrap import wrap
from typing import Literal

import networkx as nx
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from numpy.typing import NDArray

from whipcount.rendering.graph import stance_graph
from whipcount.rendering.layout import place_boxes
from whipcount.rendering.plots import BLACK, BLUE, ORANGE, new_figure, plain
from whipcount.schema import Article, InputError
from whipcount.scoring.report import Report, StanceRow

Point = NDArray[np.float64]
LineStyle = Literal["solid"] | tuple[float, tuple[float, float]]

LINES: dict[str, tuple[str, LineStyle]] = {"favor": (BLUE, "solid"), "against": (ORANGE, (0, (4, 2)))}
PANEL_INCHES = 5.4
FONT_POINTS = 8.5
CHARACTER_INCHES = 0.62 * FONT_POINTS / 72
LINE_INCHES = 1.35 * FONT_POINTS / 72
MAX_LINE_WIDTH = 5.0
BEND = 0.12


def plot_network(report: Report, split: str, article: str) -> Figure:
    """Draw who is for and against whom in one article, gold beside predicted, on the same places.

    Args:
        report: of the systems; the first one's predictions are drawn.
        split: of the article.
        article: ``Article.key``.

    Raises:
        InputError: neither gold nor prediction has a stance in such an article of the split.
    """
    part = report.split(split)
    rows = [row for row in part.stances if row.article == article]
    if not rows:
        raise InputError(f"{article}: no stance in gold or prediction of the {split} split; name another article")
    graphs = {"gold": stance_graph(rows, "gold"), f"predicted by {report.systems[0]}": stance_graph(rows, "predicted")}
    return _network_figure(graphs, _labels(rows), f"Who stands with whom in {article}?", n_legend_columns=3)


def plot_gold_network(article: Article) -> Figure:
    """Draw who is for and against whom in one article by its gold stances.

    Raises:
        InputError: the article has no gold stance.
    """
    actors = {actor.id: actor for actor in article.roster}
    rows = [
        StanceRow(article.key, stance.sentence, actors[stance.speaker], actors[stance.target], stance.stance, "none")
        for stance in article.stances
        if stance.stance != "none"
    ]
    if not rows:
        raise InputError(f"{article.key}: the article has no gold stance; name another article")
    title = f"Who stands with whom, by the gold stances?\n({article.key})"
    return _network_figure({"": stance_graph(rows, "gold")}, _labels(rows), title, n_legend_columns=1)


def _network_figure(graphs: dict[str, nx.MultiDiGraph], labels: dict[str, str], title: str, n_legend_columns: int) -> Figure:
    """Draw graphs (title of the panel → graph) side by side, every actor at the same place in each."""
    size = PANEL_INCHES * max(1.0, math.sqrt(len(labels) / 12))
    boxes = {actor: _box_inches(text) for actor, text in labels.items()}
    places = place_boxes(boxes, {(edge[0], edge[1]) for graph in graphs.values() for edge in graph.edges}, size)
    n_legend_lines = math.ceil((len(LINES) + 1) / n_legend_columns)
    figure = new_figure(len(graphs) * size, size + 0.8 + 0.2 * n_legend_lines)
    for column, (panel, graph) in enumerate(graphs.items()):
        axes = figure.add_subplot(1, len(graphs), column + 1)
        _draw_network(axes, graph, labels, boxes, places, size)
        axes.set_title(plain(panel), fontsize=11)
    handles = [
        Line2D([], [], color=colour, linestyle=style, linewidth=2, label=f"{stance} (speaker → target)")
        for stance, (colour, style) in LINES.items()
    ]
    handles.append(Line2D([], [], color="#777777", linewidth=3.5, label="wider: in more sentences (number on the line)"))
    figure.legend(handles=handles, loc="outside lower center", ncols=n_legend_columns, frameon=False, fontsize=9)
    figure.suptitle(plain(title), fontsize=12)
    return figure


def _labels(rows: list[StanceRow]) -> dict[str, str]:
    names = {actor.id: actor.name for row in rows for actor in (row.speaker, row.target)}
    return {actor: "\n".join(wrap(name, 16, max_lines=3, placeholder=" …")) or name for actor, name in sorted(names.items())}


def _box_inches(text: str) -> Point:
    lines = text.split("\n")
    return np.array([CHARACTER_INCHES * max(map(len, lines)) + 0.2, LINE_INCHES * len(lines) + 0.14])


def _draw_network(
    axes: Axes,
    graph: nx.MultiDiGraph,
    labels: dict[str, str],
    boxes: dict[str, Point],
    places: dict[str, Point],
    size: float,
) -> None:
    axes.set_xlim(-0.1, size + 0.1)
    axes.set_ylim(-0.1, size + 0.1)
    axes.set_aspect("equal")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color("#CCCCCC")
    outlines = {}
    for actor, text in labels.items():
        (x, y), (width, height) = places[actor], boxes[actor]
        idle = graph.degree(actor) == 0
        corner, shade = (x - width / 2, y - height / 2), "#AAAAAA" if idle else "#333333"
        axes.add_patch(
            FancyBboxPatch(
                corner,
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.08",
                facecolor="white" if idle else "#F2F2F2",
                edgecolor=shade,
                zorder=3,
            )
        )
        axes.text(x, y, plain(text), ha="center", va="center", fontsize=FONT_POINTS, color="#777777" if idle else BLACK, zorder=4)
        outlines[actor] = axes.add_patch(Rectangle(corner, width, height, visible=False))
    for speaker, target, stance, edge in graph.edges(keys=True, data=True):
        colour, style = LINES[stance]
        bend = BEND if stance == "favor" or not graph.has_edge(speaker, target, "favor") else 0.32
        axes.add_patch(
            FancyArrowPatch(
                tuple(places[speaker]),
                tuple(places[target]),
                arrowstyle="-|>",
                mutation_scale=13,
                shrinkA=1,
                shrinkB=2,
                patchA=outlines[speaker],
                patchB=outlines[target],
                connectionstyle=f"arc3,rad={bend}",
                color=colour,
                linestyle=style,
                linewidth=min(1.4 + 0.9 * (edge["n_sentences"] - 1), MAX_LINE_WIDTH),
                zorder=2,
            )
        )
        if edge["n_sentences"] > 1:
            x, y = _on_arc(places[speaker], places[target], boxes[speaker], boxes[target], bend)
            axes.text(
                x,
                y,
                str(edge["n_sentences"]),
                fontsize=8,
                ha="center",
                va="center",
                zorder=2.5,
                bbox={"boxstyle": "circle,pad=0.15", "facecolor": "white", "edgecolor": colour},
            )


def _on_arc(start: Point, end: Point, start_box: Point, end_box: Point, bend: float) -> Point:
    """Return a point near the middle of the visible part of an arrow, nearer its tail than its head.

    The arc is matplotlib's ``arc3``: a quadratic curve whose control point lies ``bend`` times the length beside the middle.
    """
    way = end - start
    with np.errstate(divide="ignore"):
        leaves = float(np.min(start_box / 2 / np.abs(way)))
        enters = 1 - float(np.min(end_box / 2 / np.abs(way)))
    t = leaves + 0.42 * (enters - leaves)
    control = (start + end) / 2 + bend * np.array([way[1], -way[0]])
    point: Point = (1 - t) ** 2 * start + 2 * t * (1 - t) * control + t**2 * end
    return point
