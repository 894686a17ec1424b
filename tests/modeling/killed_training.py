"""Trains with the tiny encoder in a process of its own and kills itself (SIGKILL) at the moment that is asked for."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from whipcount.config import ModelConfig, TrainConfig, TrainingConfig
from whipcount.corpora.authored import read_corpus
from whipcount.modeling import checkpoints, training
from whipcount.schema import Article

EPOCHS = 3
STEPS_PER_EPOCH = 4

MOMENTS: dict[str, tuple[type, str, int]] = {
    "first step of the second epoch": (training.StanceTrainer, "training_step", STEPS_PER_EPOCH + 1),
    "third step of the second epoch": (training.StanceTrainer, "training_step", STEPS_PER_EPOCH + 3),
    "evaluation after the second epoch": (training.StanceTrainer, "evaluate", 2),
    "second checkpoint half written": (training.StanceTrainer, "_save_optimizer_and_scheduler", 2),
    "second checkpoint not yet marked": (checkpoints.MarkWhole, "on_save", 2),
}
"""Moment → class, method, and the call of it at which the process dies."""
OFTEN = ", a checkpoint after each step"
MOMENTS |= {moment + OFTEN: MOMENTS[moment] for moment in ("third step of the second epoch", "evaluation after the second epoch")}


def settings(encoder: Path, run: Path) -> TrainConfig:
    model = ModelConfig(encoder=str(encoder), n_slots=24, pair_size=16, attention_heads=2)
    return TrainConfig(model, TrainingConfig(epochs=EPOCHS, batch_size=2, bf16=False), seed=3, run=str(run))


def articles(corpus: Path) -> tuple[list[Article], list[Article]]:
    everything = read_corpus(corpus)
    return [a for a in everything if a.split == "train"][: 2 * STEPS_PER_EPOCH], [a for a in everything if a.split == "development"]


def die_at(moment: str) -> None:
    owner, name, call = MOMENTS[moment]
    method: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == call:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(*args, **kwargs)

    setattr(owner, name, counted)


if __name__ == "__main__":
    encoder_folder, run_folder, corpus_folder = map(Path, sys.argv[1:4])
    die_at(sys.argv[4])
    checkpoints.SECONDS = 0 if sys.argv[4].endswith(OFTEN) else checkpoints.SECONDS
    training.train_model(settings(encoder_folder, run_folder), *articles(corpus_folder), fingerprint="same")
