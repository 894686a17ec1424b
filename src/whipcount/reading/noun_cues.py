"""Nouns that attribute: "her criticism of the vote", "a warning from Quill that the vote was lost"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whipcount.reading.attributions import Attribution
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quoted
from whipcount.reading.ranges import subtree, tells_when, trimmed, words_range
from whipcount.reading.roles import listed
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

WITHIN = re.compile(r"[^.,;:!?\n]{0,80}")
"""What may stand between "that" and a quotation in its clause."""
GIVEN_BY = ("from", "by")
"""Prepositions before whoever gives a warning or makes a claim."""
TRANSITIVE = listed("accusation accusations allegation allegations criticism criticisms denial praise")
"""Nouns that something follows with "of" which they are about."""
POSSESSIVE = re.compile(r"['’]s?\Z")


def of_noun(text: str, paragraph: Paragraph, noun: Token, quoted: Quoted) -> Attribution | None:
    """Return "her criticism of the vote", "her claim that the vote was lost", "a claim by Quill that the vote was lost"."""
    owner = next((child for child in noun.lefts if child.dep_ == "poss" or any(end.dep_ == "case" for end in child.rights)), None)
    if owner is None:
        return _of_giver(text, paragraph, noun, quoted)
    source = _without_possessive(text, subtree(paragraph, owner))
    after = next((child for child in noun.rights if child.dep_ == "prep" and child.i == noun.i + 1), None)
    if after is not None and tells_when(after):
        return None
    if after is not None and after.right_edge.i > after.i:
        cue = paragraph.span(noun.i, after.i + 1)
        return Attribution((cue,), (words_range(text, paragraph, after.i + 1, after.right_edge.i, cue, quoted),), (source,))
    if noun.i + 1 == len(noun.doc) or noun.nbor().lower_ != "that":
        return None
    cue = paragraph.span(noun.i, noun.i + 1)
    clause = next((child for child in noun.rights if child.dep_ in ("acl", "ccomp") and child.left_edge.i == noun.i + 1), None)
    if clause is not None:
        return Attribution((cue,), (words_range(text, paragraph, noun.i + 1, clause.right_edge.i, cue, quoted),), (source,))
    that = paragraph.span(noun.i + 1, noun.i + 2)
    said = quoted.after(that.end_char)  # what the parser loses: a clause with a quotation
    if said and WITHIN.fullmatch(text, that.end_char, said[0].start_char):
        return Attribution((cue,), (Span(that.start_char, said[0].end_char),), (source,))
    return None


def _of_giver(text: str, paragraph: Paragraph, noun: Token, quoted: Quoted) -> Attribution | None:
    """Return "a warning from Quill that the vote was lost", "criticism by Quill of the vote": what follows whose it is."""
    giver = next((end for child in noun.rights if child.lower_ in GIVEN_BY for end in child.children if end.dep_ == "pobj"), None)
    if giver is None:
        return None
    names = [giver, *(child for child in giver.rights if child.dep_ == "appos")]
    rights = [(child, word) for word in (noun, *names) for child in word.rights if child.i > giver.i]
    ends = [child for child, word in rights if child.dep_ == "prep" and (word == noun or _acts_upon(noun, child, word))]
    told = [(child.i, child.i + 1, child.right_edge.i) for child in ends if child.right_edge.i > child.i]
    that = next((word for word in noun.doc[giver.i + 1 : giver.right_edge.i + 3] if word.lower_ == "that"), None)
    if that is not None and that.dep_ == "mark" and that.head.i > that.i:
        told.append((that.i, that.i, that.head.right_edge.i))
    if not told:
        return None
    after, first, last = min(told)
    cue = paragraph.span(noun.i, noun.i + 1)
    source = trimmed(text, paragraph.span(giver.left_edge.i, after))
    return Attribution((cue,), (words_range(text, paragraph, first, last, cue, quoted),), (source,))


def _acts_upon(noun: Token, preposition: Token, name: Token) -> bool:
    """Whether what the parser takes for a part of a name is the object of a noun: "criticism by Quill of the vote"."""
    return preposition.lower_ == "of" and name.pos_ == "PROPN" and noun.lower_ in TRANSITIVE


def _without_possessive(text: str, span: Span) -> Span:
    owned = POSSESSIVE.search(text, span.start_char, span.end_char)
    return Span(span.start_char, owned.start()) if owned and owned.start() > span.start_char else span
