from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount.schema import NONE, InputError
from whipcount.scoring.metrics import false_stances, pair_scores, polarity_accuracy, triplet_f1, triplet_scores
from whipcount.scoring.ratios import MEASURES, Floats, Measure, check_codes, macro_quotient, quotient, ratio_of, supported_rows


def score(measure: Measure, gold: NDArray[np.int64], predicted: NDArray[np.int64], probabilities: Floats) -> float:
    """Score some rows by ``metrics`` alone."""
    match measure:
        case "triplet_f1":
            return triplet_f1(gold, predicted)
        case "pair_f1":
            return pair_scores(gold, predicted).f1
        case "polarity_accuracy":
            return polarity_accuracy(gold, probabilities)
        case "accuracy":
            return triplet_scores(gold, predicted).recall
        case "false_per_100":
            return false_stances(gold, predicted).per_100


LABELS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([0.1, 0.2, 0.4]), st.sampled_from([0.1, 0.2, 0.4])), max_size=30)


@given(LABELS, st.sampled_from(MEASURES))
def test_ratios_are_the_scores_of_metrics(labels: list[tuple[int, float, float]], measure: Measure) -> None:
    gold = np.array([row[0] for row in labels], dtype=np.int64)
    probabilities = np.array([[favor, against, 1 - favor - against] for _, favor, against in labels]).reshape(-1, 3)
    predicted = probabilities.argmax(axis=1)
    ratio = ratio_of(measure, gold, predicted, probabilities)
    assert ratio.value == pytest.approx(score(measure, gold, predicted, probabilities), nan_ok=True)
    assert (ratio.numerator[ratio.denominator == 0] == 0).all()
    assert ratio.numerator.sum() <= ratio.highest * ratio.denominator.sum()
    assert ratio.counted.sum() == (gold == NONE if measure == "false_per_100" else gold != NONE).sum()


def test_a_part_of_the_rows_is_a_ratio_too() -> None:
    gold, predicted = np.array([0, 0, 1, NONE]), np.array([0, 1, 1, 0])
    ratio = ratio_of("accuracy", gold, predicted)
    assert ratio.value == pytest.approx(2 / 3)
    assert ratio.select(np.array([False, True, True, True])).value == 1 / 2
    nothing = np.array([False, False, False, True])
    assert math.isnan(ratio.select(nothing).value) and ratio_of("triplet_f1", gold[:0], gold[:0]).value == 0


def test_sums_are_divided_and_averaged_over_those_that_have_a_value() -> None:
    above, below = np.array([[1.0, 0.0], [0.0, 0.0], [3.0, 0.0]]), np.array([[2.0, 0.0], [0.0, 0.0], [4.0, 0.0]])
    np.testing.assert_array_equal(quotient(above, below), [[0.5, math.nan], [math.nan, math.nan], [0.75, math.nan]])
    np.testing.assert_array_equal(macro_quotient(above, below), [[0.625, math.nan]])


def test_rows_of_actors_with_enough_counted_rows_are_supported() -> None:
    gold, actor = np.array([0, 1, NONE, 0, NONE]), np.array([0, 0, 0, 1, 2])
    ratio = ratio_of("accuracy", gold, gold)
    assert supported_rows(ratio, actor, 2).tolist() == [True, True, True, False, False]
    assert supported_rows(ratio, actor, 0).tolist() == [True, True, True, True, False]  # an actor without rows never is


def test_bad_input_is_refused() -> None:
    gold = np.zeros(6, dtype=int)
    with pytest.raises(InputError, match=r"different lengths \(gold: 6, predicted: 5\)"):
        ratio_of("accuracy", gold, gold[:5])
    with pytest.raises(InputError, match=r"different lengths \(gold: 6, probabilities: 2\)"):
        ratio_of("polarity_accuracy", gold, gold, np.ones((2, 3)))
    with pytest.raises(InputError, match="give the probabilities"):
        ratio_of("polarity_accuracy", gold, gold)
    with pytest.raises(InputError, match="measure 'recall' is not known; choose one of triplet_f1"):
        ratio_of("recall", gold, gold)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="actor -1 in row 2; number the actors from 0"):
        check_codes(ratio_of("accuracy", gold, gold), np.array([0, 0, -1, 0, 0, 0]), gold, gold)
    assert check_codes(ratio_of("accuracy", gold, gold), np.array([0, 0, 4, 0, 0, 0]), gold, gold) == 5
