"""The search against a plain loop over every two sentences."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.examples.similarity import NEAR_DUPLICATE, Trigrams, find_similar, trigrams_of


def find_by_loop(sets: list[Trigrams], threshold: Fraction) -> set[tuple[int, int]]:
    return {(i, j) for (i, a), (j, b) in combinations(enumerate(sets), 2) if a and b and Fraction(len(a & b), len(a | b)) >= threshold}


grams = st.builds(lambda number: (str(number), "a", "b"), st.integers(0, 14))
few_words = st.lists(st.sampled_from("abc"), max_size=14).map(" ".join)


@given(
    st.lists(st.frozensets(grams, max_size=12), max_size=25), st.sampled_from([NEAR_DUPLICATE, Fraction(1, 2), Fraction(1), Fraction(1, 9)])
)
@settings(max_examples=300)
def test_the_search_finds_what_a_loop_finds_each_pair_once(sets: list[Trigrams], threshold: Fraction) -> None:
    found = list(find_similar(sets, threshold))
    assert len(found) == len(set(found))
    assert set(found) == find_by_loop(sets, threshold)


@given(st.lists(few_words, max_size=25))
@settings(max_examples=150)
def test_the_search_finds_what_a_loop_finds_in_sentences(sentences: list[str]) -> None:
    sets = [trigrams_of(sentence) for sentence in sentences]
    assert set(find_similar(sets)) == find_by_loop(sets, NEAR_DUPLICATE)


@pytest.mark.parametrize(("n_common", "n_either"), [(n * 7, n * 10) for n in range(1, 12)])
def test_the_threshold_itself_counts(n_common: int, n_either: int) -> None:
    """Also where 0.7 times the size is no whole number for a float."""
    common = [(str(i), "a", "b") for i in range(n_common)]
    own = [(str(i), "c", "d") for i in range(n_either - n_common)]
    more = (str(n_either), "e", "f")
    assert list(find_similar([frozenset(common), frozenset([*common, *own])])) == [(0, 1)]
    assert list(find_similar([frozenset(common), frozenset([*common, *own, more])])) == []


def test_a_trigram_is_of_words_in_small_letters_and_a_short_sentence_has_none() -> None:
    assert trigrams_of("One, two THREE four five six seven.") == frozenset()
    assert trigrams_of("One, two ONE two one two - one two!") == {("one", "two", "one"), ("two", "one", "two")}
