from __future__ import annotations

from pathlib import Path

import torch

from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.fitting import run_key


def test_weights_that_are_only_in_another_order_make_another_run(small_run: Path) -> None:
    classifier = StanceClassifier.from_pretrained(small_run / "model")
    key = run_key({"epochs": 1}, classifier, "text")
    assert key == run_key({"epochs": 1}, classifier, "text")
    weight = next(weight for weight in classifier.model.encoder.parameters() if weight.ndim == 2)
    with torch.no_grad():
        weight.copy_(weight.flip(0))
    assert run_key({"epochs": 1}, classifier, "text") != key
