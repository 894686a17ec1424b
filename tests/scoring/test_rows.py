from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, SOMEONE, STANCES, UNKNOWN, InputError
from whipcount.scoring.metrics import accuracy, false_stances, polarity_accuracy, triplet_scores
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align, check_origin, is_missing


def aligned(dataset: StoredDataset, predictions: Predictions, **options: object) -> ScoredRows:
    return align(dataset.examples["test"], dataset.articles["test"], predictions, **options)  # type: ignore[arg-type]


def test_rows_stand_in_the_order_of_the_examples(town_dataset: StoredDataset, model: Predictions) -> None:
    order = np.random.default_rng(0).permutation(len(model.ids))
    shuffled = replace(model, ids=[model.ids[i] for i in order], probabilities=model.probabilities[order])
    rows = aligned(town_dataset, shuffled)
    assert rows.ids.tolist() == town_dataset.examples["test"]["id"][:] == model.ids
    assert rows.probabilities.tolist() == model.probabilities.tolist()
    assert rows.gold.tolist() == town_dataset.examples["test"]["stance"][:]


def test_each_row_knows_its_ends(town_dataset: StoredDataset, model: Predictions) -> None:
    rows = aligned(town_dataset, model)
    row = rows.ids.tolist().index("town/fair/0/aq>lom")
    assert (rows.article[row], rows.story[row], rows.sentence[row], STANCES[rows.gold[row]]) == ("town/fair", "fair", 0, "against")
    assert (rows.actor(row, "speaker").name, rows.actor(row, "target").name) == ("Ada Quill", "Lom")
    assert STANCES[rows.predicted[row]] == "against"


def test_both_named_are_the_rows_with_mentions_of_both(town_dataset: StoredDataset, model: Predictions) -> None:
    rows = aligned(town_dataset, model)
    assert set(rows.ids[rows.both_named]) == {
        f"town/{pair}"
        for pair in (
            "ferry/0/quill>oduya",
            "ferry/0/oduya>quill",
            "ferry/1/quill>oduya",
            "ferry/1/oduya>quill",
            "fair/0/aq>lom",
            "fair/0/lom>aq",
        )
    }


def test_the_headline_leaves_someone_out(town_dataset: StoredDataset, model: Predictions) -> None:
    rows = aligned(town_dataset, model)
    head = rows.select(rows.headline)
    assert (len(rows), len(head)) == (72, 42)
    assert SOMEONE not in {*head.speaker, *head.target}
    assert all(SOMEONE in id_ for id_ in rows.ids[~rows.headline])


def test_the_order_of_the_dataset_is_kept_after_a_selection(town_dataset: StoredDataset, model: Predictions) -> None:
    part = town_dataset.examples["test"].select([40, 3, 7])
    rows = align(part, town_dataset.articles["test"], model, known_ids=set(model.ids))
    assert rows.ids.tolist() == [model.ids[i] for i in (40, 3, 7)]


def test_missing_rows_are_counted_and_named(town_dataset: StoredDataset, model: Predictions) -> None:
    short = replace(model, ids=model.ids[5:], probabilities=model.probabilities[5:])
    expected = rf"model: 5 examples \({model.ids[0]}, {model.ids[1]}, {model.ids[2]}, …\) without a prediction"
    with pytest.raises(InputError, match=expected):
        aligned(town_dataset, short)
    with pytest.raises(InputError, match="count them as wrong with allow_missing=true"):
        aligned(town_dataset, short)


@settings(max_examples=50)
@given(st.sets(st.integers(0, 71)))
def test_a_missing_row_is_wrong_whatever_its_gold(town_dataset: StoredDataset, perfect: Predictions, missing: set[int]) -> None:
    kept = np.array([row for row in range(72) if row not in missing], dtype=np.intp)
    short = replace(perfect, ids=[perfect.ids[row] for row in kept], probabilities=perfect.probabilities[kept])
    rows = aligned(town_dataset, short, allow_missing=True)
    gone = np.isin(np.arange(72), list(missing))
    assert is_missing(rows.ids, short).tolist() == gone.tolist()
    assert (rows.predicted != rows.gold).tolist() == gone.tolist()
    assert set(rows.predicted[gone & (rows.gold != NONE)]) <= {NONE}
    lost = int((gone & (rows.gold != NONE)).sum())
    assert accuracy(rows.gold, rows.predicted) == (72 - len(missing)) / 72
    assert triplet_scores(rows.gold, rows.predicted).n_correct == 6 - lost
    assert polarity_accuracy(rows.gold, rows.probabilities) == (6 - lost) / 6
    assert false_stances(rows.gold, rows.predicted).count == len(missing) - lost
    assert rows.probabilities.sum(axis=1) == pytest.approx(1)


def test_nothing_missing_is_the_same_with_and_without_the_flag(town_dataset: StoredDataset, model: Predictions) -> None:
    sparse = replace(model, ids=model.ids[:3], probabilities=model.probabilities[:3], sparse=True)
    for one in (model, sparse):
        flagged = aligned(town_dataset, one, allow_missing=True)
        assert flagged.probabilities.tolist() == aligned(town_dataset, one).probabilities.tolist()
        assert not is_missing(flagged.ids, one).any()


def test_a_system_without_a_single_prediction_gets_nothing(town_dataset: StoredDataset) -> None:
    rows = aligned(town_dataset, Predictions("s", [], np.zeros((0, 3))), allow_missing=True)
    assert not (rows.predicted == rows.gold).any()


def test_rows_left_out_of_a_sparse_file_are_none(town_dataset: StoredDataset, model: Predictions) -> None:
    kept = np.flatnonzero(model.predicted != 2)
    sparse = replace(model, ids=[model.ids[i] for i in kept], probabilities=model.probabilities[kept], sparse=True)
    assert len(kept) == 7
    rows = aligned(town_dataset, sparse)
    assert rows.predicted.tolist() == model.predicted.tolist()
    assert rows.probabilities[np.flatnonzero(model.predicted == 2)].tolist() == [[0.0, 0.0, 1.0]] * 65


def test_a_sparse_file_without_rows_is_always_none(town_dataset: StoredDataset) -> None:
    rows = aligned(town_dataset, Predictions("s", [], np.zeros((0, 3)), sparse=True))
    assert set(rows.predicted) == {2}


def test_a_row_that_the_corpus_does_not_label_need_not_be_predicted(town_dataset: StoredDataset, model: Predictions) -> None:
    stances = [UNKNOWN, *town_dataset.examples["test"]["stance"][1:]]
    examples = town_dataset.examples["test"].remove_columns("stance").add_column("stance", stances)
    short = replace(model, ids=model.ids[1:], probabilities=model.probabilities[1:])
    rows = align(examples, town_dataset.articles["test"], short, known_ids=set(model.ids))
    assert rows.ids.tolist() == short.ids and rows.probabilities.tolist() == short.probabilities.tolist()


def test_unknown_rows_are_refused_unless_another_split_has_them(town_dataset: StoredDataset, model: Predictions) -> None:
    elsewhere = town_dataset.examples["train"]["id"][:]
    both = replace(model, ids=model.ids + elsewhere, probabilities=np.vstack([model.probabilities, [[0, 0, 1]] * len(elsewhere)]))
    with pytest.raises(InputError, match=rf"model: {len(elsewhere)} examples .*town/tram/0/author>someone.* not in the dataset"):
        aligned(town_dataset, both)
    assert len(aligned(town_dataset, both, known_ids={*model.ids, *elsewhere})) == 72


def test_predictions_of_another_dataset_are_refused(model: Predictions) -> None:
    with pytest.raises(InputError, match="model: made on dataset ffffffffffff, the gold is dataset 000000000000"):
        check_origin(model, set(model.ids), "0" * 64)
    check_origin(model, set(model.ids), "")
    check_origin(replace(model, dataset=""), set(model.ids), "0" * 64)
    check_origin(model, set(model.ids), model.dataset)
