"""One row per sentence and ordered pair of actors, ``none`` rows included."""

from __future__ import annotations

from collections import Counter
from typing import TypedDict

from whipcount.reading import find_mentions
from whipcount.schema import AUTHOR, NONE, SOMEONE, STANCES, Article, Mention, example_id, ordered_pairs


class CharRange(TypedDict):
    """A half-open range of characters of the article's text."""

    start_char: int
    end_char: int


class Example(TypedDict):
    """The row that everything is trained and scored on.

    ``stance`` is an index into ``STANCES``; ``article`` is ``Article.key``; the two mention lists hold what
    ``reading.find_mentions`` finds of the actor in the sentence.
    """

    id: str
    article: str
    story: str
    sentence: int
    speaker: str
    target: str
    stance: int
    tags: list[str]
    sentence_range: CharRange
    speaker_mentions: list[CharRange]
    target_mentions: list[CharRange]


def make_examples(article: Article) -> list[Example]:
    """Return the rows of an article in the order of ``schema.ordered_pairs``."""
    gold = {(stance.sentence, stance.speaker, stance.target): stance for stance in article.stances}
    mentions = mentions_by_sentence(article)
    rows: list[Example] = []
    for sentence, speaker, target in ordered_pairs(article):
        stance = gold.get((sentence, speaker, target))
        span = article.sentences[sentence]
        rows.append(
            Example(
                id=example_id(article.key, sentence, speaker, target),
                article=article.key,
                story=article.story,
                sentence=sentence,
                speaker=speaker,
                target=target,
                stance=NONE if stance is None else STANCES.index(stance.stance),
                tags=[] if stance is None else list(stance.tags),
                sentence_range=CharRange(start_char=span.start_char, end_char=span.end_char),
                speaker_mentions=[_char_range(m) for m in mentions[sentence] if m.actor == speaker],
                target_mentions=[_char_range(m) for m in mentions[sentence] if m.actor == target],
            )
        )
    return rows


def mentions_by_sentence(article: Article) -> list[list[Mention]]:
    """Return, for each sentence, the matched mentions that lie in it."""
    found = find_mentions(article.text, article.actors)
    return [
        [m for m in found if span.start_char <= m.start_char and m.end_char <= span.end_char]
        for span in article.sentences
    ]  # fmt: skip


def unnamed_mentions(article: Article) -> list[Mention]:
    """Return the annotated mentions that hold no name of their actor: pronouns, titles, descriptions."""
    found = find_mentions(article.text, article.actors)
    return [
        m
        for m in article.mentions
        if not any(m.actor == name.actor and m.start_char < name.end_char and name.start_char < m.end_char for name in found)
    ]


def count_losses(article: Article) -> Counter[str]:
    """Count, by reason, what of an article's annotation the rows or the model's input do not carry."""
    losses: Counter[str] = Counter()
    losses["annotated mentions outside every sentence"] += sum(
        not any(span.start_char <= m.start_char and m.end_char <= span.end_char for span in article.sentences) for m in article.mentions
    )
    losses["annotated mentions that names do not find (pronouns, descriptions)"] += len(unnamed_mentions(article))
    named = {name.actor for name in find_mentions(article.text, article.actors)} | {AUTHOR, SOMEONE}
    losses["actors whose name the text never uses"] += sum(actor.id not in named for actor in article.actors)
    return +losses


def _char_range(mention: Mention) -> CharRange:
    return CharRange(start_char=mention.start_char, end_char=mention.end_char)
