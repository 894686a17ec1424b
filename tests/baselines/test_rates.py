from __future__ import annotations

import numpy as np
import pytest

from whipcount.baselines.rates import PRIOR_ROWS, fit_majority, fit_target_prior
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import make_examples
from whipcount.schema import Article


def test_majority_gives_the_class_shares(articles: list[Article]) -> None:
    """200 rows, of which 3 are favor and 3 against."""
    majority = fit_majority(articles)
    np.testing.assert_allclose(majority.shares, [3 / 200, 3 / 200, 194 / 200])
    np.testing.assert_array_equal(majority.classify(articles[2]), np.tile(majority.shares, (60, 1)))


def test_target_prior_by_hand(articles: list[Article]) -> None:
    """The first article: of 60 rows 4 name both actors; two of these are toward Quill, one of them favor.

    Overall rates where both are named: 1/4 favor, 1/4 against, 2/4 none; elsewhere all 56 rows are none.
    """
    assert PRIOR_ROWS == 10
    prior = fit_target_prior(articles[:1])
    np.testing.assert_allclose(prior.overall[True], [1 / 4, 1 / 4, 2 / 4])
    np.testing.assert_allclose(prior.overall[False], [0, 0, 1])
    np.testing.assert_allclose(prior.by_target[True, "marta quill"], [(1 + 2.5) / 12, (0 + 2.5) / 12, (1 + 5) / 12])
    np.testing.assert_allclose(prior.by_target[True, "femi oduya"], [2.5 / 11, 3.5 / 11, 5 / 11])
    np.testing.assert_allclose(prior.by_target[True, "harbour board"], [2.5 / 11, 2.5 / 11, 6 / 11])


def test_target_prior_gives_each_row_the_rates_of_its_target_and_stratum(articles: list[Article]) -> None:
    prior = fit_target_prior(articles[:1])
    by_id = dict(zip((row["id"] for row in make_examples(articles[0])), prior.classify(articles[0]), strict=True))
    np.testing.assert_array_equal(by_id["town/a0/1/board>quill"], prior.by_target[True, "marta quill"])
    np.testing.assert_array_equal(by_id["town/a0/0/board>quill"], prior.by_target[False, "marta quill"])
    np.testing.assert_array_equal(by_id["town/a0/1/quill>board"], prior.by_target[True, "harbour board"])


def test_target_is_known_by_name_and_an_unseen_one_gets_the_rates_of_its_stratum(articles: list[Article]) -> None:
    other = parse_article(
        "article: other\n# actors\nq | person | Ana Nkemelu\nb | organisation | Harbour Board\n# text\nAna Nkemelu left the Harbour Board.",
        "town",
        "x",
    )
    prior = fit_target_prior(articles[:1])
    by_id = dict(zip((row["id"] for row in make_examples(other)), prior.classify(other), strict=True))
    np.testing.assert_array_equal(by_id["town/other/0/b>q"], prior.overall[True])
    np.testing.assert_array_equal(by_id["town/other/0/author>q"], prior.overall[False])
    np.testing.assert_array_equal(by_id["town/other/0/q>b"], prior.by_target[True, "harbour board"])


def test_stratum_without_rows_gets_the_rates_of_all(articles: list[Article]) -> None:
    nobody = parse_article("article: n\n# actors\nq | person | Ana Nkemelu\n# text\nIt rained.\n> author favor q", "town", "x")
    prior = fit_target_prior([nobody])
    np.testing.assert_allclose(prior.overall[True], [1 / 6, 0, 5 / 6])
    assert make_examples(articles[0])[0]["stance"] == 2
    assert prior.classify(articles[0]).sum(axis=1) == pytest.approx(1)
