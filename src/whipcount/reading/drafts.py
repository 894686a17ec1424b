"""An actor while its mentions are gathered from a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from whipcount.reading.roles import SAME_ROLES, told_gender
from whipcount.reading.spotting import Spotted

PERSON, ORGANISATION, GROUP_KIND = "person", "organisation", "group"
TRAITS = ("definite", "place", "acts", "speaks", "subject", "judged", "modifies")
"""What ``Draft.traits`` counts of its mentions; see ``spotting.Spotted``."""


@dataclass
class Draft:
    """An actor while its mentions are gathered; ``gender`` is "m", "f" or empty; ``forms`` counts what the text calls it."""

    name: str
    kind: str
    forms: Counter[str] = field(default_factory=Counter)
    mentions: list[tuple[int, int, str]] = field(default_factory=list)
    roles: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    gender: str = ""
    traits: Counter[str] = field(default_factory=Counter)
    sort: str = ""
    known: str = ""

    def add(self, spotted: Spotted, why: str) -> None:
        """Take in a mention."""
        self.mentions.append((spotted.start_char, spotted.end_char, why))
        if why != "role":
            self.forms[spotted.form] += 1
        self.traits.update(trait for trait in TRAITS if getattr(spotted, trait))
        self.sort = self.sort or spotted.sort
        for role in (spotted.title, spotted.role, spotted.described if self.kind == PERSON else ()):
            if role:
                self.roles.append((spotted.start_char, normal_role(role)))
                if self.kind == PERSON:
                    self.gender = self.gender or told_gender(role)


def normal_role(words: Sequence[str]) -> tuple[str, ...]:
    """Return a role for comparison: its parts, then its noun, one word for "chairman" and "chair"."""
    lowered = [word.lower() for word in words if word not in ("-", "'s", "’s")]
    return (*lowered[:-1], SAME_ROLES.get(lowered[-1], lowered[-1]))
