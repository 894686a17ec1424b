"""Whether probabilities mean what they say, and what saying less is worth, as Markdown and as figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from textwrap import wrap
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from whipcount.rendering.markdown import UNDEFINED, cell, number, percent, table
from whipcount.rendering.plots import BLACK, BLUE, ORANGE, new_figure, plain
from whipcount.schema import SPLITS
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.reliability import Calibration, CalibrationReport, ReliabilityBin
from whipcount.scoring.risk import RISKS, NoneBias, coverage_at_risk

DEVELOPMENT = SPLITS[1]
BY_PREDICTION, EITHER = "prediction is a stance", "gold or prediction is a stance"
DARK_GREY = "#555555"
SMALLEST_POINT, LARGEST_POINT = 12, 130
"""Areas, in square points, of the points for no rows and for all rows of a panel."""

MIN_DRAWN = 30
"""Of fewer rows a bin holds one or two, and its share right says nothing."""


@dataclass(frozen=True, slots=True)
class CurveStyle:
    """How a curve of the reliability diagram looks; line, marker and fill tell it apart in grey print."""

    label: str
    colour: str
    line: Literal["-", "--"]
    marker: str
    fill: str

    def handle(self) -> Line2D:
        """Return its entry of a legend."""
        return Line2D(
            [],
            [],
            color=self.colour,
            linestyle=self.line,
            linewidth=1,
            marker=self.marker,
            markersize=6,
            markerfacecolor=self.fill,
            label=self.label,
        )


CURVES = (CurveStyle("as they are", DARK_GREY, "--", "s", "white"), CurveStyle("scaled", BLUE, "-", "o", BLUE))

QUESTION = (
    "Does a probability mean what it says: of the rows with P(favor) = 80 %, are 80 in 100 favor? Two parts of the rows are measured: "
    f"where the *{BY_PREDICTION}*, which the system alone chooses, and where *{EITHER}*, the rows of the other scores. Nearly all other "
    "rows are surely none and would make any system look good."
)
SCORES = (
    "ECE, the expected calibration error: the mean gap between probability and share right over bins of equally many rows; of the "
    "predicted label, of P(favor), of P(against), and class-wise, the mean of these two. By chance: the class-wise ECE that the scaled "
    "probabilities would show on average if they were exactly right; labels were drawn from them 200 times. Only what goes beyond it "
    "is an error of the system. Brier: the squared distance from the truth, 0 (best) to 2. One temperature makes all rows more or less "
    "sure; that a system gives stances too often or too seldom it cannot mend."
)
CHOSEN_BY_GOLD = (
    "Rows chosen by their gold cannot reach 0, even with perfect probabilities: of the rows predicted none only those are among them "
    "whose gold is a stance, so every one of them contradicts its P(none)."
)
RISK_NOTE = "Risk: the share of the kept rows that is labelled wrong, where the rows least likely to be none are kept first."
BIAS_NOTE = (
    "The bias is added to log P(none), before any scaling; the larger it is, the fewer stances are given. It is the smallest from which "
    "on the precision on development stays at what is wanted, looked at as long as ten stances are left there."
)


def render_calibration(report: CalibrationReport, system: str, split: str) -> str:
    """Return a Markdown section: calibration before and after scaling, risk against coverage, biases for wanted precisions.

    Args:
        report: of one system on one split.
        system: its name.
        split: likewise; on development the temperature and the biases are judged on the rows they were chosen on.
    """
    where = f"of {cell(system)} ({split})"
    parts = [f"### Calibration {where}", QUESTION, _temperature_words(report, split), _calibration_table(report), SCORES, CHOSEN_BY_GOLD]
    parts += [f"### Saying less: risk and coverage {where}", _risk_table(report), RISK_NOTE]
    parts += [f"### Saying less: the bias on none for a wanted precision {where}", *_bias_blocks(report, split)]
    return "\n\n".join(parts) + "\n"


def _temperature_words(report: CalibrationReport, split: str) -> str:
    if math.isnan(report.temperature):
        return "There is no row of development to fit a temperature on: nothing is scaled."
    side = "too sure of itself" if report.temperature > 1 else "not sure enough" if report.temperature < 1 else "as sure as it may be"
    words = f"Temperature {number(report.temperature, 2)} (over all rows the system is {side}), "
    words += f"fitted on {report.n_development:,} rows of development"
    words += ", the very rows judged here, so what is scaled is flattered a little." if split == DEVELOPMENT else "."
    if 2 * report.n_certain > report.n_development:
        words += (
            f" **Caution:** {report.n_certain:,} of these rows have P(none) = 1, as rows have of which only the label is given; "
            "with the probabilities of all rows the temperature is likely another."
        )
    return words


def _calibration_table(report: CalibrationReport) -> str:
    columns = ["rows", "probabilities", "n", "ECE, label", "ECE, favor", "ECE, against", "ECE, class-wise", "by chance", "Brier"]
    lines = [
        _calibration_line(BY_PREDICTION, "as they are", report.predicted_before, math.nan),
        _calibration_line(BY_PREDICTION, "scaled", report.predicted_after, report.predicted_chance_error),
        _calibration_line(EITHER, "as they are", report.before, math.nan),
        _calibration_line(EITHER, "scaled", report.after, report.chance_error),
    ]
    if math.isnan(report.temperature):
        lines = lines[::2]
    return table(columns, lines, n_words=2)


def _calibration_line(rows: str, scaling: str, found: Calibration, chance: float) -> list[str]:
    scores = (found.top_error, found.favor_error, found.against_error, found.class_wise_error, chance, found.brier)
    return [rows, scaling, f"{found.n:,}", *(number(score) for score in scores)]


def _parts(report: CalibrationReport) -> dict[str, tuple[Calibration, Calibration]]:
    return {BY_PREDICTION: (report.predicted_before, report.predicted_after), EITHER: (report.before, report.after)}


def _final(report: CalibrationReport) -> dict[str, Calibration]:
    """Return the two parts of the rows after scaling, or as they are where nothing is scaled."""
    return {rows: before if math.isnan(report.temperature) else after for rows, (before, after) in _parts(report).items()}


def _risk_table(report: CalibrationReport) -> str:
    columns = ["rows", "n", "wrong, if all are kept", *(f"can be kept at {percent(risk)} risk" for risk in RISKS), "mean risk"]
    lines = []
    for rows, found in _final(report).items():
        whole = found.risk.risk[-1] if found.n else math.nan
        kept = [percent(coverage_at_risk(found.risk, risk)) for risk in RISKS]
        lines.append([rows, f"{found.n:,}", percent(whole), *kept, number(found.risk.area)])
    return table(columns, lines)


def _bias_blocks(report: CalibrationReport, split: str) -> list[str]:
    if not report.n_development:
        return ["There is no row of development to choose a bias on."]
    judged = [] if split == DEVELOPMENT else [f"{score}, {split}" for score in ("stances", "precision", "recall")]
    columns = ["wanted precision", "bias on none", "stances, development", "precision, development", "recall, development", *judged]
    lines = [_bias_line(chosen, with_judged=bool(judged)) for chosen in report.none_biases]
    return [table(columns, lines, n_words=0), BIAS_NOTE]


def _bias_line(chosen: NoneBias, *, with_judged: bool) -> list[str]:
    found = [chosen.development, chosen.measured] if with_judged else [chosen.development]
    bias = "out of reach" if math.isnan(chosen.bias) else f"{chosen.bias:+.2f}"
    return [percent(chosen.precision), bias, *(text for scores in found for text in _score_cells(scores))]


def _score_cells(scores: PrecisionRecallF1 | None) -> list[str]:
    return [f"{scores.n_predicted:,}", number(scores.precision), number(scores.recall)] if scores else [UNDEFINED] * 3


def plot_reliability(report: CalibrationReport, system: str, split: str) -> Figure:
    """Draw the share of rows that are favor and against over the probability given to it, before and after scaling.

    A panel stands for each of the two stances and each of the two parts of the rows. The more rows a bin holds, the larger
    its point; a part of fewer than ``MIN_DRAWN`` rows is left blank.
    """
    figure = new_figure(8.0, 8.9)
    panels = figure.subplots(2, 2, sharex=True, sharey=True, gridspec_kw={"wspace": 0.08})
    styles = CURVES[:1] if math.isnan(report.temperature) else CURVES
    for line, (rows, pair) in zip(panels, _parts(report).items(), strict=True):
        for axes, stance in zip(line, ("favor", "against"), strict=True):
            axes.plot([0, 1], [0, 1], color=BLACK, linewidth=1, linestyle=":")
            for found, style in zip(pair, styles, strict=False):
                if found.n >= MIN_DRAWN:
                    _draw_curve(axes, getattr(found, stance), style, with_interval=style is styles[-1])
            if pair[0].n < MIN_DRAWN:
                axes.text(0.5, 0.12, f"too few rows to draw (n < {MIN_DRAWN})", ha="center", fontsize=9)
            errors = (f"{style.label} {number(getattr(found, f'{stance}_error'))}" for found, style in zip(pair, styles, strict=False))
            axes.set_title(f"{stance}, where {rows}\nn = {pair[0].n:,}; ECE {', '.join(errors)}", fontsize=9, loc="left")
            _make_square(axes)
    for axes in panels[1]:
        axes.set_xlabel("probability given", fontsize=9)
    for axes in panels[:, 0]:
        axes.set_ylabel("share of rows where it is so", fontsize=9)
    handles = [Line2D([], [], color=BLACK, linewidth=1, linestyle=":", label="as it should be"), *(style.handle() for style in styles)]
    handles.append(
        Line2D(
            [],
            [],
            color=styles[-1].colour,
            linewidth=1,
            marker="|",
            linestyle="",
            markersize=12,
            label="95 % interval, rows as if independent",
        )
    )
    figure.legend(handles=handles, loc="outside lower left", ncols=4, frameon=False, fontsize=8)
    temperature = f"temperature {number(report.temperature, 2)}" if len(styles) > 1 else "not scaled"
    note = f"({split}, {temperature}; each point a bin of equally many rows)"
    _set_title(figure, f"Do the probabilities of {system} mean what they say?", note)
    return figure


def _draw_curve(axes: Axes, curve: tuple[ReliabilityBin, ...], style: CurveStyle, *, with_interval: bool) -> None:
    n = sum(one.n for one in curve)
    given, right = [one.confidence for one in curve], [one.share_right for one in curve]
    sizes = [SMALLEST_POINT + (LARGEST_POINT - SMALLEST_POINT) * one.n / n for one in curve]
    if with_interval:
        ends = [wilson_interval(round(one.share_right * one.n), one.n) for one in curve]
        axes.vlines(given, *zip(*ends, strict=True), color=style.colour, linewidth=1, alpha=0.6)
    axes.plot(given, right, color=style.colour, linewidth=1, linestyle=style.line)
    axes.scatter(given, right, s=sizes, marker=style.marker, facecolor=style.fill, edgecolor=style.colour, zorder=3, clip_on=False)


def _make_square(axes: Axes) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.02, 1.02)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1])
        axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.tick_params(labelsize=8)
    axes.grid(color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)


def plot_risk_coverage(report: CalibrationReport, system: str, split: str) -> Figure:
    """Draw the share wrong among the rows that are kept, those least likely to be none first, for both parts of the rows.

    Dotted lines are the ``RISKS``; beside them stands how many of the predicted stances can be kept at that risk.
    """
    figure = new_figure(8.0, 5.0)
    axes = figure.add_subplot()
    styles = {BY_PREDICTION: (BLUE, "-"), EITHER: (ORANGE, "--")}
    for rows, found in _final(report).items():
        colour, line = styles[rows]
        label = f"rows where {rows} (n = {found.n:,})"
        axes.plot(found.risk.coverage, found.risk.risk, color=colour, linestyle=line, linewidth=1.6, label=label)
    by_prediction = _final(report)[BY_PREDICTION].risk
    for risk in RISKS:
        kept = coverage_at_risk(by_prediction, risk)
        axes.axhline(risk, color=DARK_GREY, linestyle=":", linewidth=1)
        axes.text(1.02, risk, f"{percent(kept)} kept", transform=axes.get_yaxis_transform(), fontsize=8, va="center")
        if kept > 0:
            axes.plot(kept, by_prediction.risk[by_prediction.coverage.index(kept)], "o", color=BLUE, markersize=5)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=" %"))
    axes.set_xlabel("share of the rows that is kept, those least likely to be none first", fontsize=9)
    axes.set_ylabel("share of them that is wrong", fontsize=9)
    axes.grid(color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower left", ncols=2, frameon=False, fontsize=9)
    if not report.before.n:
        axes.text(0.5, 0.5, "no stance in gold or prediction", transform=axes.transAxes, ha="center")
    _set_title(figure, f"How many mistakes are left if only the surest stances of {system} are kept?", f"({split})")
    return figure


def _set_title(figure: Figure, question: str, note: str) -> None:
    figure.suptitle(plain("\n".join([*wrap(question, 92), note])), fontsize=11, x=0.01, ha="left")
