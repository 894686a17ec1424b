from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import log_softmax

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.temperature import TEMPERATURES, apply_temperature, fit_temperature

WEIGHTS = st.sampled_from([0.0, 1.0, 2.0, 3.0, 5.0, 8.0])
ROWS = st.lists(st.tuples(st.integers(0, 2), WEIGHTS, WEIGHTS, WEIGHTS).filter(lambda row: sum(row[1:]) > 0), max_size=20)
Rows = list[tuple[int, float, float, float]]

PROBABILITIES = np.array([[0.9, 0.0, 0.1], [0.1, 0.7, 0.2], [0.0, 0.4, 0.6], [0.2, 0.6, 0.2]])


def arrays(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    gold = np.array([row[0] for row in rows], dtype=np.int64)
    weights = np.array([row[1:] for row in rows], dtype=np.float64).reshape(-1, 3)
    return gold, weights / weights.sum(axis=1, keepdims=True)


def honest_rows(n: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return rows whose gold is drawn from their own probabilities: as well calibrated as can be."""
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet([0.1, 0.2, 2.0], size=n)
    gold = (random.random((n, 1)) > probabilities.cumsum(axis=1)[:, :2]).sum(axis=1)
    return gold, probabilities


def negative_log_likelihood(gold: NDArray[np.int64], probabilities: NDArray[np.float64], temperature: float) -> float:
    logs = log_softmax(np.log(np.clip(probabilities, 1e-12, None)) / temperature, axis=1)
    return -sum(float(logs[row, stance]) for row, stance in enumerate(gold)) / len(gold)


def test_the_temperature_by_hand() -> None:
    # three of four right, 0.9 : 0.1 given; the likeliest temperature makes that 0.75 : 0.25, so 9 ** (1 / T) = 3
    gold = np.array([FAVOR, FAVOR, FAVOR, AGAINST])
    probabilities = np.tile([0.9, 0.1, 0.0], (4, 1))
    temperature = fit_temperature(gold, probabilities)
    assert temperature == pytest.approx(2.0, rel=1e-3)
    assert apply_temperature(probabilities, temperature)[0] == pytest.approx([0.75, 0.25, 0.0], abs=1e-3)


@pytest.mark.parametrize("true_temperature", [0.3, 0.8, 1.0, 1.7, 3.0])
def test_a_temperature_is_found_again(true_temperature: float) -> None:
    gold, honest = honest_rows(20_000, seed=1)
    distorted = apply_temperature(honest, 1 / true_temperature)
    assert fit_temperature(gold, distorted) == pytest.approx(true_temperature, rel=0.05)


@given(ROWS.filter(bool))
def test_no_other_temperature_is_likelier(rows: Rows) -> None:
    gold, probabilities = arrays(rows)
    found = negative_log_likelihood(gold, probabilities, fit_temperature(gold, probabilities))
    others = np.geomspace(*TEMPERATURES, 60)
    assert found <= min(negative_log_likelihood(gold, probabilities, float(other)) for other in others) + 1e-6


def test_of_equally_good_temperatures_the_closest_to_1_is_taken() -> None:
    always_right, always_wrong = np.array([FAVOR, AGAINST]), np.array([AGAINST, FAVOR])
    probabilities = np.array([[0.5, 0.3, 0.2], [0.3, 0.5, 0.2]])
    # the lower the better, down to where (3 / 5) ** (1 / T) is the last likelihood worth a gain, 1e-10
    assert fit_temperature(always_right, probabilities) == pytest.approx(math.log(3 / 5) / math.log(1e-10), rel=1e-3)
    assert fit_temperature(always_wrong, probabilities) == pytest.approx(TEMPERATURES[1], rel=0.01)


def test_what_no_temperature_betters_is_left_alone() -> None:
    gold = np.array([FAVOR, AGAINST, NONE])
    assert fit_temperature(gold, np.full((3, 3), 1 / 3)) == 1.0
    assert fit_temperature(gold, np.eye(3)) == 1.0


def test_certainty_can_be_taken_back() -> None:
    gold = np.array([FAVOR, FAVOR, FAVOR, AGAINST])
    certain = np.tile([1.0, 0.0, 0.0], (4, 1))
    scaled = apply_temperature(certain, fit_temperature(gold, certain))
    # 3/4 right is 1 : x : x with T as the one free number, so P(favor) = 3/4
    assert scaled[0] == pytest.approx([0.75, 0.125, 0.125], abs=1e-3)


@given(ROWS, st.floats(0.02, 50))
def test_scaling_keeps_distributions_and_labels(rows: Rows, temperature: float) -> None:
    _, probabilities = arrays(rows)
    scaled = apply_temperature(probabilities, temperature)
    assert scaled.sum(axis=1) == pytest.approx(np.ones(len(rows)))
    top = probabilities.argmax(axis=1)
    assert (scaled[np.arange(len(rows)), top] == scaled.max(axis=1, initial=0)).all()
    direct = np.exp(log_softmax(np.log(np.clip(probabilities, 1e-12, None)) / temperature, axis=1))
    assert scaled == pytest.approx(direct)


def test_a_temperature_of_1_changes_nothing() -> None:
    assert apply_temperature(PROBABILITIES, 1.0) == pytest.approx(PROBABILITIES, abs=1e-11)


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_temperature_is_refused(temperature: float) -> None:
    with pytest.raises(InputError, match=f"temperature {temperature}; give a number above 0"):
        apply_temperature(PROBABILITIES, temperature)


def test_nothing_has_no_temperature() -> None:
    assert math.isnan(fit_temperature(np.array([], dtype=int), np.zeros((0, 3))))
    assert apply_temperature(np.zeros((0, 3)), 2.0).shape == (0, 3)


def test_rows_that_cannot_be_measured_are_refused() -> None:
    with pytest.raises(InputError, match=r"probabilities of shape \(4, 3\) for gold of shape \(1,\)"):
        fit_temperature(np.array([FAVOR]), PROBABILITIES)
