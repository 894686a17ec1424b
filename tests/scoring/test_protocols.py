"""The published protocols, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from whipcount.schema import AGAINST, FAVOR, NONE, UNKNOWN
from whipcount.scoring.protocols import pair_classes, pair_outcomes, score_pairs, score_targets

GOLD = np.array([[NONE, NONE], [FAVOR, UNKNOWN], [UNKNOWN, FAVOR], [AGAINST, UNKNOWN], [UNKNOWN, AGAINST]])
SURE = np.eye(3) * 0.8 + 0.1 * (1 - np.eye(3))


def directions(*stances: tuple[int, int]) -> np.ndarray:
    return np.array([[SURE[forward], SURE[backward]] for forward, backward in stances])


def test_classes() -> None:
    assert pair_classes(GOLD).tolist() == [0, 1, 2, 3, 4]


def test_outcomes_are_conditional_on_at_most_one_direction() -> None:
    outcomes = pair_outcomes(np.array([[[0.5, 0.2, 0.3], [0.1, 0.1, 0.8]]]))
    weights = np.array([0.3 * 0.8, 0.5 * 0.8, 0.1 * 0.3, 0.2 * 0.8, 0.1 * 0.3])
    assert outcomes[0] == pytest.approx(weights / weights.sum())


def test_every_class_is_found_where_the_directions_say_so() -> None:
    read = directions((NONE, NONE), (FAVOR, NONE), (NONE, FAVOR), (AGAINST, NONE), (NONE, AGAINST))
    assert score_pairs(GOLD, read) == {"micro_f1": 1.0, "macro_f1": 1.0}


def test_blindness_to_direction_costs_the_reverse_classes() -> None:
    read = directions((NONE, NONE), (FAVOR, NONE), (FAVOR, NONE), (AGAINST, NONE), (AGAINST, NONE))
    assert score_pairs(GOLD, read) == pytest.approx({"micro_f1": 3 / 5, "macro_f1": (1 + 2 / 3 + 0 + 2 / 3 + 0) / 5})


def test_targets() -> None:
    gold = np.array([FAVOR, AGAINST, NONE, NONE, UNKNOWN])
    predicted = SURE[[FAVOR, NONE, NONE, NONE, FAVOR]]
    assert score_targets(gold, predicted) == pytest.approx({"macro_f1": (1 + 0 + 0.8) / 3, "accuracy": 3 / 4})
