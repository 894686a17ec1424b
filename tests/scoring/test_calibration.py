from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.calibration import apply_none_bias, check_rows, choose_none_bias, none_bias_for_precision
from whipcount.scoring.metrics import triplet_f1, triplet_scores

WEIGHTS = st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0])
ROWS = st.lists(st.tuples(st.integers(0, 2), WEIGHTS, WEIGHTS, WEIGHTS).filter(lambda row: sum(row[1:]) > 0), max_size=20)


def arrays(rows: list[tuple[int, float, float, float]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    gold = np.array([row[0] for row in rows], dtype=np.int64)
    weights = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 3)
    return gold, weights / weights.sum(axis=1, keepdims=True)


def f1_at(bias: float, gold: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    return triplet_f1(gold, apply_none_bias(probabilities, bias).argmax(axis=1))


def test_the_bias_by_hand() -> None:
    # margins log(P(stance) / P(none)): log 4, log 1.5 and log 1/3; the third row must stay none, the second must not
    gold = np.array([0, 1, 2])
    probabilities = np.array([[0.8, 0.0, 0.2], [0.0, 0.6, 0.4], [0.25, 0.0, 0.75]])
    assert choose_none_bias(gold, probabilities) == pytest.approx((math.log(1.5) + math.log(1 / 3)) / 2)


def test_a_shy_system_is_encouraged_and_a_rash_one_held_back() -> None:
    gold = np.array([0, 1, 2, 2])
    shy = np.array([[0.3, 0.1, 0.6], [0.1, 0.3, 0.6], [0.1, 0.1, 0.8], [0.1, 0.1, 0.8]])
    rash = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.5, 0.1, 0.4], [0.5, 0.1, 0.4]])
    assert choose_none_bias(gold, shy) < 0 < choose_none_bias(gold, rash)
    assert f1_at(choose_none_bias(gold, shy), gold, shy) == f1_at(choose_none_bias(gold, rash), gold, rash) == 1


@given(ROWS)
def test_no_other_bias_is_better(rows: list[tuple[int, float, float, float]]) -> None:
    gold, probabilities = arrays(rows)
    chosen = f1_at(choose_none_bias(gold, probabilities), gold, probabilities)
    # the margins are logs of ratios of the weights, at most log 8 away from 0; 0.02 is below their smallest gap
    assert chosen >= max(f1_at(bias, gold, probabilities) for bias in np.arange(-2.511, 2.5, 0.02))


def test_where_nothing_can_be_right_the_bias_is_0() -> None:
    always_wrong = np.array([[0.1, 0.5, 0.4], [0.2, 0.3, 0.5]])
    assert choose_none_bias(np.array([0, 0]), always_wrong) == 0.0
    assert choose_none_bias(np.array([2, 2]), always_wrong) == 0.0
    assert choose_none_bias(np.array([], dtype=int), np.zeros((0, 3))) == 0.0


def test_where_every_row_is_a_stance_already_the_bias_stays_0() -> None:
    # the best plateau runs from minus infinity to log 8
    assert choose_none_bias(np.array([0, 1]), np.array([[0.9, 0.0, 0.1], [0.1, 0.8, 0.1]])) == 0.0


def test_of_two_equal_plateaus_the_one_closer_to_0_is_taken() -> None:
    # correct, wrong, wrong, correct by margin: F1 is 2/3 with the first row alone and with all four
    gold = np.array([0, 2, 2, 0])
    margins = np.array([1.0, 0.9, -4.0, -5.0])
    none = 1 / (1 + np.exp(margins))
    probabilities = np.column_stack([1 - none, np.zeros(4), none])
    assert choose_none_bias(gold, probabilities) == pytest.approx(0.95)
    # with every margin 6.5 higher the first plateau is around 7.45, the second ends at 1.5 and holds 0
    assert choose_none_bias(gold, apply_none_bias(probabilities, -6.5)) == 0.0


def test_a_certain_row_is_moved_by_no_bias() -> None:
    certain = np.array([[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])
    for bias in (-1000.0, 0.0, 1000.0):
        assert apply_none_bias(certain, bias).tolist() == certain.tolist()
    # so both the false stance of the first row here and the lost one of the second cannot be mended
    assert choose_none_bias(np.array([2, 0]), np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])) == 0.0


@given(ROWS, st.floats(-20, 20))
def test_applying_a_bias_keeps_distributions_and_the_odds_of_favor_to_against(
    rows: list[tuple[int, float, float, float]], bias: float
) -> None:
    _, probabilities = arrays(rows)
    moved = apply_none_bias(probabilities, bias)
    assert moved.sum(axis=1) == pytest.approx(1.0)
    assert moved[:, 0] * probabilities[:, 1] == pytest.approx(moved[:, 1] * probabilities[:, 0])
    assert ((moved[:, NONE] - probabilities[:, NONE]) * np.sign(bias) >= -1e-12).all()


def test_a_bias_and_its_opposite_cancel() -> None:
    probabilities = np.array([[0.2, 0.3, 0.5], [0.7, 0.2, 0.1]])
    assert apply_none_bias(apply_none_bias(probabilities, 1.3), -1.3) == pytest.approx(probabilities)


def test_two_hundred_thousand_rows_take_less_than_a_second() -> None:
    random = np.random.default_rng(0)
    probabilities = random.dirichlet([0.1, 0.1, 3.0], size=200_000)
    gold = np.where(random.random(200_000) < 0.01, random.integers(0, 2, 200_000), NONE)
    start = time.process_time()
    choose_none_bias(gold, probabilities)
    assert time.process_time() - start < 1.0


# the bias on none for a wanted precision


def precision_at(bias: float, gold: NDArray[np.int64], probabilities: NDArray[np.float64]) -> float:
    return triplet_scores(gold, apply_none_bias(probabilities, bias).argmax(axis=1)).precision


def with_margins(margins: list[float]) -> NDArray[np.float64]:
    none = 1 / (1 + np.exp(np.array(margins)))
    return np.column_stack([1 - none, np.zeros(len(margins)), none])


def test_the_bias_for_a_precision_by_hand() -> None:
    # by margin: right, right, wrong, right, wrong; precisions 1, 1, 2/3, 3/4, 3/5
    gold = np.array([FAVOR, FAVOR, NONE, FAVOR, AGAINST])
    probabilities = with_margins([4.0, 3.0, 2.0, 1.0, -1.0])
    assert none_bias_for_precision(gold, probabilities, 1.0) == pytest.approx(2.5)
    # 3/4 is reached once more below, but does not stay
    assert none_bias_for_precision(gold, probabilities, 0.75) == pytest.approx(2.5)
    assert none_bias_for_precision(gold, probabilities, 2 / 3) == pytest.approx(0.0)
    assert none_bias_for_precision(gold, probabilities, 0.6) == pytest.approx(-2.0)  # every row a stance: below the last margin


def test_a_single_sure_mistake_can_be_overlooked() -> None:
    gold = np.array([NONE, FAVOR, FAVOR, FAVOR, NONE, NONE])
    probabilities = with_margins([5.0, 4.0, 3.0, 2.0, 1.0, 0.0])
    assert math.isnan(none_bias_for_precision(gold, probabilities, 0.7))
    assert none_bias_for_precision(gold, probabilities, 0.7, min_stances=4) == pytest.approx(1.5)
    assert math.isnan(none_bias_for_precision(gold, probabilities, 0.7, min_stances=7))


def test_rows_that_no_bias_moves_count_for_every_bias() -> None:
    certain = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.6, 0.0, 0.4]])
    assert none_bias_for_precision(np.array([FAVOR, FAVOR, NONE]), certain, 0.9) == pytest.approx(math.log(1.5) + 1)
    assert math.isnan(none_bias_for_precision(np.array([NONE, FAVOR, FAVOR]), certain, 0.9))
    # nothing but certain none: no bias makes a stance
    assert math.isnan(none_bias_for_precision(np.array([FAVOR]), certain[1:2], 0.5))


@given(ROWS, st.sampled_from([0.3, 0.5, 2 / 3, 0.75, 0.9, 1.0]))
def test_no_smaller_bias_is_as_precise_and_stays_so(rows: list[tuple[int, float, float, float]], wanted: float) -> None:
    gold, probabilities = arrays(rows)
    # the margins are logs of ratios of the weights, at most log 8 from 0; 0.02 is below their smallest gap
    biases = np.arange(-2.511, 2.5, 0.02)
    precisions = [precision_at(float(bias), gold, probabilities) for bias in biases]
    stays = [all(math.isnan(p) or p >= wanted for p in precisions[index:]) for index in range(len(biases))]
    reaching = [bias for bias, p, ok in zip(biases, precisions, stays, strict=True) if ok and p >= wanted]
    chosen = none_bias_for_precision(gold, probabilities, wanted)
    assert math.isnan(chosen) == (not reaching)
    if reaching:
        assert precision_at(chosen, gold, probabilities) >= wanted
        stances_at = [(apply_none_bias(probabilities, float(bias)).argmax(axis=1) != NONE).sum() for bias in (chosen, reaching[0])]
        assert stances_at[0] == stances_at[1]


@pytest.mark.parametrize("precision", [0.0, -0.1, 1.01, math.nan])
def test_a_precision_that_is_no_share_is_refused(precision: float) -> None:
    with pytest.raises(InputError, match=f"precision {precision}; give a share above 0 and at most 1"):
        none_bias_for_precision(np.array([FAVOR]), np.array([[0.6, 0.0, 0.4]]), precision)


def test_fewer_than_one_stance_is_refused() -> None:
    with pytest.raises(InputError, match="min_stances 0; give 1 or more"):
        none_bias_for_precision(np.array([FAVOR]), np.array([[0.6, 0.0, 0.4]]), 0.5, min_stances=0)


def test_of_no_rows_no_bias_is_precise() -> None:
    assert math.isnan(none_bias_for_precision(np.array([], dtype=int), np.zeros((0, 3)), 0.5))


@pytest.mark.parametrize(
    ("gold", "probabilities", "message"),
    [
        ([FAVOR], [[0.9, 0.0, 0.1], [0.1, 0.7, 0.2]], r"probabilities of shape \(2, 3\) for gold of shape \(1,\)"),
        ([FAVOR], [[0.9, 0.1]], r"probabilities of shape \(1, 2\)"),
        ([FAVOR, 3], [[0.9, 0.0, 0.1]] * 2, r"row 1: gold 3 is no index into .*\(1 such rows\)"),
        ([FAVOR], [[1.5, -0.5, 0.0]], r"row 0: probabilities \[1.5, -0.5, 0.0\] are not from 0 to 1"),
    ],
)
def test_bad_rows_are_refused(gold: list[int], probabilities: list[list[float]], message: str) -> None:
    for check in (check_rows, lambda gold, probabilities: none_bias_for_precision(gold, probabilities, 0.5)):
        with pytest.raises(InputError, match=message):
            check(np.array(gold), np.array(probabilities))
