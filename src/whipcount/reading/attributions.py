"""What an attribution is: a source, a cue and what is attributed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from whipcount.schema import InputError, Span

ROLES = ("source", "cue", "content")


@dataclass(frozen=True, slots=True)
class Attribution:
    """Words that a text attributes to somebody: "Quill (source) said (cue) the ferry was late (content)".

    Each is a range of the text or several, in order, where other words part it ("“No,” she said, “never.”"). ``source`` is empty where
    the text names nobody ("it is said").
    """

    cue: tuple[Span, ...]
    content: tuple[Span, ...]
    source: tuple[Span, ...] = ()

    def __post_init__(self) -> None:
        for role in ("cue", "content"):
            if not getattr(self, role):
                raise InputError(f"an attribution without {role}; give at least one range")
        for role in ROLES:
            spans = getattr(self, role)
            if any(one.end_char > other.start_char for one, other in itertools.pairwise(spans)):
                raise InputError(f"the ranges of a {role} are not in the order of the text: {spans}")


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return ranges in the order of the text; such as overlap or touch become one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start_char, one.end_char)):
        if found and span.start_char <= found[-1].end_char:
            found[-1] = Span(found[-1].start_char, max(found[-1].end_char, span.end_char))
        else:
            found.append(span)
    return tuple(found)


def moved(attribution: Attribution, n_chars: int) -> Attribution:
    """Return an attribution that stands so many characters later."""
    parts = {role: tuple(Span(s.start_char + n_chars, s.end_char + n_chars) for s in getattr(attribution, role)) for role in ROLES}
    return Attribution(**parts)
