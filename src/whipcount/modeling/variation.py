"""How one reading of an article departs from the plain one, and how training draws it: roster order, slots, names."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from whipcount.config import TrainingConfig
from whipcount.reading.pronoun_words import HE, SHE
from whipcount.schema import FULL, RESERVED_ACTORS, Actor, Article, Mention, Span


class NewName(NamedTuple):
    """A name to be read in place of an actor's own: where the text gives the whole name, and where less of it."""

    full: str
    short: str


@dataclass(frozen=True)
class Variation:
    """How one reading of an article departs from the plain one; training draws a new one at each epoch.

    ``actors``: roster positions to present, in this order. ``slots``: the slot number of each of them; without any, actors and slots are
    in the order in which the text first names them, whatever that of the list: published lists may be in the order of the stances.
    ``masked``: roster positions whose names are replaced by the mask token. ``renamed``: names to be read in place of others.
    ``hidden``: sentences of which only the names can be read, each other token being replaced by the mask token.
    ``blanked``: ranges of the text; the tokens of words, names too, that start in one are replaced by the mask token, markers stay.
    """

    actors: tuple[int, ...]
    slots: tuple[int, ...] = ()
    masked: frozenset[int] = frozenset()
    renamed: Mapping[int, NewName] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()
    blanked: tuple[Span, ...] = ()


def plain(article: Article) -> Variation:
    """Return the reading that is used outside training: all of ``presented``, in the order of the text, nothing masked."""
    return Variation(tuple(presented(article)))


def in_order(variation: Variation, mentions: Iterable[Mention], article: Article) -> Variation:
    """Return a variation without slots with those of the order of the text: reserved actors, named ones, then the others by name.

    Args:
        variation: of the article.
        mentions: of its actors, in the order of the text.
        article: that is read.
    """
    first: dict[int, int] = {}
    for mention in mentions:
        first.setdefault(article.position(mention.actor), len(first))
    last = len(first)

    def place(actor: int) -> tuple[int, int, str]:
        reserved = min(actor, len(RESERVED_ACTORS))
        return reserved, first.get(actor, last), article.roster[actor].name

    actors = tuple(sorted(variation.actors, key=place))
    return replace(variation, actors=actors, slots=tuple(range(len(actors))))


def presented(article: Article) -> range:
    """Return the roster positions that a reading can present: the reserved actors only where the annotation speaks of them."""
    return range(0 if article.annotation == FULL else len(RESERVED_ACTORS), len(article.roster))


NamePool = dict[str, list[NewName]]
"""By gender, the names of persons that others may be given."""


def name_pool(articles: Sequence[Article]) -> NamePool:
    """Return the persons' names of the articles by the gender that the annotated pronouns tell."""
    pool = defaultdict(list)
    for article in articles:
        for actor in article.actors:
            if told := gender(article, actor):
                pool[told].append(NewName(actor.name, actor.name.split()[-1]))
    return dict(pool)


def gender(article: Article, actor: Actor) -> str:
    """Return ``feminine`` or ``masculine`` by the pronouns annotated as a person's, empty where they do not tell."""
    words = Counter(article.text[m.start_char : m.end_char].lower() for m in article.annotated_mentions if m.actor == actor.id)
    feminine, masculine = (sum(words[word] for word in pronouns) for pronouns in (SHE, HE))
    if actor.kind != "person" or feminine == masculine:
        return ""
    return "feminine" if feminine > masculine else "masculine"


def draw_variation(article: Article, rng: random.Random, n_slots: int, config: TrainingConfig, names: NamePool) -> Variation:
    """Draw roster order, slots, masked and exchanged names, and which idle actors are left out, so that only reading pays."""
    active = {article.position(end) for stance in article.stances for end in (stance.speaker, stance.target)}
    reserved = range(len(RESERVED_ACTORS))
    actors = [
        position
        for position in presented(article)
        if position in reserved or position in active or rng.random() >= config.drop_idle
    ]  # fmt: skip
    if config.shuffle_slots:
        rng.shuffle(actors)
    masked = frozenset(actor for actor in actors if actor not in reserved and rng.random() < config.mask_names)
    renamed = {}
    for actor in actors:
        if actor not in masked and (pool := names.get(gender(article, article.roster[actor]))) and rng.random() < config.swap_names:
            renamed[actor] = rng.choice(pool)
    slots: Sequence[int] = ()
    if config.shuffle_slots:
        slots = rng.sample(range(n_slots), len(actors)) if len(actors) <= n_slots else range(len(actors))
    return Variation(tuple(actors), tuple(slots), masked, renamed)
