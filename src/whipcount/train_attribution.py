"""``python -m whipcount.train_attribution``: a model learns from PolNeAR who is said to say what, beside the stances it knows."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict
from pathlib import Path

from tqdm.auto import tqdm

from whipcount.config import AttributionTrainingConfig
from whipcount.corpora.polnear import first_readings, read_polnear
from whipcount.corpora.public import locate_corpus
from whipcount.examples.storage import is_current
from whipcount.launch import code_version, launch
from whipcount.modeling.attribution_training import train_attributions
from whipcount.modeling.card import with_attributions
from whipcount.modeling.checkpoints import seconds_before
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.fitting import run_key
from whipcount.modeling.folders import check_model_replaceable
from whipcount.modeling.model import StanceConfig
from whipcount.modeling.own_rosters import read_roster
from whipcount.schema import InputError

log = logging.getLogger(__name__)

RECORD = "attribution.json"


def train_attribution(config: AttributionTrainingConfig) -> Path:
    """Give a model a head for attributions, unless it has this one already; return the folder it is in.

    Beside the model lies ``attribution.json``: configuration, fingerprint, number of texts, code. Its encoder and its stances stay the
    same.

    Raises:
        InputError: there is no model, PolNeAR's train part is not at hand, or something else than a stance model stands in ``config.out``.
    """
    out, source = Path(config.out), Path(config.model)
    check_model_replaceable(out, StanceConfig.model_type)  # now, not after the training
    classifier = StanceClassifier.from_pretrained(source, attribution=False)
    texts = first_readings(read_polnear(locate_corpus("polnear"))[0], "train")
    if not texts:
        raise InputError("PolNeAR has no train part here; get the corpus again")
    texts = texts[: config.max_texts or None]
    settings = {name: value for name, value in asdict(config).items() if name not in ("model", "run", "out")}
    key = run_key(settings, classifier, [asdict(text) for text in texts])
    if is_current(out / RECORD, key):
        log.info("%s is up to date", out)
        return out
    started = time.monotonic() - seconds_before(Path(config.run), key)
    articles = [read_roster("polnear", text.id, text.text) for text in tqdm(texts, desc="read", unit="text", disable=None)]
    train_attributions(config, classifier, articles, [text.attributions for text in texts], key)
    told = {
        "fingerprint": key,
        "config": settings,
        "n_texts": len(texts),
        "n_attributions": sum(len(text.attributions) for text in texts),
        "seconds": round(time.monotonic() - started, 1),
        "code": code_version(),
    }
    classifier.card = with_attributions(classifier.card, told)
    extra = {RECORD: json.dumps(told, indent=2) + "\n"}
    trained = source / "training.json"
    if trained.is_file():
        extra[trained.name] = trained.read_text(encoding="utf-8")
    classifier.save_pretrained(out, extra=extra)
    log.info("model written to %s", out)
    return out


if __name__ == "__main__":
    launch(train_attribution, AttributionTrainingConfig, "train_attribution")
