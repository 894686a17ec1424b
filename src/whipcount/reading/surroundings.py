"""What stands around a quotation: the lines, mentions, attributions, writings and subjects of its text, to be found by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from whipcount.reading.attributions import Attribution
from whipcount.reading.cues import JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS, listed_forms
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quotation, Quoted
from whipcount.reading.writings import Writings
from whipcount.schema import Mention, Span

UNKNOWN = ""
"""The speaker whom the text does not tell."""
LABEL = re.compile(r"\s*(?P<name>[^\s.,;!?“”\"][^.,;!?“”\"\n]{0,60}?)\s*[:–—-]\s*\Z")
"""What a line of an interview starts with: "Quill: “No.”"."""
INNER_LABEL = re.compile(r"[.!?”\"]\s+(?P<name>[^\s.,:;!?“”\"][^.,:;!?“”\"\n]{0,40}?)\s*:\s*\Z")
"""The same within a line."""
POINTS_BACK = re.compile(
    r"\W*(?:(?:this|that|it)\s+(?:was|is|came\s+from)|so(?:\s+(?:says?|said|speaks?|spoke|writes?|wrote|runs?|ran))?|thus|(?:is|was)\s+how|"
    r"(?:came|comes)\s+the\s+voice\s+of|the\s+speaker|"
    r"the\s+(?:words?|voice|sentence|remark)\s+(?:is|are|was|were|belongs?\s+to|belonged\s+to|came\s+(?:not\s+from\s+[^.;]{1,60}?\s+but\s+)?from)|"
    r"the\s+\w+\s+who\s+(?:says?|said|spoke|asked)\s+(?:this|that|it|so))\b",
    re.IGNORECASE,
)
"""How words begin that name a speaker after the quotation: "That was Quill"."""
IN_WORDS = re.compile(r"\bin\s+(?P<owner>(?:\w+\s+){0,3}?[\w’']+)\s+(?:own\s+)?words\W*\Z", re.IGNORECASE)
"""What says right before a quotation whose words it gives: "in her words"."""
MAX_LABEL = 80
"""Characters before a quotation in which the label of its line stands."""
BLOCK = 1_000
"""Characters by which attributions are looked up."""
POSSESSIVE = re.compile(r"\s*['’]s?\s+\w")
LINKED = re.compile(r"\b(?:of|for|from|at|with|to|by|in|than)\W*(?:the\W+)?\Z")
"""What stands before the name of whom a phrase only has to do with: "the deputy of Quill"."""
MEMBERS = re.compile(r"(?:.*\s)?(?:members|people)\W+(?:of|from)\W+(?:the\W+)?", re.IGNORECASE)
"""What stands before the name of a body that its members are: "some sixty members of the guild"."""
CLAUSES = ("ROOT", "conj", "ccomp", "csubj", "advcl")
"""What the verb is whose subject may be the speaker."""
ACTIVE = (SAYING_FORMS | QUOTING_FORMS) - listed_forms("tell ask urge advise remind notify inform assure warn request charge")
"""Verbs of saying whose participle is nobody's description: "Quill, asked why, …" is, "Quill, wrote why, …" is not."""
TELLING_FORMS = SAYING_FORMS | JUDGING_FORMS
FINITE = ("VBD", "VBZ", "VBP")
ADVERB = re.compile(r",?\s+(?:(?:\w+ly|also|even|later|nevertheless|nonetheless|once|still|then|too)\s+)?", re.IGNORECASE)
"""What may stand between a name and its verb."""
PASSIVE = frozenset(("is", "are", "was", "were", "be", "been", "being"))
OWNING = frozenset(("its", "his", "her", "their"))
MAX_LINK = 20
"""Characters before a name in which the word stands that links it to what is before."""


class Subject(NamedTuple):
    """A subject, where in the text it and its verb begin, and that verb, empty of a passive."""

    phrase: Span
    start_char: int
    verb: int
    verb_form: str


class Surroundings:
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
        self.known_subjects: dict[int, list[Subject]] = {}  # of the sentences that were asked for
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
        """Whether a quotation begins on the line that another one ends on."""
        return self.line(one.spans[-1].start_char) == self.line(other.spans[0].start_char)

    def sentence_at(self, char: int) -> int:
        """Return the number of the last sentence that begins at a place or before it, -1 where none does."""
        return bisect_right(self.sentence_starts, char) - 1

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

    def in_words(self, char: int) -> str:
        """Return the actor in whose words something is said to be put, right before a place."""
        found = IN_WORDS.search(self.text, max(0, char - MAX_LABEL), char)
        return self.first(found.start("owner"), found.end("owner")) if found else UNKNOWN

    def said_before(self, char: int, start_char: int) -> str:
        """Return who says or judges something in the sentence that ends before a place, if it begins after another one."""
        index = self.sentence_before(char)
        if index < 0 or self.sentence_starts[index] < start_char:
            return UNKNOWN
        for subject in self.subjects(index):
            if subject.verb_form in TELLING_FORMS and not self.quoted.holds(subject.start_char):
                return self.head(subject.phrase)
        return UNKNOWN

    def described(self, source: Span, char: int) -> str:
        """Return whom words mean that name no actor: "the 26-year-old" the subject of the sentence before it or its quotation.

        "A nurse" in the first sentence of the text is the subject of the second, where it is named first.
        """
        words = self.text[source.start_char : source.end_char].lower()
        start_char = min(source.start_char, char)
        own = self.sentence_at(start_char)
        if not own and words.startswith(("a ", "an ")) and len(self.sentences) > 1:
            named = next((self.head(one.phrase) for one in self.subjects(1)), UNKNOWN)
            return named if all(one.actor != named for one in self.mentions if one.start_char < self.sentence_starts[1]) else UNKNOWN
        first = bisect_left(self.starts, source.start_char)
        names = first < len(self.starts) and self.starts[first] < source.end_char
        if names or not words.startswith("the ") or words.endswith("s") or own < 1:
            return UNKNOWN
        if self.line(self.sentence_starts[own - 1]) != self.line(start_char):
            return UNKNOWN
        return next((self.head(one.phrase) for one in self.subjects(own - 1)), UNKNOWN)

    def sentence_end(self, char: int) -> int:
        """Return where the last sentence ends that begins before a place; the place itself where none does."""
        index = self.sentence_before(char)
        return self.sentences[index][0].end_char if index >= 0 else char

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
        index = self.sentence_at(cue.start_char)
        if index < 0 or self.sentence_starts[index] == cue.start_char or self.hides(cue):
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
        index = self.sentence_at(quotation.start_char)
        if index < 0 or not self.sentence_starts[index] < quotation.start_char < self.sentences[index][0].end_char:
            return UNKNOWN, "unknown"
        if speaker := self.beside_verb(index, quotation.start_char):
            return speaker, "subject"
        for one in self.subjects(index):
            if not self.quoted.holds(one.start_char) and not self.quoted.holds(one.verb):
                if speaker := self.head(one.phrase):
                    return speaker, "subject"
                if author := self.writings.author(one.phrase):
                    return author, "writing"
        return UNKNOWN, "unknown"

    def beside_verb(self, index: int, char: int) -> str:
        """Return whose name stands right before the last verb of saying of a sentence before a place, whatever the parser makes of it."""
        _, paragraph, sentence = self.sentences[index]
        for token in reversed(sentence):
            start_char = paragraph.start_char + token.idx
            if start_char >= char or token.tag_ not in FINITE or token.lower_ not in TELLING_FORMS:
                continue
            if self.quoted.holds(start_char) or (token.i and token.nbor(-1).lower_ in PASSIVE):
                return UNKNOWN
            named = bisect_left(self.starts, start_char)
            last = self.mentions[named - 1] if named else None
            if last is None or not ADVERB.fullmatch(self.text, last.end_char, start_char):
                return UNKNOWN
            return UNKNOWN if LINKED.search(self.text, max(0, last.start_char - MAX_LINK), last.start_char) else last.actor
        return UNKNOWN

    def subjects(self, index: int) -> list[Subject]:
        """Return the subjects of a sentence, that of its main clause first."""
        if index not in self.known_subjects:
            _, paragraph, sentence = self.sentences[index]
            tokens = [token for token in sentence if token.dep_ in ("nsubj", "nsubjpass") and token.head.dep_ in CLAUSES]
            tokens.sort(key=lambda token: (token.head.dep_ != "ROOT", token.i))
            self.known_subjects[index] = [
                Subject(
                    paragraph.span(token.left_edge.i, token.right_edge.i + 1),
                    paragraph.start_char + token.idx,
                    paragraph.start_char + token.head.idx,
                    token.head.lower_ if token.dep_ == "nsubj" else "",
                )
                for token in tokens
            ]
        return self.known_subjects[index]
