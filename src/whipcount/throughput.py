"""``python -m whipcount.throughput``: how much faster training is than with fixed padding in float32."""

from __future__ import annotations

import json
import logging
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import torch
from transformers.trainer_utils import SaveStrategy

from whipcount.config import ThroughputConfig, TrainConfig
from whipcount.examples.splits import take_share
from whipcount.examples.storage import load_dataset_folder, written_whole
from whipcount.launch import code_version, hardware, launch
from whipcount.modeling.optimization import has_bf16
from whipcount.modeling.training import make_trainer
from whipcount.modeling.voices import voiced
from whipcount.schema import Article, InputError

log = logging.getLogger(__name__)


def measure(config: ThroughputConfig) -> Path:
    """Time one epoch over a share of each corpus's training articles in both ways, write tokens a second; return the file.

    Both ways train the same model from the same start on the same batches, with transformers' Trainer and the same optimizer:

    - ``whipcount``: windows padded to the longest of a batch of like lengths, bfloat16 where ``training.bf16`` and the machine say so;
    - ``fixed``: every window padded to ``model.max_tokens``, float32.

    Tokens are those of the windows, without padding; ``padded_tokens`` are what each way computes, with it. Preparing the batches
    counts, as in a training; an epoch of the first way that is not timed goes before.

    Raises:
        InputError: the dataset has no training article.
    """
    dataset = load_dataset_folder(Path(config.dataset))
    articles = dataset.articles["train"]
    if not articles:
        raise InputError(f"{config.dataset}: no article in the train split; add a corpus that has one")
    corpora = dict.fromkeys(article.corpus for article in articles)
    sample = [a for corpus in corpora for a in take_share([a for a in articles if a.corpus == corpus], config.training.train_share)]
    sample = voiced(sample, config.model)
    ways = {"whipcount": (config.training.bf16, 0), "fixed": (False, config.model.max_tokens)}
    _time(config, sample, *ways["whipcount"])
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    tokens: dict[str, _Tokens] = {}
    for _ in range(config.rounds):
        for name, (bf16, padded_tokens) in ways.items():
            taken, tokens[name] = _time(config, sample, bf16, padded_tokens)
            seconds[name].append(taken)
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    n_tokens = tokens["whipcount"].read
    record = {
        "articles": {corpus: sum(article.corpus == corpus for article in sample) for corpus in corpora},
        "tokens": n_tokens,
        "padded_tokens": {name: found.padded for name, found in tokens.items()},
        "bf16": config.training.bf16 and has_bf16(),
        "seconds": {name: [round(taken, 2) for taken in found] for name, found in seconds.items()},
        "tokens_per_second": {name: round(n_tokens / taken, 1) for name, taken in medians.items()},
        "encoder": config.model.encoder,
        "shares": dict(config.training.shares),
        "dataset": dataset.manifest["fingerprint"],
        "code": code_version(),
        "hardware": hardware("cuda" if torch.cuda.is_available() else "cpu"),
        "times_faster": round(medians["fixed"] / medians["whipcount"], 2),
    }
    out = Path(config.out)
    with written_whole(out) as partial:
        partial.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    log.info("%.0f and %.0f tokens a second: %s times faster", *(n_tokens / taken for taken in medians.values()), record["times_faster"])
    return out


class _Tokens(NamedTuple):
    """Tokens of the windows of an epoch, without padding and with it."""

    read: int
    padded: int


def _time(config: ThroughputConfig, articles: list[Article], bf16: bool, padded_tokens: int) -> tuple[float, _Tokens]:
    """Return the seconds of an epoch and its tokens."""
    with tempfile.TemporaryDirectory() as run:
        settings = TrainConfig(config.model, replace(config.training, epochs=1, bf16=bf16), config.seed, run=run)
        trainer = make_trainer(settings, articles, [])
        trainer.padded_tokens = padded_tokens
        trainer.args.save_strategy = SaveStrategy.NO
        seconds = float(trainer.train().metrics["train_runtime"])
        masks = [batch["attention_mask"] for batch in trainer.get_train_dataloader()]  # after: words are cut up once and remembered
        return seconds, _Tokens(sum(int(mask.sum()) for mask in masks), sum(mask.numel() for mask in masks))


if __name__ == "__main__":
    launch(measure, ThroughputConfig, "throughput")
