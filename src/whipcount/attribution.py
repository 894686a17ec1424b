"""``python -m whipcount.attribution``: how well rules find who is said to say what, and whom pronouns mean; recorded without any text.

Measured on PolNeAR and GAP.
"""

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
from whipcount.corpora.gap import AmbiguousPronoun, read_gap
from whipcount.corpora.polnear import AttributedText, read_polnear
from whipcount.corpora.public import locate_corpus, note_licence
from whipcount.examples.storage import check_replaceable, fingerprint, written_whole
from whipcount.launch import code_version, launch
from whipcount.reading.actors import find_actors
from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.schema import InputError, Span
from whipcount.scoring.attributions import agreement, score_attributions
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.pronouns import score_pronouns
from whipcount.scoring.values import number, triplet_values

log = logging.getLogger(__name__)

METRICS = "attribution.json"


def measure(config: AttributionConfig) -> Path:
    """Tag a part of PolNeAR and link the pronouns of one of GAP, score what is found, write the record; return its folder.

    A text that several people annotated is scored by the first of their codes; how far such people agree is given beside, for every
    part that is at hand.

    Raises:
        InputError: a corpus or a part is not at hand; something else than such a record stands in ``config.out``.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "record")
    note_licence("polnear")
    note_licence("gap")
    everything, losses = read_polnear(locate_corpus("polnear"))
    ambiguous = read_gap(locate_corpus("gap"), config.gap_part)
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
        "pronouns": _pronouns(ambiguous),
    }
    manifest = {
        "texts": fingerprint([asdict(text) for text in texts], [asdict(one) for one in ambiguous]),
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


def _pronouns(ambiguous: Sequence[AmbiguousPronoun]) -> dict[str, Any]:
    """Return how well the pronouns of GAP are linked to names."""
    answers = [meant_names(one.text, one.pronoun, one.names) for one in tqdm(ambiguous, desc="link", unit="pronoun", disable=None)]
    scores = score_pronouns([one.means for one in ambiguous], answers, [one.feminine for one in ambiguous])
    return {
        "part": ambiguous[0].part,
        "n": len(ambiguous),
        **{part: triplet_values(getattr(scores, part)) for part in ("overall", "masculine", "feminine")},
        "feminine_over_masculine": number(scores.bias),
    }


def meant_names(text: str, pronoun: Span, names: tuple[Span, Span]) -> tuple[bool, bool]:
    """Return for each of two names of a text whether reading links a pronoun to the actor whose name it is."""
    paragraphs = parse(text)
    roster = find_actors(text, paragraphs, split_sentences(text, paragraphs))
    actors = {mention.actor for mention in roster.mentions if mention.start_char == pronoun.start_char}

    def meant(name: Span) -> bool:
        return any(m.actor in actors and m.start_char < name.end_char and name.start_char < m.end_char for m in roster.mentions)

    return meant(names[0]), meant(names[1])


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
    return {"n_texts": len(several), "scores": _values({name: PrecisionRecallF1(**counts) for name, counts in totals.items()})}


def _values(scores: dict[str, PrecisionRecallF1]) -> dict[str, dict[str, Any]]:
    return {name: triplet_values(score) for name, score in scores.items()}


if __name__ == "__main__":
    launch(measure, AttributionConfig, "attribution")
