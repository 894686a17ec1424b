"""Who wrote what a text quotes from: "the letter says" are the words of whoever wrote, signed or sent it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from whipcount.reading.attribution_rules import SUBJECTS, subject_of
from whipcount.reading.cues import CUE_FORMS, listed_forms
from whipcount.reading.parsing import Paragraph
from whipcount.reading.roles import listed
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

LETTER = "letter"
KINDS = {
    **dict.fromkeys(
        listed(
            "letter letters email e-mail emails memo memorandum note message messages cable telegram card document page postscript "
            "dispatch reply text"
        ),
        LETTER,
    ),
    **{word: word for word in listed("statement petition motion resolution minutes diary leaflet manifesto pamphlet essay column blog")},
}
"""What can be written and quoted, and the kind that it is of: a memo may be called a page or a message later."""
PARTS = listed("document page postscript reply text")
"""Words for a writing that has been spoken of, or for many other things: they bring in nobody by themselves."""
WRITING_FORMS = listed_forms(
    "write sign send draft pen publish issue dictate compose address submit circulate release leave post table hang pin nail"
)
WRITER = ("author", "writer")
HANDS = ("hand", "handwriting", "writing", "name")
"""Whose they are who wrote it: "a note in her hand"."""
BEGINS = r"reads?|ends|ended|begins|began|starts|started|opens|opened|runs|ran|concludes|concluded"
SAYS = rf"{BEGINS}|says|said|continues|continued|adds|added|goes\s+on|went\s+on|asks|asked|warns|warned|notes|noted"
NOUN = r"(?:the|this|that|his|her|its|their)\s+(?:\w+[\s-]+){0,2}?"
READS = re.compile(
    rf"\W*(?:(?:so|thus)\s+)?(?:it\s+(?P<begins>{BEGINS})\b|it\s+(?:{SAYS})\b|{NOUN}(?P<noun>[\w-]+)\s+(?:{SAYS})\b|(?:{SAYS})\s+{NOUN}(?P<late>[\w-]+))",
    re.IGNORECASE,
)
"""What follows a quotation from a writing: "the letter ends", "it begins", "ran the motion"."""
MAX_BACK = 600
"""Characters within which "it" can be a writing that was spoken of before."""


class _Spoken(NamedTuple):
    """Where a text speaks of a writing.

    ``author`` as far as the words around tell; ``tells`` where they call somebody the author; ``leads`` where it is a subject, which "it"
    means after.
    """

    start_char: int
    kind: str
    author: str
    tells: bool = False
    leads: bool = False


class Writings:
    """The letters, memos and statements that a text speaks of, to be asked for their authors."""

    def __init__(self, text: str, paragraphs: Sequence[Paragraph], actor_of: Callable[[Span], str]) -> None:
        """Look for them.

        Args:
            text: clean text.
            paragraphs: of it.
            actor_of: returns the actor that a phrase names, empty if none.
        """
        self.text = text
        self.found = sorted(_find(paragraphs, actor_of))
        self.starts = [one.start_char for one in self.found]
        self.authors = _authors(self.found)

    def author(self, phrase: Span) -> str:
        """Return who wrote what a phrase names: "the letter", "it" after a letter; empty where it names no writing or nobody wrote it."""
        words = self.text[phrase.start_char : phrase.end_char].lower()
        if words == "it":
            return self._before(phrase.start_char, leading=True)
        first = bisect_right(self.starts, phrase.start_char - 1)
        if first == len(self.starts) or self.starts[first] >= phrase.end_char:
            return ""
        owner = re.search(r"\b(?:of|to|for|about|on|in|with)\b", words)
        if owner and self.starts[first] > phrase.start_char + owner.start():
            return ""  # "the contents of the letter" may be anybody's, "a reply to the letter" is somebody else's
        return self.authors[first]

    def author_after(self, quotation: Span) -> str:
        """Return who wrote what the words after a quotation say that it is from."""
        told = READS.match(self.text, quotation.end_char)
        if told is None:
            return ""
        noun = (told["noun"] or told["late"] or "").lower()
        if not noun:
            return self._before(quotation.start_char, leading=not told["begins"])
        return self.authors[bisect_right(self.starts, told.end()) - 1] if noun in KINDS and self.starts else ""

    def _before(self, char: int, leading: bool) -> str:
        index = bisect_right(self.starts, char) - 1
        if index < 0 or char - self.starts[index] > MAX_BACK or (leading and not self.found[index].leads):
            return ""
        return self.authors[index]


def _authors(found: Sequence[_Spoken]) -> list[str]:
    """Return the author of each writing: as told there, else as told last of its kind, else whom the text calls the author later."""
    last: dict[str, str] = {}
    authors = []
    for one in found:
        last[one.kind] = one.author or last.get(one.kind, "")
        authors.append(last[one.kind])
    later: dict[str, str] = {}
    for index in range(len(found) - 1, -1, -1):
        if found[index].tells and found[index].author:
            later[found[index].kind] = found[index].author
        authors[index] = authors[index] or later.get(found[index].kind, "")
    return authors


def _find(paragraphs: Sequence[Paragraph], actor_of: Callable[[Span], str]) -> Iterator[_Spoken]:
    last = LETTER
    for paragraph in paragraphs:
        for token in paragraph.doc:
            word, start_char = token.lower_, paragraph.start_char + token.idx
            if word in KINDS and token.pos_ in ("NOUN", "PROPN"):
                last = last if word in PARTS else KINDS[word]
                yield _Spoken(start_char, last, _author(paragraph, token, actor_of), leads=token.dep_ in SUBJECTS)
            elif word in WRITER and token.dep_ in SUBJECTS:
                ends = [child for child in token.head.children if child.dep_ == "attr"]
                yield _Spoken(start_char, last, _first(paragraph, ends, actor_of), tells=True)
            elif word in WRITING_FORMS and token.pos_ == "VERB" and any(c.dep_ == "prep" and c.lower_ == "to" for c in token.children):
                if not any(child.dep_ in ("dobj", "nsubjpass", "ccomp") for child in token.children):
                    yield _Spoken(start_char, LETTER, _subject(paragraph, token, actor_of))
            elif word == "it" and token.dep_ == "pobj" and token.head.lower_ == "in" and token.i - token.sent.start <= 1:
                yield _Spoken(start_char, last, _of_verb(paragraph, token.head.head, actor_of))


def _author(paragraph: Paragraph, noun: Token, actor_of: Callable[[Span], str]) -> str:
    owners = [child for child in noun.lefts if child.dep_ == "poss"]
    if owners:
        return actor_of(paragraph.span(owners[0].left_edge.i, owners[0].i + 1))
    same = [child for child in noun.children if child.dep_ == "appos"]
    for child in (child for word in (noun, *same) for child in word.children):
        if child.dep_ == "prep" and child.lower_ in ("from", "by", "of"):
            ends = [end for end in child.children if end.dep_ == "pobj"]
            desks = [end for word in ends for of in word.children if of.lower_ == "of" for end in of.children]
            if author := _first(paragraph, [*ends, *desks], actor_of):
                return author
        elif child.dep_ == "prep" and child.lower_ == "in":
            hands = [of for end in child.children if end.lower_ in HANDS for of in end.lefts if of.dep_ == "poss"]
            if author := _first(paragraph, hands, actor_of):
                return author
        elif child.dep_ in ("relcl", "acl") and not _only_handled(child) and (author := _of_verb(paragraph, child, actor_of)):
            return author
    above = noun.head
    if noun.dep_ == "pobj" and above.lower_ in ("in", "with", "by", "to"):
        verb = above.head  # "said in a statement", "according to a letter"
        if verb.pos_ == "NOUN" and verb.dep_ in ("dobj", "nsubjpass"):
            verb = verb.head  # "hung a wreath on the gate with a card"
        return _of_verb(paragraph, verb.head if verb.lower_ == "according" else verb, actor_of)
    if noun.dep_ in ("dobj", "nsubjpass") and above.lower_ in WRITING_FORMS:
        return _subject(paragraph, above, actor_of)
    return ""


def _only_handled(verb: Token) -> bool:
    """Return whether a verb tells who saw, read or denounced a writing, not who wrote it: "a letter seen by the Gazette"."""
    return verb.lower_ not in WRITING_FORMS and any(child.dep_ == "agent" for child in verb.children)


def _of_verb(paragraph: Paragraph, verb: Token, actor_of: Callable[[Span], str]) -> str:
    return _subject(paragraph, verb, actor_of) if verb.lower_ in WRITING_FORMS | CUE_FORMS else ""


def _subject(paragraph: Paragraph, verb: Token, actor_of: Callable[[Span], str]) -> str:
    subject = subject_of(verb)
    return _first(paragraph, [subject], actor_of) if subject is not None else ""


def _first(paragraph: Paragraph, ends: Sequence[Token], actor_of: Callable[[Span], str]) -> str:
    found = (actor_of(paragraph.span(end.left_edge.i, end.right_edge.i + 1)) for end in ends)
    return next((actor for actor in found if actor), "")
