"""Readings that tell what a model reads from what it knows: names exchanged or masked, direction turned, words hidden.

Names are exchanged as in CheckList's invariance tests (Ribeiro et al. 2020): the text says of the new names what it said of
the old ones, so every label that changes is an error, whatever the gold.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from tqdm.auto import tqdm

from whipcount.config import PERTURBATIONS
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.variation import NewName, gender, plain
from whipcount.reading.names import find_mentions
from whipcount.schema import NONE, RESERVED_ACTORS, STANCES, Actor, Article, InputError
from whipcount.scoring.benchmarks import asked_rows

log = logging.getLogger(__name__)

OWN = len(RESERVED_ACTORS)
"""Roster position of the first of an article's own actors."""


class InventedName(NamedTuple):
    """A name with its culture and gender; for an organisation or group its kind and nothing."""

    name: NewName
    culture: str
    gender: str


@cache
def invented_names() -> tuple[InventedName, ...]:
    """Return the names of ``names.txt``, in its order; those without gender are for organisations and groups."""
    names = []
    for line in (files("whipcount.modeling") / "names.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            culture, told, listed = (part.strip() for part in line.split("|"))
            names += [InventedName(_parse_name(entry.strip()), culture, told) for entry in listed.split(",")]
    return tuple(names)


def _parse_name(entry: str) -> NewName:
    words = entry.removeprefix("*").split()
    return NewName(" ".join(words), words[0] if entry.startswith("*") else words[-1])


def draw_names(article: Article, rng: random.Random) -> dict[int, InventedName]:
    """Return invented names for the article's own actors, by roster position: none twice, no word of them in the text.

    The text must still tell the same story. So a person gets a name of any culture, of the gender that the annotated pronouns
    tell, if they do. An organisation or group keeps the noun that says what it is ("the board"); an invented word takes the
    place of the rest. Three keep their names: a person of whose name the text has words where ``find_mentions`` finds none (a
    surname that two share, a given name alone), a group of a single word ("residents"), and whoever the names do not suffice for.
    """
    words = _words(article.text.lower())
    pool = [one for one in invented_names() if words.isdisjoint(_words(one.name.full.lower()))]
    rng.shuffle(pool)
    left = _words_outside_names(article)
    names = {}
    for position, actor in enumerate(article.actors, start=OWN):
        told = gender(article, actor)
        found = next((one for one in pool if _fits(one, actor, told)), None)
        if found and not _keeps_its_name(actor, left):
            pool.remove(found)
            names[position] = found if actor.kind == "person" else _body_name(found, actor)
    return names


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


def _words_outside_names(article: Article) -> set[str]:
    parts, done = [], 0
    for mention in find_mentions(article.text, article.actors):
        parts.append(article.text[done : mention.start_char])
        done = mention.end_char
    return _words(" ".join([*parts, article.text[done:]]))


def _fits(name: InventedName, actor: Actor, told: str) -> bool:
    """Return whether an actor, its gender told by pronouns or empty, can bear the name."""
    return name.gender == told if told or actor.kind != "person" else bool(name.gender)


def _keeps_its_name(actor: Actor, left: set[str]) -> bool:
    if actor.kind == "person":
        return any(word[0].isupper() and word in left for word in _words(" ".join((actor.name, *actor.aliases))))
    return actor.kind == "group" and not _body_noun(actor.name)


def _body_name(found: InventedName, actor: Actor) -> InventedName:
    name = f"{found.name.full} {_body_noun(actor.name)}".strip()
    return InventedName(NewName(name, name), actor.kind, "")


def _body_noun(name: str) -> str:
    """Return what an organisation or group is by its name, ``Board`` for "Board of Pilots"; empty for a name of one word."""
    name = re.sub(r"^the\s+", "", name, flags=re.IGNORECASE)
    return re.split(r"\s+(?:of|for|in|at)\s+", name)[0].split()[-1] if len(name.split()) > 1 else ""


def perturbed_probabilities(
    classifier: StanceClassifier, articles: Sequence[Article], kind: str, *, seed: int = 1, draw: int = 1
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Return probabilities (examples, 3) under a perturbation, and what ``scoring.controls`` needs to know of it.

    Args:
        classifier: the model.
        articles: what it predicts, rows in the order of ``schema.ordered_pairs``; at least one.
        kind: ``swap``: the actors get invented names, see ``draw_names``.
            ``mask``: all names are masked; slots still tell the actors apart.
            ``exchange``: each row is answered with what the plain reading says of its reverse, (target, speaker). A model that
            reads the direction says something else there; one that only finds that two actors quarrel says the same. To
            exchange two names in text and roster would not tell these apart: that is a swap.
            ``blind``: of the row's sentence only the names can be read, its other tokens are masked; all other sentences are
            read in full. Where names and quotation marks stand still shows. It takes a reading for each sentence.
        seed: of the names; with ``draw`` and the article's key it determines them.
        draw: number of the draw.

    Raises:
        InputError: the kind is unknown.
    """
    if kind == "swap":
        drawn = [draw_names(article, random.Random(f"{seed}/{draw}/{article.key}")) for article in articles]
        kept = sum(len(article.actors) - len(names) for article, names in zip(articles, drawn, strict=True))
        log.info("draw %d: %d actors renamed, %d keep their names", draw, sum(map(len, drawn)), kept)
        variations = [
            replace(plain(article), renamed={position: found.name for position, found in names.items()})
            for article, names in zip(articles, drawn, strict=True)
        ]
        told = {
            article.key: {article.roster[position].id: [new.name.full, new.culture, new.gender] for position, new in names.items()}
            for article, names in zip(articles, drawn, strict=True)
        }
        read = classifier.predict_articles(articles, progress=True, variations=variations)
        return np.concatenate(read), {"seed": seed, "draw": draw, "names": told}
    if kind == "mask":
        variations = [replace(plain(article), masked=frozenset(range(OWN, len(article.roster)))) for article in articles]
        return np.concatenate(classifier.predict_articles(articles, progress=True, variations=variations)), {}
    if kind == "exchange":
        read = classifier.predict_articles(articles, progress=True)
        return np.concatenate([_reversed(article, rows) for article, rows in zip(articles, read, strict=True)]), {}
    if kind == "blind":
        return np.concatenate([_blind(classifier, article) for article in tqdm(articles, desc="blind", unit="article")]), {}
    raise InputError(f"perturbation {kind!r} is unknown; give {', '.join(PERTURBATIONS)}")


def _reversed(article: Article, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return in each row what stands in the row of its reverse, both (examples, 3); ``none`` where the article has no such row."""
    n_actors, n_sentences = len(article.roster), len(article.sentences)
    speakers, targets = asked_rows(article)
    square = np.zeros((n_sentences, n_actors, n_actors, len(STANCES)))
    square[..., NONE] = 1
    square[:, speakers, targets] = rows.reshape(n_sentences, -1, len(STANCES))
    turned: NDArray[np.float64] = square[:, targets, speakers].reshape(rows.shape)
    return turned


def _blind(classifier: StanceClassifier, article: Article) -> NDArray[np.float64]:
    n_sentences = len(article.sentences)
    variations = [replace(plain(article), hidden=frozenset({sentence})) for sentence in range(n_sentences)]
    readings = classifier.predict_articles([article] * n_sentences, variations=variations)
    return np.concatenate([rows.reshape(n_sentences, -1, rows.shape[-1])[sentence] for sentence, rows in enumerate(readings)])
