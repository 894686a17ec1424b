"""Does a model read, or does it know the names? What changes when names, direction or words are taken from it.

Plain predictions are compared with the perturbed ones of ``python -m whipcount.predict … perturb=…``, whose headers say what
was done: ``perturb``, the ``articles`` predicted, and for exchanged names ``seed``, ``draw`` and ``names``: article key → actor
id → [new name, culture, gender], with the kind and nothing for an organisation or group. ``modeling.perturbation`` defines
the perturbations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.config import PERTURBATIONS
from whipcount.schema import NONE, RESERVED_IDS, InputError
from whipcount.scoring.metrics import Labels, share, triplet_f1
from whipcount.scoring.predictions import Predictions, likeliest
from whipcount.scoring.ratios import Ratio
from whipcount.scoring.resampling import N_RESAMPLES, Interval, actor_intervals, cluster_codes
from whipcount.scoring.rows import ScoredRows, check_origin, probabilities_for
from whipcount.scoring.values import interval_values, number


@dataclass(frozen=True, slots=True)
class Flips:
    """Of ``n`` rows where either of two labels is a stance, those where they differ, and those where favor meets against.

    ``reported`` of the rows have a stance by the first label. Of these some vanish and some turn to the other polarity: they are
    *lost*. Rows that have one by the second label alone are stances that *appear*. ``interval`` is that of the share,
    ``lost_interval`` that of the lost share, None where not drawn.
    """

    n: int
    changed: int
    polarity: int
    reported: int
    interval: Interval | None = None
    lost_interval: Interval | None = None

    @property
    def share(self) -> float:
        """Share of the rows whose labels differ; nan without rows."""
        return share(self.changed, self.n)

    @property
    def polarity_share(self) -> float:
        """Share of the rows where one label is favor and the other against; nan without rows."""
        return share(self.polarity, self.n)

    @property
    def appeared(self) -> int:
        """Rows with a stance by the second label alone."""
        return self.n - self.reported

    @property
    def lost(self) -> int:
        """Reported stances that vanish or turn."""
        return self.changed - self.appeared

    @property
    def vanished(self) -> int:
        """Reported stances that are none by the second label."""
        return self.lost - self.polarity

    @property
    def lost_share(self) -> float:
        """Share of the reported stances that vanish or turn; nan without any."""
        return share(self.lost, self.reported)


@dataclass(frozen=True)
class Control:
    """What one perturbation does to the predictions; rows with ``someone`` are left out, as from every headline score.

    Args:
        perturbation: one of ``PERTURBATIONS``.
        draws: flips of each draw; one entry where nothing is drawn.
        triplet_f1: of each draw, likewise.
        flips: of all draws together, where a row counts once for each draw.
        by_culture: swap only; likewise, a row counting for each culture that the new name of its speaker or target is of.
            Organisations and groups are two further ones.
        by_gender: likewise for the gender of new names of persons.
        gold: exchange only; what the gold itself says of each row and its reverse.

    The flips of ``exchange`` are counted between the article's own actors: nobody takes the author for a target.
    """

    perturbation: str
    draws: tuple[Flips, ...]
    triplet_f1: tuple[float, ...]
    flips: Flips
    by_culture: Mapping[str, Flips]
    by_gender: Mapping[str, Flips]
    gold: Flips | None = None


@dataclass(frozen=True)
class Controls:
    """The triplet F1 of the plain predictions, and what each perturbation does, in the order of ``PERTURBATIONS``."""

    system: str
    triplet_f1: float
    perturbed: tuple[Control, ...]

    def find(self, perturbation: str) -> Control | None:
        """Return what one perturbation does, None where it was not measured."""
        return next((control for control in self.perturbed if control.perturbation == perturbation), None)


def count_flips(before: Labels, after: Labels) -> Flips:
    """Count the flips between two labellings of the same rows, both (rows,) indices into ``STANCES``."""
    either, changed, polarity = _compared(before, after)
    return Flips(int(either.sum()), int(changed.sum()), int(polarity.sum()), int((before != NONE).sum()))


def _compared(before: Labels, after: Labels) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return, each (rows,), whether either label is a stance, whether they differ, whether favor meets against."""
    changed = before != after
    return (before != NONE) | (after != NONE), changed, changed & (before != NONE) & (after != NONE)


def measure_controls(
    rows: ScoredRows, plain: Predictions, perturbed: Sequence[Predictions], *, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Controls:
    """Compare plain predictions with perturbed ones on the rows of one split.

    Args:
        rows: the gold; whose probabilities they carry does not matter.
        plain: the system as it is; a row it leaves out counts as in ``rows.probabilities_for`` with ``allow_missing``.
        perturbed: the same system under perturbations, each draw its own predictions; may cover more splits than ``rows``.
        n_resamples: of the intervals, which resample stories.
        seed: of the resamples.

    Raises:
        InputError: predictions that are not perturbed, are of another model or dataset or lack articles of these rows, a
            swap without names, or one draw twice.
    """
    _check(rows, plain, perturbed)
    before = likeliest(probabilities_for(rows.ids, plain, rows.gold, allow_missing=True))
    readings = {kind: [one for one in perturbed if one.details["perturb"] == kind] for kind in PERTURBATIONS}
    return Controls(
        plain.system,
        triplet_f1(rows.gold[rows.headline], before[rows.headline]),
        tuple(_measure(kind, rows, before, found, n_resamples, seed) for kind, found in readings.items() if found),
    )


def _measure(kind: str, rows: ScoredRows, before: Labels, readings: Sequence[Predictions], n_resamples: int, seed: int) -> Control:
    after = np.array([likeliest(probabilities_for(rows.ids, one, rows.gold)) for one in readings])
    counted = rows.headline
    if kind == "exchange":
        counted &= ~np.isin(rows.speaker, RESERVED_IDS) & ~np.isin(rows.target, RESERVED_IDS)
    either, changed, polarity = _compared(before, after)
    draw, row = np.nonzero(either & counted)
    story, sentence = cluster_codes(rows)
    events = _Events(changed[draw, row], polarity[draw, row], before[row] != NONE, story[row], sentence[row], n_resamples, seed)
    cultures, genders = _new_groups(rows, readings, draw, row) if kind == "swap" else ([], [])
    return Control(
        kind,
        draws=tuple(count_flips(before[counted], one[counted]) for one in after),
        triplet_f1=tuple(triplet_f1(rows.gold[rows.headline], one[rows.headline]) for one in after),
        flips=events.by_group([(event, "") for event in range(len(row))]).get("", Flips(0, 0, 0, 0)),
        by_culture=events.by_group(cultures),
        by_gender=events.by_group(genders),
        gold=_gold_flips(rows.select(counted)) if kind == "exchange" else None,
    )


@dataclass(frozen=True, eq=False)
class _Events:
    """Rows of all draws where either label is a stance, in parallel arrays (events,)."""

    changed: NDArray[np.bool_]
    polarity: NDArray[np.bool_]
    reported: NDArray[np.bool_]
    story: NDArray[np.intp]
    sentence: NDArray[np.intp]
    n_resamples: int
    seed: int

    def by_group(self, members: Sequence[tuple[int, str]]) -> dict[str, Flips]:
        """Return the flips of each group, in the order of their names, from its (event, group) pairs."""
        if not members:
            return {}
        event = np.array([event for event, _ in members])
        groups, group = np.unique([name for _, name in members], return_inverse=True)
        either, changed, reported = np.ones(len(event), dtype=bool), self.changed[event], self.reported[event]
        counts = [np.bincount(group, some).astype(int).tolist() for some in (either, changed, self.polarity[event], reported)]
        intervals = [
            actor_intervals(
                Ratio((changed & of).astype(float), of.astype(float), of),
                group,
                self.story[event],
                self.sentence[event],
                n_resamples=self.n_resamples,
                seed=self.seed,
            )
            for of in (either, reported)
        ]
        return {str(name): Flips(*numbers) for name, *numbers in zip(groups, *counts, *intervals, strict=True)}


def _new_groups(
    rows: ScoredRows, readings: Sequence[Predictions], draw: NDArray[np.intp], row: NDArray[np.intp]
) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Return (event, culture) and (event, gender) of the new names that the rows' speakers and targets have in the draws."""
    named = [_read_names(one) for one in readings]
    cultures, genders = [], []
    places = zip(draw.tolist(), rows.article[row], rows.speaker[row], rows.target[row], strict=True)
    for event, (index, article, speaker, target) in enumerate(places):
        found = [named[index][end] for end in ((article, speaker), (article, target)) if end in named[index]]
        cultures += [(event, culture) for culture in dict.fromkeys(culture for culture, _ in found)]
        genders += [(event, gender) for gender in dict.fromkeys(gender for _, gender in found if gender)]
    return cultures, genders


def _read_names(one: Predictions) -> dict[tuple[str, str], tuple[str, str]]:
    """Return (article key, actor id) → (culture, gender) of the new name."""
    try:
        return {
            (article, actor): (str(culture), str(gender))
            for article, actors in one.details["names"].items()
            for actor, (_, culture, gender) in actors.items()
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        raise InputError(
            f"{one.system}: its header has no 'names' as article key → actor id → [new name, culture, gender]; "
            "write such predictions with whipcount.predict … perturb=swap"
        ) from None


def _gold_flips(rows: ScoredRows) -> Flips:
    """Count the flips between the gold of each row and that of its reverse."""
    places = list(zip(rows.article, rows.sentence.tolist(), rows.speaker, rows.target, strict=True))
    gold = dict(zip(places, rows.gold.tolist(), strict=True))
    reverse = [gold.get((article, sentence, target, speaker), NONE) for article, sentence, speaker, target in places]
    return count_flips(rows.gold, np.array(reverse, dtype=np.intp))


def _check(rows: ScoredRows, plain: Predictions, perturbed: Sequence[Predictions]) -> None:
    articles = dict.fromkeys(rows.article)
    seen: set[tuple[str, ...]] = set()
    for one in perturbed:
        kind = one.details.get("perturb")
        if kind not in PERTURBATIONS:
            raise InputError(f"{one.system}: 'perturb' of its header is {kind!r}; give predictions of whipcount.predict … perturb=swap")
        check_origin(one, set(one.ids), plain.dataset)
        models = [str(found.get("model", "")) for found in (plain.details, one.details)]
        if all(models) and models[0] != models[1]:
            raise InputError(f"{one.system}: of model {models[1][:12]}, {plain.system} is of {models[0][:12]}; perturb the same model")
        covered = set(one.details.get("articles", articles))
        if absent := [article for article in articles if article not in covered]:
            raise InputError(f"{one.system}: lacks {len(absent)} of the articles to score ({absent[0]}, …); perturb the same splits")
        draw = (str(kind), *(str(one.details.get(key, "")) for key in ("seed", "draw")))
        if draw in seen:
            raise InputError(f"{one.system}: {' '.join(filter(None, (draw[0], draw[2])))} is given twice; give each file once")
        seen.add(draw)


def controls_to_json(controls: Controls) -> dict[str, Any]:
    """Return the controls as plain values: stable keys, undefined numbers as None."""
    return {
        "system": controls.system,
        "triplet_f1": number(controls.triplet_f1),
        "perturbed": {control.perturbation: _control_values(control) for control in controls.perturbed},
    }


def _control_values(control: Control) -> dict[str, Any]:
    return {
        "flips": _flip_values(control.flips),
        "draws": [{**_flip_values(flips), "triplet_f1": number(f1)} for flips, f1 in zip(control.draws, control.triplet_f1, strict=True)],
        "by_culture": {group: _flip_values(flips) for group, flips in control.by_culture.items()},
        "by_gender": {group: _flip_values(flips) for group, flips in control.by_gender.items()},
        "gold_flips": None if control.gold is None else _flip_values(control.gold),
    }


def _flip_values(flips: Flips) -> dict[str, Any]:
    return {
        "n": flips.n,
        "changed": flips.changed,
        "polarity": flips.polarity,
        "share": number(flips.share),
        "polarity_share": number(flips.polarity_share),
        "interval": interval_values(flips.interval),
        "reported": flips.reported,
        "lost_share": number(flips.lost_share),
        "lost_interval": interval_values(flips.lost_interval),
    }
