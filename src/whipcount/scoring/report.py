"""All scores of one or more systems on one dataset, ready to be shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from whipcount.examples.storage import StoredDataset
from whipcount.schema import NONE, STANCES, Actor, InputError
from whipcount.scoring.actors import (
    ROLES,
    ActorScore,
    Role,
    count_seen,
    macro_accuracy,
    micro_accuracy,
    score_by_actor,
    seen_names,
    stance_rows,
)
from whipcount.scoring.metrics import (
    FalseStances,
    PrecisionRecallF1,
    accuracy,
    confusion,
    false_stances,
    pair_scores,
    polarity_accuracy,
    triplet_scores,
)
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align, check_origin, is_missing, probabilities_for
from whipcount.scoring.values import false_values, number, triplet_values

REPORT_VERSION = 1


@dataclass(frozen=True)
class SystemScores:
    """What one system reaches on one split. Rows with ``someone`` are in ``someone_*`` and nowhere else."""

    system: str
    triplets: PrecisionRecallF1
    pairs: PrecisionRecallF1
    polarity_accuracy: float
    accuracy: float
    confusion: tuple[tuple[int, ...], ...]
    """Counts by gold (rows) and prediction (columns), both in the order of ``STANCES``."""
    false: FalseStances
    false_both_named: FalseStances
    """On rows whose sentence names both actors."""
    actors: dict[Role, tuple[ActorScore, ...]]
    unseen: PrecisionRecallF1
    """Triplets on rows neither of whose actors stands in the training split."""
    seen: PrecisionRecallF1
    """Triplets on rows at least one of whose actors stands there."""
    someone_triplets: PrecisionRecallF1
    someone_false: FalseStances
    n_missing: int = 0
    """Rows without a prediction, those with ``someone`` included: all of them counted as wrong."""


@dataclass(frozen=True, slots=True)
class StanceRow:
    """A row where gold or the system's prediction is a stance, for figures and lists."""

    article: str
    sentence: int
    speaker: Actor
    target: Actor
    gold: str
    predicted: str


@dataclass(frozen=True)
class SplitReport:
    """The systems side by side on one split; ``stances`` is of the first of them, ``someone`` left out."""

    split: str
    n_articles: int
    n_stories: int
    n_rows: int
    n_gold: int
    n_someone_rows: int
    always_none_accuracy: float
    systems: tuple[SystemScores, ...]
    stances: tuple[StanceRow, ...]


@dataclass(frozen=True)
class Report:
    """Everything that metrics.json, per_actor.csv, report.md and the figures show. The first system is the one judged."""

    systems: tuple[str, ...]
    dataset: str
    min_support: int
    splits: tuple[SplitReport, ...]
    empty_splits: tuple[str, ...]
    """Splits asked for that hold no row."""
    n_training_articles: int
    roster: str = "oracle"
    """Whose actors the systems were given: the gold ones."""
    allow_missing: bool = False
    """Whether rows without a prediction were counted as wrong instead of refused."""

    def split(self, name: str) -> SplitReport:
        """Return the report of one split.

        Raises:
            InputError: the split was not scored.
        """
        for part in self.splits:
            if part.split == name:
                return part
        raise InputError(f"split {name!r} is not in the report; it has {', '.join(part.split for part in self.splits)}")


def make_report(
    dataset: StoredDataset,
    predictions: Sequence[Predictions],
    splits: Sequence[str] = ("development", "test"),
    min_support: int = 3,
    allow_missing: bool = False,
) -> Report:
    """Score predictions against the gold of a dataset.

    Args:
        dataset: its manifest's ``fingerprint``, where it has one, is compared with the predictions'.
        predictions: the system to judge, then baselines and rivals to show beside it; names all different.
        splits: which to score, in this order; one without rows is noted in ``empty_splits``.
        min_support: gold-stance rows from which on an actor is ranked and counts in the macro average.
        allow_missing: count rows that a system does not predict as wrong (see ``rows.probabilities_for``) instead of
            refusing the system; each system's ``n_missing`` counts them.

    Raises:
        InputError: no predictions, two systems of one name, no row in any of the splits, or predictions that do not
            fit the dataset.
    """
    if not predictions:
        raise InputError("no predictions to score; name at least one predictions file")
    names = [one.system for one in predictions]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            f"two predictions files are of the system {twice[0]!r}; give each its own name ('system' of the header; CSV: the file)"
        )
    fingerprint = str(dataset.manifest.get("fingerprint", ""))
    known_ids = {id_ for table in dataset.examples.values() for id_ in table.with_format("arrow")["id"][:].to_pylist()}
    for one in predictions:
        check_origin(one, known_ids, fingerprint)
    filled = [split for split in dict.fromkeys(splits) if len(dataset.examples[split])]
    if not filled:
        raise InputError(f"the dataset has no row in {' or '.join(splits)}; score another split or build another dataset")
    training = dataset.articles.get("train", [])
    seen = seen_names(training)
    return Report(
        systems=tuple(names),
        dataset=fingerprint,
        min_support=min_support,
        splits=tuple(_split_report(dataset, split, predictions, known_ids, seen, allow_missing) for split in filled),
        empty_splits=tuple(split for split in dict.fromkeys(splits) if split not in filled),
        n_training_articles=len(training),
        allow_missing=allow_missing,
    )


def _split_report(
    dataset: StoredDataset, split: str, predictions: Sequence[Predictions], known_ids: set[str], seen: set[str], allow_missing: bool
) -> SplitReport:
    rows = align(dataset.examples[split], dataset.articles[split], predictions[0], known_ids=known_ids, allow_missing=allow_missing)
    headline = rows.select(rows.headline)
    systems = []
    for one in predictions:
        theirs = replace(rows, probabilities=probabilities_for(rows.ids, one, rows.gold, allow_missing=allow_missing))
        systems.append(replace(score_system(one.system, theirs, seen), n_missing=int(is_missing(rows.ids, one).sum())))
    return SplitReport(
        split=split,
        n_articles=len(set(rows.article)),
        n_stories=len(set(zip((key.split("/")[0] for key in rows.article), rows.story, strict=True))),
        n_rows=len(headline),
        n_gold=int((headline.gold != NONE).sum()),
        n_someone_rows=len(rows) - len(headline),
        always_none_accuracy=accuracy(headline.gold, headline.gold * 0 + NONE),
        systems=tuple(systems),
        stances=_stance_list(stance_rows(headline)),
    )


def score_system(system: str, rows: ScoredRows, seen: set[str]) -> SystemScores:
    """Score one system on the rows of one split.

    Args:
        system: its name.
        rows: those with ``someone`` included; they are scored apart.
        seen: names of the training split's actors.
    """
    is_headline = rows.headline
    head, apart = rows.select(is_headline), rows.select(~is_headline)
    gold, predicted = head.gold, head.predicted
    is_seen = count_seen(head, seen) > 0
    return SystemScores(
        system=system,
        triplets=triplet_scores(gold, predicted),
        pairs=pair_scores(gold, predicted),
        polarity_accuracy=polarity_accuracy(gold, head.probabilities),
        accuracy=accuracy(gold, predicted),
        confusion=tuple(tuple(int(count) for count in line) for line in confusion(gold, predicted)),
        false=false_stances(gold, predicted),
        false_both_named=false_stances(gold[head.both_named], predicted[head.both_named]),
        actors={role: tuple(score_by_actor(head, role)) for role in ROLES},
        unseen=triplet_scores(gold[~is_seen], predicted[~is_seen]),
        seen=triplet_scores(gold[is_seen], predicted[is_seen]),
        someone_triplets=triplet_scores(apart.gold, apart.predicted),
        someone_false=false_stances(apart.gold, apart.predicted),
    )


def _stance_list(rows: ScoredRows) -> tuple[StanceRow, ...]:
    predicted = rows.predicted
    return tuple(
        StanceRow(
            rows.article[row],
            int(rows.sentence[row]),
            rows.actor(row, "speaker"),
            rows.actor(row, "target"),
            STANCES[rows.gold[row]],
            STANCES[predicted[row]],
        )
        for row in range(len(rows))
    )


def report_to_json(report: Report) -> dict[str, Any]:
    """Return the report as plain values for ``metrics.json``: stable keys, undefined numbers as None.

    Actors below ``min_support`` are left out here, for they are many; ``per_actor.csv`` has them. ``allow_missing`` and each
    system's ``n_missing`` are there where the report allows missing rows.
    """
    missing = {"allow_missing": True} if report.allow_missing else {}
    return {
        "format": "whipcount-metrics",
        "version": REPORT_VERSION,
        "roster": report.roster,
        "dataset": report.dataset,
        "systems": list(report.systems),
        "min_support": report.min_support,
        "interval": "Wilson, 95 %, rows taken as independent",
        "empty_splits": list(report.empty_splits),
        "n_training_articles": report.n_training_articles,
        **missing,
        "splits": {part.split: _split_values(part, report) for part in report.splits},
    }


def _split_values(part: SplitReport, report: Report) -> dict[str, Any]:
    return {
        "n_articles": part.n_articles,
        "n_stories": part.n_stories,
        "n_rows": part.n_rows,
        "n_gold": part.n_gold,
        "n_someone_rows": part.n_someone_rows,
        "always_none_accuracy": number(part.always_none_accuracy),
        "systems": {scores.system: _system_values(scores, report) for scores in part.systems},
    }


def _system_values(scores: SystemScores, report: Report) -> dict[str, Any]:
    min_support = report.min_support
    by_role = {}
    for role in ROLES:
        macro, n_actors = macro_accuracy(scores.actors[role], min_support)
        by_role[role] = {
            "macro_accuracy": number(macro),
            "n_actors": n_actors,
            "micro_accuracy": number(micro_accuracy(scores.actors[role])),
            "actors": [_actor_values(actor) for actor in scores.actors[role] if actor.n >= max(min_support, 1)],
        }
    return {
        **({"n_missing": scores.n_missing} if report.allow_missing else {}),
        "triplet": triplet_values(scores.triplets),
        "pair": triplet_values(scores.pairs),
        "polarity_accuracy": number(scores.polarity_accuracy),
        "accuracy_all_rows": number(scores.accuracy),
        "confusion": {gold: dict(zip(STANCES, line, strict=True)) for gold, line in zip(STANCES, scores.confusion, strict=True)},
        "false_stances": false_values(scores.false),
        "false_stances_both_named": false_values(scores.false_both_named),
        "triplet_unseen_actors": triplet_values(scores.unseen),
        "triplet_seen_actors": triplet_values(scores.seen),
        "someone": {"triplet": triplet_values(scores.someone_triplets), "false_stances": false_values(scores.someone_false)},
        "by_actor": by_role,
    }


def _actor_values(score: ActorScore) -> dict[str, Any]:
    low, high = score.interval
    return {
        "corpus": score.corpus,
        "name": score.name,
        "kind": score.kind,
        "n_articles": score.n_articles,
        "n": score.n,
        "correct": score.correct,
        "accuracy": number(score.accuracy),
        "interval": [number(low), number(high)],
        "triplet_f1": number(score.triplets.f1),
        "false_stances": score.false.count,
        "none_rows": score.false.none_rows,
    }
