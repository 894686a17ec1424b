"""The ranges of a text that words of its parse are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quoted
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

EDGES = " \t\r\n\u00a0"
FINAL = ",.;:—–-"
WHEN = ("on", "in", "at", "by", "before", "after", "since", "until", "during")
TIMES = ("DATE", "TIME")
"""Labels of entities."""


def subtree(paragraph: Paragraph, token: Token) -> Span:
    """Return the range of a word and all that depends on it."""
    return paragraph.span(token.left_edge.i, token.right_edge.i + 1)


def words_range(text: str, paragraph: Paragraph, first: int, last: int, cue: Span, quoted: Quoted) -> Span:
    """Return the range from a word to another one, with the mark of a question and the end of a quotation that it leaves half open."""
    span = trimmed(text, paragraph.span(first, last + 1))
    asks = text[span.end_char : span.end_char + 1] in ("?", "!")
    return widened(Span(span.start_char, span.end_char + asks), cue, quoted)


def widened(span: Span, cue: Span, quoted: Quoted) -> Span:
    """Return a range that ends where a quotation does that it leaves half open."""
    start_char, end_char = span.start_char, span.end_char
    for piece in quoted.touching(start_char, end_char):
        if piece.start_char <= cue.start_char < piece.end_char:
            continue  # the cue is quoted itself
        opens_inside = start_char <= piece.start_char < end_char < piece.end_char
        if opens_inside or piece.start_char < start_char <= piece.end_char <= end_char + 2:
            start_char, end_char = min(start_char, piece.start_char), max(end_char, piece.end_char)
    if start_char < cue.end_char and cue.start_char < end_char:
        return span
    return Span(start_char, end_char)


def trimmed(text: str, span: Span) -> Span:
    """Return a range without white space and marks of punctuation at its ends, quotation marks excepted; all of it if that is all."""
    words = text[span.start_char : span.end_char]
    left, right = words.lstrip(EDGES + FINAL), words.rstrip(EDGES + FINAL)
    return Span(span.end_char - len(left), span.start_char + len(right)) if left else span


def tells_when(phrase: Token) -> bool:
    """Whether a preposition with what follows it tells when something is said: "announced on Tuesday"."""
    return phrase.lower_ in WHEN and any(child.dep_ == "pobj" and child.ent_type_ in TIMES for child in phrase.children)
