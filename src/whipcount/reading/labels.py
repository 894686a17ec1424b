"""Tell what opens the lines of interviews and debates: the name of whoever speaks, and a colon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from whipcount.reading.names import SURNAME_PARTICLES
from whipcount.reading.roles import BODY_WORDS, CALENDAR, ROLE_NOUNS, ROLE_PARTS, TITLES, listed
from whipcount.schema import Span

LABELLED = re.compile(
    r"\s*(?:[-–—*•]+\s*)?(?:[(\[]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[)\]]?\s+)?"  # a bullet, a time
    r"(?:(?P<letter>[QA])\.\s+|"
    rf"(?P<label>(?:(?:{'|'.join(sorted(SURNAME_PARTICLES))})\s+){{0,3}}[^\W\d_a-z][^:;!?“”„«»‘\"\n]{{0,60}}?)"
    r"(?:\s*[(\[][^)\]\n]{1,60}[)\]])?\s*(?:\*+:|:\*+|:)\s+)"
    r"(?P<said>\S(?![^\n]*,[”\"’]?\s+(?:said|says|added|wrote)\s[^\n.,]+[.,])[^\n]*)"
)
"""A line that whoever speaks opens, with what may stand around the name, "[00:30] Quill (Harbour Party): No.", and that does not tell
itself whose it is: "Result: We won, said Quill."."""
SPEECH = re.compile(r"(?=[^\n]*[^\W\d_])[^\s“„«‘\"'`][^\n]*?[.!?…—–-][”\"’)\]]*(?:\s*[(\[][^)\]\n]{1,60}[)\]])?\s*")
"""How speech looks without quotation marks: words, and a stop at the end."""
ASKS = frozenset(("q", "question", "interviewer", "reporter", "host", "moderator", "presenter", "chair"))
"""Labels of whoever asks, whom the text may leave unnamed."""
ANSWERS = frozenset(("a", "answer"))
"""Labels of whoever is asked."""
FIRST = r"(?<!\bWar )(?<![\w.])I(?![\w–-]|\.\w)"
"""The pronoun, and neither a numeral nor a part of "I-95" or "A.I."."""
SELF = re.compile(FIRST + r"|\b(?:[Ww]e|[Yy]ou|[Mm]y|[Oo]ur|[Yy]our|[Mm]e|[Uu]s)\b")
"""Words of those who speak to each other."""
OWN = re.compile(FIRST + r"|\b(?:[Mm]y|[Mm]e)\b")
"""Words of one who speaks, and not of a paper that writes of itself as "we"."""
QUESTION = re.compile(r"\?[”\"’)\]*]*\s*\Z")
MAX_NAME_WORDS = 5
"""Most words of a label that is a name, with its title."""
MIN_LINES = 3
"""Lines with labels from which a text is taken for a conversation."""
NOUNS = listed(
    "analysis background caption claim claims comment comments con cons context correction cost credit disclaimer disclosure "
    "editor example fact facts first important memoir method n.b. nb no nobody note notes one opinion photo picture point points "
    "pro pros p.s. ps quote result results safety second serve serves source sources spoiler step story summary text third three "
    "tip tips two update verdict view views warning yes"
)
"""Words that open lines with a colon and are no part of a name."""
DAYS = CALENDAR - listed("april august easter june may")
NO_NAMES = NOUNS | ASKS | ANSWERS | BODY_WORDS | CALENDAR | TITLES | ROLE_NOUNS | ROLE_PARTS
"""Words, in small letters, that alone name nobody."""


def find_labels(lines: Sequence[str]) -> dict[int, re.Match[str]]:
    """Return the labelled lines of a conversation by number, and of other texts none.

    In a conversation two ask or say "I", "we" or "you", and one of them more than once; or one alone has a label, and each line with it
    answers a question that has none.

    Args:
        lines: of a text, in order.
    """
    found = {index: one for index, line in enumerate(lines) if (one := LABELLED.fullmatch(line)) and SPEECH.fullmatch(one["said"])}
    counts = Counter(map(name_of, found.values()))
    talking = {name_of(one) for one in found.values() if SELF.search(one["said"]) or QUESTION.search(one["said"])}
    if len(counts) == 1 and are_answers(lines, [*found]):
        return found
    return found if max(counts.values(), default=0) > 1 and len(found) >= MIN_LINES and len(talking) > 1 else {}


def find_names(lines: Sequence[str]) -> dict[int, Span]:
    """Return of the labelled lines of a conversation by number where a person's name stands that opens them, as in "Nwosu: No".

    A name has capitals, and its bearer says "I" somewhere, or is the only one with a label; a paper or a note says "we" at most.

    Args:
        lines: of a text, in order.
    """
    found = find_labels(lines)
    alone = len({*map(name_of, found.values())}) == 1
    says = {name_of(one) for one in found.values() if alone or OWN.search(one["said"])}
    names = {index: name_of(one) for index, one in found.items() if one["label"] and name_of(one) in says}
    starts = {index: found[index].start("label") for index in names}
    return {index: Span(starts[index], starts[index] + len(name)) for index, name in names.items() if _is_name(name)}


def name_of(line: re.Match[str]) -> str:
    """Return who a label says talks: what stands before a comma, as in "Obi, the mayor: No", or the letter of "Q."."""
    return str(line["letter"] or line["label"].split(",")[0])


def are_answers(lines: Sequence[str], labelled: Sequence[int]) -> bool:
    """Whether lines with a label, two or more, each come right after a line that is a question."""
    return len(labelled) > 1 and all(number and QUESTION.search(lines[number - 1].rstrip()) for number in labelled)


def _is_name(label: str) -> bool:
    words = label.split()
    capitals = [word for word in words if word[0].isupper()]
    named = [word for word in capitals if word.casefold() not in NO_NAMES]
    if not named or len(words) > MAX_NAME_WORDS or any(word.casefold() in NOUNS | DAYS for word in words):
        return False
    return all(word in capitals or word in SURNAME_PARTICLES for word in words)
