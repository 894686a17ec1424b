from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from whipcount.build import build
from whipcount.config import BuildConfig, DataConfig, ModelConfig, ThroughputConfig, TrainingConfig
from whipcount.modeling.batches import TrainingArticles, TrainingWindow
from whipcount.modeling.training import StanceTrainer
from whipcount.schema import InputError
from whipcount.throughput import measure


@pytest.fixture
def config(small_run: Path, tiny_encoder: Path, tmp_path: Path) -> ThroughputConfig:
    return ThroughputConfig(
        model=ModelConfig(encoder=str(tiny_encoder), pair_size=16, attention_heads=2),
        training=TrainingConfig(train_share=0.1, bf16=False),
        dataset=str(small_run / "dataset"),
        rounds=2,
        out=str(tmp_path / "throughput.json"),
    )


def test_both_ways_are_timed_over_the_same_tokens(config: ThroughputConfig) -> None:
    record = json.loads(measure(config).read_text())
    assert set(record["articles"]) == {"slice"} and record["encoder"] == config.model.encoder
    assert all(record[name] for name in ("code", "dataset", "hardware"))
    assert [len(found) for found in record["seconds"].values()] == [2, 2]
    padded, speeds = record["padded_tokens"], record["tokens_per_second"]
    assert 0 < record["tokens"] <= padded["whipcount"] < padded["fixed"]
    assert padded["fixed"] % config.model.max_tokens == 0, "each window has the full length"
    assert record["times_faster"] == pytest.approx(speeds["whipcount"] / speeds["fixed"], rel=0.05)


def test_preparing_an_article_for_the_first_time_counts(config: ThroughputConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    train, prepare = StanceTrainer.train, TrainingArticles.__getitem__

    def timed(self: StanceTrainer, *args: Any, **kwargs: Any) -> Any:
        done.append("training begins")
        result = train(self, *args, **kwargs)
        done.append("training ends")
        return result

    def noted(self: TrainingArticles, key: tuple[int, int]) -> list[TrainingWindow]:
        done.append(f"article {key[1]}")
        return prepare(self, key)

    monkeypatch.setattr(StanceTrainer, "train", timed)
    monkeypatch.setattr(TrainingArticles, "__getitem__", noted)
    measure(replace(config, rounds=1))
    each = ["training begins", "article 0", "training ends", "article 0"]  # read once more to count its tokens
    assert done == each * 3, "one epoch that is not timed, one of each way"


def test_a_dataset_without_training_articles_is_refused(tmp_path: Path) -> None:
    build(BuildConfig(DataConfig(["labour_2016"]), str(tmp_path / "dataset")))
    with pytest.raises(InputError, match="no article in the train split"):
        measure(ThroughputConfig(dataset=str(tmp_path / "dataset")))
