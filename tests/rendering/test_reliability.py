from __future__ import annotations

import math
import re
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from whipcount.rendering.reliability import plot_reliability, plot_risk_coverage, render_calibration
from whipcount.schema import FAVOR, NONE
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.reliability import CalibrationReport, calibrate
from whipcount.scoring.temperature import apply_temperature

NO_GOLD, NO_PROBABILITIES = np.array([], dtype=int), np.zeros((0, 3))


def rash_rows(n: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return rows with probabilities twice as sure as they should be."""
    random = np.random.default_rng(seed)
    honest = random.dirichlet([0.2, 0.3, 2.0], size=n)
    gold = (random.random((n, 1)) > honest.cumsum(axis=1)[:, :2]).sum(axis=1)
    return gold, apply_temperature(honest, 0.5)


@pytest.fixture(scope="module")
def report() -> CalibrationReport:
    return calibrate(*rash_rows(2_000, seed=1), *rash_rows(1_500, seed=2))


@pytest.fixture(scope="module")
def unscaled() -> CalibrationReport:
    return calibrate(NO_GOLD, NO_PROBABILITIES, *rash_rows(1_500, seed=2))


@pytest.fixture(scope="module")
def empty() -> CalibrationReport:
    return calibrate(NO_GOLD, NO_PROBABILITIES, NO_GOLD, NO_PROBABILITIES)


def tables(markdown: str) -> list[list[list[str]]]:
    """Return the tables of a page as lines of cells, without their rules."""
    blocks = [block.splitlines() for block in markdown.split("\n\n") if block.startswith("|")]
    cells = [[[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block] for block in blocks]
    assert all(len(line) == len(block[0]) for block in cells for line in block)
    return [[block[0], *block[2:]] for block in cells]


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]  # type: ignore[attr-defined]


def assert_nothing_is_cut_off(figure: Figure) -> None:
    figure.savefig(BytesIO(), format="png")
    width, height = figure.canvas.get_width_height()
    written: list[Any] = [*figure.legends, figure._suptitle]  # type: ignore[attr-defined]
    for axes in figure.axes:
        written += [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]  # type: ignore[attr-defined]
        written += [*axes.get_xticklabels(), *axes.get_yticklabels()]
    for artist in written:
        box = artist.get_window_extent()
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, artist


# the section


def test_scores_stand_before_and_after_scaling_with_chance_beside_them(report: CalibrationReport) -> None:
    markdown = render_calibration(report, "my_system", "test")
    assert markdown.startswith("### Calibration of my\\_system (test)\n\n")
    assert report.temperature == pytest.approx(2.0, rel=0.1)
    words = f"Temperature {report.temperature:.2f} (over all rows the system is too sure of itself)"
    assert f"{words}, fitted on 2,000 rows of development." in markdown
    assert "Caution" not in markdown and "flattered" not in markdown
    assert "Rows chosen by their gold cannot reach 0, even with perfect probabilities" in markdown
    lines = tables(markdown)[0][1:]
    assert [line[:2] for line in lines] == [
        [rows, scaling] for rows in ("prediction is a stance", "gold or prediction is a stance") for scaling in ("as they are", "scaled")
    ]
    sides = (report.predicted_before, report.predicted_after, report.before, report.after)
    chances = ("–", f"{report.predicted_chance_error:.3f}", "–", f"{report.chance_error:.3f}")
    for line, side, chance in zip(lines, sides, chances, strict=True):
        errors = [f"{error:.3f}" for error in (side.top_error, side.favor_error, side.against_error, side.class_wise_error)]
        assert line[2:] == [f"{side.n:,}", *errors, chance, f"{side.brier:.3f}"]


def test_risk_stands_for_what_is_scaled(report: CalibrationReport) -> None:
    columns, by_prediction, either = tables(render_calibration(report, "m", "test"))[1]
    assert columns == ["rows", "n", "wrong, if all are kept", *(f"can be kept at {risk} % risk" for risk in (10, 20, 30)), "mean risk"]
    risk = report.predicted_after.risk
    kept = [max(c for c, wrong in zip(risk.coverage, risk.risk, strict=True) if wrong <= limit) for limit in (0.1, 0.2, 0.3)]
    whole = f"{100 * risk.risk[-1]:.0f} %"
    share_kept = [f"{100 * share:.0f} %" for share in kept]
    assert by_prediction == ["prediction is a stance", str(report.predicted_after.n), whole, *share_kept, f"{risk.area:.3f}"]
    assert either[:2] == ["gold or prediction is a stance", str(report.after.n)]


def test_biases_are_shown_on_development_and_where_they_are_judged(report: CalibrationReport) -> None:
    columns, *lines = tables(render_calibration(report, "m", "test"))[2]
    assert columns[2:] == [f"{score}, {split}" for split in ("development", "test") for score in ("stances", "precision", "recall")]
    assert [line[0] for line in lines] == ["50 %", "60 %", "70 %", "80 %", "90 %"]
    chosen = report.none_biases[3]
    assert chosen.development is not None and chosen.measured is not None
    scores = (chosen.development, chosen.measured)
    cells = [cell for one in scores for cell in (str(one.n_predicted), f"{one.precision:.3f}", f"{one.recall:.3f}")]
    assert lines[3][1:] == [f"{chosen.bias:+.2f}", *cells]


def test_on_development_itself_that_is_said(report: CalibrationReport) -> None:
    markdown = render_calibration(report, "m", "development")
    assert "the very rows judged here, so what is scaled is flattered a little." in markdown
    assert len(tables(markdown)[2][0]) == 5


def test_a_precision_out_of_reach_is_said() -> None:
    gold, probabilities = np.array([FAVOR, NONE] * 10), np.tile([[0.6, 0.1, 0.3], [0.6, 0.1, 0.3]], (10, 1))
    lines = tables(render_calibration(calibrate(gold, probabilities, gold, probabilities), "m", "test"))[2]
    # every row may be a stance: a nat below the only margin, log 2
    assert lines[1][:3] == ["50 %", f"{math.log(2) - 1:+.2f}", "20"] and lines[2] == ["60 %", "out of reach", *["–"] * 6]


def test_labels_without_probabilities_are_warned_of() -> None:
    gold, probabilities = rash_rows(300, seed=3)
    with_certain = np.vstack([probabilities, np.tile([0.0, 0.0, 1.0], (301, 1))])
    report = calibrate(np.concatenate([gold, [NONE] * 301]), with_certain, gold, probabilities)
    assert "**Caution:** 301 of these rows have P(none) = 1" in render_calibration(report, "m", "test")


def test_without_development_nothing_is_scaled(unscaled: CalibrationReport, empty: CalibrationReport) -> None:
    markdown = render_calibration(unscaled, "m", "test")
    assert "There is no row of development to fit a temperature on: nothing is scaled." in markdown
    assert "There is no row of development to choose a bias on." in markdown
    scores, risk = tables(markdown)
    assert [line[1] for line in scores[1:]] == ["as they are"] * 2
    assert risk[1][1] == f"{unscaled.predicted_before.n}"
    assert all(line[3:] == ["–"] * 6 for line in tables(render_calibration(empty, "m", "test"))[0][1:])


# the figures


def points(axes: Axes) -> list[NDArray[np.float64]]:
    return [np.asarray(drawn.get_offsets()) for drawn in axes.collections if isinstance(drawn, PathCollection)]


def test_each_panel_shows_a_stance_on_a_part_of_the_rows(report: CalibrationReport) -> None:
    figure = plot_reliability(report, "my $system$", "test")
    drawn = [(side, stance) for side in ("predicted_", "") for stance in ("favor", "against")]
    for axes, (side, stance) in zip(figure.axes, drawn, strict=True):
        for when, places in zip(("before", "after"), points(axes), strict=True):
            curve = getattr(getattr(report, side + when), stance)
            assert places == pytest.approx(np.array([(one.confidence, one.share_right) for one in curve]))
        error = getattr(getattr(report, f"{side}after"), f"{stance}_error")
        assert axes.get_title(loc="left").startswith(f"{stance}, where ") and f"scaled {error:.3f}" in axes.get_title(loc="left")
        (intervals,) = (drawn for drawn in axes.collections if not isinstance(drawn, PathCollection))
        first = getattr(getattr(report, f"{side}after"), stance)[0]
        assert np.asarray(intervals.get_paths()[0].vertices)[:, 1] == pytest.approx(
            wilson_interval(round(first.share_right * first.n), first.n)
        )
    lines = [line.get_linestyle() for line in figure.legends[0].legend_handles]  # type: ignore[union-attr]
    assert lines == [":", "--", "-", "None"]  # told apart without colour
    assert r"Do the probabilities of my \$system\$ mean what they say?" in figure.get_suptitle()
    assert_nothing_is_cut_off(figure)


def test_the_larger_a_bin_the_larger_its_point() -> None:
    gold = np.array([FAVOR] * 30 + [NONE] * 10)
    probabilities = np.array([[0.9, 0.0, 0.1]] * 32 + [[0.6, 0.0, 0.4]] * 8)
    axes = plot_reliability(calibrate(gold, probabilities, gold, probabilities), "m", "test").axes[0]
    (small, large) = next(drawn for drawn in axes.collections if isinstance(drawn, PathCollection)).get_sizes()
    assert large > 2 * small


def test_few_rows_are_not_drawn(unscaled: CalibrationReport, empty: CalibrationReport) -> None:
    gold, probabilities = rash_rows(60, seed=4)
    few = calibrate(gold, probabilities, gold, probabilities)
    assert few.before.n < 30
    figure = plot_reliability(few, "m", "test")
    assert texts(figure).count("too few rows to draw (n < 30)") == 4 and not points(figure.axes[0])
    for report in (few, empty, unscaled):
        for figure in (plot_reliability(report, "m", "test"), plot_risk_coverage(report, "m", "test")):
            assert_nothing_is_cut_off(figure)
    assert len(points(plot_reliability(unscaled, "m", "test").axes[0])) == 1


def test_risk_is_drawn_for_both_parts_of_the_rows(report: CalibrationReport) -> None:
    figure = plot_risk_coverage(report, "a system with a long name " * 6, "test")
    axes = figure.axes[0]
    for line, side in zip(axes.lines[:2], (report.predicted_after, report.after), strict=True):
        assert np.asarray(line.get_data()) == pytest.approx(np.array([side.risk.coverage, side.risk.risk]))
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
    kept = [line[3:6] for line in tables(render_calibration(report, "m", "test"))[1]][1]
    assert [text.get_text() for text in axes.texts] == [f"{share} kept" for share in kept]
    assert_nothing_is_cut_off(figure)


def test_without_a_stance_that_is_said(empty: CalibrationReport) -> None:
    assert "no stance in gold or prediction" in texts(plot_risk_coverage(empty, "m", "test"))
