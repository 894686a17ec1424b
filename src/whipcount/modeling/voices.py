"""Whom the pronouns of an article mean and who says its quotations, as reading finds it, for a model whose encoding shows that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from tqdm.auto import tqdm

from whipcount.examples.pairs import shown_mentions
from whipcount.reading.clauses import find_roles
from whipcount.reading.hearing import hear
from whipcount.reading.parsing import Paragraph, parse
from whipcount.reading.pronouns import link_pronouns
from whipcount.schema import FULL, PRONOUN, Article, Mention

DEEPEST = 1
"""Of quotations that stand in others, the innermost that are marked."""


def with_voices(article: Article, paragraphs: Sequence[Paragraph] | None = None) -> Article:
    """Return an article with the pronouns that reading links among its mentions, and with its utterances.

    One that has utterances stays as it is; so does one that is not annotated in full: it is a sentence or two.

    Args:
        article: with the roster that the pronouns and speakers are to be of.
        paragraphs: of its text; it is parsed where they are not given.
    """
    if article.annotation != FULL or article.utterances is not None:
        return article
    text = article.text
    paragraphs = parse(text, article.furniture) if paragraphs is None else paragraphs
    named = shown_mentions(article)
    kinds = {actor.id: actor.kind for actor in article.roster}
    pronouns, _ = link_pronouns(text, paragraphs, article.sentences, named, kinds, {}, find_roles(paragraphs, named))
    everybody = sorted((*named, *pronouns), key=lambda mention: mention.start_char)
    heard = hear(text, paragraphs, everybody)
    pronouns = [mention for mention in heard.mentions if mention.why == PRONOUN]
    return replace(article, mentions=(*article.annotated_mentions, *pronouns), utterances=tuple(heard.said))


def shows_voices(settings: Any) -> bool:
    """Return whether an encoding shows what ``with_voices`` finds; ``settings``: an encoder's, or a configuration of one."""
    return bool(settings.pronoun_slots or settings.speaker_slots)


def voiced(articles: Sequence[Article], settings: Any, progress: bool = False) -> list[Article]:
    """Return articles as an encoding with these settings reads them: ``with_voices`` where it shows them, else as they are."""
    if not shows_voices(settings):
        return list(articles)
    return [with_voices(article) for article in tqdm(articles, desc="voices", unit="article", disable=None if progress else True)]


class Mark(NamedTuple):
    """A place of the text before which an actor's slot is put; ``speaks`` where its words begin there or go on, else a pronoun stands."""

    start_char: int
    actor: str
    speaks: bool


def find_marks(article: Article, names: Sequence[Sequence[Mention]], settings: Any) -> list[list[Mark]]:
    """Return the marks of each sentence in order, those of outer quotations first; none within a name.

    Args:
        article: one without voices has no marks.
        names: of each sentence, in order.
        settings: say what is shown, see ``shows_voices``.
    """
    speeches = [one for one in article.utterances or () if one.speaker and one.depth <= DEEPEST] if settings.speaker_slots else []
    pieces = sorted(((span, one) for one in speeches for span in one.spans), key=lambda pair: (pair[0].start_char, pair[1].depth))
    pronouns = [mention for mention in article.mentions if mention.why == PRONOUN] if settings.pronoun_slots else []
    marks = []
    for sentence, named in zip(article.sentences, names, strict=True):
        inside = [
            Mark(max(span.start_char, sentence.start_char), one.speaker, speaks=True)
            for span, one in pieces
            if span.start_char < sentence.end_char and sentence.start_char < span.end_char
        ]
        inside += [Mark(m.start_char, m.actor, speaks=False) for m in pronouns if sentence.start_char <= m.start_char < sentence.end_char]
        free = [one for one in inside if not any(m.start_char + one.speaks <= one.start_char < m.end_char for m in named)]
        marks.append(sorted(free, key=lambda one: one.start_char))
    return marks
