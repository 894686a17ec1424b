"""The README of a recorded experiment, from figures written by hand."""

from __future__ import annotations

from typing import Any

from whipcount.config import ExperimentConfig
from whipcount.rendering.overview import HEADLINES
from whipcount.rendering.record import render_record
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.values import triplet_values

SPREAD = {"mean": 0.5, "lowest": 0.5, "highest": 0.5}


def swapped(n: int, changed: int) -> dict[str, Any]:
    """Return what ``controls.json`` held of two draws at first: it does not tell the stances of the plain reading."""
    flips = {"n": n, "changed": changed, "polarity": 1, "share": changed / n, "polarity_share": 1 / n, "interval": None}
    return {"development": {"perturbed": {"swap": {"flips": flips, "draws": [flips, flips]}}}}


def render(n_predicted: dict[str, int], controls: dict[str, Any]) -> str:
    systems = {name: {"triplet": triplet_values(PrecisionRecallF1(20, n, 0))} for name, n in n_predicted.items()}
    part = {"n_articles": 3, "n_gold": 20, "systems": systems}
    over_seeds = {"development": dict.fromkeys(HEADLINES, SPREAD)}
    metrics = {"systems": list(systems), "splits": {"development": part}, "over_seeds": over_seeds}
    manifest = {"dataset": "f" * 64, "seeds": [1, 2], "seconds": [1, 1], "hardware": ["", ""], "code": ["", ""]}
    config = ExperimentConfig("quay", "Does it run?", "It learns nothing.", seeds=[1, 2], draws=2)
    return render_record(config, metrics, manifest, controls)


def test_what_exchanged_names_do_is_told_of_the_stances_reported() -> None:
    # seed 1 reports 10 stances in each of 2 draws and 5 appear: of 9 changed labels 4 vanish or turn; seed 2: none of 20
    page = render({"seed-1": 10, "seed-2": 10}, {"seed-1": swapped(25, 9), "seed-2": swapped(25, 5)})
    assert (
        "Names exchanged, 2 draws, development: of the stances reported a share of 0.100 (0.000–0.200) vanishes or turns; "
        "beside them others appear, 0.250 for each reported one."
    ) in page


def test_where_no_stance_is_reported_none_can_vanish() -> None:
    page = render({"seed-1": 0, "seed-2": 0}, {name: swapped(5, 5) for name in ("seed-1", "seed-2")})
    assert "of the stances reported a share of – vanishes" in page and "nan" not in page


def test_a_record_tells_of_its_fault_and_speaks_of_a_range_only_over_seeds() -> None:
    config = ExperimentConfig("quay", "Does it run?", "It learns nothing.", fault="It forgot.", seeds=[3])
    metrics: dict[str, Any] = {"systems": [], "splits": {}}
    manifest = {"dataset": "f" * 64, "seeds": [3], "seconds": [1], "hardware": [""], "code": [""]}
    page = render_record(config, metrics, manifest, {})
    assert "**Fault.** It forgot." in page and "Seed 3; oracle roster.\n" in page
    assert "**Fault.**" not in render({}, {}) and "range over seeds" in render({}, {})


def test_a_record_without_exchanged_names_says_nothing_of_them() -> None:
    assert "Names exchanged" not in render({"seed-1": 10, "seed-2": 10}, {})
