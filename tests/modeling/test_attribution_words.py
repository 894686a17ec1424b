"""Attributions as labels of words and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from whipcount.modeling.attribution_words import (
    LABELS,
    N_DISTANCES,
    OUTSIDE,
    WITHIN,
    Words,
    around_cues,
    best_labels,
    distance_bucket,
    find_words,
    in_place,
    label_words,
    read_labels,
    start_of,
)
from whipcount.modeling.encoding import Encoder, add_tokens
from whipcount.reading.attributions import Attribution
from whipcount.schema import Actor, Article, Mention, Span

TEXT = "“The ferry isn’t late,” Marta Quill said. “Never.” Femi Oduya doubts it."


def span(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


SAID = Attribution((span("said"),), (span("“The ferry isn’t late,”"), span("“Never.”")), (span("Marta Quill"),))
DOUBTS = Attribution((span("doubts"),), (span("it", TEXT),), (span("Femi Oduya"),))
ARTICLE = Article(
    corpus="town",
    id="ferry",
    text=TEXT,
    sentences=(Span(0, 41), Span(42, 50), Span(51, len(TEXT))),
    actors=(Actor("q", "Marta Quill", "person"),),
    mentions=(Mention("q", *(span("Marta Quill").start_char, span("Marta Quill").end_char), "name"),),
)


@pytest.fixture(scope="module")
def tokenizer(tiny_encoder: Path) -> PreTrainedTokenizerBase:
    tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    return tokenizer


@pytest.fixture(scope="module")
def words(tokenizer: PreTrainedTokenizerBase) -> Words:
    (window,) = Encoder(tokenizer, 512, 8).encode(ARTICLE)
    return find_words(ARTICLE, window)


def test_words_are_letters_that_touch_and_marks_alone(words: Words) -> None:
    read = [TEXT[one.start_char : one.end_char] for one in words.spans]
    assert read[:9] == ["“", "The", "ferry", "isn", "’", "t", "late", ",", "”"]
    assert read[9:12] == ["Marta", "Quill", "said"], "though a marker stands before the name"
    assert "".join(read) == TEXT.replace(" ", "")
    assert [TEXT[one.start_char] for one, inside in zip(words.spans, words.quoted, strict=True) if inside][-1] == "”"
    assert words.sentences[-1] == 2 and sum(words.quoted) == 9 + 4


def test_labels_of_words_are_read_as_the_attributions_they_were(words: Words) -> None:
    told = label_words(words, [SAID, DOUBTS])
    assert [TEXT[words.spans[cue].start_char :][:4] for cue in told.cues] == ["said", "doub"]
    assert read_labels(words, told.labels)[0] == SAID


def test_what_stands_beyond_the_window_is_left_out(tokenizer: PreTrainedTokenizerBase) -> None:
    (window,) = Encoder(tokenizer, 512, 8).encode(ARTICLE, scored=[0])
    words = find_words(ARTICLE, window)
    told = label_words(words, [SAID, DOUBTS])
    (found,) = read_labels(words, told.labels)
    assert (found.content, len(told.cues)) == (SAID.content[:1], 1)
    assert label_words(words, [DOUBTS]).labels.shape == (0, len(words.spans))


def test_the_last_word_that_a_window_holds_is_no_more_than_that(tokenizer: PreTrainedTokenizerBase) -> None:
    text = "said " * 200
    article = Article("town", "long", text, (Span(0, len(text)),))
    (window,) = Encoder(tokenizer, 64, 8).encode(article)
    words = find_words(article, window)
    assert len(words.spans) < 64 and {text[one.start_char : one.end_char] for one in words.spans} == {"said"}


def test_two_pieces_that_touch_stay_two() -> None:
    words = Words([1, 2, 3], [Span(0, 1), Span(2, 3), Span(4, 5)], [0, 0, 0], [0, 0, 0])
    start = start_of("content")
    (found,) = read_labels(words, np.array([[start, start, start_of("cue")]]))
    assert found.content == (Span(0, 1), Span(2, 3))
    (found,) = read_labels(words, np.array([[start, start + 1, start_of("cue")]]))
    assert found.content == (Span(0, 3),)


def test_labels_without_content_are_no_attribution() -> None:
    words = Words([1, 2], [Span(0, 1), Span(2, 3)], [0, 0], [0, 0])
    assert read_labels(words, np.array([[start_of("source"), start_of("cue")]])) == []


def log_scores(labels: list[str], certain: float = 0.9) -> np.ndarray:
    """Return scores in which the words from the cue on have some labels, and all others are outside."""
    scores = np.full((1, 2 * WITHIN + 1, len(LABELS)), np.log((1 - certain) / (len(LABELS) - 1)))
    scores[:, :, OUTSIDE] = np.log(certain)
    for word, label in enumerate(labels, WITHIN):
        scores[0, word] = np.log((1 - certain) / (len(LABELS) - 1))
        scores[0, word, LABELS.index(label)] = np.log(certain)
    return scores


def test_a_hole_in_a_range_is_closed_where_its_rest_says_so() -> None:
    scores = log_scores(["start of cue", "start of content", "rest of content", "outside", "rest of content", "rest of content"])
    scores[0, WITHIN + 3, LABELS.index("rest of content")] += 0.1
    found = [LABELS[label] for label in best_labels(scores)[0, WITHIN : WITHIN + 7]]
    assert found == ["start of cue", "start of content", *["rest of content"] * 4, "outside"]


@given(st.integers(0, 10_000))
def test_the_likeliest_labels_always_make_sense(seed: int) -> None:
    scores = np.log(np.random.default_rng(seed).dirichlet(np.ones(len(LABELS)), (3, 2 * WITHIN + 1)))
    for row in best_labels(scores):
        assert [index for index, label in enumerate(row) if label == start_of("cue")] == [WITHIN]
        for before, label in zip([OUTSIDE, *row], row, strict=False):
            assert label % 2 or label == OUTSIDE or before in (label - 1, label), "the rest of a role follows its start or rest"


@given(st.integers(1, 300), st.data())
def test_what_is_near_a_cue_is_put_back_in_its_place(n_words: int, data: st.DataObject) -> None:
    cues = data.draw(st.lists(st.integers(0, n_words - 1), min_size=1, max_size=3))
    rows = np.arange(n_words)[None].repeat(len(cues), 0) % 5 + 1
    near = around_cues(rows, cues, -7)
    assert [row[WITHIN] for row in near] == [cue % 5 + 1 for cue in cues]
    for cue, row, back in zip(cues, rows, in_place(near, cues, n_words), strict=True):
        close = np.abs(np.arange(n_words) - cue) <= WITHIN
        assert (back[close] == row[close]).all() and (back[~close] == OUTSIDE).all()


def test_near_distances_count_each_for_itself_and_far_ones_together() -> None:
    buckets = [distance_bucket(words) for words in range(-600, 601)]
    assert buckets == sorted(buckets) and buckets[0] >= 0 and buckets[-1] < N_DISTANCES
    assert len({distance_bucket(words) for words in range(-16, 17)}) == 33
    assert distance_bucket(40) == distance_bucket(41) != distance_bucket(-40)
