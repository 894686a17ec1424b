from __future__ import annotations

import math
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, InputError
from whipcount.scoring import resampling
from whipcount.scoring.actors import ROLES, macro_accuracy, score_by_actor
from whipcount.scoring.comparison import (
    Draws,
    actor_differences,
    compare_systems,
    compare_with_first,
    holm,
    macro_difference,
    mcnemar,
    paired_difference,
    swap_blocks,
)
from whipcount.scoring.metrics import pair_scores, polarity_accuracy, triplet_f1, triplet_scores
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.resampling import Codes, Measure, Ratio, ratio_of
from whipcount.scoring.rows import ScoredRows, align

Labels = NDArray[np.int64]
FEW = Draws(n_resamples=200, n_permutations=200)


def two_systems(
    n_rows: int, n_stories: int, n_actors: int = 4, seed: int = 0, second_right: float = 0.5
) -> tuple[Labels, Labels, Labels, Codes, Codes, Codes]:
    """Return gold, the labels of two systems, story, sentence and actor."""
    random = np.random.default_rng(seed)
    story = np.arange(n_rows) % n_stories
    sentence = story * 100 + random.integers(0, 3, n_rows)
    gold = random.integers(0, 3, n_rows)
    first, second = (
        np.where(random.random(n_rows) < right, gold, random.integers(0, 3, n_rows)) for right in (0.5, second_right)
    )  # fmt: skip
    return gold, first, second, story, sentence, random.integers(0, n_actors, n_rows)


def ratios(measure: Measure, gold: Labels, first: Labels, second: Labels) -> tuple[Ratio, Ratio]:
    return ratio_of(measure, gold, first), ratio_of(measure, gold, second)


def accuracy(gold: Labels, predicted: Labels) -> float:
    return triplet_scores(gold, predicted).recall


def macro(gold: Labels, predicted: Labels, actor: Codes) -> float:
    return float(np.mean([accuracy(gold[actor == code], predicted[actor == code]) for code in np.unique(actor[gold != NONE])]))


def test_the_interval_is_that_of_a_plain_loop() -> None:
    gold, first, second, story, sentence, _ = two_systems(80, 14)
    difference = paired_difference(*ratios("triplet_f1", gold, first, second), story, sentence, Draws(300, 10, seed=4))
    assert (difference.first, difference.second) == (triplet_f1(gold, first), triplet_f1(gold, second))
    scored = np.flatnonzero((gold != NONE) | (first != NONE) | (second != NONE))
    gaps = []
    for drawn in np.random.default_rng(4).integers(14, size=(300, 14)):
        rows = np.concatenate([scored[story[scored] == code] for code in drawn])
        gaps.append(triplet_f1(gold[rows], first[rows]) - triplet_f1(gold[rows], second[rows]))
    interval = difference.interval
    assert (interval.low, interval.high) == pytest.approx(tuple(np.percentile(gaps, [2.5, 97.5])))
    assert interval.low < difference.difference < interval.high and interval.clustered_by == "story"


@pytest.mark.parametrize("measure", ["triplet_f1", "pair_f1", "accuracy", "macro"])
def test_p_is_that_of_all_swaps_one_by_one(measure: str) -> None:
    gold, first, second, story, sentence, actor = two_systems(50, 10, seed=3, second_right=0.8)
    draws = Draws(n_resamples=10)
    if measure == "macro":
        difference = macro_difference(*ratios("accuracy", gold, first, second), actor, story, sentence, 1, draws)
    else:
        difference = paired_difference(*ratios(measure, gold, first, second), story, sentence, draws)  # type: ignore[arg-type]

    def value(predicted: Labels) -> float:
        if measure == "macro":
            return macro(gold, predicted, actor)
        return {"triplet_f1": triplet_f1, "accuracy": accuracy, "pair_f1": lambda g, p: pair_scores(g, p).f1}[measure](gold, predicted)

    assert difference.difference == pytest.approx(value(first) - value(second))
    gaps = []
    for swapped in product([False, True], repeat=10):
        swap = np.array(swapped)[story]
        gaps.append(abs(value(np.where(swap, second, first)) - value(np.where(swap, first, second))))
    exact = np.mean(np.array(gaps) >= abs(value(first) - value(second)) - 1e-9)
    assert 0.001 < exact < 0.7
    assert difference.p == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000) + 1e-4)


def test_actors_are_those_of_all_swaps_one_by_one() -> None:
    gold, first, second, story, sentence, actor = two_systems(150, 10, n_actors=3, seed=2, second_right=0.65)
    story = np.where(actor == 2, story % 4, story)  # actor 2 has 4 stories, so its sentences are swapped
    sentence = story * 10 + sentence % 3
    found = actor_differences(*ratios("accuracy", gold, first, second), actor, story, sentence, 6)
    assert list(found) == [0, 1, 2]
    for code, difference in found.items():
        own = np.flatnonzero((actor == code) & (gold != NONE))
        cluster = story[own] if difference.interval.clustered_by == "story" else sentence[own]
        gains = np.array([((first == gold)[own].astype(int) - (second == gold)[own])[cluster == name].sum() for name in np.unique(cluster)])
        assert difference.difference == pytest.approx(gains.sum() / len(own))
        swapped = np.abs(np.array(list(product([-1, 1], repeat=len(gains)))) @ gains)
        exact = np.mean(swapped >= abs(gains.sum()))
        assert difference.p == pytest.approx(exact, abs=4 * math.sqrt(exact / 10_000) + 1e-4)
        assert difference.interval.low <= difference.difference <= difference.interval.high
    assert [difference.interval.clustered_by for difference in found.values()].count("sentence") == 1


def test_a_lone_actor_is_the_whole() -> None:
    gold, first, second, story, sentence, _ = two_systems(60, 12)
    pair, everybody = ratios("accuracy", gold, first, second), np.zeros(60, dtype=int)
    whole = paired_difference(*pair, story, sentence, FEW)
    assert actor_differences(*pair, everybody, story, sentence, 1, FEW) == {0: whole}
    assert macro_difference(*pair, everybody, story, sentence, 1, FEW) == whole


def test_alike_systems_are_seldom_told_apart_and_mcnemar_often_does() -> None:
    # within a story the two systems agree or one of them gets all right, so rows are anything but independent
    random = np.random.default_rng(0)
    story, gold = np.repeat(np.arange(30), 10), np.zeros(300, dtype=int)
    rejected = np.zeros(2)
    for seed in range(300):
        ahead = np.repeat(random.integers(0, 4, 30), 10)
        first, second = np.where(ahead == 1, 0, 1), np.where(ahead == 2, 0, 1)
        difference = paired_difference(*ratios("triplet_f1", gold, first, second), story, np.arange(300), Draws(1, 300, seed))
        rejected += difference.p < 0.05, mcnemar(gold, first, second).p < 0.05
    by_story, by_row = rejected / 300
    assert 0.015 < by_story < 0.085 and by_row > 0.4


def test_identical_systems_do_not_differ() -> None:
    gold, first, _, story, sentence, actor = two_systems(60, 12)
    pair = ratios("triplet_f1", gold, first, first)
    difference = paired_difference(*pair, story, sentence, FEW)
    assert (difference.difference, difference.interval.low, difference.interval.high, difference.p) == (0, 0, 0, 1)
    assert all(found.p == 1 for found in actor_differences(*pair, actor, story, sentence, 1, FEW).values())
    assert mcnemar(gold, first, first).p == 1


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 20), st.sampled_from(["triplet_f1", "pair_f1", "accuracy", "false_per_100"]))
def test_exchanging_the_systems_mirrors_the_difference_and_permuting_rows_changes_nothing(seed: int, n_stories: int, name: Measure) -> None:
    gold, first, second, story, sentence, _ = two_systems(50, n_stories, seed=seed)
    one, other = ratios(name, gold, first, second)
    forth = paired_difference(one, other, story, sentence, FEW)
    back = paired_difference(other, one, story, sentence, FEW)
    assert back.difference == -forth.difference and back.p == forth.p
    assert (back.interval.low, back.interval.high) == pytest.approx((-forth.interval.high, -forth.interval.low))
    order = np.random.default_rng(seed).permutation(50)
    shuffled = ratios(name, gold[order], first[order], second[order])
    assert paired_difference(*shuffled, story[order], sentence[order], FEW) == forth


def test_below_five_gold_rows_there_is_neither_interval_nor_p() -> None:
    gold = np.array([0, 1, 0, 1, *[NONE] * 20])
    pair, codes = ratios("triplet_f1", gold, gold, np.full(24, NONE)), np.arange(24)
    difference = paired_difference(*pair, codes, codes)
    assert (difference.first, difference.second) == (1, 0)
    assert math.isnan(difference.p) and math.isnan(difference.interval.low)
    four = actor_differences(*pair, np.zeros(24, dtype=int), codes, codes, 4)[0]
    assert four.first == 1 and math.isnan(four.p) and math.isnan(four.interval.high)
    assert actor_differences(*pair, np.zeros(24, dtype=int), codes, codes, 5) == {}
    nobody = macro_difference(*pair, np.zeros(24, dtype=int), codes, codes, 5)
    assert math.isnan(nobody.first) and math.isnan(nobody.p) and math.isnan(nobody.interval.low)


def test_a_single_cluster_has_p_1_and_no_interval() -> None:
    gold, one = np.zeros(8, dtype=int), np.zeros(8, dtype=int)
    pair = ratios("accuracy", gold, gold, gold + 1)
    for difference in (paired_difference(*pair, one, one, FEW), macro_difference(*pair, one, one, one, 1, FEW)):
        assert (difference.difference, difference.p) == (1, 1) and math.isnan(difference.interval.low)


def test_swaps_are_fair_coins_and_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    swaps = np.concatenate(list(swap_blocks(11, [300, 700], seed=0)), axis=1)
    assert swaps.shape == (11, 1000) and set(swaps.ravel()) == {0, 1}
    assert swaps.mean(axis=1) == pytest.approx(np.full(11, 0.5), abs=0.065)  # four standard errors
    gold, first, second, story, sentence, actor = two_systems(200, 20)
    pair = ratios("accuracy", gold, first, second)
    whole = actor_differences(*pair, actor, story, sentence, 1)
    monkeypatch.setattr(resampling, "CELLS_AT_ONCE", 20 * 1111)
    monkeypatch.setattr(resampling, "GROUPS_AT_ONCE", 3)
    parted = actor_differences(*pair, actor, story, sentence, 1)
    assert [found.interval for found in parted.values()] == [found.interval for found in whole.values()]
    assert [found.p for found in parted.values()] == pytest.approx([found.p for found in whole.values()], abs=0.03)


def test_mcnemar_by_hand() -> None:
    # the first alone is right in 1 row, the second alone in 8; rows that are none throughout or right in both do not count
    gold = np.array([0, *[1] * 7, NONE, NONE, NONE, 0, 0])
    first = np.array([0, *[0] * 7, 1, NONE, NONE, 0, 1])
    second = np.array([1, *[1] * 7, NONE, NONE, NONE, 0, NONE])
    found = mcnemar(gold, first, second)
    assert (found.first_only, found.second_only) == (1, 8)
    assert found.p == pytest.approx(2 * (1 + 9) / 2**9)


def test_holm_by_hand() -> None:
    # sorted 0.005, 0.01, 0.03, 0.04 times 4, 3, 2, 1 are 0.02, 0.03, 0.06, 0.04; the last may not fall below 0.06
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])).tolist() == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.array([0.02, math.nan, 0.6, 0.7])).tolist() == pytest.approx([0.06, math.nan, 1.0, 1.0], nan_ok=True)
    assert holm(np.array([])).tolist() == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_is_the_step_down_loop(p_values: list[float]) -> None:
    expected, highest = dict[int, float](), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        expected[place] = highest
    assert holm(np.array(p_values)).tolist() == pytest.approx([expected[i] for i in range(len(p_values))])


def test_bad_arrays_are_refused() -> None:
    gold, codes = np.zeros(6, dtype=int), np.arange(6)
    pair = ratios("accuracy", gold, gold, gold)
    with pytest.raises(InputError, match="different lengths"):
        paired_difference(pair[0], pair[1], codes, codes[:2])
    with pytest.raises(InputError, match="different gold, first in row 4"):
        paired_difference(pair[0], ratio_of("accuracy", np.array([0, 0, 0, 0, 2, 2]), gold), codes, codes)
    with pytest.raises(InputError, match="actor -2 in row 0"):
        actor_differences(*pair, codes - 2, codes, codes, 1)
    with pytest.raises(InputError, match="0 resamples or permutations"):
        paired_difference(*pair, codes, codes, Draws(n_resamples=0))
    with pytest.raises(InputError, match="0 resamples or permutations"):
        paired_difference(*pair, codes, codes, Draws(n_permutations=0))
    with pytest.raises(InputError, match=r"gold: 6, first: 6, second: 1"):
        mcnemar(gold, gold, gold[:1])


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


def test_p_of_actors_is_corrected_over_those_supported(systems: dict[str, ScoredRows]) -> None:
    def filled(rows: ScoredRows) -> ScoredRows:
        return replace(rows, gold=np.where(rows.gold == NONE, 0, rows.gold))  # so that actors have rows to score

    pair = ("model", filled(systems["model"])), ("majority", filled(systems["majority"]))
    for role in ROLES:
        loose, strict = (compare_systems(*pair, min_support=k, draws=FEW).actors[role] for k in (1, 10))
        assert {actor.n >= 10 for actor in strict} == {True} and len(strict) < len(loose)
        for listed in (loose, strict):
            p = np.array([actor.accuracy.p for actor in listed])
            assert [actor.p_holm for actor in listed] == pytest.approx(holm(p).tolist(), nan_ok=True)
            assert [actor.n for actor in listed] == sorted((actor.n for actor in listed), reverse=True)


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
