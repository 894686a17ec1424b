from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from whipcount.config import ExperimentConfig, ModelConfig, TrainingConfig
from whipcount.schema import InputError
from whipcount.scoring.records import over_seeds, pick, read_record, read_records, settings_of, what_differs

EXPERIMENTS = Path(__file__).resolve().parents[2] / "experiments"
CONFIG = ExperimentConfig(name="tiny", question="Why?", caveat="Small.", seeds=[3, 1], training=TrainingConfig(shares={"town": 0.5}))
MANIFEST: dict[str, Any] = {
    "dataset": "abc",
    "seeds": [3, 1],
    "code": ["0.1 (one)", "0.1 (two)"],
    "hardware": ["a laptop", "a desk"],
    "seconds": [10.0, 20.0],
    "versions": [{"torch": "1"}, {"torch": "2"}],
}
BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no settings": (lambda folder: (folder / "config.yaml").unlink(), "FileNotFoundError"),
    "settings that are a list": (lambda folder: (folder / "config.yaml").write_text("- a\n"), "no settings in config.yaml"),
    "half a manifest": (lambda folder: (folder / "manifest.json").write_text('{"seeds": ['), "JSONDecodeError"),
    "a seed without a start": (
        lambda folder: (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"start": ["one"]})),
        "1 start for 2 seeds in manifest.json",
    ),
    "no code": (
        lambda folder: (folder / "manifest.json").write_text(json.dumps({key: MANIFEST[key] for key in MANIFEST if key != "code"})),
        "KeyError: 'code'",
    ),
    "a seed without code": (
        lambda folder: (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"code": ["one"]})),
        "1 code for 2 seeds in manifest.json",
    ),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settings_of(CONFIG))))
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "metrics.json").write_text("{}")
    return folder


def test_every_seed_has_what_made_it(folder: Path) -> None:
    record = read_record(folder)
    assert record is not None and record.seeds == [3, 1]
    assert record.made[1] == {"code": "0.1 (two)", "hardware": "a desk", "seconds": 20.0, "versions": {"torch": "2"}, "start": None}
    assert record.predictions(3) == folder / "predictions" / "seed-3.jsonl.gz"
    assert list(read_records(folder.parent)) == ["tiny"]


def test_one_value_of_a_first_record_is_of_all_its_seeds(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | {"code": "0.1 (old)", "hardware": "a laptop", "versions": {"torch": "1"}}))
    record = read_record(folder)
    assert record is not None
    assert record.made == {
        seed: {"code": "0.1 (old)", "hardware": "a laptop", "seconds": seconds, "versions": {"torch": "1"}, "start": None}
        for seed, seconds in ((3, 10.0), (1, 20.0))
    }


@pytest.mark.parametrize("committed", sorted(path.parent for path in EXPERIMENTS.glob("*/metrics.json")), ids=lambda path: path.name)
def test_every_committed_record_tells_of_its_seeds(committed: Path) -> None:
    record = read_record(committed)
    assert record is not None and len(record.made) == len(record.seeds)
    assert record.seeds or any((committed / "predictions").iterdir()), "neither a seed nor a baseline"
    assert all(record.predictions(seed).is_file() for seed in record.seeds)
    for found in record.made.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+ \(.+\)", found["code"])
        assert found["seconds"] > 0 and found["hardware"] and {"torch", "python"} <= set(found["versions"])


@pytest.mark.parametrize(
    ("config", "dataset", "differing"),
    [
        (CONFIG, "abc", []),
        (replace(CONFIG, seeds=[7], work="elsewhere", out="there"), "abc", []),
        (replace(CONFIG, model=ModelConfig(n_slots=9), brief=True), "abc", ["brief", "model.n_slots"]),
        (replace(CONFIG, training=TrainingConfig(shares={"town": 0.5, "city": 0.1})), "abc", ["training.shares.city"]),
        (CONFIG, "abd", ["dataset"]),
        (replace(CONFIG, question="Why indeed?", caveat="Three seeds."), "abc", []),
    ],
)
def test_only_seeds_wording_and_places_may_differ(folder: Path, config: ExperimentConfig, dataset: str, differing: list[str]) -> None:
    record = read_record(folder)
    assert record is not None and what_differs(record, config, dataset, None) == differing


@pytest.mark.parametrize(
    ("starts", "now", "differing"),
    [
        (None, "one", []),  # of a record that is older than this is known nothing
        ([None, None], "one", []),
        (["one", None], "one", []),
        ([None, "one"], "two", ["weights of model.encoder"]),
        (["one", "one"], None, ["weights of model.encoder"]),
        ([None, None], None, []),
    ],
)
def test_seeds_of_one_record_begin_from_the_same_weights(
    folder: Path, starts: list[str | None] | None, now: str | None, differing: list[str]
) -> None:
    told = {} if starts is None else {"start": starts}
    (folder / "manifest.json").write_text(json.dumps(MANIFEST | told))
    record = read_record(folder)
    assert record is not None and what_differs(record, CONFIG, "abc", now) == differing


def test_a_setting_that_came_after_the_record_stands_at_its_default_there(folder: Path) -> None:
    settings = settings_of(CONFIG)
    settings["training"] = {key: value for key, value in asdict(CONFIG.training).items() if key != "report_to"}
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settings)))
    record = read_record(folder)
    later = replace(CONFIG, training=replace(CONFIG.training, report_to="tensorboard"))
    assert record is not None and what_differs(record, CONFIG, "abc", None) == []
    assert what_differs(record, later, "abc", None) == ["training.report_to"]


def test_a_setting_that_there_is_no_more_differs(folder: Path) -> None:
    settings = settings_of(CONFIG)
    settings["training"] = {**asdict(CONFIG.training), "label_smoothing": 0.1}
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settings)))
    record = read_record(folder)
    assert record is not None and what_differs(record, CONFIG, "abc", None) == ["training.label_smoothing"]


@pytest.mark.parametrize("name", BREAKS)
def test_a_damaged_record_is_refused(name: str, folder: Path) -> None:
    damage, message = BREAKS[name]
    damage(folder)
    with pytest.raises(InputError, match=f"tiny: a damaged record .*{message}"):
        read_record(folder)


def test_a_folder_without_metrics_is_no_record(folder: Path) -> None:
    (folder / "metrics.json").unlink()
    assert read_record(folder) is None and read_records(folder.parent) == {}


def test_seeds_come_to_a_mean_and_a_range() -> None:
    assert over_seeds([0.2, None, 0.4]) == {"mean": pytest.approx(0.3), "lowest": 0.2, "highest": 0.4}
    assert over_seeds([None]) == {"mean": None, "lowest": None, "highest": None}
    assert pick({"pair": {"f1": 1, "recall": None}}, ("pair", "f1")) == 1.0
    assert pick({"pair": {"recall": None}}, ("pair", "recall")) is None
