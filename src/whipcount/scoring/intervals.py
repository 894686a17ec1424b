"""How far a share measured on few rows can be trusted."""

from __future__ import annotations

import math

from scipy.stats import binomtest


def wilson_interval(correct: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the Wilson score interval of the share ``correct / n`` (Wilson 1927).

    It takes the rows as independent. Sentences of one article are not, so for them it is too narrow.

    Args:
        correct: successes, from 0 to ``n``.
        n: trials; without any the interval is (nan, nan).
        level: coverage, between 0 and 1.

    Raises:
        ValueError: ``correct`` is negative or exceeds ``n``.
    """
    if not 0 <= correct <= max(n, 0):
        raise ValueError(f"{correct} of {n} is no share; give 0 <= correct <= n")
    if n == 0:
        return math.nan, math.nan
    interval = binomtest(correct, n).proportion_ci(confidence_level=level, method="wilson")
    return float(interval.low), float(interval.high)
