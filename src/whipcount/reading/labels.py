"""Tell what opens the lines of interviews and debates: the name of whoever speaks, and a colon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from whipcount.reading.roles import BODY_WORDS, CALENDAR, ROLE_NOUNS, ROLE_PARTS, TITLES
from whipcount.schema import Span

LABELLED = re.compile(
    r"\s*(?:[-–—*•]+\s*)?(?:[(\[]?\d{1,2}[:.]\d\d(?:[:.]\d\d)?[)\]]?\s+)?"  # a bullet, a time
    r"(?:(?P<letter>[QA])\.\s+|(?P<label>(?:(?:v[ao]n|d[aeiu]|la|le|el|al)\s+)?[^\W\d_a-z][^:;!?“”„«»‘\"\n]{0,60}?)"
    r"(?:\s*[(\[][^)\]\n]{1,60}[)\]])?\s*(?:\*+:|:\*+|:)\s+)(?P<said>\S[^\n]*)"
)
"""A line that whoever speaks opens, with what may stand around the name: "[00:30] Quill (Harbour Party): No."."""
SPEECH = re.compile(r"(?=[^\n]*[^\W\d_])[^\s“„«‘\"'`][^\n]*?[.!?…—–-][”\"’)\]]*(?:\s*[(\[][^)\]\n]{1,60}[)\]])?\s*")
"""How speech looks without quotation marks: words, and a stop at the end."""
ASKS = frozenset(("q", "question", "interviewer", "reporter", "host", "moderator", "presenter", "chair"))
"""Labels of whoever asks, whom the text may leave unnamed."""
ANSWERS = frozenset(("a", "answer"))
"""Labels of whoever is asked."""
SELF = re.compile(r"\b(?:I|[Ww]e|[Yy]ou|[Mm]y|[Oo]ur|[Yy]our|[Mm]e|[Uu]s)\b")
"""Words of those who speak to each other."""
OWN = re.compile(r"\b(?:I|[Mm]y|[Mm]e)\b")
"""Words of one who speaks, and not of a paper that writes of itself as "we"."""
QUESTION = re.compile(r"\?[”\"’)\]*]*\s*\Z")
MAX_NAME_WORDS = 5
"""Most words of a label that is a name, with its title."""
MIN_LINES = 3
"""Lines with labels from which a text is taken for a conversation."""
NO_NAMES = ASKS | ANSWERS | BODY_WORDS | CALENDAR | TITLES | ROLE_NOUNS | ROLE_PARTS
"""Words, in small letters, that alone name nobody."""


def find_labels(lines: Sequence[str]) -> dict[int, re.Match[str]]:
    """Return the labelled lines of a conversation by number, and of other texts none.

    In a conversation two ask or say "I", "we" or "you", and one of them more than once; or one alone has a label, and each line with it
    answers a question that has none.

    Args:
        lines: of a text, in order.
    """
    found = {index: one for index, line in enumerate(lines) if (one := LABELLED.fullmatch(line)) and SPEECH.fullmatch(one["said"])}
    counts = Counter(map(_label, found.values()))
    talking = {_label(one) for one in found.values() if SELF.search(one["said"]) or QUESTION.search(one["said"])}
    if len(counts) == 1 and answer(lines, [*found]):
        return found
    return found if max(counts.values(), default=0) > 1 and len(found) >= MIN_LINES and len(talking) > 1 else {}


def find_names(lines: Sequence[str]) -> dict[int, Span]:
    """Return of the labelled lines of a conversation by number where a person's name stands that opens them, as in "Nwosu: No".

    A name has capitals, and its bearer says "I" somewhere, or is the only one with a label; a paper or a note says "we" at most.

    Args:
        lines: of a text, in order.
    """
    found = find_labels(lines)
    says = {_label(one) for one in found.values() if len({*map(_label, found.values())}) == 1 or OWN.search(one["said"])}
    return {index: Span(*one.span("label")) for index, one in found.items() if _label(one) in says and _is_name(one["label"] or "")}


def _label(line: re.Match[str]) -> str:
    return str(line["label"] or line["letter"])


def answer(lines: Sequence[str], labelled: Sequence[int]) -> bool:
    """Whether lines with a label, two or more, each come right after a line that is a question."""
    return len(labelled) > 1 and all(number and QUESTION.search(lines[number - 1].rstrip()) for number in labelled)


def _is_name(label: str) -> bool:
    words = label.split()
    capitals = [word for word in words if word[0].isupper()]
    named = [word for word in capitals if word.casefold() not in NO_NAMES]
    return bool(named) and len(words) <= MAX_NAME_WORDS and all(word in capitals or len(word) <= 3 for word in words)
