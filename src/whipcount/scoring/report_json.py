"""A report as plain values for ``metrics.json``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from whipcount.schema import STANCES
from whipcount.scoring.actors import ROLES, ActorScore, macro_accuracy, micro_accuracy
from whipcount.scoring.agreement import agreement_to_json
from whipcount.scoring.comparison import comparison_to_json
from whipcount.scoring.controls import controls_to_json
from whipcount.scoring.errors import errors_to_json
from whipcount.scoring.parts import PartScore, Tail
from whipcount.scoring.reliability import calibration_to_json
from whipcount.scoring.report import Report, SplitReport, SystemScores
from whipcount.scoring.values import false_values, interval_values, number, triplet_values

REPORT_VERSION = 2


def report_to_json(report: Report) -> dict[str, Any]:
    """Return the report: stable keys, undefined numbers as None, no text of an article.

    Actors below ``min_support`` are pooled here, for they are many; ``per_actor.csv`` has them. ``allow_missing`` and each
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
        "draws": asdict(report.draws) if report.draws else None,
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
        "comparisons": {comparison.second: comparison_to_json(comparison) for comparison in part.comparisons},
        "calibration": calibration_to_json(part.calibration) if part.calibration else None,
        "controls": controls_to_json(part.controls) if part.controls else None,
        "errors": errors_to_json(part.errors),
        "parts": {grouping: [_part_values(score) for score in scores] for grouping, scores in part.parts.items()},
        "agreement": {corpus: agreement_to_json(agreement) for corpus, agreement in part.agreement.items()},
    }


def _system_values(scores: SystemScores, report: Report) -> dict[str, Any]:
    min_support = report.min_support
    by_role = {}
    for role in ROLES:
        macro, n_actors = macro_accuracy(scores.actors[role], min_support)
        by_role[role] = {
            "macro_accuracy": number(macro),
            "macro_interval": interval_values(scores.macro_intervals.get(role)),
            "n_actors": n_actors,
            "micro_accuracy": number(micro_accuracy(scores.actors[role])),
            "actors": [_actor_values(actor, scores) for actor in scores.actors[role] if actor.n >= max(min_support, 1)],
            "tail": _tail_values(scores.tails[role]) if role in scores.tails else None,
        }
    return {
        **({"n_missing": scores.n_missing} if report.allow_missing else {}),
        "triplet": triplet_values(scores.triplets),
        "pair": triplet_values(scores.pairs),
        "polarity_accuracy": number(scores.polarity_accuracy),
        "accuracy_all_rows": number(scores.accuracy),
        "intervals": {measure: interval_values(interval) for measure, interval in scores.intervals.items()},
        "confusion": {gold: dict(zip(STANCES, line, strict=True)) for gold, line in zip(STANCES, scores.confusion, strict=True)},
        "false_stances": false_values(scores.false),
        "false_stances_both_named": false_values(scores.false_both_named),
        "triplet_unseen_actors": triplet_values(scores.unseen),
        "triplet_seen_actors": triplet_values(scores.seen),
        "someone": {"triplet": triplet_values(scores.someone_triplets), "false_stances": false_values(scores.someone_false)},
        "by_actor": by_role,
    }


def _actor_values(score: ActorScore, scores: SystemScores) -> dict[str, Any]:
    return {
        "corpus": score.corpus,
        "name": score.name,
        "kind": score.kind,
        "n_articles": score.n_articles,
        "n": score.n,
        "correct": score.correct,
        "accuracy": number(score.accuracy),
        "interval": interval_values(scores.actor_interval(score)),
        "triplet_f1": number(score.triplets.shown_f1),
        "false_stances": score.false.count,
        "none_rows": score.false.none_rows,
    }


def _tail_values(tail: Tail) -> dict[str, Any]:
    counts = {"n_actors": tail.n_actors, "n": tail.n, "correct": tail.correct}
    return {**counts, "accuracy": number(tail.accuracy), "interval": interval_values(tail.interval)}


def _part_values(score: PartScore) -> dict[str, Any]:
    return {
        "value": score.value,
        "n_articles": score.n_articles,
        "triplet": triplet_values(score.triplets),
        "interval": interval_values(score.interval),
        "polarity_accuracy": number(score.polarity_accuracy),
        "false_stances": false_values(score.false),
    }
