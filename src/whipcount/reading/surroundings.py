"""What stands around a quotation: the lines, mentions, attributions, writings and subjects of its text, to be found by place."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from whipcount.reading.attributions import Attribution
from whipcount.reading.cues import JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS, listed_forms
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quotation, Quoted
from whipcount.reading.reactions import reacts
from whipcount.reading.roles import PEOPLE_NOUNS, PERSON_NOUNS, ROLE_NOUNS, VAGUE
from whipcount.reading.writings import Writings
from whipcount.schema import Mention, Span

if TYPE_CHECKING:
    from spacy.tokens import Span as TokenSpan
    from spacy.tokens import Token

UNKNOWN = ""
"""The speaker whom the text does not tell."""
BLOCK = 1_000
"""Characters by which attributions are looked up."""
MEMBERS = ("members", "people")
"""What stands before the name of a body that they are: "some sixty members of the guild"."""
MODIFYING = ("poss", "pobj", "dobj", "dative", "compound", "nmod", "amod")
"""What a name is in its clause that only says more about another word: "Quill's deputy", "the deputy of Quill", "who knew Quill"."""
ENDS = ".!?…"
"""What ends a sentence, before marks that close quotations."""
CLOSING = "”\"'’»›“‘"
PEOPLE = PEOPLE_NOUNS | PERSON_NOUNS | ROLE_NOUNS | VAGUE | {"man", "woman"}
THINGS = ("it", "this", "that", "these", "those", "there", "which")
"""Pronouns that need not mean people."""
CLAUSES = ("ROOT", "conj", "ccomp", "csubj", "advcl")
"""What the verb is whose subject may be the speaker."""
ACTIVE = (SAYING_FORMS | QUOTING_FORMS) - listed_forms("tell ask urge advise remind notify inform assure warn request charge")
"""Verbs of saying whose participle is nobody's description: "Quill, asked why, …" is, "Quill, wrote why, …" is not."""
TELLING_FORMS = SAYING_FORMS | JUDGING_FORMS
FINITE = ("VBD", "VBZ", "VBP")
ADVERB = re.compile(r",?\s+(?:(?:\w+ly|also|even|later|nevertheless|nonetheless|once|still|then|too)\s+)?", re.IGNORECASE)
"""What may stand between a name and its verb."""
PASSIVE = frozenset(("is", "are", "was", "were", "be", "been", "being"))


class Subject(NamedTuple):
    """A subject, where in the text it and its verb begin, and that verb, empty of a passive; ``reacts`` as in ``reactions``."""

    phrase: Span
    start_char: int
    verb: int
    verb_form: str
    reacts: bool


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
        self.text, self.paragraphs, self.mentions, self.quoted = text, paragraphs, mentions, Quoted(quotations)
        self.paragraph_starts = [paragraph.start_char for paragraph in paragraphs]
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
        self.known_names: dict[str, str] = {}  # likewise

    @cached_property
    def writings(self) -> Writings:
        """The letters and statements that the text speaks of."""
        return Writings(self.text, self.paragraphs, self.head)

    def line(self, char: int) -> tuple[int, int]:
        """Return the range of the line that holds a place."""
        index = bisect_right(self.line_starts, char)
        return self.line_starts[index - 1], self.line_starts[index] - 1 if index < len(self.line_starts) else len(self.text)

    def is_read(self, char: int) -> bool:
        """Whether a place belongs to the article: furniture is not parsed."""
        index = bisect_right(self.paragraph_starts, char) - 1
        return index >= 0 and char < self.paragraph_starts[index] + len(self.paragraphs[index].doc.text)

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
        return not before or before[-1] in ENDS or (before[-1] in CLOSING and before[:-1].rstrip(CLOSING)[-1:] in ENDS)

    def called(self, name: str) -> str:
        """Return the one actor whose mentions elsewhere are this name, or end with it."""
        name = f" {name.casefold()}"
        if name not in self.known_names:
            bearers = {m.actor for m in self.mentions if f" {self.text[m.start_char : m.end_char]}".casefold().endswith(name)}
            self.known_names[name] = bearers.pop() if len(bearers) == 1 else UNKNOWN
        return self.known_names[name]

    def labelled(self, label: Span) -> str | None:
        """Return the actor that words before a colon name; ``UNKNOWN`` if they are a phrase that names nobody known, None if none."""
        if actor := self.head(label) or self.called(self.text[label.start_char : label.end_char]):
            return actor
        words = self.words(label)
        return UNKNOWN if words and words[1].root.pos_ in ("NOUN", "PROPN", "PRON") else None

    def sentence_end(self, char: int) -> int:
        """Return where the last sentence ends that begins before a place; the place itself where none does."""
        index = self.sentence_before(char)
        return self.sentences[index][0].end_char if index >= 0 else char

    def first_mention(self, start_char: int, end_char: int) -> Mention | None:
        """Return what mentions an actor first in a range."""
        index = bisect_left(self.starts, start_char)
        return self.mentions[index] if index < len(self.starts) and self.starts[index] < end_char else None

    def head(self, source: Span) -> str:
        """Return the actor that words name, not one whose spokesman, party or house they name: "Quill's deputy" is not Quill."""
        mention = self.head_mention(source)
        return mention.actor if mention else UNKNOWN

    def head_mention(self, source: Span) -> Mention | None:
        """Return the mention of the actor that words name: of their head word or of a name beside it, "its leader, Owen Barrett".

        The parser joins the name to the place in "the mayor of Harwick, Olive Prest".
        """
        words = self.words(source)
        if words is None:
            return None
        paragraph, phrase = words
        root = phrase.root
        beside = [child for child in root.children if child.dep_ == "appos"]
        if root.lower_ in ROLE_NOUNS:
            beside += [one for one in phrase if one.dep_ == "appos" and one.head.head.head == root and not _has_article(one)]
        ends = [root, *beside] if root.pos_ == "PROPN" else [*(child for child in beside if child.pos_ == "PROPN"), root, *beside]
        if root.lower_ in MEMBERS:
            ends += [end for child in root.children if child.lower_ in ("of", "from") for end in child.children if end.dep_ == "pobj"]
        for end in ends:
            if end in phrase and (mention := self._naming(paragraph.start_char + end.idx)):
                return mention
        return None

    def words(self, source: Span | Mention) -> tuple[Paragraph, TokenSpan] | None:
        """Return the paragraph that words stand in and its tokens that they are; None where nothing is parsed."""
        index = bisect_right(self.paragraph_starts, source.start_char) - 1
        if index < 0:
            return None
        paragraph = self.paragraphs[index]
        start_char = paragraph.start_char
        words = paragraph.doc.char_span(source.start_char - start_char, source.end_char - start_char, alignment_mode="expand")
        return (paragraph, words) if words else None

    def _naming(self, char: int) -> Mention | None:
        """Return the mention that holds a place."""
        last = bisect_right(self.starts, char)
        return next((one for one in reversed(self.mentions[max(0, last - 2) : last]) if one.end_char > char), None)

    def before(self, cue: Span) -> str:
        """Return the actor that the words of its sentence before a cue name first; none where it is, or may be, a passive."""
        index = self.sentence_at(cue.start_char)
        if index < 0 or self.sentence_starts[index] == cue.start_char or self.hides(cue):
            return UNKNOWN
        first, last = (bisect_left(self.starts, char) for char in (self.sentence_starts[index], cue.start_char))
        return next((one.actor for one in self.mentions[first:last] if not self.quoted.holds(one.start_char) and self.leads(one)), UNKNOWN)

    def leads(self, mention: Mention) -> bool:
        """Whether a mention is more than what another word has to do with: no owner, no end of a preposition, no object."""
        words = self.words(mention)
        return words is not None and words[1].root.dep_ not in MODIFYING

    def hides(self, cue: Span) -> bool:
        """Whether a cue without a source is, or may be, a passive: "accused of", "was told"."""
        words = self.text[cue.start_char : cue.end_char].lower().split()
        return not PASSIVE.isdisjoint(words) or ACTIVE.isdisjoint(words)

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
            leads = max(one.start_char, one.verb) < quotation.start_char and one.verb_form
            if leads and not self.quoted.holds(one.start_char) and not self.quoted.holds(one.verb):
                if speaker := self.head(one.phrase):
                    return speaker, "subject"
                if author := self.writings.author(one.phrase):
                    return author, "writing"
        return UNKNOWN, "unknown"

    def speaks_between(self, start_char: int, end_char: int, speaker: str) -> bool:
        """Whether the subject of a sentence between two places is somebody else, named or not."""
        first, last = self.sentence_before(start_char) + 1, self.sentence_before(end_char)
        return any(
            self._is_another(one.phrase, speaker)
            for index in range(first, last + 1)
            for one in self.subjects(index)
            if not self.quoted.holds(one.start_char)
        )

    def _is_another(self, phrase: Span, speaker: str) -> bool:
        words = self.words(phrase)
        if words is None or (actor := self.head(phrase)) == speaker:
            return False
        root = words[1].root
        return bool(actor) or root.lower_ in PEOPLE or (root.pos_ == "PRON" and root.lower_ not in THINGS)

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
            return last.actor if self.leads(last) else UNKNOWN
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
                    token.head.dep_ == "ROOT" and reacts(token.head),
                )
                for token in tokens
            ]
        return self.known_subjects[index]


def _has_article(noun: Token) -> bool:
    return any(child.dep_ == "det" for child in noun.children)
