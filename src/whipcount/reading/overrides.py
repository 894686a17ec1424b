"""Let a user's own names override and add to the actors found in a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from whipcount.reading.aliasfile import Alias
from whipcount.reading.drafts import PERSON, Draft
from whipcount.reading.kinds import surname
from whipcount.reading.matching import find_forms
from whipcount.reading.names import make_actor
from whipcount.reading.persons import agree, first_names
from whipcount.reading.spotting import NAME
from whipcount.schema import TOPIC


def apply_aliases(text: str, drafts: Sequence[Draft], aliases: Sequence[Alias]) -> tuple[list[Draft], list[tuple[int, int]]]:
    """Return the actors as a user's aliases have them, and the ranges that the aliases claim.

    Whatever a text calls by a name or alias of one row's actor is that actor, whoever it was taken for; what is found by rules
    under one of its names joins it; the kind ``topic`` takes it out of the roster.

    Args:
        text: whose actors they are.
        drafts: what was found by rules; those that are taken over are emptied or left out.
        aliases: the rows that hold at the text's date.
    """
    if not aliases:
        return list(drafts), []
    kinds = {alias.name: alias.kind for alias in aliases if alias.kind}
    forms: dict[str, str] = {}
    for alias in aliases:
        for form in (alias.name, alias.alias):
            if form:
                forms[form] = alias.name
    matches = list(find_forms(text, {form: form[0].isupper() for form in forms}))
    claims: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for match in matches:
        claims[forms[match.form]].append((match.start_char, match.end_char, "alias file"))
    spans = [(match.start_char, match.end_char) for match in matches]
    owned = {plain(form): name for form, name in forms.items()}
    given: dict[str, Draft] = {}
    kept: list[Draft] = []
    for draft in drafts:
        name = owned.get(plain(draft.name)) or next((owned[plain(form)] for form in draft.forms if plain(form) in owned), None)
        name = name or _same_person(draft, kinds, claims)
        draft.mentions = _outside(draft.mentions, spans)
        if name is None:
            kept.append(draft)
            continue
        target = given.setdefault(name, Draft(name, kinds.get(name) or draft.kind, sort=NAME))
        target.mentions += draft.mentions
        target.forms.update(draft.forms)
        target.gender = target.gender or draft.gender
    for name, found in claims.items():
        target = given.setdefault(name, Draft(name, kinds.get(name) or make_actor(name, "x").kind, sort=NAME))
        target.mentions += found
        target.forms.update(form for form, owner in forms.items() if owner == name)
    kept += [draft for draft in given.values() if draft.kind != TOPIC]
    return [draft for draft in kept if draft.mentions], spans


def plain(form: str) -> str:
    """Return a name for comparison: small letters, no leading "the"."""
    return form.lower().replace("’", "'").removeprefix("the ")


def _same_person(draft: Draft, kinds: dict[str, str], claims: dict[str, list[tuple[int, int, str]]]) -> str | None:
    """Return the one person of the table whose surname a person found bears, if the first names allow it."""
    if draft.kind != PERSON or draft.sort != NAME:
        return None
    words = draft.name.split()
    found = [
        name
        for name in {**kinds, **dict.fromkeys(claims)}
        if kinds.get(name, PERSON) == PERSON
        and len(name.split()) > 1
        and surname(name.split())[-1] == words[-1]
        and agree(first_names(name.split()), first_names(words))
    ]
    return found[0] if len(found) == 1 else None


def _outside(mentions: list[tuple[int, int, str]], spans: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    """Leave the mentions that overlap no claimed range."""
    left = []
    index = 0
    for start, end, why in sorted(mentions):
        while index < len(spans) and spans[index][1] <= start:
            index += 1
        if index == len(spans) or spans[index][0] >= end:
            left.append((start, end, why))
    return left
