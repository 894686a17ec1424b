"""Weights are learnt from what pronouns mean."""

from __future__ import annotations

import pytest

from whipcount.reading.antecedents import rank
from whipcount.reading.pronoun_learning import Told, learn_weights, meant_by
from whipcount.reading.pronouns import Options
from whipcount.schema import Span

PLACES = (Span(2, 3), Span(4, 5))
NEAR, FAR = {"near": 1.0, "any": 1.0}, {"far": 1.0, "any": 1.0}


def told(meant: str, n: int) -> list[Told]:
    return [Told(Options(Span(number, number + 1), ("q", "b"), PLACES, (NEAR, FAR)), frozenset({meant})) for number in range(n)]


def test_what_is_meant_more_often_weighs_more() -> None:
    weights = learn_weights(told("q", 30) + told("b", 10), penalty=0.01)
    assert weights["near"] > weights["far"]
    assert rank([NEAR, FAR], ["q", "b"], weights)["q"] == pytest.approx(0.75, abs=0.01), "a conditional logit gives the shares back"


def test_weights_that_are_fixed_stay_and_the_others_make_up_for_them() -> None:
    weights = learn_weights(told("q", 30) + told("b", 10), penalty=0.01, fixed={"far": 2.0})
    assert weights["far"] == 2.0
    assert set(learn_weights(told("q", 30), penalty=0.01, fixed={"far": 2.0}, only="n")) == {"far", "near"}, "not “any”"
    assert rank([NEAR, FAR], ["q", "b"], weights)["q"] == pytest.approx(0.75, abs=0.01)


def test_seldom_features_and_hopeless_pronouns_teach_nothing() -> None:
    seldom = Told(Options(Span(0, 1), ("q", "b"), PLACES, ({"seldom": 1.0}, FAR)), frozenset({"q"}))
    lost = [Told(Options(Span(0, 1), ("q", "b"), PLACES, ({"lost": 1.0}, FAR)), frozenset({"x"}))] * 10
    weights = learn_weights([*told("q", 20), seldom, *lost], penalty=1.0)
    assert weights["near"] > 0 and not {"seldom", "lost"} & set(weights)


def test_a_pronoun_is_found_by_its_place() -> None:
    options = [one.options for one in told("q", 3)]
    found = meant_by(2, options, {"b"})
    assert found is not None and found.right == [False, True]
    assert meant_by(9, options, {"b"}) is None
