"""How well attributions are found: exact ranges of sources, cues and contents, and whole triples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from whipcount.reading.attributions import ROLES, Attribution
from whipcount.schema import InputError
from whipcount.scoring.metrics import PrecisionRecallF1

TRIPLE = "triple"


def score_attributions(gold: Sequence[Sequence[Attribution]], found: Sequence[Sequence[Attribution]]) -> dict[str, PrecisionRecallF1]:
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
            counts[role].update(n_gold=len(wanted), n_predicted=len(given), n_correct=len(wanted & given))
        counts[TRIPLE].update(n_gold=len({*right}), n_predicted=len({*told}), n_correct=len({*right} & {*told}))
    return {name: PrecisionRecallF1(count["n_gold"], count["n_predicted"], count["n_correct"]) for name, count in counts.items()}


def agreement(readings: Sequence[Sequence[Attribution]]) -> dict[str, PrecisionRecallF1]:
    """Return how far people who marked one text agree: each is scored against each other one, and the counts are summed."""
    pairs = [(one, other) for i, one in enumerate(readings) for other in readings[i + 1 :]]
    return score_attributions([one for one, _ in pairs], [other for _, other in pairs])
