"""Whom "he" or "she" means, ranked by a log-linear model over the grammar of the text.

Learnt from GAP (Webster et al. 2018) and the Gazette by ``python -m whipcount.train_pronouns``; the features are those of the
literature: recency, the roles of both, parallel roles, clauses that rule one another out, gender where the text tells it (compare Lappin
and Leass 1994; Durrett and Klein 2013).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple, Protocol

from whipcount.reading.places import Place
from whipcount.schema import Actor, Mention, Span

WEIGHTS = "pronoun_weights.json"
QUOTES = "quotes, "
"""How the features begin that only "he" and "she" beside a quotation have."""
MAX_BACK = 4
"""Sentences that "he" and "she" look back."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that a pronoun may mean.

    Attributes:
        actor: its id.
        kind: the actor's.
        place: in the grammar.
        gender: ``fits``, ``unknown`` or ``other``.
        speaks: whether the actor says the quotation that the pronoun stands in.
        quoted: whether the mention stands in a quotation.
        pronoun: whether it is a pronoun itself, linked before.
        says: whether it is the subject of a verb of saying or judging.
    """

    actor: str
    kind: str
    place: Place
    gender: str
    speaks: bool
    quoted: bool
    pronoun: bool
    says: bool = False


class Verdict(NamedTuple):
    """What is added to the score of each candidate of a pronoun, and the score of somebody else than all of them."""

    candidates: Sequence[float]
    nobody: float


Judge = Callable[[Span, Sequence[Span]], Verdict]
"""Judges the candidates of a pronoun by where it and they stand in a text."""


class Resolver(Protocol):
    """What has learnt to understand whom pronouns mean, beside the features; see ``modeling.resolver``."""

    def read(self, text: str, sentences: Sequence[Span], actors: Sequence[Actor], mentions: Sequence[Mention]) -> Judge:
        """Read a text once and return what judges the pronouns of it.

        Args:
            text: clean text.
            sentences: of it, in order.
            actors: whom it mentions.
            mentions: of them, pronouns aside.
        """
        ...


@cache
def learnt_weights() -> dict[str, float]:
    """Return the weights that travel with the package, by feature."""
    read: dict[str, dict[str, float]] = json.loads((files("whipcount.reading") / WEIGHTS).read_text(encoding="utf-8"))
    return read["weights"]


def score(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the score of a candidate: the sum of its features' weights; one that is missing counts nothing."""
    return sum(weights.get(name, 0.0) * value for name, value in features.items())


def rank(
    features: Sequence[Mapping[str, float]], actors: Sequence[str], weights: Mapping[str, float], verdict: Verdict | None = None
) -> dict[str, float]:
    """Return the probability that a pronoun means each actor, its mentions' taken together.

    Args:
        features: of each candidate, as ``describe`` gives them.
        actors: whose mention each candidate is.
        weights: by feature.
        verdict: what a ``Resolver`` makes of the candidates; with it the probabilities leave room for nobody of them.
    """
    scores = [score(found, weights) for found in features]
    if verdict:
        scores = [*(one + more for one, more in zip(scores, verdict.candidates, strict=True)), verdict.nobody]
    highest = max(scores, default=0.0)
    shares = [math.exp(score - highest) for score in scores]
    total = sum(shares)
    meant: dict[str, float] = {}
    for actor, share in zip(actors, shares, strict=not verdict):
        meant[actor] = meant.get(actor, 0.0) + share / total
    return meant


def describe(pronoun: Place, quoted: bool, candidates: Sequence[Candidate], beside: bool = False) -> list[dict[str, float]]:
    """Return the features of each candidate; every one is 1 where it is named.

    Args:
        pronoun: where it stands.
        quoted: whether in a quotation.
        beside: whether it is the subject of a verb of saying beside a quotation: "she said" after “…”.
        candidates: up to ``MAX_BACK`` sentences before, and in the rest of the sentence.
    """
    before = [one for one in candidates if one.place.after <= pronoun.first]
    recent = list(dict.fromkeys(one.actor for one in reversed(before)))
    often = Counter(one.actor for one in candidates)
    most = max(often.values(), default=0)
    described = []
    for one in candidates:
        names = _common(one, pronoun, quoted)
        names += [f"mentions {_upto(often[one.actor], 5)}", f"actors {_upto(len(often), 6)}"]
        names += ["mentioned most"] if often[one.actor] == most else []
        if one.place.first > pronoun.first:
            between = sum(pronoun.first < other.place.first < one.place.first for other in candidates)
            names += _after(one.place, pronoun, between)
        else:
            rivals = {other.actor for other in before if other.place.first > one.place.first} - {one.actor}
            peers = [other for other in candidates if other.place.sentence == one.place.sentence]
            names += _before(one, pronoun, len(rivals), recent.index(one.actor))
            names += [f"first of {_back(one.place, pronoun)}"] if peers[0] is one else []
            names += _beside(one, pronoun) if beside else []
            if one.place.role == "subject" and not any(o.place.role == "subject" and o.place.first > one.place.first for o in before):
                names.append("last subject")
        described.append(dict.fromkeys(names, 1.0))
    return described


def apart(one: Place, pronoun: Place, own: bool) -> bool:
    """Return whether a name and a pronoun of its sentence mean two people: "Quill thanked her", "her deputy, Quill".

    Args:
        one: where the name stands.
        pronoun: where the pronoun stands.
        own: whether it is one that points back at the subject: "herself", "her own".
    """
    if own or one.sentence != pronoun.sentence:
        return False
    possessed = pronoun.role == "owner" and pronoun.above[0] in one.same
    return possessed or (one.role == "subject" and one.verb == pronoun.acted_by)


def _common(one: Candidate, pronoun: Place, quoted: bool) -> list[str]:
    names = [f"kind {one.kind}", f"gender {one.gender}", f"gender {one.gender}, {one.kind}", f"quoted {quoted} {one.quoted}"]
    names += ["is a pronoun", f"is a pronoun, {pronoun.role} {one.place.role}"] if one.pronoun else []
    names += ["speaks"] if one.speaks else []
    names.append(f"words {_upto(one.place.after - one.place.first, 3)}")
    return names


def _before(one: Candidate, pronoun: Place, n_rivals: int, recency: int) -> list[str]:
    place, role, back = one.place, one.place.role, _back(one.place, pronoun)
    kind = "pronoun" if one.pronoun else "name"
    names = [back, f"{back}, {kind}", f"{back}, {role}", f"{back}, {role}, {pronoun.role}", f"{pronoun.role}, {role}"]
    names += [f"{kind}, {role}, {back}", f"rivals {_upto(n_rivals, 4)}", f"rivals {_upto(n_rivals, 4)}, {back}"]
    names += [f"recency {_upto(recency, 4)}", f"distance {_upto((pronoun.first - place.first) // 8, 6)}"]
    if pronoun.opens:
        names.append(f"opens, {role}, {back}")
    if place.sentence == pronoun.sentence:
        relations = {
            "same verb": place.verb == pronoun.verb,
            "verb above": place.verb in pronoun.verbs_above,
            "verb below": pronoun.verb in place.verbs_above,
            "within": place.head in pronoun.above,
            "beside": bool(pronoun.above and place.above) and pronoun.above[0] == place.above[0],
        }
        for relation, holds in relations.items():
            names += [relation, f"{relation}, {role}", f"{relation}, {role}, {pronoun.role}"] if holds else []
    return names


def _beside(one: Candidate, pronoun: Place) -> list[str]:
    does = "quoted" if one.quoted else "says" if one.says else "silent"
    names = [does, f"{does}, {_back(one.place, pronoun)}", one.place.role]
    return [f"{QUOTES}{name}" for name in names]


def _after(place: Place, pronoun: Place, n_between: int) -> list[str]:
    names = ["after", f"after, {place.role}", f"after, {pronoun.role}", f"after, {pronoun.role}, {place.role}"]
    names += [f"after, between {_upto(n_between, 3)}", f"after, distance {_upto((place.first - pronoun.first) // 5, 4)}"]
    names += ["after, opens"] if pronoun.opens else []
    return [*names, *(["after, verb above"] if place.verb in pronoun.verbs_above else [])]


def _back(place: Place, pronoun: Place) -> str:
    return f"back {_upto(pronoun.sentence - place.sentence, 3)}"


def _upto(number: int, most: int) -> str:
    return str(number) if number < most else f"{most}+"
