"""What a mention does in its clause: whether it is the subject, whether it speaks, whether it is judged."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from whipcount.reading.parsing import Paragraph
from whipcount.reading.roles import SPEECH_VERBS
from whipcount.schema import Mention

if TYPE_CHECKING:
    from spacy.tokens import Token

REGARDS = {
    "support", "backing", "criticism", "opposition", "praise", "endorsement", "anger", "confidence", "trust", "pressure", "help", "ire",
    "approval", "loyalty", "consent", "blessing", "attacks", "attack", "complaints", "objections", "protests", "demands", "wrath",
}  # fmt: skip
"""Nouns for what somebody gives or draws: "the support of the members"."""
SPOKESPEOPLE = {"spokesman", "spokeswoman", "spokesperson"}
TELLING = {"told", "tells", "tell", "telling", "asked", "asks", "ask"}
"""Verbs of saying whose object only listens."""


def find_roles(paragraphs: Sequence[Paragraph], mentions: Iterable[Mention]) -> dict[tuple[int, int], tuple[bool, bool]]:
    """Return for the range of each mention whether it is the subject of a clause, and whether of a verb of saying."""
    starts = [paragraph.start_char for paragraph in paragraphs]
    roles = {}
    for mention in mentions:
        index = bisect_right(starts, mention.start_char) - 1
        if index < 0:
            continue
        start_char, doc = starts[index], paragraphs[index].doc
        words = doc.char_span(mention.start_char - start_char, mention.end_char - start_char, alignment_mode="expand")
        if words:
            roles[mention.start_char, mention.end_char] = clause_role(first_joined(words.root))
    return roles


def first_joined(root: Token) -> Token:
    """Return the first of the words that "and" joins a word to."""
    while root.dep_ == "conj" and root.head.i != root.i:
        root = root.head
    return root


def clause_role(head: Token) -> tuple[bool, bool]:
    """Return whether a word is the subject of a clause, and whether of a verb of saying, be it through a spokesman."""
    if head.dep_ == "pobj" and head.head.text in ("for", "of") and head.head.head.text.lower() in SPOKESPEOPLE:
        return False, clause_role(head.head.head)[1]
    return head.dep_ in ("nsubj", "nsubjpass"), head.dep_ == "nsubj" and head.head.text.lower() in SPEECH_VERBS


def judged(head: Token) -> bool:
    """Return whether a word is the object of a verb of saying or of what somebody gives: who is blamed or praised, not who is told."""
    if head.dep_ in ("dobj", "nsubjpass"):
        return head.head.text.lower() in SPEECH_VERBS - TELLING
    return head.dep_ == "pobj" and head.head.head.text.lower() in REGARDS
