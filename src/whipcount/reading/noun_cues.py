"""Nouns that attribute: "her criticism of the vote", "a warning from Quill that the vote was lost"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from whipcount.reading.attributions import Attribution
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quoted
from whipcount.reading.ranges import subtree, words_range
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

WITHIN = re.compile(r"[^.,;:!?\n]{0,80}")
"""What may stand between "that" and a quotation in its clause."""
POSSESSIVE = re.compile(r"['’]s?\Z")


def of_noun(text: str, paragraph: Paragraph, noun: Token, quoted: Quoted) -> Attribution | None:
    """Return "her criticism of the vote", "her claim that the vote was lost"."""
    owner = next((child for child in noun.lefts if child.dep_ == "poss" or any(end.dep_ == "case" for end in child.rights)), None)
    if owner is None:
        return None
    source = _without_possessive(text, subtree(paragraph, owner))
    after = next((child for child in noun.rights if child.dep_ == "prep" and child.i == noun.i + 1), None)
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


def _without_possessive(text: str, span: Span) -> Span:
    owned = POSSESSIVE.search(text, span.start_char, span.end_char)
    return Span(span.start_char, owned.start()) if owned and owned.start() > span.start_char else span
