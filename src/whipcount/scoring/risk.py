"""What saying less is worth: risk against coverage, and the bias on ``none`` for a wanted precision."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import InputError
from whipcount.scoring.calibration import apply_none_bias, check_rows, none_bias_for_precision
from whipcount.scoring.metrics import Labels, PrecisionRecallF1, triplet_scores
from whipcount.scoring.predictions import likeliest
from whipcount.scoring.values import number, triplet_values

RISKS = (0.1, 0.2, 0.3)
"""Shares of wrong rows that a reader might bear."""

WANTED_PRECISIONS = (0.5, 0.6, 0.7, 0.8, 0.9)

MIN_STANCES = 10
"""A bias is chosen for a wanted precision only where it leaves so many stances on development."""


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
class NoneBias:
    """A wanted precision with the bias on log P(none) that reaches it on development.

    Args:
        precision: the wanted share of right ones among the predicted stances.
        bias: added to log P(none); nan where no bias reaches the precision.
        development: triplet scores on development with this bias; None without one.
        measured: triplet scores with the same bias on the rows that are judged; None without one.
    """

    precision: float
    bias: float
    development: PrecisionRecallF1 | None
    measured: PrecisionRecallF1 | None


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


def coverage_at_risk(curve: RiskCurve, risk: float) -> float:
    """Return the largest share of the rows that can be kept with at most so many wrong; 0.0 for none, nan without rows."""
    if not curve.coverage:
        return math.nan
    return max((kept for kept, wrong in zip(curve.coverage, curve.risk, strict=True) if wrong <= risk), default=0.0)


def none_biases(
    development_gold: Labels,
    development_probabilities: NDArray[np.float64],
    gold: Labels,
    probabilities: NDArray[np.float64],
    wanted: Sequence[float] = WANTED_PRECISIONS,
    min_stances: int = MIN_STANCES,
) -> tuple[NoneBias, ...]:
    """Return the bias for each wanted precision, chosen on development, and what it does there and on other rows.

    Args:
        development_gold: (development rows,) indices into ``STANCES``.
        development_probabilities: (development rows, 3), before any scaling.
        gold: (rows,) indices into ``STANCES``.
        probabilities: (rows, 3), before any scaling.
        wanted: precisions, each above 0 and at most 1.
        min_stances: see ``none_bias_for_precision``.

    Raises:
        InputError: as ``none_bias_for_precision``.
    """
    check_rows(gold, probabilities)
    found = []
    for precision in wanted:
        bias = none_bias_for_precision(development_gold, development_probabilities, precision, min_stances)
        if math.isnan(bias):
            found.append(NoneBias(precision, bias, None, None))
            continue
        development = triplet_scores(development_gold, likeliest(apply_none_bias(development_probabilities, bias)))
        found.append(NoneBias(precision, bias, development, triplet_scores(gold, likeliest(apply_none_bias(probabilities, bias)))))
    return tuple(found)


def risk_values(curve: RiskCurve) -> dict[str, Any]:
    """Return area and coverages as plain values for JSON; the points themselves, one a row, are left out."""
    return {"area": number(curve.area), "coverage_at_risk": {str(risk): number(coverage_at_risk(curve, risk)) for risk in RISKS}}


def none_bias_values(chosen: NoneBias) -> dict[str, Any]:
    """Return a wanted precision with its bias and scores as plain values for JSON."""
    return {
        "precision": chosen.precision,
        "bias": number(chosen.bias),
        "development": triplet_values(chosen.development) if chosen.development else None,
        "measured": triplet_values(chosen.measured) if chosen.measured else None,
    }
