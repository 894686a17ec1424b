"""Which actors of several readings are one."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Hashable, Sequence

from whipcount.schema import RESERVED_IDS, Actor, InputError, Reading


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


def merge_actors(readings: Sequence[Reading]) -> dict[tuple[int, str], Actor]:
    """Return for every (index of the reading, actor id) the actor that it is among all readings.

    Actors of the same name and kind are one. Where a reading has two of them, nothing says which of the two another reading means:
    they stay apart from each other and from all others. A merged actor keeps the id that it has first; where an id is taken already,
    a number is added to it. Of one reading all ids stay as they are.

    Raises:
        InputError: a stance or a mention names an actor that its reading does not have.
    """
    merged: dict[Hashable, Actor] = {}
    taken: set[str] = set()
    found: dict[tuple[int, str], Actor] = {}
    for index, reading in enumerate(readings):
        actors = named_actors(reading)
        n_bearers = Counter(map(_bearer, actors))
        for actor in actors:
            bearer = _bearer(actor)
            key: Hashable = bearer if n_bearers[bearer] == 1 else (index, actor.id)
            if key not in merged:
                merged[key] = Actor(_free(actor.id, taken), " ".join(actor.name.split()), actor.kind)
                taken.add(merged[key].id)
            found[index, actor.id] = merged[key]
    return found


def _bearer(actor: Actor) -> tuple[str, str]:
    return " ".join(unicodedata.normalize("NFC", actor.name).split()), actor.kind


def _free(identifier: str, taken: set[str]) -> str:
    free, number = identifier, 1
    while free in taken:
        number += 1
        free = f"{identifier}-{number}"
    return free
