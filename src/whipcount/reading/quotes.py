"""Find what a text quotes."""

from __future__ import annotations

import re

from whipcount.schema import Span

QUOTATION = re.compile(r'[“"«„][^”"»\n]*[”"»]?|‘[^‘’\n]*(?:’\w[^‘’\n]*)*’(?!\w)')


def quotations(text: str) -> tuple[Span, ...]:
    """Return the quotations of a text, marks included; one that is not closed ends with its line."""
    return tuple(Span(*match.span()) for match in QUOTATION.finditer(text))
