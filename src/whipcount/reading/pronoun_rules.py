"""What pronouns other than "he" and "she" mean, by rule, where it is plain enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from whipcount.reading.cues import CUE_FORMS
from whipcount.reading.drafts import GROUP_KIND, ORGANISATION, PERSON
from whipcount.reading.places import Place
from whipcount.reading.pronoun_words import IT, ITS, RELATIVE, SELF, Pronoun
from whipcount.reading.roles import PEOPLE_NOUNS, ROLE_NOUNS, SPEECH_VERBS, listed

ACTS = SPEECH_VERBS | CUE_FORMS
"""Verbs whose subject is an actor and no thing."""
IDLE = listed(
    "am is are was were be been being ’s 's seem seems seemed appear appears appeared take takes took taken taking cost costs costing "
    "happen happens happened matter matters mattered mean means meant depend depends depended remain remains remained work works worked "
    "last lasts lasted rain rains rained raining snow snows snowed snowing"
)
"""Verbs of which "it" is the subject where it means no actor."""


@dataclass(frozen=True, slots=True)
class Known:
    """A mention as a pronoun sees it; ``subject`` and ``speaks`` as in ``spotting.Spotted``; ``sentence`` is an index.

    ``proper`` says whether it has a capital: "the council" has none. ``gender`` is "m" or "f" where the text tells, "n" of what is no
    person, empty else.
    """

    actor: str
    kind: str
    start_char: int
    end_char: int
    sentence: int
    subject: bool
    speaks: bool
    quoted: bool
    place: Place
    proper: bool
    gender: str
    pronoun: bool = False

    @property
    def able(self) -> bool:
        """Whether "he" or "she" may have to do with it: a person, or what has a name and may have been taken for an organisation."""
        return self.kind == PERSON or (self.kind == ORGANISATION and self.proper)


def antecedent(pronoun: Pronoun, by_sentence: Mapping[int, list[Known]], text: str) -> Known | None:
    """Return a mention of whom a pronoun means.

    Args:
        pronoun: any but "he" and "she".
        by_sentence: the mentions of each sentence, in the text's order, pronouns linked before among them.
        text: that the offsets are of.
    """
    before = [known for known in by_sentence.get(pronoun.sentence, ()) if known.end_char <= pronoun.start_char]
    earlier = by_sentence.get(pronoun.sentence - 1, ())
    if pronoun.word in RELATIVE:
        if before and text[before[-1].end_char : pronoun.start_char].strip() in ("", ",", "—", "–"):
            return before[-1]
        return next((known for known in before if known.start_char <= pronoun.noun < known.end_char), None)
    if pronoun.word in SELF:
        return speaker(pronoun, by_sentence) if pronoun.quoted else None
    if pronoun.word in IT:
        saying = [known for known in _bodies(before) if known.speaks and known.place.verb in pronoun.place.verbs_above[:1]]
        return _only(saying) if saying and pronoun.subject and pronoun.verb not in IDLE else _acting(pronoun, earlier)
    if pronoun.word in ITS:
        bodies = _bodies(before)
        if pronoun.owned in ROLE_NOUNS | PEOPLE_NOUNS:  # "its chair", not "its cost"
            bodies = bodies or _bodies(earlier)
            return _only([known for known in bodies if known.subject] or bodies)
        return _only([known for known in bodies if known.subject])
    groups = [known for known in (*reversed(before), *reversed(earlier)) if known.kind == GROUP_KIND]
    alone = not pronoun.after_plural and all(known.kind == ORGANISATION for known in earlier)
    return _only(groups) or (_acting(pronoun, earlier) if alone else None)


def _bodies(there: Sequence[Known]) -> list[Known]:
    return [known for known in there if known.kind == ORGANISATION]


def _acting(pronoun: Pronoun, earlier: Sequence[Known]) -> Known | None:
    """Return the only body that the sentence before is about, if the pronoun opens its own and does what no thing does."""
    acts = pronoun.place.opens and pronoun.subject and pronoun.verb in ACTS
    return _only([known for known in _bodies(earlier) if known.subject]) if acts else None


def _only(there: Sequence[Known]) -> Known | None:
    """Return the first mention, if all are of one actor."""
    return there[0] if len({known.actor for known in there}) == 1 else None


def speaker(pronoun: Pronoun, by_sentence: Mapping[int, list[Known]]) -> Known | None:
    """Return who says the quotation that a pronoun stands in: named in its sentence, else in the last one that names a speaker."""
    for sentence in (pronoun.sentence, pronoun.sentence - 1, pronoun.sentence - 2):
        told = [known for known in by_sentence.get(sentence, ()) if known.speaks and not known.quoted]
        if told:
            return min(told, key=lambda known: abs(known.start_char - pronoun.start_char))
    return None
