"""Who speaks: each quotation of a text linked to an actor, or to nobody where the text does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from whipcount.reading import pointers
from whipcount.reading.attributions import Attribution
from whipcount.reading.cues import WORDLESS_FORMS
from whipcount.reading.quotes import Quotation
from whipcount.reading.surroundings import CLOSING, UNKNOWN, Surroundings
from whipcount.schema import Attributed, Span, Utterance

GROUNDS = (
    "attribution", "writing", "label", "sentence after", "sentence before", "same paragraph", "subject", "in turn", "paragraph before",
    "no speech", "unknown",
)  # fmt: skip
NO_SPEECH = re.compile(
    r"(?:so-called|known\s+as|nicknamed|named|titled?|entitled|headed|headlined|dubbed|labell?ed|the\s+words?|the\s+term|the\s+phrase|"
    r"ascribed\s+to|marked)\W*\Z",
    re.IGNORECASE,
)
"""What stands before a name or a word in quotation marks that nobody says."""
WORKS = re.compile(
    r"\b(?:sang|sings?|sung|singing|hums|hummed|recited|recites|read|(?:books?|novels?|songs?|hymns?|films?|albums?|poems?|plays?|series)"
    r"(?:\s+(?:called|named))?)\W*\Z",
    re.IGNORECASE,
)
"""What stands before the title of a work."""
TITLE = re.compile(r"\W*(?:[A-Z]\w*|\d+)(?:[\s,’'-]+(?:[A-Z]\w*|\d+|(?:of|the|at|in|on|to|and|a|an|for|by|with|from)\b))*\W*")
"""How titles are written: with capitals."""
SCARE_WORDS = 3
"""Most words of a quotation that may be no speech."""


def find_speakers(
    places: Surroundings, quotations: Sequence[Quotation], turns: Mapping[Quotation, str] = MappingProxyType({})
) -> list[Utterance]:
    """Return who says each quotation; ``why`` is one of ``GROUNDS``.

    Who speaks in turn is known. Of the others what the text attributes comes first, to an actor or to a letter, whose author it is then;
    then what a line or the sentence after names; then who says or judges something in the sentence before, or reacts; then who spoke before
    in the paragraph; then the subject of the sentence that a quotation is part of; then the letter that the sentence before is about; then,
    where a paragraph is a quotation alone, the two who speak in turn. Words that somebody is said not to have said are nobody's. A
    quotation within another one belongs to whom the words around it name, else to nobody.

    Args:
        places: of the text.
        quotations: of it, as ``quotes.find_quotations`` gives them, with the turns if there are any, in the order of the text.
        turns: who speaks those of the quotations that have no marks, as ``turns.find_turns`` gives them.
    """
    outer = [index for index, quotation in enumerate(quotations) if not quotation.depth]
    following = dict(pairwise(outer))
    found: list[Utterance] = []
    before = _Before()
    for index, quotation in enumerate(quotations):
        speaker, why = (turns[quotation], "label") if quotation in turns else _speaker(places, quotation, before)
        if why == "unknown" and index in following and (later := _lent(places, quotation, quotations[following[index]])):
            speaker, why = later, "same paragraph"
        found.append(Utterance(quotation.spans, speaker, why, quotation.depth))
        if not quotation.depth:
            before.add(found[-1])
    return found


def link_attributions(attributions: Iterable[Attribution], places: Surroundings) -> list[Attributed]:
    """Return whose words each attribution gives, in quotation marks or not, in the order of their cues.

    Args:
        attributions: of a text, by whomever found.
        places: of the same text.
    """
    ordered = sorted(attributions, key=lambda one: one.cue[0].start_char)
    return [Attributed(_source(places, one, one.content[0].start_char)[0], one.source, one.cue, one.content) for one in ordered]


@dataclass(slots=True)
class _Before:
    """What has been said so far: the last quotation, and the speakers of the last two that have one, the later first."""

    last: Utterance | None = None
    told: tuple[str, ...] = ()

    def add(self, said: Utterance) -> None:
        self.last = said
        if said.speaker:
            self.told = (said.speaker, *self.told[:1])


def _speaker(places: Surroundings, quotation: Quotation, before: _Before) -> tuple[str, str]:
    text, start_char, end_char = places.text, quotation.spans[0].start_char, quotation.spans[-1].end_char
    if NO_SPEECH.search(text, max(0, start_char - 40), start_char) and len(text[start_char:end_char].split()) <= SCARE_WORDS:
        return UNKNOWN, "no speech"
    if WORKS.search(text, max(0, start_char - 40), start_char) and TITLE.fullmatch(text, start_char, end_char):
        return UNKNOWN, "no speech"
    if pointers.denied(places, start_char):
        return UNKNOWN, "no speech"
    if owner := pointers.in_words(places, start_char):
        return owner, "attribution"
    named = _attributed(places, quotation)
    if named == (UNKNOWN, "attribution") and (owner := pointers.named_after(places, places.sentence_end(end_char))):
        return owner, "sentence after"
    if named is not None:
        return named
    if quotation.depth:
        return UNKNOWN, "unknown"
    line_start, line_end = places.line(start_char)
    if (actor := pointers.label(places, line_start, start_char)) is not None:
        return (actor, "label") if actor else (UNKNOWN, "unknown")
    if nearest := pointers.named_after(places, end_char):
        return nearest, "sentence after"
    last = before.last
    here = last is not None and places.line(last.spans[-1].start_char) == (line_start, line_end)
    if places.begins_sentence(start_char):
        if speaker := pointers.said_before(places, start_char, last.spans[-1].end_char if last is not None and here else line_start):
            return speaker, "sentence before"
        if last is not None and here and last.speaker and not places.speaks_between(last.spans[-1].end_char, start_char, last.speaker):
            return last.speaker, "same paragraph"
    subject, why = places.subject(Span(start_char, end_char))
    if subject:
        return subject, why
    if author := pointers.told_of(places, Span(start_char, end_char)):
        return author, "writing"
    after = text[end_char : places.line(quotation.spans[-1].start_char)[1]]
    alone = not text[line_start:start_char].strip() and not after.strip() and text[end_char - 1] in CLOSING
    if alone and len(before.told) > 1 and before.told[0] != before.told[1]:
        return before.told[1], "in turn"
    if alone and last is not None and last.speaker:
        return last.speaker, "paragraph before"
    return UNKNOWN, "unknown"


def _lent(places: Surroundings, quotation: Quotation, later: Quotation) -> str:
    """Return who says the next quotation of a line, where nobody else is named between and a sentence begins with this one."""
    start_char, end_char = quotation.spans[0].start_char, quotation.spans[-1].end_char
    if not places.same_line(quotation, later) or not places.begins_sentence(start_char):
        return UNKNOWN
    speaker, _ = _attributed(places, later) or (UNKNOWN, "")
    return UNKNOWN if places.speaks_between(end_char, later.spans[0].start_char, speaker) else speaker


def _attributed(places: Surroundings, quotation: Quotation) -> tuple[str, str] | None:
    """Return the source of the closest attribution of a quotation's words, ``UNKNOWN`` if that is no actor, and on what ground.

    That is an attribution, or a writing whose author it is; None if there is neither.
    """

    def overlap(one: Attribution) -> int:
        return sum(max(0, min(a.end_char, b.end_char) - max(a.start_char, b.start_char)) for a in one.content for b in quotation.spans)

    def outside(one: Attribution) -> bool:
        return all(span.end_char <= one.cue[0].start_char or one.cue[0].end_char <= span.start_char for span in quotation.spans)

    near = _uttered([one for one in places.attributed(quotation) if outside(one) and overlap(one)], places.text)
    fitting = [one for one in near if one.source]
    if fitting:
        best = min(fitting, key=lambda one: (_length(one.content) - 2 * overlap(one), _distance(one.cue, quotation.spans)))
        speaker, why = _source(places, best, quotation.spans[0].start_char)
        if speaker:
            return speaker, why
    elif speaker := next((found for one in near if (found := places.before(one.cue[0]))), UNKNOWN):
        return speaker, "attribution"
    if author := places.writings.author_after(Span(quotation.spans[0].start_char, quotation.spans[-1].end_char)):
        return author, "writing"
    return (UNKNOWN, "attribution") if fitting or any(places.hides(one.cue[0]) for one in near) else None


def _length(spans: Sequence[Span]) -> int:
    return sum(span.end_char - span.start_char for span in spans)


def _distance(cue: Sequence[Span], spans: Sequence[Span]) -> int:
    """Return how many characters part a cue from the nearest of other ranges."""
    return min(max(span.start_char - cue[-1].end_char, cue[0].start_char - span.end_char) for span in spans)


def _source(places: Surroundings, one: Attribution, start_char: int) -> tuple[str, str]:
    """Return whom the source of an attribution means, or who wrote the writing that it is, and on what ground; nobody may be it."""
    if not one.source:
        return places.before(one.cue[0]), "attribution"
    if speaker := places.head(one.source[0]):
        return speaker, "attribution"
    if author := places.writings.author(one.source[0]):
        return author, "writing"
    return pointers.described(places, one.source[0], start_char), "attribution"


def _uttered(attributions: Sequence[Attribution], text: str) -> list[Attribution]:
    """Leave out what somebody is said to think or show where another is the one who says so: the words are the latter's."""

    def wordless(one: Attribution) -> bool:
        words = text[one.cue[0].start_char : one.cue[0].end_char].lower().split()
        return not WORDLESS_FORMS.isdisjoint(words)

    def told(one: Attribution) -> bool:
        cue = one.cue[0]
        return any(
            other is not one and not wordless(other) and any(s.start_char <= cue.start_char < s.end_char for s in other.content)
            for other in attributions
        )

    return [one for one in attributions if not (wordless(one) and told(one))]
