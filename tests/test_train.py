from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from whipcount.build import build
from whipcount.config import BuildConfig, DataConfig, ModelConfig, TrainConfig, TrainingConfig
from whipcount.corpora.folders import BUNDLED
from whipcount.examples.splits import take_share
from whipcount.examples.storage import load_dataset_folder
from whipcount.modeling.classifier import StanceClassifier
from whipcount.schema import InputError
from whipcount.scoring.benchmarks import score_corpora
from whipcount.train import train


@pytest.fixture
def config(small_run: Path, tiny_encoder: Path) -> TrainConfig:
    """The configuration that ``small_run`` was trained with."""
    model = ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2)
    dataset, out, run = (str(small_run / name) for name in ("dataset", "model", "run"))
    return TrainConfig(model, TrainingConfig(epochs=1, bf16=False), dataset=dataset, out=out, run=run)


def test_the_same_model_is_not_trained_again(small_run: Path, config: TrainConfig) -> None:
    before = (small_run / "model" / "model.safetensors").stat().st_mtime_ns
    assert train(config) == small_run / "model"
    assert (small_run / "model" / "model.safetensors").stat().st_mtime_ns == before


def test_another_seed_is_another_model(config: TrainConfig, small_run: Path, tmp_path: Path) -> None:
    config.seed, config.out, config.run = 2, str(tmp_path / "model"), str(tmp_path / "run")
    train(config)
    records = [json.loads((folder / "training.json").read_text()) for folder in (small_run / "model", tmp_path / "model")]
    assert records[0]["fingerprint"] != records[1]["fingerprint"]
    assert records[0]["dataset"] == records[1]["dataset"]
    weights = [(folder / "model.safetensors").read_bytes() for folder in (small_run / "model", tmp_path / "model")]
    assert weights[0] != weights[1]


def test_a_model_trained_further_names_its_start_and_knows_it_by_its_weights(config: TrainConfig, small_run: Path, tmp_path: Path) -> None:
    shutil.copytree(small_run / "model", tmp_path / "start")
    config.model.encoder, config.out, config.run = (str(tmp_path / name) for name in ("start", "model", "run"))
    train(config)
    card = (tmp_path / "model" / "README.md").read_text()
    assert f"Goes on from the model in {tmp_path / 'start'}" in card
    before = json.loads((tmp_path / "model" / "training.json").read_text())["fingerprint"]
    weights = load_file(tmp_path / "start" / "model.safetensors")
    save_file({name: tensor * 1.5 for name, tensor in weights.items()}, tmp_path / "start" / "model.safetensors", {"format": "pt"})
    train(config)
    assert json.loads((tmp_path / "model" / "training.json").read_text())["fingerprint"] != before


def test_the_record_repeats_the_development_scores_of_the_report(small_run: Path) -> None:
    record = json.loads((small_run / "model" / "training.json").read_text())
    metrics = json.loads((small_run / "report" / "metrics.json").read_text())
    polarity = metrics["splits"]["development"]["systems"]["whipcount"]["polarity_accuracy"]
    assert record["development"]["slice"]["polarity"] == pytest.approx(polarity)


def test_the_record_tells_the_scores_of_each_epoch_by_corpus(small_run: Path) -> None:
    record = json.loads((small_run / "model" / "training.json").read_text())
    assert [one["epoch"] for one in record["by_epoch"]] == [1 + at for at in range(record["config"]["training"]["epochs"])]
    assert all(one["score"] == one["slice_triplet_f1"] for one in record["by_epoch"])  # the criterion, with one corpus


def test_the_card_names_the_corpora_that_were_learnt_from(small_run: Path) -> None:
    assert "  slice; dataset fingerprint" in (small_run / "model" / "README.md").read_text()


def test_the_record_tells_what_the_saved_model_reaches(small_run: Path) -> None:
    articles = load_dataset_folder(small_run / "dataset").articles["development"]
    reached = score_corpora(articles, StanceClassifier.from_pretrained(small_run / "model").predict_articles(articles))
    record = json.loads((small_run / "model" / "training.json").read_text())
    assert list(record["development"]) == ["slice"]
    assert record["development"]["slice"] == pytest.approx(reached["slice"], nan_ok=True)
    assert f"{reached['slice']['triplet_f1']:.3f}" in (small_run / "model" / "README.md").read_text()


def test_the_record_counts_the_stances_of_the_share_it_learnt_from(config: TrainConfig, small_run: Path, tmp_path: Path) -> None:
    config.training.train_share, config.out, config.run = 0.25, str(tmp_path / "model"), str(tmp_path / "run")
    train(config)
    taken = take_share(load_dataset_folder(small_run / "dataset").articles["train"], 0.25)
    record = json.loads((tmp_path / "model" / "training.json").read_text())
    assert record["n_articles"] == len(taken) == 2
    assert record["n_stances"] == sum(stance.stance != "none" for article in taken for stance in article.stances) > 0


def test_a_share_of_a_corpus_that_is_not_there_is_refused(config: TrainConfig, tmp_path: Path) -> None:
    config.training.shares, config.out, config.run = {"slice": 0.5, "slicce": 0.5}, str(tmp_path / "model"), str(tmp_path / "run")
    with pytest.raises(
        InputError, match=r"training\.shares names 'slicce', of which there is no training article; there are some of slice"
    ):
        train(config)
    assert not (tmp_path / "run").exists()


def test_a_dataset_without_training_articles_is_refused(config: TrainConfig, tmp_path: Path) -> None:
    shutil.copytree(BUNDLED / "labour_2016", tmp_path / "only_test")
    build(BuildConfig(DataConfig([str(tmp_path / "only_test")]), str(tmp_path / "dataset")))
    config.dataset, config.out = str(tmp_path / "dataset"), str(tmp_path / "model")
    with pytest.raises(InputError, match="no article in the train split"):
        train(config)
    assert not (tmp_path / "model").exists()


def test_a_sweep_writes_each_job_to_its_own_folder(config: TrainConfig, tmp_path: Path) -> None:
    settings = [
        *(
            "seed=1,2",
            f"dataset={config.dataset}",
            f"out={tmp_path}/unused",
            f"run={tmp_path}/unused_run",
            f"hydra.sweep.dir={tmp_path}/sweep",
        ),
        *(
            f"model.encoder={config.model.encoder}",
            "model.pair_size=16",
            "model.attention_heads=2",
            "training.epochs=1",
            "training.bf16=false",
        ),
    ]
    subprocess.run([sys.executable, "-m", "whipcount.train", "-m", *settings], cwd=tmp_path, check=True, capture_output=True)
    records = [json.loads(path.read_text()) for path in sorted((tmp_path / "sweep").rglob("training.json"))]
    assert [record["config"]["seed"] for record in records] == [1, 2]
    assert not (tmp_path / "unused").exists() and not (tmp_path / "unused_run").exists()
