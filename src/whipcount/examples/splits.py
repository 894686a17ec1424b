"""Splits by story, and what leaks from one split into another."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from whipcount.schema import SPLITS, Article, InputError

MIN_STORIES_TO_DRAW = 10
DEVELOPMENT_SHARE = 0.15
TEST_SHARE = 0.15
MIN_WORDS = 8
NEAR_DUPLICATE = 0.7


@dataclass(frozen=True)
class Leakage:
    """What two splits share; the first two must be empty for a dataset to be built."""

    stories: tuple[str, ...]
    sentences: tuple[str, ...]
    actors: tuple[str, ...]


def split_by_story(articles: Sequence[Article]) -> list[Article]:
    """Return the articles, each with a split; the stories of a corpus that declare none are given theirs here.

    A declared split holds for the whole story. With fewer than ten undeclared stories in a corpus all of them are test:
    so few can judge a model but not make one. From ten on the story's name decides (sha256): 15 % development, 15 % test.

    Raises:
        InputError: a story declares two splits.
    """
    declared: dict[tuple[str, str], str] = {}
    for article in articles:
        story = (article.corpus, article.story)
        if article.split and declared.setdefault(story, article.split) != article.split:
            raise InputError(
                f"{article.key}: story {article.story!r} is declared {declared[story]} and {article.split}; a story stands in one split"
            )
    undeclared: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        if (article.corpus, article.story) not in declared:
            undeclared[article.corpus].add(article.story)
    for corpus, stories in undeclared.items():
        for name in stories:
            declared[corpus, name] = _draw(name) if len(stories) >= MIN_STORIES_TO_DRAW else "test"
    return [replace(article, split=declared[article.corpus, article.story]) for article in articles]


def _draw(story: str) -> str:
    share = int.from_bytes(hashlib.sha256(story.encode()).digest()[:4]) / 2**32
    if share < TEST_SHARE:
        return "test"
    return "development" if share < TEST_SHARE + DEVELOPMENT_SHARE else "train"


def find_leakage(articles: Sequence[Article]) -> Leakage:
    """Compare the splits of ``articles``: stories, near-duplicate sentences and actor names that stand in two.

    Two sentences of eight words or more are near duplicates where their sets of word trigrams have a Jaccard
    similarity of 0.7 or more.
    """
    stories: dict[str, set[str]] = defaultdict(set)
    actors: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        stories[article.story].add(article.split)
        for actor in article.actors:
            actors[actor.name].add(article.split)
    return Leakage(
        stories=tuple(sorted(story for story, splits in stories.items() if len(splits) > 1)),
        sentences=tuple(_near_duplicates(articles)),
        actors=tuple(sorted(name for name, splits in actors.items() if len(splits) > 1)),
    )


def _near_duplicates(articles: Sequence[Article]) -> list[str]:
    trigrams: list[tuple[str, str, frozenset[tuple[str, ...]]]] = []
    by_trigram: dict[tuple[str, ...], list[int]] = defaultdict(list)
    found = []
    for split in SPLITS:
        for article in (article for article in articles if article.split == split):
            for index in range(len(article.sentences)):
                words = re.findall(r"\w+", article.sentence_text(index).lower())
                if len(words) < MIN_WORDS:
                    continue
                grams = frozenset(zip(words, words[1:], words[2:], strict=False))
                name = f"{article.key}/{index}"
                candidates = {other for gram in grams for other in by_trigram[gram] if trigrams[other][1] != split}
                found += [
                    f"{trigrams[other][0]} ({trigrams[other][1]}) ~ {name} ({split})"
                    for other in sorted(candidates)
                    if len(grams & trigrams[other][2]) >= NEAR_DUPLICATE * len(grams | trigrams[other][2])
                ]
                for gram in grams:
                    by_trigram[gram].append(len(trigrams))
                trigrams.append((name, split, grams))
    return found
