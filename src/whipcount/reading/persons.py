"""Link the names of persons: one actor for each person, two for two who share a surname."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import replace

from whipcount.reading.drafts import PERSON, Draft
from whipcount.reading.kinds import plain, surname
from whipcount.reading.names import NAME_SUFFIXES
from whipcount.reading.roles import FEMALE_TITLES, MALE_TITLES, NO_FIRST_NAMES, told_gender
from whipcount.reading.spotting import Spotted

GENERATIONS = {"jr": "son", "junior": "son", "sr": "father", "senior": "father"}
"""Last words that tell two of one name apart, without their stop; "III" is nobody's father or son who would be named, too."""


def first_names(words: Sequence[str]) -> list[str]:
    """Return the words of a person's name before the last name, initials without their stop."""
    parts = [word for word in words if word not in NAME_SUFFIXES]
    return [word.rstrip(".") for word in parts[: len(parts) - len(surname(words))]]


def agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two lists of first names can be one person's: equal, an initial, a short form, or left out."""
    if not one or not other:
        return True
    a, b = one[0].lower(), other[0].lower()
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) == 1 and long[0] == short) or (len(short) >= 3 and long.startswith(short)) or _nickname(a, b)


def _is_tail(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one of two lists of first names ends with the other: "Marta Dorn" and "Dorn" of Quill."""
    short, long = sorted((one, other), key=len)
    return bool(short) and list(long[-len(short) :]) == list(short)


NICKNAMES = [
    {"bill", "billy", "will", "william"}, {"bob", "bobby", "rob", "robert"}, {"dick", "rick", "rich", "richard"}, {"jim", "jimmy", "james"},
    {"joe", "joseph"}, {"jack", "john", "johnny"}, {"mike", "mick", "michael"}, {"tony", "anthony"}, {"chuck", "charlie", "charles"},
    {"ted", "ed", "eddie", "edward", "theodore"}, {"liz", "beth", "betsy", "elizabeth"}, {"kate", "katie", "katherine", "catherine"},
    {"peggy", "maggie", "meg", "margaret"}, {"harry", "henry", "hank"}, {"larry", "lawrence", "laurence"}, {"chris", "christopher"},
    {"andy", "drew", "andrew"}, {"tom", "thomas"}, {"pat", "patrick", "patricia"}, {"jeff", "geoff", "jeffrey", "geoffrey"},
    {"steve", "stephen", "steven"}, {"sandy", "alex", "alexander"}, {"jon", "jonathan"}, {"ken", "kenneth"},
]  # fmt: skip


def _nickname(one: str, other: str) -> bool:
    return any(one in names and other in names for names in NICKNAMES)


def link_persons(names: Sequence[Spotted]) -> tuple[list[Draft], Counter[str]]:
    """Return the persons that names give, each with its mentions, and the losses by reason.

    A surname or a first name alone means the person in the text who bears it; of several, whom a title allows, who alone has been
    named before, or who alone has been called by it before and is named as often as any; else it is left out. "Mr Hale" and "Mrs Hale", of
    whom no first name is told, are two; so are "Ivan Dorn" and "Ivan Dorn Jr.", where "Dorn" is the former.

    Args:
        names: of persons, in the order of the text.
    """
    losses: Counter[str] = Counter()
    names = _trimmed(names)
    drafts: list[Draft] = []
    by_surname: dict[str, list[tuple[list[str], Draft]]] = defaultdict(list)
    by_first: dict[str, list[Draft]] = defaultdict(list)
    owners: dict[tuple[str, ...], Draft] = {}
    whole: dict[tuple[str, ...], dict[int, Draft]] = defaultdict(dict)
    surnames = {plain(surname(one.words)) for one in names if first_names(one.words)}
    for one in names:  # full names first: a surname may stand before the full name
        words, key = one.words, plain(one.words)
        if len(words) == 1 or key in owners or key in surnames:
            continue
        last, firsts = plain(surname(words))[-1], first_names(words)
        same = [
            (known, draft)
            for known, draft in by_surname[last]
            if firsts and (agree(known, firsts) or _is_tail(known, firsts)) and _generation(draft.name.split()) == _generation(words)
        ]
        if len({id(draft) for _, draft in same}) == 1:
            known, draft = same[0]
            if len(words) > len(draft.name.split()) and len(firsts[0]) > 1 and agree(known, firsts):
                draft.name = one.form
        else:
            draft = Draft(one.form, PERSON)
            drafts.append(draft)
            by_first[words[0]].append(draft)
        by_surname[last].append((firsts, draft))
        for tail in (plain(surname(words)), (last,)):
            whole[tail][id(draft)] = draft
        owners[key] = draft
    seen: set[int] = set()
    alone: dict[str, list[Draft]] = defaultdict(list)
    for one in names:
        key = plain(one.words)
        if key in owners:
            draft, why = owners[key], "name"
        else:
            bearers, why = [*whole[key].values()], "surname"
            bearers = [draft for draft in bearers if not _generation(draft.name.split())] or bearers
            if not bearers:
                bearers, why = by_first[one.words[-1]], "short form"
            if not (bearers := _likely(one, bearers, seen)):
                bearers, why = _likely(one, alone[one.form], seen), "name"
            if len(bearers) > 1:
                losses["surnames that several people bear"] += 1
                continue
            if not bearers:
                bearers = [Draft(one.form, PERSON)]
                alone[one.form] += bearers
                drafts += bearers
            draft = bearers[0]
        draft.add(one, why)
        seen.add(id(draft))
    for namesakes in alone.values():
        if len(namesakes) > 1:
            for draft in namesakes:
                draft.name = " ".join([*_gendered_title(draft), draft.name])
    return drafts, losses


def _generation(words: Sequence[str]) -> str:
    """Return what tells father and son of one name apart, if a name ends with it."""
    return GENERATIONS.get(words[-1].rstrip(".").lower(), "")


def _gendered_title(draft: Draft) -> list[str]:
    """Return the title that tells a person's gender, as names have it: "Mrs"."""
    return next(([role[0].capitalize()] for _, role in draft.roles if len(role) == 1 and role[0] in MALE_TITLES | FEMALE_TITLES), [])


def _trimmed(names: Sequence[Spotted]) -> list[Spotted]:
    """Return names without a capital that only begins the sentence or headline: "Though Quill" beside "Marta Quill" is Quill."""
    bearers = Counter(words[-1] for words in {one.words for one in names})
    found = []
    for one in names:
        opens = len(one.words) == 2 and one.words[0].lower() in NO_FIRST_NAMES and bearers[one.words[1]] > 1
        found.append(replace(one, start_char=one.end_char - len(one.words[1]), words=one.words[1:]) if opens else one)
    return found


def _times(draft: Draft) -> int:
    """Return how often a person has been named so far with the surname."""
    return sum(why in ("name", "surname") for *_, why in draft.mentions)


def _likely(one: Spotted, bearers: Sequence[Draft], seen: Container[int]) -> list[Draft]:
    """Leave of those who bear a name whom a title allows and, where there are several, who has been named or called by it before."""
    gender = told_gender(one.title)
    allowed = [draft for draft in bearers if not gender or not draft.gender or draft.gender == gender]
    if len(allowed) > 1 and gender and sum(draft.gender == gender for draft in allowed) == 1:
        return [draft for draft in allowed if draft.gender == gender]
    named = [draft for draft in allowed if id(draft) in seen]
    if len(named) > 1:
        called = [draft for draft in named if any(why == "surname" for *_, why in draft.mentions)]
        if len(called) == 1 and _times(called[0]) == max(map(_times, named)):
            return called
    return named if len(allowed) > 1 and named else allowed
