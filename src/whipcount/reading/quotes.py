"""Find what a text quotes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from whipcount.schema import Span

QUOTATION = re.compile(r'[“"«„][^”"»\n]*[”"»]?|‘[^‘’\n]*(?:’\w[^‘’\n]*)*’(?!\w)')

LINE = re.compile(r"[^\r\n\u2028\u2029]+")
MARK = re.compile(r"``|''|[“”„«»\"‘’']")
CLOSES = {"”": "“„", "“": "„", "»": "«", "''": ("``", "''"), '"': '"', "’": "‘", "'": "'"}
"""Which marks open what a mark closes."""
OPENS = ("“", "„", "«", "``")
"""Marks that do nothing else; ``"``, ``''``, ``‘`` and ``'`` open by where they stand."""
SINGLE = "‘'"
MAX_SINGLE = 2_000
"""Characters within which a single mark must be closed to be one."""
MAX_DEPTH = 8
"""Quotations within one another beyond which no more are opened."""
SHORTENED = re.compile(r"['‘’](?:\d\ds?|tis|twas|em|til|cause|n|round)\b", re.IGNORECASE)
"""An apostrophe that stands for letters left out before it."""


def quotations(text: str) -> tuple[Span, ...]:
    """Return the quotations of a text, marks included; one that is not closed ends with its line."""
    return tuple(Span(*match.span()) for match in QUOTATION.finditer(text))


def last_begun(quotes: Sequence[Span], char: int) -> Span | None:
    """Return the last of ``quotations`` that starts at a place or before it, be it over by then or not."""
    index = bisect_right(quotes, char, key=lambda quote: quote.start_char) - 1
    return quotes[index] if index >= 0 else None


def is_quoted(quotes: Sequence[Span], char: int) -> bool:
    """Return whether a place lies in one of ``quotations``."""
    quote = last_begun(quotes, char)
    return quote is not None and char < quote.end_char


@dataclass(frozen=True, slots=True)
class Quotation:
    """What stands between quotation marks, these included.

    ``spans``: a range for each line that it runs over; ``depth``: how many quotations it stands in.
    """

    spans: tuple[Span, ...]
    depth: int = 0


@dataclass(slots=True)
class _Open:
    """A quotation that is not closed yet."""

    mark: str
    start_char: int
    depth: int
    before: list[Span] = field(default_factory=list)


def find_quotations(text: str) -> tuple[Quotation, ...]:
    """Return the quotations of a text by where they start; those inside another one, too.

    Every pair of marks counts: curly, straight, single, angle, low-high, and the typewriter's `` and ''. One whose line ends before it is
    closed goes on where the next line that is not empty opens with the same mark, else it ends with its line. Apostrophes are no marks,
    and a single mark that is never closed is taken for one.
    """
    found: list[Quotation] = []
    running: _Open | None = None
    for line in LINE.finditer(text):
        if line[0].isspace():
            continue
        stack: list[_Open] = []
        start_char = line.end() - len(line[0].lstrip())
        position = start_char
        if running and text.startswith(running.mark, start_char):
            stack.append(_Open(running.mark, start_char, 0, running.before))
            position += len(running.mark)
        elif running:
            found.append(Quotation(tuple(running.before)))
        running = None
        for mark in MARK.finditer(text, position, line.end()):
            if index := _closes(text, mark, stack):
                one = stack[index - 1]
                found.append(Quotation((*one.before, Span(one.start_char, mark.end())), one.depth))
                del stack[index - 1 :]
            elif len(stack) < MAX_DEPTH and _opens(text, mark, line.end()):
                stack.append(_Open(mark[0], mark.start(), len(stack)))
        end_char = line.start() + len(line[0].rstrip())
        if stack and stack[0].mark not in SINGLE:
            running = stack[0]
            running.before.append(Span(running.start_char, end_char))
    if running:
        found.append(Quotation(tuple(running.before)))
    return tuple(sorted(found, key=lambda one: (one.spans[0].start_char, one.depth)))


class Quoted:
    """The quotations of a text of one depth, the outermost if no other is given, to be found by place: their pieces do not overlap."""

    def __init__(self, quotations: Sequence[Quotation], depth: int = 0) -> None:
        here = ((piece, one.spans) for one in quotations if one.depth == depth for piece in one.spans)
        pieces = sorted(here, key=lambda pair: pair[0].start_char)
        self.inner = Quoted(quotations, depth + 1) if any(one.depth > depth for one in quotations) else None
        self.pieces = [piece for piece, _ in pieces]
        self.wholes = [whole for _, whole in pieces]
        self.ends = [piece.end_char for piece in self.pieces]

    def at(self, char: int) -> Quoted:
        """Return the quotations that stand beside a place: within the same quotation, if it is in one that holds others."""
        return self.inner.at(char) if self.inner and self.holds(char) else self

    def touching(self, start_char: int, end_char: int) -> list[Span]:
        """Return the pieces that reach into a range or end where it starts."""
        index, found = bisect_left(self.ends, start_char), []
        while index < len(self.pieces) and self.pieces[index].start_char < end_char:
            found.append(self.pieces[index])
            index += 1
        return found

    def holds(self, char: int) -> bool:
        """Return whether a place is in a quotation."""
        return any(piece.start_char <= char < piece.end_char for piece in self.touching(char, char + 1))

    def before(self, char: int) -> tuple[Span, ...]:
        """Return the pieces of the quotation that ends last before a place; none where another one is still open there."""
        index = bisect_right(self.ends, char) - 1
        return self.wholes[index] if index >= 0 and self.wholes[index][-1].end_char <= char else ()

    def after(self, char: int) -> tuple[Span, ...]:
        """Return the pieces of the quotation that starts first after a place."""
        index = bisect_right(self.ends, char)
        if index < len(self.pieces) and self.pieces[index].start_char < char:
            index += 1
        return self.wholes[index] if index < len(self.pieces) and self.wholes[index][0].start_char >= char else ()


def _closes(text: str, mark: re.Match[str], stack: list[_Open]) -> int:
    """Return how many of the open quotations stay or are closed by a mark, the last of them closed; 0 where it closes none."""
    openers = CLOSES.get(mark[0], "")
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    if mark[0] in "’'" and (after.isalnum() or before.isspace()):
        return 0
    return next((index for index in range(len(stack), 0, -1) if stack[index - 1].mark in openers), 0)


def _opens(text: str, mark: re.Match[str], end_char: int) -> bool:
    before, after = text[mark.start() - 1 : mark.start()] if mark.start() else "", text[mark.end() : mark.end() + 1]
    if mark[0] in OPENS:
        return True
    if mark[0] in ("”", "»", "’") or not after or after.isspace() or before.isalnum():
        return False
    if mark[0] not in SINGLE:
        return True
    closing = "’" if mark[0] == "‘" else "'"
    closed = re.compile(rf"(?<=[\w.,!?…]){closing}(?!\w)").search(text, mark.end(), min(end_char, mark.end() + MAX_SINGLE))
    return closed is not None and not SHORTENED.match(text, mark.start())
