from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.schema import Article, InputError, Stance
from whipcount.scoring.comparison import Draws, compare_systems
from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1
from whipcount.scoring.parts import pool_tail
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.report import Report, SystemScores, make_report
from whipcount.scoring.report_json import report_to_json
from whipcount.scoring.resampling import headline_intervals, intervals_by_actor
from whipcount.scoring.rows import align


@pytest.fixture(scope="module")
def report(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, perfect: Predictions) -> Report:
    return make_report(town_dataset, [model, always_none, perfect], min_support=1)


def test_the_split_by_hand(report: Report) -> None:
    part = report.split("test")
    assert (part.n_articles, part.n_stories, part.n_rows, part.n_gold, part.n_someone_rows) == (2, 2, 42, 5, 30)
    assert part.always_none_accuracy == pytest.approx(37 / 42)


def test_the_model_by_hand(report: Report) -> None:
    scores = report.split("test").systems[0]
    assert scores.triplets == PrecisionRecallF1(n_gold=5, n_predicted=5, n_correct=2)
    assert scores.pairs == PrecisionRecallF1(n_gold=5, n_predicted=5, n_correct=3)
    assert scores.polarity_accuracy == 3 / 5
    assert scores.accuracy == pytest.approx((35 + 2) / 42)
    assert scores.confusion == ((0, 1, 2), (0, 2, 0), (1, 1, 35))
    assert scores.false == FalseStances(count=2, none_rows=37)
    assert scores.false_both_named == FalseStances(count=2, none_rows=3)
    assert scores.unseen == PrecisionRecallF1(n_gold=3, n_predicted=3, n_correct=1)
    assert scores.seen == PrecisionRecallF1(n_gold=2, n_predicted=2, n_correct=1)
    assert scores.someone_triplets == PrecisionRecallF1(n_gold=1, n_predicted=2, n_correct=1)
    assert scores.someone_false == FalseStances(count=1, none_rows=29)


def test_a_perfect_system_gets_everything(report: Report) -> None:
    scores = report.split("test").systems[2]
    for counted in (scores.triplets, scores.pairs, scores.seen, scores.unseen, scores.someone_triplets):
        assert (counted.precision, counted.recall, counted.f1) == (1, 1, 1)
    assert scores.polarity_accuracy == scores.accuracy == 1
    assert scores.false.count == scores.false_both_named.count == scores.someone_false.count == 0
    assert all(actor.accuracy == 1 for actors in scores.actors.values() for actor in actors if actor.n)
    assert np.trace(scores.confusion) == 42


def test_always_none_gets_nothing_but_the_accuracy_over_all_rows(report: Report) -> None:
    part = report.split("test")
    scores = part.systems[1]
    assert scores.triplets.f1 == scores.pairs.f1 == scores.triplets.recall == 0 and math.isnan(scores.triplets.precision)
    assert scores.accuracy == part.always_none_accuracy


def test_the_first_system_is_the_one_whose_stances_are_listed(report: Report) -> None:
    stances = {
        (row.article, row.sentence, row.speaker.name, row.target.name): (row.gold, row.predicted) for row in report.split("test").stances
    }
    assert stances == {
        ("town/ferry", 0, "Ada Quill", "Femi Oduya"): ("against", "against"),
        ("town/ferry", 0, "Ada Quill", "Ferry Board"): ("favor", "against"),
        ("town/ferry", 1, "Femi Oduya", "Ada Quill"): ("favor", "none"),
        ("town/ferry", 1, "Ada Quill", "Femi Oduya"): ("none", "favor"),
        ("town/fair", 0, "Ada Quill", "Lom"): ("against", "against"),
        ("town/fair", 0, "Lom", "Ada Quill"): ("none", "against"),
        ("town/fair", 0, "the author", "Lom"): ("favor", "none"),
    }


def test_the_order_of_predictions_changes_nothing(town_dataset: StoredDataset, model: Predictions, report: Report) -> None:
    order = np.random.default_rng(1).permutation(len(model.ids))
    shuffled = replace(model, ids=[model.ids[i] for i in order], probabilities=model.probabilities[order])
    again = make_report(town_dataset, [shuffled], min_support=1)
    assert again.split("test").systems[0] == report.split("test").systems[0]


def test_an_empty_split_is_noted(report: Report) -> None:
    assert report.empty_splits == ("development",) and [part.split for part in report.splits] == ["test"]
    with pytest.raises(InputError, match="split 'development' is not in the report; it has test"):
        report.split("development")


def test_what_cannot_be_scored_is_refused(town_dataset: StoredDataset, model: Predictions) -> None:
    with pytest.raises(InputError, match="no predictions to score"):
        make_report(town_dataset, [])
    with pytest.raises(InputError, match="two predictions files are of the system 'model'"):
        make_report(town_dataset, [model, model])
    with pytest.raises(InputError, match="no row in development"):
        make_report(town_dataset, [model], splits=["development"])
    with pytest.raises(InputError, match="without a prediction"):
        make_report(town_dataset, [model], splits=["train", "test"])
    with pytest.raises(InputError, match="made on dataset 000000000000"):
        make_report(town_dataset, [replace(model, dataset="0" * 64)])
    with pytest.raises(InputError, match=r"2 examples \(nobody/0, nobody/1\) not in the dataset"):
        probabilities = np.vstack([model.probabilities, [[0, 0, 1]] * 2])
        make_report(town_dataset, [replace(model, ids=[*model.ids, "nobody/0", "nobody/1"], probabilities=probabilities)])


def test_every_rival_is_checked_too(town_dataset: StoredDataset, model: Predictions, always_none: Predictions) -> None:
    short = replace(always_none, ids=always_none.ids[1:], probabilities=always_none.probabilities[1:])
    with pytest.raises(InputError, match=r"majority: 1 example .* without a prediction"):
        make_report(town_dataset, [model, short])


def test_missing_rows_count_as_wrong_and_are_counted(
    town_dataset: StoredDataset, model: Predictions, always_none: Predictions, report: Report
) -> None:
    # gone: the triplet that was right, a none row, and a row with someone whose gold is none
    gone = {"town/ferry/0/quill>oduya", "town/ferry/0/board>quill", "town/ferry/2/someone>oduya"}
    kept = [row for row, id_ in enumerate(model.ids) if id_ not in gone]
    assert len(kept) == len(model.ids) - 3
    short = replace(model, ids=[model.ids[row] for row in kept], probabilities=model.probabilities[kept])
    lenient = make_report(town_dataset, [short, always_none], min_support=1, allow_missing=True)
    scores, whole = lenient.split("test").systems
    assert (scores.n_missing, whole.n_missing) == (3, 0)
    assert whole == report.split("test").systems[1]
    assert scores.triplets == PrecisionRecallF1(n_gold=5, n_predicted=5, n_correct=1)
    assert scores.confusion == ((0, 1, 2), (0, 1, 1), (2, 1, 34))
    assert scores.polarity_accuracy == 2 / 5
    assert scores.accuracy == pytest.approx((34 + 1) / 42)
    assert scores.false == FalseStances(count=3, none_rows=37)
    assert scores.someone_false == FalseStances(count=2, none_rows=29)
    quill = next(actor for actor in scores.actors["speaker"] if actor.name == "Ada Quill")
    assert (quill.n, quill.correct) == (3, 1)
    values = report_to_json(lenient)
    assert values["allow_missing"] is True
    assert [system["n_missing"] for system in values["splits"]["test"]["systems"].values()] == [3, 0]


def test_a_report_that_allows_no_missing_rows_says_nothing_of_them(report: Report) -> None:
    text = json.dumps(report_to_json(report))
    assert "missing" not in text


def test_json_holds_the_scores_and_null_for_the_undefined(report: Report) -> None:
    text = json.dumps(report_to_json(report), allow_nan=False)
    systems = json.loads(text)["splits"]["test"]["systems"]
    assert list(systems) == ["model", "majority", "perfect"]
    assert systems["model"]["triplet"] == {"n_gold": 5, "n_predicted": 5, "n_correct": 2, "precision": 0.4, "recall": 0.4, "f1": 0.4}
    assert systems["majority"]["triplet"]["precision"] is None
    assert systems["model"]["confusion"]["none"] == {"favor": 1, "against": 1, "none": 35}
    speakers = systems["model"]["by_actor"]["speaker"]
    assert (speakers["micro_accuracy"], speakers["macro_accuracy"], speakers["n_actors"]) == (0.4, round(2 / 9, 6), 3)
    assert [(actor["name"], actor["n"], actor["correct"]) for actor in speakers["actors"]] == [
        ("Ada Quill", 3, 2), ("Femi Oduya", 1, 0), ("the author", 1, 0),
    ]  # fmt: skip
    assert {frozenset(values) for values in systems.values()} == {frozenset(systems["model"])}  # stable keys


def test_scoring_and_rendering_import_neither_torch_nor_transformers() -> None:
    code = "import sys, whipcount.evaluate; print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@pytest.fixture(scope="module")
def drawn(town_dataset: StoredDataset, model: Predictions, always_none: Predictions, town: list[Article], few_clusters: None) -> Report:
    stances = (Stance(0, "quill", "oduya", "against"), Stance(1, "quill", "oduya", "against"))
    second = [replace(article, stances=stances) for article in town if article.id == "ferry"]
    return make_report(town_dataset, [model, always_none], min_support=2, draws=Draws(200, 200, 3), annotated={"second": second})


def test_intervals_comparisons_and_tails_are_those_of_their_rooms(
    drawn: Report, town_dataset: StoredDataset, model: Predictions, always_none: Predictions
) -> None:
    part = drawn.split("test")
    rows, rival = (align(town_dataset.examples["test"], town_dataset.articles["test"], one) for one in (model, always_none))
    judged = part.systems[0]
    assert judged.intervals == headline_intervals(rows, n_resamples=200, seed=3)
    assert repr(judged.actor_intervals["target"]) == repr(intervals_by_actor(rows, "target", n_resamples=200, seed=3))
    assert repr(judged.tails["speaker"]) == repr(pool_tail(rows, "speaker", 2, n_resamples=200, seed=3))
    (comparison,) = part.comparisons
    heads = [(one.system, some.select(some.headline)) for one, some in ((model, rows), (always_none, rival))]
    assert repr(comparison) == repr(compare_systems(heads[0], heads[1], min_support=2, draws=Draws(200, 200, 3)))
    quill = judged.actors["speaker"][0]
    assert judged.actor_interval(quill) is not None and report_without_draws(drawn).actor_interval(quill) is None


def report_without_draws(report: Report) -> SystemScores:
    return replace(report.split("test").systems[0], actor_intervals={})


def test_the_annotators_of_a_corpus_are_compared(drawn: Report) -> None:
    agreement = drawn.split("test").agreement["town"]
    (pair,) = agreement.pairs
    # the corpus has three stances between known actors in this article; the second annotator finds one of them and one more
    assert (agreement.n_articles, pair.triplets) == (1, PrecisionRecallF1(n_gold=3, n_predicted=2, n_correct=1))
    assert report_to_json(drawn)["splits"]["test"]["agreement"]["town"]["n_articles"] == 1


def test_the_temperature_needs_development(drawn: Report, town_dataset: StoredDataset, model: Predictions) -> None:
    assert drawn.split("test").calibration is None
    shifted = replace(
        town_dataset,
        examples={**town_dataset.examples, "development": town_dataset.examples["test"]},
        articles={**town_dataset.articles, "development": town_dataset.articles["test"]},
    )
    calibration = make_report(shifted, [model]).split("test").calibration
    assert calibration is not None and calibration.n_development == 42
    sparse = make_report(shifted, [replace(model, sparse=True)]).split("test")
    assert sparse.calibration is None, "what a sparse file leaves out is none, but nobody knows how surely"


def test_json_of_everything_is_valid(drawn: Report) -> None:
    values = json.loads(json.dumps(report_to_json(drawn), allow_nan=False))
    part = values["splits"]["test"]
    assert values["draws"] == {"n_resamples": 200, "n_permutations": 200, "seed": 3}
    assert part["systems"]["model"]["intervals"]["triplet_f1"]["clustered_by"] == "sentence"
    assert part["comparisons"]["majority"] and part["errors"]["n_mistakes"] == 5
    assert part["systems"]["model"]["by_actor"]["speaker"]["tail"]["n_actors"] == 2
    assert part["calibration"] is None and part["controls"] is None
