"""``python -m whipcount.attribution``: how well rules and models find who is said to say what, and who speaks; recorded without any text.

Measured on PolNeAR, and on a corpus whose quotations have their speakers.
"""

from __future__ import annotations

import json
import platform
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from tqdm.auto import tqdm

from whipcount.config import AttributionConfig
from whipcount.corpora.polnear import AttributedText, first_readings, read_polnear
from whipcount.corpora.public import locate_corpus
from whipcount.corpora.sources import open_source
from whipcount.corpora.speakers import read_speakers
from whipcount.examples.splits import read_with_splits
from whipcount.examples.storage import check_replaceable, fingerprint
from whipcount.launch import code_version, launch, write_record
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.folders import first_encoder
from whipcount.modeling.own_rosters import gold_ids, read_roster
from whipcount.modeling.resolver import PronounResolver
from whipcount.reading.actors import find_actors
from whipcount.reading.antecedents import Resolver
from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.attributions import Attribution
from whipcount.reading.hearing import filled
from whipcount.reading.parsing import Paragraph, parse
from whipcount.reading.quotes import find_quotations
from whipcount.reading.speakers import find_speakers
from whipcount.reading.surroundings import Surroundings
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.rendering.markdown import counted
from whipcount.schema import Article, InputError, Mention, Span
from whipcount.scoring.attributions import agreement, score_attributions
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.records import MANIFEST
from whipcount.scoring.speakers import SpeakerScores, score_speakers
from whipcount.scoring.values import number, triplet_values

METRICS = "attribution.json"


def measure(config: AttributionConfig) -> Path:
    """Tag a part of PolNeAR, find the speakers of quotations, score what is found, write the record; return its folder.

    A text that several people annotated is scored by the first of their codes; how far such people agree is given beside, for every
    part that is at hand.

    Raises:
        InputError: a corpus or a part is not at hand, or has no quotations whose speakers are told; something else than such a record
            stands in ``config.out``.
    """
    out = Path(config.out)
    for marker in (METRICS, MANIFEST):  # a model whose head has learnt attributions holds the first
        check_replaceable(out, marker, "record")
    everything, losses = read_polnear(locate_corpus("polnear"))
    texts = first_readings(everything, config.split)
    if not texts:
        raise InputError(f"PolNeAR has no {config.split} part here; give split=development or split=train")
    quoted = _quoted(config)
    gold = [text.attributions for text in texts]
    n_words = sum(len(text.text.split()) for text in texts)
    systems = {"rules": _tag(gold, n_words, lambda: [_by_rules(text.text) for text in tqdm(texts, desc="rules", disable=None)])}
    models = _named([Path(folder) for folder in config.models])
    for name, folder in models.items():
        systems[name] = _tag(gold, n_words, partial(_by_model, folder, texts))
    metrics = {
        "split": config.split,
        "n_texts": len(texts),
        "n_attributions": sum(len(text.attributions) for text in texts),
        "systems": systems,
        "annotators": {split: _agreement(everything, split) for split in dict.fromkeys(text.split for text in everything)},
        "left_out": dict(losses),
        "speakers": _speakers(config, quoted, models),
    }
    manifest = {
        "texts": fingerprint([asdict(text) for text in texts]),
        "models": {name: _record(folder) for name, folder in models.items()},
        "code": code_version(),
        "versions": {package: version(package) for package in ("whipcount", "spacy", "torch")} | {"python": platform.python_version()},
    }
    write_record(out, METRICS, metrics, manifest, render_attribution_record(out.name, metrics, manifest))
    return out


def _tag(gold: Sequence[Sequence[Attribution]], n_words: int, find: Callable[[], Sequence[Sequence[Attribution]]]) -> dict[str, Any]:
    """Return the scores of what is found, and how long finding it takes."""
    started = time.monotonic()
    found = find()
    seconds = time.monotonic() - started
    return {"scores": _values(score_attributions(gold, found)), "seconds_per_400_words": round(400 * seconds / max(n_words, 1), 3)}


def _by_rules(text: str) -> tuple[Attribution, ...]:
    return find_attributions(text, parse(text))


def _by_model(folder: Path, texts: Sequence[AttributedText]) -> list[tuple[Attribution, ...]]:
    return _attributions(
        folder, [read_roster("polnear", text.id, text.text) for text in tqdm(texts, desc="read", unit="text", disable=None)]
    )


def _attributions(folder: Path, articles: Sequence[Article]) -> list[tuple[Attribution, ...]]:
    classifier = StanceClassifier.from_pretrained(folder)
    if not classifier.finds_attributions:
        raise InputError(f"{folder}: the model has no head for attributions; give it one with 'python -m whipcount.train_attribution'")
    return [told.attributions for told in classifier.read_articles(articles, progress=True, own_roster=True)]


def _record(folder: Path) -> dict[str, Any]:
    """Return what ``train_attribution`` wrote down beside a model."""
    path = folder / "attribution.json"
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


def name_of(folder: Path) -> str:
    """Return what a model's head is called in the record: its encoder, what it learnt from, how many layers are its own, and its seed."""
    told = _record(folder)
    if not told:
        return folder.name
    config = told["config"]
    learnt = f"{counted(told['n_texts'], 'text')}, {counted(config['layers'], 'own layer')}, seed {config['seed']}"
    return f"{Path(first_encoder(folder) or 'learnt').name}, {learnt}"


def _named(folders: Sequence[Path]) -> dict[str, Path]:
    """Return the folders by what their heads are called.

    Raises:
        InputError: two of them are called the same; one would take the place of the other.
    """
    named = {name_of(folder): folder for folder in folders}
    if len(named) < len(folders):
        raise InputError(f"models: two of {len(folders)} heads would be called the same in the record; measure one at a time")
    return named


class _Quoted(NamedTuple):
    """Articles of a corpus, and by the id of each who says its quotations."""

    corpus: str
    articles: list[Article]
    gold: Mapping[str, Mapping[Span, str]]


def _quoted(config: AttributionConfig) -> _Quoted:
    source = open_source(config.quotations)
    everything = [article for article in read_with_splits(source) if article.split == config.split]
    gold = read_speakers(source.folder, everything)
    if not gold:
        raise InputError(
            f"{source.name}: no article of its {config.split} part has quotations whose speakers are told; give another corpus or part"
        )
    return _Quoted(source.name, [article for article in everything if article.id in gold], gold)


def _speakers(config: AttributionConfig, quoted: _Quoted, models: Mapping[str, Path]) -> dict[str, Any]:
    """Return how often the speakers of a corpus's quotations are found, by rules, and with what models find where rules know nobody.

    Each with the gold actors and their mentions (``oracle``), with those that reading finds (``own``), and, where there is a resolver of
    pronouns, with those that reading finds with it (``resolved``).
    """
    corpus, articles, gold = quoted
    resolver = PronounResolver.from_pretrained(config.resolver) if config.resolver else None
    readings = [_parsed(article, resolver) for article in articles]
    told = {"rules": [find_attributions(article.text, reading.paragraphs) for article, reading in zip(articles, readings, strict=True)]}
    for name, folder in models.items():
        told[name] = _attributions(folder, [read_roster(corpus, one.id, one.text) for one in articles])
    scores: dict[str, dict[str, Any]] = {}
    for name, attributions in told.items():
        totals = {roster: SpeakerScores() for roster in readings[0].rosters}
        for article, reading, by_rules, found in zip(articles, readings, told["rules"], attributions, strict=True):
            quotations = find_quotations(article.text)
            for roster, (mentions, gold_of) in reading.rosters.items():
                said = find_speakers(Surroundings(article.text, reading.paragraphs, quotations, mentions, by_rules), quotations)
                if found is not by_rules:
                    places = Surroundings(article.text, reading.paragraphs, quotations, mentions, found)
                    said = filled(said, find_speakers(places, quotations))
                totals[roster] += score_speakers(gold[article.id], tuple(said), gold_of)
        scores[name] = {roster: asdict(total) | {"accuracy": number(total.accuracy)} for roster, total in totals.items()}
    return {"corpus": corpus, "n_articles": len(articles), "systems": scores}


class _Read(NamedTuple):
    """A parsed article, and by roster its mentions with the gold id of each actor: the annotated ones, and those that reading finds."""

    paragraphs: Sequence[Paragraph]
    rosters: dict[str, tuple[Sequence[Mention], Mapping[str, str]]]


def _parsed(article: Article, resolver: Resolver | None) -> _Read:
    paragraphs = parse(article.text, article.furniture)
    annotated = sorted(article.mentions, key=lambda mention: mention.start_char)
    rosters: dict[str, tuple[Sequence[Mention], Mapping[str, str]]] = {"oracle": (annotated, {a.id: a.id for a in article.actors})}
    for name, one in {"own": None, **({"resolved": resolver} if resolver else {})}.items():
        found = find_actors(article.text, paragraphs, article.sentences, resolver=one)
        rosters[name] = found.mentions, gold_ids(article, found)
    return _Read(paragraphs, rosters)


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
