from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from whipcount.examples.storage import StoredDataset
from whipcount.schema import InputError
from whipcount.scoring.comparison import Draws, compare_systems
from whipcount.scoring.comparison_report import compare_predictions, comparison_report_to_json, tell_apart
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import align

FEW = Draws(n_resamples=100, n_permutations=100)


def named(*systems: str) -> list[Predictions]:
    return [Predictions(system, [], np.zeros((0, 3)), sparse=True) for system in systems]


def names_for(systems: list[str], paths: list[str]) -> list[str]:
    return [one.system for one in tell_apart(named(*systems), [Path(path) for path in paths])]


@pytest.mark.parametrize(
    ("systems", "paths", "expected"),
    [
        (["a", "b"], ["x/s.jsonl", "y/s.jsonl"], ["a", "b"]),
        (["w", "w", "w"], ["run/seed-1.jsonl.gz", "run/seed-2.jsonl", "run/seed-3.csv"], ["seed-1", "seed-2", "seed-3"]),
        (["w", "tfidf", "w"], ["run/one.jsonl", "run/tfidf.jsonl", "run/two.jsonl"], ["one", "tfidf", "two"]),
        (["s-1", "s-1"], ["long/predictions/s-1.jsonl.gz", "short/predictions/s-1.jsonl.gz"], ["long/s-1", "short/s-1"]),
        (["w", "w", "w"], ["x/s-1.jsonl", "x/s-2.jsonl", "y/s-1.jsonl"], ["x/s-1", "x/s-2", "y/s-1"]),
        (["w", "w"], ["/s.jsonl", "/x/s.jsonl"], ["//s", "x/s"]),
        (["w", "w", "one"], ["p/one.jsonl", "p/two.jsonl", "q/three.jsonl"], ["one", "two", "three"]),
    ],
)
def test_systems_of_one_name_are_named_after_their_files(systems: list[str], paths: list[str], expected: list[str]) -> None:
    assert names_for(systems, paths) == expected


def test_files_that_differ_in_their_ending_are_told_apart() -> None:
    names = names_for(["s", "s"], ["p/s.jsonl", "p/s.jsonl.gz"])
    assert [Path(name).name for name in names] == ["s.jsonl", "s.jsonl.gz"]


def test_a_file_given_twice_is_refused() -> None:
    with pytest.raises(InputError, match=r"p/\.\./p/s\.jsonl: given twice|p/s\.jsonl: given twice"):
        names_for(["s", "t", "s"], ["p/s.jsonl", "p/t.jsonl", "p/../p/s.jsonl"])


def test_each_split_has_the_comparisons_of_its_rows(
    town_dataset: StoredDataset, model: Predictions, always_none: Predictions, perfect: Predictions, few_clusters: None
) -> None:
    report = compare_predictions(town_dataset, [model, always_none, perfect], min_support=1, draws=FEW)
    assert report.systems == ("model", "majority", "perfect")
    assert report.empty_splits == ("development",)
    (part,) = report.splits
    assert (part.split, part.n_articles, part.n_stories, part.n_gold, part.n_missing) == ("test", 2, 2, 5, (0, 0, 0))
    rows = [align(town_dataset.examples["test"], town_dataset.articles["test"], one) for one in (model, always_none, perfect)]
    expected = [compare_systems(("model", rows[0]), other, min_support=1, draws=FEW) for other in zip(report.systems[1:], rows[1:])]  # noqa: B905
    for found, wanted in zip(part.comparisons, expected, strict=True):
        assert found.scores == wanted.scores and found.mcnemar == wanted.mcnemar and found.second == wanted.second
    values = json.loads(json.dumps(comparison_report_to_json(report), allow_nan=False))
    assert values["systems"] == ["model", "majority", "perfect"]
    assert values["draws"] == {"n_resamples": 100, "n_permutations": 100, "seed": 0}
    test = values["splits"]["test"]
    assert test["n_missing"] == {"model": 0, "majority": 0, "perfect": 0}
    assert test["comparisons"]["perfect"]["scores"]["triplet_f1"]["difference"] == pytest.approx(0.4 - 1)


def test_missing_rows_are_refused_or_counted_as_wrong(town_dataset: StoredDataset, model: Predictions, perfect: Predictions) -> None:
    hasty = replace(perfect, ids=perfect.ids[:70], probabilities=perfect.probabilities[:70])
    with pytest.raises(InputError, match=r"perfect: 2 examples .* allow_missing=true"):
        compare_predictions(town_dataset, [model, hasty], draws=FEW)
    (part,) = compare_predictions(town_dataset, [model, hasty], allow_missing=True, draws=FEW).splits
    assert part.n_missing == (0, 2)
    assert part.comparisons[0].scores["triplet_f1"].second < 1


def test_what_cannot_be_compared_is_refused(town_dataset: StoredDataset, model: Predictions, perfect: Predictions) -> None:
    with pytest.raises(InputError, match="systems to compare: model; give 2 to 6 of different names"):
        compare_predictions(town_dataset, [model])
    with pytest.raises(InputError, match="systems to compare: model, model; give"):
        compare_predictions(town_dataset, [model, replace(perfect, system="model")])
    with pytest.raises(InputError, match="systems to compare: 0, 1, 2, 3, 4, 5, 6; give"):
        compare_predictions(town_dataset, [replace(model, system=str(number)) for number in range(7)])
    with pytest.raises(InputError, match="no row in development; compare on another split"):
        compare_predictions(town_dataset, [model, perfect], ["development"])
    with pytest.raises(InputError, match="made on dataset eeeeeeeeeeee"):
        compare_predictions(town_dataset, [model, replace(perfect, dataset="e" * 64)])
