"""Who says a quotation right after it: "“Enough,” groaned the mayor", whatever the verb and whatever the parser makes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from whipcount.reading.cues import CUE_FORMS, QUOTING_FORMS, SAYING_FORMS, listed_forms
from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import Quoted
from whipcount.schema import Span

if TYPE_CHECKING:
    from spacy.tokens import Token

FINITE = ("VBD", "VBZ", "VBP", "VBN")
"""The tags of verbs that may say who speaks; the tagger takes some of them for participles."""
SPEECHLESS = listed_forms("come run read start end open")
"""What a voice or a letter does right after its words: whose they are is told further on."""
CHIMING = listed_forms("chime chip weigh")
"""Verbs with which "in" is no place."""
NOUNS = ("NOUN", "PROPN", "PRON")
OBJECTIVE = ("him", "her", "them", "us", "me")
UNFINISHED = re.compile(r"[,?!…–—-]\W?\W?\Z")
"""How a quotation ends that its cue follows in the same sentence."""
COMMA = re.compile(r",\W?\W?\Z")
AFTER = re.compile(r",?[^\S\n]*[–—-]?[^\S\n]*")
"""What may part a quotation from who says it, or from the verb."""
NEXT_WORD = re.compile(r"[^\S\n]*(?P<word>\w+)")
SENTENCE_BEGINS = re.compile(r"(?:\A|[\n.!?…:–—\"”’»›“‘])[^\S\n]*\Z")
"""What stands before a sentence that is quoted."""


def tags(text: str, paragraph: Paragraph, verb: Token, quoted: Quoted) -> bool:
    """Whether a verb, any verb, tells who says the sentence that is quoted right before it or its subject."""
    if verb.pos_ != "VERB" or verb.tag_ not in FINITE or verb.lower_ in SPEECHLESS:
        return False
    if late_subject(text, paragraph, verb, quoted) is not None:
        return True
    subject = next((child for child in verb.lefts if child.dep_ == "nsubj"), None)
    if subject is None or subject.lower_ == "it" or subject.right_edge.i + 1 != verb.i:
        return False
    return _follows(text, paragraph.start_char + verb.doc[subject.left_edge.i].idx, quoted, COMMA)


def late_subject(text: str, paragraph: Paragraph, verb: Token, quoted: Quoted) -> Token | None:
    """Return who stands right after a verb right after a quoted sentence, whatever the parser takes them for."""
    if not _follows(text, paragraph.start_char + verb.idx, quoted, UNFINISHED):
        return None
    doc, first = verb.doc, verb.i + 1
    while first < len(doc) and (doc[first].dep_ == "prt" or (verb.lower_ in CHIMING and doc[first].lower_ == "in")):
        first += 1
    if first == len(doc):
        return None
    end = _leading(doc[first])
    elsewhere = end.dep_ == "npadvmod" or (end.dep_ == "nsubj" and end.head != verb)
    named = end.left_edge.i == first and end.pos_ in NOUNS and end.lower_ not in OBJECTIVE
    return end if named and not elsewhere else None


def _follows(text: str, char: int, quoted: Quoted, ends: re.Pattern[str]) -> bool:
    """Whether a place is right after a quotation that begins a sentence and ends so, or has a comma after it."""
    before = quoted.before(char)
    if not before or not AFTER.fullmatch(text, before[-1].end_char, char):
        return False
    return _begins_sentence(text, before[0]) and goes_on(text, before, ends)


def _begins_sentence(text: str, piece: Span) -> bool:
    return SENTENCE_BEGINS.search(text, max(0, piece.start_char - 20), piece.start_char) is not None


def goes_on(text: str, pieces: Sequence[Span], ends: re.Pattern[str]) -> bool:
    """Whether the sentence of a quotation goes on after its last piece: it ends so, or a comma follows and the sentence is its own."""
    last = pieces[-1]
    comma = text.startswith(",", last.end_char) and _begins_sentence(text, pieces[0])
    return comma or ends.search(text[last.start_char : last.end_char]) is not None


def has_own(text: str, paragraph: Paragraph, pieces: Sequence[Span], quoted: Quoted) -> bool:
    """Whether a quotation has a cue of its own after it."""
    if goes_on(text, pieces, COMMA):
        return True
    word = NEXT_WORD.match(text, pieces[-1].end_char)
    if word is None:
        return False
    first, end = word.start("word") - paragraph.start_char, word.end("word") - paragraph.start_char
    found = paragraph.doc.char_span(first, end, alignment_mode="expand")
    if not found:
        return False
    if found[0].lower_ in CUE_FORMS:
        return late_subject(text, paragraph, found[0], quoted) is not None
    subject = _leading(found[0])
    speaks = subject.dep_ == "nsubj" and subject.head.lower_ in SAYING_FORMS | QUOTING_FORMS
    return speaks and goes_on(text, pieces, UNFINISHED)


def _leading(first: Token) -> Token:
    """Return the head of the longest noun phrase that begins with a word."""
    noun = first
    while noun.head != noun and noun.head.left_edge.i == first.i and noun.head.pos_ in NOUNS:
        noun = noun.head
    return noun
