"""Hear a text: its quotations and turns, who speaks each, and what the pronouns in them mean."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.attributions import Attribution
from whipcount.reading.parsing import Paragraph
from whipcount.reading.pronoun_words import HE, SHE, first_persons
from whipcount.reading.quotes import Quotation, find_quotations
from whipcount.reading.speakers import find_speakers
from whipcount.reading.surroundings import UNKNOWN, Surroundings
from whipcount.reading.turns import find_turns, with_turns
from whipcount.schema import PRONOUN, Mention, Utterance


class Heard(NamedTuple):
    """What rules tell of the speech in a text: its quotations and who says each, its attributions, and what stands around them.

    ``turns`` are those of the quotations that have no marks; see ``turns.find_turns``.
    """

    quotations: Sequence[Quotation]
    turns: Mapping[Quotation, str]
    attributions: Sequence[Attribution]
    said: Sequence[Utterance]
    places: Surroundings

    @property
    def mentions(self) -> Sequence[Mention]:
        """The mentions of the text, in its order, with the pronouns in quotations as whoever speaks means them."""
        return self.places.mentions


def hear(text: str, paragraphs: Sequence[Paragraph], mentions: Sequence[Mention]) -> Heard:
    """Return what rules tell of the speech in a text; see ``speakers.find_speakers``.

    Who speaks tells what pronouns in a quotation mean, and these who speaks in quotations within it: where that changes a mention, speakers
    are found again.
    """
    quotations: Sequence[Quotation] = find_quotations(text)
    attributions = find_attributions(text, paragraphs)
    places = Surroundings(text, paragraphs, quotations, mentions, attributions)
    if turns := find_turns(places):
        quotations = with_turns(quotations, turns)
        places = Surroundings(text, paragraphs, quotations, mentions, attributions)
    said = find_speakers(places, quotations, turns)
    if (meant := _as_meant(places, said)) != list(places.mentions):
        places = Surroundings(text, paragraphs, quotations, meant, attributions)
        said = find_speakers(places, quotations, turns)
    return Heard(quotations, turns, attributions, said, places)


def _as_meant(places: Surroundings, said: Iterable[Utterance]) -> list[Mention]:
    """Return the mentions of a text with each "I" of a quotation as its speaker's, and without a "he" or "she" that would be.

    In a quotation that is but a part of a sentence who speaks may be "she": "Quill said that “nobody asked her”". Whom a quotation
    names, too: it is not theirs then.
    """
    selves = first_persons(places.paragraphs)
    chars = sorted({*places.starts, *(span.start_char for span in selves)})
    inside: dict[int, Utterance] = {}
    for one in sorted(said, key=lambda one: one.depth):
        for piece in one.spans:
            first, last = (bisect_left(chars, char) for char in (piece.start_char, piece.end_char))
            inside |= dict.fromkeys(chars[first:last], one)
    found = {mention.start_char: mention for mention in places.mentions}
    named = {(inside[char], mention.actor) for char, mention in found.items() if char in inside and mention.why != PRONOUN}
    for char, one in inside.items():
        mention = found.get(char)
        if mention is None or mention.why != PRONOUN or mention.actor != one.speaker or (one, one.speaker) in named:
            continue
        is_third = places.text[char : mention.end_char].lower() in HE | SHE
        if is_third and (one.why == "label" or places.begins_sentence(one.spans[0].start_char)):
            del found[char]
    for span in selves:
        speaker = inside[span.start_char].speaker if span.start_char in inside else UNKNOWN
        if speaker and (span.start_char not in found or found[span.start_char].why == PRONOUN):
            found[span.start_char] = Mention(speaker, span.start_char, span.end_char, PRONOUN)
    return [found[char] for char in sorted(found)]


def with_learned(heard: Heard, attributions: Sequence[Attribution]) -> list[Utterance]:
    """Return who says each quotation by rules, and where they know nobody by attributions that a model has found, if there are any."""
    if not attributions:
        return list(heard.said)
    places = Surroundings(heard.places.text, heard.places.paragraphs, heard.quotations, heard.mentions, attributions)
    return filled(heard.said, find_speakers(places, heard.quotations, heard.turns))


def filled(said: Sequence[Utterance], others: Sequence[Utterance]) -> list[Utterance]:
    """Return utterances as they are where their speaker is known or they are no speech, else as others have found them.

    Args:
        said: of the quotations of a text.
        others: of the same quotations.
    """
    return [other if not one.speaker and one.why != "no speech" and other.speaker else one for one, other in zip(said, others, strict=True)]
