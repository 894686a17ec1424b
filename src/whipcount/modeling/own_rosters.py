"""Annotated articles with the actors that a reading of raw text finds in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from whipcount.reading.actors import Roster, find_actors
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.schema import FULL, GIVEN, PRONOUN, RESERVED_IDS, Actor, Article, Mention, Reading, Span
from whipcount.scoring.rosters import match_rosters

PREFIX = "own_"
MAX_ACTORS = 24
"""Actors of a roster beyond which no distractors are added: what a sentence costs grows with their square."""


class _Found(NamedTuple):
    """What reading finds in an annotated article's text, an actor that is annotated, too, under the id that it has there.

    ``mentions`` leave out pronouns, as what the model is shown does.
    """

    actors: list[Actor]
    mentions: list[Mention]


def gold_ids(article: Article, found: Roster) -> Mapping[str, str]:
    """Return by id which annotated actor each actor is that reading finds in an article; those that are none are left out."""
    reading = Reading(text=article.text, sentences=article.sentences, actors=found.actors, mentions=found.mentions)
    return match_rosters(reading, article, "lenient").gold_of


def _find(article: Article) -> _Found:
    found = find_actors(article.text, parse(article.text, article.furniture), article.sentences)
    gold_of = gold_ids(article, found)
    ids = {actor.id: gold_of.get(actor.id, PREFIX + actor.id) for actor in found.actors}
    return _Found(
        [replace(actor, id=ids[actor.id]) for actor in found.actors],
        [replace(mention, actor=ids[mention.actor]) for mention in _shown(found.mentions)],
    )


def _shown(mentions: Iterable[Mention]) -> list[Mention]:
    """Return those of the mentions that reading finds that the model is shown, as it is shown them."""
    return [replace(mention, why=GIVEN) for mention in mentions if mention.why != PRONOUN]


def as_shown(corpus: str, id: str, text: str, sentences: Sequence[Span], actors: Sequence[Actor], mentions: Iterable[Mention]) -> Article:
    """Return a text with the actors and mentions that reading finds in it as an article without stances, as a model is shown it."""
    return Article(corpus=corpus, id=id, text=text, sentences=tuple(sentences), actors=tuple(actors), mentions=tuple(_shown(mentions)))


def read_roster(corpus: str, id: str, text: str) -> Article:
    """Return a clean text as an article with the sentences and actors that reading finds in it, and no stance."""
    paragraphs = parse(text)
    sentences = split_sentences(text, paragraphs)
    found = find_actors(text, paragraphs, sentences)
    return as_shown(corpus, id, text, sentences, found.actors, found.mentions)


def lists_active_alone(article: Article) -> bool:
    """Return whether an article's list of actors may leave out those without a stance: nobody annotated where actors are mentioned."""
    return article.annotation == FULL and all(mention.why == GIVEN for mention in article.annotated_mentions)


def with_distractors(article: Article) -> Article:
    """Return an article with the actors besides its own that reading finds in its text, and all mentions that it finds but pronouns.

    Every pair of an added actor is ``none``: so is what a full annotation does not list. The article's own actors stay, found or
    not; of others those with most mentions are added, up to ``MAX_ACTORS`` in all.
    """
    found = _find(article)
    listed = {actor.id for actor in article.actors}
    often = Counter(mention.actor for mention in found.mentions)
    others = sorted((actor for actor in found.actors if actor.id not in listed), key=lambda actor: -often[actor.id])
    others = others[: max(0, MAX_ACTORS - len(listed))]
    shown = listed | {actor.id for actor in others}
    mentions = tuple(mention for mention in found.mentions if mention.actor in shown)
    return replace(article, actors=(*article.actors, *others), mentions=mentions, utterances=None)


def with_own_roster(article: Article) -> Article:
    """Return an article with the actors that reading finds instead of its own, and of its stances those between such actors.

    The other stances are gone, not missed: what is measured on it has them in no denominator, a threshold chosen on it neither.
    """
    found = _find(article)
    there = {*RESERVED_IDS, *(actor.id for actor in found.actors)}
    kept = tuple(stance for stance in article.stances if {stance.speaker, stance.target} <= there)
    return replace(article, actors=tuple(found.actors), mentions=tuple(found.mentions), stances=kept, utterances=None)
