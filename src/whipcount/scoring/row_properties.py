"""What can be seen of a row: which ends are named, how far back, quotation, pronoun, negation, passive, length.

The word lists and patterns below are rules on the surface. They sort the rows for reading; nothing is trained on them.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.reading.quotes import quotations
from whipcount.schema import AUTHOR, Article, InputError
from whipcount.scoring.rows import ScoredRows

PRONOUNS = (
    "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves", "you", "your", "yours", "yourself", "yourselves",
    "he", "him", "his", "himself", "she", "her", "hers", "herself", "it", "its", "itself",
    "they", "them", "their", "theirs", "themselves",
)  # fmt: skip
"""Personal, possessive and reflexive; "I" is added with its capital, "US" and "IT" are no pronouns."""

NEGATIONS = ("not", "cannot", "never", "nor", "neither", "none", "nobody", "nothing", "nowhere", "without")
"""To which are added "no" (but not "No 10") and "n't"."""

IRREGULAR_PARTICIPLES = (
    "bought", "brought", "built", "caught", "cut", "done", "found", "heard", "held", "hit", "kept", "led", "left", "lost", "made",
    "met", "paid", "put", "read", "run", "said", "sent", "set", "shot", "struck", "taught", "told", "won",
)  # fmt: skip
"""Those that end neither in -ed, -en nor -wn."""

PRONOUN = re.compile(rf"\b(?:I|{'|'.join(f'[{word[0].upper()}{word[0]}]{word[1:]}' for word in PRONOUNS)})\b")
NEGATION = re.compile(rf"\b(?:{'|'.join(NEGATIONS)}|no(?!\.?\s*\d))\b|n['’]t\b", re.IGNORECASE)
PASSIVE = re.compile(
    r"\b(?:am|is|are|was|were|be|been|being)(?:\s+\w+)?"
    rf"\s+(?:\w+(?:ed|en|wn)|{'|'.join(IRREGULAR_PARTICIPLES)})(?:\s+[\w'’-]+){{0,3}}\s+by\b",
    re.IGNORECASE,
)
"""A form of be, at most one word ("not", "also"), a participle, at most three words ("on Friday"), by.

A rule, not a parse: a passive without by or with a longer insertion is missed, "was seen passing by" is taken for one.
"""
WORD = re.compile(r"\w+(?:['’-]\w+)*")

LAST_WORDS = (10, 20, 30)
"""The highest number of words of each bin of ``n_words`` but the last."""

PROPERTIES: dict[str, tuple[str, ...]] = {
    "named": ("both", "speaker only", "target only", "neither", "author speaks"),
    "speaker_distance": ("0", "1", "2", "3+", "never", "author"),
    "quotation": ("yes", "no"),
    "pronoun": ("yes", "no"),
    "negation": ("yes", "no"),
    "passive": ("yes", "no"),
    "n_actors": ("0", "1", "2", "3", "4+"),
    "n_words": ("0-10", "11-20", "21-30", "31+"),
}
"""What is told of each row, and the values in their order; each row has one value of each.

``named``: which ends the sentence names (a row of the author's is apart, and as a target the author is never named);
``speaker_distance``: sentences since the speaker was last named, 0 where this one does so, ``never`` where no sentence up
to this one does; ``quotation``: a word of the sentence stands in a quotation, one that runs on from before included;
``pronoun``, ``negation``, ``passive``: the sentence matches the pattern; ``n_actors``: different actors of the roster it
names; ``n_words``: its length.
"""


def describe_rows(rows: ScoredRows, articles: Sequence[Article]) -> dict[str, NDArray[np.object_]]:
    """Return the value of every row, (rows,), for each of ``PROPERTIES``.

    Raises:
        InputError: a row's article is not among ``articles``.
    """
    by_key = {article.key: article for article in articles}
    needed = dict.fromkeys(rows.article)
    missing = [key for key in needed if key not in by_key]
    if missing:
        raise InputError(f"{missing[0]}: the article of some rows is not given ({len(missing)} such in all); give those of their split")
    seen = {key: _names_and_sentences(by_key[key]) for key in needed}
    values = []
    for article, sentence, speaker, target in zip(rows.article, rows.sentence.tolist(), rows.speaker, rows.target, strict=True):
        named_in, sentences = seen[article]
        speaker_named, target_named = (_sentences_since(named_in.get(actor, []), sentence) for actor in (speaker, target))
        if speaker == AUTHOR:
            named, distance = "author speaks", "author"
        else:
            named = PROPERTIES["named"][2 * (speaker_named != 0) + (target_named != 0)]
            distance = "never" if speaker_named is None else PROPERTIES["speaker_distance"][min(speaker_named, 3)]
        values.append((named, distance, *sentences[sentence]))
    table = np.array(values, dtype=np.object_).reshape(len(rows), len(PROPERTIES))
    return dict(zip(PROPERTIES, table.T, strict=True))


def _names_and_sentences(article: Article) -> tuple[dict[str, list[int]], list[tuple[str, ...]]]:
    """Return actor → the sentences that name it, in order; and for each sentence the values that all its rows share."""
    named_in: dict[str, list[int]] = {}
    quoted = [(span.start_char, span.end_char) for span in quotations(article.text)]
    sentences = []
    for index, mentions in enumerate(mentions_by_sentence(article)):
        actors = {mention.actor for mention in mentions}
        for actor in actors:
            named_in.setdefault(actor, []).append(index)
        text, span = article.sentence_text(index), article.sentences[index]
        overlaps = (article.text[max(start, span.start_char) : min(end, span.end_char)] for start, end in quoted)
        traits = (any(WORD.search(words) for words in overlaps), *(rule.search(text) for rule in (PRONOUN, NEGATION, PASSIVE)))
        length = PROPERTIES["n_words"][bisect_left(LAST_WORDS, len(WORD.findall(text)))]
        sentences.append((*("yes" if trait else "no" for trait in traits), PROPERTIES["n_actors"][min(len(actors), 4)], length))
    return named_in, sentences


def _sentences_since(places: Sequence[int], sentence: int) -> int | None:
    """Return how many sentences ago the last of the ordered ``places`` was; None where all lie ahead."""
    n_so_far = bisect_right(places, sentence)
    return sentence - places[n_so_far - 1] if n_so_far else None
