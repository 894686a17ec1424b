"""How an actor is told apart on a page: a badge of letters that no other actor has, a colour, a style of underline."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from whipcount.schema import Actor, InputError, Reading

N_COLOURS = 8
N_UNDERLINES = 5
"""Both as many as ``reading_page.css`` defines: after eight actors the colours begin again, with the next underline."""
MAX_INITIALS = 3
SMALL_WORDS = {"the", "a", "an", "of", "and", "for", "in", "on", "at", "to"}
UNSHOWABLE = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n\r\f"}
UNSHOWABLE |= {0x7F: 0x2421} | dict.fromkeys([*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF], 0xFFFD)
"""Characters that a page cannot hold → the character that stands for them: a NUL becomes ␀, half a surrogate pair �."""


@dataclass(frozen=True, slots=True)
class Sign:
    """What stands for one actor wherever the page names it.

    Attributes:
        actor: whom it stands for.
        badge: a few letters, unique in the reading.
        colour: 0 to ``N_COLOURS`` - 1.
        underline: 0 to ``N_UNDERLINES`` - 1.
        n_mentions: in the text.
    """

    actor: Actor
    badge: str
    colour: int
    underline: int
    n_mentions: int

    @property
    def classes(self) -> str:
        """CSS classes of its colour and underline."""
        return f"c{self.colour} u{self.underline}"

    @property
    def html(self) -> str:
        """Badge and name."""
        return f'<span class="who c{self.colour}"><b class="badge" aria-hidden="true">{shown(self.badge)}</b> {self.name}</span>'

    @property
    def name(self) -> str:
        """The name, escaped, apart from the direction of what stands around it."""
        return f"<bdi>{shown(self.actor.name)}</bdi>"


def shown(words: str) -> str:
    """Return words of the reading as HTML that shows every character of them."""
    return escape(words.translate(UNSHOWABLE))


def signs_of(reading: Reading) -> dict[str, Sign]:
    """Return actor id → sign for all actors that the text mentions or that have a stance; the most mentioned first.

    Raises:
        InputError: a mention or a stance names an actor that the reading does not have.
    """
    actors = {actor.id: actor for actor in reading.roster}
    n_mentions = Counter(mention.actor for mention in reading.mentions)
    ends = [end for stance in reading.stances for end in (stance.speaker, stance.target)]
    ends += reading.speakers
    for identifier in (*n_mentions, *ends):
        if identifier not in actors:
            raise InputError(f"reading {reading.id!r} names the actor {identifier!r}, whom its roster does not have; add it to actors")
    named = {*n_mentions, *ends, *(actor.id for actor in reading.actors)}
    ranked = sorted((actor for actor in actors.values() if actor.id in named), key=lambda actor: -n_mentions[actor.id])
    badges = _badges(ranked)
    return {
        actor.id: Sign(actor, badges[actor.id], rank % N_COLOURS, rank // N_COLOURS % N_UNDERLINES, n_mentions[actor.id])
        for rank, actor in enumerate(ranked)
    }


def _badges(actors: list[Actor]) -> Mapping[str, str]:
    taken: set[str] = set()
    n_same: Counter[str] = Counter()
    badges = {}
    for actor in actors:
        initials = badge = _initials(actor.name)
        while badge.casefold() in taken:
            n_same[initials] += 1
            badge = f"{initials}{n_same[initials] + 1}"
        taken.add(badge.casefold())
        badges[actor.id] = badge
    return badges


def _initials(name: str) -> str:
    """Return the first letters of a name's words (Ada Quill: AQ), or the first two of its only word (Quill: Qu)."""
    words: list[str] = re.findall(r"[^\W\d_][\w’']*", name)
    words = [word for word in words if word.casefold() not in SMALL_WORDS] or words
    if not words:
        return "No"
    if len(words) == 1:
        return words[0][:1].upper() + words[0][1:2]
    return "".join(word[0].upper() for word in words[:MAX_INITIALS])
