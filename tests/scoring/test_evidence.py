"""Four stances with probabilities made by hand: what changes, and by how much, can be followed on paper."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whipcount.schema import EVIDENCE_ROLES
from whipcount.scoring.evidence import BLANKINGS, RANDOM, WHOLE, BlankedStance, score_evidence

Row = tuple[float, float, float]


def stance(before: Row, after: dict[str, list[Row]], n_tokens: dict[str, float] | None = None, **others: object) -> BlankedStance:
    values = {
        "article": "town/quay",
        "story": "ferry",
        "sentence": 0,
        "is_attributed": True,
        "is_cut": False,
        "in_sentence": True,
        **others,
    }
    readings = {name: np.array(rows) for name, rows in after.items()}
    return BlankedStance(before=np.array(before), after=readings, n_tokens=n_tokens or dict.fromkeys(after, 4.0), **values)  # type: ignore[arg-type]


VANISHES = stance(
    (0.7, 0.1, 0.2),
    {WHOLE: [(0.2, 0.1, 0.7)], "speaker": [(0.5, 0.2, 0.3)], RANDOM: [(0.6, 0.2, 0.2), (0.1, 0.8, 0.1)]},
    {WHOLE: 6.0, "speaker": 2.0, RANDOM: 5.5},
)
"""In favor: without its evidence none, by one of two draws the opposite."""
TURNS = stance((0.2, 0.5, 0.3), {WHOLE: [(0.6, 0.3, 0.1)], RANDOM: [(0.2, 0.5, 0.3)]}, sentence=1, in_sentence=False)
"""Against: the opposite without its evidence; random words, elsewhere, change nothing."""
STAYS = stance((0.7, 0.2, 0.1), {WHOLE: [(0.8, 0.1, 0.1)]}, is_attributed=False)
"""The likelier without its evidence; there is no room for random words."""
WITHOUT = stance((0.2, 0.5, 0.3), {}, is_attributed=False, is_cut=True)
"""All of its evidence is outside the window."""


def test_changes_and_falls_are_those_worked_out_by_hand() -> None:
    scores = score_evidence([VANISHES, TURNS, STAYS, WITHOUT], n_resamples=10, seed=0)
    assert {name: value for name, value in scores.items() if name.startswith("n_")} == {
        "n_stances": 4,
        "n_mentions_alone": 2,
        "n_cut": 1,
        "n_without_evidence": 1,
        "n_without_room": 1,
        "n_other_sentence": 1,
    }
    assert list(scores["blanked"]) == list(BLANKINGS) == [WHOLE, *EVIDENCE_ROLES, RANDOM]
    whole, speaker, chance = (scores["blanked"][name] for name in (WHOLE, "speaker", RANDOM))
    third = round(1 / 3, 6)
    assert whole == {
        "n": 3,
        "changed": round(2 / 3, 6),
        "to_none": third,
        "to_opposite": third,
        "fall": pytest.approx((0.5 + 0.2 - 0.1) / 3, abs=1e-6),
        "n_tokens": pytest.approx(14 / 3, abs=1e-6),
    }
    assert speaker == {"n": 1, "changed": 0.0, "to_none": 0.0, "to_opposite": 0.0, "fall": 0.2, "n_tokens": 2.0}
    assert chance == {
        "n": 2,
        "changed": 0.25,
        "to_none": 0.0,
        "to_opposite": 0.25,
        "fall": pytest.approx((0.7 - 0.35) / 2, abs=1e-6),
        "n_tokens": 4.75,
    }


def test_evidence_and_random_words_are_compared_on_stances_that_have_both() -> None:
    differences = score_evidence([VANISHES, TURNS, STAYS, WITHOUT], n_resamples=10, seed=0)["differences"]
    unknown = {"low": None, "high": None, "clustered_by": "sentence"}
    assert differences == {
        "all": {
            "n": 2,
            "changed": {WHOLE: 1.0, RANDOM: 0.25, "difference": 0.75, "interval": unknown},
            "fall": {WHOLE: 0.35, RANDOM: 0.175, "difference": 0.175, "interval": unknown},
        },
        "same_sentence": {
            "n": 1,
            "changed": {WHOLE: 1.0, RANDOM: 0.5, "difference": 0.5, "interval": unknown},
            "fall": {WHOLE: 0.5, RANDOM: 0.35, "difference": 0.15, "interval": unknown},
        },
    }


def test_stories_are_resampled_sentences_where_there_are_few() -> None:
    many = [replace(one, article=f"town/a{number}", story=f"s{number}") for number in range(10) for one in (VANISHES, TURNS)]
    interval = score_evidence(many, n_resamples=50, seed=0)["differences"]["all"]["changed"]["interval"]
    assert interval == {"low": None, "high": None, "clustered_by": "story"}, "each story holds both, so that all are alike"
    few = [replace(one, article=f"town/a{number}", story="one") for number in range(10) for one in (VANISHES, TURNS)]
    interval = score_evidence(few, n_resamples=50, seed=0)["differences"]["all"]["changed"]["interval"]
    assert interval["clustered_by"] == "sentence"
    assert 0.5 <= interval["low"] < 0.75 < interval["high"] <= 1.0, "a sentence holds one of the two"


@pytest.mark.parametrize("stances", [[], [WITHOUT]])
def test_where_nothing_is_blanked_nothing_is_told(stances: list[BlankedStance]) -> None:
    scores = score_evidence(stances, n_resamples=10, seed=0)
    assert (scores["n_stances"], scores["n_without_evidence"]) == (len(stances), len(stances))
    nothing = dict.fromkeys(("changed", "to_none", "to_opposite", "fall", "n_tokens"))
    assert scores["blanked"] == {name: {"n": 0, **nothing} for name in BLANKINGS}
    for found in scores["differences"].values():
        assert found["n"] == 0
        for measure in ("changed", "fall"):
            assert {found[measure][key] for key in (WHOLE, RANDOM, "difference")} == {None}
            assert found[measure]["interval"]["low"] is None
