"""Numbers with their 95 % intervals, and the mark of those for which sentences were resampled for want of stories."""

from __future__ import annotations

import math

from whipcount.rendering.markdown import UNDEFINED, number, number_range, percent_range
from whipcount.scoring.resampling import MIN_STORIES, Interval

FLAG = "†"
"""Beside an interval or p for which sentences were resampled."""
FLAG_NOTE = f"{FLAG}: with fewer than {MIN_STORIES} stories sentences were resampled, so that the interval is likely too narrow."


def flag(interval: Interval) -> str:
    """Return what stands behind an interval: the mark, or nothing."""
    return f" {FLAG}" if interval.clustered_by == "sentence" and not math.isnan(interval.low) else ""


def number_interval(interval: Interval) -> str:
    """Return the ends of an interval, marked where it has to be; a dash where there are none."""
    return number_range(interval.low, interval.high) + flag(interval)


def percent_interval(interval: Interval | None) -> str:
    """Return the ends as whole percentages, marked likewise; a dash where there are none or none were drawn."""
    return UNDEFINED if interval is None else percent_range(interval.low, interval.high) + flag(interval)


def with_interval(value: float, interval: Interval | None) -> str:
    """Return a number with the interval that was drawn for it, if one was."""
    return number(value) if interval is None else f"{number(value)} ({number_interval(interval)})"


def explained(text: str) -> str:
    """Return a line that explains the mark where a text has it, else nothing."""
    return FLAG_NOTE if FLAG in text else ""
