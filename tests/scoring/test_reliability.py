from __future__ import annotations

import json
import math
import time
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.metrics import triplet_scores
from whipcount.scoring.reliability import (
    Calibration,
    CalibrationReport,
    ReliabilityBin,
    brier_score,
    calibrate,
    calibration_to_json,
    chance_error,
    expected_calibration_error,
    measure_calibration,
    reliability_curve,
)
from whipcount.scoring.risk import NoneBias, RiskCurve
from whipcount.scoring.temperature import apply_temperature

WEIGHTS = st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0])
ROWS = st.lists(st.tuples(st.integers(0, 2), WEIGHTS, WEIGHTS, WEIGHTS).filter(lambda row: sum(row[1:]) > 0), max_size=20)
Rows = list[tuple[int, float, float, float]]

NO_GOLD, NO_PROBABILITIES = np.array([], dtype=int), np.zeros((0, 3))

# one of each kind: right and wrong stance, missed stance, wrong polarity, false stance, right none
GOLD = np.array([FAVOR, AGAINST, AGAINST, FAVOR, NONE, NONE])
PROBABILITIES = np.array(
    [[0.9, 0.0, 0.1], [0.1, 0.7, 0.2], [0.0, 0.4, 0.6], [0.2, 0.6, 0.2], [0.5, 0.1, 0.4], [0.0, 0.1, 0.9]],
)


def arrays(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    gold = np.array([row[0] for row in rows], dtype=np.int64)
    weights = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 3)
    return gold, weights / weights.sum(axis=1, keepdims=True)


def honest_rows(n: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return rows whose gold is drawn from their own probabilities: as well calibrated as can be."""
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet([0.1, 0.2, 2.0], size=n)
    gold = (random.random((n, 1)) > probabilities.cumsum(axis=1)[:, :2]).sum(axis=1)
    return gold, probabilities


def numbers_of(curve: tuple[ReliabilityBin, ...]) -> list[float]:
    return [number for one in curve for number in (one.confidence, one.share_right, one.n)]


# reliability curve and expected calibration error


def test_bins_and_error_by_hand() -> None:
    confidence = np.array([0.9, 0.1, 0.6, 0.4, 0.2])
    right = np.array([True, False, False, True, False])
    low, high = reliability_curve(confidence, right, n_bins=2)
    # the middle row (0.4) goes up: its rank 3 of 5 lies at the middle of all
    assert numbers_of((low, high)) == pytest.approx([0.15, 0.0, 2, 1.9 / 3, 2 / 3, 3])
    assert expected_calibration_error((low, high)) == pytest.approx((2 * 0.15 + 3 * (2 / 3 - 1.9 / 3)) / 5)


@pytest.mark.parametrize("n_bins", [1, 2, 5, 10])
def test_curve_is_the_quantile_curve_of_scikit_learn(n_bins: int) -> None:
    random = np.random.default_rng(n_bins)
    confidence = random.permutation(np.linspace(0.01, 0.99, 200))
    right = random.random(200) < confidence
    share_right, mean_confidence = calibration_curve(right, confidence, n_bins=n_bins, strategy="quantile")
    curve = reliability_curve(confidence, right, n_bins)
    assert [one.share_right for one in curve] == pytest.approx(share_right.tolist())
    assert [one.confidence for one in curve] == pytest.approx(mean_confidence.tolist())
    assert [one.n for one in curve] == [200 // n_bins] * n_bins


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50, unique=True), st.integers(1, 12))
def test_bins_of_different_confidences_are_equally_large(confidences: list[float], n_bins: int) -> None:
    curve = reliability_curve(np.array(confidences), np.ones(len(confidences), dtype=bool), n_bins)
    sizes = [one.n for one in curve]
    assert sum(sizes) == len(confidences) and len(sizes) == min(n_bins, len(confidences))
    assert max(sizes) - min(sizes) <= 1
    middle = [one.confidence for one in curve]
    assert middle == sorted(middle)


def test_equally_confident_rows_share_a_bin() -> None:
    confidence = np.array([1.0] * 6 + [0.0] * 4)
    right = np.array([True, True, True, False, False, False, True, False, False, False])
    curve = reliability_curve(confidence, right, n_bins=5)
    assert curve == (ReliabilityBin(0.0, 0.25, 4), ReliabilityBin(1.0, 0.5, 6))


def test_a_sure_system_that_is_half_right_is_half_wrong_about_itself() -> None:
    right = np.array([True, False] * 10)
    assert expected_calibration_error(reliability_curve(np.ones(20), right)) == 0.5
    assert expected_calibration_error(reliability_curve(np.full(20, 0.5), right)) == 0.0


# Brier score


def test_brier_by_hand() -> None:
    # wholly right 0, wholly wrong 2, undecided (1/3, 1/3, 1/3) 2/3
    assert brier_score(np.array([0]), np.array([[1.0, 0.0, 0.0]])) == 0.0
    assert brier_score(np.array([1]), np.array([[1.0, 0.0, 0.0]])) == 2.0
    assert brier_score(np.array([2]), np.full((1, 3), 1 / 3)) == pytest.approx(2 / 3)


@given(ROWS.filter(bool))
def test_brier_is_that_of_scikit_learn(rows: Rows) -> None:
    gold, probabilities = arrays(rows)
    assert brier_score(gold, probabilities) == pytest.approx(brier_score_loss(gold, probabilities, labels=[0, 1, 2]))


# what chance alone makes of probabilities that are right


def loop_chance_error(probabilities: NDArray[np.float64], n_draws: int, n_bins: int, predicted: NDArray[np.intp] | None = None) -> float:
    random = np.random.default_rng(0)
    errors = []
    for _ in range(n_draws):
        lots = random.random(len(probabilities)).tolist()
        gold = np.array([0 if lot < p[0] else 1 if lot < p[0] + p[1] else 2 for lot, p in zip(lots, probabilities.tolist(), strict=True)])
        rows = [row for row in range(len(gold)) if predicted is None or gold[row] != NONE or predicted[row] != NONE]
        of = probabilities[rows]
        if rows:
            errors.append(measure_calibration(gold[rows], of.argmax(axis=1), of, n_bins).class_wise_error)
    return sum(errors) / len(errors) if errors else math.nan


@given(ROWS, st.integers(1, 5))
def test_chance_is_the_mean_error_of_labels_that_are_drawn(rows: Rows, n_bins: int) -> None:
    _, probabilities = arrays(rows)
    predicted = probabilities.argmax(axis=1)
    assert chance_error(probabilities, 5, n_bins) == pytest.approx(loop_chance_error(probabilities, 5, n_bins), nan_ok=True)
    either = chance_error(probabilities, 5, n_bins, predicted=predicted)
    assert either == pytest.approx(loop_chance_error(probabilities, 5, n_bins, predicted), nan_ok=True)


def test_chance_by_hand() -> None:
    # one row, so one bin: |0.5 - 1| or |0.5 - 0| whatever is drawn; P(against) is 0 and never drawn
    assert chance_error(np.array([[0.5, 0.0, 0.5]])) == 0.25
    assert chance_error(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])) == 0.0
    assert math.isnan(chance_error(NO_PROBABILITIES))
    assert math.isnan(chance_error(np.array([[0.0, 0.0, 1.0]]), predicted=np.array([NONE])))


def test_honest_probabilities_show_the_error_of_chance_on_either_part_of_the_rows() -> None:
    errors = []
    for seed in range(20):
        gold, honest = honest_rows(2_000, seed)
        report = calibrate(NO_GOLD, NO_PROBABILITIES, gold, honest)
        errors.append((report.before.class_wise_error, report.predicted_before.class_wise_error))
    predicted = honest.argmax(axis=1)
    expected = [chance_error(honest, predicted=predicted), chance_error(honest[predicted != NONE])]
    assert np.mean(errors, axis=0) == pytest.approx(expected, rel=0.15)
    assert expected[0] > 0.2 > 0.1 > expected[1]


def test_chance_is_smaller_where_rows_are_many() -> None:
    _, honest = honest_rows(4_000, seed=5)
    assert chance_error(honest[:200]) > 2 * chance_error(honest)
    assert chance_error(honest) == chance_error(honest) != chance_error(honest, seed=1)


# the report


def test_the_report_by_hand() -> None:
    report = calibrate(GOLD, PROBABILITIES, GOLD, PROBABILITIES, n_bins=1)
    # the right none is left out of both, the missed stance of the second
    before, by_prediction = report.before, report.predicted_before
    assert (report.n_development, report.n_certain, before.n, by_prediction.n) == (6, 0, 5, 4)
    assert numbers_of(before.top) == pytest.approx([(0.9 + 0.7 + 0.6 + 0.6 + 0.5) / 5, 2 / 5, 5])
    assert numbers_of(before.favor) == pytest.approx([(0.9 + 0.1 + 0.0 + 0.2 + 0.5) / 5, 2 / 5, 5])
    assert numbers_of(before.against) == pytest.approx([(0.0 + 0.7 + 0.4 + 0.6 + 0.1) / 5, 2 / 5, 5])
    assert numbers_of(by_prediction.top) == pytest.approx([(0.9 + 0.7 + 0.6 + 0.5) / 4, 2 / 4, 4])
    assert before.top_error == pytest.approx(0.66 - 0.4) and before.favor_error == pytest.approx(0.4 - 0.34)
    assert before.against_error == pytest.approx(0.4 - 0.36) and before.class_wise_error == pytest.approx(0.05)
    by_row = [0.1**2 + 0.1**2, 0.1**2 + 0.3**2 + 0.2**2, 0.6**2 + 0.6**2, 0.8**2 + 0.6**2 + 0.2**2, 0.5**2 + 0.1**2 + 0.6**2]
    assert before.brier == pytest.approx(sum(by_row) / 5)
    # by P(stance): 0.9 right, 0.8 right and 0.8 wrong polarity, 0.6 false, 0.4 missed
    assert before.risk.area == pytest.approx((0 + 0.5 / 2 + 1 / 3 + 2 / 4 + 3 / 5) / 5)


def test_scaling_reaches_after_and_leaves_before() -> None:
    gold, honest = honest_rows(40_000, seed=2)
    rash = apply_temperature(honest, 1 / 3)
    half = np.arange(40_000) < 20_000
    report = calibrate(gold[half], rash[half], gold[~half], rash[~half])
    assert report.temperature == pytest.approx(3.0, rel=0.05)
    assert report.predicted_before.class_wise_error > 0.06 > 0.04 > report.predicted_after.class_wise_error
    assert report.after.brier < report.before.brier and report.after.n == report.before.n
    predicted = rash[~half].argmax(axis=1)
    chosen = (predicted != NONE) | (gold[~half] != NONE)
    scaled = apply_temperature(rash[~half], report.temperature)
    assert report.after == measure_calibration(gold[~half][chosen], predicted[chosen], scaled[chosen])


def test_honest_probabilities_are_judged_so_only_where_the_gold_did_not_choose_the_rows() -> None:
    gold, honest = honest_rows(40_000, seed=3)
    report = calibrate(gold, honest, gold, honest)
    assert report.temperature == pytest.approx(1.0, abs=0.03)
    assert report.predicted_before.top_error < 0.03 and report.predicted_before.class_wise_error < 0.03
    assert report.before.class_wise_error > 0.2


def test_the_report_has_chance_and_the_biases_for_a_wanted_precision() -> None:
    gold, honest = honest_rows(3_000, seed=6)
    rash = apply_temperature(honest, 0.5)
    half = np.arange(3_000) < 1_500
    report = calibrate(gold[half], rash[half], gold[~half], rash[~half])
    predicted = rash[~half].argmax(axis=1)
    scaled = apply_temperature(rash[~half], report.temperature)
    assert report.chance_error == chance_error(scaled, predicted=predicted)
    assert report.predicted_chance_error == chance_error(scaled[predicted != NONE])
    assert [chosen.precision for chosen in report.none_biases] == [0.5, 0.6, 0.7, 0.8, 0.9]
    assert report.none_biases[-1].development is not None and report.none_biases[-1].development.precision >= 0.9


def test_rows_that_are_certain_to_be_none_are_counted() -> None:
    certain = np.vstack([PROBABILITIES, [[0.0, 0.0, 1.0]] * 4])
    report = calibrate(np.concatenate([GOLD, [NONE] * 4]), certain, GOLD, PROBABILITIES)
    assert (report.n_development, report.n_certain) == (10, 4)


def approximately(calibration: Calibration) -> list[object]:
    """Return a calibration's numbers in comparable form; sums may differ in their last digit by the order of the rows."""
    curves = [numbers_of(curve) for curve in (calibration.top, calibration.favor, calibration.against)]
    risk = calibration.risk
    return [calibration.n, *curves, (calibration.brier, risk.area), risk.coverage, risk.risk]


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(rows: Rows, random: Random) -> None:
    shuffled = random.sample(rows, len(rows))
    one, other = (calibrate(*arrays(these), *arrays(these), n_bins=3) for these in (rows, shuffled))
    assert other.temperature == pytest.approx(one.temperature, rel=1e-3, nan_ok=True)
    for side in ("before", "predicted_before"):
        for a, b in zip(approximately(getattr(one, side)), approximately(getattr(other, side)), strict=True):
            assert b == pytest.approx(a, nan_ok=True)


def test_a_perfect_system_has_no_error() -> None:
    gold = np.array([FAVOR, AGAINST, NONE, FAVOR])
    report = calibrate(gold, np.eye(3)[gold], gold, np.eye(3)[gold])
    for side in (report.before, report.after, report.predicted_before, report.predicted_after):
        assert side.n == 3
        assert [side.top_error, side.class_wise_error, side.brier, side.risk.area] == pytest.approx([0.0] * 4, abs=1e-9)


@given(ROWS.filter(bool))
def test_certain_rows_give_numbers(rows: Rows) -> None:
    gold, probabilities = arrays(rows)
    certain = np.eye(3)[probabilities.argmax(axis=1)]
    report = calibrate(gold, certain, gold, certain)
    assert math.isfinite(report.temperature)
    for side in (report.before, report.after, report.predicted_before, report.predicted_after):
        numbers = [side.top_error, side.class_wise_error, side.brier, side.risk.area]
        assert all(math.isfinite(number) for number in numbers) == (side.n > 0)
        assert all(math.isnan(number) for number in numbers) == (side.n == 0)


NOTHING = measure_calibration(NO_GOLD, NO_GOLD, NO_PROBABILITIES)


def test_nothing_measured_is_nan() -> None:
    assert (NOTHING.n, NOTHING.top, NOTHING.favor, NOTHING.against) == (0, (), (), ())
    assert all(math.isnan(x) for x in (NOTHING.brier, NOTHING.top_error, NOTHING.class_wise_error, NOTHING.risk.area))
    assert (NOTHING.risk.confidence, NOTHING.risk.coverage, NOTHING.risk.risk) == ((), (), ())


def test_without_a_stance_there_is_nothing_to_measure() -> None:
    report = calibrate(GOLD, PROBABILITIES, np.array([NONE, NONE]), np.array([[0.0, 0.0, 1.0], [0.1, 0.2, 0.7]]))
    assert math.isfinite(report.temperature)
    assert [side.n for side in (report.before, report.after, report.predicted_before, report.predicted_after)] == [0] * 4
    assert math.isnan(report.before.brier) and math.isnan(report.after.class_wise_error)
    assert calibrate(GOLD, PROBABILITIES, NO_GOLD, NO_PROBABILITIES).before.n == 0


def test_without_development_rows_there_is_a_before_alone() -> None:
    report = calibrate(NO_GOLD, NO_PROBABILITIES, GOLD, PROBABILITIES)
    assert math.isnan(report.temperature) and report.n_development == 0
    assert (report.before.n, report.predicted_before.n, report.after.n, report.predicted_after.n) == (5, 4, 0, 0)
    assert math.isnan(report.chance_error) and math.isnan(report.predicted_chance_error)
    assert all(math.isnan(chosen.bias) for chosen in report.none_biases)
    assert math.isnan(report.after.brier) and math.isnan(report.predicted_after.top_error)


@pytest.mark.parametrize(
    ("gold", "probabilities", "message"),
    [
        (GOLD[:2], PROBABILITIES, r"probabilities of shape \(6, 3\) for gold of shape \(2,\)"),
        (GOLD, PROBABILITIES[:, :2], r"probabilities of shape \(6, 2\)"),
        (np.array([0, 3]), PROBABILITIES[:2], r"row 1: gold 3 is no index into .*\(1 such rows\)"),
        (np.array([-1, 0]), PROBABILITIES[:2], "row 0: gold -1"),
        (np.array([0]), np.array([[math.nan, 0.5, 0.5]]), "row 0: probabilities .* are not from 0 to 1"),
        (np.array([0]), np.array([[1.5, -0.5, 0.0]]), r"row 0: probabilities \[1.5, -0.5, 0.0\] are not from 0 to 1"),
    ],
)
def test_bad_rows_are_refused(gold: NDArray[np.int64], probabilities: NDArray[np.float64], message: str) -> None:
    with pytest.raises(InputError, match=message):
        calibrate(GOLD, PROBABILITIES, gold, probabilities)
    with pytest.raises(InputError, match=message):
        calibrate(gold, probabilities, GOLD, PROBABILITIES)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="give 1 or more"):
        reliability_curve(np.ones(2), np.ones(2, dtype=bool), n_bins=0)
    with pytest.raises(InputError, match=r"shape \(3,\) for rows of shape \(2,\)"):
        reliability_curve(np.ones(3), np.ones(2, dtype=bool))
    with pytest.raises(InputError, match=r"predicted labels of shape \(1,\) for gold of shape \(6,\)"):
        measure_calibration(GOLD, GOLD[:1], PROBABILITIES)


def test_a_hundred_thousand_rows_take_little_time() -> None:
    gold, probabilities = honest_rows(100_000, seed=4)
    start = time.process_time()
    calibrate(gold, probabilities, gold, probabilities)
    assert time.process_time() - start < 5.0


# as plain values


def test_plain_values() -> None:
    curve = (ReliabilityBin(0.75, 0.5, 4), ReliabilityBin(1.0, 1.0, 2))
    found = Calibration(6, curve, curve[:1], (), 0.1234567, RiskCurve((0.9, 0.5), (0.5, 1.0), (0.0, 1 / 3), 1 / 6))
    scores = triplet_scores(np.array([FAVOR, AGAINST]), np.array([FAVOR, NONE]))
    biases = (NoneBias(0.8, 1.5, scores, scores), NoneBias(0.9, math.nan, None, None))
    report = CalibrationReport(math.nan, 0, 0, found, NOTHING, found, NOTHING, 0.25, math.nan, biases)
    values = calibration_to_json(report)
    assert values["temperature"] is None and values["chance_error"] == 0.25 and values["predicted_chance_error"] is None
    assert (
        values["before"]
        == values["predicted_before"]
        == {
            "n": 6,
            "top_error": 0.166667,
            "favor_error": 0.25,
            "against_error": None,
            "class_wise_error": None,
            "brier": 0.123457,
            "risk": {"area": 0.166667, "coverage_at_risk": {"0.1": 0.5, "0.2": 0.5, "0.3": 0.5}},
            "curves": {
                "top": [{"confidence": 0.75, "share_right": 0.5, "n": 4}, {"confidence": 1.0, "share_right": 1.0, "n": 2}],
                "favor": [{"confidence": 0.75, "share_right": 0.5, "n": 4}],
                "against": [],
            },
        }
    )
    assert values["after"]["n"] == 0 and values["after"]["brier"] is None
    counts = {"n_gold": 2, "n_predicted": 1, "n_correct": 1, "precision": 1.0, "recall": 0.5, "f1": 0.666667}
    assert values["none_biases"] == [
        {"precision": 0.8, "bias": 1.5, "development": counts, "measured": counts},
        {"precision": 0.9, "bias": None, "development": None, "measured": None},
    ]
    assert json.loads(json.dumps(values, allow_nan=False)) == values
