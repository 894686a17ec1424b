"""What a text calls somebody beside a name: the role or the noun of an apposition, a copula or a clause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whipcount.reading.roles import CALENDAR, ROLE_NOUNS, ROLE_VERBS, listed

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NOUN_TAGS = {"NN", "NNS", "NNP", "NNPS"}
MODIFIER_TAGS = NOUN_TAGS | {"JJ", "JJS", "VBN", "VBG"}
LOOSE_WORDS = listed("other own many several such same various certain more most fellow few new whole very")
"""Modifiers that belong to no role: "another former treasurer" is "former treasurer"."""
MAX_ROLE_TOKENS = 12


def role_about(doc: Doc, start: int, end: int, root: Token) -> tuple[str, ...]:
    """Return the role that an apposition or a copula gives to a name."""
    for token in _appositions(start, end, root):
        if role := _role_phrase(doc, token):
            return role
    if root.dep_ == "nsubj" and root.head.text.lower() in ("is", "was", "became", "remains", "becomes"):
        for child in root.head.children:
            if child.dep_ == "attr" and (role := _role_phrase(doc, child)):
                return role
    if end < len(doc) - 2 and doc[end].text == ",":  # "X, leader of the …" where the parser saw no apposition
        position = end + 1
        while position < min(len(doc), end + 7) and doc[position].tag_ in MODIFIER_TAGS | {"DT", "POS", "HYPH", "PRP$"}:
            position += 1
        if position > end + 1 and (role := _role_phrase(doc, doc[position - 1])):
            return role
    return _role_before(doc, start, end)


def _appositions(start: int, end: int, root: Token) -> list[Token]:
    """Return the head words outside a name that stand in apposition to it, or to which it stands so."""
    beside = [*(child for child in root.children if child.dep_ == "appos"), *([root.head] if root.dep_ == "appos" else [])]
    return [token for token in beside if not start <= token.i < end]


def described(doc: Doc, start: int, end: int, root: Token) -> tuple[str, ...]:
    """Return the noun that an apposition gives to a name, or the role of what it does: "who chairs the board"."""
    for token in _appositions(start, end, root):
        if token.tag_ == "NN" and token.text.islower() and token.text not in ROLE_NOUNS and not _listed(token):
            return tuple(one.text.lower() for one in doc[first_modifier(doc, token.i) : token.i + 1])
    verbs = [child for child in root.children if child.dep_ == "relcl"]
    if root.dep_ == "nsubj":
        verbs.append(root.head)
    for verb in verbs:
        subject = next((child for child in verb.children if child.dep_ == "nsubj"), None)
        of_name = subject is not None and (subject == root or subject.text.lower() == "who")
        if of_name and verb.text.lower() in ROLE_VERBS and any(child.dep_ == "dobj" for child in verb.children):
            return (ROLE_VERBS[verb.text.lower()],)
    return ()


def _listed(noun: Token) -> bool:
    """Return whether a noun that looks like an apposition is the next one of a list: "X, his wife and their son"."""
    return any(child.dep_ == "conj" for child in noun.children) and any(child.tag_ == "PRP$" for child in noun.children)


def _role_before(doc: Doc, start: int, end: int) -> tuple[str, ...]:
    """Return the role of "the owner of the club, X, …", where the parser takes the name for the club's."""
    ends = end == len(doc) or doc[end].is_punct or doc[end].pos_ in ("VERB", "AUX")
    if not ends or start < 4 or doc[start - 1].text != ",":
        return ()
    for position in range(start - 2, max(1, start - MAX_ROLE_TOKENS), -1):
        if doc[position].is_punct or doc[position].pos_ in ("VERB", "AUX"):
            return ()
        if doc[position].text.lower() in ("of", "at", "for") and (role := _role_phrase(doc, doc[position - 1])):
            before = position - 1 - len(role)
            return role if before >= 0 and doc[before].text.lower() == "the" else ()
    return ()


def _role_phrase(doc: Doc, head: Token) -> tuple[str, ...]:
    if head.text.lower() not in ROLE_NOUNS or head.tag_ not in NOUN_TAGS:
        return ()
    return tuple(token.text.lower() for token in doc[first_modifier(doc, head.i) : head.i + 1])


def first_modifier(doc: Doc, head: int) -> int:
    """Return where the modifiers of a noun begin: after article, number and words such as "other"."""
    first = head
    while first > 0 and (doc[first - 1].tag_ in MODIFIER_TAGS or doc[first - 1].tag_ == "HYPH"):
        if doc[first - 1].text.lower() in LOOSE_WORDS or doc[first - 1].text.lower() in CALENDAR:
            break
        first -= 1
    while first < head and doc[first].tag_ == "HYPH":
        first += 1
    return first
