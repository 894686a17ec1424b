"""Scores as plain values for JSON: stable keys, undefined numbers as None, six decimals."""

from __future__ import annotations

import math
from typing import Any

from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1
from whipcount.scoring.resampling import Interval


def number(value: float) -> float | None:
    """Return a number to six decimals; nan becomes None."""
    return None if math.isnan(value) else round(value, 6)


def triplet_values(scores: PrecisionRecallF1) -> dict[str, Any]:
    """Return the counts and what follows from them."""
    return {
        "n_gold": scores.n_gold,
        "n_predicted": scores.n_predicted,
        "n_correct": scores.n_correct,
        "precision": number(scores.precision),
        "recall": number(scores.recall),
        "f1": number(scores.shown_f1),
    }


def false_values(false: FalseStances) -> dict[str, Any]:
    """Return the false stances, as they are and per 100 none rows."""
    return {"count": false.count, "none_rows": false.none_rows, "per_100_none_rows": number(false.per_100)}


def interval_values(interval: Interval | None) -> dict[str, Any] | None:
    """Return the ends of an interval and what was resampled for it; None where none was drawn."""
    if interval is None:
        return None
    return {"low": number(interval.low), "high": number(interval.high), "clustered_by": interval.clustered_by}
