"""Find what a text quotes."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from whipcount.reading.abbreviations import INSIDE, classify
from whipcount.schema import Span

QUOTATION = re.compile(r'[“"«„][^”"»\n]*[”"»]?|‘[^‘’\n]*(?:’\w[^‘’\n]*)*’(?!\w)')

LINE = re.compile(r"[^\r\n\u2028\u2029]+")
MARK = re.compile(r"``|''|[“”„«»\"‘’'‚‹›]")
CLOSES = {
    "”": "“„”", "“": "„", "»": "«", "«": "»", "''": ("``", "''"), '"': '"', "’": "‘‚", "‘": "‚", "'": "'", "›": "‹", "‹": "›",
}  # fmt: skip
"""Which marks open what a mark closes."""
OPENS = ("“", "„", "«", "``")
"""Marks that open wherever they close nothing; the others open by where they stand."""
ENDINGS = {"‘": "’", "'": "'", "‚": "[‘’]", "‹": "›", "›": "‹", "”": "”", "»": "«"}
"""What must close a mark on its line if it is to open: it may be another mark, or none."""
SINGLE = "‘'‚‹›"
MAX_SINGLE = 2_000
"""Characters within which one of ``ENDINGS`` must follow."""
MAX_DEPTH = 8
"""Quotations within one another beyond which no more are opened."""
SHORTENED = re.compile(r"['‘’](?:\d\ds?|tis|twas|em|til|cause|n|round)\b", re.IGNORECASE)
"""An apostrophe that stands for letters left out before it."""
SHORTENED_BEFORE = re.compile(r"(?:s|in)\Z", re.IGNORECASE)
"""How words end that an apostrophe may follow: "the crews' money", "losin' money"."""
NICKNAME = re.compile(
    r"(?<=\w )(?:“[A-Z][\w’-]*(?: [A-Z][\w’-]*)?”|\"[A-Z][\w’-]*(?: [A-Z][\w’-]*)?\"|[‘'][A-Z]\w*[’'])"
    r"(?= (?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b)[A-Z])"
)
CAPITAL_BEFORE = re.compile(r"\b[A-Z]\w* \Z")
"""What stands before a nickname within a name."""
SMALL = re.compile(r"\b[a-z]{4}")
"""What no headline has whose words all begin with capitals."""
STOP = re.compile(r"[.!?…]+(?=\s|\Z)")


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
    """What stands between quotation marks, these included, or is said in turn without any (``turns``).

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
        n_before, nickname_end = len(found), 0
        start_char = line.end() - len(line[0].lstrip())
        position = start_char
        if running and text.startswith(running.mark, start_char):
            stack.append(_Open(running.mark, start_char, 0, running.before))
            position += len(running.mark)
        elif running:
            found.append(Quotation(tuple(running.before)))
        running = None
        for mark in MARK.finditer(text, position, line.end()):
            if mark.start() < nickname_end:
                continue
            if nickname := _nickname(text, mark, line):
                nickname_end = nickname.end()
            elif index := _closes(text, mark, stack, line.end()):
                one = stack[index - 1]
                found.append(Quotation((*one.before, Span(one.start_char, mark.end())), one.depth))
                del stack[index - 1 :]
            elif len(stack) < MAX_DEPTH and _opens(text, mark, line.end()):
                stack.append(_Open(mark[0], mark.start(), len(stack)))
        while stack and (stop := _forgotten(text, stack, found[n_before:])):
            inner = [replace(one, depth=one.depth - 1) if one.spans[-1].start_char > stop else one for one in found[n_before:]]
            found[n_before:] = [Quotation((*stack[0].before, Span(stack[0].start_char, stop)), stack[0].depth), *inner]
            stack = [replace(one, depth=one.depth - 1) for one in stack[1:]]
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


def _closes(text: str, mark: re.Match[str], stack: list[_Open], end_char: int) -> int:
    """Return how many of the open quotations stay or are closed by a mark, the last of them closed; 0 where it closes none."""
    openers = CLOSES.get(mark[0], "")
    before, after = text[mark.start() - 1 : mark.start()], text[mark.end() : mark.end() + 1]
    if mark[0] in "’'‘" and (after.isalnum() or before.isspace()):
        return 0
    if stack and stack[-1].mark in "‘'" and mark[0] in "’'" and _is_apostrophe(text, mark, end_char):
        return 0
    return next((index for index in range(len(stack), 0, -1) if stack[index - 1].mark in openers), 0)


def _opens(text: str, mark: re.Match[str], end_char: int) -> bool:
    before, after = text[mark.start() - 1 : mark.start()] if mark.start() else "", text[mark.end() : mark.end() + 1]
    if mark[0] in OPENS:
        return True
    if mark[0] == "’" or not after or after.isspace() or before.isalnum():
        return False
    if mark[0] not in ENDINGS:
        return True
    closed = re.compile(rf"(?<=[\w.,!?…]){ENDINGS[mark[0]]}(?!\w)").search(text, mark.end(), min(end_char, mark.end() + MAX_SINGLE))
    return closed is not None and not SHORTENED.match(text, mark.start())


def _is_apostrophe(text: str, mark: re.Match[str], end_char: int) -> bool:
    """Whether a single mark ends a shortened word or a plural owner, as the quotation that it stands in goes on: "the crews' money,"."""
    if not text[mark.end() : mark.end() + 1].isspace() or not SHORTENED_BEFORE.search(text[max(0, mark.start() - 2) : mark.start()]):
        return False
    opener = "‘" if mark[0] == "’" else "'"
    later = re.compile(rf"(?<!\w){opener}(?=\w)|(?<=[.,!?…]){mark[0]}(?!\w)")
    found = later.search(text, mark.end(), min(end_char, mark.end() + MAX_SINGLE))
    return found is not None and text[found.start() - 1] in ".,!?…"


def _nickname(text: str, mark: re.Match[str], line: re.Match[str]) -> re.Match[str] | None:
    """Return the nickname within a name that a mark begins: "Femi “Buzz” Oduya"."""
    found = NICKNAME.match(text, mark.start(), line.end())
    named = found and CAPITAL_BEFORE.search(text, max(line.start(), mark.start() - 40), mark.start()) and SMALL.search(line[0])
    return found if named else None


def _forgotten(text: str, stack: Sequence[_Open], found: Sequence[Quotation]) -> int:
    """Return where the sentence ends of a quotation whose close is forgotten, as another sentence is quoted after it; 0 if it is not."""
    first, *others = stack
    starts = [one.start_char for one in others if one.mark == first.mark]
    starts += [one.spans[-1].start_char for one in found if text.startswith(first.mark, one.spans[-1].start_char)]
    later = min((start for start in starts if start > first.start_char), default=0)
    if not later or first.mark in SINGLE or not text[first.start_char : later].rstrip().endswith((".", "!", "?", "…")):
        return 0
    stops = STOP.finditer(text, first.start_char, later)
    return next(
        (
            stop.end()
            for stop in stops
            if stop[0] != "." or classify(text[first.start_char : stop.start()], text[stop.end() + 1 :]) != INSIDE
        ),
        0,
    )
