"""Link organisations, countries, parties and groups: full names, short forms, "the committee", "the other union leaders"."""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from whipcount.reading.drafts import ORGANISATION, Draft
from whipcount.reading.kinds import NATIONAL, PLACE, WELL_KNOWN
from whipcount.reading.names import SMALL_WORDS
from whipcount.reading.roles import BODY_WORDS, CAPITALS, METONYMS, SAME_BODIES
from whipcount.reading.spotting import Spotted, join

GROUP = "group"
MAX_LOOK_BACK = 1000
PARTS_OF_PARTIES = {"parliamentary", "young", "youth"}
PARTY_TAILS = {"party", "movement", "group", "alliance", "coalition", "union", "council", "association", "campaign"}


def link_bodies(names: Sequence[Spotted], kinds: Mapping[str, str]) -> tuple[list[Draft], Counter[str]]:
    """Return the organisations and acting places that names give, and the losses by reason.

    Args:
        names: of organisations, places and nations, in the order of the text.
        kinds: what each form names.
    """
    losses: Counter[str] = Counter()
    acting = {form for form, ones in _by_form(names).items() if kinds[form] != PLACE or _acts(ones)}
    drafts: list[Draft] = []
    owner: dict[str, Draft] = {}
    full = sorted({one.form: one for one in names}.values(), key=lambda one: -len(one.words))
    for one in full:
        if one.form not in acting or (kinds[one.form] == NATIONAL and not _plural(one.words[-1])):
            continue
        key = _canonical(one.form)
        draft = owner.get(key) or _longer(one, kinds[one.form], drafts)
        if draft is None:
            draft = Draft(one.form, GROUP if kinds[one.form] == NATIONAL and key == one.form.lower() else ORGANISATION)
            draft.known = "" if key == one.form.lower() else key
            drafts.append(draft)
        owner.setdefault(key, draft)
        owner[one.form.lower()] = draft
    for one in names:
        if one.short_of and (draft := owner.get(join(one.short_of).lower())):
            _merge(owner, drafts, draft, owner.get(one.form.lower()))
            owner[one.form.lower()] = draft
    for one in names:
        draft = owner.get(one.form.lower())
        if draft is None or one.form not in acting:
            losses["places where nobody acts" if kinds[one.form] == PLACE else "adjectives of nations and parties"] += 1
        elif not (one.place and kinds[one.form] == PLACE):
            draft.add(one, _why(one, draft))
    return [draft for draft in drafts if draft.mentions], losses


def _by_form(names: Sequence[Spotted]) -> dict[str, list[Spotted]]:
    by_form: dict[str, list[Spotted]] = defaultdict(list)
    for one in names:
        by_form[one.form].append(one)
    return by_form


def _acts(ones: Sequence[Spotted]) -> bool:
    """Whether a place is spoken of as an actor: it says something, or does, owns or suffers more often than things happen there."""
    n_acts = sum(one.acts and not one.place for one in ones)
    if any(one.speaks for one in ones):
        return True
    return n_acts > 0 and (ones[0].form.lower() in WELL_KNOWN or n_acts > sum(one.place for one in ones))


def _plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith("ss")


def _canonical(form: str) -> str:
    """Return what names are compared by: the well-known name in small letters, "department of x" for "x department"."""
    plain = re.sub(r"^(?:United States|U\.S\.|US|American) (?=[A-Z])", "", form).replace(".", "")
    for one in (form, plain):
        if name := METONYMS.get(one) or CAPITALS.get(one) or WELL_KNOWN.get(one.lower()):
            return name.lower()
    lowered = re.sub(r"^the ", "", plain.lower()).replace("’", "'")
    if match := re.fullmatch(r"(.+) (department|ministry)", lowered):
        return f"{match[2]} of {match[1]}"
    return re.sub(r"^(department|ministry) (?:of|for) (?:the )?", r"\1 of ", lowered)


def initials(words: Sequence[str]) -> str:
    """Return the capitals of the words that have one, small words left out."""
    return "".join(word[0] for word in words if word[0].isalpha() and word.lower() not in SMALL_WORDS)


@lru_cache(maxsize=10_000)
def _name_words(name: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in re.findall(r"[\w.&-]+", name))


def _longer(one: Spotted, kind: str, drafts: Sequence[Draft]) -> Draft | None:
    """Return the one organisation whose longer name a short form belongs to."""
    words = tuple(word.lower() for word in one.words if word not in ("'", "’"))
    found = []
    for draft in drafts:
        name = _name_words(draft.name)
        if len(name) < 2 or draft.kind != ORGANISATION:
            continue
        plain = one.form.replace(".", "")
        if len(one.words) == 1 and plain.isupper() and len(plain) > 1:
            if plain == initials(draft.name.split()):
                found.append(draft)
            continue
        if len(words) >= len(name):
            continue
        ending = (
            name[-len(words) :] == words
            and words[-1] in BODY_WORDS
            and name[0] not in PARTS_OF_PARTIES
            and (len(words) > 1 or one.definite)
        )
        opening = name[: len(words)] == words and len(name) == len(words) + 1 and name[-1] in PARTY_TAILS
        if opening and (kind == PLACE or one.place):
            opening = False
        if ending or opening:
            found.append(draft)
    return found[0] if len(found) == 1 else None


def _merge(owner: dict[str, Draft], drafts: list[Draft], kept: Draft, other: Draft | None) -> None:
    if other is None or other is kept:
        return
    drafts[:] = [draft for draft in drafts if draft is not other]
    for form, draft in owner.items():
        if draft is other:
            owner[form] = kept


def _why(one: Spotted, draft: Draft) -> str:
    if one.form in METONYMS or one.form in CAPITALS:
        return "metonym"
    if one.form == draft.name:
        return "name"
    plain = one.form.replace(".", "")
    return "abbreviation" if plain.isupper() and len(one.words) == 1 else "short form"


def link_groups(spotted: Sequence[Spotted], bodies: Sequence[Draft]) -> list[Draft]:
    """Return the groups of people; what parties are called by ("Democrats") becomes a mention of the party, if that is named.

    A bare noun ("MPs") means the last group with that noun ("Labour MPs"), if only one has been named.
    """
    parties = {draft.known or draft.name.lower(): draft for draft in bodies}
    benches = {draft.name.split()[1].lower(): draft for draft in bodies if re.fullmatch(r"Parliamentary \w+ Party", draft.name)}
    drafts: dict[tuple[str, ...], Draft] = {}
    new_parties: dict[str, Draft] = {}
    by_head: dict[str, list[Draft]] = defaultdict(list)
    for one in spotted:
        key = tuple(word.lower() for word in one.words if word not in ("'", "’"))
        if (party := WELL_KNOWN.get(one.form.lower())) or (party := _party_of(one, bodies)):
            draft = parties.get(party.lower()) or new_parties.setdefault(party, Draft(party, ORGANISATION, known=party.lower()))
            draft.add(one, "name" if one.form == draft.name else "group")
            continue
        if len(key) == 2 and key[1] in ("mps", "backbenchers") and (bench := benches.get(key[0])):  # a body and its members are one
            drafts[key] = bench
        if key not in drafts:
            heads = {id(draft): draft for draft in by_head[key[-1]]}
            if len(key) == 1 and len(heads) == 1:
                (drafts[key],) = heads.values()
            else:
                drafts[key] = Draft(one.form, GROUP)
            by_head[key[-1]].append(drafts[key])
        drafts[key].add(one, "group")
    known = {id(draft) for draft in bodies}
    found = {id(draft): draft for draft in (*drafts.values(), *new_parties.values()) if id(draft) not in known}
    return list(found.values())


def _party_of(one: Spotted, bodies: Sequence[Draft]) -> str:
    """Return the name of the party whose people a plural in capitals means: "the Tories", "the Freeholders"."""
    if len(one.words) > 1 or not one.words[0][0].isupper():
        return ""
    stem = one.words[0].lower().rstrip("s")
    found = [draft.name for draft in bodies if {word.lower().rstrip("s") for word in re.findall(r"\w+", draft.name)} >= {stem, "party"}]
    return found[0] if len(found) == 1 else ""


def link_common_bodies(spotted: Sequence[Spotted], named: Sequence[Draft]) -> tuple[list[Draft], Counter[str]]:
    """Add "the committee" to the last one named; return what bodies common nouns name by themselves: "the government", "Lee's office".

    Args:
        spotted: of common nouns, in the order of the text.
        named: organisations and groups that have their mentions already.
    """
    losses: Counter[str] = Counter()
    drafts: dict[tuple[str, ...], Draft] = {}
    by_word: dict[str, list[tuple[int, set[str], Draft]]] = defaultdict(list)
    by_name: dict[str, Draft] = {}
    owners: dict[int, tuple[str, ...]] = {}
    for draft in named:
        by_name.setdefault(draft.known or _canonical(draft.name), draft)
        _file(draft, [start for start, _, _ in draft.mentions], by_word)
    for one in spotted:
        key = tuple(word.lower() for word in one.words if word not in ("'", "’", "'s", "’s"))
        has_name = any(word[0].isupper() for word in one.words[:-1])
        same = by_name.get(_canonical(one.form)) if has_name else _last_body(one, key, by_word) if one.definite else None
        if same is not None and one.owner and owners.get(id(same), ()) not in ((), one.owner):
            same = None
        key = (*one.owner, *key)
        if same is not None:
            same.add(one, "short form")
        elif key in drafts:
            drafts[key].add(one, "name")
        elif has_name or one.definite:
            drafts[key] = Draft(join((*one.owner, *one.words)), ORGANISATION)
            drafts[key].add(one, "name")
            owners[id(drafts[key])] = one.owner
            _file(drafts[key], [one.start_char], by_word)
        else:
            losses["common nouns that stand for no body named"] += 1
    return list(drafts.values()), losses


def _file(draft: Draft, starts: Sequence[int], by_word: dict[str, list[tuple[int, set[str], Draft]]]) -> None:
    """Enter the mentions of a body under each word of its name."""
    listed = [SAME_BODIES.get(word, word) for word in re.findall(r"[\w-]+", draft.known or draft.name.lower())]
    words = set(listed)
    for word in listed[-1:] if draft.kind == GROUP else words:
        for start in starts:
            insort(by_word[word], (start, words, draft), key=lambda entry: entry[0])


def _last_body(one: Spotted, key: Sequence[str], by_word: Mapping[str, list[tuple[int, set[str], Draft]]]) -> Draft | None:
    """Return the body last mentioned before whose name holds the words: "the committee", "the membership" for "party members"."""
    listed = by_word.get(SAME_BODIES.get(key[-1], key[-1]), [])
    last = bisect_left(listed, one.start_char, key=lambda entry: entry[0])
    before = reversed(listed[max(0, last - MAX_LOOK_BACK) : last])
    return next((draft for _, words, draft in before if set(key[:-1]) <= words), None)
