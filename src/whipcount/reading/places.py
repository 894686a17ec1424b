"""Where words stand in the grammar of a parsed text: what telling antecedents apart takes of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from whipcount.reading.parsing import Paragraph
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

ROLES = {
    "nsubj": "subject", "nsubjpass": "subject", "csubj": "subject", "dobj": "object", "iobj": "object", "dative": "object",
    "pobj": "after preposition", "agent": "after preposition", "poss": "owner", "attr": "attribute", "compound": "compound",
}  # fmt: skip
MAX_CLIMB = 12
ARGUMENTS = {"to", "by", "for", "of", "from", "against", "at", "on"}
"""Prepositions after which "him" is not the verb's subject: "waited for him", but "took the keys with him"."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name or pronoun stands.

    Attributes:
        first, after: its words ``first:after``, counted over the whole text.
        sentence: index of its sentence.
        role: ``subject``, ``object``, ``after preposition``, ``owner``, ``attribute``, ``compound`` or ``other``; of a conjunct or
            apposition that of what it is joined to.
        head: the word that stands for it.
        above: what this word depends on, directly or not; the root on itself.
        verb: the verb that it goes with.
        verbs_above: likewise what that verb depends on.
        opens: whether its sentence begins with it.
        same: words that stand for the same one there: its head, those in apposition, in "Quill is treasurer" both.
        acted_by: of an object the verb whose subject acts upon it, in "stood up and thanked him" the first; else -1.
    """

    first: int
    after: int
    sentence: int
    role: str
    head: int
    above: tuple[int, ...]
    verb: int
    verbs_above: tuple[int, ...]
    opens: bool
    same: tuple[int, ...]
    acted_by: int


class Grammar:
    """The words of a text, to be found by the characters that they stand at."""

    def __init__(self, paragraphs: Sequence[Paragraph], sentences: Sequence[Span]) -> None:
        self.tokens = [(paragraph.start_char + token.idx, token) for paragraph in paragraphs for token in paragraph.doc]
        self.starts = [start for start, _ in self.tokens]
        self.sentence_starts = [span.start_char for span in sentences]
        self.offsets: list[int] = []
        for paragraph in paragraphs:
            self.offsets += [len(self.offsets)] * len(paragraph.doc)

    def place(self, start_char: int, end_char: int) -> Place:
        """Return where the words of a range stand; the text has at least one word."""
        first = max(0, bisect_right(self.starts, start_char) - 1)
        after = max(first + 1, bisect_right(self.starts, end_char - 1))
        words = [token for _, token in self.tokens[first:after]]
        inside = {token.i for token in words}
        head = next((token for token in words if token.head == token or token.head.i not in inside), words[-1])
        verb = _verb(head)
        offset = self.offsets[first]
        sentence = self.sentence(first)
        return Place(
            first=first,
            after=after,
            sentence=sentence,
            role=_role(head),
            head=offset + head.i,
            above=tuple(offset + i for i in _above(head)),
            verb=offset + verb.i,
            verbs_above=tuple(offset + i for i in _above(verb)),
            opens=not first or self.sentence(first - 1) != sentence,
            same=tuple(offset + i for i in _same(head)),
            acted_by=-1 if (acting := _acting(head, verb)) is None else offset + acting.i,
        )

    def sentence(self, word: int) -> int:
        """Return the index of the sentence that a word belongs to."""
        return bisect_right(self.sentence_starts, self.starts[word]) - 1


def _role(token: Token) -> str:
    if token.tag_ == "PRP$":
        return "owner"
    for _ in range(MAX_CLIMB):
        if token.dep_ not in ("conj", "appos") or token.head == token:
            break
        token = token.head
    return ROLES.get(token.dep_, "other")


def _above(token: Token) -> list[int]:
    found: list[int] = []
    if token.head == token:
        return [token.i]
    while token.head != token and len(found) < MAX_CLIMB:
        token = token.head
        found.append(token.i)
    return found


def _verb(token: Token) -> Token:
    for _ in range(MAX_CLIMB):
        if token.head == token:
            break
        token = token.head
        if token.pos_ in ("VERB", "AUX"):
            break
    return token


def _same(token: Token) -> list[int]:
    """Return a word, those that it is in apposition to or that are to it, and the other of a copula's two."""
    found = [token]
    while found[-1].dep_ == "appos" and len(found) < MAX_CLIMB:
        found.append(found[-1].head)
    first = found[-1]
    if first.dep_ in ("nsubj", "attr") and first.head.lemma_ in ("be", "become", "remain"):
        found += [child for child in first.head.children if child.dep_ in ("nsubj", "attr") and child != first]
    found += [child for word in found for child in word.children if child.dep_ == "appos" and child not in found]
    return [word.i for word in found]


def _acting(token: Token, verb: Token) -> Token | None:
    """Return the verb whose subject acts upon an object; None for what is no object, or where nobody can tell."""
    if token.dep_ == "pobj" and (token.head.text.lower() in ARGUMENTS or token.head.dep_ == "dative"):
        token = token.head
    elif token.dep_ not in ("dobj", "dative", "iobj"):
        return None
    if token.head != verb:
        return None
    while verb.dep_ in ("conj", "xcomp") and not _has(verb, "nsubj", "nsubjpass", "csubj"):
        if verb.dep_ == "xcomp" and _has(verb.head, "dobj"):
            return None  # "asked her to thank him": who thanks is the object
        verb = verb.head
    return verb


def _has(verb: Token, *roles: str) -> bool:
    return any(child.dep_ in roles for child in verb.children)
