"""What a name names, judged by all of its occurrences: a person, an organisation, a place, people of a nation or a thing."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from whipcount.reading.aliases import KNOWN
from whipcount.reading.drafts import ORGANISATION, PERSON
from whipcount.reading.names import NAME_SUFFIXES, SMALL_WORDS, SURNAME_PARTICLES
from whipcount.reading.roles import BODY_WORDS, METONYMS, ROLE_NOUNS, SURNAME_ROLES, THINGS, TITLES, told_gender
from whipcount.reading.spotting import Spotted

PLACE, NATIONAL, THING = "place", "national", "thing"
LOOSE_ALIASES = {
    "house republicans", "house democrats", "senate republicans", "senate democrats", "republican leaders", "democratic leaders",
    "republican lawmakers", "democratic lawmakers", "administration", "bureau", "investigators", "agents", "court", "justices", "justice",
    "kingdom", "is", "republican", "democratic", "congressional", "lawmakers", "senators", "treasury", "va", "tea party", "muslim",
    "american", "islamic", "british", "washington", "moscow", "beijing", "riyadh", "damascus", "kyiv", "kiev", "tehran", "pyongyang",
    "house", "high court", "gun lobby", "islam", "muslims",
}  # fmt: skip
"""Names on the list of well-known aliases that are not safe to merge on sight: they name others too, or part of the body."""


PARTY_LABEL = re.compile(r"(?:D|R|I|DEM|Lab|Con)[-–][A-Z]")
"""Party and district behind an American politician's name: "D-Ohio"."""


def _well_known() -> dict[str, str]:
    known: dict[str, str] = {}
    for name, others in KNOWN.items():
        if name in ("Republicans", "Democrats", "Islam"):
            continue
        for other in (name, *others):
            if other.lower() not in LOOSE_ALIASES:
                known.setdefault(other.lower(), name)
    return known


WELL_KNOWN = _well_known()


def judge_kinds(names: Sequence[Spotted]) -> dict[str, str]:
    """Say for each form what it names, by all of its occurrences.

    A first and last name is a person's where its last word stands alone elsewhere as surnames do, and a first name alone is a person's
    whose full name the text has: what the entity labels say of invented or foreign names changes from line to line.
    """
    by_form: dict[str, list[Spotted]] = defaultdict(list)
    for one in names:
        by_form[one.form].append(one)
    titled = {one.words[-1] for one in names if set(one.title) & (TITLES | ROLE_NOUNS)}
    kinds = {form: _kind(ones, titled) for form, ones in by_form.items()}
    talking = {form for form, ones in by_form.items() if _talks(ones)}
    ends = {ones[0].words[-1] for ones in by_form.values() if _may_be_full_name(ones)}
    kinds |= dict.fromkeys(talking & ends, PERSON)
    if sum(kinds[form] == PERSON for form in talking) * 2 >= len(talking):  # who talks with persons is one
        kinds |= dict.fromkeys(talking, PERSON)
    for form, ones in by_form.items():
        if kinds[form] != PERSON and _may_be_full_name(ones):
            last = surname(ones[0].words)[-1]
            if last in by_form and _is_surname(by_form[last], kinds):
                kinds[form] = PERSON
    full_names = [ones[0].words for form, ones in by_form.items() if kinds[form] == PERSON and len(ones[0].words) > 1]
    surnames = {one for words in full_names for one in (plain(surname(words)), plain(words[-1:]))}
    first_words = {words[0] for words in full_names}
    for form, ones in by_form.items():
        as_last = plain(ones[0].words) in surnames and not all(one.definite for one in ones)
        as_first = form in first_words and not any(one.definite or one.place for one in ones) and form.lower() not in WELL_KNOWN
        if form not in METONYMS and (as_last or as_first):
            kinds[form] = PERSON
    return kinds


def _talks(ones: Sequence[Spotted]) -> bool:
    """Whether a name opens what its bearer says, and is not mostly a place's or that of a body that is known."""
    words, places = ones[0].words, sum(one.label in ("GPE", "LOC", "FAC") for one in ones)
    known = ones[0].form.lower() in WELL_KNOWN or words[-1].lower() in BODY_WORDS
    return any(one.talks for one in ones) and places * 2 <= len(ones) and not known


def _may_be_full_name(ones: Sequence[Spotted]) -> bool:
    """Whether a form has the shape of a person's first and last name, and no word that only bodies have in theirs."""
    words, form = ones[0].words, ones[0].form
    return (
        1 < len(words) <= 4
        and not any(one.definite and one.label != "PERSON" for one in ones)
        and sum(one.the for one in ones) * 2 <= len(ones)  # "Norland's Ada Berg" is one, "the Harbour Star" is none
        and not {word.lower() for word in words} & (BODY_WORDS | SMALL_WORDS | {"&"})
        and not form.isupper()
        and form not in METONYMS
        and form.lower() not in WELL_KNOWN
    )


def _is_surname(ones: Sequence[Spotted], kinds: Mapping[str, str]) -> bool:
    """Whether the last word of a name stands alone as surnames do: a person by itself, or without an article and somebody who acts."""
    if any(one.definite for one in ones) or ones[0].form in METONYMS or ones[0].form.lower() in WELL_KNOWN:
        return False
    return kinds[ones[0].form] == PERSON or (kinds[ones[0].form] == ORGANISATION and any(one.subject for one in ones))


def _kind(ones: Sequence[Spotted], titled: set[str]) -> str:
    words, form = ones[0].words, ones[0].form
    labels = Counter(one.label for one in ones)
    last = words[-1].lower()
    if form in METONYMS:
        return ORGANISATION
    titled_here = any(set(one.title) & TITLES for one in ones)
    is_org = labels["ORG"] * 2 > len(ones) and bool(set(words) & {"of", "for", "on"})
    if (
        (last in THINGS and not titled_here and not is_org and form.lower() not in WELL_KNOWN)
        or len(form) < 2
        or not any(char.isalpha() for char in form)
        or PARTY_LABEL.match(form)
    ):
        return THING
    if len(words) == 1 and (last in TITLES or last in ROLE_NOUNS) and not titled_here and last not in SURNAME_ROLES:
        return THING
    if _talks(ones) and (len(words) > 1 or any(one.title for one in ones) or (form.isupper() and len(ones) > 1)):
        return PERSON
    if len(words) == 1 and labels["NORP"] * 2 > len(ones) and not form.isupper() and not last.endswith("s"):
        return NATIONAL
    if form.lower() in WELL_KNOWN and labels["GPE"] * 2 > len(ones):
        return PLACE
    if form.lower() in WELL_KNOWN or last in BODY_WORDS or any(word.lower() in BODY_WORDS for word in words[:-1] if len(words) > 2):
        return ORGANISATION
    if any(set(one.title) & TITLES or set(one.title[-1:]) & ROLE_NOUNS for one in ones) and not form.isupper():
        return PERSON
    if any(told_gender(one.title) or told_gender(one.described) for one in ones):
        return PERSON
    if len(words) == 1 and any(one.speaks for one in ones) and any(set(one.described[-1:]) & BODY_WORDS for one in ones):
        return ORGANISATION
    definite = sum(one.definite for one in ones)
    if definite and labels["PERSON"] == len(ones) and _may_be_full_name(ones):
        return PERSON
    if labels["NORP"] * 2 > len(ones) and (len(words) == 1 or last.endswith("s")):
        return NATIONAL
    if len(words) > 1 and not definite and len(words) <= 4 and not set(words) & {"of", "for", "and", "&", "the"}:
        if words[-1] in titled or labels["PERSON"] or any(one.role for one in ones):
            return PERSON
        unsure = labels[""] + labels["NORP"] + labels["WORK_OF_ART"] + labels["PRODUCT"] + labels["LAW"] > labels["ORG"] + labels["GPE"]
        if ((labels["ORG"] and any(one.speaks for one in ones)) or (unsure and any(one.subject for one in ones))) and len(words) == 2:
            return PERSON if not form.isupper() else ORGANISATION
    if labels["PERSON"] * 2 > len(ones) and not definite:
        return PERSON if not (form.isupper() and len(words) == 1 and len(form) < 5) else ORGANISATION
    if form.isupper() and 2 <= len(form) <= 6:
        return ORGANISATION
    if labels["GPE"] + labels["LOC"] + labels["FAC"] > labels["ORG"] + labels["PERSON"]:
        return PLACE
    if labels["ORG"] + labels["PERSON"] or (definite and len(words) > 1 and not labels["WORK_OF_ART"] + labels["EVENT"] + labels["LAW"]):
        return ORGANISATION if labels["ORG"] or definite else PERSON
    return ORGANISATION if len(words) > 1 and any(one.subject for one in ones) else THING


def plain(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of a name as they are compared: in small letters, with straight apostrophes."""
    return tuple(word.casefold().replace("’", "'") for word in words)


def surname(words: Sequence[str]) -> tuple[str, ...]:
    """Return the last name of a person, with its particles; of "El-Sayed" its three parts."""
    parts = [word for word in words if word.rstrip(",") not in NAME_SUFFIXES]
    if not parts:
        return tuple(words)
    first = len(parts) - 1
    while first > 1 and (parts[first - 1].lower() in SURNAME_PARTICLES or parts[first - 1] in ("-", "–") or parts[first] in ("-", "–")):
        first -= 1
    return tuple(parts[first:])
