"""``python -m whipcount.yardstick``: the one-pass model beside a cross-encoder, in predictions and in seconds per article."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.config import CrossEncoderConfig
from whipcount.examples.card import render_licences
from whipcount.examples.digests import digest_model
from whipcount.examples.splits import take_share
from whipcount.examples.storage import check_replaceable, fingerprint, load_dataset_folder, save_dataset, written_whole
from whipcount.launch import launch, made_with
from whipcount.modeling.checkpoints import seconds_before
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.cross_encoder import predict_pairs, train_cross_encoder
from whipcount.modeling.folders import first_encoder
from whipcount.schema import FULL, SPLITS, Article, InputError, example_id, ordered_pairs
from whipcount.scoring.calibration import apply_none_bias
from whipcount.scoring.predictions import Predictions, write_predictions
from whipcount.scoring.records import MANIFEST
from whipcount.scoring.thresholds import choose_threshold

log = logging.getLogger(__name__)

COST = "cost.json"
PACKAGES = ("whipcount", "torch", "transformers", "tokenizers")


def measure(config: CrossEncoderConfig) -> Path:
    """Train the cross-encoder, let both models predict the same development articles, write what each said and took.

    ``config.out`` receives ``dataset`` (these articles alone, as the gold for ``python -m whipcount.compare``), a predictions file
    for each system, each at its own best threshold for these articles, ``cost.json``, which also counts the sentences that the
    cross-encoder cuts, and ``manifest.json``: data, settings, code, versions, machine. Its checkpoints stay in ``run``. Articles are
    read one by one, after one that does not count.

    Raises:
        InputError: no dataset or model, no fully annotated article in train or development.
    """
    out = Path(config.out)
    check_replaceable(out / "results", COST, "yardstick")
    dataset = load_dataset_folder(Path(config.dataset))
    train, development = ([a for a in dataset.articles[split] if a.annotation == FULL] for split in SPLITS[:2])
    if not train or not development:
        raise InputError(f"{config.dataset}: no fully annotated article in train or in development; build one with seesaw or gazette")
    one_pass = StanceClassifier.from_pretrained(config.model)
    chosen = take_share(development, config.n_articles / len(development))
    warn_of_encoders(config)
    key = training_key(config, dataset.manifest["fingerprint"])
    started = time.monotonic() - seconds_before(out / "run", key)
    model, reader = train_cross_encoder(config, train, development, out / "run", key)
    trained = time.monotonic() - started
    systems: dict[str, Callable[[Article], NDArray[np.float64]]] = {
        "one_pass": lambda article: one_pass.predict_articles([article])[0],
        "cross_encoder": lambda article: predict_pairs(model, reader, article),
    }
    cost = {"articles": len(chosen), "rows": 0, "cross_encoder_training_seconds": round(trained, 1)}
    with written_whole(out / "results") as partial:
        manifest = {**dataset.manifest, "fingerprint": fingerprint(dataset.manifest["fingerprint"], config.n_articles)}
        save_dataset(partial / "dataset", chosen, manifest, _card(dataset.manifest, chosen))
        for name, predict in systems.items():
            rows, seconds = _read(predict, chosen)
            log.info("%s: %.2f s an article", name, seconds / len(chosen))
            cost |= {f"{name}_seconds_per_article": round(seconds / len(chosen), 4), "rows": sum(map(len, rows))}
            _write(partial / f"{name}.jsonl", name, chosen, rows, manifest["fingerprint"])
        keys = {article.key for article in chosen}
        cost["sentences_cut"] = sum(article in keys for article, _ in reader.cut)
        log.info("cross_encoder: %d sentences are cut at max_tokens=%d", cost["sentences_cut"], config.max_tokens)
        made = made_with(Path(config.model), PACKAGES, str(one_pass.model.device))
        record = {
            "dataset": manifest["fingerprint"],
            "learnt_from": dataset.manifest["fingerprint"],
            "settings": settings_of(config),
            **made,
        }
        for name, values in ((COST, cost), (MANIFEST, record)):
            (partial / name).write_text(json.dumps(values, indent=2) + "\n", encoding="utf-8")
    log.info("wrote %s", out / "results")
    return out / "results"


def training_key(config: CrossEncoderConfig, dataset: str) -> str:
    """Return a hash of all that the cross-encoder's training depends on; ``dataset`` is the fingerprint of what it learns from."""
    settings = {key: value for key, value in settings_of(config).items() if key != "n_articles"}
    encoder = Path(config.encoder)
    return fingerprint(settings, dataset, version("whipcount"), *([digest_model(encoder)] if encoder.is_dir() else []))


def settings_of(config: CrossEncoderConfig) -> dict[str, Any]:
    """Return the settings that do not say where something lies."""
    return {key: value for key, value in asdict(config).items() if key not in ("dataset", "model", "out")}


def warn_of_encoders(config: CrossEncoderConfig) -> None:
    """Log it where the two models did not start from the encoder of one name: they differ in more than how they read then."""
    encoder = first_encoder(Path(config.model)) or "nobody knows which"
    if encoder != config.encoder:
        log.warning(
            "%s started from the encoder %s, the cross-encoder from %s: what they reach differs for that, too; give encoder=…",
            *(config.model, encoder, config.encoder),
        )


def _card(manifest: Mapping[str, Any], articles: Sequence[Article]) -> str:
    """Return the ``README.md`` of the dataset that holds ``articles`` of the dataset with this manifest."""
    folders = list(dict.fromkeys(article.corpus for article in articles))
    licences = {name: licence for name, licence in manifest["licences"].items() if name in folders}
    lines = ["Some development articles, to compare two models on.", "", "## Licences", ""]
    return "\n".join([*lines, *render_licences({"folders": folders, "licences": licences}), ""])


def _read(predict: Callable[[Article], NDArray[np.float64]], articles: Sequence[Article]) -> tuple[list[NDArray[np.float64]], float]:
    """Return the probabilities of each article and the seconds it took to read them all."""
    predict(articles[0])
    started = time.monotonic()
    rows = [predict(article) for article in articles]
    return rows, time.monotonic() - started


def _write(path: Path, name: str, articles: Sequence[Article], rows: Sequence[NDArray[np.float64]], dataset: str) -> None:
    probabilities = apply_none_bias(np.concatenate(rows), choose_threshold(articles, rows))
    ids = [example_id(article.key, *pair) for article in articles for pair in ordered_pairs(article)]
    write_predictions(path, Predictions(name, ids, probabilities, dataset=dataset))


if __name__ == "__main__":
    launch(measure, CrossEncoderConfig, "yardstick")
