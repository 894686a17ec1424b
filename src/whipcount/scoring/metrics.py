"""The scores, each defined once (``design``: triplet F1 is the headline).

Throughout, ``gold`` and ``predicted`` are (rows,) indices into ``STANCES`` and ``probabilities`` is (rows, 3).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import AGAINST, FAVOR, NONE, STANCES

Labels = NDArray[np.int_] | NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PrecisionRecallF1:
    """Counts of stances and what follows from them.

    Without a predicted stance precision is nan, without a gold stance recall is nan. F1 is ``2 correct / (gold +
    predicted)`` and 0.0 where there is neither, so that systems can always be ranked; ``shown_f1`` is nan there.
    """

    n_gold: int
    n_predicted: int
    n_correct: int

    @property
    def precision(self) -> float:
        """Share of the predicted stances that are right."""
        return share(self.n_correct, self.n_predicted)

    @property
    def recall(self) -> float:
        """Share of the gold stances that are found."""
        return share(self.n_correct, self.n_gold)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.n_gold + self.n_predicted
        return 2 * self.n_correct / both if both else 0.0

    @property
    def shown_f1(self) -> float:
        """F1 as it is written down: nan where there is neither a gold nor a predicted stance."""
        return self.f1 if self.n_gold + self.n_predicted else math.nan


@dataclass(frozen=True, slots=True)
class FalseStances:
    """Gold ``none`` rows to which a stance was given."""

    count: int
    none_rows: int

    @property
    def per_100(self) -> float:
        """False stances per 100 gold ``none`` rows; nan without any such row."""
        return 100 * share(self.count, self.none_rows)


def share(part: float, whole: float) -> float:
    """Return ``part / whole``, nan where the whole is 0."""
    return part / whole if whole else math.nan


def triplet_scores(gold: Labels, predicted: Labels) -> PrecisionRecallF1:
    """Score (sentence, speaker, target, stance), micro: right is a row whose gold stance is predicted exactly."""
    return _scores(gold, predicted, gold == predicted)


def pair_scores(gold: Labels, predicted: Labels) -> PrecisionRecallF1:
    """Score (sentence, speaker, target), micro: right is a row with a gold stance where any stance is predicted."""
    return _scores(gold, predicted, predicted != NONE)


def _scores(gold: Labels, predicted: Labels, right: NDArray[np.bool_]) -> PrecisionRecallF1:
    has_stance = gold != NONE
    return PrecisionRecallF1(
        n_gold=int(np.count_nonzero(has_stance)),
        n_predicted=int(np.count_nonzero(predicted != NONE)),
        n_correct=int(np.count_nonzero(has_stance & right)),
    )


def triplet_f1(gold: Labels, predicted: Labels) -> float:
    """Return the F1 of ``triplet_scores``: 0.0 where neither gold nor prediction holds a stance."""
    return triplet_scores(gold, predicted).f1


def polarity_accuracy(gold: Labels, probabilities: NDArray[np.float64]) -> float:
    """Return the share of gold-stance rows whose likelier of favor and against is the gold one; nan without such rows.

    Where the two are equally likely (a sparse file's omitted row, say) the row counts one half, as a coin would.
    """
    stances = gold != NONE
    lead = probabilities[stances, FAVOR] - probabilities[stances, AGAINST]
    toward_gold = np.where(gold[stances] == FAVOR, lead, -lead)
    return share(float(np.count_nonzero(toward_gold > 0) + np.count_nonzero(toward_gold == 0) / 2), int(np.count_nonzero(stances)))


def accuracy(gold: Labels, predicted: Labels) -> float:
    """Return the share of all rows labelled right; means nothing unless always-none's stands beside it."""
    return share(int(np.count_nonzero(gold == predicted)), len(gold))


def confusion(gold: Labels, predicted: Labels) -> NDArray[np.intp]:
    """Return the counts of (gold, predicted), (3, 3), both in the order of ``STANCES``."""
    cells = np.bincount(gold * len(STANCES) + predicted, minlength=len(STANCES) ** 2)
    return cells.reshape(len(STANCES), len(STANCES))


def false_stances(gold: Labels, predicted: Labels) -> FalseStances:
    """Count the gold ``none`` rows to which a stance is given; pass a part of the rows to count in that part."""
    is_none = gold == NONE
    return FalseStances(int(np.count_nonzero(is_none & (predicted != NONE))), int(np.count_nonzero(is_none)))
