"""Judge an article of any length: the model reads a long one part by part, each with the actors that it names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from whipcount.modeling.voices import voiced
from whipcount.reading.attributions import Attribution, moved
from whipcount.reading.evidence import attributions_by_sentence, evidence_of, with_heads
from whipcount.reading.hearing import Heard
from whipcount.schema import (
    GIVEN,
    NONE,
    PRONOUN,
    RESERVED_IDS,
    SOMEONE,
    Article,
    FoundStance,
    InputError,
    Mention,
    Span,
    Utterance,
    ordered_pairs,
)

if TYPE_CHECKING:
    from whipcount.modeling.classifier import StanceClassifier

PART_SENTENCES = 100
"""Sentences of a long article that are read with one roster."""
PART_CONTEXT = 5
"""Sentences before a later part that are read with it."""


class Judged(NamedTuple):
    """The stances that a model finds in an article, the attributions that it finds, if it does, and by reason what it could not judge."""

    stances: tuple[FoundStance, ...]
    attributions: tuple[Attribution, ...]
    losses: Counter[str]


def judge_parts(classifier: StanceClassifier, article: Article, heard: Heard, *, own_roster: bool, is_short: bool = False) -> Judged:
    """Return what a model says of an article, each sentence judged once, with what its stances rest on.

    Args:
        classifier: the model.
        article: with its roster, and with utterances where the model is to be shown these and the pronouns among its mentions; where it
            has none, a model that is shown voices is shown those of each part.
        heard: of its text; the evidence rests on it where the model does not find attributions itself.
        own_roster: whether reading has found the roster.
        is_short: whether the article has to fit the model's window.

    Raises:
        InputError: it has to and does not.
    """
    stances: list[FoundStance] = []
    attributions: list[Attribution] = []
    losses: Counter[str] = Counter()
    before = Counter(classifier.encoder.losses)
    mentions_of: dict[str, list[Mention]] = defaultdict(list)
    for mention in article.mentions:
        mentions_of[mention.actor].append(mention)
    utterances_of: dict[str, list[Utterance]] = defaultdict(list)
    for one in heard.said:
        utterances_of[one.speaker].append(one)
    sentences, finds = article.sentences, classifier.finds_attributions
    by_rules = attributions_by_sentence(sentences, with_heads(() if finds else heard.attributions, heard.places))
    for first in range(0, len(sentences), PART_SENTENCES):
        start = max(0, first - PART_CONTEXT)
        part, n_left_out = _part(article, start, first + PART_SENTENCES, classifier.encoder.n_slots - len(RESERVED_IDS))
        (part,) = voiced([part], classifier.encoder)
        losses["actors beyond the model's slots, in a part of the text"] += n_left_out
        if is_short and (len(sentences) > PART_SENTENCES or not _fits(classifier, part)):
            raise InputError(
                f"a text of {len(sentences)} sentences does not fit the model's window of {classifier.encoder.max_tokens} tokens; "
                "shorten it, or let on_long be 'window'"
            )
        (told,) = classifier.read_articles([part], own_roster=own_roster)
        here = [moved(one, sentences[start].start_char) for one in told.attributions]
        attributions += [one for one in here if one.cue[0].start_char >= sentences[first].start_char]
        attributed = attributions_by_sentence(sentences, with_heads(here, heard.places)) if finds else by_rules
        for sentence, speaker, target, probabilities in _told(part, told.probabilities):
            index = sentence + start
            if index < first:
                continue
            if SOMEONE in (speaker, target):
                losses["stances of or toward an actor outside the roster"] += 1
                continue
            evidence = evidence_of(
                sentences[index], mentions_of[speaker], mentions_of[target], attributed.get(index, ()), utterances_of[speaker]
            )
            stances.append(FoundStance(index, speaker, target, probabilities, evidence))
    losses.update(Counter(classifier.encoder.losses) - before)
    return Judged(tuple(stances), tuple(attributions), losses)


def _fits(classifier: StanceClassifier, part: Article) -> bool:
    """Return whether one window holds all of an article's sentences; what does not fit is not counted yet."""
    from whipcount.modeling.encoding import CUT  # transformers only where a model is run

    losses = classifier.encoder.losses
    counted = Counter(losses)
    fits = len(classifier.encoder.encode(part)) == 1 and losses[CUT] == counted[CUT]
    losses.clear()
    losses.update(counted)
    return fits


def _part(article: Article, start: int, end: int, room: int) -> tuple[Article, int]:
    """Return some sentences as an article of their own, with the actors most often mentioned in them, and how many are left out.

    Where they are the whole article these are all actors that fit, mentioned or not. It has pronouns where it has utterances.
    """
    own = article.sentences[start:end]
    start_char, end_char = own[0].start_char, own[-1].end_char
    inside = [m for m in article.mentions if start_char <= m.start_char and m.end_char <= end_char]
    often = Counter(mention.actor for mention in inside)
    ranked = sorted(article.actors, key=lambda actor: -often[actor.id])
    if len(own) < len(article.sentences):
        ranked = [actor for actor in ranked if often[actor.id]]
    kept = {actor.id for actor in ranked[:room]}
    utterances = article.utterances
    shown = [
        Mention(m.actor, m.start_char - start_char, m.end_char - start_char, PRONOUN if m.why == PRONOUN else GIVEN)
        for m in inside
        if m.actor in kept and (m.why != PRONOUN or utterances is not None)
    ]
    part = Article(
        corpus=article.corpus,
        id="part",
        text=article.text[start_char:end_char],
        sentences=tuple(Span(s.start_char - start_char, s.end_char - start_char) for s in own),
        actors=tuple(actor for actor in article.actors if actor.id in kept),
        mentions=tuple(shown),
        utterances=None if utterances is None else tuple(_cut(utterances, start_char, end_char, kept)),
    )
    return part, len(ranked) - len(kept)


def _cut(utterances: Iterable[Utterance], start_char: int, end_char: int, actors: Collection[str]) -> Iterator[Utterance]:
    """Yield what of some utterances stands in a range of the text, counted from its start; no other speakers than ``actors`` are told."""
    for one in utterances:
        inside = [span for span in one.spans if span.start_char < end_char and start_char < span.end_char]
        spans = [Span(max(0, span.start_char - start_char), min(span.end_char, end_char) - start_char) for span in inside]
        if spans:
            yield replace(one, spans=tuple(spans), speaker=one.speaker if one.speaker in actors else "")


def _told(article: Article, rows: NDArray[np.float64]) -> Iterator[tuple[int, str, str, tuple[float, float, float]]]:
    """Yield (sentence, speaker, target, probabilities) of the rows that are no ``none``."""
    wanted = set(np.flatnonzero(rows.argmax(1) != NONE).tolist())
    for index, (sentence, speaker, target) in enumerate(ordered_pairs(article)):
        if index in wanted:
            favor, against, none = rows[index].tolist()
            yield sentence, speaker, target, (favor, against, none)
