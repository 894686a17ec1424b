from __future__ import annotations

import json
import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from omegaconf import OmegaConf

from whipcount.baselines import BASELINES
from whipcount.build import build
from whipcount.config import BuildConfig, DataConfig, ExperimentConfig, ModelConfig, TrainingConfig
from whipcount.examples.digests import digest_model
from whipcount.examples.splits import take_share
from whipcount.examples.storage import StoredDataset, load_dataset_folder
from whipcount.experiment import run_experiment, score
from whipcount.rendering.overview import render_overview
from whipcount.schema import NONE, STANCES, Article, InputError
from whipcount.scoring.predictions import Predictions, read_predictions

EXPERIMENTS = Path(__file__).resolve().parents[1] / "experiments"
RECORDS = sorted(path.parent for path in EXPERIMENTS.glob("*/metrics.json"))
MAX_BYTES = 2_000_000


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> StoredDataset:
    folder = tmp_path_factory.mktemp("bundled") / "dataset"
    build(BuildConfig(DataConfig(), str(folder)))
    return load_dataset_folder(folder)


def test_there_are_records() -> None:
    assert RECORDS


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_is_whole_small_and_sparse(record: Path) -> None:
    assert {path.name for path in record.iterdir()} >= {"README.md", "config.yaml", "manifest.json", "metrics.json", "predictions"}
    for file in (record / "predictions").iterdir():
        assert file.stat().st_size <= MAX_BYTES
        predictions = read_predictions(file)
        assert predictions.sparse
        assert predictions.details["omitted"] > 0


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_the_metrics_follow_from_the_committed_predictions(record: Path, bundled: StoredDataset) -> None:
    files = sorted((record / "predictions").iterdir())
    predictions = {one.system: one for one in map(read_predictions, files)}
    metrics = json.loads((record / "metrics.json").read_text())
    assert set(metrics["systems"]) == set(predictions)
    settings = OmegaConf.load(record / "config.yaml")
    if metrics["dataset"] != bundled.manifest["fingerprint"]:
        pytest.skip(f"its gold, dataset {metrics['dataset'][:12]} of {', '.join(settings.data.folders)}, does not come with the package")
    recomputed = score(bundled, [predictions[system] for system in metrics["systems"]], settings.training.get("train_share", 1.0))
    assert json.loads(json.dumps(recomputed)) == metrics


def test_only_what_was_learnt_from_counts_as_seen(town_dataset: StoredDataset, model: Predictions, town: list[Article]) -> None:
    more = replace(town[1], id="pier", split="train")
    articles = {**town_dataset.articles, "train": [*town_dataset.articles["train"], more]}
    wider = replace(town_dataset, articles=articles, manifest={**town_dataset.manifest, "folders": ["town"]})
    whole, half = (score(wider, [model], share) for share in (1.0, 0.5))
    assert (whole["n_training_articles"], half["n_training_articles"]) == (2, 1)
    seen = [one["splits"]["test"]["systems"]["model"]["triplet_seen_actors"]["n_gold"] for one in (whole, half)]
    learnt = take_share(wider.articles["train"], 0.5)
    assert [article.id for article in learnt] == ["tram"] and seen == [4, 2], "Quill stands only in the article that was left out"


def test_what_a_system_leaves_undefined_is_null(town_dataset: StoredDataset, model: Predictions) -> None:
    silent = [replace(article, stances=()) for article in town_dataset.articles["test"]]
    articles, manifest = {**town_dataset.articles, "test": silent}, {**town_dataset.manifest, "folders": ["seesaw"]}
    none = np.tile(np.eye(len(STANCES))[NONE], (len(model.ids), 1))
    seeds = [replace(model, system="seed-1"), replace(model, system="seed-2", probabilities=none)]
    metrics = score(replace(town_dataset, articles=articles, manifest=manifest), seeds, 1.0)
    assert metrics["corpora"]["test"]["town"]["pair_f1"]["systems"] == {"seed-1": 0.0, "seed-2": None}
    assert "polarity" not in metrics["corpora"]["test"]["town"], "undefined for all"
    json.dumps(metrics, allow_nan=False)


def test_the_overview_is_generated() -> None:
    assert (EXPERIMENTS / "README.md").read_text(encoding="utf-8") == render_overview(EXPERIMENTS)


def test_an_experiment_is_run_recorded_and_not_run_twice(small_run: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    config = ExperimentConfig(
        name="tiny",
        question="Does it run?",
        caveat="It learns nothing.",
        seeds=[1, 2],
        draws=2,
        data=DataConfig([str(small_run.parent / "slice"), "labour_2016"]),
        model=ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2),
        training=TrainingConfig(epochs=1, bf16=False),
        work=str(tmp_path / "work"),
        out=str(tmp_path / "experiments"),
    )
    out = run_experiment(config)
    metrics: dict[str, Any] = json.loads((out / "metrics.json").read_text())
    assert metrics["systems"] == ["seed-1", "seed-2", *BASELINES]
    polarity = [metrics["splits"]["test"]["systems"][f"seed-{seed}"]["polarity_accuracy"] for seed in (1, 2)]
    assert metrics["over_seeds"]["test"]["polarity accuracy"] == {
        "mean": sum(polarity) / 2,
        "lowest": min(polarity),
        "highest": max(polarity),
    }
    report = (out / "report" / "report.md").read_text()
    assert metrics["splits"]["development"]["calibration"] is None, "it needs all rows, which these predictions no longer have"
    assert json.loads((out / "report" / "metrics.json").read_text())["splits"]["development"]["calibration"]["n_certain"] == 0
    assert "# Report on seed-1" in report and "majority" in report and "| sentence |" not in report
    assert not (out / "report" / "report.html").exists()
    controls = json.loads((out / "controls.json").read_text())
    assert {len(controls[f"seed-{seed}"]) for seed in (1, 2)} == {2}
    swap = controls["seed-1"]["development"]["perturbed"]["swap"]
    assert len(swap["draws"]) == 2
    n_predicted = metrics["splits"]["development"]["systems"]["seed-1"]["triplet"]["n_predicted"]
    assert swap["flips"]["reported"] == 2 * n_predicted, "the record's README counts on it"
    assert "### Is it reading, or does it know the name?" in report
    readme = (out / "README.md").read_text()
    assert "Names exchanged, 2 draws, development: of the stances reported a share of" in readme
    assert "Does it run?" in readme and "It learns nothing." in readme and "make experiment NAME=tiny" in readme
    assert "[tiny](tiny/README.md)" in (out.parent / "README.md").read_text()
    weights = tmp_path / "work" / "tiny" / "seed-2" / "model" / "model.safetensors"
    before = weights.stat().st_mtime_ns
    run_experiment(config)
    assert weights.stat().st_mtime_ns == before


@pytest.mark.parametrize("held", [["thesis.tex"], ["metrics.json", "per_actor.csv"], ["manifest.json", "raw.json"]])
def test_a_folder_of_something_else_is_refused_before_anything_is_built(tmp_path: Path, held: list[str]) -> None:
    folder = tmp_path / "experiments" / "mine"
    folder.mkdir(parents=True)
    for name in held:
        (folder / name).write_text("{}")
    data, work = DataConfig([str(tmp_path / "nowhere")]), str(tmp_path / "work")
    config = ExperimentConfig("mine", "Why?", "None.", data=data, work=work, out=str(folder.parent))
    with pytest.raises(InputError, match="mine: the folder holds something else than a record"):
        run_experiment(config)
    assert sorted(path.name for path in folder.iterdir()) == sorted(held)
    assert not (tmp_path / "work").exists()


def test_a_record_grows_by_seeds_on_another_day_and_machine(
    small_run: Path, tiny_encoder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config = ExperimentConfig(
        name="tiny",
        question="Does it grow?",
        caveat="It learns nothing.",
        seeds=[2],
        draws=1,
        data=DataConfig([str(small_run.parent / "slice"), "labour_2016"]),
        model=ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2),
        training=TrainingConfig(epochs=1, bf16=False),
        work=str(tmp_path / "work"),
        out=str(tmp_path / "experiments"),
    )
    monkeypatch.setattr("whipcount.train.code_version", lambda: "0.1.0 (of monday)")
    out = run_experiment(config)
    (out / "report" / "report.md").write_text("the report of Monday")
    packed = (out / "predictions" / "seed-2.jsonl.gz").read_bytes()
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["seeds"], manifest["code"]) == ([2], ["0.1.0 (of monday)"])
    assert manifest["training_articles"] == {"slice": 8}
    seconds, hardware = manifest["seconds"][0], manifest["hardware"][0]
    old = {"code": "0.1.0 (of monday)", "hardware": "another machine", "versions": manifest["versions"][0]}  # as records were at first
    (out / "manifest.json").write_text(json.dumps(manifest | old))
    trained = tmp_path / "work" / "tiny" / "seed-2"
    trained.rename(tmp_path / "elsewhere")  # that machine has it

    monkeypatch.setattr("whipcount.train.code_version", lambda: "0.1.0 (of tuesday)")
    with caplog.at_level(logging.INFO, logger="whipcount"):
        assert run_experiment(replace(config, seeds=[1])) == out
    assert f"{out}: adding to the recorded seed 2" in caplog.text
    assert not trained.exists()
    metrics = json.loads((out / "metrics.json").read_text())
    assert metrics["systems"] == ["seed-2", "seed-1", *BASELINES]
    assert (out / "predictions" / "seed-2.jsonl.gz").read_bytes() == packed
    assert (out / "report" / "report.md").read_text() == "the report of Monday"  # it is on seed 2
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["seeds"] == [2, 1] and manifest["seconds"][0] == seconds
    assert manifest["code"] == ["0.1.0 (of monday)", "0.1.0 (of tuesday)"]
    assert manifest["hardware"] == ["another machine", hardware]
    assert manifest["start"] == [digest_model(tiny_encoder)] * 2
    assert [found["python"] for found in manifest["versions"]] == [old["versions"]["python"]] * 2
    assert list(json.loads((out / "controls.json").read_text())) == ["seed-2", "seed-1"]
    readme = (out / "README.md").read_text()
    assert "Seeds 2, 1;" in readme and "report](report/report.md) on seed 2." in readme
    assert f"| 2 | {seconds:.0f} | another machine | 0.1.0 (of monday) |\n| 1 | " in readme
    assert "seeds:\n- 2\n- 1\n" in (out / "config.yaml").read_text()

    (tmp_path / "elsewhere").rename(trained)
    at_once = run_experiment(replace(config, seeds=[2, 1], out=str(tmp_path / "at once")))
    assert json.loads((at_once / "metrics.json").read_text()) == metrics
    for name in ("controls.json", "config.yaml", "predictions/seed-1.jsonl.gz", "predictions/seed-2.jsonl.gz"):
        assert (at_once / name).read_bytes() == (out / name).read_bytes()
    manifest = json.loads((at_once / "manifest.json").read_text())
    assert manifest["code"] == ["0.1.0 (of monday)", "0.1.0 (of tuesday)"]  # what trained, not what recorded

    (out / "manifest.json").write_text(json.dumps(manifest | {"start": [None, "0" * 64]}))  # seed 1 began from other weights there
    caplog.clear()
    with caplog.at_level(logging.INFO, logger="whipcount"):
        run_experiment(replace(config, seeds=[1], draws=0, brief=True))
    assert (
        f"{out}: the record of seeds 2, 1 will be replaced, for this run differs in brief, draws, weights of model.encoder" in caplog.text
    )
    assert json.loads((out / "metrics.json").read_text())["systems"] == ["seed-1"]
    assert not (out / "report").exists()


def test_public_corpora_are_scored_by_their_protocols(public_data: Path, tiny_encoder: Path, tmp_path: Path) -> None:
    config = ExperimentConfig(
        name="real",
        question="Does it run?",
        caveat="It learns nothing.",
        seeds=[1],
        data=DataConfig(["seesaw", "dse", "newsmtsc"]),
        model=ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2),
        training=TrainingConfig(epochs=1, bf16=False),
        work=str(tmp_path / "work"),
        out=str(tmp_path / "experiments"),
    )
    metrics = json.loads((run_experiment(config) / "metrics.json").read_text())
    learnt_from = json.loads((tmp_path / "experiments" / "real" / "manifest.json").read_text())["training_articles"]
    corpora = metrics["corpora"]["development"]
    assert set(corpora) == {"seesaw", "dse", "newsmtsc"}
    majority = {corpus: {name: values["systems"]["majority"] for name, values in measures.items()} for corpus, measures in corpora.items()}
    assert majority["dse"]["micro_f1"] == 0.0  # train says none once of three times, the two valid rows are of class 2 and 3
    assert {"micro_f1_unseen", "macro_f1_unseen"} < set(majority["dse"])
    assert majority["newsmtsc"]["dev_rw_accuracy"] == 0.5
    assert majority["seesaw"]["triplet_f1_all_ends"] == 0.0
    assert metrics["splits"]["development"]["n_gold"] == 2  # SEESAW's, between actors of the list
    overview = (tmp_path / "experiments" / "README.md").read_text()
    assert "### DSE as published" in overview and "### Gazette" not in overview
    assert "| *best published* | | | 0.867 (Wen, Hovy, Hauptmann 2024" in overview
    assert "| *majority, baseline* | | | 0.000 |" in overview
    assert "| dse | macro f1 unseen |" in (tmp_path / "experiments" / "real" / "README.md").read_text()
    assert metrics["n_training_articles"] == sum(learnt_from.values()) > learnt_from["seesaw"], "all that was learnt from"
    run_experiment(replace(config, name="baselines", seeds=[]))
    alone = run_experiment(replace(config, name="baselines", seeds=[]))  # again
    assert json.loads((alone / "metrics.json").read_text())["systems"] == list(BASELINES)
    readme = (alone / "README.md").read_text()
    assert "| system | triplet F1 |" in readme and "| corpus | measure | majority |" in readme
    assert "whipcount**" not in readme and "report.md" not in readme and "seconds of training" not in readme and "seeds=" not in readme
    trained, _, others = (tmp_path / "experiments" / "README.md").read_text().partition("## What else is recorded")
    assert "[baselines]" not in trained and "[baselines]" in others  # it has no model of its own
    brief = run_experiment(replace(config, name="brief", brief=True))
    scores = json.loads((brief / "metrics.json").read_text())
    assert scores["systems"] == ["seed-1"] and not (brief / "report").exists()
    assert scores["corpora"]["development"]["dse"]["micro_f1"]["systems"] == {"seed-1": corpora["dse"]["micro_f1"]["systems"]["seed-1"]}
    readme = (brief / "README.md").read_text()
    assert "| corpus | measure | **whipcount** |\n" in readme and "majority" not in readme and "report.md" not in readme


@pytest.mark.parametrize("folders", [["seesaw", "dse-clean"], ["dse-clean"]])
def test_a_cleaned_corpus_is_scored_on_the_part_that_its_publishers_train_does_not_hold(
    folders: list[str], public_data: Path, tiny_encoder: Path, tmp_path: Path
) -> None:
    config = ExperimentConfig(
        name="clean",
        question="Does it run?",
        caveat="It learns nothing.",
        seeds=[1],
        brief=True,
        data=DataConfig(folders),
        model=ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2),
        training=TrainingConfig(epochs=1, bf16=False),
        work=str(tmp_path / "work"),
        out=str(tmp_path / "experiments"),
    )
    corpora = json.loads((run_experiment(config) / "metrics.json").read_text())["corpora"]["development"]
    assert set(corpora) == set(folders)
    assert {"micro_f1", "micro_f1_unseen"} < set(corpora["dse-clean"])
