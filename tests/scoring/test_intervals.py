from __future__ import annotations

import math

import pytest

from whipcount.scoring.intervals import wilson_interval


def wilson_by_hand(correct: int, n: int, z: float = 1.959963984540054) -> tuple[float, float]:
    centre = (correct / n + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(correct / n * (1 - correct / n) / n + z * z / (4 * n * n))
    return centre - half, centre + half


@pytest.mark.parametrize(("correct", "n"), [(0, 3), (3, 3), (5, 10), (81, 263), (1, 1)])
def test_wilson_is_the_textbook_formula(correct: int, n: int) -> None:
    assert wilson_interval(correct, n) == pytest.approx(wilson_by_hand(correct, n), abs=1e-9)


def test_wilson_of_81_in_263_is_the_value_of_newcombe_1998() -> None:
    low, high = wilson_interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_without_a_row_there_is_no_interval() -> None:
    assert all(math.isnan(end) for end in wilson_interval(0, 0))


def test_a_higher_level_is_wider() -> None:
    low, high = wilson_interval(5, 10, level=0.99)
    assert low < wilson_interval(5, 10)[0] and high > wilson_interval(5, 10)[1]


@pytest.mark.parametrize(("correct", "n"), [(4, 3), (-1, 3), (1, 0)])
def test_impossible_counts_are_refused(correct: int, n: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson_interval(correct, n)
