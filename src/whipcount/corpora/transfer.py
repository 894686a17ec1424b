"""The annotation of an article, carried over to another copy of its text: a page as it was scraped, say."""

from __future__ import annotations

import re
from dataclasses import replace

from whipcount.schema import Article, InputError, Mention, Span


def carry_over(article: Article, text: str) -> Article:
    """Return the article with another text that holds its sentences in their order, word for word.

    Every other line of the text, or rest of a line, becomes furniture; mentions move with their sentence.

    Args:
        article: annotated.
        text: the other copy.

    Raises:
        InputError: a sentence is not in the text, or a mention leaves its sentence.
    """
    sentences: list[Span] = []
    position = 0
    for index, span in enumerate(article.sentences):
        words = article.text[span.start_char : span.end_char]
        start_char = text.find(words, position)
        if start_char < 0:
            raise InputError(f"{article.key}: sentence {index} ({words[:40]!r}) is not in the other text; give a copy with the same words")
        position = start_char + len(words)
        sentences.append(Span(start_char, position))
    return replace(
        article,
        text=text,
        sentences=tuple(sentences),
        furniture=tuple(_rest(text, sentences)),
        mentions=tuple(_moved(mention, article, sentences) for mention in article.annotated_mentions),
        utterances=None,
    )


def _moved(mention: Mention, article: Article, sentences: list[Span]) -> Mention:
    for span, other in zip(article.sentences, sentences, strict=True):
        if span.start_char <= mention.start_char and mention.end_char <= span.end_char:
            shift = other.start_char - span.start_char
            return replace(mention, start_char=mention.start_char + shift, end_char=mention.end_char + shift)
    raise InputError(f"{article.key}: {mention} leaves its sentence; only mentions within one can be carried over")


def _rest(text: str, sentences: list[Span]) -> list[Span]:
    """Return the lines, without white space around them, that lie outside all sentences."""
    starts = [0, *(span.end_char for span in sentences)]
    ends = [*(span.start_char for span in sentences), len(text)]
    lines = (match for start, end in zip(starts, ends, strict=True) for match in re.compile(r"\S.*\S|\S").finditer(text, start, end))
    return [Span(match.start(), match.end()) for match in lines]
