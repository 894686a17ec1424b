"""Find where a text names the actors of a roster: full names, aliases, surnames, abbreviations.

The same matching serves training, evaluation and use, so that a model never sees a kind of mention in training that
it will not be given later. Pronouns and descriptions are not matched here: the model has to read them from context.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from whipcount.schema import RESERVED_ACTORS, RESERVED_IDS, TOPIC, Actor, Mention

NAME_SUFFIXES = {"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"}
SURNAME_PARTICLES = {
    "al", "bin", "da", "de", "del", "della", "den", "der", "des", "di", "dos", "du", "el", "ibn", "la", "las", "le", "los", "ten", "ter",
    "van", "von",
}  # fmt: skip
SMALL_WORDS = {"and", "for", "of", "the", "to", "in", "on"}
UNCASED = {"group", TOPIC}
MIN_ABBREVIATION = 3


def find_mentions(text: str, actors: Iterable[Actor]) -> tuple[Mention, ...]:
    """Return the mentions of ``actors`` in ``text``, in order and without overlap; of two matches the longer wins.

    A form that two actors share (a common surname) is matched for neither. Persons and organisations are matched
    with their capitals, groups and topics without. White space of any kind, and curly or straight apostrophes, match each other.
    """
    owners: dict[tuple[str, bool], dict[str, str]] = defaultdict(dict)  # form as compared -> actor id -> why
    spelled: dict[tuple[str, bool], str] = {}
    for actor in actors:
        if actor.id not in RESERVED_IDS:
            for form, why in name_forms(actor).items():
                compared = _compared(form, actor.kind in UNCASED)
                owners[compared].setdefault(actor.id, why)
                spelled.setdefault(compared, form)
    forms = sorted((form for form, found in owners.items() if len(found) == 1), key=lambda form: (-len(form[0]), form))
    if not forms:
        return ()
    pattern = re.compile("|".join(f"({_form_pattern(spelled[form], form[1])})" for form in forms))
    mentions = []
    for match in pattern.finditer(text):
        assert match.lastindex is not None
        found = dict(owners[forms[match.lastindex - 1]])
        for is_group in (False, True):  # "Greens" may be a party's form and, whatever its capitals, a group's
            found.update(owners.get(_compared(match[0], is_group), {}))
        if len(found) == 1:
            (actor_id, why), *_ = found.items()
            mentions.append(Mention(actor_id, match.start(), match.end(), why))
    return tuple(mentions)


def name_forms(actor: Actor) -> dict[str, str]:
    """Return the forms by which an actor is named, each with the reason it counts.

    ``name``: the name, without a leading "the"; ``alias``: likewise an alias; ``surname``: the last name of a person,
    with its particles and without; ``abbreviation``: the capitals of an organisation or group with three or more.
    """
    forms: dict[str, str] = {}
    for names, why in (((actor.name,), "name"), (actor.aliases, "alias")):
        for name in names:
            forms.setdefault(re.sub(r"^[Tt]he\s+", "", name.strip()), why)
    if actor.kind == "person":
        words = [word for part in actor.name.split() if (word := part.rstrip(",")) and word not in NAME_SUFFIXES]
        if len(words) > 1:
            first = len(words) - 1
            while first > 1 and words[first - 1].lower() in SURNAME_PARTICLES:
                first -= 1
            forms.setdefault(" ".join(words[first:]), "surname")
            forms.setdefault(words[-1], "surname")
    else:
        words = [word for word in re.findall(r"\w+", actor.name) if word.lower() not in SMALL_WORDS]
        if len(words) >= MIN_ABBREVIATION and all(word[0].isupper() for word in words):
            forms.setdefault("".join(word[0] for word in words), "abbreviation")
    return forms


def _compared(form: str, is_group: bool) -> tuple[str, bool]:
    """Return a form with plain spaces and apostrophes, a group's in small letters: equal where the same words match."""
    plain = " ".join(form.split()).replace("’", "'")
    return plain.lower() if is_group else plain, is_group


def _form_pattern(form: str, is_group: bool) -> str:
    words = (re.sub("['’]", "['’]", re.escape(word)) for word in form.split())
    body = r"\s+".join(words)
    return rf"(?<!\w)(?i:{body})(?!\w)" if is_group else rf"(?<!\w){body}(?!\w)"


ORGANISATION_WORDS = {
    "academy", "agency", "alliance", "army", "assembly", "association", "authority", "bank", "board", "bureau", "cabinet", "chamber",
    "church", "club", "coalition", "college", "commission", "committee", "company", "conference", "congress", "corporation", "council",
    "court", "department", "federation", "foundation", "front", "government", "group", "guild", "house", "inc", "institute", "league",
    "ltd", "ministry", "movement", "nhs", "office", "organisation", "organization", "parliament", "party", "police", "press", "senate",
    "service", "society", "times", "tribunal", "trust", "union", "university",
}  # fmt: skip


def make_actor(given: str | Actor, identifier: str) -> Actor:
    """Return an actor for a bare name; an ``Actor`` keeps its names and kind and takes the identifier.

    ``author`` and ``someone`` are the reserved actors. Otherwise the kind decides only how the name is matched: an
    organisation where a word such as "party" or "council" is in the name or where it is one word in capitals, a group
    where the last word has a small initial or all capitals but an s ("Labour MPs"), a person else.
    """
    if isinstance(given, Actor):
        return given if given.id in RESERVED_IDS else Actor(identifier, given.name, given.kind, given.aliases)
    if given in RESERVED_IDS:
        return next(actor for actor in RESERVED_ACTORS if actor.id == given)
    words = re.findall(r"\w+", given)
    if any(word.lower() in ORGANISATION_WORDS for word in words) or (len(words) == 1 and words[0].isupper()):
        kind = "organisation"
    elif words and (words[-1][0].islower() or (len(words[-1]) > 1 and words[-1][:-1].isupper() and words[-1][-1] == "s")):
        kind = "group"
    else:
        kind = "person"
    return Actor(identifier, given.strip(), kind)
