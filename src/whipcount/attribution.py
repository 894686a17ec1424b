"""``python -m whipcount.attribution``: how well the rules find who is said to say what, on PolNeAR; recorded without any text."""

from __future__ import annotations

import json
import logging
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from whipcount.config import AttributionConfig
from whipcount.corpora.polnear import AttributedText, read_polnear
from whipcount.corpora.public import locate_corpus, note_licence
from whipcount.examples.storage import check_replaceable, fingerprint, written_whole
from whipcount.launch import code_version, launch
from whipcount.reading.attribution import find_attributions
from whipcount.reading.parsing import parse
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.schema import InputError
from whipcount.scoring.attributions import SpanScore, agreement, score_attributions

log = logging.getLogger(__name__)

METRICS = "attribution.json"


def measure(config: AttributionConfig) -> Path:
    """Tag a part of PolNeAR by rules, score what is found, write the record; return its folder.

    A text that several people annotated is scored by the first of their codes; how far such people agree is given beside, for every
    part that is at hand.

    Raises:
        InputError: the corpus or the part is not at hand; something else than such a record stands in ``config.out``.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "record")
    note_licence("polnear")
    everything, losses = read_polnear(locate_corpus("polnear"))
    texts = list({text.id: text for text in reversed(everything) if text.split == config.split}.values())[::-1]
    if not texts:
        raise InputError(f"PolNeAR has no {config.split} part here; give split=development or split=train")
    started = time.monotonic()
    found = [find_attributions(text.text, parse(text.text)) for text in tqdm(texts, desc="tag", unit="text", disable=None)]
    seconds = time.monotonic() - started
    n_words = sum(len(text.text.split()) for text in texts)
    metrics = {
        "split": config.split,
        "n_texts": len(texts),
        "n_attributions": sum(len(text.attributions) for text in texts),
        "rules": _values(score_attributions([text.attributions for text in texts], found)),
        "annotators": {split: _agreement(everything, split) for split in dict.fromkeys(text.split for text in everything)},
        "seconds_per_400_words": round(400 * seconds / max(n_words, 1), 3),
        "left_out": dict(losses),
    }
    manifest = {
        "texts": fingerprint([asdict(text) for text in texts]),
        "code": code_version(),
        "versions": {package: version(package) for package in ("whipcount", "spacy")} | {"python": platform.python_version()},
    }
    with written_whole(out) as partial:
        partial.mkdir(parents=True)
        (partial / METRICS).write_text(json.dumps(metrics, indent=1) + "\n", encoding="utf-8")
        (partial / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
        (partial / "README.md").write_text(render_attribution_record(out.name, metrics, manifest), encoding="utf-8")
    log.info("recorded in %s", out)
    return out


def _agreement(texts: Sequence[AttributedText], split: str) -> dict[str, Any]:
    """Return how many texts of a part several people annotated, and how far they agree."""
    readings: dict[str, list[AttributedText]] = defaultdict(list)
    for text in texts:
        if text.split == split:
            readings[text.id].append(text)
    several = [[one.attributions for one in members] for members in readings.values() if len(members) > 1]
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for members in several:
        for name, score in agreement(members).items():
            totals[name].update(asdict(score))
    return {"n_texts": len(several), "scores": _values({name: SpanScore(**counts) for name, counts in totals.items()})}


def _values(scores: dict[str, SpanScore]) -> dict[str, dict[str, float]]:
    rates = ("precision", "recall", "f1")
    return {name: asdict(score) | {rate: round(getattr(score, rate), 6) for rate in rates} for name, score in scores.items()}


if __name__ == "__main__":
    launch(measure, AttributionConfig, "attribution")
