from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, InputError
from whipcount.scoring.actors import ROLES, macro_accuracy, score_by_actor
from whipcount.scoring.comparison import Draws, compare_systems, compare_with_first, comparison_to_json
from whipcount.scoring.metrics import pair_scores, polarity_accuracy, triplet_f1, triplet_scores
from whipcount.scoring.permutation import holm
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align

FEW = Draws(n_resamples=200, n_permutations=200)


def rows_of(dataset: StoredDataset, predictions: Predictions) -> ScoredRows:
    return align(dataset.examples["test"], dataset.articles["test"], predictions)


@pytest.fixture(scope="module")
def systems(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, perfect: Predictions) -> dict[str, ScoredRows]:
    named = {"model": model, "majority": always_none, "perfect": perfect}
    return {name: rows_of(town_dataset, predictions) for name, predictions in named.items()}


def test_the_first_is_compared_with_each_other(systems: dict[str, ScoredRows]) -> None:
    comparisons = compare_with_first(systems, min_support=1, draws=FEW)
    assert [(one.first, one.second) for one in comparisons] == [("model", "majority"), ("model", "perfect")]
    heads = {name: rows.select(rows.headline) for name, rows in systems.items()}
    for comparison in comparisons:
        for name, side in ((comparison.first, "first"), (comparison.second, "second")):
            head = heads[name]
            scores = {measure: getattr(difference, side) for measure, difference in comparison.scores.items()}
            speakers = score_by_actor(head, "speaker")
            assert scores == pytest.approx(
                {
                    "triplet_f1": triplet_f1(head.gold, head.predicted),
                    "pair_f1": pair_scores(head.gold, head.predicted).f1,
                    "polarity_accuracy": polarity_accuracy(head.gold, head.probabilities),
                    "micro_accuracy": triplet_scores(head.gold, head.predicted).recall,
                    "macro_speaker_accuracy": macro_accuracy(speakers, 1)[0],
                }
            )
        assert {difference.interval.clustered_by for difference in comparison.scores.values()} == {"sentence"}


def test_town_by_hand(systems: dict[str, ScoredRows]) -> None:
    comparison = compare_systems(("perfect", systems["perfect"]), ("model", systems["model"]), min_support=1)
    # right alone: perfect in 3 gold rows and the 2 false ones
    assert (comparison.mcnemar.first_only, comparison.mcnemar.second_only, comparison.mcnemar.p) == (5, 0, 2 / 2**5)
    # the sentences with a stance are ferry 0 (1 of 2 lost), ferry 1 (its 1 lost) and fair 0 (1 of 2 lost): unless all are
    # swapped or none, the gap is smaller
    p = comparison.scores["micro_accuracy"].p
    assert p == pytest.approx(2 / 2**3, abs=0.02)
    assert comparison.scores["micro_accuracy"].difference == pytest.approx(3 / 5)
    for role in ROLES:
        expected = [score for score in score_by_actor(systems["model"], role) if score.n]
        listed = comparison.actors[role]
        assert [(actor.key, actor.n, actor.accuracy.second) for actor in listed] == [(s.key, s.n, s.accuracy) for s in expected]
        assert all(actor.role == role and actor.accuracy.first == 1 for actor in listed)
        assert all(math.isnan(actor.p_holm) and math.isnan(actor.accuracy.p) for actor in listed)  # all have less than 5 rows


def test_p_of_actors_is_corrected_over_those_that_could_be_tested(systems: dict[str, ScoredRows]) -> None:
    def filled(rows: ScoredRows) -> ScoredRows:  # so that actors have rows to score, and sentences enough
        return replace(rows, gold=np.where(rows.gold == NONE, 0, rows.gold), sentence=np.arange(len(rows)) // 2)

    pair = ("model", filled(systems["model"])), ("majority", filled(systems["majority"]))
    for role in ROLES:
        loose, strict = (compare_systems(*pair, min_support=k, draws=FEW).actors[role] for k in (1, 10))
        assert {actor.n >= 10 for actor in strict} == {True} and len(strict) < len(loose)
        for listed in (loose, strict):
            p = np.array([actor.accuracy.p if actor.accuracy.n_clusters >= 8 else math.nan for actor in listed])
            assert [actor.p_holm for actor in listed] == pytest.approx(holm(p).tolist(), nan_ok=True)
            assert [actor.n for actor in listed] == sorted((actor.n for actor in listed), reverse=True)
        # two speakers of 8 clusters and two of 6, of which 2 / 2^6 is too much beside others; targets have 9 and more
        tested = [not math.isnan(actor.p_holm) for actor in loose if not math.isnan(actor.accuracy.p)]
        assert tested == [True, True, role == "target", role == "target"]


def test_rows_that_are_not_the_same_are_refused(systems: dict[str, ScoredRows]) -> None:
    model = systems["model"]
    order = np.arange(len(model))[::-1]
    other_gold = model.gold.copy()
    other_gold[:3] = 1
    refused = {
        "model has 72 rows, other 70": model.select(np.arange(70)),
        "model and other have different examples in 72 rows, first town/ferry/0/": model.select(order),
        r"model and other have different gold stances in \d rows, first town/ferry/0/": replace(model, gold=other_gold),
    }
    for message, other in refused.items():
        with pytest.raises(InputError, match=message):
            compare_systems(("model", model), ("other", other), min_support=1)
    with pytest.raises(InputError, match=r"1 systems to compare \(model\); give 2 to 6"):
        compare_with_first({"model": model}, min_support=1)
    with pytest.raises(InputError, match="7 systems to compare"):
        compare_with_first({str(i): model for i in range(7)}, min_support=1)


def test_plain_values_say_the_same(systems: dict[str, ScoredRows]) -> None:
    # each row in a sentence of its own, so that there are sentences enough
    perfect, model = (replace(rows, sentence=np.arange(len(rows))) for rows in (systems["perfect"], systems["model"]))
    comparison = compare_systems(("perfect", perfect), ("model", model), min_support=1, draws=FEW)
    values = json.loads(json.dumps(comparison_to_json(comparison), allow_nan=False))
    assert (values["first"], values["second"], values["min_support"]) == ("perfect", "model", 1)
    assert values["mcnemar"] == {"first_only": 5, "second_only": 0, "p": 2 / 2**5}
    found = comparison.scores["triplet_f1"]
    assert values["scores"]["triplet_f1"] == {
        "first_value": 1.0,
        "second_value": 0.4,
        "difference": 0.6,
        "interval": {"low": round(found.interval.low, 6), "high": round(found.interval.high, 6), "clustered_by": "sentence"},
        "p": round(found.p, 6),
    }
    quill = values["actors"]["speaker"][0]
    assert (quill["corpus"], quill["name"], quill["kind"], quill["n"]) == ("town", "Ada Quill", "person", 3)
    assert quill["p"] is quill["p_holm"] is quill["interval"]["low"] is None  # less than 5 rows
    assert not comparison.actors["speaker"][0].beyond_chance
