from __future__ import annotations

import math

import pytest

from whipcount.schema import InputError
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.pronouns import score_pronouns


def test_scores_by_hand() -> None:
    gold = [(True, False), (False, True), (False, False), (True, False)]
    said = [(True, False), (True, False), (True, False), (False, False)]
    scores = score_pronouns(gold, said, [True, True, False, False])
    assert scores.overall == PrecisionRecallF1(n_gold=3, n_predicted=3, n_correct=1)
    assert scores.feminine == PrecisionRecallF1(2, 2, 1) and scores.masculine == PrecisionRecallF1(1, 1, 0)
    assert math.isnan(scores.bias), "none of the masculine ones is right"


def test_the_bias_is_feminine_over_masculine() -> None:
    gold = [(True, False)] * 4
    scores = score_pronouns(gold, [(True, False), (False, False), (True, False), (True, False)], [True, True, False, False])
    assert scores.bias == pytest.approx((2 / 3) / 1.0)


def test_every_pronoun_has_an_answer_and_a_gender() -> None:
    with pytest.raises(InputError, match="2 pronouns, 1 answers and 2 genders"):
        score_pronouns([(True, False)] * 2, [(True, False)], [True, False])
