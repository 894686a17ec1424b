"""Two systems on the same rows: how far apart they are, and whether that is beyond chance.

The interval is a paired bootstrap (both systems on the same resampled stories, ``resampling``), p a paired permutation
test: were the systems alike, their labels of any story could be swapped (approximate randomisation: Noreen 1989, Yeh
2000). McNemar's exact test takes the rows as independent; it stands beside them to be compared, not to be cited.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from whipcount.schema import NONE, InputError
from whipcount.scoring.actors import ROLES, Role
from whipcount.scoring.differences import DRAWS, Difference, actor_differences, macro_difference, paired_difference
from whipcount.scoring.differences import Draws as Draws
from whipcount.scoring.permutation import BEYOND_CHANCE, McNemar, can_pass, holm, mcnemar
from whipcount.scoring.ratios import Measure, Ratio, ratio_of
from whipcount.scoring.resampling import ActorKey, actor_codes, cluster_codes
from whipcount.scoring.rows import ScoredRows
from whipcount.scoring.values import interval_values, number

ComparedMeasure = Literal["triplet_f1", "pair_f1", "polarity_accuracy", "micro_accuracy", "macro_speaker_accuracy"]
RATIOS: dict[ComparedMeasure, Measure] = {
    "triplet_f1": "triplet_f1",
    "pair_f1": "pair_f1",
    "polarity_accuracy": "polarity_accuracy",
    "micro_accuracy": "accuracy",
}

MAX_SYSTEMS = 6


@dataclass(frozen=True, slots=True)
class ActorDifference:
    """Two systems on one actor's gold-stance rows.

    ``p_holm`` is corrected over the actors listed in the same role that could be tested, see ``permutation.can_pass``; nan for the
    others.
    """

    key: ActorKey
    role: Role
    n: int
    accuracy: Difference
    p_holm: float

    @property
    def beyond_chance(self) -> bool:
        """Whether the systems differ beyond chance, the number of actors considered; false where it could not be tested."""
        return self.p_holm < BEYOND_CHANCE


@dataclass(frozen=True)
class Comparison:
    """Two systems on the same rows, those with ``someone`` left out.

    ``actors`` has those of at least ``min_support`` gold-stance rows, those with most rows first, then by name.
    """

    first: str
    second: str
    min_support: int
    scores: dict[ComparedMeasure, Difference]
    mcnemar: McNemar
    actors: dict[Role, tuple[ActorDifference, ...]]


def compare_with_first(systems: Mapping[str, ScoredRows], *, min_support: int, draws: Draws = DRAWS) -> list[Comparison]:
    """Compare the first system with each other one; p is not corrected for there being several others.

    Args:
        systems: two to six, by name, on the same rows in the same order.
        min_support: gold-stance rows from which on an actor is compared and counts in the macro average.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: fewer than two systems or more than six, rows that are not the same, or nothing to draw.
    """
    if not 2 <= len(systems) <= MAX_SYSTEMS:
        raise InputError(f"{len(systems)} systems to compare ({', '.join(systems)}); give 2 to {MAX_SYSTEMS}")
    first, *others = systems.items()
    return [compare_systems(first, other, min_support=min_support, draws=draws) for other in others]


def compare_systems(first: tuple[str, ScoredRows], second: tuple[str, ScoredRows], *, min_support: int, draws: Draws = DRAWS) -> Comparison:
    """Compare two systems, each given with its name.

    Args:
        first: a positive difference is in its favour.
        second: on the same rows in the same order.
        min_support: gold-stance rows from which on an actor is compared and counts in the macro average.
        draws: numbers of resamples and permutations, and their seed.

    Raises:
        InputError: rows that are not the same, or nothing to draw.
    """
    _same_rows(first, second)
    one, other = first[1].select(first[1].headline), second[1].select(second[1].headline)
    gold, one_predicted, other_predicted = one.gold, one.predicted, other.predicted
    story, sentence = cluster_codes(one)

    def ratios(measure: Measure) -> tuple[Ratio, Ratio]:
        return ratio_of(measure, gold, one_predicted, one.probabilities), ratio_of(measure, gold, other_predicted, other.probabilities)

    scores = {name: paired_difference(*ratios(measure), story, sentence, draws) for name, measure in RATIOS.items()}
    _, speaker = actor_codes(one, "speaker")
    accuracies = ratios("accuracy")
    scores["macro_speaker_accuracy"] = macro_difference(*accuracies, speaker, story, sentence, min_support, draws)
    actors: dict[Role, tuple[ActorDifference, ...]] = {}
    for role in ROLES:
        keys, actor = actor_codes(one, role)
        n = np.bincount(actor, gold != NONE)
        differences = actor_differences(*accuracies, actor, story, sentence, min_support, draws)
        testable = can_pass(np.array([difference.n_clusters for difference in differences.values()], dtype=np.intp))
        corrected = holm(np.where(testable, [difference.p for difference in differences.values()], math.nan))
        listed = [
            ActorDifference(keys[code], role, int(n[code]), difference, p)
            for (code, difference), p in zip(differences.items(), corrected.tolist(), strict=True)
        ]
        actors[role] = tuple(sorted(listed, key=lambda actor: (-actor.n, actor.key)))
    return Comparison(first[0], second[0], min_support, scores, mcnemar(gold, one_predicted, other_predicted), actors)


def _same_rows(first: tuple[str, ScoredRows], second: tuple[str, ScoredRows]) -> None:
    one, other = first[1], second[1]
    if len(one) != len(other):
        raise InputError(f"{first[0]} has {len(one)} rows, {second[0]} {len(other)}; score both on the same split")
    for what, apart in (("examples", one.ids != other.ids), ("gold stances", one.gold != other.gold)):
        if apart.any():
            row = int(apart.argmax())
            raise InputError(
                f"{first[0]} and {second[0]} have different {what} in {np.count_nonzero(apart)} rows, first {one.ids[row]} "
                f"and {other.ids[row]}; score both on the same split, in the same order"
            )


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Return the comparison as plain values: stable keys, undefined numbers as None."""
    return {
        "first": comparison.first,
        "second": comparison.second,
        "min_support": comparison.min_support,
        "scores": {name: _difference_values(found) for name, found in comparison.scores.items()},
        "mcnemar": {
            "first_only": comparison.mcnemar.first_only,
            "second_only": comparison.mcnemar.second_only,
            "p": number(comparison.mcnemar.p),
        },
        "actors": {
            role: [
                {
                    **dict(zip(("corpus", "name", "kind"), one.key, strict=True)),
                    "n": one.n,
                    **_difference_values(one.accuracy),
                    "p_holm": number(one.p_holm),
                }
                for one in actors
            ]
            for role, actors in comparison.actors.items()
        },
    }


def _difference_values(found: Difference) -> dict[str, Any]:
    return {
        "first_value": number(found.first),
        "second_value": number(found.second),
        "difference": number(found.difference),
        "interval": interval_values(found.interval),
        "p": number(found.p),
    }
