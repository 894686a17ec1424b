"""Which sentences are near duplicates: exact, without comparing every two of them.

Two sentences of eight words or more are near duplicates where their sets of word trigrams have a Jaccard similarity of 0.7 or more:
what both have, as a share of what either has. A similarity of 0.7 needs so many trigrams in common that the rarest few of the one
must be among those of the other (prefix filter: Chaudhuri, Ganti, Kaushik 2006, A Primitive Operator for Similarity Joins in Data
Cleaning, ICDE). Only sentences that share a rare trigram are compared in full.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from fractions import Fraction

WORD = re.compile(r"\w+")
MIN_WORDS = 8
NEAR_DUPLICATE = Fraction(7, 10)
"""A fraction: 0.7 of a whole number is not always the float that one expects."""

Trigrams = frozenset[tuple[str, str, str]]


def words_of(sentence: str) -> list[str]:
    """Return the runs of letters and digits, in small letters."""
    return WORD.findall(sentence.lower())


def trigrams_of(sentence: str) -> Trigrams:
    """Return the word trigrams of a sentence; none where it has fewer than eight words, so that it is like no other."""
    words = words_of(sentence)
    return frozenset(zip(words, words[1:], words[2:], strict=False)) if len(words) >= MIN_WORDS else frozenset()


def find_similar(sets: Sequence[Trigrams], threshold: Fraction = NEAR_DUPLICATE) -> Iterator[tuple[int, int]]:
    """Yield every two indices, the smaller first, of sets whose Jaccard similarity reaches ``threshold``; an empty set is like none.

    Args:
        sets: any number of them. Equal sets are compared like others, so keep one of each where there are many.
        threshold: above 0, up to 1.
    """
    part, whole = threshold.numerator, threshold.denominator
    frequency = Counter(gram for grams in sets for gram in grams)
    rank = {gram: position for position, gram in enumerate(sorted(frequency, key=frequency.__getitem__))}
    by_gram: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for one in sorted((index for index, grams in enumerate(sets) if grams), key=lambda index: len(sets[index])):
        grams = sets[one]
        n_common = -(-part * len(grams) // whole)  # rounded up: at least so many are in both
        prefix = sorted(grams, key=rank.__getitem__)[: len(grams) - n_common + 1]
        shared = [gram for gram in prefix if frequency[gram] > 1]
        candidates = {other for gram in shared for other in by_gram[gram] if len(sets[other]) >= n_common}
        for other in sorted(candidates):
            in_both = len(grams & sets[other])
            if whole * in_both >= part * (len(grams) + len(sets[other]) - in_both):
                yield min(one, other), max(one, other)
        for gram in shared:
            by_gram[gram].append(one)
