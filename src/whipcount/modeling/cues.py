"""What a reader goes by to tell whom "she", "I" or "the minister" means: who was named last, and whose quotation runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from whipcount.reading.quotes import is_quoted
from whipcount.schema import KINDS, Actor, Mention, Span

N_PLACES = 8
N_STANDINGS = N_PLACES * len(KINDS)
N_CUES = (13, 3, 5)
"""Values of each of the three cues of ``reference_cues``, before they are multiplied by the kinds."""


def name_standing(mentions: Sequence[Sequence[str]], actors: Sequence[str]) -> list[list[int]]:
    """Return for each sentence and actor where it is named.

    0, 1, 2: first, second, later of the actors that the sentence names; 3, 4, 5: unnamed here, but the last, second to last,
    earlier of those named before; 6: named only later; 7: never named.

    Args:
        mentions: for each sentence the actor ids of its mentions, in order.
        actors: actor ids.
    """
    named_somewhere = {actor for found in mentions for actor in found}
    latest: list[str] = []  # actors named so far, the last one first
    table = []
    for found in mentions:
        here = list(dict.fromkeys(found))
        row = []
        for actor in actors:
            if actor in here:
                row.append(min(here.index(actor), 2))
            elif actor in latest:
                row.append(3 + min(latest.index(actor), 2))
            else:
                row.append(6 if actor in named_somewhere else 7)
        table.append(row)
        latest = here[::-1] + [actor for actor in latest if actor not in here]
    return table


class Names(NamedTuple):
    """The names of a text in order: where each starts and ends, the index of its actor, its sentence, and whether no quotation holds it."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    owner: NDArray[np.int64]
    where: NDArray[np.int64]
    told: NDArray[np.bool_]


def list_names(names: Sequence[tuple[Mention, int]], actors: Sequence[Actor], quoted: Sequence[Span]) -> Names:
    """Return the names of some actors as ``reference_cues`` goes by them.

    Args:
        names: all names that the text uses, in order, each with its sentence.
        actors: whose names are listed.
        quoted: see ``reading.quotations``.
    """
    column = {actor.id: index for index, actor in enumerate(actors)}
    shown = [(name.start_char, name.end_char, column[name.actor], where) for name, where in names if name.actor in column]
    start, end, owner, where = (np.array([name[part] for name in shown], dtype=np.int64) for part in range(4))
    return Names(start, end, owner, where, np.array([not is_quoted(quoted, char) for char, *_ in shown], dtype=bool))


def reference_cues(chars: Sequence[int], sentence: int, names: Names, actors: Sequence[Actor], quoted: Sequence[Span]) -> NDArray[np.int64]:
    """Return (characters, actors, 3): for a word at each character, how each actor's names lie to it.

    The first cue: last named in this sentence, the one before, or earlier, times none, one, two or more other actors of its
    kind named since; 12 not named before. The second: named later in this sentence, in the next one, neither. The third, for a
    word in a quotation: of the names outside quotations, the last before it, the first after it within two sentences,
    both, neither; 4 outside quotations. All are combined with the actor's kind: value * kinds + kind.

    Args:
        chars: where words start; negative for markers, of which nothing is known.
        sentence: the sentence that they are in.
        names: of these actors.
        actors: the actors to describe.
        quoted: see ``reading.quotations``.
    """
    at = np.array(chars)
    kind = np.array([KINDS.index(actor.kind) for actor in actors])
    start, end, owner, where, told = names
    last = np.full((len(at), len(actors)), -1)  # index into shown of the last name of each actor before a word
    following = np.full((len(at), len(actors)), len(start))
    for actor in range(len(actors)):
        own = np.flatnonzero(owner == actor)
        if len(own):
            before = np.searchsorted(end[own], at, side="right")
            last[:, actor] = np.where(before > 0, own[before - 1], -1)
            after = np.searchsorted(start[own], at, side="right")
            following[:, actor] = np.where(after < len(own), own[np.minimum(after, len(own) - 1)], len(start))
    distance = sentence - np.append(where, sentence)[last]
    since = ((last[:, None, :] > last[:, :, None]) & (kind[:, None] == kind)).sum(2)  # others of the kind named since
    named_before = np.where(last >= 0, distance.clip(0, 2) * 4 + since.clip(max=3), N_CUES[0] - 1)
    ahead = np.append(where, sentence + 2)[following] - sentence
    named_after = ahead.clip(0, N_CUES[1] - 1)
    voice = np.full((len(at), len(actors)), N_CUES[2] - 1)
    inside = np.array([is_quoted(quoted, char) for char in chars], dtype=bool)
    if inside.any():
        index = np.flatnonzero(told)
        before = np.searchsorted(start[index], at)  # how many names outside quotations stand before a word
        padded = np.concatenate([[-1], owner[index], [-1]])
        near = np.append(where[index], sentence + 9)[before] - sentence <= 2
        speaker_before = padded[before][:, None] == np.arange(len(actors))
        speaker_after = (padded[before + 1][:, None] == np.arange(len(actors))) & near[:, None]
        voice[inside] = np.where(speaker_before, np.where(speaker_after, 2, 0), np.where(speaker_after, 1, 3))[inside]
    table = np.stack([named_before, named_after, voice], axis=2)
    table[at < 0] = np.array(N_CUES) - 1
    cues: NDArray[np.int64] = table * len(KINDS) + kind[None, :, None]
    return cues
