from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from whipcount.modeling import checkpoints, fitting
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.fitting import Batches, fit, run_key


@pytest.fixture
def classifier(small_run: Path) -> StanceClassifier:
    return StanceClassifier.from_pretrained(small_run / "model")


def test_weights_that_are_only_in_another_order_make_another_run(classifier: StanceClassifier) -> None:
    key = run_key({"epochs": 1}, classifier, "text")
    assert key == run_key({"epochs": 1}, classifier, "text")
    weight = next(weight for weight in classifier.model.encoder.parameters() if weight.ndim == 2)
    with torch.no_grad():
        weight.copy_(weight.flip(0))
    assert run_key({"epochs": 1}, classifier, "text") != key


def test_a_model_that_reads_otherwise_makes_another_run(classifier: StanceClassifier) -> None:
    key = run_key({"epochs": 1}, classifier, "text")
    classifier.model.config.none_bias += 1.0
    assert run_key({"epochs": 1}, classifier, "text") == key, "a head does not learn from its threshold"
    classifier.model.config.encoder = classifier.model.config.encoder | {"num_attention_heads": 1}
    other = run_key({"epochs": 1}, classifier, "text")
    classifier.model.config.mention_markers = False
    assert len({key, other, run_key({"epochs": 1}, classifier, "text")}) == 3


def test_another_version_makes_another_run(classifier: StanceClassifier, monkeypatch: pytest.MonkeyPatch) -> None:
    key = run_key({"epochs": 1}, classifier, "text")
    monkeypatch.setattr(fitting, "version", lambda package: f"{package} of tomorrow")
    assert run_key({"epochs": 1}, classifier, "text") != key


@dataclass
class Settings:
    run: str
    epochs: int = 2
    seed: int = 1
    weight_decay: float = 0.0


class KilledError(Exception):
    """The machine went off."""


class Head(torch.nn.Module):
    """Learns from numbers and notes them; dies in place of step ``dies_at``."""

    def __init__(self, dies_at: int | None = None) -> None:
        super().__init__()
        self.weight = torch.nn.Linear(1, 1)
        self.dropout = torch.nn.Dropout(0.5)
        self.seen: list[float] = []
        self.dies_at = dies_at

    def forward(self, numbers: Tensor) -> dict[str, Any]:
        if len(self.seen) == self.dies_at:
            raise KilledError
        self.seen.append(numbers.item())
        return {"loss": self.weight(self.dropout(numbers.expand(8, 1))).square().mean()}


def train(run: Path, dies_at: int | None = None) -> Head:
    torch.manual_seed(0)
    head, numbers = Head(dies_at), Batches([float(number) for number in range(6)], lambda number: 1, 1, seed=1)
    fit(head, numbers, lambda batches: {"numbers": torch.tensor(batches[0])}, [(head, 1e-2)], Settings(str(run)))
    return head


@pytest.mark.parametrize("dies_at", [3, 9])
def test_a_run_that_was_killed_within_an_epoch_ends_as_an_undisturbed_one(
    dies_at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = train(tmp_path / "whole")
    assert len(whole.seen) == 12 and whole.seen[:6] != whole.seen[6:]
    monkeypatch.setattr(checkpoints, "SECONDS", 0)  # a checkpoint after each step
    with pytest.raises(KilledError):
        train(tmp_path / "run", dies_at)
    resumed = train(tmp_path / "run")
    assert resumed.seen == whole.seen[dies_at:]
    assert torch.equal(resumed.weight.weight, whole.weight.weight) and torch.equal(resumed.weight.bias, whole.weight.bias)
