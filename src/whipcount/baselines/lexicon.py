"""A polarity lexicon, read from the first mention toward the second."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from whipcount.baselines.rates import names_both
from whipcount.baselines.regression import StanceRegression, fit_regression
from whipcount.examples.pairs import CharRange, Example, make_examples, mentions_by_sentence
from whipcount.schema import AGAINST, FAVOR, STANCES, UNKNOWN, Article

NEGATED = re.compile(
    r"\b(?:not|cannot|never|no|nor|neither|without|hardly|refus\w+|declin\w+|fail(?:s|ed|ing)? to|stopped short of)\W+(?:\w+\W+){0,2}$"
    r"|n['’]t\W+(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)
"""A negator with at most two words after it, at the end of what precedes a word of the lexicon."""

MAX_COUNT = 3
COUNTS = ("in this order", "favor", "against", "favor between", "against between")
FEATURES = ("both named", *(f"speaker {order}: {count}" for order in ("first", "second") for count in COUNTS))
INVERSE_PENALTY = 10.0

Signs = tuple[tuple[int, int], ...]
"""The words of the lexicon in a sentence: where each starts in it, and ``FAVOR`` or ``AGAINST``."""


@dataclass(frozen=True)
class LexiconRegression:
    """Turns counts of lexicon words into probabilities."""

    regression: StanceRegression

    def classify(self, article: Article) -> NDArray[np.float64]:
        """Return the probabilities of an article's rows, (examples, 3)."""
        return self.regression.probabilities(sparse.csr_matrix(np.array(lexicon_features(article))))


def fit_lexicon(train: Sequence[Article]) -> LexiconRegression:
    """Fit a multinomial logistic regression over the counts of ``lexicon_features``."""
    counts: dict[tuple[int, ...], NDArray[np.float64]] = {}
    for article in train:
        for row, features in zip(make_examples(article), lexicon_features(article), strict=True):
            if row["stance"] != UNKNOWN:
                counts.setdefault(features, np.zeros(len(STANCES)))[row["stance"]] += 1
    return LexiconRegression(fit_regression(sparse.csr_matrix(np.array(list(counts))), np.array(list(counts.values())), INVERSE_PENALTY))


def lexicon_features(article: Article) -> list[tuple[int, ...]]:
    """Return the features of every row of an article, in the order of ``make_examples`` and of ``FEATURES``.

    Where the sentence names both actors: whether the speaker is named first, how often the lexicon speaks for and
    against, and how often between their first mentions; a count beyond three is three. Counts for a speaker named first
    and for one named second are different features, for it is the first whom the lexicon takes to be speaking. Rows
    whose sentence does not name both have zeros throughout.
    """
    signs = [
        find_signs(_blot_out_names(article, index, [(m.start_char, m.end_char) for m in mentions]))
        for index, mentions in enumerate(mentions_by_sentence(article))
    ]
    return [_row_features(row, signs[row["sentence"]]) for row in make_examples(article)]


def find_signs(sentence: str) -> Signs:
    """Return the lexicon's words in a sentence.

    A negator up to two words before turns favor into against ("refused to back"); after a negator a word of opposition
    counts for nothing ("did not criticise"), as in the annotation rules (``corpora/AUTHORING.md``).
    """
    signs = []
    for match in lexicon_pattern().finditer(sentence):
        sign = FAVOR if match.group("favor") else AGAINST
        if not NEGATED.search(sentence[: match.start()]):
            signs.append((match.start(), sign))
        elif sign == FAVOR:
            signs.append((match.start(), AGAINST))
    return tuple(signs)


@cache
def read_lexicon() -> dict[str, int]:
    """Return the entries of ``lexicon.txt``, each with ``FAVOR`` or ``AGAINST``."""
    entries: dict[str, int] = {}
    sign = FAVOR
    for line in (files("whipcount.baselines") / "lexicon.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            sign = AGAINST if line == "# against" else FAVOR
        elif line:
            entries[line] = sign
    return entries


@cache
def lexicon_pattern() -> re.Pattern[str]:
    """Return a pattern with the groups ``favor`` and ``against``; of two entries of a group that begin at one place the longer wins."""
    forms: dict[int, list[str]] = {FAVOR: [], AGAINST: []}
    for entry, sign in read_lexicon().items():
        forms[sign].append(re.escape(entry.rstrip("*")).replace(r"\ ", r"\s+") + (r"\w*" if entry.endswith("*") else ""))
    return re.compile(rf"\b(?:(?P<favor>{_longest_first(forms[FAVOR])})|(?P<against>{_longest_first(forms[AGAINST])}))\b", re.IGNORECASE)


def _longest_first(forms: list[str]) -> str:
    return "|".join(sorted(forms, key=len, reverse=True))


def _blot_out_names(article: Article, sentence: int, names: Sequence[tuple[int, int]]) -> str:
    """Return a sentence with its names blotted out, as long as before: "Friends of the Lake" befriends nobody."""
    span = article.sentences[sentence]
    chars = list(article.sentence_text(sentence))
    for start_char, end_char in names:
        chars[start_char - span.start_char : end_char - span.start_char] = "·" * (end_char - start_char)
    return "".join(chars)


def _row_features(row: Example, signs: Signs) -> tuple[int, ...]:
    if not names_both(row):
        return (0,) * len(FEATURES)
    speaker, target = row["speaker_mentions"][0], row["target_mentions"][0]
    speaker_first = speaker["start_char"] < target["start_char"]
    first, second = (speaker, target) if speaker_first else (target, speaker)
    counts = (1, *_counts(signs), *_counts(_between(signs, first, second, row["sentence_range"])))
    nothing = (0,) * len(counts)
    return (1, *counts, *nothing) if speaker_first else (1, *nothing, *counts)


def _between(signs: Signs, first: CharRange, second: CharRange, sentence: CharRange) -> Signs:
    start_char, end_char = first["end_char"] - sentence["start_char"], second["start_char"] - sentence["start_char"]
    return tuple(sign for sign in signs if start_char <= sign[0] < end_char)


def _counts(signs: Signs) -> tuple[int, int]:
    count = Counter(sign for _, sign in signs)
    return min(count[FAVOR], MAX_COUNT), min(count[AGAINST], MAX_COUNT)
