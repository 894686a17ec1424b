"""Words that a text says nobody said: "never called it “a farce”", "denied calling it “a farce”"."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from whipcount.reading.cues import JUDGING_FORMS, QUOTING_FORMS, SAYING_FORMS, listed_forms

if TYPE_CHECKING:
    from spacy.tokens import Token

UTTERING_FORMS = SAYING_FORMS | JUDGING_FORMS | QUOTING_FORMS
"""Verbs whose words are somebody's if they are not denied; who does not think something may say so."""
DENYING_FORMS = listed_forms("deny decline refuse fail")
"""Verbs whose clause tells what somebody did not say."""
TOLD_AFTER = ("as", "of")
"""Prepositions that what is said follows, "accuse them of", "describe it as", not what it is about: "comment on"."""
MERELY = ("only", "just", "merely", "simply")


def denied(verb: Token) -> bool:
    """Whether a verb of saying is negated, or what somebody denies, declines or fails to do."""
    if verb.lower_ not in UTTERING_FORMS:
        return False
    negated = any(child.dep_ == "neg" and child.nbor().lower_ not in MERELY for child in verb.lefts)
    return negated or (verb.dep_ in ("xcomp", "ccomp") and verb.i > verb.head.i and verb.head.lower_ in DENYING_FORMS)


def in_denial(word: Token) -> bool:
    """Whether the nearest verb of saying that a word depends on, and stands after in the same clause, is denied."""
    for token in itertools.chain((word,), word.ancestors):
        if token.i < word.i and token.lower_ in UTTERING_FORMS:
            return denied(token) and all(between.text != ":" for between in word.doc[token.i : word.i])
        if (token.dep_ == "prep" and token.lower_ not in TOLD_AFTER) or (token.dep_ == "conj" and token.pos_ in ("VERB", "AUX")):
            return False
    return False
