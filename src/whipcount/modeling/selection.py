"""How good a model is on the development articles: what decides which epoch is best, and what is told of the model that is saved."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import FULL, NONE, Article
from whipcount.scoring.benchmarks import MAIN, asked_rows, between_actors, gold_labels, score_corpora
from whipcount.scoring.calibration import apply_none_bias
from whipcount.scoring.thresholds import choose_threshold

METRIC = "score"
MIN_STANCES = 5


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


def score_at_bias(
    articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]], none_bias: float, seen: Set[str] = frozenset()
) -> dict[str, dict[str, float]]:
    """Return the measures of every corpus by name, see ``scoring.benchmarks``: what a saved model reaches, which has one bias for all.

    Args:
        articles: of one split.
        probabilities: (examples, 3) for each, before the bias.
        none_bias: on ``none`` of fully annotated articles.
        seen: keys of articles that stand word for word in training.
    """
    rows = [
        apply_none_bias(said, none_bias) if article.annotation == FULL else said
        for article, said in zip(articles, probabilities, strict=True)
    ]
    return score_corpora(articles, rows, seen)


def count_failures(
    articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]], none_bias: float
) -> dict[str, dict[str, float]]:
    """Return for every fully annotated corpus how its stances are missed, and how unlike its speakers fare.

    Over the rows between known actors, at the threshold ``none_bias``: ``stances``, how many there are; the shares ``missed`` (called
    none) and ``turned`` (called the opposite); ``false_per_100``, stances read into 100 none rows. Of the speakers with
    ``MIN_STANCES`` stances or more, by name: how many they are (``speakers``) and the ``lowest``, ``median`` and ``highest`` share of
    stances labelled right, left out where there is no such speaker.
    """
    found: dict[str, list[tuple[str, int, int]]] = {}
    for article, rows in zip(articles, probabilities, strict=True):
        if article.annotation != FULL:
            continue
        kept = between_actors(article, known=True)
        predicted = apply_none_bias(rows, none_bias).argmax(1)
        names = [actor.name for actor in article.roster]
        speakers = np.tile(asked_rows(article)[0], len(article.sentences))
        told = zip(speakers[kept], gold_labels(article)[kept].tolist(), predicted[kept].tolist(), strict=True)
        found.setdefault(article.corpus, []).extend((names[speaker], gold, said) for speaker, gold, said in told)
    return {corpus: _failures(rows) for corpus, rows in found.items()}


def _failures(rows: Sequence[tuple[str, int, int]]) -> dict[str, float]:
    right: dict[str, list[bool]] = {}
    for name, gold, said in rows:
        if gold != NONE:
            right.setdefault(name, []).append(gold == said)
    stances = [(gold, said) for _, gold, said in rows if gold != NONE]
    n_false = sum(gold == NONE != said for _, gold, said in rows)
    spread = [float(np.mean(one)) for one in right.values() if len(one) >= MIN_STANCES]
    return {
        "stances": len(stances),
        "missed": sum(said == NONE for _, said in stances) / max(len(stances), 1),
        "turned": sum(NONE != said != gold for gold, said in stances) / max(len(stances), 1),
        "false_per_100": 100 * n_false / max(len(rows) - len(stances), 1),
        "speakers": len(spread),
        **({"lowest": min(spread), "median": float(np.median(spread)), "highest": max(spread)} if spread else {}),
    }
