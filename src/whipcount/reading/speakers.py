"""Who speaks: each quotation of a text linked to an actor, or to nobody where the text does not say."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from whipcount.reading.attribution_rules import Quoted
from whipcount.reading.attributions import Attribution
from whipcount.reading.cues import JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS, WORDLESS_FORMS, listed_forms
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quotation
from whipcount.reading.writings import Writings
from whipcount.schema import Mention, Span, Utterance

UNKNOWN = ""
"""The speaker whom the text does not tell."""
GROUNDS = (
    "attribution", "writing", "label", "sentence after", "sentence before", "same paragraph", "subject", "in turn", "paragraph before",
    "no speech", "unknown",
)  # fmt: skip
LABEL = re.compile(r"\s*(?P<name>[^\s.,;!?“”\"][^.,;!?“”\"\n]{0,60}?)\s*[:–—-]\s*\Z")
"""What a line of an interview starts with: "Quill: “No.”"."""
INNER_LABEL = re.compile(r"[.!?”\"]\s+(?P<name>[^\s.,:;!?“”\"][^.,:;!?“”\"\n]{0,40}?)\s*:\s*\Z")
"""The same within a line."""
POINTS_BACK = re.compile(
    r"\W*(?:(?:this|that|it)\s+(?:was|is|came\s+from)|so(?:\s+(?:says?|said|speaks?|spoke|writes?|wrote|runs?|ran))?|thus|(?:is|was)\s+how|"
    r"(?:came|comes)\s+the\s+voice\s+of|the\s+speaker|the\s+(?:words?|voice|sentence|remark)\s+(?:is|are|was|were|came\s+from)|"
    r"the\s+\w+\s+who\s+(?:says?|said|spoke|asked)\s+(?:this|that|it|so))\b",
    re.IGNORECASE,
)
"""How words begin that name a speaker after the quotation: "That was Quill"."""
NO_SPEECH = re.compile(
    r"(?:so-called|known\s+as|nicknamed|named|titled?|entitled|headed|headlined|dubbed|labell?ed|the\s+words?|the\s+term|the\s+phrase|"
    r"ascribed\s+to|marked)\W*\Z",
    re.IGNORECASE,
)
"""What stands before a name or a word in quotation marks that nobody says."""
MAX_LABEL = 80
"""Characters before a quotation in which the label of its line stands."""
BLOCK = 1_000
"""Characters by which attributions are looked up."""
SCARE_WORDS = 3
"""Most words of a quotation that may be no speech."""
POSSESSIVE = re.compile(r"\s*['’]s?\s+\w")
LINKED = re.compile(r"\b(?:of|for|from|at|with|to|by|in)\W*(?:the\W+)?\Z")
"""What stands before the name of whom a phrase only has to do with: "the deputy of Quill"."""
MEMBERS = re.compile(r"(?:.*\s)?(?:members|people)\W+(?:of|from)\W+(?:the\W+)?", re.IGNORECASE)
"""What stands before the name of a body that its members are: "some sixty members of the guild"."""
CLAUSES = ("ROOT", "conj", "ccomp", "csubj", "advcl")
"""What the verb is whose subject may be the speaker."""
ACTIVE = (SAYING_FORMS | QUOTING_FORMS) - listed_forms("tell ask urge advise remind notify inform assure warn request charge")
"""Verbs of saying whose participle is nobody's description: "Quill, asked why, …" is, "Quill, wrote why, …" is not."""
PASSIVE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
OWNING = frozenset(("its", "his", "her", "their"))


def find_speakers(
    text: str,
    paragraphs: Sequence[Paragraph],
    quotations: Sequence[Quotation],
    attributions: Sequence[Attribution],
    mentions: Sequence[Mention],
) -> list[Utterance]:
    """Return who says each quotation; ``why`` is one of ``GROUNDS``.

    What the text attributes comes first, to an actor or to a letter, whose author it is then; then what a line or the sentence after
    names; then who is said to say or judge something in the sentence before; then who spoke before in the paragraph; then the subject of
    the sentence that a quotation is part of; then the letter that the sentence before is about; then, where a paragraph is a quotation
    alone, the two who speak in turn. A quotation within another one belongs to whom the words around it name, else to nobody.

    Args:
        text: clean text.
        paragraphs: of it, as ``parsing.parse`` gives them.
        quotations: of it, as ``quotes.find_quotations`` gives them.
        attributions: of it, by whomever found.
        mentions: of the actors, pronouns too, in the text's order.
    """
    places = _Places(text, paragraphs, quotations, mentions, attributions)
    outer = [index for index, quotation in enumerate(quotations) if not quotation.depth]
    following = dict(pairwise(outer))
    found: list[Utterance] = []
    before = _Before()
    for index, quotation in enumerate(quotations):
        speaker, why = _speaker(places, quotation, before)
        if why == "unknown" and index in following and places.same_line(quotation, quotations[following[index]]):
            later, _ = _attributed(places, quotations[following[index]]) or (UNKNOWN, "")
            speaker, why = (later, "same paragraph") if later else (speaker, why)
        found.append(Utterance(quotation.spans, speaker, why, quotation.depth))
        if not quotation.depth:
            before.add(found[-1])
    return found


@dataclass(slots=True)
class _Before:
    """What has been said so far: the last quotation, and the speakers of the last two that have one, the later first."""

    last: Utterance | None = None
    told: tuple[str, ...] = ()

    def add(self, said: Utterance) -> None:
        self.last = said
        if said.speaker:
            self.told = (said.speaker, *self.told[:1])


def _speaker(places: _Places, quotation: Quotation, before: _Before) -> tuple[str, str]:
    text, start_char, end_char = places.text, quotation.spans[0].start_char, quotation.spans[-1].end_char
    if NO_SPEECH.search(text, max(0, start_char - 40), start_char) and len(text[start_char:end_char].split()) <= SCARE_WORDS:
        return UNKNOWN, "no speech"
    named = _attributed(places, quotation)
    if named == (UNKNOWN, "attribution") and (owner := places.named_after(places.sentence_end(end_char))):
        return owner, "sentence after"
    if named is not None:
        return named
    if quotation.depth:
        return UNKNOWN, "unknown"
    line_start, line_end = places.line(start_char)
    if actor := places.label(line_start, start_char):
        return actor, "label"
    if nearest := places.named_after(end_char):
        return nearest, "sentence after"
    last = before.last
    here = last is not None and places.line(last.spans[-1].start_char) == (line_start, line_end)
    if places.begins_sentence(start_char):
        if speaker := places.said_before(start_char, last.spans[-1].end_char if last is not None and here else line_start):
            return speaker, "sentence before"
        if last is not None and here and last.speaker:
            return last.speaker, "same paragraph"
    subject, why = places.subject(Span(start_char, end_char))
    if subject:
        return subject, why
    if last is not None and here and last.speaker:
        return last.speaker, "same paragraph"
    if author := places.told_of(Span(start_char, end_char)):
        return author, "writing"
    alone = not text[line_start:start_char].strip() and not text[end_char:line_end].strip()
    if alone and len(before.told) > 1 and before.told[0] != before.told[1]:
        return before.told[1], "in turn"
    if alone and last is not None and last.speaker:
        return last.speaker, "paragraph before"
    return UNKNOWN, "unknown"


def _attributed(places: _Places, quotation: Quotation) -> tuple[str, str] | None:
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
        best = min(fitting, key=lambda one: sum(span.end_char - span.start_char for span in one.content) - 2 * overlap(one))
        if speaker := places.head(best.source[0]):
            return speaker, "attribution"
        if author := places.writings.author(best.source[0]):
            return author, "writing"
        if speaker := places.described(best.source[0], quotation.spans[0].start_char):
            return speaker, "attribution"
    elif speaker := next((found for one in near if (found := places.before(one.cue[0]))), UNKNOWN):
        return speaker, "attribution"
    if author := places.writings.author_after(Span(quotation.spans[0].start_char, quotation.spans[-1].end_char)):
        return author, "writing"
    return (UNKNOWN, "attribution") if fitting or any(places.hides(one.cue[0]) for one in near) else None


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


class _Subject(NamedTuple):
    """A subject, where in the text it and its verb begin, and that verb, empty of a passive."""

    phrase: Span
    start_char: int
    verb: int
    verb_form: str


class _Places:
    """A text's lines, mentions, attributions and the subjects of its sentences, to be found by place."""

    def __init__(
        self,
        text: str,
        paragraphs: Sequence[Paragraph],
        quotations: Sequence[Quotation],
        mentions: Sequence[Mention],
        attributions: Sequence[Attribution],
    ) -> None:
        self.text, self.mentions, self.quoted = text, mentions, Quoted(quotations)
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.blocks: dict[int, dict[int, Attribution]] = defaultdict(dict)
        for number, one in enumerate(attributions):
            for span in one.content:
                for block in range(span.start_char // BLOCK, span.end_char // BLOCK + 1):
                    self.blocks[block][number] = one
        self.starts = [mention.start_char for mention in mentions]
        self.sentences = [
            (paragraph.span(sentence.start, sentence.end), paragraph, sentence)
            for paragraph in paragraphs
            for sentence in paragraph.doc.sents
        ]
        self.sentence_starts = [span.start_char for span, _, _ in self.sentences]
        self.known_subjects: dict[int, list[_Subject]] = {}  # of the sentences that were asked for
        self.writings = Writings(text, paragraphs, self.head)

    def line(self, char: int) -> tuple[int, int]:
        """Return the range of the line that holds a place."""
        index = bisect_right(self.line_starts, char)
        return self.line_starts[index - 1], self.line_starts[index] - 1 if index < len(self.line_starts) else len(self.text)

    def attributed(self, quotation: Quotation) -> list[Attribution]:
        """Return the attributions whose content may reach into a quotation."""
        near: dict[int, Attribution] = {}
        for span in quotation.spans:
            for block in range(span.start_char // BLOCK, span.end_char // BLOCK + 1):
                near |= self.blocks.get(block, {})
        return [near[number] for number in sorted(near)]

    def same_line(self, one: Quotation, other: Quotation) -> bool:
        return self.line(one.spans[-1].start_char) == self.line(other.spans[0].start_char)

    def sentence_before(self, char: int) -> int:
        """Return the number of the last sentence that begins before a place, -1 where none does."""
        return bisect_left(self.sentence_starts, char) - 1

    def begins_sentence(self, char: int) -> bool:
        """Whether a sentence begins at a place."""
        before = self.text[max(0, char - 40) : char].rstrip()
        return not before or before[-1] in ".!?”\"'’»"

    def called(self, name: str) -> str:
        """Return the one actor whose mentions elsewhere are this name, or end with it."""
        bearers = {m.actor for m in self.mentions if f" {self.text[m.start_char : m.end_char]}".casefold().endswith(f" {name.casefold()}")}
        return bearers.pop() if len(bearers) == 1 else UNKNOWN

    def label(self, line_start: int, char: int) -> str:
        """Return the actor whose name and a colon stand right before a place, at the start of its line or after a sentence."""
        if char - line_start <= MAX_LABEL and (found := LABEL.fullmatch(self.text, line_start, char)):
            return self.head(Span(found.start("name"), found.end("name"))) or self.called(found["name"])
        found = INNER_LABEL.search(self.text, max(line_start, char - MAX_LABEL), char)
        return self.called(found["name"]) if found else UNKNOWN

    def said_before(self, char: int, start_char: int) -> str:
        """Return who says or judges something in the sentence that ends before a place, if it begins after another one."""
        index = self.sentence_before(char)
        if index < 0 or self.sentence_starts[index] < start_char:
            return UNKNOWN
        for subject in self.subjects(index):
            if subject.verb_form in SAYING_FORMS | JUDGING_FORMS and not self.quoted.holds(subject.start_char):
                return self.head(subject.phrase)
        return UNKNOWN

    def described(self, source: Span, char: int) -> str:
        """Return whom "the 26-year-old" means, words that name no actor: the subject of the sentence before it or its quotation."""
        words = self.text[source.start_char : source.end_char].lower()
        first = bisect_left(self.starts, source.start_char)
        names = first < len(self.starts) and self.starts[first] < source.end_char
        start_char = min(source.start_char, char)
        index = bisect_right(self.sentence_starts, start_char) - 2
        if names or not words.startswith("the ") or words.endswith("s") or index < 0:
            return UNKNOWN
        if self.line(self.sentence_starts[index]) != self.line(start_char):
            return UNKNOWN
        return next((self.head(one.phrase) for one in self.subjects(index)), UNKNOWN)

    def sentence_end(self, char: int) -> int:
        """Return where the sentence ends that holds a place or ends before it."""
        return self.sentences[max(0, self.sentence_before(char))][0].end_char

    def named_after(self, char: int) -> str:
        """Return whom the words after a place name, if they say that theirs are the words before it: "That was Quill"."""
        pointing = POINTS_BACK.match(self.text, char)
        return self.first(pointing.end(), self.line(pointing.end())[1]) if pointing else UNKNOWN

    def first(self, start_char: int, end_char: int) -> str:
        """Return the actor mentioned first in a range."""
        index = bisect_left(self.starts, start_char)
        return self.mentions[index].actor if index < len(self.starts) and self.starts[index] < end_char else UNKNOWN

    def head(self, source: Span) -> str:
        """Return the actor that words name, not one whose spokesman, party or house they name: "Quill's deputy" is not Quill."""
        index = bisect_left(self.starts, source.start_char)
        if index and self.mentions[index - 1].end_char > source.start_char:
            index -= 1
        there = list(self.mentions[index : bisect_left(self.starts, source.end_char)])
        owners = [m for m in there if m.end_char < source.end_char and self._owns(m, source.end_char)]
        own = [mention for mention in there if mention not in owners]
        for mention in own:
            before = self.text[source.start_char : mention.start_char]
            if MEMBERS.fullmatch(before) or not LINKED.search(before):
                return mention.actor
        return UNKNOWN

    def _owns(self, mention: Mention, end_char: int) -> bool:
        """Whether what follows a mention, before a place, is its own: "Quill's deputy", "her deputy"."""
        if POSSESSIVE.match(self.text, mention.end_char, end_char):
            return True
        return self.text[mention.start_char : mention.end_char].lower() in OWNING

    def before(self, cue: Span) -> str:
        """Return the actor that the words of its sentence before a cue name first; none where it is, or may be, a passive."""
        index = bisect_right(self.sentence_starts, cue.start_char) - 1
        if index < 0 or self.hides(cue):
            return UNKNOWN
        return self.head(Span(self.sentence_starts[index], cue.start_char))

    def hides(self, cue: Span) -> bool:
        """Whether a cue without a source is, or may be, a passive: "accused of", "was told"."""
        words = self.text[cue.start_char : cue.end_char].lower().split()
        return not PASSIVE.isdisjoint(words) or ACTIVE.isdisjoint(words)

    def told_of(self, quotation: Span) -> str:
        """Return the author of the writing that is the subject of the sentence before a quotation, on the same line."""
        index = self.sentence_before(quotation.start_char)
        if index < 0 or self.line(self.sentence_starts[index]) != self.line(quotation.start_char):
            return UNKNOWN
        return next((author for subject in self.subjects(index) if (author := self.writings.author(subject.phrase))), UNKNOWN)

    def subject(self, quotation: Span) -> tuple[str, str]:
        """Return the subject of the sentence that a quotation starts inside of, not one that is quoted or whose verb is, and the ground.

        That is the subject, or a writing that is it and whose author it is.
        """
        index = bisect_right(self.sentence_starts, quotation.start_char) - 1
        if index < 0 or not self.sentence_starts[index] < quotation.start_char < self.sentences[index][0].end_char:
            return UNKNOWN, "unknown"
        for one in self.subjects(index):
            if not self.quoted.holds(one.start_char) and not self.quoted.holds(one.verb):
                if speaker := self.head(one.phrase):
                    return speaker, "subject"
                if author := self.writings.author(one.phrase):
                    return author, "writing"
        return UNKNOWN, "unknown"

    def subjects(self, index: int) -> list[_Subject]:
        """Return the subjects of a sentence, that of its main clause first."""
        if index not in self.known_subjects:
            _, paragraph, sentence = self.sentences[index]
            tokens = [token for token in sentence if token.dep_ in ("nsubj", "nsubjpass") and token.head.dep_ in CLAUSES]
            tokens.sort(key=lambda token: (token.head.dep_ != "ROOT", token.i))
            self.known_subjects[index] = [
                _Subject(
                    paragraph.span(token.left_edge.i, token.right_edge.i + 1),
                    paragraph.start_char + token.idx,
                    paragraph.start_char + token.head.idx,
                    token.head.lower_ if token.dep_ == "nsubj" else "",
                )
                for token in tokens
            ]
        return self.known_subjects[index]
