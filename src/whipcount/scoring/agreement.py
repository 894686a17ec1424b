"""How far annotators agree on who stands how toward whom: the line that no system need cross.

An annotator's work is a map from article keys to the stances written there. An article that an annotator read without
finding a stance is in the map, with no stance; one that is not in the map was not read and says nothing.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import NONE, SOMEONE, STANCES, Article, InputError
from whipcount.scoring.metrics import PrecisionRecallF1, confusion, triplet_scores
from whipcount.scoring.values import number, triplet_values

Row = tuple[int, str, str]
"""Sentence, speaker, target."""

Annotation = Mapping[str, Mapping[Row, str]]
"""Article key → row → ``favor`` or ``against``; a row left out, or written ``none``, is ``none``."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two annotators on the articles that both have read.

    Args:
        one: name of the annotator that stands in for the gold; F1 is the same either way round.
        other: name of the annotator that stands in for the prediction.
        n_articles: articles that both have read.
        triplets: of the other against the one.
        confusion: counts by the one (rows) and by the other (columns), both in the order of ``STANCES``.
    """

    one: str
    other: str
    n_articles: int
    triplets: PrecisionRecallF1
    confusion: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far several annotators agree on the articles that two of them or more have read.

    Args:
        n_articles: these articles.
        pairs: every two annotators with an article in common.
        n_rows: ordered pairs of actors in all sentences of these articles.
        n_stance_rows: those where any annotator writes a stance.
        alpha: Krippendorff's alpha over all rows.
        alpha_stance_rows: the same over the stance rows alone. Rows that all leave at ``none`` are missing there by
            choice, so it is lower, and below 0 where annotators mostly write a stance alone.
    """

    n_articles: int
    pairs: tuple[PairAgreement, ...]
    n_rows: int
    n_stance_rows: int
    alpha: float
    alpha_stance_rows: float

    @property
    def mean_f1(self) -> float:
        """Mean triplet F1 over the pairs of annotators of whom either writes a stance; nan without such a pair."""
        scores = [pair.triplets.f1 for pair in self.pairs if pair.triplets.n_gold or pair.triplets.n_predicted]
        return sum(scores) / len(scores) if scores else math.nan


def measure_agreement(annotations: Mapping[str, Annotation], n_rows: Mapping[str, int]) -> Agreement:
    """Measure how far annotators agree, by pairs and all together.

    Args:
        annotations: annotator → what they wrote; at least two annotators.
        n_rows: article key → rows of the article, as ``count_rows`` gives them.

    Raises:
        InputError: fewer than two annotators, an article without a number of rows or with more stances than rows, a
            stance outside ``STANCES``.
    """
    if len(annotations) < 2:
        raise InputError(f"{len(annotations)} annotators ({', '.join(annotations)}); agreement takes two or more")
    readers = Counter(article for annotation in annotations.values() for article in annotation)
    shared = [article for article, times in readers.items() if times > 1]
    missing = [article for article in shared if article not in n_rows]
    if missing:
        raise InputError(f"{missing[0]}: no number of rows given ({len(missing)} such articles); count them with count_rows")

    labels = {
        name: {article: _labels(name, article, stances) for article, stances in annotation.items()}
        for name, annotation in annotations.items()
    }
    stance_units, silent_units, n_silent = [], [], []
    for article in shared:
        read_by = [of[article] for of in labels.values() if article in of]
        rows = sorted(set().union(*read_by))
        if len(rows) > n_rows[article]:
            raise InputError(f"{article}: {len(rows)} rows bear a stance, but the article has {n_rows[article]}; count its rows again")
        written = [[of.get(row, NONE) for of in read_by] for row in rows]
        stance_units += [[given.count(stance) for stance in range(len(STANCES))] for given in written]
        silent_units.append([0, 0, len(read_by)])
        n_silent.append(n_rows[article] - len(rows))
    stance_counts = np.array(stance_units, dtype=np.int64).reshape(-1, len(STANCES))
    silent_counts = np.array(silent_units, dtype=np.int64).reshape(-1, len(STANCES))
    times = np.array([1] * len(stance_units) + n_silent, dtype=np.int64)
    return Agreement(
        n_articles=len(shared),
        pairs=tuple(pair for one, other in combinations(labels, 2) if (pair := _agree(one, labels[one], other, labels[other])).n_articles),
        n_rows=int(times.sum()),
        n_stance_rows=len(stance_units),
        alpha=krippendorff_alpha(np.vstack([stance_counts, silent_counts]), times),
        alpha_stance_rows=krippendorff_alpha(stance_counts),
    )


def _labels(name: str, article: str, stances: Mapping[Row, str]) -> dict[Row, int]:
    """Return the stances of one annotator in one article as indices into ``STANCES``; ``none`` is left out."""
    for row, stance in stances.items():
        if stance not in STANCES:
            where = f"{article}, sentence {row[0]}, {row[1]}>{row[2]}"
            raise InputError(f"{where}: {name} writes the stance {stance!r}; give one of {', '.join(STANCES)}")
    return {row: STANCES.index(stance) for row, stance in stances.items() if stance != STANCES[NONE]}


def _agree(one: str, one_labels: dict[str, dict[Row, int]], other: str, other_labels: dict[str, dict[Row, int]]) -> PairAgreement:
    shared = [article for article in one_labels if article in other_labels]
    both = [
        (one_labels[article].get(row, NONE), other_labels[article].get(row, NONE))
        for article in shared
        for row in one_labels[article].keys() | other_labels[article].keys()
    ]
    gold, predicted = np.array(both, dtype=np.int64).reshape(-1, 2).T
    cells = confusion(gold, predicted).tolist()
    return PairAgreement(one, other, len(shared), triplet_scores(gold, predicted), tuple(tuple(line) for line in cells))


def krippendorff_alpha(counts: NDArray[np.int64], times: NDArray[np.int64] | None = None) -> float:
    """Return Krippendorff's alpha for nominal values (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    With the coincidences ``o`` (values, values), their row sums ``n`` and the sum of all ``N``,
    ``alpha = 1 - (N - 1) (N - sum of o_cc) / (N² - sum of n_c²)``. It is 1 where all agree, about 0 where they might as well
    draw lots, and nan where no unit has two annotators or only one value occurs, for then there is nothing to agree on.

    Args:
        counts: (units, values) how many annotators give each value to each unit; who gives none is not counted.
        times: (units,) how often each unit occurs; once each where left out.

    Raises:
        InputError: shapes do not fit or a number is negative.
    """
    times = np.ones(len(counts), dtype=np.int64) if times is None else times
    if counts.ndim != 2 or times.shape != (len(counts),):
        raise InputError(f"counts of shape {counts.shape} and times of shape {times.shape}; give (units, values) and (units,)")
    if (counts < 0).any() or (times < 0).any():
        raise InputError("a count below 0; give how many annotators chose each value, and how often the unit occurs")
    n_annotators = counts.sum(axis=1)
    paired = n_annotators > 1
    counts, times, n_annotators = counts[paired], times[paired], n_annotators[paired]
    # of the ordered pairs of annotators of a unit those that agree; each unit weighs as much as it has annotators
    agreeing = float((times * (counts * (counts - 1)).sum(axis=1) / (n_annotators - 1)).sum())
    by_value = (times[:, None] * counts).sum(axis=0)
    n = int(by_value.sum())
    expected = n**2 - sum(total**2 for total in by_value.tolist())
    return 1 - (n - 1) * (n - agreeing) / expected if expected else math.nan


def annotation_of(articles: Iterable[Article], *, someone: bool = False) -> dict[str, dict[Row, str]]:
    """Return what one annotator wrote in articles as ``measure_agreement`` takes it.

    Args:
        articles: with the stances of this annotator.
        someone: whether rows with ``someone`` count; headline scores leave them out.
    """
    return {
        article.key: {
            (stance.sentence, stance.speaker, stance.target): stance.stance
            for stance in article.stances
            if someone or SOMEONE not in (stance.speaker, stance.target)
        }
        for article in articles
    }


def count_rows(articles: Iterable[Article], *, someone: bool = False) -> dict[str, int]:
    """Return, by article key, the rows of each article: every sentence times every ordered pair of its roster.

    Args:
        articles: of any annotator; all must have given them the same roster.
        someone: whether rows with ``someone`` count, as in ``annotation_of``.
    """
    counts = {}
    for article in articles:
        n_actors = len(article.roster) - (not someone)
        counts[article.key] = len(article.sentences) * n_actors * (n_actors - 1)
    return counts


def agreement_to_json(agreement: Agreement) -> dict[str, Any]:
    """Return the agreement as plain values: stable keys, undefined numbers as None."""
    return {
        "n_articles": agreement.n_articles,
        "n_rows": agreement.n_rows,
        "n_stance_rows": agreement.n_stance_rows,
        "alpha": number(agreement.alpha),
        "alpha_stance_rows": number(agreement.alpha_stance_rows),
        "mean_f1": number(agreement.mean_f1),
        "pairs": [
            {
                "one": pair.one,
                "other": pair.other,
                "n_articles": pair.n_articles,
                "triplet": triplet_values(pair.triplets),
                "confusion": [list(line) for line in pair.confusion],
            }
            for pair in agreement.pairs
        ],
    }
