from __future__ import annotations

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from whipcount.baselines.regression import fit_regression

FEATURES = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
COUNTS = np.array([[1, 1, 40], [6, 1, 9], [1, 7, 8], [3, 3, 2]], dtype=np.float64)


def test_shared_rows_are_fitted_as_the_rows_one_by_one() -> None:
    stances = np.concatenate([np.repeat([0, 1, 2], row.astype(int)) for row in COUNTS])
    features = np.repeat(FEATURES, COUNTS.sum(axis=1).astype(int), axis=0)
    expected = LogisticRegression(C=2.0, max_iter=2000).fit(features, stances).predict_proba(FEATURES)
    shared = fit_regression(sparse.csr_matrix(FEATURES), COUNTS, 2.0)
    np.testing.assert_allclose(shared.probabilities(sparse.csr_matrix(FEATURES)), expected, atol=1e-3)


def test_two_stances_agree_with_scikit_learn_and_the_third_has_no_probability() -> None:
    counts = COUNTS * [1, 0, 1]
    stances = np.concatenate([np.repeat([0, 1, 2], row.astype(int)) for row in counts])
    features = np.repeat(FEATURES, counts.sum(axis=1).astype(int), axis=0)
    expected = LogisticRegression(C=2.0, max_iter=2000).fit(features, stances).predict_proba(FEATURES)
    probabilities = fit_regression(sparse.csr_matrix(FEATURES), counts, 2.0).probabilities(sparse.csr_matrix(FEATURES))
    np.testing.assert_allclose(probabilities[:, [0, 2]], expected, atol=1e-3)
    np.testing.assert_array_equal(probabilities[:, 1], 0)


def test_one_stance_alone_is_certain() -> None:
    probabilities = fit_regression(sparse.csr_matrix(FEATURES), COUNTS * [0, 1, 0], 2.0).probabilities(sparse.csr_matrix(FEATURES))
    np.testing.assert_array_equal(probabilities, np.tile([0.0, 1.0, 0.0], (4, 1)))
