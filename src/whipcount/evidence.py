"""``python -m whipcount.evidence``: how many stances change when their evidence is blanked, recorded without any text."""

from __future__ import annotations

from pathlib import Path

from tqdm.auto import tqdm

from whipcount.config import EvidenceConfig
from whipcount.examples.splits import development_articles
from whipcount.examples.storage import check_replaceable, fingerprint_articles
from whipcount.launch import launch, made_with, recorded_settings, write_record
from whipcount.modeling.blanking import read_blanked
from whipcount.modeling.classifier import StanceClassifier
from whipcount.rendering.evidence_record import render_evidence_record
from whipcount.scoring.evidence import score_evidence

METRICS = "evidence.json"
PLACES = ("out", "model", "corpora")
"""Settings that are a path or some: the record keeps the last part of it."""
PACKAGES = ("whipcount", "torch", "transformers", "spacy")


def measure(config: EvidenceConfig) -> Path:
    """Read the corpora's articles with a model, each stance again with words blanked; write the record and return its folder.

    A public corpus that is not at hand is logged, named in the record and passed over.

    Raises:
        InputError: there is no usable model; a corpus is unknown, not fully annotated or empty; no corpus is at hand; something else
            than such a record stands in ``config.out``.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "record")
    articles, skipped = development_articles(config.corpora, config.max_articles)
    classifier = StanceClassifier.from_pretrained(config.model, attribution=False)
    corpora = {}
    for name, members in articles.items():
        reading = tqdm(members, desc=name, unit="article", disable=None)
        stances = [one for article in reading for one in read_blanked(classifier, article, config.draws, config.seed)]
        scores = score_evidence(stances, n_resamples=config.resamples, seed=config.seed)
        corpora[name] = {"n_articles": len(members), **scores}
    metrics = {"corpora": corpora, "skipped": skipped}
    settings = recorded_settings(config, PLACES)
    manifest = {
        "articles": fingerprint_articles(article for members in articles.values() for article in members),
        **made_with(Path(config.model), PACKAGES, str(classifier.model.device)),
    }
    write_record(out, METRICS, metrics, manifest, render_evidence_record(out.name, metrics, settings, manifest), settings)
    return out


if __name__ == "__main__":
    launch(measure, EvidenceConfig, "evidence")
