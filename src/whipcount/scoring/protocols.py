"""The published protocols of corpora that tell less than every pair: DSE's five classes, NewsMTSC's three.

DSE: Park, Pan, Joo 2021; NewsMTSC: Hamborg, Donnay 2021; see ``corpora.dse`` and ``corpora.newsmtsc``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, f1_score

from whipcount.schema import AGAINST, FAVOR, NONE, STANCES, UNKNOWN


def pair_classes(gold: NDArray[np.int_]) -> NDArray[np.int_]:
    """Return DSE's class of each pair.

    Args:
        gold: (pairs, 2), the stances of p toward q and of q toward p; ``UNKNOWN`` where the other direction bears the label.

    Returns:
        (pairs,): 0 no stance, 1 p favors q, 2 q favors p, 3 p against q, 4 q against p.
    """
    forward, backward = gold.T
    return np.select(
        [forward == FAVOR, backward == FAVOR, forward == AGAINST, backward == AGAINST], [1, 2, 3, 4], default=0
    )  # fmt: skip


def pair_outcomes(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how likely each of DSE's classes is, given that at most one of the two holds a stance.

    Args:
        probabilities: (pairs, 2, 3), the two directions.

    Returns:
        (pairs, 5), rows sum to 1.
    """
    forward, backward = probabilities[:, 0], probabilities[:, 1]
    neither = (forward[:, NONE] * backward[:, NONE])[:, None]
    ways = [forward[:, stance] * backward[:, NONE] if toward else backward[:, stance] * forward[:, NONE] for stance, toward in _WAYS]
    outcomes = np.concatenate([neither, np.stack(ways, axis=1)], axis=1)
    shares: NDArray[np.float64] = outcomes / outcomes.sum(1, keepdims=True)
    return shares


_WAYS = ((FAVOR, True), (FAVOR, False), (AGAINST, True), (AGAINST, False))


def score_pairs(gold: NDArray[np.int_], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return micro-F1 (accuracy) and macro-F1 over DSE's five classes; shapes as above."""
    classes, predicted = pair_classes(gold), pair_outcomes(probabilities).argmax(1)
    return {
        "micro_f1": float(accuracy_score(classes, predicted)),
        "macro_f1": float(f1_score(classes, predicted, labels=range(5), average="macro", zero_division=0.0)),
    }


def score_targets(gold: NDArray[np.int_], probabilities: NDArray[np.float64]) -> dict[str, float]:
    """Return macro-F1 and accuracy over favor, against and none toward a target.

    Args:
        gold: (targets,) index into ``STANCES``; ``UNKNOWN`` ones are left out.
        probabilities: (targets, 3).
    """
    known = gold != UNKNOWN
    predicted = probabilities[known].argmax(1)
    return {
        "macro_f1": float(f1_score(gold[known], predicted, labels=range(len(STANCES)), average="macro", zero_division=0.0)),
        "accuracy": float(accuracy_score(gold[known], predicted)),
    }
