"""How well pronouns are understood, and whether of women as well as of men."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from whipcount.schema import InputError
from whipcount.scoring.metrics import PrecisionRecallF1, share


@dataclass(frozen=True)
class PronounScores:
    """Scores of all pronouns, of the masculine and of the feminine ones: how many names that are meant were said to be."""

    overall: PrecisionRecallF1
    masculine: PrecisionRecallF1
    feminine: PrecisionRecallF1

    @property
    def bias(self) -> float:
        """Feminine F1 over masculine F1; nan where the latter is 0."""
        return share(self.feminine.f1, self.masculine.f1)


def score_pronouns(gold: Sequence[tuple[bool, bool]], predicted: Sequence[tuple[bool, bool]], feminine: Sequence[bool]) -> PronounScores:
    """Score by GAP's protocol (Webster et al. 2018): each of the two names of a pronoun is a yes or no.

    Args:
        gold: for each pronoun whether it means the first and the second name.
        predicted: likewise, in the same order.
        feminine: for each pronoun whether it is feminine.

    Raises:
        InputError: the three are not equally many.
    """
    if not len(gold) == len(predicted) == len(feminine):
        raise InputError(f"{len(gold)} pronouns, {len(predicted)} answers and {len(feminine)} genders; give each for every pronoun")
    rows = list(zip(gold, predicted, feminine, strict=True))
    parts = [[row for row in rows if wanted is None or row[2] == wanted] for wanted in (None, False, True)]
    overall, masculine, feminine_scores = (
        PrecisionRecallF1(
            sum(map(sum, (right for right, _, _ in part))),
            sum(map(sum, (said for _, said, _ in part))),
            sum(one and other for right, said, _ in part for one, other in zip(right, said, strict=True)),
        )
        for part in parts
    )
    return PronounScores(overall, masculine, feminine_scores)
