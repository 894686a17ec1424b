"""One temperature for all probabilities, fitted on development (Guo et al. 2017)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar

from whipcount.schema import InputError
from whipcount.scoring.calibration import check_rows
from whipcount.scoring.metrics import Labels

LEAST_PROBABILITY = 1e-12
"""What a probability of 0 counts as when a temperature is fitted or applied, so that certainty can be taken back."""

TEMPERATURES = (0.01, 100.0)
"""The temperatures searched, from sharpening to nearly uniform."""

LEAST_GAIN = 1e-10
"""Temperatures whose mean log-likelihoods (in nats a row) differ by no more than this are equally good."""


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
    check_rows(gold, probabilities)
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


def _shifted_logs(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return log-probabilities less the row's highest, (rows, 3): 0 and below, never infinite."""
    logs = np.log(np.maximum(probabilities, LEAST_PROBABILITY))
    shifted: NDArray[np.float64] = logs - logs.max(axis=1, keepdims=True)
    return shifted
