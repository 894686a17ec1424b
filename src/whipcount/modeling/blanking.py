"""Stances read again with words blanked (erasure, Li et al. 2016): those that the stance rests on, or as many drawn by chance."""

from __future__ import annotations

import random
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from whipcount.examples.pairs import shown_mentions
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.variation import plain
from whipcount.modeling.voices import shows_voices, with_voices
from whipcount.reading.attributions import merged
from whipcount.reading.evidence import attributions_by_sentence, evidence_of, with_heads
from whipcount.reading.hearing import hear
from whipcount.reading.parsing import parse
from whipcount.schema import EVIDENCE_ROLES, NONE, Article, Evidence, Mention, Span, Utterance, example_id, ordered_pairs
from whipcount.scoring.benchmarks import between_actors
from whipcount.scoring.evidence import RANDOM, WHOLE, BlankedStance

Ranges = tuple[Span, ...]
WORD = re.compile(r"\S+")


def read_blanked(classifier: StanceClassifier, article: Article, n_draws: int, seed: int) -> list[BlankedStance]:
    """Return the stances that a model finds between the actors of an article, each read again with words blanked.

    Blanked are all of the stance's evidence, as a reading with the article's roster and rules for attributions shows it, each of its
    roles alone, and ranges drawn by chance. Evidence outside the window that the model reads the sentence in is left alone.

    Args:
        classifier: the model.
        article: with its roster.
        n_draws: how often ranges are drawn by chance for a stance.
        seed: of these; with the stance's id it determines them.
    """
    paragraphs = parse(article.text, article.furniture)
    if shows_voices(classifier.encoder):
        article = with_voices(article, paragraphs)  # once: it is read many times
    mentions = shown_mentions(article)
    heard = hear(article.text, paragraphs, mentions)
    said = attributions_by_sentence(article.sentences, with_heads(heard.attributions, heard.places))
    mentions_of: dict[str, list[Mention]] = defaultdict(list)
    for mention in mentions:
        mentions_of[mention.actor].append(mention)
    utterances_of: dict[str, list[Utterance]] = defaultdict(list)
    for one in heard.said:
        utterances_of[one.speaker].append(one)
    shown = {sentence: window.shown for window in classifier.encoder.encode(article) for sentence in window.sentences}
    (rows,) = classifier.predict_articles([article])
    found = between_actors(article, known=True) & (rows.argmax(1) != NONE)
    stances = []
    for is_found, before, (sentence, speaker, target) in zip(found, rows, ordered_pairs(article), strict=True):
        if not is_found:
            continue
        ends = mentions_of[speaker], mentions_of[target]
        evidence = evidence_of(article.sentences[sentence], *ends, said.get(sentence, ()), utterances_of[speaker])
        sentences = article.sentences[shown[sentence].start : shown[sentence].stop]
        whole = _ranges(evidence, sentences)
        rng = random.Random(f"{seed}/{example_id(article.key, sentence, speaker, target)}")
        drawn = [draw for _ in range(n_draws) if (draw := draw_ranges(article.text, whole, sentences, rng))]
        blankings = {WHOLE: [whole], RANDOM: [draw.ranges for draw in drawn]}
        blankings |= {role: [_ranges((one for one in evidence if one.role == role), sentences)] for role in EVIDENCE_ROLES}
        blankings = {name: kept for name, readings in blankings.items() if (kept := [ranges for ranges in readings if ranges])}
        variations = [replace(plain(article), blanked=ranges) for readings in blankings.values() for ranges in readings]
        after = classifier.read_pair(article, sentence, speaker, target, variations)
        stances.append(
            BlankedStance(
                article=article.key,
                story=article.story,
                sentence=sentence,
                before=before,
                after=dict(zip(blankings, np.split(after, np.cumsum([*map(len, blankings.values())])), strict=False)),
                n_tokens={name: _count_tokens(classifier, article, readings) for name, readings in blankings.items()},
                is_attributed=any(one.role in ("cue", "content") for one in evidence),
                is_cut=_n_chars(whole) < _n_chars(merged(Span(one.start_char, one.end_char) for one in evidence)),
                in_sentence=all(draw.in_sentence for draw in drawn),
            )
        )
    return stances


class DrawnRanges(NamedTuple):
    """Ranges drawn by chance, and whether each lies in the sentence that the one it stands for begins in."""

    ranges: Ranges
    in_sentence: bool


def draw_ranges(text: str, wanted: Sequence[Span], sentences: Sequence[Span], rng: random.Random) -> DrawnRanges | None:
    """Draw for each of some ranges another one of the same length in characters, as nearly as whole words come to it.

    Drawn is where it begins: at any word from which as many characters are left. The ranges overlap neither the wanted ones nor one
    another. One lies in the sentence that its like begins in, where there is room, else anywhere in the sentences, if need be across
    their bounds; the longest are placed first.

    Args:
        text: of the article.
        wanted: ranges without overlap.
        sentences: where to draw, in order.
        rng: decides.

    Returns:
        The ranges, or None where there is no room, or nothing to draw.
    """
    taken, drawn, in_sentence = list(wanted), [], True
    for span in sorted(wanted, key=lambda one: one.start_char - one.end_char):
        n_chars = span.end_char - span.start_char
        home = [one for one in sentences if one.start_char <= span.start_char < one.end_char]
        runs = _runs(text, home, n_chars, taken) or _runs(text, sentences, n_chars, taken)
        if not runs:
            return None
        chosen = rng.choice(runs)
        in_sentence &= any(one.start_char <= chosen.start_char and chosen.end_char <= one.end_char for one in home)
        drawn.append(chosen)
        taken.append(chosen)
    return DrawnRanges(tuple(drawn), in_sentence) if drawn else None


def _runs(text: str, sentences: Sequence[Span], n_chars: int, taken: Sequence[Span]) -> list[Span]:
    """Return for each word of the sentences the words from it on that are nearest to a length, if enough follow and none is taken."""
    words = [match.span() for one in sentences for match in WORD.finditer(text, one.start_char, one.end_char)]
    ends = [end for _, end in words]
    runs = []
    for index, (start, _) in enumerate(words):
        last = bisect_left(ends, start + n_chars)  # the word that makes the run long enough
        if last == len(words):
            break
        end = min(ends[max(index, last - 1)], ends[last], key=lambda end: abs(end - start - n_chars))
        if not any(start < other.end_char and other.start_char < end for other in taken):
            runs.append(Span(start, end))
    return runs


def _ranges(evidence: Iterable[Evidence], sentences: Sequence[Span]) -> Ranges:
    """Return what of some evidence lies between the first and the last of the sentences."""
    first, last = sentences[0].start_char, sentences[-1].end_char
    cut = ((max(first, one.start_char), min(last, one.end_char)) for one in evidence)
    return merged(Span(start, end) for start, end in cut if start < end)


def _n_chars(ranges: Ranges) -> int:
    return sum(one.end_char - one.start_char for one in ranges)


def _count_tokens(classifier: StanceClassifier, article: Article, readings: Sequence[Ranges]) -> float:
    """Return how many tokens a reading has blanked, on average."""
    words = [article.text[one.start_char : one.end_char] for ranges in readings for one in ranges]
    return sum(len(classifier.tokenizer.tokenize(part)) for part in words) / len(readings)
