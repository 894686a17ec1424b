from __future__ import annotations

import pytest

from whipcount.reading.attributions import Attribution
from whipcount.schema import InputError, Span
from whipcount.scoring.attributions import TRIPLE, agreement, score_attributions
from whipcount.scoring.metrics import PrecisionRecallF1

SAID = Attribution(cue=(Span(10, 14),), content=(Span(0, 9), Span(15, 20)), source=(Span(21, 26),))
ADDED = Attribution(cue=(Span(30, 35),), content=(Span(36, 50),), source=(Span(21, 26),))
NEARLY = Attribution(cue=(Span(10, 14),), content=(Span(0, 9),), source=(Span(21, 27),))


def test_scores_by_hand() -> None:
    scores = score_attributions([[SAID, ADDED], []], [[NEARLY, ADDED], [SAID]])
    assert scores["source"] == PrecisionRecallF1(n_gold=1, n_predicted=3, n_correct=1), "a source that two attributions share counts once"
    assert scores["cue"] == PrecisionRecallF1(2, 3, 2)
    assert scores["content"] == PrecisionRecallF1(n_gold=3, n_predicted=4, n_correct=2), "each piece is a range"
    assert scores[TRIPLE] == PrecisionRecallF1(2, 3, 1)
    assert scores["content"].precision == 0.5 and scores["content"].recall == pytest.approx(2 / 3)
    assert scores["content"].f1 == pytest.approx(4 / 7)


def test_nothing_found_and_nothing_to_find() -> None:
    assert {score.f1 for score in score_attributions([[SAID]], [[]]).values()} == {0.0}
    assert {score.f1 for score in score_attributions([[]], [[]]).values()} == {0.0}


def test_everybody_is_compared_with_everybody() -> None:
    scores = agreement([[SAID], [SAID], [NEARLY]])
    assert scores["cue"] == PrecisionRecallF1(3, 3, 3)
    assert scores[TRIPLE] == PrecisionRecallF1(3, 3, 1)


def test_texts_must_be_the_same() -> None:
    with pytest.raises(InputError, match="1 texts with gold attributions and 2 with found ones"):
        score_attributions([[SAID]], [[SAID], []])
