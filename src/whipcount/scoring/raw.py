"""Triplets of a reading of raw text against the gold ones of its article, and where those that are missed get lost.

``RAW.md`` defines the measures. Gold that the reading cannot reach, because it lacks the actor or the sentence, stays gold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whipcount.schema import FULL, NONE, SOMEONE, STANCES, TOPIC, Article, FoundStance, InputError, Reading, Span
from whipcount.scoring.metrics import PrecisionRecallF1, pair_scores, triplet_scores
from whipcount.scoring.ratios import ratio_of
from whipcount.scoring.resampling import Interval, score_interval
from whipcount.scoring.rosters import RosterMatch, common_characters, same_text
from whipcount.scoring.values import interval_values, triplet_values

LOST = ("furniture", "segmentation", "speaker missing", "target missing", "both missing", "called none", "called opposite")
"""What becomes of a gold triplet that is missed, in the order of the stages; the first that holds counts."""

NO_SENTENCE = -1
"""Alignment of a sentence that no gold sentence overlaps."""

UNMATCHED = "own:"
"""Before the own id of an actor that is no gold one; a colon stands in no actor's id."""


@dataclass(frozen=True, slots=True)
class RawRow:
    """A pair of actors in a sentence for which the gold or the reading has a stance.

    ``sentence`` is the gold one's index, or counted on from the last gold one where a reading's sentence overlaps none; the ends
    are gold ids, or own ones after ``UNMATCHED``. ``gold`` and ``found`` are indices into ``STANCES``. ``headline`` is whether
    neither end is a topic or ``someone``; ``lost`` is one of ``LOST``, or empty where the row is right or its gold none.
    """

    article: str
    story: str
    sentence: int
    speaker: str
    target: str
    gold: int
    found: int
    headline: bool
    lost: str


@dataclass(frozen=True)
class RawScore:
    """Scores of rows; ``interval`` is that of the triplet F1, ``lost`` counts missed gold triplets by ``LOST``."""

    triplets: PrecisionRecallF1
    pairs: PrecisionRecallF1
    interval: Interval
    lost: dict[str, int]


@dataclass(frozen=True, slots=True)
class FurnitureScore:
    """Pieces of gold furniture, those mostly marked as such and those that a found sentence reaches into.

    ``n_sentences`` counts the gold sentences, ``n_sentences_marked`` those mostly marked as furniture by mistake.
    """

    n: int
    n_marked: int
    n_read: int
    n_sentences: int
    n_sentences_marked: int


def score_furniture(reading: Reading, article: Article) -> FurnitureScore:
    """Set the furniture of a reading beside the gold one.

    Raises:
        InputError: the reading is of another text.
    """
    same_text(reading, article)
    return FurnitureScore(
        n=len(article.furniture),
        n_marked=sum(_mostly_within(span, reading.furniture) for span in article.furniture),
        n_read=sum(_n_common(span, reading.sentences) > 0 for span in article.furniture),
        n_sentences=len(article.sentences),
        n_sentences_marked=sum(_mostly_within(span, reading.furniture) for span in article.sentences),
    )


def _mostly_within(span: Span, others: Sequence[Span]) -> bool:
    return 2 * _n_common(span, others) > span.end_char - span.start_char


def _n_common(span: Span, others: Sequence[Span]) -> int:
    return int(common_characters([span], others)[0].sum())


def align_sentences(reading: Reading, article: Article) -> tuple[int, ...]:
    """Return for each sentence of the reading the gold sentence with most characters in common, or ``NO_SENTENCE``."""
    common, _ = common_characters(reading.sentences, article.sentences)
    return tuple(np.where(common.any(axis=1), common.argmax(axis=1), NO_SENTENCE).tolist())


def compare(reading: Reading, article: Article, match: RosterMatch) -> tuple[list[RawRow], Counter[str]]:
    """Set the stances of a reading beside the gold ones.

    Args:
        reading: of the article's text.
        article: with gold stances.
        match: which gold actors the reading's are.

    Returns:
        The rows, and counts of found stances by what is special of them: ``merged`` (the same pair in two sentences that are one
        in the gold: the likelier stance stays), ``outside`` (in a sentence that no gold sentence overlaps).

    Raises:
        InputError: the reading is of another text, or the article is not fully annotated.
    """
    same_text(reading, article)
    if article.annotation != FULL:
        raise InputError(f"{article.key}: annotation is {article.annotation!r}; give an article in which every pair is annotated")
    aligned = align_sentences(reading, article)
    counts: Counter[str] = Counter()
    found: dict[tuple[int, str, str], FoundStance] = {}
    for stance in reading.stances:
        sentence = aligned[stance.sentence]
        if sentence == NO_SENTENCE:
            counts["outside"] += 1
            sentence = len(article.sentences) + stance.sentence
        speaker, target = (match.gold_of.get(end, UNMATCHED + end) for end in (stance.speaker, stance.target))
        pair = (sentence, speaker, target)
        counts["merged"] += pair in found
        if pair not in found or stance.probability > found[pair].probability:
            found[pair] = stance
    held = (stance for stance in article.stances if stance.stance != STANCES[NONE])  # a gold none may be written down, with a tag
    gold = {(stance.sentence, stance.speaker, stance.target): stance for stance in held}
    no_actor = {actor.id for actor in article.roster if actor.kind in (TOPIC, SOMEONE)}
    rows = []
    for pair in sorted({*gold, *found}):
        gold_label, label = (STANCES.index(side[pair].stance) if pair in side else NONE for side in (gold, found))
        missed = gold_label not in (NONE, label)
        rows.append(
            RawRow(
                article.key,
                f"{article.corpus}/{article.story}",
                *pair,
                gold_label,
                label,
                headline=not set(pair[1:]) & no_actor,
                lost=_stage(reading, article, match, aligned, pair, label) if missed else "",
            )
        )
    return rows, +counts


def _stage(reading: Reading, article: Article, match: RosterMatch, aligned: Sequence[int], pair: tuple[int, str, str], label: int) -> str:
    """Return where a missed gold triplet was lost."""
    sentence, speaker, target = pair
    if sentence not in aligned:
        return "furniture" if _mostly_within(article.sentences[sentence], reading.furniture) else "segmentation"
    there = set(match.gold_of.values())
    if speaker not in there or target not in there:
        return "both missing" if not {speaker, target} & there else "target missing" if speaker in there else "speaker missing"
    return "called none" if label == NONE else "called opposite"


def score_rows(rows: Iterable[RawRow], *, headline: bool, n_resamples: int, seed: int = 0) -> RawScore:
    """Score the rows of any number of articles, micro.

    Args:
        rows: from ``compare``.
        headline: only those between actors, author included: neither end a topic or ``someone``.
        n_resamples: of the interval; stories are resampled, or sentences where there are too few.
        seed: of the resamples.
    """
    chosen = [row for row in rows if row.headline or not headline]
    gold, found = (np.array([getattr(row, name) for row in chosen], dtype=np.intp) for name in ("gold", "found"))
    story = _codes([row.story for row in chosen])
    sentence = _codes([(row.article, row.sentence) for row in chosen])
    return RawScore(
        triplets=triplet_scores(gold, found),
        pairs=pair_scores(gold, found),
        interval=score_interval(ratio_of("triplet_f1", gold, found), story, sentence, n_resamples=n_resamples, seed=seed),
        lost={stage: sum(row.lost == stage for row in chosen) for stage in LOST},
    )


def _codes(keys: Sequence[Any]) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    numbers = {key: number for number, key in enumerate(sorted(set(keys)))}
    return np.array([numbers[key] for key in keys], dtype=np.intp)


def raw_values(score: RawScore) -> dict[str, Any]:
    """Return the scores for JSON; ``lost`` also as shares of the gold triplets."""
    n_gold = score.triplets.n_gold
    return {
        "triplet": triplet_values(score.triplets) | {"f1_interval": interval_values(score.interval)},
        "pair": triplet_values(score.pairs),
        "lost": score.lost,
        "lost_share": {stage: round(n / n_gold, 6) if n_gold else None for stage, n in score.lost.items()},
    }
