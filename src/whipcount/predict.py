"""``python -m whipcount.predict``: a model or a baseline, and a dataset folder, become a predictions file."""

from __future__ import annotations

import gzip
import json
import logging
import zlib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.baselines import BASELINES, fit_baseline
from whipcount.config import PredictConfig
from whipcount.examples.digests import digest_model
from whipcount.examples.storage import StoredDataset, fingerprint, load_dataset_folder
from whipcount.launch import launch
from whipcount.schema import Article, InputError, example_id, ordered_pairs
from whipcount.scoring.predictions import Predictions, thin_out, write_predictions

if TYPE_CHECKING:
    from whipcount.modeling.classifier import StanceClassifier

log = logging.getLogger(__name__)


def predict(config: PredictConfig) -> list[Path]:
    """Write the predictions for the chosen splits, or with ``config.perturb`` the perturbed ones; return the files' paths.

    A file that is there already is not written again. Perturbed predictions are sparse and stand beside ``config.out``:
    ``x.mask.jsonl`` for ``x.jsonl``, ``x.swap-01.jsonl`` and so on for the draws of a swap. Their headers say what was done.

    Raises:
        InputError: no dataset, no model, no article in the splits, or a baseline to be perturbed.
    """
    dataset = load_dataset_folder(Path(config.data))
    articles = [article for split in config.splits for article in dataset.articles[split]]
    if not articles:
        raise InputError(f"{config.data}: no article in {', '.join(config.splits)}; nothing to predict")
    if config.perturb:
        return _predict_perturbed(config, dataset, articles)
    out = Path(config.out)
    model = _model_key(config.model)
    key = fingerprint(model, dataset.manifest["fingerprint"], config.splits, version("whipcount"))
    if not _is_up_to_date(out, key):
        probabilities = _run_baseline(config.model, dataset, articles) if config.model in BASELINES else _run_model(config.model, articles)
        system = config.model if config.model in BASELINES else "whipcount"
        details = {"fingerprint": key, "model": model}
        predictions = Predictions(system, _ids(articles), probabilities, dataset=dataset.manifest["fingerprint"], details=details)
        write_predictions(out, predictions)
        log.info("%s predictions written to %s", f"{len(predictions.ids):,}", out)
    return [out]


def _predict_perturbed(config: PredictConfig, dataset: StoredDataset, articles: list[Article]) -> list[Path]:
    if config.model in BASELINES:
        raise InputError(f"perturb={config.perturb}: the baseline {config.model} reads no names; give a model folder")
    from whipcount.modeling.classifier import StanceClassifier  # torch only where a model is run
    from whipcount.modeling.perturbation import perturbed_probabilities
    from whipcount.modeling.voices import voiced

    ids, model, origin = _ids(articles), _model_key(config.model), dataset.manifest["fingerprint"]
    gold = {row["id"]: row["stance"] for split in config.splits for row in dataset.examples[split].select_columns(["id", "stance"])}
    classifier = None
    paths = []
    for draw in range(1, config.draws + 1 if config.perturb == "swap" else 2):
        name, seed = (f"swap-{draw:02d}", config.seed) if config.perturb == "swap" else (config.perturb, None)
        out = _beside(Path(config.out), name)
        paths.append(out)
        key = fingerprint(model, origin, config.splits, version("whipcount"), name, seed)
        if _is_up_to_date(out, key):
            continue
        if classifier is None:
            classifier = StanceClassifier.from_pretrained(config.model)
            articles = voiced(articles, classifier.encoder, progress=True)  # once for all draws
        probabilities, told = perturbed_probabilities(classifier, articles, config.perturb, seed=config.seed, draw=draw)
        _warn_of_losses(classifier)
        header = {"fingerprint": key, "model": model, "perturb": config.perturb, "articles": [article.key for article in articles], **told}
        write_predictions(out, thin_out(Predictions(f"whipcount.{name}", ids, probabilities, origin, details=header), gold))
        log.info("predictions written to %s", out)
    return paths


def _beside(path: Path, name: str) -> Path:
    """Return the path with a name before its endings: ``x.swap-01.jsonl.gz`` for ``x.jsonl.gz``."""
    packed = path.suffix if path.suffix == ".gz" else ""
    bare = path.with_suffix("") if packed else path
    return bare.with_name(f"{bare.stem}.{name}{bare.suffix}{packed}")


def _ids(articles: list[Article]) -> list[str]:
    return [example_id(article.key, *pair) for article in articles for pair in ordered_pairs(article)]


def _run_baseline(name: str, dataset: StoredDataset, articles: list[Article]) -> NDArray[np.float64]:
    """Fit on the training articles of each corpus itself, where it has some, and predict; a corpus's rates are no other's."""
    rows: dict[str, NDArray[np.float64]] = {}
    for corpus in dict.fromkeys(article.corpus for article in articles):
        train, development = (
            [article for article in dataset.articles[split] if article.corpus == corpus] or dataset.articles[split]
            for split in ("train", "development")
        )
        fitted = fit_baseline(name, train, development)
        members = [article for article in articles if article.corpus == corpus]
        rows |= dict(zip([article.key for article in members], map(fitted.predict, ([article] for article in members)), strict=True))
    return np.concatenate([rows[article.key] for article in articles])


def _run_model(folder: str, articles: list[Article]) -> NDArray[np.float64]:
    from whipcount.modeling.classifier import StanceClassifier  # torch only where a model is run

    classifier = StanceClassifier.from_pretrained(folder)
    probabilities = np.concatenate(classifier.predict_articles(articles, progress=True))
    _warn_of_losses(classifier)
    return probabilities


def _warn_of_losses(classifier: StanceClassifier) -> None:
    for reason, count in classifier.encoder.losses.items():
        log.warning("%d %s", count, reason)
    classifier.encoder.losses.clear()


def _model_key(model: str) -> str:
    """Return what identifies a baseline, by its name, or a model folder, by what it holds."""
    return model if model in BASELINES or not Path(model).is_dir() else digest_model(Path(model))


def _is_up_to_date(path: Path, key: str) -> bool:
    """Return whether there is a predictions file whose header has this fingerprint."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as stream:
            found = bool(json.loads(stream.readline())["fingerprint"] == key)
    except (OSError, EOFError, zlib.error, ValueError, KeyError):
        return False
    if found:
        log.info("%s is up to date", path)
    return found


if __name__ == "__main__":
    launch(predict, PredictConfig, "predict")
