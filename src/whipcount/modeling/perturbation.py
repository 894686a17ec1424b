"""Readings that part what a model reads from what it knows: names exchanged or masked, direction turned, words hidden.

Names are exchanged as in CheckList's invariance tests (Ribeiro et al. 2020): the text says of the new names what it said of
the old ones, so every label that changes is an error, whatever the gold. What is no matched mention of an actor stays: a
surname that two actors share, a given name alone, pronouns.
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

from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.encoding import NewName, plain
from whipcount.modeling.variation import gender
from whipcount.schema import RESERVED_ACTORS, Article, InputError

log = logging.getLogger(__name__)


class InventedName(NamedTuple):
    """A name of ``names.txt``: for a person its culture and gender, for others their kind and nothing."""

    name: NewName
    culture: str
    gender: str


@cache
def invented_names() -> tuple[InventedName, ...]:
    """Return the names of ``names.txt``, in its order."""
    names = []
    for line in (files("whipcount.modeling") / "names.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            culture, told, listed = (part.strip() for part in line.split("|"))
            names += [InventedName(_parse_name(entry.strip(), bool(told)), culture, told) for entry in listed.split(",")]
    return tuple(names)


def _parse_name(entry: str, is_person: bool) -> NewName:
    if not is_person:
        full, _, short = entry.partition(" = ")
        return NewName(full, short or full)
    surname = re.search(r"\*(\w+)", entry)
    return NewName(entry.replace("*", ""), surname[1] if surname else entry.split()[-1])


def draw_names(article: Article, rng: random.Random) -> dict[int, InventedName]:
    """Return for the article's own actors, by roster position, invented names, all different.

    A person gets one of any culture. Where the annotated pronouns tell the gender it is kept, so that the text still tells
    the same story; else either is drawn. No word of a short form occurs in the text already. An actor for whom no name is
    left keeps its own.
    """
    words = set(re.findall(r"\w+", article.text.lower()))
    pool = [one for one in invented_names() if words.isdisjoint(one.name.short.lower().split())]
    rng.shuffle(pool)
    names = {}
    own = range(len(RESERVED_ACTORS), len(article.roster))
    for position in own:
        actor = article.roster[position]
        told = gender(article, actor)
        fitting = (one for one in pool if _fits(one, actor.kind, told))
        if found := next(fitting, None):
            names[position] = found
            pool.remove(found)
    return names


def _fits(name: InventedName, kind: str, told: str) -> bool:
    """Return whether an actor of this kind, its gender told by pronouns or empty, can bear the name."""
    if kind != "person":
        return name.culture == kind
    return name.gender == told if told else bool(name.gender)


def perturbed_probabilities(
    classifier: StanceClassifier, articles: Sequence[Article], kind: str, seed: int = 1, draw: int = 1
) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Return probabilities (examples, 3) under a perturbation, and what ``scoring.controls`` needs to know of it.

    Args:
        classifier: the model.
        articles: what it predicts, rows in the order of ``schema.ordered_pairs``.
        kind: ``swap``: all actors get invented names, see ``draw_names``.
            ``mask``: all names are masked; slots still tell the actors apart.
            ``exchange``: each row is answered with what the plain reading says of its reverse, (target, speaker). A model that
            reads the direction says something else there; one that finds only that two actors quarrel says the same. To
            exchange two names in text and roster would not tell these apart: that is a swap, and both pass it.
            ``blind``: of the sentence only the names can be read, its other tokens are masked; all other sentences are
            read in full. Where names and quotation marks stand still shows. One reading per sentence.
        seed: of the names; with ``draw`` and the article's key it determines them.
        draw: number of the draw.
    """
    if kind == "swap":
        variations, told = [], {}
        for article in articles:
            names = draw_names(article, random.Random(f"{seed}/{draw}/{article.key}"))
            variations.append(replace(plain(article), renamed={position: found.name for position, found in names.items()}))
            told[article.key] = {article.roster[position].id: [one.name.full, one.culture, one.gender] for position, one in names.items()}
        kept = sum(len(article.actors) - len(told[article.key]) for article in articles)
        if kept:
            log.warning("draw %d: %d actors keep their names, for there are not enough invented ones", draw, kept)
        details = {"seed": seed, "draw": draw, "names": told}
        return np.concatenate(classifier.predict_articles(articles, progress=True, variations=variations)), details
    if kind == "mask":
        variations = [replace(plain(article), masked=frozenset(range(len(RESERVED_ACTORS), len(article.roster)))) for article in articles]
        return np.concatenate(classifier.predict_articles(articles, progress=True, variations=variations)), {}
    if kind == "exchange":
        read = classifier.predict_articles(articles, progress=True)
        return np.concatenate([_reversed(article, rows) for article, rows in zip(articles, read, strict=True)]), {}
    if kind == "blind":
        return np.concatenate([_blind(classifier, article) for article in tqdm(articles, desc="blind", unit="article")]), {}
    raise InputError(f"perturbation {kind!r} is unknown; give swap, mask, exchange or blind")


def _reversed(article: Article, rows: NDArray[np.float64]) -> NDArray[np.float64]:
    n_actors = len(article.roster)
    apart = ~np.eye(n_actors, dtype=bool)
    row = np.zeros((n_actors, n_actors), dtype=np.intp)
    row[apart] = np.arange(n_actors * (n_actors - 1))
    turned: NDArray[np.float64] = rows.reshape(len(article.sentences), -1, rows.shape[-1])[:, row.T[apart]]
    return turned.reshape(rows.shape)


def _blind(classifier: StanceClassifier, article: Article) -> NDArray[np.float64]:
    n_sentences = len(article.sentences)
    variations = [replace(plain(article), hidden=frozenset({sentence})) for sentence in range(n_sentences)]
    readings = classifier.predict_articles([article] * n_sentences, variations=variations)
    return np.concatenate([rows.reshape(n_sentences, -1, rows.shape[-1])[index] for index, rows in enumerate(readings)])
