from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.schema import Article
from whipcount.scoring.actors import ActorScore, Role, count_seen, macro_accuracy, micro_accuracy, score_by_actor, seen_names, stance_rows
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align


@pytest.fixture(scope="module")
def rows(town_dataset: StoredDataset, model: Predictions) -> ScoredRows:
    return align(town_dataset.examples["test"], town_dataset.articles["test"], model)


def counts(scores: list[ActorScore]) -> dict[str, tuple[int, int, int, int, int]]:
    """Return name → (n, correct, false stances, none rows, articles)."""
    return {s.name: (s.n, s.correct, s.false.count, s.false.none_rows, s.n_articles) for s in scores}


def test_speakers_by_hand(rows: ScoredRows) -> None:
    # ferry has 4 actors besides someone, so 3 targets for each speaker in each of its 3 sentences; fair has 3 and 1
    assert counts(score_by_actor(rows, "speaker")) == {
        "Ada Quill": (3, 2, 1, 9 - 2 + 2 - 1, 2),
        "Femi Oduya": (1, 0, 0, 9 - 1, 1),
        "the author": (1, 0, 0, 9 + 2 - 1, 2),
        "Ferry Board": (0, 0, 0, 9, 1),
        "Lom": (0, 0, 1, 2, 1),
    }


def test_targets_by_hand(rows: ScoredRows) -> None:
    # someone against Quill is right, but counts for nobody
    assert counts(score_by_actor(rows, "target")) == {
        "Lom": (2, 1, 0, 0, 1),
        "Femi Oduya": (1, 1, 1, 9 - 1, 1),
        "Ferry Board": (1, 0, 0, 9 - 1, 1),
        "Ada Quill": (1, 0, 1, 9 - 1 + 2, 2),
        "the author": (0, 0, 0, 9 + 2, 2),
    }


def test_one_name_is_one_actor_across_articles_and_two_across_corpora(rows: ScoredRows) -> None:
    quill = score_by_actor(rows, "speaker")[0]
    assert (quill.key, quill.accuracy) == (("town", "Ada Quill", "person"), 2 / 3)
    # of its 4 predicted stances (one of them false) and 3 gold ones 2 agree
    assert quill.triplets.f1 == pytest.approx(2 * 2 / (3 + 4))

    moved = {(("city/fair" if article == "town/fair" else article), id_): actor for (article, id_), actor in rows.actors.items()}
    article = np.where(rows.article == "town/fair", "city/fair", rows.article)
    apart = {
        s.key: (s.n, s.correct) for s in score_by_actor(replace(rows, article=article, actors=moved), "speaker") if s.name == "Ada Quill"
    }
    assert apart == {("town", "Ada Quill", "person"): (2, 1), ("city", "Ada Quill", "person"): (1, 1)}


def test_actors_with_most_rows_come_first_then_by_name(rows: ScoredRows) -> None:
    names = [score.name for score in score_by_actor(rows, "speaker")]
    assert names == ["Ada Quill", "Femi Oduya", "the author", "Ferry Board", "Lom"]


@pytest.mark.parametrize("role", ["speaker", "target"])
def test_permuting_rows_changes_nothing(rows: ScoredRows, role: Role) -> None:
    order = np.random.default_rng(3).permutation(len(rows))
    assert score_by_actor(rows.select(order), role) == score_by_actor(rows, role)


@pytest.mark.parametrize("role", ["speaker", "target"])
def test_actors_add_up_to_the_headline(rows: ScoredRows, role: Role) -> None:
    scores = score_by_actor(rows, role)
    assert sum(s.n for s in scores) == 5 and sum(s.correct for s in scores) == 2
    assert sum(s.false.count for s in scores) == 2 and sum(s.false.none_rows for s in scores) == 42 - 5
    assert micro_accuracy(scores) == 2 / 5


def test_macro_counts_the_supported_actors_only(rows: ScoredRows) -> None:
    scores = score_by_actor(rows, "speaker")
    assert macro_accuracy(scores, 1) == pytest.approx(((2 / 3 + 0 + 0) / 3, 3))
    assert macro_accuracy(scores, 3) == pytest.approx((2 / 3, 1))
    assert macro_accuracy(scores, 0) == macro_accuracy(scores, 1)  # an actor without rows has no accuracy to average
    nobody, n_actors = macro_accuracy(scores, 4)
    assert math.isnan(nobody) and n_actors == 0 and math.isnan(micro_accuracy([]))


def test_without_rows_there_are_no_actors(rows: ScoredRows) -> None:
    assert score_by_actor(rows.select(np.zeros(len(rows), dtype=bool)), "speaker") == []
    assert score_by_actor(rows.select(~rows.headline), "target") == []


def test_seen_actors_are_those_named_in_training(town: list[Article], rows: ScoredRows) -> None:
    seen = seen_names(article for article in town if article.split == "train")
    assert seen == {"Femi Oduya", "Nils Berg"}
    ends = dict(zip(rows.ids, count_seen(rows, seen), strict=True))
    assert ends["town/ferry/0/quill>oduya"] == ends["town/ferry/0/oduya>board"] == 1
    assert ends["town/ferry/0/quill>board"] == ends["town/fair/0/aq>lom"] == 0
    # the author is in every article and counts as the other end does
    assert ends["town/ferry/0/author>oduya"] == 2 and ends["town/fair/0/author>lom"] == 0
    assert set(count_seen(rows, seen | {"Ada Quill", "Lom", "Ferry Board"})[rows.headline]) == {2}


def test_stance_rows_are_those_with_a_stance_on_either_side(rows: ScoredRows) -> None:
    assert set(stance_rows(rows).ids) == {
        "town/ferry/0/quill>oduya", "town/ferry/0/quill>board", "town/ferry/1/oduya>quill", "town/ferry/1/quill>oduya",
        "town/ferry/2/someone>quill", "town/ferry/2/someone>board", "town/fair/0/aq>lom", "town/fair/0/lom>aq", "town/fair/0/author>lom",
    }  # fmt: skip
