"""Splits by story, and what leaks from one split into another."""

from __future__ import annotations

import hashlib
import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import shorten

from whipcount.corpora.sources import READERS, Source, check_distinct, open_source
from whipcount.examples.similarity import Trigrams, find_similar, trigrams_of
from whipcount.schema import FULL, SPLITS, Article, InputError

log = logging.getLogger(__name__)

MIN_STORIES_TO_DRAW = 10
DEVELOPMENT_SHARE = 0.15
TEST_SHARE = 0.15
MAX_PLACES, MAX_CHARS = 3, 120
"""How many places of each split, and how much of the sentence, a leak tells of."""


@dataclass(frozen=True)
class Leak:
    """A sentence that stands in two splits or three, the same or nearly; ``places`` says by split where and in which story."""

    sentence: str
    places: dict[str, tuple[str, ...]]

    def __str__(self) -> str:
        parts = []
        for split, places in self.places.items():
            more = f" and {len(places) - MAX_PLACES} more" if len(places) > MAX_PLACES else ""
            parts.append(f"{split} {', '.join(places[:MAX_PLACES])}{more}")
        return f"{shorten(self.sentence, MAX_CHARS, placeholder=' …')!r}: {'; '.join(parts)}"


@dataclass(frozen=True)
class Leakage:
    """What two splits share beside stories, see ``split_by_story``; ``sentences`` must be empty for a dataset to be built."""

    sentences: tuple[Leak, ...]
    actors: tuple[str, ...]


def split_by_story(articles: Sequence[Article]) -> list[Article]:
    """Return the articles, each with a split; the stories of a corpus that declare none are given theirs here.

    A declared split holds for the whole story. In a corpus of fewer than ten stories, declared ones too, all others are test: so few
    can judge a model but not make one. From ten on the story's name decides (sha256): 15 % development, 15 % test. So a declared
    split moves no other story.

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
    stories: dict[str, set[str]] = defaultdict(set)
    for article in articles:
        stories[article.corpus].add(article.story)
    for corpus, names in stories.items():
        for name in names:
            if (corpus, name) not in declared:
                declared[corpus, name] = _draw(name) if len(names) >= MIN_STORIES_TO_DRAW else "test"
    return [replace(article, split=declared[article.corpus, article.story]) for article in articles]


def _draw(story: str) -> str:
    share = int.from_bytes(hashlib.sha256(story.encode()).digest()[:4]) / 2**32
    if share < TEST_SHARE:
        return "test"
    return "development" if share < TEST_SHARE + DEVELOPMENT_SHARE else "train"


def read_with_splits(source: Source) -> list[Article]:
    """Return the articles of a corpus, each with the split that a dataset gives it: what is trained on is not measured."""
    return split_by_story(source.read()[0])


def take_share(articles: Sequence[Article], share: float) -> list[Article]:
    """Return a share of the articles, at least one, in their order: always the same ones, and those of a smaller share among them."""
    ranked = sorted(articles, key=lambda article: hashlib.sha256(article.key.encode()).digest())
    taken = {article.key for article in ranked[: max(1, round(share * len(articles)))]}
    return [article for article in articles if article.key in taken]


def development_articles(names: Sequence[str], max_articles: int = 0) -> tuple[dict[str, list[Article]], dict[str, str]]:
    """Return the development articles of fully annotated corpora, of one without such its others, and why a corpus is passed over.

    Those to learn from are taken only where there are no others.

    Args:
        names: of bundled corpora, public ones or folders. A public one that is not at hand is logged and passed over.
        max_articles: most of a corpus, always the same ones; 0 for all.

    Raises:
        InputError: a corpus is unknown, not fully annotated or empty, two are of one name, or none is at hand.
    """
    sources: list[Source] = []
    skipped: dict[str, str] = {}
    for name in names:
        try:
            sources.append(open_source(name))
        except InputError as error:
            if name not in READERS:
                raise
            log.warning("passed over: %s", error)
            skipped[name] = "not at hand"
    check_distinct(sources)
    articles: dict[str, list[Article]] = {}
    for source in sources:
        members = read_with_splits(source)
        held_out = [article for article in members if article.split != "train"]
        members = [article for article in held_out if article.split == "development"] or held_out or members
        other = next((article for article in members if article.annotation != FULL), None)
        if other:
            raise InputError(f"corpus {source.name!r}: {other.key} is not fully annotated; give corpora of whole articles")
        articles[source.name] = take_share(members, min(1.0, max_articles / len(members)) if max_articles else 1.0)
    if not articles:
        raise InputError(f"none of the corpora {', '.join(names)} is at hand; fetch one or name a bundled one")
    return articles, skipped


def find_leakage(articles: Sequence[Article], published: Collection[str] = ()) -> Leakage:
    """Compare the splits of ``articles``: near-duplicate sentences and actor names that stand in two.

    Two sentences of eight words or more are near duplicates where their sets of word trigrams have a Jaccard
    similarity of 0.7 or more.

    Args:
        articles: each with its split.
        published: corpora whose splits others have published. They stay as they are, and nothing that touches them is a
            leak here; ``examples.duplicates`` counts it.
    """
    own = [article for article in articles if article.corpus not in published]
    actors: dict[str, set[str]] = defaultdict(set)
    for article in own:
        for actor in article.actors:
            actors[actor.name].add(article.split)
    return Leakage(
        sentences=tuple(_leaks(own)),
        actors=tuple(sorted(name for name, splits in actors.items() if len(splits) > 1)),
    )


def _leaks(articles: Sequence[Article]) -> Iterator[Leak]:
    """Yield what stands in two splits, in the order of the splits; of sentences that lead from near duplicate to near duplicate, one."""
    members: dict[Trigrams, list[tuple[Article, int]]] = defaultdict(list)
    for article in sorted(articles, key=lambda article: SPLITS.index(article.split)):
        for number in range(len(article.sentences)):
            if trigrams := trigrams_of(article.sentence_text(number)):
                members[trigrams].append((article, number))
    groups = list(members.values())
    alike: dict[int, list[int]] = defaultdict(list)
    for one, other in find_similar(list(members)):
        alike[one].append(other)
        alike[other].append(one)
    seen: set[int] = set()
    for first in range(len(groups)):
        together, waiting = [], [first]
        while waiting:
            index = waiting.pop(0)
            if index not in seen:
                seen.add(index)
                together += groups[index]
                waiting += alike[index]
        places = {
            split: tuple(f"{article.key}/{number} (story {article.story})" for article, number in together if article.split == split)
            for split in SPLITS
        }
        if sum(map(bool, places.values())) > 1:
            article, number = together[0]
            yield Leak(article.sentence_text(number), {split: found for split, found in places.items() if found})
