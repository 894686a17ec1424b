"""Spot what may name an actor in parsed text: names, roles, groups and bodies, each with what stands around it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from whipcount.reading.clauses import REGARDS, clause_role, first_joined, judged
from whipcount.reading.descriptions import MODIFIER_TAGS, NOUN_TAGS, described, first_modifier, role_about
from whipcount.reading.labels import find_names
from whipcount.reading.parsing import Paragraph
from whipcount.reading.roles import (
    COLLECTIVES,
    PEOPLE_NOUNS,
    PERSON_NOUNS,
    ROLE_NOUNS,
    ROLE_PARTS,
    SPEECH_VERBS,
    TITLES,
)
from whipcount.reading.runs import ENTITIES, INNER, capital_runs, is_capital, opens, role_end

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

NAME, ROLE, GROUP, BODY = "name", "role", "group", "body"
DATELINE = re.compile(
    r"""(?:[^\W\d_a-z][^\Wa-z\d_]+(?:(?:[ .'’-]+[^\W\d_a-z]+)+\.?)?   # a place in capitals
        (?:,\s\w+\.?(?:\s\w+\.?)?)?(?:,\s\w+\.?\s\d\d?)?          # its state or country, a date
        (?:\s\([^)]{1,40}\))?                                      # an agency
        |[^\W\d_a-z]\w+(?:\s\w+)?\s\((?:AP|AFP|Reuters|UPI|CNN|dpa|Bloomberg)\))
        \s?(?:—|–|--|-)\s?(?=[^\W\d_a-z]|[“"'‘])""",
    re.VERBOSE,
)
"""Where a report was written, before its first sentence: "BRISTOL, England (AP) — "."""
OPENING_LINES = 4
"""Lines in which it may stand: after headline, subhead and byline."""
LONE_BODIES = COLLECTIVES - {"house", "senate", "congress", "parliament", "cabinet", "left", "right", "public", "front"}
PLACE_PREPOSITIONS = {"in", "at", "near", "outside", "inside", "across", "around", "through", "throughout", "into", "toward", "towards"}


@dataclass(frozen=True, slots=True)
class Spotted:
    """Words of the text that may refer to an actor.

    Attributes:
        start_char, end_char: in the text, without title, article and possessive.
        words: the words themselves.
        sort: ``name``, ``role``, ``group`` or ``body``.
        label: spaCy's entity label, or empty.
        title: a role or title that stands right before a name, in small letters.
        role: a role that the text gives the name in other words ("X, the treasurer"), in small letters.
        described: what else an apposition or a clause calls the name, in small letters: "X, an auditor", "X, who chairs the board".
        definite: whether "the" or a possessive stands before.
        the: whether it is a role after "the" or in capitals that is not said of a name right before ("X, the treasurer").
        owned: whether it is a role of somebody or something, "its treasurer", that is not said of a name right before or after.
        place: whether it stands where a place would: "in X".
        acts: whether it is the subject of a verb, owner or object: what a place seldom is.
        speaks: whether it is the subject of a verb of saying, or its spokesman is.
        subject: whether it is the subject of a clause.
        judged: whether it is the object of a verb of saying: who is blamed or praised, not who is told.
        modifies: whether it only goes with a noun or name: "the White House counsel".
        opening: whether its sentence begins with it.
        sentence: number of its sentence, as spaCy sees them.
        speaks_next: whether it stands at the start of its line before a colon, as who speaks does in an interview.
        talks: whether it does so in a conversation; see ``labels.find_names``.
        short_of: a name in front of "(ABC)", if this is the ABC.
        owner: the name that a body is said to belong to, with its mark: ("Lee", "'s") of the office in "Lee's office".
    """

    start_char: int
    end_char: int
    words: tuple[str, ...]
    sort: str
    label: str = ""
    title: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    described: tuple[str, ...] = ()
    definite: bool = False
    the: bool = False
    owned: bool = False
    place: bool = False
    acts: bool = False
    speaks: bool = False
    subject: bool = False
    judged: bool = False
    modifies: bool = False
    opening: bool = False
    sentence: int = 0
    speaks_next: bool = False
    talks: bool = False
    short_of: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()

    @property
    def form(self) -> str:
        """The words with one space between two of them."""
        return join(self.words)


def join(words: Sequence[str]) -> str:
    """Return words as one string; hyphens and possessives stand close."""
    text = " ".join(words)
    for mark in ("-", "–", "/"):
        text = text.replace(f" {mark} ", mark)
    for mark in ("'s", "’s", "'", "’"):
        text = text.replace(f" {mark} ", f"{mark} ")
    return text


def spot(paragraphs: Sequence[Paragraph]) -> Iterator[Spotted]:
    """Yield what may refer to an actor, in the order of the text and without overlap.

    Beside the listed roles those nouns are roles by which the text itself describes a name somewhere.
    """
    runs = []
    labels = find_names([paragraph.doc.text for paragraph in paragraphs])
    for number, paragraph in enumerate(paragraphs):
        taken = [False] * len(paragraph.doc)
        dateline = DATELINE.match(paragraph.doc.text) if number < OPENING_LINES else None
        first = dateline.end() if dateline else 0
        capitals = [(start, end) for start, end in capital_runs(paragraph.doc) if paragraph.doc[start].idx >= first]
        named = labels.get(number)
        if label := paragraph.doc.char_span(named.start_char, named.end_char) if named else None:
            begins = max((token.i + 1 for token in label[:-1] if token.text == "."), default=label.start)  # after the stop of "SEN."
            capitals = [(begins, label.end), *((start, end) for start, end in capitals if start >= label.end)]
        names = [one for start, end in capitals for one in _split_run(paragraph, start, end, taken)]
        if label:
            names = [replace(one, talks=one.sort == NAME and one.end_char == paragraph.start_char + label.end_char) for one in names]
        runs.append((paragraph, taken, names))
    nouns = ROLE_NOUNS | {one.described[-1] for _, _, names in runs for one in names if one.described}
    n_sentences = 0
    for paragraph, taken, found in runs:
        wider = [*_common(paragraph, taken, nouns)]
        found = [one for one in found if not any(w.start_char <= one.start_char and one.end_char <= w.end_char for w in wider)]
        starts = [paragraph.start_char + sentence.start_char for sentence in paragraph.doc.sents]
        for one in sorted((*found, *wider), key=lambda one: one.start_char):
            yield replace(one, sentence=n_sentences + bisect_right(starts, one.start_char))
        n_sentences += len(starts)


def _split_run(paragraph: Paragraph, start: int, end: int, taken: list[bool]) -> list[Spotted]:
    """Cut a run at the roles in it: "House Speaker Ann Lee" is a body, a role and a name."""
    doc = paragraph.doc
    if doc[end - 1].text.lower() in PEOPLE_NOUNS and doc[end - 1].tag_ in ("NNS", "NNPS", "NNP") and doc[end - 1].ent_type_ != "PERSON":
        taken[start:end] = [True] * (end - start)
        return [_spotted(paragraph, start, end, GROUP)]
    if end - start == 1 and doc[start].text.lower() in LONE_BODIES:
        taken[start] = True
        return [_spotted(paragraph, start, end, BODY)]
    cut = role_end(doc, start, end)
    if cut == start and end - start > 2 and doc[start].text.lower() in PERSON_NOUNS:
        cut = start + 1
    first = cut
    while first > start and (doc[first - 1].text.lower() in ROLE_NOUNS | ROLE_PARTS | TITLES | PERSON_NOUNS or doc[first - 1].text == "-"):
        first -= 1
    found = []
    if cut == end and cut > start:  # a role and no name: "the Deputy Leader", "the Labour Leader"
        following = doc[end] if end < len(doc) else None
        if following is None or not (is_capital(following)):
            while start and doc[start - 1].text.lower() in ROLE_PARTS:
                start -= 1
            taken[start:end] = [True] * (end - start)
            return [_spotted(paragraph, start, end, ROLE)]
    if start < first:
        found.append(replace(_spotted(paragraph, start, first, NAME), modifies=True))
        taken[start:first] = [True] * (first - start)
    if cut < end:
        found.append(_spotted(paragraph, cut, end, NAME))
        taken[cut:end] = [True] * (end - cut)
    return found


def _spotted(paragraph: Paragraph, start: int, end: int, sort: str) -> Spotted:
    doc = paragraph.doc
    if sort == NAME and end - start > 1 and doc[end - 1].text in ("'s", "’s", "'", "’"):
        end -= 1
    tokens = doc[start:end]
    root = tokens.root
    span = paragraph.span(start, end)
    before = doc[start - 1].text.lower() if start else ""
    labels = [token.ent_type_ for token in tokens if token.ent_type_ in ENTITIES]
    head = first_joined(root)
    subject, speaks = clause_role(head)
    preposition = head.head.text.lower() if head.dep_ == "pobj" else ""
    return Spotted(
        span.start_char,
        span.end_char,
        tuple(token.text for token in tokens),
        sort,
        label=max(labels, key=labels.count) if labels else "",
        title=_title_before(doc, start) if sort == NAME else (),
        role=role_about(doc, start, end, root) if sort == NAME else (),
        described=described(doc, start, end, root) if sort == NAME else (),
        definite=before in ("the", "its", "their", "his", "her", "our") or (start > 0 and doc[start - 1].tag_ == "POS"),
        the=(before == "the" or (sort == ROLE and root.tag_ == "NNP")) and not _after_name(doc, start),
        owned=sort == ROLE and _owned(doc, start, end, root),
        place=preposition in PLACE_PREPOSITIONS or before in PLACE_PREPOSITIONS,
        acts=head.dep_ in ("nsubj", "nsubjpass", "dobj", "poss", "dative") or preposition in ("by", "with", "against", "for", "on"),
        speaks=speaks,
        subject=subject,
        judged=judged(head),
        modifies=root.dep_ in ("compound", "nmod", "amod"),
        opening=bool(start == 0 or doc[start].is_sent_start or (doc[start - 1].is_sent_start and before == "the")),
        speaks_next=start == 0 and doc[end : end + 1].text.startswith(":"),
        short_of=_before_bracket(doc, start, end) if sort == NAME else (),
    )


def _after_name(doc: Doc, start: int) -> bool:
    """Whether a comma and a capital stand before "the": "X, the treasurer"."""
    position = start - 1 if start and doc[start - 1].text.lower() == "the" else start
    return position > 1 and doc[position - 1].text == "," and doc[position - 2].tag_ in ("NNP", "NNPS")


def _owned(doc: Doc, start: int, end: int, root: Token) -> bool:
    possessive = start > 0 and doc[start - 1].tag_ in ("PRP$", "POS")
    after_name = root.dep_ == "appos" or (start > 1 and doc[start - 2].text == ",")
    before_name = end + 1 < len(doc) and doc[end].text == "," and is_capital(doc[end + 1])
    return possessive and not after_name and not before_name and all(child.dep_ != "appos" for child in root.children)


def _before_bracket(doc: Doc, start: int, end: int) -> tuple[str, ...]:
    """Return the name that a short form in brackets belongs to: "the Ferry Users Group (FUG)"."""
    if start < 2 or end >= len(doc) or doc[start - 1].text != "(" or doc[end].text != ")" or end - start > 2:
        return ()
    stop = first = start - 1
    while first > 0 and (doc[first - 1].text[0].isupper() or doc[first - 1].text in INNER) and doc[first - 1].text not in ("The", "the"):
        first -= 1
    return tuple(token.text for token in doc[first:stop])


def _title_before(doc: Doc, start: int) -> tuple[str, ...]:
    """Return the role right before a name: ("deputy", "leader") in "deputy leader Ann Lee"."""
    first = start
    while first > 0 and start - first < 5:
        word = doc[first - 1].text.lower()
        if first == start and word not in TITLES | ROLE_NOUNS | PERSON_NOUNS:
            break
        if not (word in ROLE_PARTS or word in ROLE_NOUNS or word in TITLES or doc[first - 1].tag_ in ("NN", "NNP", "JJ", "HYPH")):
            break
        first -= 1
    return tuple(token.text.lower() for token in doc[first:start])


def _common(paragraph: Paragraph, taken: list[bool], roles: Container[str]) -> Iterator[Spotted]:
    """Yield roles, groups and bodies that a common noun is the head of; groups and bodies take in the names before their noun."""
    doc = paragraph.doc
    owners = _people_in_names(doc)
    people = set(owners.values())
    for token in doc:
        word = token.text.lower()
        if token.tag_ not in NOUN_TAGS or taken[token.i]:
            continue
        if token.i + 1 < len(doc) and (doc[token.i + 1].tag_ in NOUN_TAGS or doc[token.i + 1].text == "-"):
            after = doc[token.i + 1]
            if taken[after.i] or token.dep_ in ("compound", "nmod", "amod") or after.text == "-":
                continue  # the noun belongs to what follows: "party conference", "treasurer Ann Lee"
        first = first_modifier(doc, token.i)
        plural = token.tag_ in ("NNS", "NNPS") or word in ("clergy", "police")
        if token.i in people:
            continue
        if plural and (word in PEOPLE_NOUNS or (token.dep_ == "nsubj" and token.head.text.lower() in SPEECH_VERBS)):
            yield _spotted(paragraph, first, token.i + 1, GROUP)
        elif word in COLLECTIVES and not plural:
            first = first_modifier(doc, owners[first]) if first in owners else first
            yield replace(_spotted(paragraph, first, token.i + 1, BODY), owner=_owner(doc, first, taken))
        elif word in roles and not plural:
            while any(taken[first : token.i]):
                first += 1
            yield _spotted(paragraph, first, token.i + 1, ROLE)


def _owner(doc: Doc, start: int, taken: Sequence[bool]) -> tuple[str, ...]:
    """Return the name in the possessive right before a noun and its modifiers, and the mark of the possessive."""
    first = mark = start - 1
    if mark < 1 or doc[mark].tag_ != "POS" or not taken[mark - 1]:
        return ()
    while first and taken[first - 1]:
        first -= 1
    return tuple(token.text for token in doc[first:start])


def _people_in_names(doc: Doc) -> dict[int, int]:
    """Return the people with whom the name of a body begins, "the tenants' federation", by where the rest of it begins."""
    found = {}
    for token in doc[:-2]:
        name = token.text if not opens(token) else token.text.lower()
        if name not in PEOPLE_NOUNS or token.nbor().tag_ != "POS":
            continue
        rest = token.i + 2
        head = next((word for word in doc[rest:] if word.text in COLLECTIVES or word.tag_ not in MODIFIER_TAGS), None)
        if head is not None and head.text in COLLECTIVES - REGARDS:
            found[rest] = token.i
    return found
