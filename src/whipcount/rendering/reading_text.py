"""The text of a reading as HTML: paragraphs with coloured mentions, each sentence with its stances, furniture apart."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

from whipcount.rendering.signs import Sign, shown
from whipcount.schema import STANCES, Evidence, FoundStance, InputError, Mention, Reading

LONG_QUOTE = 240
"""Characters of a piece of evidence beyond which its note quotes only the beginning."""
MAX_MARKED = 40
"""Stances of a sentence beyond which its words are not underlined for each of them; the notes quote them still."""
WHITE = r"[^\S\x0b\x1c-\x1f\x85]*"
"""White space, without the control characters that Python counts as such: the page shows them."""
LINE_BREAK = re.compile(rf"[\n\r\u2028\u2029]{WHITE}")
BLANK_LINE = re.compile(rf"(?:\r\n|[\n\r\u2028\u2029])[^\S\x0b\x1c-\x1f\x85\n\r\u2028\u2029]*[\n\r\u2028\u2029]{WHITE}")
ROLES = {"speaker": "speaker", "target": "target", "cue": "reporting word", "content": "words"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text: a ``sentence`` (whose ``index`` it has), ``furniture``, ``loose`` words in neither, or a ``break``."""

    kind: str
    start_char: int
    end_char: int
    index: int = -1


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences ``first`` to ``last``, by index, that one quotation runs over, and the id of whoever says it, empty where unknown."""

    first: int
    last: int
    speaker: str


def quoted_together(reading: Reading) -> dict[int, Group]:
    """Return, by sentence, the quotation that runs over it and others."""
    starts = [span.start_char for span in reading.sentences]
    groups: dict[int, Group] = {}
    for said in reading.quotations:
        first, last = (max(bisect_right(starts, char) - 1, 0) for char in (said.spans[0].start_char, said.spans[-1].end_char - 1))
        if not said.depth and first < last < len(starts):
            groups.update(dict.fromkeys(range(first, last + 1), Group(first, last, said.speaker)))
    return groups


def render_text(reading: Reading, signs: Mapping[str, Sign]) -> str:
    """Return the text, every character of it, with what was found in it.

    Args:
        reading: whose text it is.
        signs: actor id → sign; see ``signs_of``.

    Raises:
        InputError: a stance is for a sentence that the reading does not have.
    """
    pieces = list(_pieces(reading))
    mentions = _by_piece(reading.mentions, pieces)
    notes: dict[int, list[FoundStance]] = defaultdict(list)
    for stance in reading.stances:
        if not 0 <= stance.sentence < len(reading.sentences):
            raise InputError(f"reading {reading.id!r}: {stance} is for a sentence that it does not have; it has {len(reading.sentences)}")
        notes[stance.sentence].append(stance)
    starts = [span.start_char for span in reading.sentences]
    groups = quoted_together(reading)
    html: list[str] = []
    within = ""  # the kind of block that is open: a paragraph or a box of furniture
    for position, piece in enumerate(pieces):
        blank = piece.kind != "sentence" and not shown(reading.text[piece.start_char : piece.end_char]).strip()
        block = _block(piece, blank, within)
        if block != within:
            html.append(CLOSE[within] + OPEN[block])
            within = block
        if blank:
            html.append("\n" if piece.kind == "break" else " ")
        elif piece.kind == "sentence":
            own = mentions.get(position, []), notes.get(piece.index, [])
            html.append(_sentence(reading, piece, *own, signs, starts, groups.get(piece.index)))
        else:
            words = _marked(reading.text, piece, mentions.get(position, []), (), signs)
            html.append(f'<p dir="auto" class="words">{words}</p>' if block == FURNITURE else f'<span class="words">{words}</span>')
    return "".join([*html, CLOSE[within]])


PARAGRAPH, FURNITURE = "paragraph", "furniture"
OPEN = {
    "": "",
    PARAGRAPH: '<div class="paragraph" dir="auto">',
    FURNITURE: '<aside class="furniture" aria-label="Site furniture">'
    '<p class="label">Not part of the article: site furniture, not read</p>',
}
CLOSE = {"": "", PARAGRAPH: "</div>\n", FURNITURE: "</aside>\n"}


def _block(piece: Piece, blank: bool, within: str) -> str:
    """Return the block that a piece stands in: blank pieces open none, and a break ends a paragraph but no box of furniture."""
    if piece.kind == FURNITURE:
        return FURNITURE
    if piece.kind == "break":
        return FURNITURE if within == FURNITURE else ""
    return within if blank else PARAGRAPH


def evidence_rules(reading: Reading) -> str:
    """Return the style that underlines, while a note is pointed at or open, the words of its sentence that it rests on."""
    n_notes: dict[int, int] = defaultdict(int)
    for stance in reading.stances:
        n_notes[stance.sentence] += 1
    most = min(max(n_notes.values(), default=0), MAX_MARKED)
    told = "text-decoration: underline .16em var(--mark); text-underline-offset: .3em; background: var(--evidence);"
    return "".join(
        f"@media screen {{ .s:has(> .notes > .stance:nth-of-type({k}):is(:hover, :focus-within, [open])) > .words .e{k} {{ {told} }} }}\n"
        for k in range(1, most + 1)
    )


def _pieces(reading: Reading) -> Iterator[Piece]:
    """Yield the whole text in its order; what a sentence or furniture shares with the one before it is yielded once."""
    text = reading.text
    wrapped = any(LINE_BREAK.search(text, span.start_char, span.end_char) for span in reading.sentences)
    gap = BLANK_LINE if wrapped else LINE_BREAK  # lines that break inside a sentence end no paragraph
    spans = [(span.start_char, span.end_char, "sentence", index) for index, span in enumerate(reading.sentences)]
    spans += [(span.start_char, span.end_char, "furniture", -1) for span in reading.furniture]
    place = 0
    for start_char, end_char, kind, index in sorted(spans):
        yield from _between(text, place, start_char, gap)
        place = max(place, start_char)
        yield Piece(kind, place, max(place, end_char), index)
        place = max(place, end_char)
    yield from _between(text, place, len(text), gap)


def _between(text: str, start_char: int, end_char: int, gap: re.Pattern[str]) -> Iterator[Piece]:
    for found in gap.finditer(text, start_char, max(start_char, end_char)):
        if start_char < found.start():
            yield Piece("loose", start_char, found.start())
        yield Piece("break", found.start(), found.end())
        start_char = found.end()
    if start_char < end_char:
        yield Piece("loose", start_char, end_char)


def _by_piece(mentions: Iterable[Mention], pieces: Sequence[Piece]) -> dict[int, list[Mention]]:
    starts = [piece.start_char for piece in pieces]
    found: dict[int, list[Mention]] = defaultdict(list)
    for mention in mentions:
        for position in range(max(bisect_right(starts, mention.start_char) - 1, 0), len(pieces)):
            if pieces[position].start_char >= mention.end_char:
                break
            found[position].append(mention)
    return found


def _sentence(
    reading: Reading,
    piece: Piece,
    mentions: Sequence[Mention],
    stances: Sequence[FoundStance],
    signs: Mapping[str, Sign],
    starts: Sequence[int],
    group: Group | None,
) -> str:
    number = piece.index + 1
    quoted = " quoted" if group else ""
    if not stances:
        return f'<span class="words{quoted}" id="s{number}">{_marked(reading.text, piece, mentions, (), signs)}</span>'
    evidence = [(k, part) for k, stance in enumerate(stances, 1) for part in stance.evidence] if len(stances) <= MAX_MARKED else []
    words = _marked(reading.text, piece, mentions, evidence, signs)
    notes = "".join(_note(reading, stance, signs, starts, group) for stance in stances)
    return (
        f'<div class="s" id="s{number}"><span class="words{quoted}">{words}</span><sup class="number">{number}</sup>'
        f'<div class="notes" dir="ltr" role="group" aria-label="Stances of sentence {number}">'
        f'<span class="number" aria-hidden="true">{number}</span>{notes}</div></div>'
    )


def _marked(
    text: str, piece: Piece, mentions: Sequence[Mention], evidence: Iterable[tuple[int, Evidence]], signs: Mapping[str, Sign]
) -> str:
    """Return the words of a piece, cut wherever a mention or evidence begins or ends; of nested mentions the shortest shows."""
    start, end = piece.start_char, piece.end_char
    inside = [m for m in mentions if m.start_char < end and m.end_char > start]
    shares = [(k, part) for k, part in evidence if part.start_char < end and part.end_char > start]
    if not inside and not shares:
        return shown(text[start:end])
    bounds = [(m.start_char, m.end_char) for m in inside] + [(part.start_char, part.end_char) for _, part in shares]
    edges = {start, end, *(max(left, start) for left, _ in bounds), *(min(right, end) for _, right in bounds)}
    cuts = sorted(edges)
    opened: dict[int, list[int]] = defaultdict(list)
    for k, part in shares:
        opened[max(part.start_char, start)].append(k)
        opened[-min(part.end_char, end) - 1].append(k)  # where it ends
    waiting = sorted(inside, key=lambda m: m.start_char, reverse=True)
    covering: list[tuple[int, int, int, Mention]] = []
    n_open: dict[int, int] = defaultdict(int)
    html = []
    for order, (left, right) in enumerate(pairwise(cuts)):
        for k in opened[-left - 1]:
            n_open[k] -= 1
            if not n_open[k]:
                del n_open[k]
        for k in opened[left]:
            n_open[k] += 1
        while waiting and waiting[-1].start_char <= left:
            mention = waiting.pop()
            heappush(covering, (mention.end_char - mention.start_char, order, len(waiting), mention))
        while covering and covering[0][-1].end_char <= left:
            heappop(covering)
        marks = [f"e{k}" for k in sorted(n_open)]
        html.append(_cut(text[left:right], covering[0][-1] if covering else None, right, marks, signs))
    return "".join(html)


def _cut(words: str, mention: Mention | None, end_char: int, marks: list[str], signs: Mapping[str, Sign]) -> str:
    if mention is None:
        return f'<span class="{" ".join(marks)}">{shown(words)}</span>' if marks else shown(words)
    sign = signs[mention.actor]
    badge = f' data-badge="{shown(sign.badge)}"' if mention.end_char == end_char else ""
    classes = " ".join(["mention", sign.classes, *marks])
    title = f"{sign.actor.name} ({mention.why.replace('_', ' ')})"
    return f'<span class="{classes}"{badge} title="{shown(title)}">{shown(words)}</span>'


def _note(reading: Reading, stance: FoundStance, signs: Mapping[str, Sign], starts: Sequence[int], group: Group | None) -> str:
    bars = "".join(
        f'<div class="{label}"><dt>{label}</dt><dd><span class="bar"><i style="width:{100 * p:.1f}%"></i></span> {percent(p)}</dd></div>'
        for label, p in zip(STANCES, stance.probabilities, strict=True)
    )
    evidence = dict.fromkeys(_quote(reading, part, stance.sentence, starts) for part in stance.evidence)
    rests = "".join(evidence) or "<li>No words of its own: the sentence as a whole.</li>"
    return (
        f'<details class="stance {stance.stance}"><summary><span>{signs[stance.speaker].html} '
        f'<span class="by {stance.stance}">{stance.stance}</span> {signs[stance.target].html}</span> '
        f'<span class="percent">{percent(stance.probability)}</span></summary>'
        f'<div class="more"><dl>{bars}</dl><p>Rests on</p><ul>{rests}</ul>{_within(group, signs)}</div></details>'
    )


def _within(group: Group | None, signs: Mapping[str, Sign]) -> str:
    if group is None:
        return ""
    whose = f" of {signs[group.speaker].html}" if group.speaker else ", the text does not say whose"
    first, last = (f'<a href="#s{index + 1}">{index + 1}</a>' for index in (group.first, group.last))
    return f'<p class="within">Sentences {first} to {last} are one quotation{whose}.</p>'


def _quote(reading: Reading, part: Evidence, sentence: int, starts: Sequence[int]) -> str:
    words = reading.text[part.start_char : min(part.end_char, part.start_char + LONG_QUOTE)]
    length = part.end_char - part.start_char
    more = f" … ({length:,} characters)" if length > LONG_QUOTE else ""
    elsewhere = max(bisect_right(starts, part.start_char) - 1, 0)
    where = f' (<a href="#s{elsewhere + 1}">sentence {elsewhere + 1}</a>)' if elsewhere != sentence else ""
    return f'<li><span class="role">{ROLES[part.role]}</span> <q dir="auto">{shown(words)}{more}</q>{where}</li>'


def percent(probability: float) -> str:
    """Return a probability for people; what is not certain never reads as certain."""
    if 0 < probability < 0.005:
        return "&lt;1 %"
    if 0.995 <= probability < 1:
        return "&gt;99 %"
    return f"{100 * probability:.0f} %"
