"""Draw how a training article is read in an epoch: roster order, slots, names."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from whipcount.config import TrainingConfig
from whipcount.modeling.encoding import NewName, Variation, presented
from whipcount.schema import RESERVED_ACTORS, Actor, Article

FEMININE = {"she", "her", "hers", "herself"}
MASCULINE = {"he", "him", "his", "himself"}

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
    feminine, masculine = (sum(words[word] for word in pronouns) for pronouns in (FEMININE, MASCULINE))
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
    slots = rng.sample(range(n_slots), len(actors)) if config.shuffle_slots and len(actors) <= n_slots else range(len(actors))
    return Variation(tuple(actors), tuple(slots), masked, renamed)
