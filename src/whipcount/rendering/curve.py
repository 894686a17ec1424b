"""The learning curve: what recorded experiments have learnt from more and more of the training articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from whipcount.rendering.markdown import counted
from whipcount.rendering.overview import CORPORA
from whipcount.rendering.plots import BLACK, BLUE, new_figure, plain
from whipcount.scoring.records import Record

MEASURE = "triplet_f1"
SPLIT = "development"


@dataclass(frozen=True)
class CurvePoint:
    """One experiment on the curve: how many articles of the corpus it has learnt from, and the score of each seed."""

    name: str
    n_articles: int
    is_counted: bool
    """Whether the record tells ``n_articles``; else it is the share of all, to the nearest article."""
    scores: tuple[float, ...]


def curve_points(records: Mapping[str, Record], names: Sequence[str], corpus: str) -> tuple[list[CurvePoint], dict[str, str]]:
    """Return the points of a learning curve, fewest articles first, and why other experiments have none.

    Args:
        records: by name.
        names: the experiments of the curve, that with all articles last; points are on the dataset of the last one recorded.
        corpus: a fully annotated one, whose articles are counted and scored.
    """
    points, left_out = [], {name: "not recorded yet" for name in names if name not in records}
    there = [name for name in names if name in records]
    for name in there:
        record = records[name]
        measured = record.metrics.get("corpora", {}).get(SPLIT, {}).get(corpus, {})
        if MEASURE not in measured:
            left_out[name] = f"no {CORPORA[corpus][0]}"
        elif record.manifest["dataset"] != records[there[-1]].manifest["dataset"]:
            left_out[name] = f"another dataset than {there[-1]}"
        else:
            share = record.settings["training"].get("train_share", 1.0)
            told = record.manifest.get("training_articles", {}).get(corpus)
            n_articles = told if told is not None else round(share * record.metrics["n_training_articles"])
            scores = tuple(measured[MEASURE]["systems"][f"seed-{seed}"] for seed in record.seeds)
            points.append(CurvePoint(name, n_articles, told is not None or share == 1, scores))
    return sorted(points, key=lambda point: point.n_articles), left_out


def plot_curve(records: Mapping[str, Record], names: Sequence[str], title: str, corpus: str = "seesaw") -> Figure:
    """Draw triplet F1 over training articles: a dot for each seed, a line through their means; what is missing is said in words.

    Args:
        records: by name.
        names: the experiments of the curve, that with all articles last.
        title: the question that the figure answers.
        corpus: see ``curve_points``.
    """
    points, left_out = curve_points(records, names, corpus)
    figure = new_figure(8.0, 4.2 if points else 2.4)
    axes = figure.add_subplot()
    about = ["triplet F1, actor ends; a dot for each seed, a line through their means"]
    if points:
        _draw(axes, points)
        part = records[points[-1].name].metrics["splits"][SPLIT]
        about.append(f"{CORPORA[corpus][0]}, {SPLIT}: n = {part['n_gold']:,} stances in {part['n_articles']:,} articles; oracle roster")
    else:
        axes.text(0.5, 0.5, "none of these experiments is recorded yet", transform=axes.transAxes, ha="center", fontsize=11)
        axes.set_xticks([])
        axes.set_yticks([])
        axes.spines[:].set_visible(False)
    below = [f"{CORPORA[corpus][0]} articles to learn from, and about as large a share of every other corpus"]
    for why in dict.fromkeys(left_out.values()):
        below += wrap(f"{why}: {', '.join(name for name, reason in left_out.items() if reason == why)}", 100)
    axes.set_xlabel(plain("\n".join(below)), fontsize=9)
    axes.spines[["top", "right"]].set_visible(False)
    figure.suptitle(plain("\n".join([title, *(f"({line})" for line in about)])), fontsize=11, x=0.01, ha="left")
    return figure


def _draw(axes: Axes, points: Sequence[CurvePoint]) -> None:
    means = [fmean(point.scores) for point in points]
    top = max(max(point.scores) for point in points)
    axes.plot([point.n_articles for point in points], means, "-", color=BLUE, linewidth=1.6)
    for point, mean in zip(points, means, strict=True):
        axes.plot([point.n_articles] * len(point.scores), point.scores, "o", color=BLUE, alpha=0.6, markersize=7, markeredgewidth=0)
        above = (point.n_articles, max(point.scores))
        axes.annotate(f"{mean:.2f}", above, (0, 7), textcoords="offset points", ha="center", fontsize=9, color=BLACK)
    axes.set_xscale("log")
    axes.xaxis.set_minor_locator(NullLocator())
    labels = [f"{'' if point.is_counted else '≈ '}{point.n_articles:,}\n{counted(len(point.scores), 'seed')}" for point in points]
    axes.set_xticks([point.n_articles for point in points], labels, fontsize=9)
    axes.set_xlim(0.75 * points[0].n_articles, 1.33 * points[-1].n_articles)
    axes.set_ylim(0, 1.2 * top or 1)
    axes.tick_params(axis="y", labelsize=8)
    axes.grid(axis="y", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
