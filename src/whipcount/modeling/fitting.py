"""What the heads beside the stances share in training: the Trainer's arguments, and going on with a run that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import torch
from torch import Tensor
from torch.utils.data import Dataset
from transformers import Trainer, TrainingArguments

from whipcount.modeling.checkpoints import MarkWhole, SaveOften, newest_whole_checkpoint
from whipcount.modeling.training import adamw, has_bf16, weight_groups


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
        rates: parts of the module with their learning rates; see ``training.weight_groups``.
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
        callbacks=[MarkWhole(), SaveOften()],
        optimizers=(adamw(weight_groups(rates, settings.weight_decay)), None),
    )
    checkpoint = newest_whole_checkpoint(Path(settings.run))
    trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    module.eval()
