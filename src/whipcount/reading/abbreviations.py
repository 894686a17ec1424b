"""Say whether the word in front of a full stop is an abbreviation, and whether a sentence can end with it."""

from __future__ import annotations

import re

INSIDE, OPEN, WORD = "inside", "open", "word"
"""No sentence ends here; what follows must decide; the stop is no part of the word and ends the sentence."""


def words(listed: str) -> frozenset[str]:
    """Return the words of a list parted by white space."""
    return frozenset(listed.split())


TITLES = words(
    """
    adm amb asst atty brig capt cllr cmdr col cpl det dr drs fr ft gen gens gov govs hon insp lt maj messrs mme mlle mr mrs ms mt mx
    pres prof profs pte pvt rep reps rev sen sens sgt st supt
    """
)
CONNECTING = words("vs v viz cf e.g i.e eg ie ca")
"""Abbreviations that something must follow, in small letters or capitals."""
COUNTED = words("art ch cl fig figs no nos p par pp sec vol vols rs")
"""Abbreviations when a number follows, else words."""
MONTHS = words("jan feb mar apr jun jul aug sep sept oct nov dec")
CLOSING = MONTHS | words(
    """
    bros cal calif colo conn corp fla mich minn natl okla ore penn plc tenn univ wis mon tue tues wed thu thur thurs fri sat blvd rd
    ala ariz ark del ga ill ind kan ky la mass md miss mo mont neb nev pa tex va vt wash wyo
    """
)
"""Abbreviations, when they have a capital letter, that a sentence may end with."""
SMALL_CLOSING = words("al approx etc est dept ext co inc ltd jr sr assn ave misc ph.d min hr")
"""The same in small letters, too."""
PLACES = words("u.s u.k u.n d.c e.u l.a n.y n.j n.c s.c n.d s.d n.m n.h r.i p.r b.c a.m p.m b.a m.a m.d m.p")
"""Two letters that are no one's initials."""

LAST_WORD = re.compile(r"""[^\s"“”‘(\[—–/-]*\Z""")
DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
NAME_BEFORE = re.compile(r"""(?:\A|[\s"“‘'(\[—–/-])(?:[A-Z][\w’'-]*|(?:[A-Z]\.)+|(?:[Mm]rs?|[Mm]s|[Dd]r)\.)[\s-]*\Z""")
"""What stands before an initial I: a name, a title, another initial; else it is a word."""
HOURS = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|[A-Z]{1,3}T\b|(?:Eastern|Central|Mountain|Pacific|Local)\b", re.IGNORECASE)


def last_word(before: str) -> str:
    """Return the word that a text ends with, without the quotation mark or bracket that opens it."""
    match = LAST_WORD.search(before)
    return match.group() if match else ""


def classify(before: str, behind: str) -> str:
    """Say what a full stop is: ``INSIDE`` for one that ends no sentence, ``OPEN`` where that cannot be told, ``WORD`` behind a word.

    Args:
        before: what stands before the stop.
        behind: what follows it, from the next word on.
    """
    written = last_word(before)
    word = written.lower()
    is_capital = written[:1].isupper()
    if word in CONNECTING or (word in TITLES and (is_capital or before.islower())):
        return OPEN if word == "st" and is_capital else INSIDE
    if behind[:1].isdigit() and (word in COUNTED or (word in MONTHS and is_capital)):
        return INSIDE
    if word in ("a.m", "p.m") and HOURS.match(behind):
        return INSIDE
    if len(written) == 1 and is_capital:
        is_word = written == "I" and before[:-1].strip() and not NAME_BEFORE.search(before[:-1])
        return WORD if is_word or behind[:1].isdigit() else OPEN
    if DOTTED.fullmatch(written) or word in SMALL_CLOSING or (word in CLOSING and is_capital):
        return OPEN
    return WORD


def is_name_part(before: str) -> bool:
    """Say whether a text ends with initials, which only a word that opens sentences can follow in a sentence of its own."""
    word = last_word(before)
    return word == "St" or len(word) == 1 or (len(word) == 3 and DOTTED.fullmatch(word) is not None and word.lower() not in PLACES)


def opens_with_title(before: str, word: str) -> bool:
    """Say whether a title follows what no title belongs to: "at 9 p.m. Mr Quill left", but not "the U.S. Sen. Quill"."""
    written = last_word(before).lower()
    return word.rstrip(".").lower() in TITLES and (written in ("a.m", "p.m") or not DOTTED.fullmatch(written)) and len(written) > 1
