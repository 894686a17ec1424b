"""Link what was spotted to actors: one for each person, organisation and group, however the text names it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from dataclasses import replace

from whipcount.reading.bodies import link_bodies, link_common_bodies, link_groups
from whipcount.reading.drafts import ORGANISATION, PERSON, Draft, normal_role
from whipcount.reading.kinds import NATIONAL, PLACE, THING, judge_kinds
from whipcount.reading.persons import link_persons
from whipcount.reading.roles import BODY_WORDS, DISTINCT_PARTS, PEOPLE_NOUNS, ROLE_NOUNS, STANDING, VAGUE
from whipcount.reading.spotting import BODY, GROUP, NAME, ROLE, Spotted

LEAD = 2
"""Sentences after the first in which the lead's role may be given its name."""

MIN_SHOUTED = 4
"""Characters from which a name in capitals is not taken for an abbreviation, if the text writes it in small letters, too."""


def link(spotted: Sequence[Spotted]) -> tuple[list[Draft], Counter[str]]:
    """Return the actors of a text and, by reason, how many of the things spotted were linked to none.

    Args:
        spotted: in the order of the text.
    """
    losses: Counter[str] = Counter()
    spotted = _as_names(spotted)
    names = [one for one in spotted if one.sort == NAME]
    kinds = judge_kinds(names)
    losses["names of things"] += sum(kinds[one.form] == THING for one in names)
    persons, lost = link_persons([one for one in names if kinds[one.form] == PERSON])
    losses += lost
    bodies, lost = link_bodies([one for one in names if kinds[one.form] in (ORGANISATION, PLACE, NATIONAL)], kinds)
    losses += lost
    groups = link_groups([one for one in spotted if one.sort == GROUP], bodies)
    common, lost = link_common_bodies([one for one in spotted if one.sort == BODY], [*bodies, *groups])
    losses += lost
    roles, lost = link_roles([one for one in spotted if one.sort in (NAME, ROLE)], persons)
    losses += lost
    drafts = [*persons, *bodies, *groups, *common, *roles]
    kept = [draft for draft in drafts if draft.mentions and counts(draft)]
    losses["named or described only in passing"] += sum(len(draft.mentions) for draft in drafts) - sum(
        len(draft.mentions) for draft in kept
    )
    return kept, losses


def _as_names(spotted: Sequence[Spotted]) -> list[Spotted]:
    """Return what was spotted with the names of the text's persons seen as such: "Roelofs said", "James said", each of "Lee and Park".

    A name in capitals is the one that the text also writes in small letters, and so are initials before a colon: "ANN LEE: I will.",
    "AL: I will.".
    """
    spotted = _in_full(spotted)
    last_words = {one.words[-1] for one in spotted if one.sort == NAME and (len(one.words) > 1 or one.title) and "and" not in one.words}
    first_words = {one.words[0] for one in spotted if one.sort == NAME and len(one.words) > 1 and one.words[-1].lower() not in BODY_WORDS}
    alone = last_words | {word for word in first_words if word.lower() not in PEOPLE_NOUNS}
    single = {one.words[0] for one in spotted if one.sort == NAME and len(one.words) == 1}
    found = []
    for one in spotted:
        if one.sort == GROUP and one.words[0] in alone and _is_bare(one):
            found.append(replace(one, sort=NAME))
        elif pair := _pair(one, last_words, single):
            found += pair
        else:
            found.append(one)
    return found


def _pair(one: Spotted, last_words: Container[str], single: Container[str]) -> list[Spotted]:
    """Return the two names that were taken for one: "Lee and Park", or "Ann Lee and Bob Park" of whom one stands elsewhere as "Lee"."""
    words, middle = one.words, len(one.words) // 2
    if one.sort != NAME or len(words) not in (3, 5) or words[middle] != "and" or one.end_char - one.start_char != len(" ".join(words)):
        return []
    first, second = words[:middle], words[middle + 1 :]
    of_persons = first[-1] in last_words and second[-1] in last_words
    if middle > 1:
        of_persons = (first[-1] in single or second[-1] in single) and not any(word.lower() in BODY_WORDS for word in words)
    if not of_persons:
        return []
    ends = one.start_char + len(" ".join(first)), one.end_char - len(" ".join(second))
    return [replace(one, end_char=ends[0], words=first), replace(one, start_char=ends[1], words=second)]


def _in_full(spotted: Sequence[Spotted]) -> list[Spotted]:
    written: dict[str, tuple[str, ...]] = {}
    initials: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for one in spotted:
        if one.sort == NAME and not one.form.isupper():
            written |= {one.form.casefold(): one.words} | {word.casefold(): (word,) for word in one.words[-1:]}
            initials["".join(word[0] for word in one.words)].add(one.words)

    def full(one: Spotted) -> tuple[str, ...]:
        meant = initials.get(one.form.replace(".", ""), set()) if one.speaks_next else set()
        if len(meant) == 1 and len(one.words) == 1:
            return next(iter(meant))
        return written.get(one.form.casefold(), one.words) if len(one.form) >= MIN_SHOUTED else one.words

    return [replace(one, words=full(one)) if one.form.isupper() else one for one in spotted]


def _is_bare(one: Spotted) -> bool:
    """Whether a plural is one word in capitals without an article, as a surname with an s is: "Roelofs said"."""
    return len(one.words) == 1 and one.words[0][0].isupper() and not one.definite


def counts(draft: Draft) -> bool:
    """Whether something spotted is worth a place in the roster: who acts, speaks, is judged or comes up again, not who is there by the way.

    Persons always are, organisations by name unless they only go with a title.
    """
    n, traits = len(draft.mentions), draft.traits
    words = draft.name.split()
    if draft.sort == NAME:
        return draft.kind == PERSON or traits["modifies"] < n or n > 1
    if draft.sort == BODY:
        words = next(iter(draft.forms)).split()  # without its owner
        if any(word[0].isupper() for word in words) or traits["speaks"] or traits["judged"]:
            return True
        return bool(traits["subject"] or (n > 1 and traits["acts"])) if words[-1].lower() in STANDING else traits["subject"] > 1
    if draft.sort == ROLE:
        return bool(traits["speaks"]) or (n > 1 and bool(traits["acts"]))
    if len(words) == 1 and words[0].lower() in VAGUE:
        return n > 1 and bool(traits["definite"]) and bool(traits["speaks"])
    if words[-1].lower() == "people":
        return bool(traits["speaks"] or traits["judged"])
    if any(word[0].isupper() for word in words):
        return True
    if len(words) > 1:
        return bool(traits["acts"] or traits["definite"])
    return bool(traits["speaks"] or traits["judged"] or (traits["definite"] and traits["acts"]) or (n > 1 and traits["acts"]))


def link_roles(spotted: Sequence[Spotted], persons: Sequence[Draft]) -> tuple[list[Draft], Counter[str]]:
    """Add a role to the person to whom the text gives it; return those that nobody has as actors of their own.

    Of several holders the last named before counts. A role that the text gives nobody, but that opens a sentence as its subject, is
    the person who is the subject of the sentence before, if that person has no role yet: news writes "The Deputy Leader" not to
    repeat a name. A role of nobody that opens the text is the person whom one of the next two names as its subject, if
    nobody has been named before: "The governor of the bank resigned on Tuesday. Quill had …".

    Args:
        spotted: names and roles, in the order of the text.
        persons: with the mentions and roles that their names give.
    """
    losses: Counter[str] = Counter()
    holders: dict[str, list[tuple[tuple[str, ...], Draft]]] = defaultdict(list)
    owner: dict[int, Draft] = {}
    for draft in persons:
        owner.update((start, draft) for start, _, _ in draft.mentions)
        for role in dict.fromkeys(role for _, role in draft.roles):
            holders[role[-1]].append((role, draft))
    starts = {id(draft): sorted(start for start, _, _ in draft.mentions) for draft in persons}
    led = _led(spotted, owner)
    drafts: dict[tuple[str, ...], Draft] = {}
    subject: tuple[int, Draft] | None = None  # the sentence whose first subject is a person, and who
    for one in spotted:
        if one.sort == NAME:
            if one.subject and one.start_char in owner and (subject is None or subject[0] != one.sentence):
                subject = one.sentence, owner[one.start_char]
            continue
        if not one.owned and not one.the:
            losses["roles of nobody in particular"] += 1
            continue
        role = normal_role(one.words)
        holder = _last_named([draft for held, draft in holders[role[-1]] if _same_role(role, held)], starts, one.start_char)
        if holder is None and one.the and one.opening and one.subject:
            if subject is not None and one.sentence - subject[0] == 1:
                holder = subject[1] if not subject[1].roles else None
            elif one.sentence == 1:
                holder = led
            if holder is not None:
                holder.roles.append((one.start_char, role))
                holders[role[-1]].append((role, holder))
        if holder is None and (not one.the or one.words[-1].lower() not in ROLE_NOUNS):
            losses["roles of nobody in particular"] += 1
            continue
        if holder is None:
            holder = drafts.setdefault(role, Draft(one.form, PERSON))
        holder.add(one, "role")
    return list(drafts.values()), losses


def _led(spotted: Sequence[Spotted], owner: dict[int, Draft]) -> Draft | None:
    """Return the person whom one of the sentences after the first names first, as its subject and without a role."""
    seen: set[int] = set()
    for one in spotted:
        if one.sentence > 1 + LEAD:
            break
        if one.sort != NAME or one.start_char not in owner:
            continue
        draft = owner[one.start_char]
        if one.sentence > 1 and one.subject and id(draft) not in seen:
            return None if any(start == one.start_char and role[-1] in ROLE_NOUNS for start, role in draft.roles) else draft
        seen.add(id(draft))
    return None


def _same_role(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two roles with the same noun can be one: the words of the shorter are in the longer, "former" in both or none."""
    a, b = set(one), set(other)
    return (a <= b or b <= a) and a & DISTINCT_PARTS == b & DISTINCT_PARTS


def _last_named(drafts: Sequence[Draft], starts: dict[int, list[int]], position: int) -> Draft | None:
    """Return the draft that is named last before a position; if none is, the only one."""
    best, place = None, -1
    for draft in drafts:
        before = bisect_left(starts[id(draft)], position)
        if before and starts[id(draft)][before - 1] > place:
            best, place = draft, starts[id(draft)][before - 1]
    distinct = {id(draft): draft for draft in drafts}
    return best or (next(iter(distinct.values())) if len(distinct) == 1 else None)
