"""Whether probabilities mean what they say, and what saying less is worth, as Markdown and as figures."""

from __future__ import annotations

import math
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from whipcount.rendering.markdown import UNDEFINED, cell, number, percent, table
from whipcount.rendering.plots import BLACK, BLUE, GREY, ORANGE, new_figure, plain
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
            f" **Caution:** {report.n_certain:,} of these rows have P(none) = 1, as rows have that a sparse file leaves out; "
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

    A panel stands for each of the two stances and each of the two parts of the rows. The larger a point, the more rows its
    bin holds; lines through the later points are Wilson intervals.
    """
    figure = new_figure(8.0, 8.9)
    panels = figure.subplots(2, 2, sharex=True, sharey=True, gridspec_kw={"wspace": 0.08})
    scaled = not math.isnan(report.temperature)
    for line, (rows, (before, after)) in zip(panels, _parts(report).items(), strict=True):
        for axes, stance in zip(line, ("favor", "against"), strict=True):
            curves = (getattr(before, stance), getattr(after, stance))
            errors = (getattr(before, f"{stance}_error"), getattr(after, f"{stance}_error"))
            axes.plot([0, 1], [0, 1], color=BLACK, linewidth=1, linestyle=":", label="as it should be")
            _draw_curve(axes, curves[0], before.n, GREY if scaled else BLUE, "s", "as they are", final=not scaled)
            if scaled:
                _draw_curve(axes, curves[1], after.n, BLUE, "o", "scaled", final=True)
            said = f"ECE {number(errors[0])}" + (f", scaled {number(errors[1])}" if scaled else "")
            axes.set_title(f"{stance}, where {rows}\nn = {before.n:,}; {said}", fontsize=9, loc="left")
            _make_square(axes)
    for axes in panels[1]:
        axes.set_xlabel("probability given", fontsize=9)
    for axes in panels[:, 0]:
        axes.set_ylabel("share of rows where it is so (line: 95 % interval, rows as if independent)", fontsize=8)
    handles, labels = panels[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower left", ncols=3, frameon=False, fontsize=9)
    temperature = f", temperature {number(report.temperature, 2)}" if scaled else ""
    note = f"({split}{temperature}; each point a bin of equally many rows)"
    _set_title(figure, f"Do the probabilities of {system} mean what they say?", note)
    return figure


def _draw_curve(axes: Axes, curve: tuple[ReliabilityBin, ...], n: int, colour: str, marker: str, label: str, *, final: bool) -> None:
    given, right = [one.confidence for one in curve], [one.share_right for one in curve]
    sizes = [SMALLEST_POINT + (LARGEST_POINT - SMALLEST_POINT) * one.n / n for one in curve]
    line, fill = ("-", colour) if final else ("--", "white")
    if final:
        for one in curve:
            ends = wilson_interval(round(one.share_right * one.n), one.n)
            axes.plot([one.confidence] * 2, ends, color=colour, linewidth=1, alpha=0.6)
    axes.plot(given, right, color=colour, linewidth=1, linestyle=line)
    axes.scatter(given, right, s=sizes, marker=marker, facecolor=fill, edgecolor=colour, zorder=3, clip_on=False)
    axes.plot([], [], color=colour, linewidth=1, linestyle=line, marker=marker, markersize=6, markerfacecolor=fill, label=label)


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
    """Draw the share wrong among the rows that are kept, those least likely to be none first, for both parts of the rows."""
    figure = new_figure(8.0, 5.0)
    axes = figure.add_subplot()
    styles = {BY_PREDICTION: (BLUE, "-"), EITHER: (ORANGE, "--")}
    for rows, found in _final(report).items():
        colour, line = styles[rows]
        label = f"rows where {rows} (n = {found.n:,})"
        axes.plot(found.risk.coverage, found.risk.risk, color=colour, linestyle=line, linewidth=1.6, label=label)
    for risk in RISKS:
        axes.axhline(risk, color=DARK_GREY, linestyle=":", linewidth=1)
        kept = coverage_at_risk(_final(report)[BY_PREDICTION].risk, risk)
        if kept > 0:
            axes.plot(kept, risk, "o", color=BLUE, markersize=5)
            axes.annotate(f"{percent(kept)} kept", (kept, risk), xytext=(4, -11), textcoords="offset points", fontsize=8, color=BLACK)
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
    figure.suptitle(plain("\n".join([*wrap(question, 80), note])), fontsize=11, x=0.01, ha="left")
