"""Set right where contents end that a model has found: a quotation is taken whole, a stop that stands in none is left out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from whipcount.reading.attributions import Attribution, merged
from whipcount.reading.quotes import find_quotations
from whipcount.schema import Span

NEAR = 3
"""Most characters between the end of a content and that of a quotation that are taken for one place."""
STOPS = ".,;:"


def settle_ends(attributions: Sequence[Attribution], text: str) -> list[Attribution]:
    """Return attributions with contents that take in a quotation whole where they begin or end with it, its marks too.

    Not a quotation that holds the cue or the source: there somebody tells what somebody says.

    Args:
        attributions: of a text, as a model finds them.
        text: that they are of.
    """
    if not attributions:
        return []
    quoted = sorted((span for one in find_quotations(text) if not one.depth for span in one.spans), key=lambda span: span.start_char)
    ends = [span.end_char for span in quoted]
    settled = []
    for one in attributions:
        told = (*one.cue, *one.source)
        content = []
        for piece in one.content:
            first = bisect_left(ends, piece.start_char + 1)
            after = bisect_left(ends, piece.end_char)
            near = [span for span in quoted[first : after + 1] if _overlap(span, piece)]
            taken = _taken(piece, [span for span in near if not any(_overlap(span, other) for other in told)])
            inside = any(span.start_char < taken.end_char <= span.end_char for span in near)
            content.append(taken if inside else _without_stop(taken, text))
        settled.append(replace(one, content=merged(content)))
    return settled


def _overlap(one: Span, other: Span) -> bool:
    return one.start_char < other.end_char and other.start_char < one.end_char


def _taken(piece: Span, quoted: Iterable[Span]) -> Span:
    start_char, end_char = piece.start_char, piece.end_char
    for span in quoted:
        begins = start_char <= span.start_char + NEAR and start_char >= span.start_char
        closes = end_char >= span.end_char - NEAR and end_char <= span.end_char
        if begins or closes:
            start_char, end_char = min(start_char, span.start_char), max(end_char, span.end_char)
    return Span(start_char, end_char)


def _without_stop(piece: Span, text: str) -> Span:
    stops = piece.end_char - piece.start_char > 1 and text[piece.end_char - 1] in STOPS
    return Span(piece.start_char, piece.end_char - 1) if stops else piece
