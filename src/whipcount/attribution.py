"""``python -m whipcount.attribution``: how well rules find who is said to say what, and whom pronouns mean; recorded without any text.

Measured on PolNeAR and GAP.
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
from whipcount.corpora.gap import AmbiguousPronoun, read_gap
from whipcount.corpora.polnear import AttributedText, first_readings, read_polnear
from whipcount.corpora.public import locate_corpus, note_licence
from whipcount.corpora.sources import open_source
from whipcount.corpora.speakers import read_speakers
from whipcount.examples.storage import check_replaceable, fingerprint
from whipcount.launch import code_version, launch, write_record
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.own_rosters import read_roster
from whipcount.reading.actors import find_actors
from whipcount.reading.attribution_rules import find_attributions
from whipcount.reading.attributions import Attribution
from whipcount.reading.parsing import Paragraph, parse
from whipcount.reading.quotes import find_quotations
from whipcount.reading.sentences import split_sentences
from whipcount.reading.speakers import find_speakers
from whipcount.rendering.attribution_record import render_attribution_record
from whipcount.rendering.markdown import counted
from whipcount.schema import Article, InputError, Mention, Reading, Span
from whipcount.scoring.attributions import agreement, score_attributions
from whipcount.scoring.metrics import PrecisionRecallF1
from whipcount.scoring.pronouns import score_pronouns
from whipcount.scoring.rosters import match_rosters
from whipcount.scoring.speakers import SpeakerScores, score_speakers
from whipcount.scoring.values import number, triplet_values

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
    texts = first_readings(everything, config.split)
    if not texts:
        raise InputError(f"PolNeAR has no {config.split} part here; give split=development or split=train")
    gold = [text.attributions for text in texts]
    n_words = sum(len(text.text.split()) for text in texts)
    systems = {"rules": _tag(gold, n_words, lambda: [_by_rules(text.text) for text in tqdm(texts, desc="rules", disable=None)])}
    folders = [Path(folder) for folder in config.models]
    for folder in folders:
        systems[name_of(folder)] = _tag(gold, n_words, partial(_by_model, folder, texts))
    metrics = {
        "split": config.split,
        "n_texts": len(texts),
        "n_attributions": sum(len(text.attributions) for text in texts),
        "systems": systems,
        "annotators": {split: _agreement(everything, split) for split in dict.fromkeys(text.split for text in everything)},
        "left_out": dict(losses),
        "pronouns": _pronouns(ambiguous),
        "speakers": _speakers(config, folders),
    }
    manifest = {
        "texts": fingerprint([asdict(text) for text in texts], [asdict(one) for one in ambiguous]),
        "models": {name_of(folder): _record(folder) for folder in folders},
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
    """Return what a model's head is called in the record: what it learnt from, how many layers it has for itself, and its seed."""
    told = _record(folder)
    if not told:
        return folder.name
    config = told["config"]
    return f"learnt from {counted(told['n_texts'], 'text')}, {counted(config['layers'], 'own layer')}, seed {config['seed']}"


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


def _speakers(config: AttributionConfig, folders: Sequence[Path]) -> dict[str, Any]:
    """Return how often the speakers of a corpus's quotations are found, from the attributions of rules and of models.

    Each with the gold actors and their mentions (``oracle``) and with those that reading finds (``own``).
    """
    source = open_source(config.quotations)
    everything = [article for article in source.read()[0] if article.split == config.split]
    gold = read_speakers(source.folder, everything)
    articles = [article for article in everything if article.id in gold]
    readings = [_parsed(article) for article in articles]
    told = {"rules": [find_attributions(article.text, reading.paragraphs) for article, reading in zip(articles, readings, strict=True)]}
    for folder in folders:
        told[name_of(folder)] = _attributions(folder, [read_roster(source.name, one.id, one.text) for one in articles])
    scores: dict[str, dict[str, Any]] = {}
    for name, attributions in told.items():
        totals = {"oracle": SpeakerScores(), "own": SpeakerScores()}
        for article, reading, found in zip(articles, readings, attributions, strict=True):
            for roster, (mentions, gold_of) in {"oracle": reading.oracle, "own": reading.own}.items():
                said = find_speakers(article.text, reading.paragraphs, find_quotations(article.text), found, mentions)
                totals[roster] += score_speakers(gold[article.id], tuple(said), gold_of)
        scores[name] = {roster: asdict(total) | {"accuracy": number(total.accuracy)} for roster, total in totals.items()}
    return {"corpus": source.name, "n_articles": len(articles), "systems": scores}


class _Read(NamedTuple):
    """A parsed article, and its mentions with the gold id of each actor: the annotated ones, and those that reading finds."""

    paragraphs: Sequence[Paragraph]
    oracle: tuple[Sequence[Mention], Mapping[str, str]]
    own: tuple[Sequence[Mention], Mapping[str, str]]


def _parsed(article: Article) -> _Read:
    paragraphs = parse(article.text)
    found = find_actors(article.text, paragraphs, article.sentences)
    reading = Reading(text=article.text, sentences=article.sentences, actors=found.actors, mentions=found.mentions)
    annotated = sorted(article.mentions, key=lambda mention: mention.start_char)
    return _Read(
        paragraphs,
        (annotated, {actor.id: actor.id for actor in article.actors}),
        (found.mentions, match_rosters(reading, article, "lenient").gold_of),
    )


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
