"""How far a model's stances rest on their evidence: what it says where that is blanked, against random words of the same length.

The fall of the label's probability is the comprehensiveness of DeYoung et al. 2020 (ERASER), measured on a rationale that comes from
rules and not from the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from whipcount.schema import EVIDENCE_ROLES, NONE
from whipcount.scoring.differences import Draws, paired_difference
from whipcount.scoring.ratios import Floats, Ratio
from whipcount.scoring.values import interval_values, number

WHOLE = "evidence"
RANDOM = "random"
BLANKINGS = (WHOLE, *EVIDENCE_ROLES, RANDOM)
"""What is blanked: all of the evidence, one role of it, or words drawn by chance, once for each draw."""


@dataclass(frozen=True, eq=False)
class BlankedStance:
    """A stance that a model finds, and what it says of the same pair and sentence where words are blanked.

    Args:
        article: key of the article.
        story: of the article.
        sentence: its index.
        before: (3,) probabilities of the plain reading, in the order of ``STANCES``.
        after: by what is blanked, (readings, 3); what the stance has none of is left out.
        n_tokens: likewise, how many tokens are blanked, on average.
        is_attributed: whether the evidence holds more than mentions of the two ends.
        is_cut: whether some of the evidence lies outside the window in which the model reads the sentence.
        in_sentence: whether all random words are in the sentence of the evidence whose place they take.
    """

    article: str
    story: str
    sentence: int
    before: Floats
    after: Mapping[str, Floats]
    n_tokens: Mapping[str, float]
    is_attributed: bool
    is_cut: bool
    in_sentence: bool


def score_evidence(stances: Sequence[BlankedStance], *, n_resamples: int, seed: int) -> dict[str, Any]:
    """Return for JSON how many stances change, by what is blanked, and evidence against random words on the same stances.

    The differences are over all stances that have both (``all``), and over those of them whose random words are in the same sentence
    as the evidence (``same_sentence``), which is the stricter control.

    Args:
        stances: of one corpus.
        n_resamples: resamples behind each interval of a difference, by story.
        seed: of the resamples.
    """
    both = [one for one in stances if WHOLE in one.after and RANDOM in one.after]
    near = [one for one in both if one.in_sentence]
    return {
        "n_stances": len(stances),
        "n_mentions_alone": sum(not one.is_attributed for one in stances),
        "n_cut": sum(one.is_cut for one in stances),
        "n_without_evidence": sum(WHOLE not in one.after for one in stances),
        "n_without_room": sum(WHOLE in one.after and RANDOM not in one.after for one in stances),
        "n_other_sentence": len(both) - len(near),
        "blanked": {name: _blanked([one for one in stances if name in one.after], name) for name in BLANKINGS},
        "differences": {
            name: _differences(some, Draws(n_resamples, n_permutations=1, seed=seed))  # one: p is not asked for
            for name, some in (("all", both), ("same_sentence", near))
        },
    }


def _blanked(stances: Sequence[BlankedStance], name: str) -> dict[str, Any]:
    to_none, to_opposite, fall = _effects(stances, name).T
    n_tokens = np.array([one.n_tokens[name] for one in stances])
    means = {"changed": to_none + to_opposite, "to_none": to_none, "to_opposite": to_opposite, "fall": fall, "n_tokens": n_tokens}
    return {"n": len(stances), **{key: number(float(values.mean())) if len(stances) else None for key, values in means.items()}}


def _effects(stances: Sequence[BlankedStance], name: str) -> Floats:
    """Return (stances, 3): the shares of a stance's readings that say none or the opposite, the mean fall of its probability."""
    rows = []
    for one in stances:
        label, after = int(one.before.argmax()), one.after[name]
        labels = after.argmax(axis=1)
        is_none = labels == NONE
        rows.append((is_none.mean(), (~is_none & (labels != label)).mean(), one.before[label] - after[:, label].mean()))
    return np.array(rows).reshape(-1, 3)


def _differences(stances: Sequence[BlankedStance], draws: Draws) -> dict[str, Any]:
    story = np.unique([one.story for one in stances], return_inverse=True)[1]
    sentence = np.unique([f"{one.article}/{one.sentence}" for one in stances], return_inverse=True)[1]
    values: dict[str, Any] = {"n": len(stances)}
    effects = [_effects(stances, name) for name in (WHOLE, RANDOM)]
    counted = np.ones(len(stances), dtype=bool)
    for key, columns in (("changed", [0, 1]), ("fall", [2])):
        whole, chance = (Ratio(table[:, columns].sum(axis=1), counted.astype(float), counted) for table in effects)
        found = paired_difference(whole, chance, story, sentence, draws)
        values[key] = {
            WHOLE: number(found.first),
            RANDOM: number(found.second),
            "difference": number(found.difference),
            "interval": interval_values(found.interval),
        }
    return values
