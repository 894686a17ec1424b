"""Link pronouns to the actors that they mean: for display and evidence, and for a model whose encoding shows them.

"He" and "she" are ranked by what was learnt (``antecedents``); the others, which are seldom doubtful where they are linked at all, by
rule (``pronoun_rules``).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cache, partial

from whipcount.reading.antecedents import MAX_BACK, Candidate, Judge, apart, describe, learnt_weights, rank
from whipcount.reading.drafts import ORGANISATION
from whipcount.reading.kinds import WELL_KNOWN
from whipcount.reading.parsing import Paragraph
from whipcount.reading.places import Grammar
from whipcount.reading.pronoun_rules import Known, antecedent, speaker
from whipcount.reading.pronoun_words import HE, SHE, Pronoun, find_pronouns
from whipcount.reading.quotes import is_quoted, quotations
from whipcount.reading.roles import BODY_WORDS, METONYMS, SPEECH_VERBS
from whipcount.reading.strangers import of_strangers
from whipcount.reading.talk import present
from whipcount.schema import PRONOUN, Mention, Span

MOST_BEFORE, MOST_AFTER = 40, 10
"""Mentions before and after "he" or "she" that it can mean: more stand in a list of names at most."""
ROUNDS = 2
"""How often a text's pronouns are linked: from the second time on what the others mean tells the gender of whom they mean."""
LEAST_LEAD = 0.5
"""By how many pronouns more a person has to be "he" than "she", or the other way round, for that to count."""
LEAST = 0.3
"""Least probability at which "he" or "she" is linked to anybody."""


@dataclass(frozen=True, slots=True)
class Options:
    """Whom "he" or "she" at some place can mean: of each candidate the actor, the place and the features of ``antecedents.describe``."""

    pronoun: Span
    actors: tuple[str, ...]
    spans: tuple[Span, ...]
    features: tuple[Mapping[str, float], ...]


def link_pronouns(
    text: str,
    paragraphs: Sequence[Paragraph],
    sentences: Sequence[Span],
    mentions: Sequence[Mention],
    kinds: Mapping[str, str],
    genders: Mapping[str, str],
    roles: Mapping[tuple[int, int], tuple[bool, bool]],
    weights: Mapping[str, float] | None = None,
    read: Callable[[], Judge] | None = None,
) -> tuple[list[Mention], list[Options]]:
    """Return the pronouns whose actor is plain enough, as mentions, and whom each "he" and "she" could mean.

    Args:
        text: that the offsets are of.
        paragraphs: of the text.
        sentences: of the text, in order.
        mentions: of the actors by name, role or group, in the text's order.
        kinds: of the actors, by id.
        genders: "m" or "f" of persons where a title tells, by id.
        roles: for the range of a mention, whether it is a subject and whether it speaks.
        weights: of the features of "he" and "she"; those that travel with the package where none are given.
        read: reads the text for what judges "he" and "she" beside their features, where there is such a thing; called where it is needed.
    """
    grammar, quotes = Grammar(paragraphs, sentences), quotations(text)
    named = {char for one in mentions for char in range(one.start_char, one.end_char)}
    pronouns = [one for one in find_pronouns(text, paragraphs, grammar, quotes) if one.start_char not in named]
    if not pronouns:
        return [], []
    weights = learnt_weights() if weights is None else weights
    starts = [span.start_char for span in sentences]
    by_sentence: dict[int, list[Known]] = defaultdict(list)
    bodies = {one.actor for one in mentions if kinds[one.actor] == ORGANISATION and _is_body(text, one)}
    for one in mentions:
        subject, speaks = roles.get((one.start_char, one.end_char), (False, False))
        place = grammar.place(one.start_char, one.end_char)
        known = Known(
            actor=one.actor,
            kind=kinds[one.actor],
            start_char=one.start_char,
            end_char=one.end_char,
            sentence=bisect_right(starts, one.start_char) - 1,  # none where it stands in furniture above the first
            subject=subject,
            speaks=speaks,
            quoted=is_quoted(quotes, one.start_char),
            place=place,
            proper=not text[one.start_char : one.end_char].islower(),
            gender="n" if one.actor in bodies else genders.get(one.actor, ""),
        )
        by_sentence[known.sentence].append(known)
    personal = any(pronoun.word in HE | SHE for pronoun in pronouns)
    judge = cache(read()) if read and personal else None  # most candidates are the same in each round
    there, lines = present(paragraphs, mentions), [paragraph.start_char for paragraph in paragraphs]
    line_of = [lines[bisect_right(lines, one.start_char) - 1] for one in pronouns]
    talking = [there.get(line, frozenset()) if not one.quoted else frozenset() for one, line in zip(pronouns, line_of, strict=True)]
    near = _genders(pronouns, talking, by_sentence, genders)
    told: list[Leaning] = [{}] * len(pronouns)
    for _ in range(ROUNDS if personal else 1):
        everybody: dict[str, float] = defaultdict(float)
        for leaning in told:
            for actor, lean in leaning.items():
                everybody[actor] += lean
        links = _Links({sentence: list(known) for sentence, known in by_sentence.items()}, text, weights, judge)
        for pronoun, those, own in zip(pronouns, talking, told, strict=True):
            links.add(pronoun, those, partial(_gender_of, everybody=everybody, own=own, given=genders, near=near))
        told = links.told
    strangers = of_strangers(paragraphs, named)
    return [one for one in links.found if one.start_char not in strangers], links.options


Leaning = Mapping[str, float]
"""By actor how many pronouns more, or parts of one, mean it as "he" than as "she"."""


def _gender_of(actor: str, everybody: Leaning, own: Leaning, given: Mapping[str, str], near: Mapping[str, str]) -> str:
    """Return the gender of an actor as a pronoun may know it: by a title, by what the text's other pronouns mean, or by those near.

    Args:
        actor: its id.
        everybody: what all pronouns come to.
        own: the pronoun's part in that.
        given: "m" or "f" where a title tells, by actor.
        near: likewise, by which pronouns stand near the name.
    """
    lean = everybody.get(actor, 0.0) - own.get(actor, 0.0)
    told = ("m" if lean > 0 else "f") if abs(lean) >= LEAST_LEAD else ""
    return given.get(actor, "") or told or near.get(actor, "")


class _Links:
    """The pronouns of a text as they are linked one after the other: each is a mention that the next ones may mean."""

    def __init__(self, by_sentence: dict[int, list[Known]], text: str, weights: Mapping[str, float], judge: Judge | None) -> None:
        self.by_sentence, self.text, self.weights, self.judge = by_sentence, text, weights, judge
        self.found: list[Mention] = []
        self.options: list[Options] = []
        self.told: list[Leaning] = []

    def add(self, pronoun: Pronoun, talking: Set[str], gender_of: Callable[[str], str]) -> None:
        """Link the next pronoun, if what it means is plain enough: "he" and "she" are none of those who talk there."""
        if pronoun.word in HE | SHE:
            options, candidates = _options(pronoun, talking, self.by_sentence, gender_of)
            self.options.append(options)
            verdict = self.judge(options.pronoun, options.spans) if self.judge and options.spans else None
            meant = rank(options.features, options.actors, self.weights, verdict)
            sign = 1.0 if pronoun.word in HE else -1.0
            self.told.append({actor: sign * chance for actor, chance in meant.items()})
            likeliest = max(meant, key=meant.__getitem__, default="")
            actor = next((one for one in candidates if one.actor == likeliest), None) if meant.get(likeliest, 0.0) >= LEAST else None
        else:
            self.told.append({})
            actor = antecedent(pronoun, self.by_sentence, self.text)
        if actor is not None:
            self._link(pronoun, actor)

    def _link(self, pronoun: Pronoun, actor: Known) -> None:
        self.found.append(Mention(actor.actor, pronoun.start_char, pronoun.end_char, PRONOUN))
        there = self.by_sentence.setdefault(pronoun.sentence, [])
        there.append(
            replace(
                actor,
                start_char=pronoun.start_char,
                end_char=pronoun.end_char,
                sentence=pronoun.sentence,
                subject=pronoun.subject,
                speaks=pronoun.subject and pronoun.verb in SPEECH_VERBS,
                quoted=pronoun.quoted,
                place=pronoun.place,
                pronoun=True,
            )
        )
        there.sort(key=lambda known: known.start_char)


def _options(
    pronoun: Pronoun, talking: Set[str], by_sentence: Mapping[int, list[Known]], gender_of: Callable[[str], str]
) -> tuple[Options, list[Known]]:
    """Return whom "he" or "she" could mean: whoever else is mentioned shortly before, or by name in the rest of the sentence."""
    gender = pronoun.gender
    told = speaker(pronoun, by_sentence) if pronoun.quoted else None
    here = by_sentence.get(pronoun.sentence, [])
    place = bisect_left(here, pronoun.start_char, key=lambda one: one.start_char)
    known = [one for one in here[max(0, place - MOST_BEFORE) : place] if one.able]
    for sentence in range(pronoun.sentence - 1, max(-1, pronoun.sentence - 1 - MAX_BACK), -1):
        known = [one for one in by_sentence.get(sentence, [])[-MOST_BEFORE:] if one.able] + known
    known = known[-MOST_BEFORE:] + [one for one in here[place : place + MOST_AFTER] if one.able]
    candidates = [
        Candidate(
            actor=one.actor,
            kind=one.kind,
            place=one.place,
            gender={gender: "fits", "": "unknown"}.get(gender_of(one.actor), "other"),
            speaks=told is not None and one.actor == told.actor,
            quoted=one.quoted,
            pronoun=one.pronoun,
            says=one.speaks,
        )
        for one in known
    ]
    features = describe(pronoun.place, pronoun.quoted, candidates, pronoun.beside)
    out = talking | {one.actor for one in known if one.gender not in ("", gender) or apart(one.place, pronoun.place, pronoun.own)}
    able = [(one, found) for one, found in zip(known, features, strict=True) if one.actor not in out]
    known = [one for one, _ in able]
    options = Options(
        pronoun=Span(pronoun.start_char, pronoun.end_char),
        actors=tuple(one.actor for one in known),
        spans=tuple(Span(one.start_char, one.end_char) for one in known),
        features=tuple(found for _, found in able),
    )
    return options, known


def _is_body(text: str, mention: Mention) -> bool:
    """Return whether an organisation's name is not one that a person's may be taken for."""
    words = text[mention.start_char : mention.end_char].split()
    return (
        mention.why == "group"
        or " ".join(words) in METONYMS
        or " ".join(words).lower() in WELL_KNOWN
        or words[-1].lower() in BODY_WORDS
        or (len(words) == 1 and (words[0].isupper() or words[0].islower()))
        or text[max(0, mention.start_char - 4) : mention.start_char].lower() == "the "
    )


def _genders(
    pronouns: Sequence[Pronoun], talking: Sequence[Set[str]], by_sentence: Mapping[int, Sequence[Known]], given: Mapping[str, str]
) -> dict[str, str]:
    """Return the gender of persons: what a title says, else that of the pronouns near their name where no other person stands."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for pronoun, those in zip(pronouns, talking, strict=True):
        gender = pronoun.gender
        if not gender or pronoun.quoted:
            continue
        for sentence in (pronoun.sentence, pronoun.sentence - 1):
            persons = {k.actor for k in by_sentence.get(sentence, ()) if k.kind == "person" and k.start_char < pronoun.start_char}
            persons -= those
            if len(persons) == 1:
                votes[persons.pop()][gender] += 2
            elif persons:
                for known in by_sentence[sentence]:
                    if known.subject and known.actor in persons and known.start_char < pronoun.start_char:
                        votes[known.actor][gender] += 1
            if persons or sentence != pronoun.sentence:
                break
    found = {actor: vote.most_common(1)[0][0] for actor, vote in votes.items() if vote["m"] != vote["f"]}
    return {**found, **{actor: gender for actor, gender in given.items() if gender}}
