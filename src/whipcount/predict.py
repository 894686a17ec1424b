"""``python -m whipcount.predict``: a model or a baseline, and a dataset folder, become a predictions file."""

from __future__ import annotations

import json
import logging
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from whipcount.baselines import BASELINES, fit_baseline
from whipcount.config import PredictConfig
from whipcount.examples.storage import StoredDataset, fingerprint, load_dataset_folder
from whipcount.launch import launch
from whipcount.schema import Article, InputError, example_id, ordered_pairs
from whipcount.scoring.predictions import Predictions, write_predictions

log = logging.getLogger(__name__)


def predict(config: PredictConfig) -> Path:
    """Write the predictions for the chosen splits unless the same file is there already; return its path."""
    out = Path(config.out)
    dataset = load_dataset_folder(Path(config.data))
    articles = [article for split in config.splits for article in dataset.articles[split]]
    if not articles:
        raise InputError(f"{config.data}: no article in {', '.join(config.splits)}; nothing to predict")
    key = fingerprint(_model_key(config.model), dataset.manifest["fingerprint"], config.splits, version("whipcount"))
    if _key_of(out) == key:
        log.info("%s is up to date", out)
        return out
    probabilities = _run_baseline(config.model, dataset, articles) if config.model in BASELINES else _run_model(config.model, articles)
    ids = [example_id(article.key, *pair) for article in articles for pair in ordered_pairs(article)]
    system = config.model if config.model in BASELINES else "whipcount"
    write_predictions(out, Predictions(system, ids, probabilities, dataset=dataset.manifest["fingerprint"], details={"fingerprint": key}))
    log.info("%s predictions written to %s", f"{len(ids):,}", out)
    return out


def _run_baseline(name: str, dataset: StoredDataset, articles: list[Article]) -> NDArray[np.float64]:
    return fit_baseline(name, dataset.articles["train"], dataset.articles["development"]).predict(articles)


def _run_model(folder: str, articles: list[Article]) -> NDArray[np.float64]:
    from whipcount.modeling.classifier import StanceClassifier  # torch only where a model is run

    classifier = StanceClassifier.from_pretrained(folder)
    probabilities = np.concatenate(classifier.predict_articles(articles, progress=True))
    for reason, count in classifier.encoder.losses.items():
        log.warning("%d %s", count, reason)
    return probabilities


def _model_key(model: str) -> str:
    """Return what identifies a baseline or a model folder."""
    record = Path(model) / "training.json"
    if model in BASELINES or not record.is_file():
        return model
    return str(json.loads(record.read_text())["fingerprint"])


def _key_of(path: Path) -> str | None:
    """Return the fingerprint in a predictions file's header, None where there is no such file."""
    try:
        with path.open(encoding="utf-8") as stream:
            return str(json.loads(stream.readline())["fingerprint"])
    except (OSError, ValueError, KeyError):
        return None


if __name__ == "__main__":
    launch(predict, PredictConfig, "predict")
