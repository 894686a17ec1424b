"""``python -m whipcount.train``: a dataset folder becomes a model folder."""

from __future__ import annotations

import json
import logging
import platform
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import torch
from hydra.core.hydra_config import HydraConfig
from hydra.types import RunMode

from whipcount.config import TrainConfig
from whipcount.examples.card import count_stances
from whipcount.examples.digests import digest_start
from whipcount.examples.splits import take_share
from whipcount.examples.storage import check_replaceable, fingerprint, is_current, load_dataset_folder
from whipcount.launch import code_version, launch
from whipcount.modeling.card import NO_CARD, read_card, render_card
from whipcount.modeling.checkpoints import scores_by_epoch, seconds_before
from whipcount.modeling.model import is_trained
from whipcount.modeling.selection import count_failures, score_at_bias
from whipcount.modeling.training import train_model
from whipcount.schema import InputError
from whipcount.scoring.benchmarks import seen_in_training

log = logging.getLogger(__name__)

RECORD = "training.json"


def train(config: TrainConfig) -> Path:
    """Train a model unless the same one is there already; return its folder.

    Beside the model lies ``training.json``: resolved configuration, fingerprints, what the saved model reaches on the development
    articles by corpus and measure, code, versions, hardware.
    """
    out = Path(config.out)
    dataset = load_dataset_folder(Path(config.dataset))
    settings = {key: value for key, value in asdict(config).items() if key not in ("dataset", "out", "run")}
    before = Path(config.model.encoder) if is_trained(config.model.encoder) else None
    start = digest_start(config.model.encoder)
    key = fingerprint(settings, dataset.manifest["fingerprint"], version("whipcount"), *([start] if start else []))
    if is_current(out / RECORD, key):
        log.info("%s is up to date", out)
        return out
    if not dataset.articles["train"]:
        raise InputError(f"{config.dataset}: no article in the train split; add the Gazette (data.folders=[gazette,…]) or more stories")
    corpora = dict.fromkeys(article.corpus for article in dataset.articles["train"])
    if unknown := [name for name in config.training.shares if name not in corpora]:
        raise InputError(
            f"training.shares names {unknown[0]!r}, of which there is no training article; there are some of {', '.join(corpora)}"
        )
    check_replaceable(out, RECORD, "model")  # now, not after the training
    code = code_version()  # of what trains: files may change meanwhile
    started = time.monotonic() - seconds_before(Path(config.run), key)
    articles = take_share(dataset.articles["train"], config.training.train_share)
    development = dataset.articles["development"]
    classifier, probabilities = train_model(config, articles, development, key)
    none_bias = classifier.model.config.none_bias
    record = {
        "fingerprint": key,
        "dataset": dataset.manifest["fingerprint"],
        "start": start,
        "config": settings,
        "none_bias": none_bias,
        "own_none_bias": classifier.model.config.own_none_bias,
        "n_articles": len(articles),
        "n_stances": count_stances(articles),
        "corpora": list(corpora),
        "by_epoch": scores_by_epoch(Path(config.run)),
        "development": score_at_bias(development, probabilities, none_bias, seen_in_training(development, dataset.articles["train"])),
        "failures": count_failures(development, probabilities, none_bias),
        "not_encoded": dict(classifier.encoder.losses),
        "seconds": round(time.monotonic() - started, 1),
        "code": code,
        "versions": {package: version(package) for package in ("whipcount", "torch", "transformers", "datasets")},
        "hardware": torch.cuda.get_device_name()
        if torch.cuda.is_available()
        else f"{platform.machine()}, {torch.get_num_threads()} threads",
    }
    classifier.card = render_card(record, dataset.manifest, read_card(before) or NO_CARD if before else "")
    classifier.save_pretrained(out, extra={RECORD: json.dumps(record, indent=2) + "\n"})
    log.info("model written to %s", out)
    return out


def in_own_folder(config: TrainConfig) -> Path:
    """Train; in a sweep, write to the job's own folder instead of the configured one."""
    job = HydraConfig.get()
    if job.mode == RunMode.MULTIRUN:
        folder = Path(job.runtime.output_dir)
        config.out, config.run = str(folder / "model"), str(folder / "run")
    return train(config)


if __name__ == "__main__":
    launch(in_own_folder, TrainConfig, "train")
