"""Find where a text names the actors of a roster: full names, aliases, surnames, abbreviations.

The same matching serves training, evaluation and use, so that a model never sees a kind of mention in training that
it will not be given later. Pronouns and descriptions are not matched here: the model has to read them from context.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from whipcount.schema import RESERVED_IDS, Actor, Mention

NAME_SUFFIXES = {"Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"}
SURNAME_PARTICLES = {"al", "bin", "da", "de", "del", "della", "den", "der", "di", "dos", "du", "el", "la", "le", "ten", "ter", "van", "von"}
SMALL_WORDS = {"and", "for", "of", "the", "to", "in", "on"}
MIN_ABBREVIATION = 3


def find_mentions(text: str, actors: Iterable[Actor]) -> tuple[Mention, ...]:
    """Return the mentions of ``actors`` in ``text``, in order and without overlap; of two matches the longer wins.

    A form that two actors share (a common surname) is matched for neither. Persons and organisations are matched
    with their capitals, groups without. White space of any kind, and curly or straight apostrophes, match each other.
    """
    owners: dict[tuple[str, bool], set[tuple[str, str]]] = defaultdict(set)
    for actor in actors:
        if actor.id not in RESERVED_IDS:
            for form, why in name_forms(actor).items():
                owners[form, actor.kind == "group"].add((actor.id, why))
    unambiguous = {
        form: next(iter(found)) for form, found in owners.items() if len({actor for actor, _ in found}) == 1
    }  # fmt: skip
    if not unambiguous:
        return ()
    forms = sorted(unambiguous, key=lambda form: (-len(form[0]), form))
    pattern = re.compile("|".join(f"({_form_pattern(*form)})" for form in forms))
    mentions = []
    for match in pattern.finditer(text):
        assert match.lastindex is not None
        actor_id, why = unambiguous[forms[match.lastindex - 1]]
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
        words = [word for word in actor.name.split() if word not in NAME_SUFFIXES]
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


def _form_pattern(form: str, is_group: bool) -> str:
    words = (re.escape(word).replace("'", "['’]").replace("’", "['’]") for word in form.split())
    body = r"\s+".join(words)
    return rf"(?<!\w)(?i:{body})(?!\w)" if is_group else rf"(?<!\w){body}(?!\w)"
