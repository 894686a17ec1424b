"""Who is "I" and "you" in the lines of interviews and debates, and so neither "he" nor "she" there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from whipcount.reading.labels import find_labels, name_of
from whipcount.reading.parsing import Paragraph
from whipcount.schema import Mention

YOU = re.compile(r"\b[Yy]ou(?:r|rs|rself)?\b")


def present(paragraphs: Sequence[Paragraph], mentions: Sequence[Mention]) -> dict[int, frozenset[str]]:
    """Return for the labelled lines of a conversation, by where each begins, who talks and whom that one talks to, as far as known.

    That is whoever talked before, if one of the two lines says "you"; where only two talk and one of them ever says so, it is both.

    Args:
        paragraphs: of a text; each is a line.
        mentions: of its actors.
    """
    labels = find_labels([paragraph.doc.text for paragraph in paragraphs])
    labelled = ((number, label) for number, label in labels.items() if label["label"])
    ends = {paragraphs[number].start_char + label.start("label") + len(name_of(label)): number for number, label in labelled}
    talkers = {ends[one.end_char]: one.actor for one in mentions if one.end_char in ends}
    found = {number: {talkers[number]} if number in talkers else set() for number in labels}
    says_you = {number for number, label in labels.items() if YOU.search(label["said"])}
    for before, number in pairwise(labels):
        if before in talkers and not says_you.isdisjoint((before, number)):
            found[number].add(talkers[before])
    if says_you and len({*map(name_of, labels.values())}) == 2:
        found = {number: set(talkers.values()) for number in labels}
    return {paragraphs[number].start_char: frozenset(actors) for number, actors in found.items()}
