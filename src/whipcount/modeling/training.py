"""Training on transformers' Trainer, made exactly resumable.

Whatever varies from epoch to epoch (order, slots, masks) is a function of the seed and the epoch, so a run that was
killed goes on as if nothing had happened.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader
from transformers import (
    EarlyStoppingCallback,
    PreTrainedTokenizerBase,
    Trainer,
    TrainingArguments,
    set_seed,
)

from whipcount.config import ModelConfig, TrainConfig
from whipcount.modeling.batches import EpochBatches, SetEpoch, TrainingArticles, TrainingWindow
from whipcount.modeling.checkpoints import MarkWhole, SaveOften, best_of_stopped, newest_whole_checkpoint, open_run
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.collation import collate
from whipcount.modeling.encoders import locate_encoder
from whipcount.modeling.encoding import add_tokens, make_encoder
from whipcount.modeling.model import StanceModel, is_trained, load_tokenizer
from whipcount.modeling.optimization import adamw, has_bf16, weight_groups
from whipcount.modeling.own_rosters import with_own_roster
from whipcount.modeling.selection import METRIC, score_by_corpus
from whipcount.modeling.voices import voiced
from whipcount.schema import FULL, Article
from whipcount.scoring.thresholds import choose_threshold

log = logging.getLogger(__name__)

LOSS_SETTINGS = ("none_weight", "none_share", "end_weight", "reference_weight", "teacher_share")


def train_model(
    config: TrainConfig, train: Sequence[Article], development: Sequence[Article], fingerprint: str
) -> tuple[StanceClassifier, list[NDArray[np.float64]]]:
    """Train a model, going on from the newest whole checkpoint of ``config.run`` where it is of the same run.

    Args:
        config: all settings.
        train: articles to learn from.
        development: articles that decide when to stop, which epoch is best and the bias on ``none``; may be empty.
        fingerprint: hash of configuration and data. A run folder with another one is started afresh.

    Returns:
        The best epoch's model (the last one's without development articles), its biases on ``none`` set and all losses of encoding
        counted, and what it said of each development article before that: probabilities (examples, 3).
    """
    run = Path(config.run)
    open_run(run, fingerprint)
    train, development = (voiced(articles, config.model, progress=True) for articles in (train, development))
    trainer = make_trainer(config, train, development)
    model, tokenizer = trainer.model, trainer.processing_class
    assert isinstance(model, StanceModel) and isinstance(tokenizer, PreTrainedTokenizerBase)
    checkpoint = newest_whole_checkpoint(run)
    if checkpoint and (best := best_of_stopped(checkpoint)):
        model.load_state_dict(best)
    else:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    trainer.accelerator.unwrap_model(model, keep_fp32_wrapper=False)  # else what is asked of it now is in bfloat16, and later is not
    model.eval()
    classifier = StanceClassifier(model, tokenizer)
    probabilities = classifier.predict_articles(development) if development else []
    own = [with_own_roster(article) for article in development if article.annotation == FULL]  # without what reading misses
    own_none_bias = choose_threshold(own, classifier.predict_articles(own, own_roster=True)) if own else None
    model.config.none_bias, model.config.own_none_bias = choose_threshold(development, probabilities), own_none_bias
    classifier.encoder.losses.clear()
    for article in (*train, *development):
        classifier.encoder.encode(article)
    return classifier, probabilities


def make_trainer(config: TrainConfig, train: Sequence[Article], development: Sequence[Article]) -> StanceTrainer:
    """Return what trains a model on articles as it reads them (``voices.voiced``); see ``train_model``.

    The model is a fresh one, or the one whose folder ``config.model.encoder`` is.
    """
    set_seed(config.seed)
    source = locate_encoder(config.model.encoder)
    tokenizer = load_tokenizer(source)
    add_tokens(tokenizer, config.model.n_slots, config.model.speaker_slots)
    losses = {name: getattr(config.training, name) for name in LOSS_SETTINGS}
    shape = {**losses, **_shape(config.model)}
    if is_trained(source):
        model = StanceModel.from_trained(source, **shape)
    else:
        model = StanceModel.from_encoder(source, len(tokenizer), ends_learnt=False, **shape)
    model.config.ends_learnt |= config.training.end_weight > 0 and any(article.annotation == FULL for article in train)
    model.encoder.get_input_embeddings().requires_grad_(not config.training.freeze_words)
    rates = ((model.encoder, config.training.learning_rate), (model.head, config.training.head_learning_rate))
    return StanceTrainer(
        model=model,
        args=_arguments(config, len(EpochBatches(train, config.training, config.seed)), bool(development)),
        processing_class=tokenizer,
        train_dataset=TrainingArticles(train, make_encoder(tokenizer, config.model), config.training, config.seed),
        eval_dataset=list(development) or None,
        callbacks=[MarkWhole(Path(config.run)), SaveOften(), *([EarlyStoppingCallback(config.training.patience)] if development else [])],
        optimizers=(adamw(weight_groups(rates, config.training.weight_decay)), None),
    )


class StanceTrainer(Trainer):
    """Trainer with batches from ``EpochBatches`` and development scores from whole articles."""

    padded_tokens = 0
    """Least tokens of a window, padding included; 0 pads no further than the longest window of the batch."""

    def get_train_dataloader(self) -> DataLoader[Any]:
        """Return batches of windows; the order is set at the start of each epoch."""
        articles = self.train_dataset
        assert isinstance(articles, TrainingArticles) and isinstance(self.processing_class, PreTrainedTokenizerBase)
        pad_id = int(self.processing_class.pad_token_id or 0)
        batches = EpochBatches(articles.articles, articles.config, articles.seed)
        self.add_callback(SetEpoch(batches))

        def join(members: list[list[TrainingWindow]]) -> dict[str, Tensor]:
            parts = [part for parts in members for part in parts]
            return collate(
                [part.window for part in parts],
                pad_id,
                [part.labels for part in parts],
                [part.references for part in parts],
                [part.toward for part in parts],
                [part.weight for part in parts],
                self.padded_tokens,
            )

        return DataLoader(articles, batch_sampler=batches, collate_fn=join)

    def _prepare_inputs(self, inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        """Copy a batch to the device without waiting for it."""
        return {name: tensor.to(self.args.device, non_blocking=True) for name, tensor in inputs.items()}

    def evaluate(self, eval_dataset: Any = None, ignore_keys: list[str] | None = None, metric_key_prefix: str = "eval") -> dict[str, float]:
        """Score the development articles; see ``score_by_corpus``."""
        assert isinstance(self.model, StanceModel) and isinstance(self.processing_class, PreTrainedTokenizerBase)
        assert isinstance(self.eval_dataset, list)
        said = StanceClassifier(self.model, self.processing_class).predict_articles(self.eval_dataset)
        scores = score_by_corpus(self.eval_dataset, said)
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in scores.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics


def _shape(config: ModelConfig) -> dict[str, Any]:
    return {field.name: getattr(config, field.name) for field in fields(config) if field.name != "encoder"}


def _arguments(config: TrainConfig, steps_per_epoch: int, has_development: bool) -> TrainingArguments:
    training = config.training
    steps = training.epochs * steps_per_epoch
    on_cpu = not torch.cuda.is_available()
    arguments = TrainingArguments(
        output_dir=config.run,
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch_size,
        warmup_steps=round(training.warmup_share * steps),
        lr_scheduler_type="linear",
        bf16=training.bf16 and has_bf16(),
        use_cpu=on_cpu,
        seed=config.seed,
        eval_strategy="epoch" if has_development else "no",
        save_strategy="epoch",
        save_total_limit=2,
        load_best_model_at_end=has_development,
        metric_for_best_model=METRIC if has_development else None,
        greater_is_better=True if has_development else None,
        restore_callback_states_from_checkpoint=True,
        logging_strategy="epoch",
        logging_nan_inf_filter=False,  # it waits for each step's loss
        report_to=training.report_to,
        dataloader_pin_memory=not on_cpu,
    )
    arguments._n_gpu = min(1, arguments.n_gpu)  # windows of one batch are not split over several GPUs
    return arguments
