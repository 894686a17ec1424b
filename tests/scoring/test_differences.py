from __future__ import annotations

import math
from dataclasses import astuple
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount.schema import NONE, InputError
from whipcount.scoring import clusters
from whipcount.scoring.differences import Draws, actor_differences, macro_difference, paired_difference
from whipcount.scoring.metrics import pair_scores, triplet_f1, triplet_scores
from whipcount.scoring.permutation import mcnemar
from whipcount.scoring.ratios import Codes, Measure, Ratio, ratio_of

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
    assert (difference.difference, difference.p) == (0, 1) and math.isnan(difference.interval.low)
    assert all(found.p == 1 for found in actor_differences(*pair, actor, story, sentence, 1, FEW).values())
    assert mcnemar(gold, first, first).p == 1


@settings(max_examples=25)
@example(99825255, 2, "false_per_100")  # four sentences: too few for an interval
@given(st.integers(0, 2**32 - 1), st.integers(2, 20), st.sampled_from(["triplet_f1", "pair_f1", "accuracy", "false_per_100"]))
def test_exchanging_the_systems_mirrors_the_difference_and_permuting_rows_changes_nothing(seed: int, n_stories: int, name: Measure) -> None:
    gold, first, second, story, sentence, _ = two_systems(50, n_stories, seed=seed)
    one, other = ratios(name, gold, first, second)
    forth = paired_difference(one, other, story, sentence, FEW)
    back = paired_difference(other, one, story, sentence, FEW)
    assert back.difference == -forth.difference and back.p == forth.p
    assert (back.interval.low, back.interval.high) == pytest.approx((-forth.interval.high, -forth.interval.low), nan_ok=True)
    order = np.random.default_rng(seed).permutation(50)
    shuffled = ratios(name, gold[order], first[order], second[order])
    np.testing.assert_equal(astuple(paired_difference(*shuffled, story[order], sentence[order], FEW)), astuple(forth))


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


def test_clusters_that_are_all_alike_give_no_interval() -> None:
    gold, codes, everybody = np.zeros(24, dtype=int), np.arange(24) // 3, np.zeros(24, dtype=int)
    second = np.where(np.arange(24) % 3 == 0, 0, 1)  # in each sentence one row of three
    pair = ratios("accuracy", gold, gold, second)
    macro, (actor,) = (
        macro_difference(*pair, np.arange(24) % 3, codes, codes, 1),
        actor_differences(*pair, everybody, codes, codes, 1).values(),
    )
    for difference in (paired_difference(*pair, everybody, codes), macro, actor):
        assert difference.difference == pytest.approx(2 / 3) and difference.p < 0.02
        assert math.isnan(difference.interval.low) and math.isnan(difference.interval.high), "not certain, for all that they agree"


@pytest.mark.parametrize(("n_sentences", "is_drawn"), [(4, False), (5, True)])
def test_below_five_clusters_there_is_a_p_but_no_interval(n_sentences: int, is_drawn: bool) -> None:
    gold, one, sentence = np.zeros(20, dtype=int), np.zeros(20, dtype=int), np.arange(20) % n_sentences
    pair = ratios("accuracy", gold, (sentence == 0).astype(int), gold + 1)
    macro, (actor,) = macro_difference(*pair, one, one, sentence, 1), actor_differences(*pair, one, one, sentence, 1).values()
    for difference in (paired_difference(*pair, one, sentence), macro, actor):
        assert difference.p == pytest.approx(2 / 2 ** (n_sentences - 1), abs=0.02)
        assert math.isnan(difference.interval.low) == math.isnan(difference.interval.high) == (not is_drawn)


def test_the_rows_of_other_actors_change_no_interval() -> None:
    gold, first, second, story, sentence, actor = two_systems(240, 12, n_actors=3, seed=4)
    story = np.where(actor == 0, story % 3, story)
    sentence = story * 1000 + np.arange(240)
    pair = ratios("accuracy", gold, first, second)
    own = np.flatnonzero(actor == 0)
    alone = paired_difference(pair[0].select(actor == 0), pair[1].select(actor == 0), story[own], sentence[own])
    assert actor_differences(*pair, actor, story, sentence, 1)[0].interval == alone.interval
    assert alone.interval.low < alone.difference < alone.interval.high


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    gold, first, second, story, sentence, actor = two_systems(200, 20)
    pair = ratios("accuracy", gold, first, second)
    whole = actor_differences(*pair, actor, story, sentence, 1)
    monkeypatch.setattr(clusters, "CELLS_AT_ONCE", 20 * 1111)
    monkeypatch.setattr(clusters, "GROUPS_AT_ONCE", 3)
    parted = actor_differences(*pair, actor, story, sentence, 1)
    assert [found.interval for found in parted.values()] == [found.interval for found in whole.values()]
    assert [found.p for found in parted.values()] == pytest.approx([found.p for found in whole.values()], abs=0.03)


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
