"""Words, numbers and tables of a Markdown page."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

UNDEFINED = "–"


def table(columns: Sequence[str], lines: Sequence[Sequence[str]], n_words: int = 1) -> str:
    """Return a table whose first ``n_words`` columns hold words, set left, and whose others hold numbers, set right."""
    rule = ["---"] * n_words + ["---:"] * (len(columns) - n_words)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *lines))


def cell(text: str) -> str:
    """Return text that Markdown shows to the letter, on one line."""
    text = " ".join(text.split())
    for char in "\\`*_[]<>|&":
        text = text.replace(char, "\\" + char)
    return text


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with so many decimals; a dash for nan or None."""
    return UNDEFINED if value is None or math.isnan(value) else f"{value:.{digits}f}"


def spread(values: Mapping[str, float | None]) -> str:
    """Return a mean with the range around it, where there is one, from ``mean``, ``lowest`` and ``highest``."""
    middle, low, high = (number(values[key]) for key in ("mean", "lowest", "highest"))
    return middle if values["lowest"] == values["highest"] else f"{middle} ({low}–{high})"


def percent(share: float) -> str:
    """Return a share as a whole percentage; a dash for nan."""
    return UNDEFINED if math.isnan(share) else f"{100 * share:.0f} %"


def percent_range(low: float, high: float) -> str:
    """Return two shares as whole percentages; a dash where either is nan."""
    return UNDEFINED if math.isnan(low) or math.isnan(high) else f"{100 * low:.0f}–{100 * high:.0f} %"


def counted(n: int, one: str, many: str = "") -> str:
    """Return a number with its noun, which takes an s where ``many`` is not given."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def number_range(low: float, high: float, digits: int = 2) -> str:
    """Return the ends of an interval, with "to" where a minus sign would be misread; a dash where either is nan."""
    if math.isnan(low) or math.isnan(high):
        return UNDEFINED
    return f"{low:.{digits}f} to {high:.{digits}f}" if low < 0 else f"{low:.{digits}f}–{high:.{digits}f}"


def p_value(p: float) -> str:
    """Return p to three decimals, "< 0.001" below that; a dash for nan."""
    return UNDEFINED if math.isnan(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"
