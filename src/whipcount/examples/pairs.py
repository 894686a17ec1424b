"""One row per sentence and ordered pair of actors, ``none`` rows included."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TypedDict

from whipcount.reading.names import find_mentions
from whipcount.schema import AUTHOR, FULL, GIVEN, NONE, SOMEONE, STANCES, UNKNOWN, Article, Mention, example_id, ordered_pairs


class CharRange(TypedDict):
    """A half-open range of characters of the article's text."""

    start_char: int
    end_char: int


class Example(TypedDict):
    """The row that everything is trained and scored on.

    ``stance`` is an index into ``STANCES``, or ``UNKNOWN``; ``article`` is ``Article.key``; the two mention lists hold what
    ``shown_mentions`` has of the actor in the sentence.
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
    return list(each_example(article))


def each_example(article: Article) -> Iterator[Example]:
    """Yield what ``make_examples`` returns: a long article with many actors has more rows than one may want to hold at once."""
    gold = {(stance.sentence, stance.speaker, stance.target): stance for stance in article.stances}
    mentions = mentions_by_sentence(article)
    unlisted = NONE if article.annotation == FULL else UNKNOWN
    for sentence, speaker, target in ordered_pairs(article):
        stance = gold.get((sentence, speaker, target))
        span = article.sentences[sentence]
        yield Example(
            id=example_id(article.key, sentence, speaker, target),
            article=article.key,
            story=article.story,
            sentence=sentence,
            speaker=speaker,
            target=target,
            stance=unlisted if stance is None else STANCES.index(stance.stance),
            tags=[] if stance is None else list(stance.tags),
            sentence_range=CharRange(start_char=span.start_char, end_char=span.end_char),
            speaker_mentions=[_char_range(m) for m in mentions[sentence] if m.actor == speaker],
            target_mentions=[_char_range(m) for m in mentions[sentence] if m.actor == target],
        )


def labelled_examples(article: Article) -> list[Example]:
    """Return the rows of an article whose stance its corpus tells."""
    return [row for row in make_examples(article) if row["stance"] != UNKNOWN]


def mentions_by_sentence(article: Article) -> list[list[Mention]]:
    """Return, for each sentence, the mentions that lie in it, see ``shown_mentions``."""
    found = shown_mentions(article)
    return [
        [m for m in found if span.start_char <= m.start_char and m.end_char <= span.end_char]
        for span in article.sentences
    ]  # fmt: skip


def shown_mentions(article: Article) -> list[Mention]:
    """Return what a model is shown, in order and without overlap: the mentions given with the text, and the names found in it."""
    given = [mention for mention in article.mentions if mention.why == GIVEN]
    found = find_mentions(article.text, article.actors)
    if not given:
        return list(found)
    found = tuple(name for name in found if not any(_overlap(name, mention) for mention in given))
    return sorted((*given, *found), key=lambda mention: mention.start_char)


def unnamed_mentions(article: Article) -> list[Mention]:
    """Return the annotated mentions that hold no name of their actor: pronouns, titles, descriptions."""
    found = find_mentions(article.text, article.actors)
    annotated = [mention for mention in article.annotated_mentions if mention.why != GIVEN]
    return [m for m in annotated if not any(m.actor == name.actor and _overlap(m, name) for name in found)]


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start_char < other.end_char and other.start_char < one.end_char


def count_losses(article: Article) -> Counter[str]:
    """Count, by reason, what of an article's annotation the rows or the model's input do not carry."""
    losses: Counter[str] = Counter()
    losses["annotated mentions outside every sentence"] += sum(
        not any(span.start_char <= m.start_char and m.end_char <= span.end_char for span in article.sentences)
        for m in article.annotated_mentions
    )
    losses["annotated mentions that names do not find (pronouns, descriptions)"] += len(unnamed_mentions(article))
    named = {mention.actor for mention in shown_mentions(article)} | {AUTHOR, SOMEONE}
    losses["actors whose name the text never uses"] += sum(actor.id not in named for actor in article.actors)
    return +losses


def _char_range(mention: Mention) -> CharRange:
    return CharRange(start_char=mention.start_char, end_char=mention.end_char)
