"""Mark what belongs to the site and not to the article: related headlines, newsletter boxes, captions, bylines, time stamps.

Whole lines are marked, never a part of one, and only where a line says by itself, or the heading above it says, what it is: a sentence
that is read in vain does less harm than one that is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from whipcount.reading.site_lines import BOX, BYLINE, HEADING, PATTERNS, is_timestamp
from whipcount.schema import Span

MAX_CHARS = 400
"""A longer line is no furniture."""
MAX_BYLINE_CHARS = 100
MAX_RELATED = 5
"""Headlines at most that a heading in the middle of an article claims."""
MAX_TRAILING = 30
"""Headlines at most that a heading claims when nothing else follows."""

REPORT = re.compile(r"\b(?:said|says|told|tells|asked|asks|urged|urges|wrote|argued|added)\b", re.IGNORECASE)
NOT_A_NAME = re.compile(
    r"by (?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|christmas|easter|new year|election day)\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!…][\"”’')\]]*\Z|[\"”]\Z")
DECORATION = re.compile(r"[\s•▪●■◦‣*>»#|–—-]+")


def find_furniture(text: str) -> tuple[Span, ...]:
    """Return the lines of a clean text that belong to the site, each from its start to its end, without the line break."""
    lines = [Span(*match.span()) for match in re.finditer(r"[^\n]+", text) if not match.group().isspace()]
    words = ["" if line.end_char - line.start_char > MAX_CHARS else _bare(text[line.start_char : line.end_char]) for line in lines]
    marked = [bool(line) and _is_furniture(line) for line in words]
    for first in [number for number, line in enumerate(words) if line and HEADING.fullmatch(line.rstrip(": …»>→"))]:
        marked[first] = True
        for number in _headlines(words, marked, first + 1):
            marked[number] = True
    return tuple(line for line, is_marked in zip(lines, marked, strict=True) if is_marked)


def _bare(line: str) -> str:
    """Return a line without white space and bullets around it."""
    stripped = line.strip()
    decoration = DECORATION.match(stripped)
    return stripped[decoration.end() :] or stripped if decoration else stripped


def _is_furniture(line: str) -> bool:
    """Say whether a line is furniture by its own words."""
    if is_timestamp(line) or any(pattern.fullmatch(line) for pattern in PATTERNS):
        return True
    if BOX.fullmatch(line):
        return not REPORT.search(line)
    return len(line) <= MAX_BYLINE_CHARS and not NOT_A_NAME.match(line) and BYLINE.fullmatch(line) is not None


def _headlines(words: Sequence[str], marked: Sequence[bool], first: int) -> Iterator[int]:
    """Yield the lines from ``first`` on that are headlines of other articles: all to the end of the text, or a few before it goes on."""
    last = first
    while last < len(words) and last - first <= MAX_TRAILING and (marked[last] or _is_headline(words[last])):
        last += 1
    if last < len(words):
        is_block = last - first <= MAX_RELATED
    else:  # only headlines follow; a whole text without full stops is not one block of them
        is_block = any(SENTENCE_END.search(line) for line, is_marked in zip(words[:first], marked, strict=False) if not is_marked)
    yield from range(first, last if is_block else first)


def _is_headline(line: str) -> bool:
    """Say whether a line could be the headline of another article: a few words, and no full stop."""
    return 3 <= len(line.split()) <= 25 and len(line) <= 160 and not SENTENCE_END.search(line)
