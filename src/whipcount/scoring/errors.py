"""Where a system is wrong: by phenomenon tag, by what can be seen of a row, and its most confident mistakes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray

from whipcount.schema import NONE, STANCES, TAGS, Actor, Article, InputError
from whipcount.scoring.actors import stance_rows
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.metrics import FalseStances, PrecisionRecallF1, false_stances, polarity_accuracy, share, triplet_scores
from whipcount.scoring.row_properties import PROPERTIES, describe_rows
from whipcount.scoring.rows import ScoredRows
from whipcount.scoring.values import number, triplet_values


@dataclass(frozen=True, slots=True)
class TagScore:
    """How the rows that carry one tag are labelled.

    ``n`` counts those with gold favor or against, ``correct`` those of them labelled exactly right, ``n_called_none`` those
    called none; ``false`` is over the tagged rows whose gold is none.
    """

    n: int
    correct: int
    n_called_none: int
    polarity_accuracy: float
    false: FalseStances

    @property
    def recall(self) -> float:
        """``correct / n``; nan without such a row."""
        return share(self.correct, self.n)

    @property
    def interval(self) -> tuple[float, float]:
        """95 % Wilson interval of the recall, rows taken as independent; (nan, nan) without such a row."""
        return wilson_interval(self.correct, self.n)

    @property
    def called_none(self) -> float:
        """``n_called_none / n``; nan without such a row."""
        return share(self.n_called_none, self.n)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A row labelled wrong, with the probability that the system gave its wrong label."""

    id: str
    article: str
    sentence: int
    speaker: Actor
    target: Actor
    gold: str
    predicted: str
    probability: float
    tags: tuple[str, ...]


@dataclass(frozen=True)
class ErrorAnalysis:
    """Where one system is wrong on one split. Rows with ``someone`` are left out."""

    tags: dict[str, TagScore]
    """Tag → its rows, in the order of ``TAGS``; tags that no row carries are left out."""
    untagged: TagScore
    all_rows: TagScore
    triplets: PrecisionRecallF1
    """Over all rows, to compare those of ``properties`` with."""
    properties: dict[str, dict[str, PrecisionRecallF1]]
    """Property → value → triplets, gold and predicted stances alike; ``PROPERTIES`` names and orders them."""
    n_mistakes: int
    mistakes: tuple[Mistake, ...]
    """The most confident ones first, of equally confident ones by id."""


def analyse_errors(rows: ScoredRows, articles: Sequence[Article], examples: Dataset, max_mistakes: int = 20) -> ErrorAnalysis:
    """Sort the rows of one system by tag and by property, score each part, and pick the most confident mistakes.

    Args:
        rows: of one split or a part of it, in any order; those with ``someone`` are left out.
        articles: at least those of the rows.
        examples: at least those of the rows, as ``examples.storage`` keeps them; they hold the tags.
        max_mistakes: how many mistakes to list, 0 or more.

    Raises:
        InputError: ``max_mistakes`` is negative, or a row's example or article is not given.
    """
    if max_mistakes < 0:
        raise InputError(f"{max_mistakes} mistakes cannot be listed; give 0 or more")
    rows = rows.select(rows.headline)
    tagged = tag_table(rows.ids, examples)
    stances = stance_rows(rows)
    described, predicted = describe_rows(stances, articles), stances.predicted
    return ErrorAnalysis(
        tags={tag: _tag_score(rows.select(carries)) for tag, carries in zip(TAGS, tagged.T, strict=True) if carries.any()},
        untagged=_tag_score(rows.select(tagged.sum(axis=1) == 0)),
        all_rows=_tag_score(rows),
        triplets=triplet_scores(stances.gold, predicted),
        properties={
            name: {value: triplet_scores(stances.gold[found == value], predicted[found == value]) for value in PROPERTIES[name]}
            for name, found in described.items()
        },
        n_mistakes=int(np.count_nonzero(rows.predicted != rows.gold)),
        mistakes=_worst_mistakes(rows, tagged, max_mistakes),
    )


def tag_table(ids: NDArray[np.object_], examples: Dataset) -> NDArray[np.bool_]:
    """Return which tags each example carries, (ids, tags), in the order of ``TAGS``.

    Raises:
        InputError: an id is not among the examples.
    """
    table = examples.select_columns(["id", "tags"]).with_format("arrow")[:]
    where = {id_: row for row, id_ in enumerate(table["id"].to_pylist())}
    index = np.array([where.get(id_, -1) for id_ in ids], dtype=np.intp)
    if (index < 0).any():
        unknown = ids[index < 0]
        raise InputError(f"{unknown[0]}: a row that is not among the examples ({len(unknown)} such in all); give the examples of its split")
    lists = table["tags"].combine_chunks()
    column = np.array([TAGS.index(tag) for tag in examples.features["tags"].feature.names])  # of the dataset's own order
    carries = np.zeros((len(table), len(TAGS)), dtype=bool)
    carries[pc.list_parent_indices(lists).to_numpy(), column[pc.list_flatten(lists).to_numpy()]] = True
    return carries[index]


def _tag_score(rows: ScoredRows) -> TagScore:
    predicted = rows.predicted
    triplets = triplet_scores(rows.gold, predicted)
    return TagScore(
        n=triplets.n_gold,
        correct=triplets.n_correct,
        n_called_none=int(np.count_nonzero((rows.gold != NONE) & (predicted == NONE))),
        polarity_accuracy=polarity_accuracy(rows.gold, rows.probabilities),
        false=false_stances(rows.gold, predicted),
    )


def _worst_mistakes(rows: ScoredRows, tagged: NDArray[np.bool_], max_mistakes: int) -> tuple[Mistake, ...]:
    predicted = rows.predicted
    wrong = np.flatnonzero(predicted != rows.gold)
    probability = rows.probabilities[wrong, predicted[wrong]]
    order = np.lexsort((rows.ids[wrong].astype(np.str_), -probability))[:max_mistakes]
    return tuple(
        Mistake(
            id=rows.ids[row],
            article=rows.article[row],
            sentence=int(rows.sentence[row]),
            speaker=rows.actor(row, "speaker"),
            target=rows.actor(row, "target"),
            gold=STANCES[rows.gold[row]],
            predicted=STANCES[predicted[row]],
            probability=float(rows.probabilities[row, predicted[row]]),
            tags=tuple(tag for tag, carried in zip(TAGS, tagged[row], strict=True) if carried),
        )
        for row in wrong[order].tolist()
    )


def errors_to_json(analysis: ErrorAnalysis) -> dict[str, Any]:
    """Return the analysis as plain values: stable keys, undefined numbers as None, no text of an article."""
    return {
        "tags": {tag: _tag_values(score) for tag, score in analysis.tags.items()},
        "untagged": _tag_values(analysis.untagged),
        "all_rows": _tag_values(analysis.all_rows),
        "triplet": triplet_values(analysis.triplets),
        "properties": {
            name: {value: triplet_values(scores) for value, scores in values.items()} for name, values in analysis.properties.items()
        },
        "n_mistakes": analysis.n_mistakes,
        "mistakes": [
            {
                "id": mistake.id,
                "speaker": mistake.speaker.name,
                "target": mistake.target.name,
                "gold": mistake.gold,
                "predicted": mistake.predicted,
                "probability": round(mistake.probability, 6),
                "tags": list(mistake.tags),
            }
            for mistake in analysis.mistakes
        ],
    }


def _tag_values(score: TagScore) -> dict[str, Any]:
    return {
        "n": score.n,
        "correct": score.correct,
        "recall": number(score.recall),
        "interval": [number(bound) for bound in score.interval],
        "polarity_accuracy": number(score.polarity_accuracy),
        "called_none": number(score.called_none),
        "false_stances": score.false.count,
        "none_rows": score.false.none_rows,
    }
