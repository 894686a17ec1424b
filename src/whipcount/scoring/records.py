"""A recorded experiment: what stands in ``experiments/<name>``, and whether a later run may add to it."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from omegaconf import OmegaConf

from whipcount.config import ExperimentConfig
from whipcount.schema import InputError

METRICS = "metrics.json"
MANIFEST = "manifest.json"
SETTINGS = "config.yaml"
CONTROLS = "controls.json"
PER_SEED = ("code", "hardware", "seconds", "versions", "start")
"""What the manifest tells of each seed: the code and the machine that trained it, how long it took, versions of packages, and the digest
of the weights that it began from (``examples.digests.digest_start``), None where nobody knows or the encoder goes by a name."""
GROWS = "seeds"
WORDING = ("question", "caveat", "fault")
"""What a record says of itself: to reword it changes no figure."""
PLACES = ("work", "out")


@dataclass(frozen=True)
class Record:
    """One record as read from its folder; ``settings`` are the resolved configuration without ``work`` and ``out``."""

    folder: Path
    settings: dict[str, Any]
    manifest: dict[str, Any]
    metrics: dict[str, Any]
    controls: dict[str, Any]

    @property
    def seeds(self) -> list[int]:
        """The seeds in the order of their recording; the report is on the first."""
        return list(self.manifest["seeds"])

    @property
    def made(self) -> dict[int, dict[str, Any]]:
        """Seed → what ``PER_SEED`` names. The manifests of the first records have one value for all seeds."""
        lists = {key: found if isinstance(found := self.manifest[key], list) else [found] * len(self.seeds) for key in PER_SEED}
        return {seed: {key: values[place] for key, values in lists.items()} for place, seed in enumerate(self.seeds)}

    def predictions(self, seed: int) -> Path:
        """Return the file of a seed's sparse predictions."""
        return self.folder / "predictions" / f"seed-{seed}.jsonl.gz"


def read_record(folder: Path) -> Record | None:
    """Read a record; None where there is none.

    Raises:
        InputError: there are metrics, and the rest is missing or damaged.
    """
    if not (folder / METRICS).is_file():
        return None
    try:
        settings = OmegaConf.to_container(OmegaConf.create((folder / SETTINGS).read_text(encoding="utf-8")))
        manifest, metrics = (json.loads((folder / name).read_text(encoding="utf-8")) for name in (MANIFEST, METRICS))
        manifest = {"start": None} | manifest  # which the first records do not tell
        controls = json.loads((folder / CONTROLS).read_text(encoding="utf-8")) if (folder / CONTROLS).is_file() else {}
        if not isinstance(settings, dict):
            raise ValueError(f"no settings in {SETTINGS}")
        for key in PER_SEED:
            if isinstance(manifest[key], list) and len(manifest[key]) != len(manifest["seeds"]):
                raise ValueError(f"{len(manifest[key])} {key} for {len(manifest['seeds'])} seeds in {MANIFEST}")
    except Exception as error:  # YAML and OmegaConf raise many kinds
        what = f"{type(error).__name__}: {error}"
        raise InputError(f"{folder}: a damaged record ({what}); restore it from git, or move it away") from error
    return Record(folder, {str(key): value for key, value in settings.items()}, manifest, metrics, controls)


def read_records(folder: Path) -> dict[str, Record]:
    """Return the records in a folder, by name."""
    found = {path.parent.name: read_record(path.parent) for path in sorted(folder.glob(f"*/{METRICS}"))}
    return {name: record for name, record in found.items() if record}


def settings_of(config: ExperimentConfig) -> dict[str, Any]:
    """Return what a record holds of its configuration: all but where things are written to."""
    return {key: value for key, value in asdict(config).items() if key not in PLACES}


def what_differs(record: Record, config: ExperimentConfig, dataset: str, start: str | None) -> list[str]:
    """Return what keeps a run from adding its seeds to a record: names of settings, and what else is another one.

    That is ``dataset``, and ``weights of model.encoder`` where a seed is known to have begun from others.
    A setting that came after the record stands at its default there: it does nothing then.

    Args:
        record: what is there.
        config: the run's; its seeds and its wording do not matter.
        dataset: fingerprint of the run's dataset.
        start: digest of the weights that the run begins from.
    """
    passed_over = dict.fromkeys((GROWS, *WORDING))
    now = settings_of(config)
    then = _completed(record.settings, settings_of(type(config)()), now)
    found = _differing({**then, **passed_over}, {**now, **passed_over})
    others = any(made["start"] not in (None, start) for made in record.made.values())
    return sorted(found) + ["dataset"] * (record.manifest["dataset"] != dataset) + ["weights of model.encoder"] * others


def over_seeds(values: Sequence[float | None]) -> dict[str, float | None]:
    """Return mean, lowest and highest of the values that are known; None where none is."""
    known = [value for value in values if value is not None]
    if not known:
        return {"mean": None, "lowest": None, "highest": None}
    return {"mean": statistics.fmean(known), "lowest": min(known), "highest": max(known)}


def pick(values: Mapping[str, Any], path: Sequence[str]) -> float | None:
    """Return the number that stands at the end of a path of keys."""
    found: Any = values
    for key in path:
        found = found[key]
    return None if found is None else float(found)


def _completed(settings: Mapping[str, Any], defaults: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings with the default of each that is known today and missing in them, in groups likewise."""
    full = {**{key: defaults[key] for key in known if key in defaults}, **settings}
    return {
        key: _completed(value, defaults[key], known[key]) if isinstance(value, dict) and key in defaults and key in known else value
        for key, value in full.items()
    }


def _differing(one: Mapping[str, Any], other: Mapping[str, Any], above: str = "") -> list[str]:
    """Return the names, with those of the groups above them, whose values differ; a name that one lacks differs."""
    names = []
    for key in {**one, **other}:
        value, others = one.get(key), other.get(key)
        if isinstance(value, dict) and isinstance(others, dict):
            names += _differing(value, others, above=f"{above}{key}.")
        elif key not in one or key not in other or value != others:
            names.append(above + key)
    return names
