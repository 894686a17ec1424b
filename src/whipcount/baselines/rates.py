"""Baselines that read no word: the majority, and what a target usually draws."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whipcount.examples.pairs import Example, labelled_examples, make_examples
from whipcount.schema import STANCES, Article

PRIOR_ROWS = 10.0
"""How many rows the rates of all targets weigh against a target's own."""


@dataclass(frozen=True)
class Majority:
    """Gives every row the same ``shares``, (3,)."""

    shares: NDArray[np.float64]

    def classify(self, article: Article) -> NDArray[np.float64]:
        """Return the probabilities of an article's rows, (examples, 3)."""
        return np.tile(self.shares, (len(make_examples(article)), 1))


def fit_majority(train: Sequence[Article]) -> Majority:
    """Return the shares of favor, against and none among the training rows; the likeliest is none in any real corpus."""
    counts = np.zeros(len(STANCES))
    for article in train:
        for row in labelled_examples(article):
            counts[row["stance"]] += 1
    return Majority(counts / counts.sum())


@dataclass(frozen=True)
class TargetPrior:
    """Gives a row the rates at which its target drew stances in training.

    There are two strata, rows whose sentence names both actors and the others, and each has its own rates.
    ``by_target`` is keyed by (both are named, name of the target), ``overall`` by the stratum; values are (3,).
    """

    by_target: Mapping[tuple[bool, str], NDArray[np.float64]]
    overall: Mapping[bool, NDArray[np.float64]]

    def classify(self, article: Article) -> NDArray[np.float64]:
        """Return the probabilities of an article's rows, (examples, 3)."""
        names = _target_names(article)
        strata = ((names_both(row), names[row["target"]]) for row in make_examples(article))
        return np.array([self.by_target.get(key, self.overall[key[0]]) for key in strata])


def fit_target_prior(train: Sequence[Article]) -> TargetPrior:
    """Estimate the rates of favor, against and none toward each target, smoothed towards those of its stratum.

    With n(c) rows of class c toward the target, n in all, and p(c) the stratum's share of c, the rate of c is
    (n(c) + m p(c)) / (n + m), m = ``PRIOR_ROWS``: additive smoothing with a prior, the posterior mean under a Dirichlet
    (m p) (Bishop 2006, Pattern Recognition and Machine Learning, section 2.2.1). A target that training never saw, or
    not in that stratum, gets p; a stratum without a row gets the shares of all rows.
    """
    counts: dict[tuple[bool, str], NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(STANCES)))
    for article in train:
        names = _target_names(article)
        for row in labelled_examples(article):
            counts[names_both(row), names[row["target"]]][row["stance"]] += 1
    everything = np.sum(list(counts.values()), axis=0)
    overall = {}
    for stratum in (False, True):
        total = np.sum([count for (both, _), count in counts.items() if both == stratum] or [everything], axis=0)
        overall[stratum] = total / total.sum()
    by_target = {key: (count + PRIOR_ROWS * overall[key[0]]) / (count.sum() + PRIOR_ROWS) for key, count in counts.items()}
    return TargetPrior(by_target, overall)


def names_both(row: Example) -> bool:
    """Return whether the sentence names speaker and target alike."""
    return bool(row["speaker_mentions"] and row["target_mentions"])


def _target_names(article: Article) -> dict[str, str]:
    """Return the name by which a target is known across articles, by actor id: ids are each article's own."""
    return {actor.id: re.sub(r"^the\s+", "", actor.name.strip().casefold()) for actor in article.roster}
