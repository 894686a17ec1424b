"""Multinomial logistic regression over rows of which very many are alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from whipcount.schema import STANCES

MAX_ITERATIONS = 2000


@dataclass(frozen=True)
class StanceRegression:
    """Weights (3, features) and intercepts (3,); ``seen`` (3,) is false for a stance that training lacked."""

    weights: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    seen: NDArray[np.bool_]

    def probabilities(self, features: sparse.csr_matrix) -> NDArray[np.float64]:
        """Return (rows, 3) for features of (rows, features); a stance that training lacked has probability 0."""
        logits = np.asarray(features @ self.weights.T) + self.intercepts
        logits[:, ~self.seen] = -np.inf
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares


def fit_regression(features: sparse.csr_matrix, counts: NDArray[np.float64], inverse_penalty: float) -> StanceRegression:
    """Fit on distinct feature rows, each with the number of examples of each stance that have these features.

    That is the same as a fit on all the examples one by one, at a small part of the cost.

    Args:
        features: (distinct rows, features).
        counts: (distinct rows, 3), not negative, need not be whole; the weight of each row under each stance.
        inverse_penalty: C of scikit-learn's ``LogisticRegression``.

    Returns:
        The regression; where only one stance occurs, one that always gives it probability 1.
    """
    seen = counts.sum(axis=0) > 0
    weights, intercepts = np.zeros((len(STANCES), features.shape[1])), np.zeros(len(STANCES))
    classes = np.flatnonzero(seen)
    if len(classes) > 1:
        rows, stances = np.nonzero(counts)
        regression = LogisticRegression(C=inverse_penalty, max_iter=MAX_ITERATIONS)
        regression.fit(features[rows], stances, sample_weight=counts[rows, stances])
        if len(classes) == 2:  # scikit-learn then has one row of weights, for the second class against the first
            weights[classes[1]], intercepts[classes[1]] = regression.coef_[0], regression.intercept_[0]
        else:
            weights, intercepts = regression.coef_, regression.intercept_
    return StanceRegression(weights, intercepts, seen)
