"""Intervals by resampling whole stories, because the sentences of one story hang together.

Every score here is a ratio of two sums over rows, so a resample of clusters (stories, or sentences where there are too
few stories) needs the sums of each cluster and how often each is drawn: a matrix product does thousands at once. The
interval runs between percentiles of the resampled scores (Efron and Tibshirani 1993, ch. 13; of clusters: Davison and
Hinkley 1997, ch. 3.8). Clusters without anything to score take no part.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from whipcount.scoring.actors import Role
from whipcount.scoring.clusters import Statistic, apply_in_blocks, block_sizes, cluster_sums, own_clusters, row_blocks
from whipcount.scoring.intervals import wilson_interval
from whipcount.scoring.ratios import (
    MEASURES,
    Codes,
    Floats,
    Measure,
    Ratio,
    check_codes,
    macro_quotient,
    quotient,
    ratio_of,
    supported_rows,
)
from whipcount.scoring.rows import ScoredRows

ClusteredBy = Literal["story", "sentence"]

ActorKey = tuple[str, str, str]
"""Corpus, name, kind: what makes an actor one, as ``ActorScore.key``."""

N_RESAMPLES = 10_000
LEVEL = 0.95
MIN_STORIES = 10
"""With fewer stories to score, sentences are resampled instead."""
MIN_ROWS = 5
"""With fewer gold rows there is no interval."""
MIN_CLUSTERS = 5
"""Nor with fewer clusters, however many rows they hold."""

Key = TypeVar("Key", bound=tuple[Any, ...])


@dataclass(frozen=True, slots=True)
class Interval:
    """A 95 % interval; (nan, nan) where there are fewer than ``MIN_ROWS`` gold rows or ``MIN_CLUSTERS`` clusters.

    ``clustered_by`` says what was resampled; ``sentence`` stands for fewer than ``MIN_STORIES`` stories, and is to be
    shown beside the interval, which is then likely too narrow.
    """

    low: float
    high: float
    clustered_by: ClusteredBy


def score_interval(ratio: Ratio, story: Codes, sentence: Codes, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> Interval:
    """Return the interval of a score over all rows.

    Args:
        ratio: the score, from ``ratio_of``.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.

    Raises:
        InputError: arrays of different lengths, or no resamples.
    """
    everything = np.zeros(len(ratio.counted), dtype=np.intp)
    intervals = actor_intervals(ratio, everything, story, sentence, n_resamples=n_resamples, seed=seed)
    return intervals[0] if intervals else Interval(math.nan, math.nan, "sentence")


def actor_intervals(
    ratio: Ratio, actor: Codes, story: Codes, sentence: Codes, *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> list[Interval]:
    """Return the interval of each actor's score, in the order of their numbers.

    Of an actor's K clusters K are drawn, so that its interval is the one its rows would have alone.

    Args:
        ratio: the score, from ``ratio_of``.
        actor: (rows,) number of each row's actor in one role, counted from 0.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.

    Raises:
        InputError: arrays of different lengths, an actor below 0, or no resamples.
    """
    n_actors = check_codes(ratio, actor, story, sentence)
    clustered_by, parts = cluster_groups(ratio, actor, story, sentence, n_actors)
    ends = np.full((n_actors, 2), math.nan)
    for part in parts:
        columns = (ratio.numerator[part.rows], ratio.denominator[part.rows])
        tables = cluster_sums(columns, part.group, part.cluster)
        n_clusters = np.diff(tables[1].indptr)
        percentiles = group_ends(tables, quotient, n_resamples, seed)
        ends[part.chosen] = [_opened(low, high, n, ratio.highest) for (low, high), n in zip(percentiles.tolist(), n_clusters, strict=True)]
    return [Interval(low, high, by) for (low, high), by in zip(ends.tolist(), clustered_by, strict=True)]


def macro_interval(
    ratio: Ratio,
    actor: Codes,
    story: Codes,
    sentence: Codes,
    *,
    min_support: int,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> Interval:
    """Return the interval of the mean score over the actors with ``min_support`` counted rows or more.

    The actors stay those of the whole; in a resample without one of them the mean is over the others.

    Args:
        ratio: the score, from ``ratio_of``.
        actor: (rows,) number of each row's actor in one role, counted from 0.
        story: (rows,) number of each row's story.
        sentence: (rows,) number of each row's sentence, no two articles sharing one.
        min_support: counted rows from which on an actor is averaged.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.

    Raises:
        InputError: arrays of different lengths, an actor below 0, or no resamples.
    """
    check_codes(ratio, actor, story, sentence)
    rows = supported_rows(ratio, actor, min_support)
    ratio, actor, story, sentence = ratio.select(rows), actor[rows], story[rows], sentence[rows]
    clustered_by, parts = cluster_groups(ratio, np.zeros_like(actor), story, sentence, 1)
    low, high = math.nan, math.nan
    for part in parts:
        columns = (ratio.numerator[part.rows], ratio.denominator[part.rows])
        _, averaged = np.unique(actor[part.rows], return_inverse=True)
        tables = cluster_sums(columns, averaged, part.cluster)
        low, high = percentile_ends(tables, macro_quotient, n_resamples, seed)[0].tolist()
        low, high = _opened(low, high, tables[0].shape[1], ratio.highest)
    return Interval(low, high, clustered_by[0])


def headline_intervals(rows: ScoredRows, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> dict[Measure, Interval]:
    """Return the interval of each measure; rows with ``someone`` are left out, as from every headline score."""
    rows = rows.select(rows.headline)
    predicted = rows.predicted
    story, sentence = cluster_codes(rows)
    ratios = {measure: ratio_of(measure, rows.gold, predicted, rows.probabilities) for measure in MEASURES}
    return {measure: score_interval(ratio, story, sentence, n_resamples=n_resamples, seed=seed) for measure, ratio in ratios.items()}


def intervals_by_actor(
    rows: ScoredRows, role: Role, measure: Measure = "accuracy", *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> dict[ActorKey, Interval]:
    """Return the interval of each actor that ``score_by_actor`` scores, by ``ActorScore.key``."""
    rows = rows.select(rows.headline)
    keys, actor = actor_codes(rows, role)
    ratio = ratio_of(measure, rows.gold, rows.predicted, rows.probabilities)
    return dict(zip(keys, actor_intervals(ratio, actor, *cluster_codes(rows), n_resamples=n_resamples, seed=seed), strict=True))


def macro_accuracy_interval(rows: ScoredRows, role: Role, min_support: int, *, n_resamples: int = N_RESAMPLES, seed: int = 0) -> Interval:
    """Return the interval of ``macro_accuracy`` over the actors in ``role``."""
    rows = rows.select(rows.headline)
    _, actor = actor_codes(rows, role)
    ratio = ratio_of("accuracy", rows.gold, rows.predicted)
    return macro_interval(ratio, actor, *cluster_codes(rows), min_support=min_support, n_resamples=n_resamples, seed=seed)


def cluster_codes(rows: ScoredRows) -> tuple[Codes, Codes]:
    """Return, both (rows,), the numbers of the stories, which are apart between corpora, and of the articles' sentences."""
    corpora = (article.split("/")[0] for article in rows.article)
    _, story = _numbered(zip(corpora, rows.story, strict=True))
    _, sentence = _numbered(zip(rows.article, rows.sentence.tolist(), strict=True))
    return story, sentence


def actor_codes(rows: ScoredRows, role: Role) -> tuple[list[ActorKey], Codes]:
    """Return the actors in ``role``, sorted, and (rows,) the number of each row's."""
    ends = list(zip(rows.article.tolist(), getattr(rows, role).tolist(), strict=True))
    key_of = {end: (end[0].split("/")[0], rows.actors[end].name, rows.actors[end].kind) for end in set(ends)}
    return _numbered(key_of[end] for end in ends)


def _numbered(keys: Iterable[Key]) -> tuple[list[Key], Codes]:
    """Return the different keys, sorted, and where each given one stands among them."""
    given = list(keys)
    different = sorted(set(given))
    number = {key: code for code, key in enumerate(different)}
    return different, np.array([number[key] for key in given], dtype=np.intp)


@dataclass(frozen=True, eq=False)
class Part:
    """The groups that are resampled by one kind of cluster.

    Args:
        chosen: (groups,) which groups.
        rows: (rows,) their rows with something to score.
        group: (chosen rows,) each one's group, numbered among the chosen.
        cluster: (chosen rows,) each one's cluster.
    """

    chosen: NDArray[np.bool_]
    rows: NDArray[np.bool_]
    group: Codes
    cluster: Codes


def cluster_groups(ratio: Ratio, group: Codes, story: Codes, sentence: Codes, n_groups: int) -> tuple[list[ClusteredBy], list[Part]]:
    """Decide what each group of rows is resampled by; a group of fewer than ``MIN_ROWS`` counted rows is in no part."""
    scored = ratio.denominator > 0
    n_stories = np.diff(cluster_sums((scored[scored],), group[scored], story[scored], n_groups)[0].indptr)
    enough = np.bincount(group, ratio.counted, minlength=n_groups) >= MIN_ROWS
    by_story = n_stories >= MIN_STORIES
    parts = []
    for chosen, cluster in ((enough & by_story, story), (enough & ~by_story, sentence)):
        if chosen.any():
            rows = scored & chosen[group]
            parts.append(Part(chosen, rows, (np.cumsum(chosen) - 1)[group[rows]], cluster[rows]))
    return ["story" if many else "sentence" for many in by_story.tolist()], parts


def group_ends(tables: Sequence[csr_array], statistic: Statistic, n_resamples: int, seed: int) -> Floats:
    """Return ``percentile_ends`` for each group's own clusters, (groups, 2); groups with equally many share the draws."""
    ends = np.full((tables[0].shape[0], 2), math.nan)
    for groups, own in own_clusters(tables):
        ends[groups] = np.concatenate([percentile_ends(some, statistic, n_resamples, seed) for some in row_blocks(own)])
    return ends


def percentile_ends(tables: Sequence[csr_array], statistic: Statistic, n_resamples: int, seed: int) -> Floats:
    """Bootstrap a statistic of clusters' sums and return its 95 % percentile interval, (values, 2), nan below ``MIN_CLUSTERS``.

    Args:
        tables: sums, each (groups, clusters).
        statistic: takes each table's sums over resampled clusters, (groups, resamples), and returns
            (values, resamples), nan where there is nothing to score.
        n_resamples: resamples drawn, at least 1.
        seed: of the resamples.
    """
    n_groups, n_clusters = tables[0].shape
    resampled = apply_in_blocks(tables, statistic, weight_blocks(n_clusters, block_sizes(n_groups, n_clusters, n_resamples), seed))
    ends = np.full((len(resampled), 2), math.nan)
    defined = ~np.isnan(resampled).all(axis=1) & (n_clusters >= MIN_CLUSTERS)
    tail = (1 - LEVEL) / 2
    if defined.any():
        ends[defined] = np.nanquantile(resampled[defined], [tail, 1 - tail], axis=1).T
    return ends


def weight_blocks(n_clusters: int, sizes: Iterable[int], seed: int) -> Iterator[Floats]:
    """Yield how often each cluster is drawn, (clusters, size) for each size; a column sums to ``n_clusters``."""
    random = np.random.default_rng(seed)
    for size in sizes:
        drawn = random.integers(n_clusters, size=(size, n_clusters)) + n_clusters * np.arange(size)[:, None]
        times = np.bincount(drawn.ravel(), minlength=size * n_clusters).reshape(size, n_clusters)
        yield np.ascontiguousarray(times.T, dtype=np.float64)


def _opened(low: float, high: float, n_clusters: int, highest: float) -> tuple[float, float]:
    """Return an interval with some width where every cluster scores 0 or the highest.

    Resamples of clusters that are all alike are all alike too, which would claim certainty. The Wilson interval with
    each cluster as one trial is as wide as clusters hanging together can make it.
    """
    if low == high and low in (0.0, highest):
        low, high = wilson_interval(n_clusters if low else 0, n_clusters, LEVEL)
        return low * highest, high * highest
    return low, high
