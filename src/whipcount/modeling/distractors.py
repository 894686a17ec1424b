"""Rosters as a reading of raw text finds them: with actors that hold no stance and draw none."""

from __future__ import annotations

from dataclasses import replace

from whipcount.reading.actors import find_actors
from whipcount.reading.parsing import parse
from whipcount.schema import FULL, GIVEN, PRONOUN, Actor, Article, Mention, Reading
from whipcount.scoring.rosters import match_rosters

PREFIX = "own_"
MAX_ACTORS = 24
"""Actors of a roster beyond which no more are added: what a sentence costs grows with their square."""


def lists_active_alone(article: Article) -> bool:
    """Return whether an article's list of actors may leave out those without a stance: nobody annotated where actors are mentioned."""
    return article.annotation == FULL and all(mention.why == GIVEN for mention in article.mentions)


def with_distractors(article: Article) -> Article:
    """Return an article with the actors besides its own that reading finds in its text, and all mentions that it finds but pronouns.

    Every pair of an added actor is ``none``: so is what a full annotation does not list. The article's own actors stay, found or
    not; of others those with most mentions are added, up to ``MAX_ACTORS`` in all.
    """
    found = find_actors(article.text, parse(article.text), article.sentences)
    reading = Reading(text=article.text, sentences=article.sentences, actors=found.actors, mentions=found.mentions)
    gold_of = match_rosters(reading, article, "lenient").gold_of
    told = [mention for mention in found.mentions if mention.why != PRONOUN]
    others = [actor for actor in found.actors if actor.id not in gold_of]
    often = {actor.id: sum(mention.actor == actor.id for mention in told) for actor in others}
    others = sorted(others, key=lambda actor: -often[actor.id])[: max(0, MAX_ACTORS - len(article.actors))]
    ids = {**gold_of, **{actor.id: PREFIX + actor.id for actor in others}}
    return replace(
        article,
        actors=(*article.actors, *(Actor(ids[actor.id], actor.name, actor.kind, actor.aliases) for actor in others)),
        mentions=tuple(Mention(ids[m.actor], m.start_char, m.end_char, GIVEN) for m in told if m.actor in ids),
    )
