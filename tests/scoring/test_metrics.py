from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

from whipcount.schema import AGAINST, FAVOR, NONE
from whipcount.scoring.metrics import (
    FalseStances,
    accuracy,
    confusion,
    false_stances,
    pair_scores,
    polarity_accuracy,
    triplet_f1,
    triplet_scores,
)

LABELS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40).map(lambda rows: np.array(rows).T)

GOLD = np.array([FAVOR, FAVOR, AGAINST, AGAINST, NONE, NONE, NONE, NONE])
PREDICTED = np.array([FAVOR, AGAINST, AGAINST, NONE, FAVOR, AGAINST, NONE, NONE])


def test_triplets_by_hand() -> None:
    scores = triplet_scores(GOLD, PREDICTED)
    assert (scores.n_gold, scores.n_predicted, scores.n_correct) == (4, 5, 2)
    assert (scores.precision, scores.recall) == (2 / 5, 2 / 4)
    assert scores.f1 == pytest.approx(4 / 9) == triplet_f1(GOLD, PREDICTED)


def test_pairs_by_hand() -> None:
    scores = pair_scores(GOLD, PREDICTED)
    assert (scores.n_gold, scores.n_predicted, scores.n_correct) == (4, 5, 3)
    assert scores.f1 == pytest.approx(6 / 9)


@given(LABELS)
def test_triplets_are_micro_scores_of_scikit_learn(labels: NDArray[np.int64]) -> None:
    gold, predicted = labels
    expected = precision_recall_fscore_support(gold, predicted, labels=[FAVOR, AGAINST], average="micro", zero_division=0)
    scores = triplet_scores(gold, predicted)
    assert [0 if math.isnan(x) else x for x in (scores.precision, scores.recall, scores.f1)] == pytest.approx(expected[:3])


@given(LABELS)
def test_pairs_are_binary_scores_of_scikit_learn(labels: NDArray[np.int64]) -> None:
    gold, predicted = labels
    expected = precision_recall_fscore_support(gold != NONE, predicted != NONE, average="binary", zero_division=0)
    assert pair_scores(gold, predicted).f1 == pytest.approx(expected[2])


@given(LABELS)
def test_confusion_and_accuracy_are_those_of_scikit_learn(labels: NDArray[np.int64]) -> None:
    gold, predicted = labels
    assert confusion(gold, predicted).tolist() == confusion_matrix(gold, predicted, labels=[0, 1, 2]).tolist()
    assert accuracy(gold, predicted) == pytest.approx(accuracy_score(gold, predicted))


@given(LABELS)
def test_scores_agree_with_one_another(labels: NDArray[np.int64]) -> None:
    gold, predicted = labels
    triplets, pairs = triplet_scores(gold, predicted), pair_scores(gold, predicted)
    false, cells = false_stances(gold, predicted), confusion(gold, predicted)
    assert triplets.n_correct <= pairs.n_correct
    assert pairs.n_predicted == pairs.n_correct + false.count
    assert triplets.n_correct == cells[FAVOR, FAVOR] + cells[AGAINST, AGAINST]
    assert false.count == cells[NONE, FAVOR] + cells[NONE, AGAINST]


def test_what_nobody_predicts_or_holds_is_defined() -> None:
    none, stance = np.array([NONE, NONE]), np.array([FAVOR, AGAINST])
    shy = triplet_scores(stance, none)
    assert math.isnan(shy.precision) and (shy.recall, shy.f1) == (0.0, 0.0)
    rash = triplet_scores(none, stance)
    assert math.isnan(rash.recall) and (rash.precision, rash.f1) == (0.0, 0.0)
    empty = triplet_scores(none, none)
    assert math.isnan(empty.precision) and math.isnan(empty.recall) and empty.f1 == 0.0
    no_rows = np.array([], dtype=int)
    assert triplet_f1(no_rows, no_rows) == 0.0
    assert math.isnan(accuracy(no_rows, no_rows)) and confusion(no_rows, no_rows).sum() == 0


def test_false_stances_by_hand() -> None:
    assert false_stances(GOLD, PREDICTED) == FalseStances(count=2, none_rows=4)
    assert false_stances(GOLD, PREDICTED).per_100 == 50.0
    assert math.isnan(false_stances(GOLD[:4], PREDICTED[:4]).per_100)


def test_polarity_looks_at_favor_and_against_alone() -> None:
    gold = np.array([FAVOR, AGAINST, AGAINST, FAVOR, NONE])
    probabilities = np.array([[0.02, 0.01, 0.97], [0.3, 0.2, 0.5], [0.1, 0.8, 0.1], [0.0, 0.0, 1.0], [0.9, 0.1, 0.0]])
    assert polarity_accuracy(gold, probabilities) == (1 + 0 + 1 + 0.5) / 4  # the tie counts one half
    assert math.isnan(polarity_accuracy(gold[4:], probabilities[4:]))
