"""Whether the probabilities mean what they say: reliability, Brier score, temperature, risk against coverage.

Throughout, ``gold`` and ``predicted`` are (rows,) indices into ``STANCES`` and ``probabilities`` is (rows, 3).

Nearly every row is ``none`` and certain to be, so over all rows any system looks calibrated. Two parts of the rows are
measured instead. *Gold or prediction is a stance* is the part that the other scores look at, but it is chosen by the gold
too: of the rows predicted ``none`` it holds the wrong ones alone, so that even probabilities that are exactly right show an
error there. *The prediction is a stance* is chosen by the system alone: there, and only there, the error of such
probabilities goes to 0 as the rows become many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import rankdata

from whipcount.schema import AGAINST, FAVOR, NONE, STANCES, InputError
from whipcount.scoring.calibration import SMALLEST_GAP, middle
from whipcount.scoring.metrics import Labels
from whipcount.scoring.predictions import likeliest

N_BINS = 10

LEAST_PROBABILITY = 1e-12
"""What a probability of 0 counts as when a temperature is fitted or applied, so that certainty can be taken back."""

TEMPERATURES = (0.01, 100.0)
"""The temperatures searched, from sharpening to nearly uniform."""

LEAST_GAIN = 1e-10
"""Temperatures whose mean log-likelihoods (in nats a row) differ by no more than this are equally good."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows of like confidence: their mean confidence, the share of them that is right, and their number (at least 1)."""

    confidence: float
    share_right: float
    n: int


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """The share of wrong rows among those kept, as ever less confident rows are kept (El-Yaniv, Wiener 2010).

    A point stands at each distinct confidence, the highest first, for equally confident rows are kept or left together.

    Args:
        confidence: (points,) the confidence from which on rows are kept.
        coverage: (points,) the share of the rows that is kept, rising to 1.
        risk: (points,) the share of those kept that is wrong.
        area: mean risk over keeping 1, 2, … all rows (Geifman, El-Yaniv 2017), equally confident rows in random order;
            nan without rows.
    """

    confidence: tuple[float, ...]
    coverage: tuple[float, ...]
    risk: tuple[float, ...]
    area: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far the probabilities of some rows can be believed; without rows the curves are empty and the scores nan.

    Args:
        n: rows.
        top: reliability of the predicted label's probability.
        favor: reliability of P(favor), right where gold is favor.
        against: reliability of P(against), right where gold is against.
        brier: see ``brier_score``.
        risk: rows sorted by 1 - P(none), wrong where the predicted label is not the gold one.
    """

    n: int
    top: tuple[ReliabilityBin, ...]
    favor: tuple[ReliabilityBin, ...]
    against: tuple[ReliabilityBin, ...]
    brier: float
    risk: RiskCurve

    @property
    def top_error(self) -> float:
        """Expected calibration error of the predicted label (Guo et al. 2017)."""
        return expected_calibration_error(self.top)

    @property
    def favor_error(self) -> float:
        """Expected calibration error of P(favor)."""
        return expected_calibration_error(self.favor)

    @property
    def against_error(self) -> float:
        """Expected calibration error of P(against)."""
        return expected_calibration_error(self.against)

    @property
    def class_wise_error(self) -> float:
        """Mean of the errors of P(favor) and P(against) (class-wise error of Kull et al. 2019, ``none`` left out)."""
        return (self.favor_error + self.against_error) / 2


@dataclass(frozen=True, slots=True)
class CalibrationReport:
    """Calibration before and after temperature scaling; the labels are the same in both.

    Args:
        temperature: fitted on development; nan where that holds no row, and then what is *after* holds none either.
        n_development: rows it is fitted on.
        before: of the rows where gold or prediction is a stance.
        after: of the same rows.
        predicted_before: of the rows where the prediction is a stance.
        predicted_after: of the same rows.
    """

    temperature: float
    n_development: int
    before: Calibration
    after: Calibration
    predicted_before: Calibration
    predicted_after: Calibration


def calibrate(
    development_gold: Labels,
    development_probabilities: NDArray[np.float64],
    gold: Labels,
    probabilities: NDArray[np.float64],
    n_bins: int = N_BINS,
) -> CalibrationReport:
    """Measure the calibration of one system before and after temperature scaling.

    The temperature is fitted on all the development rows that are given, certain ``none`` rows included: rows chosen by
    their gold would teach it an error that is not there.

    Args:
        development_gold: (development rows,) indices into ``STANCES``.
        development_probabilities: (development rows, 3); best dense, for what a sparse file omits counts as certain.
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3), before scaling.
        n_bins: equal-mass bins of each curve.

    Raises:
        InputError: shapes do not fit, a gold is no index into ``STANCES``, a probability is not from 0 to 1.
    """
    _check(gold, probabilities)
    temperature = fit_temperature(development_gold, development_probabilities)
    predicted = likeliest(probabilities)
    # one prediction for both sides: rounding in the scaled probabilities could part equally likely stances otherwise
    by_prediction = predicted != NONE
    either = by_prediction | (gold != NONE)
    scaled = probabilities if math.isnan(temperature) else apply_temperature(probabilities, temperature)

    def measured(of: NDArray[np.float64], chosen: NDArray[np.bool_]) -> Calibration:
        return measure_calibration(gold[chosen], predicted[chosen], of[chosen], n_bins)

    fitted = not math.isnan(temperature)
    return CalibrationReport(
        temperature=temperature,
        n_development=len(development_gold),
        before=measured(probabilities, either),
        after=measured(scaled, either & fitted),
        predicted_before=measured(probabilities, by_prediction),
        predicted_after=measured(scaled, by_prediction & fitted),
    )


def measure_calibration(gold: Labels, predicted: Labels, probabilities: NDArray[np.float64], n_bins: int = N_BINS) -> Calibration:
    """Measure the calibration of the given rows.

    Args:
        gold: (rows,) indices into ``STANCES``.
        predicted: (rows,) the labels; given apart because scaling must not change them.
        probabilities: (rows, 3), before or after scaling.
        n_bins: equal-mass bins of each curve.

    Raises:
        InputError: shapes do not fit, a gold is no index into ``STANCES``, a probability is not from 0 to 1.
    """
    _check(gold, probabilities)
    if predicted.shape != gold.shape:
        raise InputError(f"predicted labels of shape {predicted.shape} for gold of shape {gold.shape}; give (rows,) for both")
    favor, against, none = probabilities.T
    top = probabilities[np.arange(len(gold)), predicted]
    return Calibration(
        n=len(gold),
        top=reliability_curve(top, gold == predicted, n_bins),
        favor=reliability_curve(favor, gold == FAVOR, n_bins),
        against=reliability_curve(against, gold == AGAINST, n_bins),
        brier=brier_score(gold, probabilities),
        risk=risk_coverage(1 - none, gold != predicted),
    )


def reliability_curve(confidence: NDArray[np.float64], right: NDArray[np.bool_], n_bins: int = N_BINS) -> tuple[ReliabilityBin, ...]:
    """Return mean confidence, share right and size of equal-mass bins, the least confident first.

    The sizes differ by one at most, save that equally confident rows share a bin, so that the order of the rows does not
    matter. Bins that no row falls into are left out (equal mass: Nguyen, O'Connor 2015; Nixon et al. 2019).

    Args:
        confidence: (rows,) from 0 to 1.
        right: (rows,) whether what the confidence is about is so.
        n_bins: 1 or more.

    Raises:
        InputError: there is no bin, or the two arrays do not fit.
    """
    if n_bins < 1:
        raise InputError(f"{n_bins} bins; give 1 or more")
    if confidence.shape != right.shape or confidence.ndim != 1:
        raise InputError(f"confidences of shape {confidence.shape} for rows of shape {right.shape}; give (rows,) for both")
    if not len(confidence):
        return ()
    ranks = rankdata(confidence)  # from 1 on; of equally confident rows the mean of theirs
    bins = ((2 * ranks - 1) * n_bins // (2 * len(ranks))).astype(np.intp)
    sizes = np.bincount(bins, minlength=n_bins)
    filled = sizes > 0
    mean_confidence = np.bincount(bins, weights=confidence, minlength=n_bins)[filled] / sizes[filled]
    share_right = np.bincount(bins, weights=right, minlength=n_bins)[filled] / sizes[filled]
    return tuple(
        ReliabilityBin(c, s, n) for c, s, n in zip(mean_confidence.tolist(), share_right.tolist(), sizes[filled].tolist(), strict=True)
    )


def expected_calibration_error(curve: tuple[ReliabilityBin, ...]) -> float:
    """Return the mean gap between confidence and share right, bins weighted by their rows; nan without bins.

    After Naeini et al. 2015; it is biased upwards where a bin holds few rows.
    """
    n = sum(one.n for one in curve)
    return sum(one.n * abs(one.confidence - one.share_right) for one in curve) / n if n else math.nan


def brier_score(gold: Labels, probabilities: NDArray[np.float64]) -> float:
    """Return the multi-class Brier score, from 0 (best) to 2; nan without rows.

    It is ``mean over rows of sum over stances of (probability - [gold is that stance])²`` (Brier 1950).
    """
    if not len(gold):
        return math.nan
    return float(((probabilities - np.eye(len(STANCES))[gold]) ** 2).sum(axis=1).mean())


def fit_temperature(gold: Labels, probabilities: NDArray[np.float64]) -> float:
    """Return the temperature that makes the gold labels likeliest (Guo et al. 2017); nan without rows.

    It is above 1 where the system is too sure of itself and within ``TEMPERATURES``; of equally good ones it is the one
    closest to 1, so 1.0 where none is better. All rows given count; probabilities of 0 count as 1e-12.

    Args:
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3) in the order of ``STANCES``.

    Raises:
        InputError: shapes do not fit, a gold is no index into ``STANCES``, a probability is not from 0 to 1.
    """
    _check(gold, probabilities)
    if not len(gold):
        return math.nan
    logs = _shifted_logs(probabilities)
    mean_gold = float(logs[np.arange(len(gold)), gold].mean())

    def loss(log_temperature: float) -> float:
        """Mean negative log-likelihood; convex in 1 / T, so it has a single valley in log T."""
        temperature = math.exp(log_temperature)
        return float(np.log(np.exp(logs / temperature).sum(axis=1)).mean()) - mean_gold / temperature

    found = minimize_scalar(loss, bounds=np.log(TEMPERATURES), method="bounded", options={"xatol": 1e-6})
    good_enough = float(found.fun) + LEAST_GAIN
    if loss(0.0) <= good_enough:
        return 1.0
    # where every row is right the valley has no far side and its floor is flat: rounding would choose the temperature
    return math.exp(brentq(lambda x: loss(x) - good_enough, 0.0, float(found.x)))


def apply_temperature(probabilities: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Return the probabilities after dividing their logs by ``temperature`` and renormalising, (rows, 3).

    The likeliest stance stays the likeliest. A probability of 0 counts as 1e-12.

    Raises:
        InputError: the temperature is not a number above 0.
    """
    if not (math.isfinite(temperature) and temperature > 0):
        raise InputError(f"temperature {temperature}; give a number above 0")
    shares = np.exp(_shifted_logs(probabilities) / temperature)
    normalised: NDArray[np.float64] = shares / shares.sum(axis=1, keepdims=True)
    return normalised


def risk_coverage(confidence: NDArray[np.float64], wrong: NDArray[np.bool_]) -> RiskCurve:
    """Return the share wrong among the most confident rows, for every number of them.

    Args:
        confidence: (rows,) any numbers; the higher, the earlier the row is kept.
        wrong: (rows,) whether the label is wrong.

    Raises:
        InputError: the two arrays do not fit.
    """
    if confidence.shape != wrong.shape or confidence.ndim != 1:
        raise InputError(f"confidences of shape {confidence.shape} for rows of shape {wrong.shape}; give (rows,) for both")
    n = len(confidence)
    if not n:
        return RiskCurve((), (), (), math.nan)
    negated, where, sizes = np.unique(-confidence, return_inverse=True, return_counts=True)
    n_kept = np.cumsum(sizes)
    n_wrong = np.cumsum(np.bincount(where, weights=wrong))
    kept = np.arange(1, n + 1)
    # within equally confident rows the expected number of wrong ones grows in a straight line
    expected = np.interp(kept, np.concatenate(([0], n_kept)), np.concatenate(([0.0], n_wrong)))
    return RiskCurve(
        confidence=tuple((-negated).tolist()),
        coverage=tuple((n_kept / n).tolist()),
        risk=tuple((n_wrong / n_kept).tolist()),
        area=float((expected / kept).mean()),
    )


def none_bias_for_precision(gold: Labels, probabilities: NDArray[np.float64], precision: float, min_stances: int = 1) -> float:
    """Return the smallest bias on log P(none) from which on the stances are as precise as wanted; nan where none is.

    From there on every larger bias, too, leaves the triplet precision at ``precision`` or above, as long as it leaves a
    stance. The margins are those of ``choose_none_bias``; as there, the middle of the step is taken, so that rounding
    flips no row, and of a step that begins at minus infinity the point closest to 0.

    Args:
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3) in the order of ``STANCES``, such as ``apply_none_bias`` takes.
        precision: the wanted share of right ones among the predicted stances, above 0 and at most 1.
        min_stances: biases that leave fewer stances are not looked at: neither chosen nor held against smaller ones.
            With 1, a single mistake in the row most surely a stance makes every precision out of reach.

    Raises:
        InputError: the precision or ``min_stances`` is out of range, shapes do not fit, a gold is no index into
            ``STANCES``, a probability is not from 0 to 1.
    """
    if not 0 < precision <= 1:
        raise InputError(f"precision {precision}; give a share above 0 and at most 1")
    if min_stances < 1:
        raise InputError(f"min_stances {min_stances}; give 1 or more")
    _check(gold, probabilities)
    stance_likelier = np.where(probabilities[:, FAVOR] >= probabilities[:, AGAINST], FAVOR, AGAINST)
    with np.errstate(divide="ignore"):
        logs = np.log(probabilities)
    margin = logs[:, :NONE].max(axis=1, initial=-np.inf) - logs[:, NONE]
    order = np.argsort(-margin, kind="stable")
    # with the k likeliest rows as stances, k from 1 on, the bias lies in (margin of row k, margin of row k - 1]
    high = margin[order]
    low = np.concatenate((high[1:], [-np.inf]))[: len(high)]
    n_stances = np.arange(1, len(high) + 1)
    precise = np.cumsum((gold == stance_likelier)[order]) / n_stances >= precision
    with np.errstate(invalid="ignore"):  # inf - inf: rows that no bias can part
        looked_at = (high - low > SMALLEST_GAP) & (n_stances >= min_stances)
    stays = np.logical_and.accumulate(precise | ~looked_at)
    reached = np.flatnonzero(stays & looked_at)
    return middle(float(low[reached[-1]]), float(high[reached[-1]])) if len(reached) else math.nan


def _shifted_logs(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-probabilities less the row's highest, (rows, 3): 0 and below, never infinite."""
    logs = np.log(np.maximum(probabilities, LEAST_PROBABILITY))
    shifted: NDArray[np.float64] = logs - logs.max(axis=1, keepdims=True)
    return shifted


def _check(gold: Labels, probabilities: NDArray[np.float64]) -> None:
    if gold.ndim != 1 or probabilities.shape != (len(gold), len(STANCES)):
        raise InputError(f"probabilities of shape {probabilities.shape} for gold of shape {gold.shape}; give (rows, 3) and (rows,)")
    unknown = np.flatnonzero((gold < 0) | (gold >= len(STANCES)))
    if len(unknown):
        raise InputError(f"row {unknown[0]}: gold {gold[unknown[0]]} is no index into {STANCES} ({len(unknown)} such rows)")
    bad = np.flatnonzero(~((probabilities >= 0) & (probabilities <= 1)).all(axis=1))
    if len(bad):
        raise InputError(f"row {bad[0]}: probabilities {probabilities[bad[0]].tolist()} are not from 0 to 1 ({len(bad)} such rows)")
