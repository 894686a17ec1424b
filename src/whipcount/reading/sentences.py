"""Find the sentences of a text: spaCy's boundaries, corrected by what a full stop, a quotation mark and a line break mean in news.

A sentence ends at a line break, and inside a line only behind a full stop, an exclamation or question mark or an ellipsis. Where the
writing settles whether it does (a title, an initial, a small letter behind a quotation), the rules decide; elsewhere spaCy does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from whipcount.reading.abbreviations import INSIDE, OPEN, WORD, classify, is_name_part, last_word, opens_with_title, words
from whipcount.reading.parsing import Paragraph, parse
from whipcount.schema import Span

STOP = re.compile(
    r"""(?<![.!?…])
    (?P<stop> [.!?…؟।]++ (?:\s\.){0,3} )                       # "." "?!" "…" "..." ". . ."
    (?P<closers> (?:["”’'»)\]]|\[\d{1,3}\]|\s["”](?=\s))*+ )   # what the sentence before them closes with
    (?P<space> \s++ | (?<=[”»])(?=[A-Z]) | (?<=[a-z]\.)(?=[A-Z][a-z]) )
    (?P<openers> (?:[-–—*“"‘'«„(\[]++\s?+)*+ )
    | (?P<wide> [。！？][”」』）]*+ )
    | (?<=\s) (?P<bullet> [•▪●■◦‣] ) (?=\s)""",
    re.VERBOSE,
)
GAP = re.compile(r"[^\S\r\n\u2028\u2029]*")
"""What can stand between the pieces of one line; between its parts there may be furniture, too."""
NEXT_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*\.?")
WINDOW = 60
"""Characters that are looked at on either side of a stop."""

QUOTATION_MARKS = frozenset("\"”’'»")
ENUMERATOR = re.compile(
    r"""[\s•▪●■◦‣*–—-]*[(\[]?
    (?: \d{1,2} | \d{1,2}[.:]\d{2} | [ivx]{1,4} | [a-z]
    | (?:(?:at|by|around|about|before|after|since|until|from)\s)? \d{1,2}(?:[.:]\d{2})?\s?[ap]\.?m )\.[)\]]?""",
    re.IGNORECASE | re.VERBOSE,
)
"""What can stand before the first word of a sentence: "1.", "(a).", "14.32.", "2.30 p.m.", "At 7 p.m."."""

OPENERS = words(
    """
    a after all although an and another any are as at because before both but by can could did do does during each even every few
    for from had has have he her here his how however i if in instead is it its many meanwhile my neither no nobody none nor not
    nothing now of on one only or other others our she should since so some such than that the their then there these they this
    those though to today under until was we were what when where whether which while who why with would yes yesterday yet you your
    """
)
"""Words that with a capital letter open a sentence; behind an abbreviation they prove that one ends there."""

REPORTING = (
    "said|says|asked|asks|added|replied|shouted|demanded|cried|wrote|wondered|exclaimed|joked|insisted|answered|called|tweeted|told|"
    "quipped|snapped|declared|retorted|urged|warned|yelled|chanted|sighed|laughed|concluded|continued|thundered"
)
ATTRIBUTION = re.compile(
    rf"(?!(?:The|He|She|They|It|We|But|And)\b)(?:(?:[A-Z][\w.’'-]*|the|of|von|van|de|al)\s+){{1,5}}(?:{REPORTING})"
    r"(?:[.,;:!?]|\s*$|\s+(?:on|in|at|during|after|before|to|of|as|when|while|with|reporters|him|her|them|me|us|\w+ly)\b)"
)
"""Who said it, behind an exclamation or a question: the quotation and these words are one sentence."""


def split_sentences(text: str, paragraphs: Sequence[Paragraph] | None = None) -> tuple[Span, ...]:
    """Return the sentences of a text as character ranges without the white space around them.

    Args:
        text: what is read.
        paragraphs: of the text, from ``parse``; lines that are in none (furniture) give no sentence. Parsed here where they are not given.
    """
    paragraphs = parse(text, boundaries_only=True) if paragraphs is None else paragraphs
    sentences = []
    for line, starts in _lines(text, paragraphs):
        start_char = line.start_char
        for boundary in (*_boundaries(text, line, starts), line.end_char):
            stretch = text[start_char:boundary]
            inside = stretch.strip()
            if inside:
                first = start_char + len(stretch) - len(stretch.lstrip())
                sentences.append(Span(first, first + len(inside)))
            start_char = boundary
    return tuple(sentences)


def _lines(text: str, paragraphs: Sequence[Paragraph]) -> Iterator[tuple[Span, set[int]]]:
    """Yield the stretches of lines that paragraphs cover, the pieces of a long one joined, each with where spaCy's sentences start."""
    line: Span | None = None
    starts: set[int] = set()
    for paragraph in paragraphs:
        start_char, end_char = paragraph.start_char, paragraph.start_char + len(paragraph.doc.text)
        if line is not None and GAP.fullmatch(text, line.end_char, start_char):
            line = Span(line.start_char, end_char)
        else:
            if line is not None:
                yield line, starts
            line, starts = Span(start_char, end_char), set()
        starts.update(start_char + sentence.start_char for sentence in paragraph.doc.sents)
    if line is not None:
        yield line, starts


@dataclass(frozen=True, slots=True)
class _Stop:
    """A place where a sentence may end."""

    stop: str
    closers: str
    space: str
    openers: str
    before: str
    """The sentence up to the stop, or its end where it is long."""
    is_start: bool
    """Whether ``before`` is all there is of the sentence."""
    behind: str
    """What follows the openers, the next word first."""
    is_whispered: bool
    """Whether the line has no capital letter."""
    spacy_agrees: bool


def _boundaries(text: str, line: Span, starts: set[int]) -> Iterator[int]:
    """Yield the positions inside a line at which one sentence ends and the next begins."""
    is_whispered = text[line.start_char : line.end_char].islower()
    begin = line.start_char
    for match in STOP.finditer(text, line.start_char, line.end_char):
        if match["stop"] is None:
            begin = match.end() if match["bullet"] is None else match.start()
            yield begin
            continue
        behind = match.end()
        stop = _Stop(
            stop=match["stop"],
            closers=match["closers"],
            space=match["space"],
            openers=match["openers"].strip(),
            before=text[max(begin, match.start() - WINDOW) : match.start()],
            is_start=begin >= match.start() - WINDOW,
            behind=text[behind : min(line.end_char, behind + WINDOW)],
            is_whispered=is_whispered,
            spacy_agrees=any(position in starts for position in range(match.end("stop"), behind + 1)),
        )
        if stop.behind and _ends_sentence(stop):
            begin = match.start("openers")
            yield begin


def _ends_sentence(stop: _Stop) -> bool:
    """Say whether a sentence ends at a stop."""
    match = NEXT_WORD.match(stop.behind)
    word = match.group() if match else ""
    first = re.split("[’']", word.lower())[0]
    is_opener = first in OPENERS and (not word[0].islower() or stop.is_whispered)
    is_quoted = bool(QUOTATION_MARKS & set(stop.closers))
    kind = classify(stop.before, stop.behind) if stop.stop == "." and not is_quoted else WORD
    if stop.is_start and stop.stop == "." and ENUMERATOR.fullmatch(stop.before + "." + stop.closers):
        return False
    if not word or set(stop.openers) & set("-–—*") or (not stop.space and not is_quoted):
        return stop.spacy_agrees and kind == WORD
    if word[0].islower() and not stop.is_whispered:
        return stop.spacy_agrees and stop.stop == "." and not stop.closers and kind == WORD and len(last_word(stop.before)) > 3
    if stop.stop == ".":
        if kind == OPEN:
            return is_opener or opens_with_title(stop.before, word) or (stop.spacy_agrees and not is_name_part(stop.before))
        return kind != INSIDE
    if set(stop.stop) <= set(".… "):
        return is_quoted or (word != "I" and (is_opener or stop.spacy_agrees))
    return not (is_quoted and not stop.openers and ATTRIBUTION.match(stop.behind))
