"""Which actors of several readings are one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import NamedTuple

from whipcount.schema import AUTHOR, RESERVED_IDS, Actor, InputError, Reading


class MergedActor(NamedTuple):
    """An actor among several readings; other than an ``Actor``'s its id may be that of another ``author``."""

    id: str
    name: str
    kind: str


def named_actors(reading: Reading) -> tuple[Actor, ...]:
    """Return the reading's actors, and before them those of the two reserved ones that a stance or a mention names.

    Raises:
        InputError: a stance or a mention names an actor that the reading does not have.
    """
    ends = (end for stance in reading.stances for end in (stance.speaker, stance.target))
    named = {*ends, *(mention.actor for mention in reading.mentions), *reading.speakers}
    unknown = sorted(named.difference(actor.id for actor in reading.roster))
    if unknown:
        raise InputError(f"reading {reading.id!r}: a stance or mention names the unknown actor {unknown[0]!r}; list it among the actors")
    return tuple(actor for actor in reading.roster if actor.id not in RESERVED_IDS or actor.id in named)


def merge_actors(readings: Sequence[Reading]) -> dict[tuple[int, str], MergedActor]:
    """Return for every (index of the reading, actor id) the actor that it is among all readings.

    Actors of the same name and kind are one. Where a reading has two of them, nothing says which of the two another reading means:
    they stay apart from each other and from all others. The article's own voice, ``author``, is that of its outlet, and where none is
    known that of its reading alone; its name tells which. A merged actor keeps the id that it has first; where an id is taken already,
    a number is added to it. Of one reading all ids stay as they are.

    Raises:
        InputError: a stance or a mention names an actor that its reading does not have.
    """
    merged: dict[Hashable, MergedActor] = {}
    taken: set[str] = set()
    found: dict[tuple[int, str], MergedActor] = {}
    for index, reading in enumerate(readings):
        actors = [_told_apart(actor, reading) for actor in named_actors(reading)]
        n_bearers = Counter(map(_bearer, actors))
        for actor in actors:
            bearer = _bearer(actor)
            is_shared = n_bearers[bearer] == 1 and (actor.id != AUTHOR or reading.outlet)
            key: Hashable = bearer if is_shared else (index, actor.id)
            if key not in merged:
                merged[key] = MergedActor(_free(actor.id, taken), " ".join(actor.name.split()), actor.kind)
                taken.add(merged[key].id)
            found[index, actor.id] = merged[key]
    return found


def _told_apart(actor: Actor, reading: Reading) -> Actor:
    """Return an actor of a reading; of ``author`` the name tells of which outlet or reading."""
    voice = reading.outlet or reading.id
    return replace(actor, name=f"{actor.name} ({voice})") if actor.id == AUTHOR and voice else actor


def _bearer(actor: Actor) -> tuple[str, str]:
    return " ".join(unicodedata.normalize("NFC", actor.name).split()), actor.kind


def _free(identifier: str, taken: set[str]) -> str:
    free, number = identifier, 1
    while free in taken:
        number += 1
        free = f"{identifier}-{number}"
    return free
