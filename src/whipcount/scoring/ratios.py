"""Every score as a ratio of two sums over rows, which is what can be resampled and permuted by the thousand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import AGAINST, FAVOR, NONE, InputError
from whipcount.scoring.metrics import Labels, share

Measure = Literal["triplet_f1", "pair_f1", "polarity_accuracy", "accuracy", "false_per_100"]
MEASURES: tuple[Measure, ...] = get_args(Measure)

Floats = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Ratio:
    """A score as a ratio of two sums over rows.

    Args:
        numerator: (rows,) what each row adds above the line; 0 where ``denominator`` is.
        denominator: (rows,) what each adds below it.
        counted: (rows,) whether the row is one of the n that the score rests on.
        highest: value of a perfect score (of the worst, for false stances); the lowest is 0.
        if_empty: value where the denominator is 0.
    """

    numerator: Floats
    denominator: Floats
    counted: NDArray[np.bool_]
    highest: float = 1.0
    if_empty: float = math.nan

    @property
    def value(self) -> float:
        """The score on all rows."""
        whole = float(self.denominator.sum())
        return share(float(self.numerator.sum()), whole) if whole else self.if_empty

    def select(self, chosen: NDArray[np.bool_]) -> Ratio:
        """Return the ratio over the rows that a mask chooses."""
        return Ratio(self.numerator[chosen], self.denominator[chosen], self.counted[chosen], self.highest, self.if_empty)


def ratio_of(measure: Measure, gold: Labels, predicted: Labels, probabilities: Floats | None = None) -> Ratio:
    """Return one of the scores of ``metrics`` as a ratio; ``accuracy`` is that of an actor, over gold-stance rows.

    Args:
        measure: which score.
        gold: (rows,) indices into ``STANCES``.
        predicted: (rows,) likewise.
        probabilities: (rows, 3), for ``polarity_accuracy`` alone.

    Raises:
        InputError: an unknown measure, arrays of different lengths, or polarity without probabilities.
    """
    same_length(gold=gold, predicted=predicted)
    has_gold, has_predicted = gold != NONE, predicted != NONE
    right = has_gold & (gold == predicted)
    if measure in ("triplet_f1", "pair_f1"):
        agreed = right if measure == "triplet_f1" else has_gold & has_predicted
        return Ratio(2.0 * agreed, has_gold.astype(float) + has_predicted, has_gold, if_empty=0.0)
    if measure == "accuracy":
        return Ratio(right.astype(float), has_gold.astype(float), has_gold)
    if measure == "false_per_100":
        return Ratio(100.0 * (~has_gold & has_predicted), (~has_gold).astype(float), ~has_gold, highest=100.0)
    if measure == "polarity_accuracy":
        if probabilities is None:
            raise InputError("polarity_accuracy looks at P(favor) and P(against); give the probabilities")
        same_length(gold=gold, probabilities=probabilities)
        lead = probabilities[:, FAVOR] - probabilities[:, AGAINST]
        credit = np.sign(np.where(gold == FAVOR, lead, -lead)) / 2 + 0.5  # a tie is half right
        return Ratio(np.where(has_gold, credit, 0.0), has_gold.astype(float), has_gold)
    raise InputError(f"measure {measure!r} is not known; choose one of {', '.join(MEASURES)}")


def quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Divide sums of one shape, nan where the denominator is 0."""
    ratios: Floats = np.divide(numerator, denominator, out=np.full(numerator.shape, math.nan), where=denominator > 0)
    return ratios


def macro_quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Divide sums (actors, resamples) and return the means over the actors that have a value, (1, resamples)."""
    values = quotient(numerator, denominator)
    there = ~np.isnan(values)
    return quotient(np.where(there, values, 0.0).sum(axis=0, keepdims=True), there.sum(axis=0, keepdims=True))


def supported_rows(ratio: Ratio, actor: Codes, min_support: int) -> NDArray[np.bool_]:
    """Return, (rows,), whether the row's actor has ``min_support`` counted rows or more, and at least 1."""
    supported: NDArray[np.bool_] = (np.bincount(actor, ratio.counted) >= max(min_support, 1))[actor]
    return supported


def check_codes(ratio: Ratio, actor: Codes, story: Codes, sentence: Codes) -> int:
    """Return how many actors there are, counted from 0 to the highest number.

    Raises:
        InputError: arrays of different lengths, or an actor below 0.
    """
    same_length(score=ratio.counted, actor=actor, story=story, sentence=sentence)
    if len(actor) and actor.min() < 0:
        raise InputError(f"actor {actor.min()} in row {actor.argmin()}; number the actors from 0")
    return int(actor.max(initial=-1)) + 1


def same_length(**arrays: NDArray[Any]) -> None:
    """Make sure that parallel arrays have one entry per row each.

    Raises:
        InputError: they do not.
    """
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name}: {length}" for name, length in lengths.items())
        raise InputError(f"arrays of different lengths ({listed}); give one entry per row in each")
