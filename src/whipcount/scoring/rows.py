"""Gold rows with what one system says of them, in parallel arrays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow.compute as pc
from datasets import Dataset
from numpy.typing import NDArray

from whipcount.schema import NONE, SOMEONE, STANCES, TOPIC, UNKNOWN, Actor, Article, InputError
from whipcount.scoring.predictions import Predictions, likeliest

WRONG = np.array([[0.0, 1e-6, 1 - 1e-6], [1e-6, 0.0, 1 - 1e-6], [1.0, 0.0, 0.0]])
"""(3, 3) by gold stance, what a missing prediction counts as; see ``probabilities_for``."""


@dataclass(frozen=True, eq=False)
class ScoredRows:
    """The rows of one split and the probabilities of one system, in parallel arrays.

    Args:
        ids: (rows,) example ids.
        article: (rows,) ``Article.key``.
        story: (rows,) story of the article.
        sentence: (rows,) index into the article's sentences.
        speaker: (rows,) actor id.
        target: (rows,) actor id.
        gold: (rows,) index into ``STANCES``.
        probabilities: (rows, 3) in the order of ``STANCES``.
        both_named: (rows,) whether the sentence has matched mentions of both actors.
        actors: (article key, actor id) → actor, for readable output.
    """

    ids: NDArray[np.object_]
    article: NDArray[np.object_]
    story: NDArray[np.object_]
    sentence: NDArray[np.int_]
    speaker: NDArray[np.object_]
    target: NDArray[np.object_]
    gold: NDArray[np.int_]
    probabilities: NDArray[np.float64]
    both_named: NDArray[np.bool_]
    actors: dict[tuple[str, str], Actor]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def predicted(self) -> NDArray[np.intp]:
        """(rows,) the likeliest stance; of equally likely ones the first in ``STANCES``."""
        return likeliest(self.probabilities)

    @property
    def headline(self) -> NDArray[np.bool_]:
        """(rows,) whether both ends are known actors; rows with ``someone`` or a topic are scored apart."""
        known: NDArray[np.bool_] = (self.speaker != SOMEONE) & (self.target != SOMEONE)
        topics = {key for key, actor in self.actors.items() if actor.kind == TOPIC}
        if topics:
            ends = zip(self.article, self.speaker, self.target, strict=True)
            known &= np.array([(a, s) not in topics and (a, t) not in topics for a, s, t in ends], dtype=np.bool_)
        return known

    def select(self, chosen: NDArray[np.bool_] | NDArray[np.intp]) -> ScoredRows:
        """Return the rows that a mask or an array of indices chooses."""
        return replace(self, **{f.name: getattr(self, f.name)[chosen] for f in fields(self) if f.name != "actors"})

    def actor(self, row: int, role: str) -> Actor:
        """Return the actor at one end (``speaker`` or ``target``) of a row."""
        return self.actors[self.article[row], getattr(self, role)[row]]


def align(
    examples: Dataset,
    articles: Sequence[Article],
    predictions: Predictions,
    *,
    known_ids: Collection[str] | None = None,
    allow_missing: bool = False,
) -> ScoredRows:
    """Join the examples of a split with a system's predictions, in the order of the examples; unknown rows are left out.

    Args:
        examples: rows as ``examples.storage`` keeps them.
        articles: the articles of these rows.
        predictions: may cover more splits than this one.
        known_ids: ids of every split of the dataset; without it the examples must be all that is predicted.
        allow_missing: count examples without a prediction as wrong.

    Raises:
        InputError: see ``check_origin`` and ``probabilities_for``.
    """
    table = examples.with_format("arrow")[:]

    def strings(name: str) -> NDArray[np.object_]:
        return np.array(table[name].to_pylist(), dtype=np.object_)

    ids = strings("id")
    check_origin(predictions, set(ids) if known_ids is None else known_ids)
    gold = table["stance"].to_numpy().astype(np.int64)
    named = [pc.list_value_length(table[f"{role}_mentions"]).to_numpy().astype(np.int64) > 0 for role in ("speaker", "target")]
    rows = ScoredRows(
        ids=ids,
        article=strings("article"),
        story=strings("story"),
        sentence=table["sentence"].to_numpy().astype(np.int64),
        speaker=strings("speaker"),
        target=strings("target"),
        gold=gold,
        probabilities=np.zeros((len(ids), len(STANCES))),
        both_named=named[0] & named[1],
        actors={(article.key, actor.id): actor for article in articles for actor in article.roster},
    ).select(gold != UNKNOWN)
    return replace(rows, probabilities=probabilities_for(rows.ids, predictions, rows.gold, allow_missing=allow_missing))


def check_origin(predictions: Predictions, known_ids: Collection[str], dataset: str = "") -> None:
    """Make sure that predictions were made on this dataset.

    Args:
        predictions: of one system.
        known_ids: ids of every split of the dataset; best a set.
        dataset: the dataset's fingerprint; compared where both sides have one.

    Raises:
        InputError: another fingerprint, or an example that the dataset does not have.
    """
    if dataset and predictions.dataset and predictions.dataset != dataset:
        raise InputError(
            f"predictions of {predictions.system}: made on dataset {predictions.dataset[:12]}, the gold is dataset {dataset[:12]}; "
            "predict again on this one"
        )
    unknown = [id_ for id_ in predictions.ids if id_ not in known_ids]
    if unknown:
        raise InputError(f"predictions of {predictions.system}: {_first_ids(unknown)} not in the dataset; predict again on this one")


def is_missing(ids: NDArray[np.object_], predictions: Predictions) -> NDArray[np.bool_]:
    """Return which of the examples have no prediction, (ids,); what a sparse file leaves out is ``none`` and not missing."""
    predicted = set(predictions.ids)
    return np.array([not predictions.sparse and id_ not in predicted for id_ in ids], dtype=np.bool_)


def probabilities_for(
    ids: NDArray[np.object_], predictions: Predictions, gold: NDArray[np.int_], *, allow_missing: bool = False
) -> NDArray[np.float64]:
    """Return the probabilities of the given examples, (ids, 3); what a sparse file leaves out is ``none``.

    With ``allow_missing`` an example without a prediction is wrong in every score. Where the gold is a stance it counts as
    ``none``, leaning by a millionth to the other polarity, so that polarity accuracy gives no half point for it. Where the
    gold is ``none`` it counts as a false stance: ``favor``, the first in ``STANCES``.

    Args:
        ids: (ids,) the examples, in the order wanted.
        predictions: may cover more examples than these.
        gold: (ids,) index into ``STANCES``; consulted for missing examples only.
        allow_missing: count examples without a prediction as wrong.

    Raises:
        InputError: an example is not predicted, the predictions are not sparse and ``allow_missing`` is not set.
    """
    missing = is_missing(ids, predictions)
    if missing.any() and not allow_missing:
        raise InputError(
            f"predictions of {predictions.system}: {_first_ids(ids[missing].tolist())} without a prediction; predict every row of the "
            "split, declare the file sparse where rows left out are none, or count them as wrong with allow_missing=true"
        )
    where = {id_: row for row, id_ in enumerate(predictions.ids)}
    index = np.array([where.get(id_, -1) for id_ in ids], dtype=np.intp)
    certain_none = np.eye(len(STANCES))[NONE]
    probabilities = np.vstack([predictions.probabilities, certain_none])[index]  # -1 finds the last row
    probabilities[missing] = WRONG[gold[missing]]
    return probabilities


def _first_ids(ids: Sequence[str]) -> str:
    return f"{len(ids)} example{'s' if len(ids) > 1 else ''} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"
