"""How good a model is on the development articles of each corpus: what decides which epoch is best, and the threshold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.modeling.classifier import StanceClassifier, asked_rows
from whipcount.modeling.labels import label_tensor
from whipcount.schema import FULL, PAIR, TOPIC, UNKNOWN, Article
from whipcount.scoring.calibration import apply_none_bias, choose_none_bias
from whipcount.scoring.metrics import polarity_accuracy, triplet_f1
from whipcount.scoring.protocols import score_pairs, score_targets

METRIC = "score"
MAIN = {"full": "triplet_f1", "pair": "macro_f1", "targets": "macro_f1"}
"""The score of a corpus that counts, by what its annotation covers; ``METRIC`` is their mean over corpora."""


def gold_labels(article: Article) -> NDArray[np.int64]:
    """Return the stance of each row (indices into ``STANCES``, or ``UNKNOWN``) in the order of ``schema.ordered_pairs``."""
    speakers, targets = asked_rows(article)
    labels = label_tensor(article).numpy()[:, speakers, targets].reshape(-1)
    gold: NDArray[np.int64] = np.where(labels < 0, UNKNOWN, labels)
    return gold


def between_actors(article: Article) -> NDArray[np.bool_]:
    """Return for each row of ``schema.ordered_pairs`` whether neither end is a topic."""
    is_actor = np.array([actor.kind != TOPIC for actor in article.roster])
    speakers, targets = asked_rows(article)
    return np.tile(is_actor[speakers] & is_actor[targets], len(article.sentences))


def development_scores(classifier: StanceClassifier, development: Sequence[Article]) -> dict[str, float]:
    """Return the scores of every corpus, named ``corpus_measure``, and ``METRIC``, the mean of the main ones.

    Fully annotated: triplet F1 over rows between actors, at the corpus's own best bias on ``none``, and polarity accuracy over all
    rows with a stance. One pair: micro- and macro-F1 over DSE's five classes. Targets: macro-F1 and accuracy, the mean over
    the parts that the article ids begin with.
    """
    probabilities = classifier.predict_articles(development)
    return score_by_corpus(development, probabilities)


def score_by_corpus(articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    """Score predictions (examples, 3) of each article; see ``development_scores``."""
    members = defaultdict(list)
    for article, rows in zip(articles, probabilities, strict=True):
        members[article.corpus].append((article, rows))
    scores: dict[str, float] = {}
    mains = []
    for corpus, found in members.items():
        measured = _score_corpus([article for article, _ in found], [rows for _, rows in found])
        scores |= {f"{corpus}_{name}": value for name, value in measured.items()}
        mains.append(measured[MAIN[found[0][0].annotation]])
    return {METRIC: float(np.mean(mains)), **scores}


def choose_threshold(articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]]) -> float:
    """Return the bias on ``none`` that is best for the fully annotated articles together; 0 where there are none."""
    whole = [(article, rows) for article, rows in zip(articles, probabilities, strict=True) if article.annotation == FULL]
    return choose_none_bias(*_judged(whole)) if whole else 0.0


def _judged(found: Sequence[tuple[Article, NDArray[np.float64]]]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    judged = np.concatenate([between_actors(article) for article, _ in found])
    return np.concatenate([gold_labels(article) for article, _ in found])[judged], np.concatenate([rows for _, rows in found])[judged]


def _score_corpus(articles: Sequence[Article], rows: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    annotation = articles[0].annotation
    gold, probabilities = np.concatenate([gold_labels(article) for article in articles]), np.concatenate(rows)
    if annotation == FULL:
        judged, of_judged = _judged(list(zip(articles, rows, strict=True)))
        predicted = apply_none_bias(of_judged, choose_none_bias(judged, of_judged)).argmax(1)
        return {"triplet_f1": triplet_f1(judged, predicted), "polarity_accuracy": polarity_accuracy(gold, probabilities)}
    if annotation == PAIR:
        return score_pairs(gold.reshape(-1, 2), probabilities.reshape(-1, 2, probabilities.shape[-1]))
    parts = np.concatenate([[article.id.rpartition("-")[0]] * len(article.actors) for article in articles])
    by_part = [score_targets(gold[parts == part], probabilities[parts == part]) for part in sorted(set(parts))]
    return {name: float(np.mean([part[name] for part in by_part])) for name in by_part[0]}
