"""Training on transformers' Trainer, made exactly resumable.

Whatever varies from epoch to epoch (order, slots, masks) is a function of the seed and the epoch, so a run that was
killed goes on as if nothing had happened.
"""

from __future__ import annotations

import logging
import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler
from tqdm.auto import tqdm
from transformers import (
    EarlyStoppingCallback,
    PreTrainedTokenizerBase,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)

from whipcount.config import ModelConfig, TrainConfig, TrainingConfig
from whipcount.modeling.checkpoints import MarkWhole, SaveOften, best_of_stopped, newest_whole_checkpoint, open_run
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.collation import collate
from whipcount.modeling.encoders import locate_encoder
from whipcount.modeling.encoding import Encoder, Window, add_tokens, make_encoder
from whipcount.modeling.labels import label_references, label_targets, label_tensor, pair_weight, pair_weights
from whipcount.modeling.model import StanceModel, is_trained, load_tokenizer
from whipcount.modeling.own_rosters import lists_active_alone, with_distractors, with_own_roster
from whipcount.modeling.selection import METRIC, score_by_corpus
from whipcount.modeling.variation import draw_variation, name_pool
from whipcount.modeling.voices import voiced
from whipcount.schema import FULL, Article
from whipcount.scoring.thresholds import choose_threshold

log = logging.getLogger(__name__)

BATCHES_PER_BUCKET = 8
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


class TrainingWindow(NamedTuple):
    """A window with its stances (sentences, actors, actors), whom each word means, ``labels.label_targets`` and ``labels.pair_weight``."""

    window: Window
    labels: Tensor
    references: list[list[int]]
    toward: Tensor
    weight: float


class TrainingArticles(Dataset[list[TrainingWindow]]):
    """Training articles by (epoch, index), each as its windows with their labels (sentences, actors, actors).

    For a share ``config.distractors`` of the draws an article that ``lists_active_alone`` comes with the other actors of its text.
    """

    def __init__(self, articles: Sequence[Article], encoder: Encoder, config: TrainingConfig, seed: int) -> None:
        self.articles, self.encoder, self.config, self.seed = articles, encoder, config, seed
        self.names = name_pool(articles)
        weights = pair_weights(articles, config.pair_balance)
        self.weights = [pair_weight(article, weights) for article in articles]
        listed = [index for index, article in enumerate(articles) if config.distractors and lists_active_alone(article)]
        found = tqdm(listed, desc="distractors", unit="article", disable=None if listed else True)
        self.extended = {index: voiced([with_distractors(articles[index])], encoder)[0] for index in found}

    def __len__(self) -> int:
        return len(self.articles)

    def __getitem__(self, key: tuple[int, int]) -> list[TrainingWindow]:
        epoch, index = key
        article = self.articles[index]
        rng = random.Random(f"{self.seed}/{epoch}/{article.key}")
        if index in self.extended and rng.random() < self.config.distractors:
            article = self.extended[index]
        variation = draw_variation(article, rng, self.encoder.n_slots, self.config, self.names)
        labels = label_tensor(article)
        toward = label_targets(article)
        return [
            TrainingWindow(
                window,
                labels[window.sentences][:, window.actors][:, :, window.actors],
                label_references(article, window),
                toward[window.sentences][:, window.actors],
                self.weights[index],
            )
            for window in self.encoder.encode(article, variation)
        ]  # fmt: skip


class EpochBatches(Sampler[list[tuple[int, int]]]):
    """Batches of (epoch, index), each of one corpus and of articles of like length, in an order that only seed and epoch decide."""

    def __init__(self, articles: Sequence[Article], config: TrainingConfig, seed: int) -> None:
        self.lengths = [len(article.text) for article in articles]
        self.seed, self.epoch = seed, 0
        self.members: dict[str, list[int]] = {}
        for index, article in enumerate(articles):
            self.members.setdefault(article.corpus, []).append(index)
        single = {article.corpus: len(article.sentences) == 1 for article in articles}
        for article in articles:
            single[article.corpus] &= len(article.sentences) == 1
        self.sizes = {corpus: config.batch_sentences if single[corpus] else config.batch_size for corpus in self.members}
        self.drawn = {corpus: max(1, round(config.shares.get(corpus, 1.0) * len(found))) for corpus, found in self.members.items()}

    def __len__(self) -> int:
        return sum(math.ceil(self.drawn[corpus] / size) for corpus, size in self.sizes.items())

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        rng = random.Random(f"{self.seed}/{self.epoch}")
        batches = []
        for corpus, size in self.sizes.items():
            order = list(self.members[corpus])
            rng.shuffle(order)
            order = order[: self.drawn[corpus]]
            bucket = size * BATCHES_PER_BUCKET
            for start in range(0, len(order), bucket):
                order[start : start + bucket] = sorted(order[start : start + bucket], key=lambda index: self.lengths[index])
            batches += [order[start : start + size] for start in range(0, len(order), size)]
        rng.shuffle(batches)
        yield from ([(self.epoch, index) for index in batch] for batch in batches)


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


class SetEpoch(TrainerCallback):
    """Tells the batches which epoch begins."""

    def __init__(self, batches: EpochBatches) -> None:
        self.batches = batches

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Set the epoch; a run that goes on within one is at a fraction of it."""
        self.batches.epoch = int((state.epoch or 0) + 1e-6)


def _shape(config: ModelConfig) -> dict[str, Any]:
    return {field.name: getattr(config, field.name) for field in fields(config) if field.name != "encoder"}


def weight_groups(rates: Iterable[tuple[torch.nn.Module, float]], weight_decay: float) -> list[dict[str, Any]]:
    """Return the weights of modules for an optimizer, each module's at its own rate, biases and norms without decay.

    Args:
        rates: modules with their rates; a weight of several of them belongs to the first.
        weight_decay: of the others.
    """
    groups: list[dict[str, Any]] = []
    seen: set[int] = set()
    for part, rate in rates:
        own = [weight for weight in part.parameters() if weight.requires_grad and id(weight) not in seen]
        seen.update(map(id, own))
        for decays in (True, False):
            weights = [weight for weight in own if (weight.ndim > 1) == decays]
            groups.append({"params": weights, "lr": rate, "weight_decay": weight_decay if decays else 0.0})
    return groups


def adamw(groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """Return AdamW over ``weight_groups``."""
    return torch.optim.AdamW(groups, fused=True)  # on a CPU a step of the plain one takes five times as long


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


def has_bf16() -> bool:
    """Whether this machine's processor or GPU computes in bfloat16 natively."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())
