"""How good a model is on the development articles: what decides which epoch is best, and the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.modeling.classifier import StanceClassifier
from whipcount.schema import FULL, Article
from whipcount.scoring.benchmarks import MAIN, between_actors, gold_labels, score_corpora
from whipcount.scoring.calibration import apply_none_bias, choose_none_bias

METRIC = "score"


def development_scores(classifier: StanceClassifier, development: Sequence[Article]) -> dict[str, float]:
    """Return what ``score_by_corpus`` makes of the classifier's predictions."""
    return score_by_corpus(development, classifier.predict_articles(development))


def score_by_corpus(articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """Return the measures of every corpus, named ``corpus_measure``, and ``METRIC``, the mean of the main ones.

    See ``scoring.benchmarks``; a fully annotated corpus is scored at its own best bias on ``none``.
    """
    annotations = {article.corpus: article.annotation for article in articles}
    rows = list(probabilities)
    for corpus in (corpus for corpus, annotation in annotations.items() if annotation == FULL):
        indices = [index for index, article in enumerate(articles) if article.corpus == corpus]
        bias = choose_threshold([articles[index] for index in indices], [rows[index] for index in indices])
        for index in indices:
            rows[index] = apply_none_bias(rows[index], bias)
    measured = score_corpora(articles, rows)
    main = float(np.mean([scores[MAIN[annotations[corpus]]] for corpus, scores in measured.items()]))
    return {METRIC: main, **{f"{corpus}_{name}": value for corpus, scores in measured.items() for name, value in scores.items()}}


def choose_threshold(articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]]) -> float:
    """Return the bias on ``none`` that is best for the rows between actors of fully annotated articles; 0 without any."""
    whole = [(article, rows) for article, rows in zip(articles, probabilities, strict=True) if article.annotation == FULL]
    if not whole:
        return 0.0
    judged = np.concatenate([between_actors(article) for article, _ in whole])
    gold, rows = np.concatenate([gold_labels(article) for article, _ in whole]), np.concatenate([rows for _, rows in whole])
    return choose_none_bias(gold[judged], rows[judged])
