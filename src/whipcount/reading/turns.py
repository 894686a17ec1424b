"""Find what is said in turn where no quotation marks stand: the lines of an interview or a debate that a speaker and a colon open."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from whipcount.reading.labels import ANSWERS, ASKS, LABELLED, OWN, QUESTION, SELF, SPEECH, are_answers
from whipcount.reading.quotes import LINE, Quotation
from whipcount.reading.surroundings import UNKNOWN, Surroundings
from whipcount.schema import PRONOUN, Mention, Span

QUOTED = re.compile(r"\s*[“„«\"]")
MAX_WORDS = 7
"""Most words of a label that names nobody known."""
MIN_TURNS, MIN_LABELS, MIN_REPEATED = 3, 2, 2
"""Lines that look like speech, different labels, and lines of one who is known, from which a text is taken to hold turns."""
TALKS = frozenset(("interview", "conversation", "talk", "chat", "q&a"))
"""Nouns of which what follows "with" is whoever answers."""
NO_PERSONS = frozenset(("ORG", "GPE", "LOC", "FAC", "NORP"))
"""The parser's labels of names that are no person's."""
ASKED = frozenset(("interviewed", "interviews", "asked", "asks", "questioned", "questions"))
"""Verbs whose object is whoever answers."""
MET = frozenset(("met", "meets", "joined", "joins", "spoke", "speaks", "talked", "talks", "sat", "sits"))
"""Verbs whose subject or object that may be, with or without "to" or "with": of two persons nobody can tell."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line with a label: the name before the colon in small letters, the actor that it means, if any, and where what is said stands."""

    name: str
    actor: str
    said: Span

    @property
    def key(self) -> str:
        return self.actor or self.name


def find_turns(places: Surroundings) -> dict[Quotation, str]:
    """Return the turns of a text, as quotations without marks, and who speaks each: ``UNKNOWN`` where the label names nobody known.

    A label is an actor's name or the end of one, initials that are one actor's alone, or "Q" and "A" and their like. "A" is whom the
    sentences before the first turn say to be interviewed; nobody where an answer names that person.
    In a text with turns any other noun phrase with a colon opens one of nobody. A paragraph without label goes on with the turn before it
    if it says "I", "we" or "you"; after the last turn only "I" counts. A text has no turns where fewer than two of those who speak ask,
    or say "I", "we" or "you", unless one alone has a label, and each line with it answers a question that has none.
    """
    lines = list(LINE.finditer(places.text))
    opened = {index: found for index, line in enumerate(lines) if (found := LABELLED.fullmatch(places.text, *line.span()))}
    if len(opened) < MIN_REPEATED:
        return {}
    labelled = {index: one for index, found in opened.items() if (one := _labelled(places, found))}
    speech = [one for one in labelled.values() if SPEECH.fullmatch(places.text, one.said.start_char, one.said.end_char)]
    known = Counter(one.key for one in speech if one.actor or one.name in ASKS | ANSWERS)
    counts = Counter(one.key for one in speech)
    understood = [key for key, n in counts.items() if key in known or n >= MIN_REPEATED]
    talking = {one.key for one in speech if _talks(places, one.said)}
    is_talk = len(speech) >= MIN_TURNS and min(len(understood), len(talking)) >= MIN_LABELS
    is_answered = len(counts) == 1 and are_answers([line[0] for line in lines], [*labelled])
    if not (is_talk or is_answered) or max(known.values(), default=0) < MIN_REPEATED:
        return {}
    asked = _interviewed(places, lines[min(labelled)].start())
    if any(asked in _named(places, one.said) for one in labelled.values() if one.name in ANSWERS):
        asked = UNKNOWN
    ends = [*(index - is_answered for index in [*labelled][1:]), len(lines)]  # a question is no part of the answer before it
    turns: dict[Quotation, str] = {}
    for (index, one), end in zip(labelled.items(), ends, strict=True):
        if QUOTED.match(places.text, one.said.start_char):
            continue  # a quotation that has its marks
        speaker = one.actor or (asked if one.name in ANSWERS else UNKNOWN)
        words = OWN if end == len(lines) else SELF
        turns[Quotation((one.said, *_continued(places, lines[index + 1 : end], speaker, words)))] = speaker
    return turns


def with_turns(quotations: Sequence[Quotation], turns: Mapping[Quotation, str]) -> list[Quotation]:
    """Return quotations and turns in the text's order; what is quoted in a turn stands one deeper."""
    pieces = sorted((span for turn in turns for span in turn.spans), key=lambda span: span.start_char)
    starts = [span.start_char for span in pieces]

    def inside(one: Quotation) -> bool:
        last = bisect_right(starts, one.spans[0].start_char) - 1
        return last >= 0 and one.spans[0].start_char < pieces[last].end_char

    moved = [replace(one, depth=one.depth + 1) if inside(one) else one for one in quotations]
    return sorted([*moved, *turns], key=lambda one: (one.spans[0].start_char, one.depth))


def _labelled(places: Surroundings, found: re.Match[str]) -> _Line | None:
    said = Span(found.start("said"), found.start("said") + len(found["said"].rstrip()))
    if not places.is_read(said.start_char):
        return None
    if found["letter"] or found["label"].casefold() in ASKS | ANSWERS:
        return _Line((found["letter"] or found["label"]).casefold(), UNKNOWN, said)
    name = found["label"].casefold()
    named = places.labelled(Span(*found.span("label")))
    actor = named or _initialled(places, found["label"])
    return _Line(name, actor, said) if actor or (named is not None and len(name.split()) <= MAX_WORDS) else None


def _initialled(places: Surroundings, label: str) -> str:
    """Return the one actor of whose name or names a label is the initials."""
    letters = label.replace(".", "")
    if not (2 <= len(letters) <= 4 and letters.isupper()):
        return UNKNOWN
    names = ((places.text[m.start_char : m.end_char], m.actor) for m in places.mentions if m.why != PRONOUN)
    bearers = {actor for name, actor in names if "".join(word[0] for word in name.split()) == letters}
    return bearers.pop() if len(bearers) == 1 else UNKNOWN


def _talks(places: Surroundings, said: Span) -> bool:
    """Whether words are such as people say to each other: a question, or "I", "we" or "you", not quoted."""
    asks = QUESTION.search(places.text, max(said.start_char, said.end_char - 10), said.end_char)
    return bool(asks) or _says(places, said, SELF)


def _says(places: Surroundings, span: Span, words: re.Pattern[str]) -> bool:
    return any(not places.quoted.holds(one.start()) for one in words.finditer(places.text, span.start_char, span.end_char))


def _named(places: Surroundings, span: Span) -> set[str]:
    """Return the actors that a range names, not by a pronoun."""
    first, last = (bisect_left(places.starts, char) for char in (span.start_char, span.end_char))
    return {one.actor for one in places.mentions[first:last] if one.why != PRONOUN}


def _continued(places: Surroundings, following: Iterable[re.Match[str]], speaker: str, words: re.Pattern[str]) -> Iterator[Span]:
    """Yield the ranges of the lines that go on with a turn: such as say some words, up to one that is something else."""
    for line in following:
        span = Span(line.start() + len(line[0]) - len(line[0].lstrip()), line.start() + len(line[0].rstrip()))
        if span.start_char >= span.end_char:
            continue
        stops = LABELLED.fullmatch(line[0]) or QUOTED.match(line[0]) or not places.is_read(span.start_char)
        if stops or not _says(places, span, words) or (speaker and speaker in _named(places, span)):
            return
        yield span


def _interviewed(places: Surroundings, char: int) -> str:
    """Return whom the sentences before a place say to be interviewed, by name or as "she"; nobody if that may be two, or no person."""
    before = places.mentions[: bisect_left(places.starts, char)]
    found = {one.actor for one in before if _may_answer(places, one)} - {one.actor for one in before if _is_body(places, one)}
    return found.pop() if len(found) == 1 else UNKNOWN


def _is_body(places: Surroundings, mention: Mention) -> bool:
    """Whether a name is marked as that of no person, by the parser or by "the"."""
    words = places.words(mention)
    named = words is not None and any(token.ent_type_ in NO_PERSONS for token in words[1])
    before = places.text[max(0, mention.start_char - 5) : mention.start_char]
    return named or before.lower().split()[-1:] == ["the"]


def _may_answer(places: Surroundings, mention: Mention) -> bool:
    """Whether a name is that of whom its clause says to be interviewed: "we met Quill", "Quill was asked"."""
    words = places.words(mention)
    if words is None:
        return False
    root = words[1].root
    if root.dep_ == "pobj" and root.head.lower_ in ("to", "with"):
        parent = root.head.head
        return parent.lower_ in TALKS or (parent.head if parent.lower_ == "down" else parent).lower_ in MET
    verb = root.head.lower_
    return (root.dep_ in ("dobj", "nsubjpass") and verb in ASKED | MET) or (root.dep_ == "nsubj" and verb in MET)
