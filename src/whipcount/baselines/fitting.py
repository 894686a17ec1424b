"""Fit a baseline by name, and choose its threshold as the model's is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from whipcount.baselines.lexicon import fit_lexicon
from whipcount.baselines.rates import fit_majority, fit_target_prior
from whipcount.baselines.tfidf import fit_tfidf
from whipcount.schema import FULL, STANCES, Article, InputError
from whipcount.scoring.calibration import apply_none_bias
from whipcount.scoring.thresholds import choose_threshold

BASELINES: tuple[str, ...] = ("majority", "target_prior", "lexicon", "tfidf")
"""The names ``fit_baseline`` knows, from the plainest to the ablest."""


class RowClassifier(Protocol):
    """What a fitted baseline is before its threshold is chosen."""

    def classify(self, article: Article) -> NDArray[np.float64]:
        """Return the probabilities of an article's rows, (examples, 3), in the order of ``make_examples``."""
        ...


@dataclass(frozen=True)
class Baseline:
    """A fitted baseline with its threshold, ``none_bias``, which is added to log P(none) of fully annotated articles."""

    name: str
    classifier: RowClassifier
    none_bias: float = 0.0

    def predict(self, articles: Sequence[Article]) -> NDArray[np.float64]:
        """Return the probabilities of all rows of ``articles``.

        Args:
            articles: with their rosters; their stances are not looked at.

        Returns:
            (examples, 3), the articles in the order given, the rows of each in the order of ``make_examples``, the
            columns in the order of ``schema.STANCES``; each row sums to 1. Without an article, (0, 3).
        """
        rows = [
            apply_none_bias(found, self.none_bias) if article.annotation == FULL else found
            for article, found in zip(articles, _classify(self.classifier, articles), strict=True)
        ]
        return np.concatenate([np.empty((0, len(STANCES))), *rows])


def fit_baseline(name: str, train: Sequence[Article], development: Sequence[Article], seed: int = 0) -> Baseline:
    """Fit a baseline on annotated articles.

    The bias on log P(none) is chosen on the development articles exactly as the model's is. It stays 0 without a
    development stance, which leaves nothing to choose by, and for ``majority``, whose rows are all alike: a bias could
    only give every one of them a stance.

    Args:
        name: one of ``BASELINES``.
        train: articles to learn from. Where their rows hold no stance, every baseline calls every row ``none``.
        development: other articles, to choose the bias on; may be empty.
        seed: decides which ``none`` rows ``tfidf`` leaves out where there are too many; all else is determined.

    Raises:
        InputError: the name is unknown, or there is no article to learn from.
    """
    fits: dict[str, Callable[[], RowClassifier]] = {
        "majority": lambda: fit_majority(train),
        "target_prior": lambda: fit_target_prior(train),
        "lexicon": lambda: fit_lexicon(train),
        "tfidf": lambda: fit_tfidf(train, seed),
    }
    if name not in fits:
        raise InputError(f"baseline {name!r} is unknown; give one of {', '.join(BASELINES)}")
    if not train:
        raise InputError(f"baseline {name!r}: no training article; give a dataset whose train split is not empty")
    classifier = fits[name]()
    if name == "majority" or not any(article.stances for article in development):
        return Baseline(name, classifier)
    return Baseline(name, classifier, choose_threshold(development, _classify(classifier, development)))


def _classify(classifier: RowClassifier, articles: Sequence[Article]) -> list[NDArray[np.float64]]:
    return [classifier.classify(article) for article in articles]
