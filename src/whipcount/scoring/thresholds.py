"""The threshold of a system, chosen in one way for all: models, baselines and the cross-encoder."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import FULL, Article
from whipcount.scoring.benchmarks import between_actors, gold_labels
from whipcount.scoring.calibration import choose_none_bias


def choose_threshold(articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]]) -> float:
    """Return the bias on ``none`` that is best for the rows between actors of fully annotated articles; 0 without any."""
    whole = [(article, rows) for article, rows in zip(articles, probabilities, strict=True) if article.annotation == FULL]
    if not whole:
        return 0.0
    judged = np.concatenate([between_actors(article) for article, _ in whole])
    gold, rows = np.concatenate([gold_labels(article) for article, _ in whole]), np.concatenate([rows for _, rows in whole])
    return choose_none_bias(gold[judged], rows[judged])
