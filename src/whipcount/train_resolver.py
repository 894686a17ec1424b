"""``python -m whipcount.train_resolver``: a stance model's encoder learns from GAP and annotated articles whom "he" and "she" mean."""

from __future__ import annotations

import json
import logging
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from whipcount.config import ResolverTrainingConfig
from whipcount.corpora.public import licences_of
from whipcount.corpora.sources import open_sources
from whipcount.examples.storage import is_current
from whipcount.launch import code_version, launch
from whipcount.modeling.card import render_resolver_card
from whipcount.modeling.checkpoints import seconds_before
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.fitting import run_key
from whipcount.modeling.folders import check_model_replaceable
from whipcount.modeling.pronoun_examples import parse_source, read_sources, tell
from whipcount.modeling.resolver import RECORD, ResolverConfig
from whipcount.modeling.resolver_training import train_model
from whipcount.reading.antecedents import learnt_weights

log = logging.getLogger(__name__)


def train_resolver(config: ResolverTrainingConfig) -> Path:
    """Train a resolver unless the same one is there already; return its folder.

    Beside the model lies ``resolver.json``: configuration, fingerprint, numbers of texts and pronouns, code.

    Raises:
        InputError: there is no model, GAP's development part or a corpus is not at hand, or something else than a resolver stands in
            ``config.out``.
    """
    out = Path(config.out)
    check_model_replaceable(out, ResolverConfig.model_type)  # now, not after the training
    classifier = StanceClassifier.from_pretrained(config.model, attribution=False)
    sources = read_sources(config.folders)
    settings = {name: value for name, value in asdict(config).items() if name not in ("model", "run", "out")}
    key = run_key(settings, classifier, learnt_weights(), [asdict(source) for source in sources])
    if is_current(out / RECORD, key):
        log.info("%s is up to date", out)
        return out
    started = time.monotonic() - seconds_before(Path(config.run), key)
    texts = [parse_source(source) for source in tqdm(sources, desc="parse", unit="text", disable=None)]
    known = [tell(text) for text in tqdm(texts, desc="read", unit="text", disable=None)]
    resolver = train_model(config, classifier, known, key)
    told: dict[str, Any] = {
        "fingerprint": key,
        "encoder": classifier.model.encoder.config.model_type,
        "config": settings,
        "n_texts": len(texts),
        "n_pronouns": sum(len(text.pronouns) for text in known),
        "seconds": round(time.monotonic() - started, 1),
        "code": code_version(),
    }
    corpora = open_sources(config.folders)
    public = {"gap": "gap"} | {source.name: source.public for source in corpora if source.public}
    dataset = {"folders": ["gap", *(source.name for source in corpora)], "licences": licences_of(public)}
    card = render_resolver_card(config.model, classifier.card, dataset, told["n_pronouns"], told["n_texts"])
    resolver.save_pretrained(out, {RECORD: json.dumps(told, indent=2) + "\n", "README.md": card})
    log.info("resolver written to %s", out)
    return out


if __name__ == "__main__":
    launch(train_resolver, ResolverTrainingConfig, "train_resolver")
