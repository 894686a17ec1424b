from __future__ import annotations

import math
import time
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import log_softmax
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.calibration import apply_none_bias
from whipcount.scoring.metrics import triplet_scores
from whipcount.scoring.reliability import (
    TEMPERATURES,
    Calibration,
    ReliabilityBin,
    RiskCurve,
    apply_temperature,
    brier_score,
    calibrate,
    expected_calibration_error,
    fit_temperature,
    measure_calibration,
    none_bias_for_precision,
    reliability_curve,
    risk_coverage,
)

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


def negative_log_likelihood(gold: NDArray[np.int64], probabilities: NDArray[np.float64], temperature: float) -> float:
    logs = log_softmax(np.log(np.clip(probabilities, 1e-12, None)) / temperature, axis=1)
    return -sum(float(logs[row, stance]) for row, stance in enumerate(gold)) / len(gold)


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


# temperature


def test_the_temperature_by_hand() -> None:
    # three of four right, 0.9 : 0.1 given; the likeliest temperature makes that 0.75 : 0.25, so 9 ** (1 / T) = 3
    gold = np.array([FAVOR, FAVOR, FAVOR, AGAINST])
    probabilities = np.tile([0.9, 0.1, 0.0], (4, 1))
    temperature = fit_temperature(gold, probabilities)
    assert temperature == pytest.approx(2.0, rel=1e-3)
    assert apply_temperature(probabilities, temperature)[0] == pytest.approx([0.75, 0.25, 0.0], abs=1e-3)


@pytest.mark.parametrize("true_temperature", [0.3, 0.8, 1.0, 1.7, 3.0])
def test_a_temperature_is_found_again(true_temperature: float) -> None:
    gold, honest = honest_rows(20_000, seed=1)
    distorted = apply_temperature(honest, 1 / true_temperature)
    assert fit_temperature(gold, distorted) == pytest.approx(true_temperature, rel=0.05)


@given(ROWS.filter(bool))
def test_no_other_temperature_is_likelier(rows: Rows) -> None:
    gold, probabilities = arrays(rows)
    found = negative_log_likelihood(gold, probabilities, fit_temperature(gold, probabilities))
    others = np.geomspace(*TEMPERATURES, 60)
    assert found <= min(negative_log_likelihood(gold, probabilities, float(other)) for other in others) + 1e-6


def test_of_equally_good_temperatures_the_closest_to_1_is_taken() -> None:
    always_right, always_wrong = np.array([FAVOR, AGAINST]), np.array([AGAINST, FAVOR])
    probabilities = np.array([[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]])
    # the lower the better, down to where (3 / 5) ** (1 / T) is the last likelihood worth a gain, 1e-10
    assert fit_temperature(always_right, probabilities) == pytest.approx(math.log(3 / 5) / math.log(1e-10), rel=1e-3)
    assert fit_temperature(always_wrong, probabilities) == pytest.approx(TEMPERATURES[1], rel=0.01)


def test_what_no_temperature_betters_is_left_alone() -> None:
    gold = np.array([FAVOR, AGAINST, NONE])
    assert fit_temperature(gold, np.full((3, 3), 1 / 3)) == 1.0
    assert fit_temperature(gold, np.eye(3)) == 1.0


def test_certainty_can_be_taken_back() -> None:
    gold = np.array([FAVOR, FAVOR, FAVOR, AGAINST])
    certain = np.tile([1.0, 0.0, 0.0], (4, 1))
    scaled = apply_temperature(certain, fit_temperature(gold, certain))
    # 3/4 right is 1 : x : x with T as the one free number, so P(favor) = 3/4
    assert scaled[0] == pytest.approx([0.75, 0.125, 0.125], abs=1e-3)


@given(ROWS, st.floats(0.02, 50))
def test_scaling_keeps_distributions_and_labels(rows: Rows, temperature: float) -> None:
    _, probabilities = arrays(rows)
    scaled = apply_temperature(probabilities, temperature)
    assert scaled.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    top = probabilities.argmax(axis=1)
    assert (scaled[np.arange(len(rows)), top] == scaled.max(axis=1, initial=0)).all()
    direct = np.exp(log_softmax(np.log(np.clip(probabilities, 1e-12, None)) / temperature, axis=1))
    assert scaled == pytest.approx(direct)


def test_a_temperature_of_1_changes_nothing() -> None:
    assert apply_temperature(PROBABILITIES, 1.0) == pytest.approx(PROBABILITIES, abs=1e-11)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_temperature_is_refused(temperature: float) -> None:
    with pytest.raises(InputError, match=f"temperature {temperature}; give a number above 0"):
        apply_temperature(PROBABILITIES, temperature)


# risk against coverage


def test_risk_by_hand() -> None:
    curve = risk_coverage(np.array([0.2, 0.9, 0.5, 0.7]), np.array([True, False, False, True]))
    assert curve.confidence == (0.9, 0.7, 0.5, 0.2)
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0.0, 1 / 2, 1 / 3, 2 / 4))
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)


def test_equally_confident_rows_are_kept_together() -> None:
    curve = risk_coverage(np.array([0.9, 0.5, 0.5]), np.array([False, True, False]))
    assert curve.coverage == pytest.approx((1 / 3, 1.0)) and curve.risk == pytest.approx((0.0, 1 / 3))
    # in random order the second row kept is wrong half of the time
    assert curve.area == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.6]), st.booleans()), min_size=1, max_size=8))
def test_the_area_is_the_mean_over_orders_of_equally_confident_rows(rows: list[tuple[float, bool]]) -> None:
    confidence, wrong = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    best_first, worst_first = (sorted(rows, key=lambda row: (-row[0], sign * row[1])) for sign in (1, -1))

    def area(ordered: list[tuple[float, bool]]) -> float:
        return sum(sum(w for _, w in ordered[:k]) / k for k in range(1, len(ordered) + 1)) / len(ordered)

    curve = risk_coverage(confidence, wrong)
    assert area(best_first) - 1e-12 <= curve.area <= area(worst_first) + 1e-12
    for level, coverage, risk in zip(curve.confidence, curve.coverage, curve.risk, strict=True):
        kept = [w for c, w in rows if c >= level]
        assert (coverage, risk) == pytest.approx((len(kept) / len(rows), sum(kept) / len(kept)))


def test_mistakes_cost_least_at_the_end() -> None:
    confidence, wrong = np.linspace(1, 0, 10), np.arange(10) >= 7
    assert risk_coverage(confidence, wrong).area < risk_coverage(confidence, wrong[::-1]).area
    assert risk_coverage(confidence, wrong).risk[:7] == (0.0,) * 7


# the bias on none for a wanted precision


def precision_at(bias: float, gold: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    return triplet_scores(gold, apply_none_bias(probabilities, bias).argmax(axis=1)).precision


def with_margins(margins: list[float]) -> NDArray[np.float64]:
    none = 1 / (1 + np.exp(np.array(margins)))
    return np.column_stack([1 - none, np.zeros(len(margins)), none])


def test_the_bias_for_a_precision_by_hand() -> None:
    # by margin: right, right, wrong, right, wrong; precisions 1, 1, 2/3, 3/4, 3/5
    gold = np.array([FAVOR, FAVOR, NONE, FAVOR, AGAINST])
    probabilities = with_margins([4.0, 3.0, 2.0, 1.0, -1.0])
    assert none_bias_for_precision(gold, probabilities, 1.0) == pytest.approx(2.5)
    # 3/4 is reached once more below, but does not stay
    assert none_bias_for_precision(gold, probabilities, 0.75) == pytest.approx(2.5)
    assert none_bias_for_precision(gold, probabilities, 2 / 3) == pytest.approx(0.0)
    assert none_bias_for_precision(gold, probabilities, 0.6) == pytest.approx(-2.0)  # every row a stance: below the last margin


def test_a_single_sure_mistake_can_be_overlooked() -> None:
    gold = np.array([NONE, FAVOR, FAVOR, FAVOR, NONE, NONE])
    probabilities = with_margins([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    assert math.isnan(none_bias_for_precision(gold, probabilities, 0.7))
    assert none_bias_for_precision(gold, probabilities, 0.7, min_stances=4) == pytest.approx(1.5)
    assert math.isnan(none_bias_for_precision(gold, probabilities, 0.7, min_stances=7))


def test_rows_that_no_bias_moves_count_for_every_bias() -> None:
    certain = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.4]])
    assert none_bias_for_precision(np.array([FAVOR, FAVOR, NONE]), certain, 0.9) == pytest.approx(math.log(1.5) + 1)
    assert math.isnan(none_bias_for_precision(np.array([NONE, FAVOR, FAVOR]), certain, 0.9))
    # nothing but certain none: no bias makes a stance
    assert math.isnan(none_bias_for_precision(np.array([FAVOR]), certain[1:2], 0.5))


@given(ROWS, st.sampled_from([0.3, 0.5, 2 / 3, 0.75, 0.9, 1.0]))
def test_no_smaller_bias_is_as_precise_and_stays_so(rows: Rows, wanted: float) -> None:
    gold, probabilities = arrays(rows)
    # the margins are logs of ratios of the weights, at most log 8 from 0; 0.02 is below their smallest gap
    biases = np.arange(-2.511, 2.5, 0.02)
    precisions = [precision_at(float(bias), gold, probabilities) for bias in biases]
    stays = [all(math.isnan(p) or p >= wanted for p in precisions[index:]) for index in range(len(biases))]
    reaching = [bias for bias, p, ok in zip(biases, precisions, stays, strict=True) if ok and p >= wanted]
    chosen = none_bias_for_precision(gold, probabilities, wanted)
    assert math.isnan(chosen) == (not reaching)
    if reaching:
        assert precision_at(chosen, gold, probabilities) >= wanted
        stances_at = [(apply_none_bias(probabilities, float(bias)).argmax(axis=1) != NONE).sum() for bias in (chosen, reaching[0])]
        assert stances_at[0] == stances_at[1]


@pytest.mark.parametrize("precision", [0.0, -0.1, 1.01, math.nan])
def test_a_precision_that_is_no_share_is_refused(precision: float) -> None:
    with pytest.raises(InputError, match=f"precision {precision}; give a share above 0 and at most 1"):
        none_bias_for_precision(GOLD, PROBABILITIES, precision)


def test_fewer_than_one_stance_is_refused() -> None:
    with pytest.raises(InputError, match="min_stances 0; give 1 or more"):
        none_bias_for_precision(GOLD, PROBABILITIES, 0.5, min_stances=0)


# the report


def test_the_report_by_hand() -> None:
    report = calibrate(GOLD, PROBABILITIES, GOLD, PROBABILITIES, n_bins=1)
    # the right none is left out of both, the missed stance of the second
    before, by_prediction = report.before, report.predicted_before
    assert (report.n_development, before.n, by_prediction.n) == (6, 5, 4)
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
    assert replace(NOTHING.risk, area=0.0) == RiskCurve((), (), (), 0.0)
    assert math.isnan(none_bias_for_precision(NO_GOLD, NO_PROBABILITIES, 0.5))


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
        fit_temperature(gold, probabilities)
    with pytest.raises(InputError, match=message):
        none_bias_for_precision(gold, probabilities, 0.5)
    with pytest.raises(InputError, match=message):
        calibrate(GOLD, PROBABILITIES, gold, probabilities)
    with pytest.raises(InputError, match=message):
        calibrate(gold, probabilities, GOLD, PROBABILITIES)


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match="give 1 or more"):
        reliability_curve(np.ones(2), np.ones(2, dtype=bool), n_bins=0)
    with pytest.raises(InputError, match=r"shape \(3,\) for rows of shape \(2,\)"):
        reliability_curve(np.ones(3), np.ones(2, dtype=bool))
    with pytest.raises(InputError, match=r"shape \(3,\) for rows of shape \(2,\)"):
        risk_coverage(np.ones(3), np.ones(2, dtype=bool))
    with pytest.raises(InputError, match=r"predicted labels of shape \(1,\) for gold of shape \(6,\)"):
        measure_calibration(GOLD, GOLD[:1], PROBABILITIES)


def test_a_hundred_thousand_rows_take_little_time() -> None:
    gold, probabilities = honest_rows(100_000, seed=4)
    start = time.perf_counter()
    calibrate(gold, probabilities, gold, probabilities)
    none_bias_for_precision(gold, probabilities, 0.8)
    assert time.perf_counter() - start < 5.0
