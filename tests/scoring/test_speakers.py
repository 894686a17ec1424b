"""How often the speaker is found, worked out by hand."""

from __future__ import annotations

import math

from whipcount.schema import Span, Utterance
from whipcount.scoring.speakers import SpeakerScores, score_speakers


def test_right_wrong_nobody_and_missing() -> None:
    gold = {Span(0, 5): "q", Span(10, 15): "b", Span(20, 25): "", Span(30, 35): "q", Span(40, 45): ""}
    found = (
        Utterance((Span(0, 2), Span(3, 5)), "quill", "attribution"),  # right, over two lines
        Utterance((Span(10, 15),), "quill", "subject"),  # wrong
        Utterance((Span(20, 25),), "nobody_we_know", "subject"),  # somebody where nobody speaks
        Utterance((Span(40, 45),), "", "unknown"),  # right: nobody
    )
    scores = score_speakers(gold, found, {"quill": "q"})
    assert scores == SpeakerScores(n=5, n_told=3, n_right=2)
    assert scores.accuracy == 0.4
    assert scores + SpeakerScores(5, 5, 5) == SpeakerScores(10, 8, 7)


def test_without_quotations_there_is_no_accuracy() -> None:
    assert math.isnan(SpeakerScores().accuracy)
