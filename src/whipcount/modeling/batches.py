"""Training articles as they are drawn: varied anew in each epoch, in batches of one corpus and of like length.

All that varies is a function of the seed and the epoch.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from torch import Tensor
from torch.utils.data import Dataset, Sampler
from tqdm.auto import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from whipcount.config import TrainingConfig
from whipcount.modeling.encoding import Encoder, Window
from whipcount.modeling.labels import label_references, label_targets, label_tensor, pair_weight, pair_weights
from whipcount.modeling.own_rosters import lists_active_alone, with_distractors
from whipcount.modeling.variation import draw_variation, name_pool
from whipcount.modeling.voices import voiced
from whipcount.schema import Article

BATCHES_PER_BUCKET = 8
"""Batches whose articles are sorted by length together."""


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
        single = {corpus: all(len(articles[index].sentences) == 1 for index in found) for corpus, found in self.members.items()}
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


class SetEpoch(TrainerCallback):
    """Tells the batches which epoch begins."""

    def __init__(self, batches: EpochBatches) -> None:
        self.batches = batches

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: Any) -> None:
        """Set the epoch; a run that goes on within one is at a fraction of it."""
        self.batches.epoch = int((state.epoch or 0) + 1e-6)
