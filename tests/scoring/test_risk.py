from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.calibration import apply_none_bias, none_bias_for_precision
from whipcount.scoring.risk import (
    coverage_at_risk,
    none_bias_values,
    none_biases,
    risk_coverage,
    risk_values,
)

# risk against coverage


def test_risk_by_hand() -> None:
    curve = risk_coverage(np.array([0.2, 0.9, 0.5, 0.7]), np.array([True, False, False, True]))
    assert curve.confidence == (0.9, 0.7, 0.5, 0.2)
    assert curve.coverage == (0.25, 0.5, 0.75, 1.0)
    assert curve.risk == pytest.approx((0.0, 1 / 2, 1 / 3, 2 / 4))
    assert curve.area == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)


def test_equally_confident_rows_are_kept_together() -> None:
    curve = risk_coverage(np.array([0.9, 0.5, 0.5]), np.array([False, True, False]))
    assert curve.coverage == pytest.approx((1 / 3, 1.0)) and curve.risk == pytest.approx((0.0, 1 / 3))
    # in random order the second row kept is wrong half of the time
    assert curve.area == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.6]), st.booleans()), min_size=1, max_size=8))
def test_the_area_is_the_mean_over_orders_of_equally_confident_rows(rows: list[tuple[float, bool]]) -> None:
    confidence, wrong = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    best_first, worst_first = (sorted(rows, key=lambda row: (-row[0], sign * row[1])) for sign in (1, -1))

    def area(ordered: list[tuple[float, bool]]) -> float:
        return sum(sum(w for _, w in ordered[:k]) / k for k in range(1, len(ordered) + 1)) / len(ordered)

    curve = risk_coverage(confidence, wrong)
    assert area(best_first) - 1e-12 <= curve.area <= area(worst_first) + 1e-12
    for level, coverage, risk in zip(curve.confidence, curve.coverage, curve.risk, strict=True):
        kept = [w for c, w in rows if c >= level]
        assert (coverage, risk) == pytest.approx((len(kept) / len(rows), sum(kept) / len(kept)))


def test_mistakes_cost_least_at_the_end() -> None:
    confidence, wrong = np.linspace(1, 0, 10), np.arange(10) >= 7
    assert risk_coverage(confidence, wrong).area < risk_coverage(confidence, wrong[::-1]).area
    assert risk_coverage(confidence, wrong).risk[:7] == (0.0,) * 7


def test_without_rows_there_is_no_risk() -> None:
    curve = risk_coverage(np.array([]), np.array([], dtype=bool))
    assert (curve.confidence, curve.coverage, curve.risk) == ((), (), ()) and math.isnan(curve.area)
    assert math.isnan(coverage_at_risk(curve, 0.5))


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(InputError, match=r"shape \(3,\) for rows of shape \(2,\)"):
        risk_coverage(np.ones(3), np.ones(2, dtype=bool))


def test_the_largest_coverage_with_a_bearable_risk_by_hand() -> None:
    # wrong among the first 1, 2, 3, 4, 5: 1, 1/2, 1/3, 1/4, 2/5
    curve = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6, 0.5]), np.array([True, False, False, False, True]))
    assert coverage_at_risk(curve, 0.25) == pytest.approx(0.8)  # the mistake in the first row is made good later
    assert coverage_at_risk(curve, 0.4) == 1.0
    assert coverage_at_risk(curve, 0.2) == 0.0


@given(st.lists(st.tuples(st.sampled_from([0.1, 0.4, 0.6]), st.booleans()), min_size=1, max_size=8), st.floats(0, 1))
def test_no_larger_share_has_so_few_wrong(rows: list[tuple[float, bool]], risk: float) -> None:
    curve = risk_coverage(np.array([row[0] for row in rows]), np.array([row[1] for row in rows]))
    kept = [[wrong for confidence, wrong in rows if confidence >= level] for level in (0.1, 0.4, 0.6)]
    bearable = [len(those) / len(rows) for those in kept if those and sum(those) / len(those) <= risk]
    assert coverage_at_risk(curve, risk) == pytest.approx(max(bearable, default=0.0))


def test_risk_as_plain_values() -> None:
    curve = risk_coverage(np.array([0.9, 0.8, 0.7, 0.6]), np.array([False, False, False, True]))
    assert risk_values(curve) == {"area": 0.0625, "coverage_at_risk": {"0.1": 0.75, "0.2": 0.75, "0.3": 1.0}}
    nothing = risk_coverage(np.array([]), np.array([], dtype=bool))
    assert risk_values(nothing) == {"area": None, "coverage_at_risk": {"0.1": None, "0.2": None, "0.3": None}}


# the bias on none for wanted precisions

# by margin: right, right, wrong, right, wrong; precisions 1, 1, 2/3, 3/4, 3/5
GOLD = np.array([FAVOR, FAVOR, NONE, FAVOR, AGAINST])
P_NONE = 1 / (1 + np.exp([4.0, 3.0, 2.0, 1.0, -1.0]))
PROBABILITIES = np.column_stack([1 - P_NONE, np.zeros(5), P_NONE])


def test_biases_by_hand() -> None:
    other_gold, other = np.array([AGAINST, FAVOR]), np.array([[0.99, 0.0, 0.01], [0.2, 0.0, 0.8]])
    low, high = none_biases(GOLD, PROBABILITIES, other_gold, other, wanted=(2 / 3, 1.0), min_stances=2)
    assert (low.precision, high.precision) == (2 / 3, 1.0)
    assert low.bias == pytest.approx(0.0) and high.bias == pytest.approx(2.5)
    assert low.development is not None and high.development is not None and high.measured is not None
    assert (low.development.n_predicted, low.development.n_correct, low.development.n_gold) == (4, 3, 4)
    assert (high.development.n_predicted, high.development.n_correct, high.development.recall) == (2, 2, 0.5)
    # of the other rows the first alone is a stance, and a wrong one
    assert (high.measured.n_predicted, high.measured.n_correct, high.measured.n_gold) == (1, 0, 2)
    # with three stances or more the precision is 3/4 at most
    (none,) = none_biases(GOLD, PROBABILITIES, other_gold, other, wanted=(1.0,), min_stances=3)
    assert math.isnan(none.bias) and none.development is None and none.measured is None


@given(st.integers(0, 1_000))
def test_biases_reach_what_is_wanted_with_stances_enough(seed: int) -> None:
    random = np.random.default_rng(seed)
    probabilities = random.dirichlet([0.3, 0.3, 1.0], size=120)
    gold = np.array([random.choice(3, p=row) for row in probabilities])
    found = none_biases(gold, probabilities, gold, probabilities)
    assert [chosen.precision for chosen in found] == [0.5, 0.6, 0.7, 0.8, 0.9]
    for chosen in found:
        bias = none_bias_for_precision(gold, probabilities, chosen.precision, min_stances=10)
        assert chosen.bias == pytest.approx(bias, nan_ok=True) and chosen.development == chosen.measured
        if chosen.development is not None:
            predicted = apply_none_bias(probabilities, bias).argmax(axis=1)
            stances = [(g, p) for g, p in zip(gold, predicted, strict=True) if p != NONE]
            right = sum(g == p for g, p in stances)
            assert chosen.development.recall == pytest.approx(right / sum(gold != NONE))
            assert right / len(stances) >= chosen.precision and len(stances) >= 10


def test_biases_as_plain_values() -> None:
    found = none_biases(GOLD, PROBABILITIES, GOLD, PROBABILITIES, wanted=(1.0,), min_stances=2)
    counts = {"n_gold": 4, "n_predicted": 2, "n_correct": 2, "precision": 1.0, "recall": 0.5, "f1": 0.666667}
    assert none_bias_values(found[0]) == {"precision": 1.0, "bias": 2.5, "development": counts, "measured": counts}


def test_bad_rows_and_precisions_are_refused() -> None:
    with pytest.raises(InputError, match=r"precision 1\.5; give a share above 0 and at most 1"):
        none_biases(GOLD, PROBABILITIES, GOLD, PROBABILITIES, wanted=(1.5,))
    for first, second in ((GOLD[:2], GOLD), (GOLD, GOLD[:2])):
        with pytest.raises(InputError, match=r"probabilities of shape \(5, 3\) for gold of shape \(2,\)"):
            none_biases(first, PROBABILITIES, second, PROBABILITIES)
