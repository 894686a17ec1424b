"""Two to six systems side by side on one dataset: the first against each other one, split by split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, InputError
from whipcount.scoring.comparison import MAX_SYSTEMS, Comparison, Draws, compare_with_first, comparison_to_json
from whipcount.scoring.differences import DRAWS
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import align, check_origin, is_missing, probabilities_for

COMPARISON_VERSION = 1


@dataclass(frozen=True)
class ComparedSplit:
    """The first system and each other one on one split, ``someone`` left out."""

    split: str
    n_articles: int
    n_stories: int
    n_gold: int
    comparisons: tuple[Comparison, ...]
    n_missing: tuple[int, ...]
    """Rows that each system does not predict, those with ``someone`` included: all of them counted as wrong."""


@dataclass(frozen=True)
class ComparisonReport:
    """Everything that comparison.json, comparison.md, actors.csv and the figures show."""

    systems: tuple[str, ...]
    dataset: str
    min_support: int
    draws: Draws
    allow_missing: bool
    splits: tuple[ComparedSplit, ...]
    empty_splits: tuple[str, ...]
    """Splits asked for that hold no row."""


def compare_predictions(
    dataset: StoredDataset,
    predictions: Sequence[Predictions],
    splits: Sequence[str] = ("development", "test"),
    min_support: int = 3,
    allow_missing: bool = False,
    *,
    draws: Draws = DRAWS,
) -> ComparisonReport:
    """Compare the first of several systems with each other one.

    Args:
        dataset: its manifest's ``fingerprint``, where it has one, is compared with the predictions'.
        predictions: two to six; names all different, see ``tell_apart``.
        splits: on which to compare, in this order; one without rows is noted in ``empty_splits``.
        min_support: gold-stance rows from which on an actor is compared and counts in the macro average.
        allow_missing: count rows that a system does not predict as wrong, instead of refusing the system.
        draws: resamples and permutations.

    Raises:
        InputError: too few or too many systems, two of one name, no row in any of the splits, or predictions that do
            not fit the dataset.
    """
    names = tuple(one.system for one in predictions)
    if not 2 <= len(set(names)) == len(names) <= MAX_SYSTEMS:
        raise InputError(f"systems to compare: {', '.join(names) or 'none'}; give 2 to {MAX_SYSTEMS} of different names")
    fingerprint = str(dataset.manifest.get("fingerprint", ""))
    known_ids = {id_ for table in dataset.examples.values() for id_ in table.with_format("arrow")["id"][:].to_pylist()}
    for one in predictions:
        check_origin(one, known_ids, fingerprint)
    filled = [split for split in dict.fromkeys(splits) if len(dataset.examples[split])]
    if not filled:
        raise InputError(f"the dataset has no row in {' or '.join(splits)}; compare on another split or build another dataset")
    return ComparisonReport(
        systems=names,
        dataset=fingerprint,
        min_support=min_support,
        draws=draws,
        allow_missing=allow_missing,
        splits=tuple(_compare_on(dataset, split, predictions, known_ids, min_support, allow_missing, draws) for split in filled),
        empty_splits=tuple(split for split in dict.fromkeys(splits) if split not in filled),
    )


def _compare_on(
    dataset: StoredDataset,
    split: str,
    predictions: Sequence[Predictions],
    known_ids: set[str],
    min_support: int,
    allow_missing: bool,
    draws: Draws,
) -> ComparedSplit:
    rows = align(dataset.examples[split], dataset.articles[split], predictions[0], known_ids=known_ids, allow_missing=allow_missing)
    by_system = {
        one.system: replace(rows, probabilities=probabilities_for(rows.ids, one, rows.gold, allow_missing=allow_missing))
        for one in predictions
    }
    return ComparedSplit(
        split=split,
        n_articles=len(set(rows.article)),
        n_stories=len(set(zip((key.split("/")[0] for key in rows.article), rows.story, strict=True))),
        n_gold=int((rows.gold[rows.headline] != NONE).sum()),
        comparisons=tuple(compare_with_first(by_system, min_support=min_support, draws=draws)),
        n_missing=tuple(int(is_missing(rows.ids, one).sum()) for one in predictions),
    )


def tell_apart(predictions: Sequence[Predictions], paths: Sequence[Path]) -> list[Predictions]:
    """Name systems that bear one name after their files, and after as many of the folders above as differ and are needed.

    Args:
        predictions: as they were read.
        paths: the file of each.

    Raises:
        InputError: a file is given twice.
    """
    places = [path.resolve() for path in paths]
    twice = next((path for path, place in zip(paths, places, strict=True) if places.count(place) > 1), None)
    if twice is not None:
        raise InputError(f"{twice}: given twice; a system does not differ from itself")
    names = [one.system for one in predictions]
    for system in {name for name in names if names.count(name) > 1}:
        alike = [index for index, one in enumerate(predictions) if one.system == system]
        for index, name in zip(alike, _file_names([places[index] for index in alike]), strict=True):
            names[index] = name
    if len(set(names)) < len(names):  # a file is called as another system is
        names = _file_names(places)
    return [replace(one, system=name) for one, name in zip(predictions, names, strict=True)]


def _file_names(places: Sequence[Path]) -> list[str]:
    """Return the shortest ends of the paths that are all different, less the folders that are the same in all."""
    parts = [(*place.parts[:-1], Path(place.name.removesuffix(".gz")).stem) for place in places]
    for depth in range(1, max(map(len, parts)) + 1):
        ends = [one[-depth:] for one in parts]
        if len(set(ends)) == len(ends):
            apart = [step for step in range(-depth, -1) if len({end[step:][:1] for end in ends}) > 1]
            return ["/".join(end[step] for step in (*apart, -1) if len(end) >= -step) for end in ends]
    return [str(place) for place in places]  # they differ in their endings alone


def comparison_report_to_json(report: ComparisonReport) -> dict[str, Any]:
    """Return the comparison as plain values: stable keys, undefined numbers as None."""
    return {
        "format": "whipcount-comparison",
        "version": COMPARISON_VERSION,
        "dataset": report.dataset,
        "systems": list(report.systems),
        "min_support": report.min_support,
        "draws": asdict(report.draws),
        "allow_missing": report.allow_missing,
        "empty_splits": list(report.empty_splits),
        "splits": {
            part.split: {
                "n_articles": part.n_articles,
                "n_stories": part.n_stories,
                "n_gold": part.n_gold,
                "n_missing": dict(zip(report.systems, part.n_missing, strict=True)),
                "comparisons": {comparison.second: comparison_to_json(comparison) for comparison in part.comparisons},
            }
            for part in report.splits
        },
    }
