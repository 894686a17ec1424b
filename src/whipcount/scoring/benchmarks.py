"""What is measured of each corpus, by what its annotation covers: the figures to set beside published ones."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.schema import AUTHOR, FULL, NONE, PAIR, SOMEONE, STANCES, TARGETS, TOPIC, UNKNOWN, Article, ordered_pairs
from whipcount.scoring.metrics import pair_scores, polarity_accuracy, triplet_f1, triplet_scores
from whipcount.scoring.protocols import score_pairs, score_targets

MAIN = {FULL: "triplet_f1", PAIR: "macro_f1", TARGETS: "macro_f1"}
"""The measure of a corpus that counts most, by what its annotation covers."""


def asked_rows(article: Article) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the roster positions of speakers and of targets of a sentence's rows, in the order of ``schema.ordered_pairs``."""
    if article.annotation == FULL:
        speakers, targets = np.nonzero(~np.eye(len(article.roster), dtype=bool))
        return speakers, targets
    pairs = [(article.position(speaker), article.position(target)) for sentence, speaker, target in ordered_pairs(article) if sentence == 0]
    return np.array([speaker for speaker, _ in pairs]), np.array([target for _, target in pairs])


def gold_labels(article: Article) -> NDArray[np.int64]:
    """Return the stance of each row (indices into ``STANCES``, or ``UNKNOWN``) in the order of ``schema.ordered_pairs``."""
    n_actors = len(article.roster)
    labels = np.full((len(article.sentences), n_actors, n_actors), NONE if article.annotation == FULL else UNKNOWN)
    for stance in article.stances:
        labels[stance.sentence, article.position(stance.speaker), article.position(stance.target)] = STANCES.index(stance.stance)
    speakers, targets = asked_rows(article)
    gold: NDArray[np.int64] = labels[:, speakers, targets].reshape(-1)
    return gold


def between_actors(article: Article, *, known: bool = False) -> NDArray[np.bool_]:
    """Return for each row of ``schema.ordered_pairs`` whether neither end is a topic, with ``known`` also not ``someone``."""
    is_actor = np.array([actor.kind != TOPIC and not (known and actor.id == SOMEONE) for actor in article.roster])
    speakers, targets = asked_rows(article)
    return np.tile(is_actor[speakers] & is_actor[targets], len(article.sentences))


def speaker_unnamed(article: Article) -> NDArray[np.bool_]:
    """Return for each row of ``schema.ordered_pairs`` whether its speaker is an actor of the list whom its sentence does not name."""
    speakers, _ = asked_rows(article)
    listed = np.array([actor.id not in (AUTHOR, SOMEONE) for actor in article.roster])[speakers]
    unnamed = []
    for mentions in mentions_by_sentence(article):
        named = {mention.actor for mention in mentions}
        unnamed.append(listed & np.array([actor.id not in named for actor in article.roster])[speakers])
    return np.concatenate(unnamed)


def score_corpora(
    articles: Sequence[Article], probabilities: Sequence[NDArray[np.float64]], seen: Collection[str] = ()
) -> dict[str, dict[str, float]]:
    """Return the measures of every corpus.

    Fully annotated: triplet F1 between actors, ``someone`` left out (``triplet_f1``), of these over the rows whose sentence does not
    name the speaker (``triplet_f1_unnamed``), over all ends, and over the rows with ``someone``; pair F1 between actors; polarity
    accuracy over all ends and between actors. One pair: micro- and macro-F1 over DSE's five classes. Targets: macro-F1 and accuracy
    for each of the parts that the article ids begin with, and their means.
    Where some articles are ``seen``, all of that again for the others (``…_unseen``). A measure of rows without a gold or predicted
    stance is left out, except ``triplet_f1``, by which epochs are ranked.

    Args:
        articles: of one split.
        probabilities: (examples, 3) for each, in the order of ``schema.ordered_pairs``.
        seen: keys of articles that stand word for word in training.
    """
    by_corpus: dict[str, list[int]] = {}
    for index, article in enumerate(articles):
        by_corpus.setdefault(article.corpus, []).append(index)
    measures = {FULL: _score_whole, PAIR: _score_pairs, TARGETS: _score_targets}
    scores = {}
    for corpus, indices in by_corpus.items():
        members, rows = [articles[index] for index in indices], [probabilities[index] for index in indices]
        scores[corpus] = measures[members[0].annotation](members, rows)
        unseen = [index for index, article in enumerate(members) if article.key not in seen]
        if len(unseen) < len(members) and unseen:
            again = measures[members[0].annotation]([members[index] for index in unseen], [rows[index] for index in unseen])
            scores[corpus] |= {f"{name}_unseen": value for name, value in again.items()}
    return scores


def seen_in_training(articles: Sequence[Article], train: Sequence[Article]) -> set[str]:
    """Return the keys of articles whose text, with the same words for the same actors, stands in training."""
    known = {_wording(article) for article in train}
    return {article.key for article in articles if _wording(article) in known}


def _wording(article: Article) -> tuple[object, ...]:
    return article.text, tuple(sorted((mention.start_char, mention.end_char) for mention in article.annotated_mentions))


def _score_whole(articles: Sequence[Article], rows: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    gold, probabilities = np.concatenate([gold_labels(article) for article in articles]), np.concatenate(rows)
    predicted = probabilities.argmax(1)
    ours = np.concatenate([between_actors(article, known=True) for article in articles])
    no_topic = np.concatenate([between_actors(article) for article in articles])
    someone = no_topic & ~ours
    unnamed = ours & np.concatenate([speaker_unnamed(article) for article in articles])
    scores = {
        "triplet_f1": triplet_f1(gold[ours], predicted[ours]),
        "triplet_f1_unnamed": triplet_scores(gold[unnamed], predicted[unnamed]).shown_f1,
        "triplet_f1_all_ends": triplet_scores(gold, predicted).shown_f1,
        "triplet_f1_someone": triplet_scores(gold[someone], predicted[someone]).shown_f1,
        "pair_f1": pair_scores(gold[ours], predicted[ours]).shown_f1,
        "polarity_all_ends": polarity_accuracy(gold, probabilities),
        "polarity": polarity_accuracy(gold[ours], probabilities[ours]),
    }
    return {name: value for name, value in scores.items() if not math.isnan(value)}


def _score_pairs(articles: Sequence[Article], rows: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    gold, probabilities = np.concatenate([gold_labels(article) for article in articles]), np.concatenate(rows)
    return score_pairs(gold.reshape(-1, 2), probabilities.reshape(-1, 2, len(STANCES)))


def _score_targets(articles: Sequence[Article], rows: Sequence[NDArray[np.float64]]) -> dict[str, float]:
    parts: dict[str, list[int]] = {}
    for index, article in enumerate(articles):
        parts.setdefault(article.id.rpartition("-")[0], []).append(index)
    scores = {
        part: score_targets(np.concatenate([gold_labels(articles[i]) for i in indices]), np.concatenate([rows[i] for i in indices]))
        for part, indices in sorted(parts.items())
    }
    means = {name: float(np.mean([one[name] for one in scores.values()])) for name in ("macro_f1", "accuracy")}
    return means | {f"{part}_{name}": value for part, one in scores.items() for name, value in one.items()}
