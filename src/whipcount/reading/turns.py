"""Find what is said in turn where no quotation marks stand: the lines of an interview or a debate that a speaker and a colon open."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from whipcount.reading.quotes import LINE, Quotation
from whipcount.reading.surroundings import UNKNOWN, Surroundings
from whipcount.schema import PRONOUN, Span

TURN = re.compile(
    r"\s*(?P<label>[^\W\d_a-z][^:;!?“”„«»‘\"\n]{0,60}?)(?:\s*[(\[][^)\]\n]{1,60}[)\]])?:\s+"
    r"(?P<said>(?=[^\n]*[^\W\d_])[^\s“„«‘\"'`][^\n]*?[.!?…—–-][”\"’)\]]*)\s*"
)
"""A line that whoever speaks opens, and that ends as speech does: no count of votes, no list."""
ASKS = frozenset(("q", "question", "interviewer", "reporter", "host", "moderator", "presenter", "chair"))
"""Labels of whoever asks, whom the text may leave unnamed."""
ANSWERS = frozenset(("a", "answer"))
"""Labels of whoever is asked."""
SELF = re.compile(r"\b(?:I|[Ww]e|[Yy]ou|[Mm]y|[Oo]ur|[Yy]our|[Mm]e|[Uu]s)\b")
"""What a paragraph without a label says if it goes on with the turn before it."""
MAX_WORDS = 5
"""Most words of a label that names nobody known."""
MIN_TURNS, MIN_LABELS, MIN_REPEATED = 3, 2, 2
"""Lines with a label, different labels that are understood, and lines of one of these, from which a text is taken to hold turns."""


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A line with a label: the actor it names, if any, and where what is said begins and ends."""

    name: str
    actor: str
    said: Span


def find_turns(places: Surroundings) -> dict[Quotation, str]:
    """Return the turns of a text, as quotations without marks, and who speaks each: ``UNKNOWN`` where the label names nobody known.

    A label is an actor's name, the end of one, or initials that are one actor's alone, or "Q" and "A" and their like. "A" is whom the
    sentences before the first turn are about, if that is one. In a text with turns any other noun phrase with a colon opens one of nobody.
    A paragraph without label goes on with the turn before it if it says "I", "we" or "you".
    """
    lines = list(LINE.finditer(places.text))
    opened = {index: found for index, line in enumerate(lines) if (found := TURN.fullmatch(places.text, *line.span()))}
    labelled = {index: one for index, found in opened.items() if (one := _labelled(places, found))} if len(opened) >= MIN_TURNS else {}
    counts = Counter(one.actor or one.name for one in labelled.values() if one.actor or one.name in ASKS | ANSWERS)
    if len(labelled) < MIN_TURNS or len(counts) < MIN_LABELS or max(counts.values()) < MIN_REPEATED:
        return {}
    asked = _subject_before(places, lines[min(labelled)].start())
    return {
        Quotation((one.said, *_continued(places, lines, index + 1, labelled))): one.actor or (asked if one.name in ANSWERS else UNKNOWN)
        for index, one in labelled.items()
    }


def with_turns(quotations: Sequence[Quotation], turns: Mapping[Quotation, str]) -> list[Quotation]:
    """Return quotations and turns in the text's order; what is quoted in a turn stands one deeper."""
    pieces = sorted((span for turn in turns for span in turn.spans), key=lambda span: span.start_char)
    starts = [span.start_char for span in pieces]

    def inside(one: Quotation) -> bool:
        last = bisect_right(starts, one.spans[0].start_char) - 1
        return last >= 0 and one.spans[0].start_char < pieces[last].end_char

    moved = [replace(one, depth=one.depth + 1) if inside(one) else one for one in quotations]
    return sorted([*moved, *turns], key=lambda one: (one.spans[0].start_char, one.depth))


def _labelled(places: Surroundings, found: re.Match[str]) -> _Labelled | None:
    label, name, actor = Span(*found.span("label")), found["label"].casefold(), UNKNOWN
    if name not in ASKS | ANSWERS:
        actor = _initialled(places, found["label"]) or places.head(label) or places.called(found["label"])
    words = places.words(label)
    is_noun = words is not None and words[1].root.pos_ in ("NOUN", "PROPN", "PRON")
    if not actor and name not in ASKS | ANSWERS and not (is_noun and len(name.split()) <= MAX_WORDS):
        return None
    return _Labelled(name, actor, Span(*found.span("said")))


def _initialled(places: Surroundings, label: str) -> str:
    """Return the one actor of whose name or names a label is the initials."""
    letters = label.replace(".", "")
    if not (2 <= len(letters) <= 4 and letters.isupper()):
        return UNKNOWN
    names = ((places.text[m.start_char : m.end_char], m.actor) for m in places.mentions if m.why != PRONOUN)
    bearers = {actor for name, actor in names if "".join(word[0] for word in name.split()) == letters}
    return bearers.pop() if len(bearers) == 1 else UNKNOWN


def _continued(places: Surroundings, lines: Sequence[re.Match[str]], index: int, labelled: Mapping[int, _Labelled]) -> Iterator[Span]:
    """Yield the ranges of the lines without label from one on that go on with the turn before them."""
    while index < len(lines) and index not in labelled:
        line = lines[index]
        start_char, end_char = line.start() + len(line[0]) - len(line[0].lstrip()), line.start() + len(line[0].rstrip())
        if start_char < end_char:
            if all(places.quoted.holds(one.start()) for one in SELF.finditer(places.text, start_char, end_char)):
                return
            yield Span(start_char, end_char)
        index += 1


def _subject_before(places: Surroundings, char: int) -> str:
    """Return the one actor who is the subject of the sentences before a place, or, if there is no such subject, is alone named there."""
    last = places.sentence_before(char)
    subjects = {actor for index in range(last + 1) for one in places.subjects(index)[:1] if (actor := places.head(one.phrase))}
    named = {one.actor for one in places.mentions[: bisect_right(places.starts, char)] if one.start_char < char}
    found = subjects or named
    return found.pop() if len(found) == 1 else UNKNOWN
