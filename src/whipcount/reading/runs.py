"""Find runs of capitals in a parsed text, and where a role ends in one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from whipcount.reading.names import SURNAME_PARTICLES
from whipcount.reading.roles import BODY_WORDS, CALENDAR, PEOPLE_NOUNS, ROLE_NOUNS, ROLE_PARTS, SURNAME_ROLES, TITLES

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ENTITIES = {"PERSON", "ORG", "NORP", "GPE", "FAC", "LOC", "WORK_OF_ART", "EVENT", "PRODUCT", "LAW"}
CAPITAL_TAGS = {"NNP", "NNPS", "NN", "NNS", "JJ", "JJR", "VBG", "VBN", "VBD", "VB", "VBP", "RB", "CD", "FW", "UH", "NFP", "ADD", "XX"}
INNER = {"of", "for", "and", "the", "on", "in", "to", "&", "-", "–", "/", "'s", "’s", "'", "’"}
GENERALS = {"attorney", "solicitor", "inspector", "surgeon", "secretary", "director", "governor"}
PARTIES = {"republicans", "democrats", "tories", "conservatives", "liberals", "greens"}
"""Plurals whose body is no part of their name: "the Republicans' Senate"."""
PRONOUNS = {"He", "She", "We", "They", "It", "You", "Them", "Us", "Him", "Her", "My", "Our", "Your", "Their", "His", "Its", "Me", "Who"}
PRONOUNS |= {"Nobody", "Somebody", "Everybody", "Everyone", "Anybody", "None", "Nothing", "Never", "Yes", "Maybe"}
"""Pronouns, and what answers alone, with a capital; "US" and "IT" are names."""
STATE_ROLES = {"secretary", "chief", "minister", "director"}


def capital_runs(doc: Doc) -> Iterator[tuple[int, int]]:
    """Yield token ranges that begin and end with a capital and hold nothing else but what joins names."""
    end = 0
    for token in doc:
        start = token.i
        if start < end or not is_capital(token):
            continue
        end = start + 1
        while end < len(doc):
            if is_capital(doc[end]) and not _begins_anew(doc, end):
                end += 1
                continue
            after = _after_joint(doc, start, end)
            if after is None:
                break
            end = after
        if doc[start:end].text != "I.":  # as the tokenizer leaves the last word of "so am I."
            yield start, end


def _begins_anew(doc: Doc, position: int) -> bool:
    """Whether a new name begins here, right after another."""
    here, before = doc[position], doc[position - 1]
    if here.ent_iob_ != "B" or before.ent_iob_ == "O":
        return False
    return before.text.lower() not in TITLES and here.ent_type_ != before.ent_type_ and here.text.lower() not in PEOPLE_NOUNS


def _after_joint(doc: Doc, start: int, end: int) -> int | None:
    """Return the position after a capital that goes on with the run across a joint ("of the", "-"), or None."""
    stop = end
    while stop < len(doc) and stop - end < 3 and (doc[stop].text in INNER or doc[stop].text.lower() in SURNAME_PARTICLES):
        stop += 1
    if stop == end or stop >= len(doc) or not is_capital(doc[stop]):
        return None
    joint = [token.text for token in doc[end:stop]]
    close = not doc[end - 1].whitespace_ and not doc[stop - 1].whitespace_
    if joint[0] in ("-", "–", "/"):
        return stop + 1 if len(joint) == 1 and close else None
    if all(word in SURNAME_PARTICLES for word in joint):
        return stop + 1
    covered = all(token.ent_iob_ == "I" for token in doc[end : stop + 1]) and doc[end - 1].ent_type_ not in ("PERSON", "")
    head = doc[end - 1].text.lower()
    if joint[0] in ("'s", "’s", "'", "’"):
        plural = head.endswith("s") if joint[0] in ("'", "’") else head.endswith("men")
        named = plural and doc[stop].text.lower() in BODY_WORDS and head not in PARTIES
        return stop + 1 if len(joint) == 1 and (named or covered) and doc[end - 1].tag_ in ("NNPS", "NNS", "NNP") else None
    if joint == ["&"] or covered:
        return stop + 1
    if joint[0] in ("of", "for") and len(joint) <= 2 and (head in BODY_WORDS or head in ("centers", "centre", "office", "ministry")):
        return stop + 1
    return None


def is_capital(token: Token) -> bool:
    """Whether a word has a capital because it is part of a name, not because a sentence begins."""
    text = token.text
    if not text[0].isupper() or text.lower() in CALENDAR or text in PRONOUNS:
        return False
    if token.tag_ in ("NNP", "NNPS") or (token.ent_type_ in ENTITIES and token.tag_ in CAPITAL_TAGS):
        return not (opens(token) and token.ent_type_ == "" and text.lower() in PEOPLE_NOUNS)
    return token.tag_ in ("JJ", "NN", "NNS", "VBG", "VBN") and not opens(token) and len(text) > 1


def opens(token: Token) -> bool:
    """Whether a word begins a sentence or a quotation."""
    return bool(token.is_sent_start) or token.i == 0 or token.nbor(-1).text in ('"', "“", "‘", "'", ":", "—", "-")


def role_end(doc: Doc, start: int, end: int) -> int:
    """Return where the last role of a run ends, or ``start`` if there is none."""
    for position in range(end - 1, start - 1, -1):
        word = doc[position].text.lower()
        if word not in TITLES and word not in ROLE_NOUNS:
            continue
        before = doc[position - 1].text.lower() if position > start else ""
        after = [token.text.lower() for token in doc[position + 1 : end]]
        if not after and before:
            alone = before not in ROLE_PARTS | ROLE_NOUNS | TITLES
            if before in INNER or (word in SURNAME_ROLES and alone and (doc[position].ent_type_ == "PERSON" or before.endswith("."))):
                continue  # "Department of Justice", "Steve King"
            if word not in ROLE_NOUNS and not (word == "general" and before in GENERALS):
                continue
        if after[:1] == ["of"] and word in STATE_ROLES and len(after) > 1:
            return min(end, position + 3)
        if after and (after[0] in INNER - {"-"} or all(one in BODY_WORDS for one in after)):
            continue  # "Justice for All", "Justice Department"
        if word == "general" and before and before not in GENERALS:
            continue
        return position + 1
    return start
