"""What the heads beside the stances share in training: the Trainer's arguments, and going on with a run that is there."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments

from whipcount.examples.storage import fingerprint
from whipcount.modeling.checkpoints import MarkWhole, SaveOften, newest_whole_checkpoint
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.optimization import adamw, has_bf16, weight_groups

Item = TypeVar("Item")

AS_READ = ("encoder", "max_tokens", "n_slots", "context_share", "mention_markers", "pronoun_slots", "speaker_slots")
"""What of a model's shape decides what its encoder sees, and what it makes of that."""


class Batches(Dataset[list[Item]], Generic[Item]):
    """Batches of items of like length, always the same ones: the Trainer draws their order."""

    def __init__(self, items: Sequence[Item], length: Callable[[Item], int], size: int, seed: int) -> None:
        """Shuffle the items, so that which of one length meet is chance, and cut them up.

        Args:
            items: to be learnt from.
            length: of one of them.
            size: items of a batch.
            seed: of the chance.
        """
        order = list(items)
        random.Random(seed).shuffle(order)
        order.sort(key=length)
        self.batches = [order[start : start + size] for start in range(0, len(order), size)]

    def __len__(self) -> int:
        return len(self.batches)

    def __getitem__(self, index: int) -> list[Item]:
        return self.batches[index]


def run_key(settings: Mapping[str, Any], classifier: StanceClassifier, *texts: object) -> str:
    """Return a hash of all that a head's training depends on; another one is another run.

    Args:
        settings: of the training.
        classifier: with the encoder that the head starts from.
        texts: what it learns from.
    """
    shape = {name: getattr(classifier.model.config, name) for name in AS_READ}
    content = {name: weight.cpu().reshape(-1).view(torch.uint8).numpy() for name, weight in classifier.model.encoder.state_dict().items()}
    weights = {name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in content.items()}
    return fingerprint(settings, shape, weights, version("whipcount"), *texts)


class Settings(Protocol):
    """What a training is told."""

    epochs: int
    seed: int
    weight_decay: float
    run: str


def fit(
    module: torch.nn.Module,
    batches: Dataset[Any],
    join: Callable[[Any], dict[str, Tensor]],
    rates: Iterable[tuple[torch.nn.Module, float]],
    settings: Settings,
) -> None:
    """Train a module on batches, whose order is drawn anew each epoch, going on from the newest whole checkpoint of the run.

    Args:
        module: that returns its loss.
        batches: an item is a batch.
        join: makes a list of one such item what the module takes.
        rates: parts of the module with their learning rates; see ``optimization.weight_groups``.
        settings: of the training.
    """
    trainer = Trainer(
        model=module,
        args=TrainingArguments(
            output_dir=settings.run,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=1,
            warmup_steps=0.1,
            lr_scheduler_type="linear",
            bf16=has_bf16(),
            use_cpu=not torch.cuda.is_available(),
            seed=settings.seed,
            save_strategy="epoch",
            save_total_limit=2,
            logging_strategy="epoch",
            report_to="none",
            remove_unused_columns=False,
        ),
        train_dataset=batches,
        data_collator=join,
        callbacks=[MarkWhole(Path(settings.run)), SaveOften()],
        optimizers=(adamw(weight_groups(rates, settings.weight_decay)), None),
    )
    checkpoint = newest_whole_checkpoint(Path(settings.run))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    module.eval()
