"""Pronouns that mean somebody who spoke without a name: "An aide said so. “It is late,” she added."."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import TYPE_CHECKING

from whipcount.reading.parsing import Paragraph
from whipcount.reading.pronoun_words import HE, SHE
from whipcount.reading.roles import SPEECH_VERBS

if TYPE_CHECKING:
    from spacy.tokens import Token

STRANGERS = {"spokesman": HE, "spokeswoman": SHE, **dict.fromkeys(("spokesperson", "source", "aide"), HE | SHE)}
"""Nouns of those who speak for others, or of others, without a name, with the pronouns that may mean them."""
ARTICLES = ("a", "an", "one", "another")
MAX_AFTER = 2
"""Sentences within which such a pronoun follows."""


def of_strangers(paragraphs: Sequence[Paragraph], named: Container[int]) -> set[int]:
    """Return where "he" or "she" says something that somebody without a name did who has spoken last: nobody's in the roster.

    Args:
        paragraphs: of a text.
        named: the characters at which actors are named.
    """
    found = set()
    for paragraph in paragraphs:
        words: Container[str] = ()
        last = 0
        for number, sentence in enumerate(paragraph.doc.sents):
            for token in sentence:
                if token.dep_ not in ("nsubj", "nsubjpass"):
                    continue
                char = paragraph.start_char + token.idx
                speaks = token.head.lower_ in SPEECH_VERBS and token.dep_ == "nsubj"
                if token.lower_ in HE | SHE and token.lower_ in words and speaks and 0 < number - last <= MAX_AFTER and not _below(token):
                    found.add(char)
                    last = number
                elif speaks and _is_stranger(token):
                    words, last = STRANGERS[token.lower_], number
                elif (char in named or token.lower_ in HE | SHE) and not _below(token):
                    words = ()
    return found


def _is_stranger(noun: Token) -> bool:
    has_article = any(child.dep_ == "det" and child.lower_ in ARTICLES for child in noun.children)
    return noun.lower_ in STRANGERS and has_article and all(child.dep_ != "appos" for child in noun.children)


def _below(subject: Token) -> bool:
    """Whether the clause of a subject is a part of another one."""
    return subject.head.dep_ not in ("ROOT", "conj", "parataxis")
