from __future__ import annotations

import math
import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import bootstrap

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, InputError
from whipcount.scoring import clusters
from whipcount.scoring.actors import ROLES, score_by_actor
from whipcount.scoring.clusters import block_sizes
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.metrics import triplet_scores
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.ratios import MEASURES, Codes, Floats, Measure, ratio_of
from whipcount.scoring.resampling import (
    Interval,
    actor_codes,
    actor_intervals,
    cluster_codes,
    headline_intervals,
    intervals_by_actor,
    macro_accuracy_interval,
    macro_interval,
    score_interval,
    weight_blocks,
)
from whipcount.scoring.rows import ScoredRows, align

Rows = tuple[NDArray[np.int64], NDArray[np.int64], Floats, Codes, Codes, Codes]


def simulated(n_rows: int, n_stories: int, n_actors: int = 3, seed: int = 0, stances: float = 0.6) -> Rows:
    """Return gold, predicted, probabilities, story, sentence and actor; predicted is the likeliest."""
    random = np.random.default_rng(seed)
    story = random.integers(0, n_stories, n_rows)
    sentence = story * 100 + random.integers(0, 5, n_rows)
    gold = np.where(random.random(n_rows) < stances, random.integers(0, 2, n_rows), NONE)
    probabilities = random.dirichlet([1, 1, 1], n_rows) + 0.5 * np.eye(3)[gold]
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    return gold, probabilities.argmax(axis=1), probabilities, story, sentence, random.integers(0, n_actors, n_rows)


def resampled_rows(cluster: Codes, n_resamples: int, seed: int) -> list[NDArray[np.intp]]:
    """Return the rows of each resample of clusters, put together one cluster at a time."""
    names = np.unique(cluster)
    drawn = np.random.default_rng(seed).integers(len(names), size=(n_resamples, len(names)))
    return [np.concatenate([np.flatnonzero(cluster == names[code]) for code in one]) for one in drawn]


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("n_stories", [12, 4])
def test_the_interval_is_that_of_a_plain_loop(measure: Measure, n_stories: int) -> None:
    gold, predicted, probabilities, story, sentence, _ = simulated(90, n_stories)
    ratio = ratio_of(measure, gold, predicted, probabilities)
    interval = score_interval(ratio, story, sentence, n_resamples=200, seed=5)
    scored = ratio.denominator > 0
    cluster = (story if n_stories == 12 else sentence)[scored]
    rows = [np.flatnonzero(scored)[some] for some in resampled_rows(cluster, 200, 5)]
    scores = [ratio_of(measure, gold[some], predicted[some], probabilities[some]).value for some in rows]
    expected = np.percentile(scores, [2.5, 97.5])
    assert (interval.low, interval.high) == pytest.approx(tuple(expected))
    assert interval.clustered_by == ("story" if n_stories == 12 else "sentence")


def test_actors_are_those_of_a_plain_loop_over_their_own_clusters() -> None:
    # actor 0 in all of 40 stories, 1 in 12 of them, 2 and 3 in 3, 4 with 4 gold rows
    random = np.random.default_rng(2)
    reach = {0: (40, 80), 1: (12, 15), 2: (3, 12), 3: (3, 9), 4: (4, 4)}
    actor = np.repeat(list(reach), [n for _, n in reach.values()])
    story = np.concatenate([np.arange(n) % n_stories for n_stories, n in reach.values()])
    sentence = story * 50 + random.integers(0, 4, len(story))
    gold, predicted = random.integers(0, 2, len(story)), random.integers(0, 3, len(story))
    intervals = actor_intervals(ratio_of("accuracy", gold, predicted), actor, story, sentence, n_resamples=300, seed=1)
    for code, clustered_by, cluster in ((0, "story", story), (1, "story", story), (2, "sentence", sentence), (3, "sentence", sentence)):
        own = np.flatnonzero(actor == code)
        shares = [(gold == predicted)[own[some]].mean() for some in resampled_rows(cluster[own], 300, 1)]
        low, high = np.percentile(shares, [2.5, 97.5])
        assert intervals[code] == Interval(pytest.approx(low), pytest.approx(high), clustered_by)  # type: ignore[arg-type]
    assert math.isnan(intervals[4].low) and math.isnan(intervals[4].high) and intervals[4].clustered_by == "sentence"


@pytest.mark.parametrize("n_stories", [1, 12])
def test_the_rows_of_other_actors_change_no_interval(n_stories: int) -> None:
    own, others = np.arange(12), np.arange(200)
    gold, right, story = np.zeros(212, dtype=int), np.concatenate([own < 5, others % 2]), np.append(own % n_stories, others % n_stories)
    ratio, actor = ratio_of("accuracy", gold, np.where(right, 0, 1)), np.repeat([0, 1], [12, 200])
    alone = score_interval(ratio.select(actor == 0), story[:12], own)
    assert actor_intervals(ratio, actor, story, np.arange(212))[0] == alone
    assert 0.1 < alone.low < 5 / 12 < alone.high < 0.75


@pytest.mark.parametrize("n_stories", [15, 4])
def test_the_macro_average_is_that_of_a_plain_loop(n_stories: int) -> None:
    gold, predicted, _, story, sentence, actor = simulated(80, n_stories, n_actors=9)
    n_gold = np.bincount(actor, gold != NONE)
    supported = [code for code in range(9) if n_gold[code] >= 6]
    assert 2 <= len(supported) < 9
    interval = macro_interval(ratio_of("accuracy", gold, predicted), actor, story, sentence, min_support=6, n_resamples=200, seed=3)
    part = np.flatnonzero((gold != NONE) & np.isin(actor, supported))
    cluster = (story if n_stories == 15 else sentence)[part]
    means = []
    for some in resampled_rows(cluster, 200, 3):
        rows = part[some]
        means.append(np.mean([(gold == predicted)[rows[actor[rows] == code]].mean() for code in np.unique(actor[rows])]))
    assert (interval.low, interval.high) == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])))


def test_the_interval_is_close_to_that_of_scipy() -> None:
    gold, predicted, _, story, sentence, _ = simulated(400, 50)
    ratio = ratio_of("triplet_f1", gold, predicted)
    sums = [np.bincount(story, column) for column in (ratio.numerator, ratio.denominator)]

    def f1(numerator: Floats, denominator: Floats, axis: int = -1) -> Floats:
        return np.asarray(numerator.sum(axis=axis) / denominator.sum(axis=axis))

    expected = bootstrap(sums, f1, paired=True, vectorized=True, method="percentile", rng=np.random.default_rng(1)).confidence_interval
    interval = score_interval(ratio, story, sentence)
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=0.004)


def test_intervals_cover_what_they_promise_and_wilson_does_not() -> None:
    # a story's share of right rows is Beta(0.9, 0.6), so two of its rows correlate with 1 / (1 + 0.9 + 0.6) = 0.4
    random = np.random.default_rng(0)
    n_stories, n_rows, n_datasets = 60, 10, 300
    true_accuracy = 0.9 / 1.5
    # half the rows have a gold stance, a row whose gold is none gets a stance in one case of five
    true_f1 = 2 * 0.5 * true_accuracy / (0.5 + 0.5 * (true_accuracy + 0.5 * (1 - true_accuracy)) + 0.5 * 0.2)
    story = np.repeat(np.arange(n_stories), n_rows)
    sentence = np.arange(len(story))
    covered = np.zeros(3)
    for dataset in range(n_datasets):
        is_right = random.random(len(story)) < np.repeat(random.beta(0.9, 0.6, n_stories), n_rows)
        gold = random.integers(0, 2, len(story))
        predicted = np.where(is_right, gold, np.where(random.random(len(story)) < 0.5, 1 - gold, NONE))
        is_none = random.random(len(story)) < 0.5
        gold[is_none] = NONE
        predicted[is_none] = np.where(random.random(is_none.sum()) < 0.2, 0, NONE)
        truths: tuple[tuple[Measure, float], ...] = (("accuracy", true_accuracy), ("triplet_f1", true_f1))
        for place, (measure, truth) in enumerate(truths):
            interval = score_interval(ratio_of(measure, gold, predicted), story, sentence, n_resamples=500, seed=dataset)
            covered[place] += interval.low <= truth <= interval.high
        triplets = triplet_scores(gold, predicted)
        low, high = wilson_interval(triplets.n_correct, triplets.n_gold)
        covered[2] += low <= true_accuracy <= high
    accuracy, f1, wilson = covered / n_datasets
    assert 0.9 <= accuracy <= 0.99 and 0.9 <= f1 <= 0.99 and wilson < 0.85


@pytest.mark.parametrize(("n_stories", "clustered_by"), [(9, "sentence"), (10, "story")])
def test_below_ten_stories_sentences_are_resampled(n_stories: int, clustered_by: str) -> None:
    story = np.arange(40) % n_stories
    gold, predicted = np.zeros(40, dtype=int), np.arange(40) % 3
    ratio = ratio_of("accuracy", gold, predicted)
    assert score_interval(ratio, story, np.arange(40)).clustered_by == clustered_by
    # stories with nothing to score are no stories: every row of story 0 becomes none
    gold[story == 0] = NONE
    assert score_interval(ratio_of("accuracy", gold, predicted), story, np.arange(40)).clustered_by == "sentence"


def test_below_five_gold_rows_there_is_no_interval() -> None:
    labels = np.array([0, 1, 0, 1, 0, *[NONE] * 20])
    predicted = np.array([0, 0, 0, 1, 1, *[0, NONE] * 10])
    codes = np.arange(25)
    without_one = np.where(codes == 0, NONE, labels)
    for measure in ("accuracy", "triplet_f1", "pair_f1"):
        five, four = (score_interval(ratio_of(measure, gold, predicted), codes, codes) for gold in (labels, without_one))
        assert five.low < five.high and math.isnan(four.low) and math.isnan(four.high)
    false = score_interval(ratio_of("false_per_100", labels, predicted), codes, codes)
    assert 10 < false.low < 50 < false.high < 90 and false.clustered_by == "story"


@pytest.mark.parametrize(("n_sentences", "is_drawn"), [(1, False), (4, False), (5, True)])
def test_below_five_clusters_there_is_no_interval_however_many_rows(n_sentences: int, is_drawn: bool) -> None:
    gold, predicted = np.zeros(24, dtype=int), np.array([0, 0, 1, 1, 2, 0, 0, 0] * 3)
    one, sentence = np.zeros(24, dtype=int), np.arange(24) % n_sentences
    ratio = ratio_of("accuracy", gold, predicted)
    intervals = score_interval(ratio, one, sentence), macro_interval(ratio, one, one, sentence, min_support=1)
    assert {interval.clustered_by for interval in intervals} == {"sentence"}
    assert {math.isnan(end) for interval in intervals for end in (interval.low, interval.high)} == {not is_drawn}


@pytest.mark.parametrize("measure", MEASURES)
def test_alike_clusters_are_trials_and_not_certain(measure: Measure) -> None:
    gold = np.array([0, 1, NONE] * 15)
    story, actor = np.arange(45) // 3, np.zeros(45, dtype=int)
    low, high = wilson_interval(15, 15)
    right, wrong = np.eye(3)[gold], np.eye(3)[np.array([1, 0, 0] * 15)]
    best = score_interval(ratio_of(measure, gold, gold, right), story, np.arange(45))
    worst_labels = np.where(gold == NONE, 0, NONE)
    worst = score_interval(ratio_of(measure, gold, worst_labels, wrong), story, np.arange(45))
    if measure == "false_per_100":
        assert (best.low, best.high) == pytest.approx((0, 100 * (1 - low)))
        assert (worst.low, worst.high) == pytest.approx((100 * low, 100))
    else:
        assert (best.low, best.high) == pytest.approx((low, high)) and high == 1
        assert (worst.low, worst.high) == pytest.approx((0, 1 - low))
        macro = macro_interval(ratio_of(measure, gold, gold, right), actor, story, np.arange(45), min_support=1)
        assert macro == best


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from(MEASURES), st.integers(2, 25))
def test_permuting_rows_changes_nothing_and_ends_are_in_range(seed: int, measure: Measure, n_stories: int) -> None:
    gold, predicted, probabilities, story, sentence, actor = simulated(60, n_stories, seed=seed)
    ratio = ratio_of(measure, gold, predicted, probabilities)
    intervals = actor_intervals(ratio, actor, story, sentence, n_resamples=50)
    order = np.random.default_rng(seed).permutation(60)
    shuffled = ratio_of(measure, gold[order], predicted[order], probabilities[order])
    again = actor_intervals(shuffled, actor[order], story[order], sentence[order], n_resamples=50)
    np.testing.assert_array_equal([(i.low, i.high) for i in again], [(i.low, i.high) for i in intervals])
    assert all(0 <= i.low <= i.high <= ratio.highest for i in intervals if not math.isnan(i.low))


def test_seeds_are_kept_and_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    gold, predicted, _, story, sentence, actor = simulated(300, 30, n_actors=5)
    ratio = ratio_of("accuracy", gold, predicted)
    intervals = actor_intervals(ratio, actor, story, sentence, n_resamples=100, seed=1)
    assert actor_intervals(ratio, actor, story, sentence, n_resamples=100, seed=2) != intervals
    monkeypatch.setattr(clusters, "CELLS_AT_ONCE", 7 * 30)
    monkeypatch.setattr(clusters, "GROUPS_AT_ONCE", 2)
    assert block_sizes(5, 30, 100) == [7] * 14 + [2]
    assert actor_intervals(ratio, actor, story, sentence, n_resamples=100, seed=1) == intervals


def test_weights_are_multinomial() -> None:
    weights = np.concatenate(list(weight_blocks(8, [400, 600], seed=0)), axis=1)
    assert weights.shape == (8, 1000) and (weights.sum(axis=0) == 8).all()
    # each cluster's number of draws is binomial with 8 trials and chance 1/8; standard errors 0.03 and 0.06
    assert weights.mean(axis=1) == pytest.approx(np.ones(8), abs=0.15)
    assert weights.var(axis=1).mean() == pytest.approx(7 / 8, abs=0.1)


def test_without_rows_there_is_no_interval() -> None:
    nothing = np.zeros(0, dtype=int)
    ratio = ratio_of("triplet_f1", nothing, nothing)
    assert math.isnan(score_interval(ratio, nothing, nothing).low)
    assert actor_intervals(ratio, nothing, nothing, nothing) == []
    macro = macro_interval(ratio, nothing, nothing, nothing, min_support=3)
    assert math.isnan(macro.low) and macro.clustered_by == "sentence"


def test_odd_actors() -> None:
    # an actor with one row, one whose gold is one class, one without gold stances, one number without rows
    actor = np.array([0, *[1] * 24, *[2] * 24, *[4] * 24])
    gold = np.where(actor == 1, 1, np.where(actor == 2, NONE, np.arange(73) % 3))
    predicted = np.arange(73) % 2
    intervals = actor_intervals(ratio_of("accuracy", gold, predicted), actor, np.arange(73), np.arange(73), n_resamples=500)
    assert [math.isnan(interval.low) for interval in intervals] == [True, False, True, True, False]
    assert 0.2 < intervals[1].low < 0.5 < intervals[1].high < 0.8


def test_bad_input_is_refused() -> None:
    gold, story = np.zeros(6, dtype=int), np.arange(6)
    ratio = ratio_of("accuracy", gold, gold)
    with pytest.raises(InputError, match=r"score: 6, actor: 6, story: 6, sentence: 3"):
        score_interval(ratio, story, story[:3])
    with pytest.raises(InputError, match="actor -1 in row 0"):
        actor_intervals(ratio, story - 1, story, story)
    with pytest.raises(InputError, match="0 resamples or permutations; draw at least 1"):
        score_interval(ratio, story, story, n_resamples=0)


@pytest.fixture(scope="module")
def rows(town_dataset: StoredDataset, model: Predictions) -> ScoredRows:
    return align(town_dataset.examples["test"], town_dataset.articles["test"], model)


def test_stories_are_unique_within_a_corpus_and_sentences_within_an_article(rows: ScoredRows) -> None:
    story, sentence = cluster_codes(rows)
    pairs = {(article, int(code)) for article, code in zip(rows.article, story, strict=True)}
    assert pairs == {("town/fair", 0), ("town/ferry", 1)}
    assert len(set(zip(rows.article, rows.sentence, strict=True))) == len(set(sentence)) == 4

    same_name = replace(rows, story=np.full(len(rows), "fair", dtype=object))
    assert set(cluster_codes(same_name)[0]) == {0}
    article = np.where(rows.article == "town/fair", "city/fair", rows.article)
    apart, _ = cluster_codes(replace(same_name, article=article))
    assert (apart == (rows.article != "town/fair")).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_headline_intervals_leave_someone_out(rows: ScoredRows, measure: Measure) -> None:
    rows = replace(rows, sentence=np.arange(len(rows)))  # so that there are sentences enough
    head = rows.select(rows.headline)
    expected = score_interval(ratio_of(measure, head.gold, head.predicted, head.probabilities), *cluster_codes(head), n_resamples=300)
    assert headline_intervals(rows, n_resamples=300)[measure] == expected
    assert expected.clustered_by == "sentence" and expected.low < expected.high


def test_actors_have_the_keys_of_their_scores(rows: ScoredRows) -> None:
    # so that there is something to score, and sentences enough
    many = replace(rows, gold=np.where(rows.gold == NONE, 0, rows.gold), sentence=np.arange(len(rows)))
    for role in ROLES:
        scores = {score.key: score for score in score_by_actor(many, role)}
        intervals = intervals_by_actor(many, role, n_resamples=300)
        assert intervals.keys() == scores.keys() and list(intervals) == sorted(intervals)
        for key, interval in intervals.items():
            assert math.isnan(interval.low) == (scores[key].n < 5)
            assert math.isnan(interval.low) or interval.low <= scores[key].accuracy <= interval.high
        keys, actor = actor_codes(rows, role)
        assert [keys[code][1] for code in actor] == [rows.actor(row, role).name for row in range(len(rows))]
    macro = macro_accuracy_interval(many, "speaker", 5, n_resamples=300)
    assert 0 <= macro.low < macro.high < 0.5
    nobody = macro_accuracy_interval(rows, "speaker", 4)
    assert math.isnan(nobody.low)


def test_a_hundred_thousand_rows_and_five_hundred_actors_are_quick_and_small() -> None:
    gold, predicted, _, story, sentence, actor = simulated(100_000, 1000, n_actors=500)
    ratio = ratio_of("accuracy", gold, predicted)
    start = time.process_time()
    intervals = actor_intervals(ratio, actor, story, sentence)
    assert time.process_time() - start < 7.5
    assert len(intervals) == 500 and all(interval.high - interval.low < 0.25 for interval in intervals)
    tracemalloc.start()
    actor_intervals(ratio, actor, story, sentence, n_resamples=1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * 2**20
