"""How well attributions are found: exact ranges of sources, cues and contents, and whole triples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from whipcount.reading.attributions import ROLES, Attribution
from whipcount.schema import InputError

TRIPLE = "triple"


@dataclass(frozen=True)
class SpanScore:
    """Ranges in the gold, found ones, and those that are both."""

    n_gold: int
    n_found: int
    n_correct: int

    @property
    def precision(self) -> float:
        """Share of the found ones that are right; 0 without any."""
        return self.n_correct / self.n_found if self.n_found else 0.0

    @property
    def recall(self) -> float:
        """Share of the gold ones that are found; 0 without any."""
        return self.n_correct / self.n_gold if self.n_gold else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.n_gold + self.n_found
        return 2 * self.n_correct / total if total else 0.0


def score_attributions(gold: Sequence[Sequence[Attribution]], found: Sequence[Sequence[Attribution]]) -> dict[str, SpanScore]:
    """Return micro scores over texts for each of ``ROLES`` and for ``TRIPLE``.

    A source, cue or content that other words part is as many ranges as it has pieces, as taggers of BIO sequences see it (compare
    Wang et al. 2022, CofeNet); a range that several attributions share counts once. A triple is right where all its ranges are.

    Args:
        gold: for each text its attributions.
        found: for each text, in the same order.

    Raises:
        InputError: the texts are not equally many.
    """
    if len(gold) != len(found):
        raise InputError(f"{len(gold)} texts with gold attributions and {len(found)} with found ones; give both for every text")
    counts: dict[str, Counter[str]] = {name: Counter() for name in (*ROLES, TRIPLE)}
    for right, told in zip(gold, found, strict=True):
        for role in ROLES:
            wanted, given = ({span for one in side for span in getattr(one, role)} for side in (right, told))
            counts[role].update(n_gold=len(wanted), n_found=len(given), n_correct=len(wanted & given))
        counts[TRIPLE].update(n_gold=len({*right}), n_found=len({*told}), n_correct=len({*right} & {*told}))
    return {name: SpanScore(count["n_gold"], count["n_found"], count["n_correct"]) for name, count in counts.items()}


def agreement(readings: Sequence[Sequence[Attribution]]) -> dict[str, SpanScore]:
    """Return how far people who marked one text agree: each is scored against each other one, and the counts are summed."""
    pairs = [(one, other) for i, one in enumerate(readings) for other in readings[i + 1 :]]
    return score_attributions([one for one, _ in pairs], [other for _, other in pairs])
