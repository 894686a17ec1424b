"""Parts of a split by hand: outlets, months and registers, and the tail of the actors."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.schema import Article
from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1
from whipcount.scoring.parts import pool_tail, score_parts
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align


@pytest.fixture(scope="module")
def rows(town_dataset: StoredDataset, model: Predictions) -> ScoredRows:
    return align(town_dataset.examples["test"], town_dataset.articles["test"], model)


@pytest.fixture(scope="module")
def articles(town_dataset: StoredDataset) -> list[Article]:
    known = {"town/ferry": {"outlet": "The Quay", "date": "2016-06-27"}, "town/fair": {"date": "2016-07-01"}}
    return [replace(article, **known[article.key]) for article in town_dataset.articles["test"]]  # type: ignore[arg-type]


def test_months_and_outlets_by_hand(rows: ScoredRows, articles: list[Article]) -> None:
    found = score_parts(rows, articles, n_resamples=50, seed=0)
    assert {grouping: [part.value for part in parts] for grouping, parts in found.items()} == {
        "outlet": ["The Quay"],
        "month": ["2016-06", "2016-07"],
    }
    june, july = found["month"]
    assert june.triplets == PrecisionRecallF1(n_gold=3, n_predicted=3, n_correct=1)
    assert july.triplets == PrecisionRecallF1(n_gold=2, n_predicted=2, n_correct=1)
    assert (june.n_articles, june.false, july.false) == (1, FalseStances(1, 33), FalseStances(1, 4))
    assert (june.polarity_accuracy, july.polarity_accuracy) == (2 / 3, 1 / 2)
    assert math.isnan(june.interval.low)  # fewer than five gold rows
    assert found["outlet"][0].triplets == june.triplets


def test_articles_that_know_nothing_have_no_parts(rows: ScoredRows, town_dataset: StoredDataset) -> None:
    assert score_parts(rows, town_dataset.articles["test"], n_resamples=50, seed=0) == {}


def test_the_order_of_rows_changes_nothing(rows: ScoredRows, articles: list[Article]) -> None:
    order = np.random.default_rng(3).permutation(len(rows))
    assert repr(score_parts(rows.select(order), articles, n_resamples=50, seed=0)) == repr(
        score_parts(rows, articles, n_resamples=50, seed=0)
    )


def test_the_tail_pools_the_actors_with_few_rows(rows: ScoredRows) -> None:
    tail = pool_tail(rows, "speaker", 2, n_resamples=50, seed=0)  # Oduya and the author, a row each, both missed
    assert (tail.n_actors, tail.n, tail.correct, tail.accuracy) == (2, 2, 0, 0.0)
    apart = replace(rows, sentence=np.arange(len(rows)))  # so that there are sentences enough
    everyone = pool_tail(apart, "speaker", 99, n_resamples=200, seed=0)
    assert (everyone.n_actors, everyone.n, everyone.correct) == (3, 5, 2)
    assert 0 <= everyone.interval.low <= everyone.accuracy <= everyone.interval.high <= 1
    assert everyone.interval.clustered_by == "sentence"


def test_without_a_tail_there_is_nothing_to_pool(rows: ScoredRows) -> None:
    tail = pool_tail(rows, "speaker", 1, n_resamples=50, seed=0)
    assert (tail.n_actors, tail.n) == (0, 0) and math.isnan(tail.accuracy) and math.isnan(tail.interval.high)
    empty = pool_tail(rows.select(np.zeros(len(rows), dtype=bool)), "target", 3, n_resamples=50, seed=0)
    assert empty.n_actors == 0
