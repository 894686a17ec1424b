"""Attributions as labels of words, and labels of words as attributions.

A cue is found by its first word. For each cue all words of the window are labelled, in the BIO scheme (Ramshaw and Marcus 1995), as
its source, cue or content: so attributions may stand within one another.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whipcount.modeling.encoding import Window
from whipcount.reading.attributions import ROLES, Attribution
from whipcount.reading.quotes import find_quotations
from whipcount.schema import Article, Span

LABELS = ("outside", *(f"{place} of {role}" for role in ROLES for place in ("start", "rest")))
OUTSIDE = 0
WITHIN = 80
"""Words before and after a cue's first word that are labelled: of 19,831 attributions of PolNeAR's train part 0.7 % reach further."""
NEAR = 16
"""Words within which each distance from a cue counts for itself."""
N_DISTANCES = 2 * (NEAR + 10) + 1
N_APART = 7
"""Sentences from -3 to 3 between a word and a cue."""


def start_of(role: str) -> int:
    """Return the label of a role's first word; that of its other words is the next."""
    return 1 + 2 * ROLES.index(role)


class Words(NamedTuple):
    """The words of the sentences that a window scores, in the order of the text.

    ``tokens``: position of each one's first token in the window. ``spans``: where it stands in the text. ``sentences``: index of its
    sentence. ``quoted``: 1 where it stands in a quotation.
    """

    tokens: list[int]
    spans: list[Span]
    sentences: list[int]
    quoted: list[int]


def find_words(article: Article, window: Window) -> Words:
    """Return the words of a window: letters and digits that touch are one word, every other mark is one."""
    text = article.text
    found = Words([], [], [], [])
    quoted = [span for quotation in find_quotations(text) if not quotation.depth for span in quotation.spans]
    for sentence, places, chars in zip(window.sentences, window.sentence_tokens, window.word_chars, strict=True):
        pieces = [(place, char) for place, char in zip(places, chars, strict=True) if char >= 0]
        firsts = [
            (place, char)
            for index, (place, char) in enumerate(pieces)
            if not index or (char > pieces[index - 1][1] and not text[char - 1 : char + 1].isalnum())
        ]
        ends = [char for _, char in firsts[1:]] + [article.sentences[sentence].end_char]
        for (place, char), end in zip(firsts, ends, strict=True):
            found.tokens.append(place)
            word, *_ = [*text[char:end].split(maxsplit=1), " "]  # of a sentence that does not fit, more words follow the last one
            found.spans.append(Span(char, char + len(word)))
            found.sentences.append(sentence)
            found.quoted.append(int(any(span.start_char <= char < span.end_char for span in quoted)))
    return found


class CueLabels(NamedTuple):
    """``cues``: index of each cue's first word; ``labels`` (cues, words): of ``LABELS``, for all words."""

    cues: list[int]
    labels: NDArray[np.int64]


def label_words(words: Words, attributions: Sequence[Attribution]) -> CueLabels:
    """Return the labels of the attributions whose cues start among some words; what of them stands elsewhere is left out."""
    cues, rows = [], []
    for attribution in attributions:
        inside = [_inside(words, span) for span in attribution.cue]
        if not inside[0]:
            continue
        row = np.full(len(words.spans), OUTSIDE)
        for role in ("content", "source", "cue"):  # where ranges overlap the later one has the word
            for span in getattr(attribution, role):
                found = _inside(words, span)
                row[found] = start_of(role) + 1
                row[found[:1]] = start_of(role)
        cues.append(inside[0][0])
        rows.append(row)
    return CueLabels(cues, np.stack(rows) if rows else np.zeros((0, len(words.spans)), dtype=np.int64))


def _inside(words: Words, span: Span) -> list[int]:
    return [index for index, word in enumerate(words.spans) if word.start_char < span.end_char and span.start_char < word.end_char]


def around_cues(rows: NDArray[Any], cues: Sequence[int], filler: Any) -> NDArray[Any]:
    """Return of rows (cues, words, …) what stands ``WITHIN`` each one's cue (cues, 2 * WITHIN + 1, …), filled up beyond the ends."""
    found = np.full((len(cues), 2 * WITHIN + 1, *rows.shape[2:]), filler, dtype=rows.dtype)
    for row, cue in enumerate(cues):
        first, after = max(0, cue - WITHIN), min(rows.shape[1], cue + WITHIN + 1)
        found[row, first - cue + WITHIN : after - cue + WITHIN] = rows[row, first:after]
    return found


def in_place(near: NDArray[np.int64], cues: Sequence[int], n_words: int) -> NDArray[np.int64]:
    """Return labels (cues, words) of all words from those ``WITHIN`` each one's cue; the others are outside."""
    labels = np.full((len(cues), n_words), OUTSIDE)
    for row, cue in enumerate(cues):
        first, after = max(0, cue - WITHIN), min(n_words, cue + WITHIN + 1)
        labels[row, first:after] = near[row, first - cue + WITHIN : after - cue + WITHIN]
    return labels


def distance_bucket(words: int) -> int:
    """Return the index, below ``N_DISTANCES``, of a signed distance in words: far ones share theirs, by the logarithm."""
    size = abs(words)
    if size > NEAR:
        size = min(NEAR + 10, NEAR + 1 + int(2 * math.log2(size / NEAR)))
    return N_DISTANCES // 2 + (size if words > 0 else -size)


def best_labels(scores: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the likeliest labels of the words around each cue (cues, 2 * WITHIN + 1), among such as make sense (Viterbi 1967).

    The rest of a role follows its start or rest; a cue starts in the middle and nowhere else.

    Args:
        scores: log-probabilities (cues, 2 * WITHIN + 1, labels).
    """
    n_cues, n_words, n_labels = scores.shape
    allowed = np.zeros((n_labels, n_labels))
    for role in ROLES:
        rest = start_of(role) + 1
        allowed[:, rest] = -np.inf
        allowed[[rest - 1, rest], rest] = 0.0
    scores = scores.copy()
    rows = np.arange(n_cues)
    scores[:, :, start_of("cue")] = -np.inf
    scores[:, WITHIN] = -np.inf
    scores[:, WITHIN, start_of("cue")] = 0.0
    best = scores[:, 0] + allowed[OUTSIDE]
    came_from = np.zeros((n_cues, n_words, n_labels), dtype=np.int64)
    for word in range(1, n_words):
        paths = best[:, :, None] + allowed
        came_from[:, word] = paths.argmax(1)
        best = paths.max(1) + scores[:, word]
    labels = np.zeros((n_cues, n_words), dtype=np.int64)
    labels[:, -1] = best.argmax(1)
    for word in range(n_words - 1, 0, -1):
        labels[:, word - 1] = came_from[rows, word, labels[:, word]]
    return labels


def read_labels(words: Words, labels: NDArray[np.int64]) -> list[Attribution]:
    """Return the attributions that labels (cues, words) tell of; one without content is none."""
    found = []
    for row in labels:
        parts = {role: _ranges(words, row, start_of(role)) for role in ROLES}
        if parts["cue"] and parts["content"]:
            found.append(Attribution(**parts))
    return found


def _ranges(words: Words, row: NDArray[np.int64], start: int) -> tuple[Span, ...]:
    inside = [index for index, label in enumerate(row) if label in (start, start + 1)]
    first = [index for index in inside if row[index] == start or index - 1 not in inside]
    bounds = [*first, len(row)]
    pieces = [[index for index in inside if low <= index < high] for low, high in pairwise(bounds)]
    return tuple(Span(words.spans[piece[0]].start_char, words.spans[piece[-1]].end_char) for piece in pieces)
