"""Whether the probabilities mean what they say: reliability, Brier score, before and after temperature scaling.

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
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from whipcount.schema import AGAINST, FAVOR, NONE, STANCES, InputError
from whipcount.scoring.calibration import check_rows
from whipcount.scoring.metrics import Labels
from whipcount.scoring.predictions import likeliest
from whipcount.scoring.risk import NoneBias, RiskCurve, none_bias_values, none_biases, risk_coverage, risk_values
from whipcount.scoring.temperature import apply_temperature, fit_temperature
from whipcount.scoring.values import number

N_BINS = 10
N_CHANCE_DRAWS = 200


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Rows of like confidence: their mean confidence, the share of them that is right, and their number (at least 1)."""

    confidence: float
    share_right: float
    n: int


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
        n_certain: of them those with P(none) of exactly 1, as rows have of which only the label is given.
        before: of the rows where gold or prediction is a stance.
        after: of the same rows.
        predicted_before: of the rows where the prediction is a stance.
        predicted_after: of the same rows.
        chance_error: what ``after.class_wise_error`` would be on average were the scaled probabilities exactly right.
        predicted_chance_error: the same for ``predicted_after.class_wise_error``.
        none_biases: what a bias on log P(none) does that is chosen on development for a wanted precision.
    """

    temperature: float
    n_development: int
    n_certain: int
    before: Calibration
    after: Calibration
    predicted_before: Calibration
    predicted_after: Calibration
    chance_error: float
    predicted_chance_error: float
    none_biases: tuple[NoneBias, ...]


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
        development_probabilities: (development rows, 3), of all of them: what a sparse file omits is not certain.
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3), before scaling.
        n_bins: equal-mass bins of each curve.

    Raises:
        InputError: shapes do not fit, a gold is no index into ``STANCES``, a probability is not from 0 to 1.
    """
    check_rows(gold, probabilities)
    temperature = fit_temperature(development_gold, development_probabilities)
    fitted = not math.isnan(temperature)
    predicted = likeliest(probabilities)
    # one prediction for both sides: rounding in the scaled probabilities could part equally likely stances otherwise
    by_prediction = predicted != NONE
    either = by_prediction | (gold != NONE)
    scaled = apply_temperature(probabilities, temperature) if fitted else probabilities

    def measured(of: NDArray[np.float64], chosen: NDArray[np.bool_]) -> Calibration:
        return measure_calibration(gold[chosen], predicted[chosen], of[chosen], n_bins)

    return CalibrationReport(
        temperature=temperature,
        n_development=len(development_gold),
        n_certain=int(np.count_nonzero(development_probabilities[:, NONE] == 1)),
        before=measured(probabilities, either),
        after=measured(scaled, either & fitted),
        predicted_before=measured(probabilities, by_prediction),
        predicted_after=measured(scaled, by_prediction & fitted),
        chance_error=chance_error(scaled, n_bins=n_bins, predicted=predicted) if fitted else math.nan,
        predicted_chance_error=chance_error(scaled[by_prediction & fitted], n_bins=n_bins),
        none_biases=none_biases(development_gold, development_probabilities, gold, probabilities),
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
    check_rows(gold, probabilities)
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


def chance_error(
    probabilities: NDArray[np.float64],
    n_draws: int = N_CHANCE_DRAWS,
    n_bins: int = N_BINS,
    seed: int = 0,
    predicted: Labels | None = None,
) -> float:
    """Return the class-wise error that probabilities which are exactly right show on average on so few rows.

    Gold labels are drawn from the probabilities themselves (Bröcker, Smith 2007); what is measured beyond this is an error
    of theirs. nan where no draw has a row.

    Args:
        probabilities: (rows, 3).
        n_draws: of all rows' labels.
        n_bins: equal-mass bins of each curve.
        seed: of the draws.
        predicted: (rows,) labels; where given, each draw measures the rows where its gold or the label is a stance.
    """
    random = np.random.default_rng(seed)
    edges = probabilities[:, :NONE].cumsum(axis=1)
    always = np.full(len(probabilities), True) if predicted is None else predicted != NONE
    ranks = {label: np.unique(probabilities[:, label], return_inverse=True)[1] for label in (FAVOR, AGAINST)}
    errors = []
    for _ in range(n_draws):
        gold = (random.random((len(probabilities), 1)) >= edges).sum(axis=1)
        rows = np.flatnonzero(always | (gold != NONE))
        if len(rows):
            errors += [
                _equal_mass_error(rank[rows], probabilities[rows, label], gold[rows] == label, n_bins) for label, rank in ranks.items()
            ]
    return float(np.mean(errors)) if errors else math.nan


def _equal_mass_error(rank: NDArray[np.intp], confidence: NDArray[np.float64], right: NDArray[np.bool_], n_bins: int) -> float:
    """Return the error over the bins of ``reliability_curve`` without sorting; ``rank`` is equal where the confidence is."""
    sizes = np.bincount(rank)
    bins = (2 * sizes.cumsum() - sizes) * n_bins // (2 * len(rank))
    gaps = np.bincount(bins[rank], weights=confidence - right)
    return float(np.abs(gaps).sum() / len(rank))


def calibration_to_json(report: CalibrationReport) -> dict[str, Any]:
    """Return the calibration as plain values: stable keys, undefined numbers as None."""
    return {
        "temperature": number(report.temperature),
        "n_development": report.n_development,
        "n_certain": report.n_certain,
        "chance_error": number(report.chance_error),
        "predicted_chance_error": number(report.predicted_chance_error),
        "none_biases": [none_bias_values(chosen) for chosen in report.none_biases],
        **{part: _calibration_values(getattr(report, part)) for part in ("before", "after", "predicted_before", "predicted_after")},
    }


def _calibration_values(found: Calibration) -> dict[str, Any]:
    errors = {name: number(getattr(found, name)) for name in ("top_error", "favor_error", "against_error", "class_wise_error", "brier")}
    curves = {
        name: [{"confidence": number(one.confidence), "share_right": number(one.share_right), "n": one.n} for one in getattr(found, name)]
        for name in ("top", "favor", "against")
    }
    return {"n": found.n, **errors, "risk": risk_values(found.risk), "curves": curves}
