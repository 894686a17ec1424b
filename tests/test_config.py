"""Dataclasses are the schema: what they do not know fails, by name, in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import whipcount
from whipcount.config import (
    BuildConfig,
    CompareConfig,
    DataConfig,
    EvaluateConfig,
    ExperimentConfig,
    ModelConfig,
    PredictConfig,
    TrainConfig,
    TrainingConfig,
)
from whipcount.launch import CONFIG_FOLDER, config_folder, register
from whipcount.schema import InputError

SOURCE = Path(whipcount.__file__).parents[1]
SCHEMAS = {"build": BuildConfig, "train": TrainConfig, "predict": PredictConfig, "evaluate": EvaluateConfig, "compare": CompareConfig}
ALL_SCHEMAS = {**SCHEMAS, "experiment": ExperimentConfig}
EXPERIMENTS = sorted(path.stem for path in (CONFIG_FOLDER / "experiment").glob("*.yaml"))


def composed(name: str, *overrides: str) -> Any:
    register(ALL_SCHEMAS[name], name)
    with initialize_config_dir(str(config_folder(name)), version_base="1.3"):
        return OmegaConf.to_object(compose(name, overrides=list(overrides)))


def run_main(name: str, *overrides: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-m", f"whipcount.{name}", *overrides]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    ("schema", "values", "complaint"),
    [
        (DataConfig, {"folders": []}, r"data\.folders is empty"),
        (ModelConfig, {"n_slots": 3}, r"model\.n_slots is 3; author, someone and two actors need 4"),
        (ModelConfig, {"max_tokens": 63}, r"model\.max_tokens is 63"),
        (ModelConfig, {"dropout": 1.0}, r"model\.dropout is 1\.0"),
        (ModelConfig, {"dropout": -0.1}, r"model\.dropout is -0\.1"),
        (TrainingConfig, {"epochs": 0}, r"training\.epochs is 0; give 1 or more"),
        (TrainingConfig, {"patience": 0}, r"training\.patience is 0"),
        (TrainingConfig, {"batch_size": -4}, r"training\.batch_size is -4"),
        (TrainingConfig, {"warmup_share": 1.1}, r"training\.warmup_share is 1\.1; give a number from 0 to 1"),
        (TrainingConfig, {"mask_names": -0.1}, r"training\.mask_names is -0\.1"),
        (TrainingConfig, {"drop_idle": 2}, r"training\.drop_idle is 2"),
        (TrainingConfig, {"distractors": 1.5}, r"training\.distractors is 1\.5"),
        (TrainingConfig, {"none_share": 0}, r"training\.none_share is 0; give a share above 0 and up to 1"),
        (TrainingConfig, {"pair_balance": 2}, r"training\.pair_balance is 2; give a number from 0 to 1"),
        (TrainingConfig, {"none_weight": 1.5}, r"training\.none_weight is 1\.5"),
        (TrainingConfig, {"report_to": "wandb"}, r"training\.report_to is 'wandb'; give none or tensorboard"),
        (PredictConfig, {"splits": []}, r"splits is \[\]; give some of train, development, test"),
        (PredictConfig, {"splits": ["dev"]}, r"splits is \['dev'\]"),
        (PredictConfig, {"perturb": "shuffle"}, r"perturb is 'shuffle'; give swap, mask, exchange, blind, or leave it empty"),
        (PredictConfig, {"draws": 0}, r"draws is 0; give 1 or more"),
        (EvaluateConfig, {"splits": ["test", "valid"]}, r"splits is \['test', 'valid'\]"),
        (EvaluateConfig, {"predictions": []}, "predictions is empty; name at least one"),
        (CompareConfig, {"predictions": ["a"]}, "predictions names 1 file; give 2 to 6"),
        (CompareConfig, {"predictions": list("abcdefg")}, "predictions names 7 files; give 2 to 6"),
        (CompareConfig, {"splits": ["dev"]}, r"splits is \['dev'\]"),
        (CompareConfig, {"permutations": 0}, "permutations is 0; give 1 or more"),
        (CompareConfig, {"resamples": -1}, "resamples is -1; give 1 or more"),
    ],
)
def test_a_value_without_sense_is_refused_by_its_key(schema: type, values: dict[str, object], complaint: str) -> None:
    with pytest.raises(InputError, match=f"^configuration: {complaint}") as caught:
        schema(**values)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        (ModelConfig, {"n_slots": 4, "max_tokens": 64, "dropout": 0.0}),
        (
            TrainingConfig,
            {"epochs": 1, "patience": 1, "batch_size": 1, "warmup_share": 0, "mask_names": 1, "drop_idle": 1, "none_weight": 1},
        ),
        (TrainingConfig, {"report_to": "tensorboard"}),
        (PredictConfig, {"splits": ["train", "development", "test"]}),
        (PredictConfig, {"perturb": "blind", "draws": 1}),
        (CompareConfig, {"predictions": list("abcdef"), "resamples": 1, "permutations": 1, "min_support": 1}),
    ],
)
def test_values_at_the_edge_are_accepted(schema: type, values: dict[str, object]) -> None:
    assert {name: getattr(schema(**values), name) for name in values} == values


@pytest.mark.parametrize("name", list(SCHEMAS))
def test_the_files_hold_the_defaults(name: str) -> None:
    """A value in two places may differ one day: what the YAML gives is what the dataclass gives."""
    assert composed(name) == SCHEMAS[name]()


def test_the_larger_encoder_is_one_word_away() -> None:
    config = composed("train", "model=mpnet", "training.epochs=3", "seed=7")
    assert config == TrainConfig(
        model=ModelConfig(encoder="mpnet", attention_heads=12, pair_size=768), training=TrainingConfig(epochs=3), seed=7
    )


def test_a_list_is_given_on_the_command_line() -> None:
    assert composed("build", "data.folders=[labour_2016]") == BuildConfig(data=DataConfig(folders=["labour_2016"]))
    assert composed("evaluate", "predictions=[a.jsonl,b.jsonl]").predictions == ["a.jsonl", "b.jsonl"]


def test_the_model_and_the_dataset_to_predict_with_are_plain_words() -> None:
    """Not choices among the files of ``configs/model`` and ``configs/data``, which Hydra would make of them."""
    config = composed("predict", "model=lexicon", "data=outputs/other", "splits=[test]")
    assert config == PredictConfig(model="lexicon", data="outputs/other", splits=["test"])
    assert composed("predict", "perturb=swap", "seed=3") == PredictConfig(perturb="swap", draws=20, seed=3)


def test_experiments_set_shares_of_corpora_that_they_learn_from() -> None:
    configs = [composed("experiment", f"experiment={name}") for name in EXPERIMENTS]
    shared = {config.name: set(config.training.shares) for config in configs if config.training.shares}
    assert "real_minilm" in shared
    assert all(shared[config.name] <= set(config.data.folders) for config in configs if config.name in shared)


def test_there_are_experiments() -> None:
    assert EXPERIMENTS


@pytest.mark.parametrize("experiment", EXPERIMENTS)
def test_every_experiment_composes(experiment: str) -> None:
    config = composed("experiment", f"experiment={experiment}")
    assert isinstance(config, ExperimentConfig)
    assert config.name == experiment  # else two records would go to one folder
    assert config.question.endswith("?")
    assert config.caveat
    assert len(set(config.seeds)) == len(config.seeds)


def test_no_file_tells_hydra_what_to_call() -> None:
    files = sorted(CONFIG_FOLDER.rglob("*.yaml"))
    assert {config_folder(name) / f"{name}.yaml" for name in ALL_SCHEMAS} <= set(files)
    assert [path.name for path in files if "_target_" in path.read_text(encoding="utf-8")] == []


def test_a_check_that_fails_while_composing_is_the_checks_own_error() -> None:
    with pytest.raises(InputError, match=r"^configuration: model\.n_slots is 1"):
        composed("train", "model.n_slots=1")


def test_a_misspelt_key_fails_by_name(tmp_path: Path) -> None:
    run = run_main("build", "data.foldrs=[x]", f"out={tmp_path / 'out'}", cwd=tmp_path)
    assert run.returncode != 0
    assert "Key 'foldrs' not in 'DataConfig'" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "out").exists()


def test_an_ill_typed_value_fails_by_name(tmp_path: Path) -> None:
    run = run_main("train", "seed=abc", cwd=tmp_path)
    assert run.returncode != 0
    assert "Value 'abc' of type 'str' could not be converted to Integer" in run.stderr
    assert "full_key: seed" in run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize(
    ("override", "complaint"),
    [
        ("data.folders=[nowhere]", "corpus 'nowhere' is no folder;"),
        ("data.folders=[]", "configuration: data.folders is empty;"),
    ],
)
def test_a_fault_in_the_input_is_one_line_and_a_failure(tmp_path: Path, override: str, complaint: str) -> None:
    run = run_main("build", override, f"out={tmp_path / 'out'}", cwd=tmp_path)
    assert run.returncode == 1
    (line,) = (run.stdout + run.stderr).splitlines()
    assert line.startswith(complaint)
    assert list(tmp_path.iterdir()) == []  # no dataset, no log
