"""Link pronouns to the nearest plausible actor, for display and evidence: the model reads pronouns by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from whipcount.reading.parsing import Paragraph
from whipcount.reading.quotes import quotations
from whipcount.reading.roles import SPEECH_VERBS
from whipcount.schema import PRONOUN, Mention, Span

HE = {"he", "him", "his", "himself"}
SHE = {"she", "her", "hers", "herself"}
THEY = {"they", "them", "their", "theirs", "themselves"}
ITS = {"its", "itself"}
SELF = {"i", "me", "my", "mine", "myself"}
RELATIVE = {"who", "whom", "whose"}
FORMS = HE | SHE | THEY | ITS | SELF | RELATIVE
MAX_BACK = 3
"""Sentences that a pronoun looks back."""


@dataclass(frozen=True, slots=True)
class Known:
    """A mention as a pronoun sees it; ``subject`` and ``speaks`` as in ``spotting.Spotted``; ``sentence`` is an index."""

    actor: str
    kind: str
    start_char: int
    end_char: int
    sentence: int
    subject: bool
    speaks: bool
    quoted: bool


@dataclass(frozen=True, slots=True)
class Pronoun:
    """A pronoun of the text; ``subject`` says whether it is the subject of a clause, ``verb`` of which."""

    word: str
    start_char: int
    end_char: int
    sentence: int
    subject: bool
    verb: str
    quoted: bool


def link_pronouns(
    text: str,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    kinds: Mapping[str, str],
    genders: Mapping[str, str],
    roles: Mapping[tuple[int, int], tuple[bool, bool]],
) -> list[Mention]:
    """Return the pronouns whose actor is plain enough, as mentions.

    Args:
        text: that the offsets are of.
        paragraphs: of the text.
        sentences: of the text, in order.
        mentions: of the actors by name, role or group, in the text's order.
        kinds: of the actors, by id.
        genders: "m" or "f" of persons where a title tells, by id.
        roles: for the range of a mention, whether it is a subject and whether it speaks.
    """
    quotes = quotations(text)
    starts = [span.start_char for span in sentences]
    quote_starts = [span.start_char for span in quotes]

    def quoted(position: int) -> bool:
        index = bisect_right(quote_starts, position) - 1
        return index >= 0 and position < quotes[index].end_char

    by_sentence: dict[int, list[Known]] = defaultdict(list)
    for one in mentions:
        sentence = bisect_right(starts, one.start_char) - 1
        subject, speaks = roles.get((one.start_char, one.end_char), (False, False))
        known = Known(one.actor, kinds[one.actor], one.start_char, one.end_char, sentence, subject, speaks, quoted(one.start_char))
        by_sentence[sentence].append(known)
    pronouns = [
        Pronoun(word, start, end, bisect_right(starts, start) - 1, subject, verb, quoted(start))
        for word, start, end, subject, verb in _pronouns(paragraphs)
    ]
    known_genders = _genders(pronouns, by_sentence, genders)
    found = []
    for pronoun in pronouns:
        actor = _antecedent(pronoun, by_sentence, known_genders, text)
        if actor is not None:
            found.append(Mention(actor.actor, pronoun.start_char, pronoun.end_char, PRONOUN))
            by_sentence[pronoun.sentence].append(
                Known(
                    actor.actor,
                    actor.kind,
                    pronoun.start_char,
                    pronoun.end_char,
                    pronoun.sentence,
                    pronoun.subject,
                    pronoun.subject and pronoun.verb in SPEECH_VERBS,
                    pronoun.quoted,
                )
            )
            by_sentence[pronoun.sentence].sort(key=lambda known: known.start_char)
    return found


def _pronouns(paragraphs: Sequence[Paragraph]) -> Iterator[tuple[str, int, int, bool, str]]:
    for paragraph in paragraphs:
        for token in paragraph.doc:
            word = token.text.lower()
            if word in FORMS and token.tag_ in ("PRP", "PRP$", "WP", "WP$"):
                start = paragraph.start_char + token.idx
                yield word, start, start + len(word), token.dep_ in ("nsubj", "nsubjpass"), token.head.text.lower()


def _genders(pronouns: Sequence[Pronoun], by_sentence: Mapping[int, Sequence[Known]], given: Mapping[str, str]) -> dict[str, str]:
    """Return the gender of persons: what a title says, else that of the pronouns near their name where no other person stands."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for pronoun in pronouns:
        gender = "m" if pronoun.word in HE else "f" if pronoun.word in SHE else ""
        if not gender or pronoun.quoted:
            continue
        for sentence in (pronoun.sentence, pronoun.sentence - 1):
            persons = {k.actor for k in by_sentence.get(sentence, ()) if k.kind == "person" and k.start_char < pronoun.start_char}
            if len(persons) == 1:
                votes[persons.pop()][gender] += 2
            elif persons:
                for known in by_sentence[sentence]:
                    if known.subject and known.kind == "person" and known.start_char < pronoun.start_char:
                        votes[known.actor][gender] += 1
            if persons or sentence != pronoun.sentence:
                break
    found = {actor: vote.most_common(1)[0][0] for actor, vote in votes.items() if vote["m"] != vote["f"]}
    return {**found, **{actor: gender for actor, gender in given.items() if gender}}


def _antecedent(pronoun: Pronoun, by_sentence: Mapping[int, list[Known]], genders: Mapping[str, str], text: str) -> Known | None:
    before = [known for known in by_sentence.get(pronoun.sentence, ()) if known.end_char <= pronoun.start_char]
    if pronoun.word in RELATIVE:
        if not before or text[before[-1].end_char : pronoun.start_char].strip() not in ("", ",", "—", "–"):
            return None
        return before[-1]
    if pronoun.word in SELF:
        return _speaker(pronoun, by_sentence) if pronoun.quoted else None
    if pronoun.word in ITS:
        bodies = [known for known in before if known.kind == "organisation" and known.subject]
        return bodies[-1] if bodies and len({known.actor for known in bodies}) == 1 else None
    if pronoun.word in THEY:
        groups = [known for known in _recent(pronoun, before, by_sentence, 1) if known.kind == "group"]
        return groups[0] if len({known.actor for known in groups}) == 1 else None
    return _person(pronoun, before, by_sentence, genders)


def _recent(pronoun: Pronoun, before: Sequence[Known], by_sentence: Mapping[int, list[Known]], back: int) -> Iterator[Known]:
    yield from reversed(before)
    for sentence in range(pronoun.sentence - 1, max(-1, pronoun.sentence - 1 - back), -1):
        yield from reversed(by_sentence.get(sentence, ()))


def _person(pronoun: Pronoun, before: Sequence[Known], by_sentence: Mapping[int, list[Known]], genders: Mapping[str, str]) -> Known | None:
    """Return the person whom "he" or "she" means: a subject of this sentence, of the one before, or who else stands near."""
    gender = "m" if pronoun.word in HE else "f"
    speaker = _speaker(pronoun, by_sentence) if pronoun.quoted else None

    def able(known: Known) -> bool:
        fits = known.kind == "person" and genders.get(known.actor, gender) == gender
        return fits and (speaker is None or known.actor != speaker.actor)

    here = [known for known in before if able(known)]
    subjects = [known for known in here if known.subject]
    if pronoun.quoted:
        inside = [known for known in here if known.quoted]
        if inside:
            return inside[-1]
    elif subjects:
        sure = [known for known in subjects if genders.get(known.actor) == gender]
        return (sure or subjects)[0 if pronoun.subject else -1]
    elif here:
        return here[-1]
    for sentence in range(pronoun.sentence - 1, max(-1, pronoun.sentence - 1 - MAX_BACK), -1):
        there = [known for known in by_sentence.get(sentence, ()) if able(known)]
        sure = [known for known in there if genders.get(known.actor) == gender]
        for choice in (sure, there):
            if choice:
                return next((known for known in choice if known.subject and known.quoted == pronoun.quoted), choice[-1])
    return None


def _speaker(pronoun: Pronoun, by_sentence: Mapping[int, list[Known]]) -> Known | None:
    """Return who says the quotation that a pronoun stands in: named in its sentence, else in the last one that names a speaker."""
    for sentence in (pronoun.sentence, pronoun.sentence - 1, pronoun.sentence - 2):
        told = [known for known in by_sentence.get(sentence, ()) if known.speaks and not known.quoted]
        if told:
            return min(told, key=lambda known: abs(known.start_char - pronoun.start_char))
    return None
