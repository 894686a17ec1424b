"""``python -m whipcount.pronouns``: whom "he" and "she" mean, by the grammar alone and with resolvers; recorded without any text.

Measured on GAP, and on a corpus of news whose pronouns are annotated.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from whipcount.config import PronounConfig
from whipcount.corpora.gap import read_gap
from whipcount.corpora.public import locate_corpus
from whipcount.corpora.sources import open_source
from whipcount.examples.splits import read_with_splits
from whipcount.examples.storage import check_replaceable, fingerprint
from whipcount.launch import code_version, launch, write_record
from whipcount.modeling.own_rosters import gold_ids
from whipcount.modeling.pronoun_examples import PronounText, annotated_pronouns, parse_source
from whipcount.modeling.resolver import RECORD, PronounResolver
from whipcount.reading.actors import Roster, find_actors
from whipcount.reading.antecedents import Resolver
from whipcount.rendering.markdown import counted
from whipcount.rendering.pronoun_record import render_pronoun_record
from whipcount.schema import PRONOUN, Article, InputError, Span
from whipcount.scoring.pronouns import score_pronouns
from whipcount.scoring.values import number, triplet_values

METRICS = "pronouns.json"
GRAMMAR = "grammar"


def measure(config: PronounConfig) -> Path:
    """Link the pronouns of a part of GAP and of news, score them, write the record; return its folder.

    Raises:
        InputError: a corpus, a part or a resolver is not at hand; something else than such a record stands in ``config.out``.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "record")
    resolvers: dict[str, Resolver | None] = {GRAMMAR: None}
    told = {}
    for folder in map(Path, config.resolvers):
        name, record = name_of(folder)
        if name in resolvers:
            raise InputError(f"resolvers: two of them would be called {name!r} in the record; measure one at a time")
        told[name], resolvers[name] = record, PronounResolver.from_pretrained(folder)
    ambiguous = read_gap(locate_corpus("gap"), config.gap_part)
    source = open_source(config.news)
    articles = [article for article in read_with_splits(source) if article.split == config.split]
    pronouns = [annotated_pronouns(article) for article in articles]
    if not any(pronouns):
        raise InputError(f"{config.news}: no pronoun is annotated in its {config.split} part; give another corpus or part")
    texts = [parse_source(one) for one in tqdm([*ambiguous, *articles], desc="parse", unit="text", disable=None)]
    n_words = sum(len(text.source.text.split()) for text in texts)
    metrics = {
        "gap": {"part": config.gap_part, "n": len(ambiguous)},
        "news": {"corpus": source.name, "split": config.split, "n_articles": len(articles), "n": sum(map(len, pronouns))},
        "systems": {},
    }
    for name, resolver in resolvers.items():
        started = time.monotonic()
        rosters = [_read(text, resolver) for text in tqdm(texts, desc=name, unit="text", disable=None)]
        seconds = time.monotonic() - started
        answers = [meant_names(roster, one.pronoun, one.names) for roster, one in zip(rosters, ambiguous, strict=False)]
        scores = score_pronouns([one.means for one in ambiguous], answers, [one.feminine for one in ambiguous])
        linked, right = _news(articles, rosters[len(ambiguous) :])
        metrics["systems"][name] = {
            **{part: triplet_values(getattr(scores, part)) for part in ("overall", "masculine", "feminine")},
            "feminine_over_masculine": number(scores.bias),
            "news": {"n_linked": linked, "n_right": right},
            "seconds_per_400_words": round(400 * seconds / max(n_words, 1), 3),
        }
    manifest = {
        "texts": fingerprint([asdict(one) for one in ambiguous], [asdict(one) for one in articles]),
        "resolvers": told,
        "code": code_version(),
        "versions": {package: version(package) for package in ("whipcount", "spacy", "torch")} | {"python": platform.python_version()},
    }
    write_record(out, METRICS, metrics, manifest, render_pronoun_record(out.name, metrics, manifest))
    return out


def name_of(folder: Path) -> tuple[str, dict[str, Any]]:
    """Return what a resolver is called in the record, and what ``train_resolver`` wrote down beside it."""
    path = folder / RECORD
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    config: Mapping[str, Any] = told.get("config", {})
    if not config:
        return folder.name, told
    return f"resolver ({told['encoder']}), {counted(config['epochs'], 'epoch')}, seed {config['seed']}", told


def _read(text: PronounText, resolver: Resolver | None) -> Roster:
    return find_actors(text.source.text, text.paragraphs, text.sentences, resolver=resolver)


def meant_names(roster: Roster, pronoun: Span, names: tuple[Span, Span]) -> tuple[bool, bool]:
    """Return for each of two names of a text whether reading links a pronoun to the actor whose name it is."""
    actors = {mention.actor for mention in roster.mentions if mention.start_char == pronoun.start_char}

    def meant(name: Span) -> bool:
        return any(m.actor in actors and m.start_char < name.end_char and name.start_char < m.end_char for m in roster.mentions)

    return meant(names[0]), meant(names[1])


def _news(articles: Sequence[Article], rosters: Sequence[Roster]) -> tuple[int, int]:
    """Return how many annotated pronouns are linked to somebody, and how many to the right actor."""
    n_linked = n_right = 0
    for article, roster in zip(articles, rosters, strict=True):
        gold_of = gold_ids(article, roster)
        linked = {mention.start_char: mention.actor for mention in roster.mentions if mention.why == PRONOUN}
        for mention in annotated_pronouns(article):
            if mention.start_char in linked:
                n_linked += 1
                n_right += gold_of.get(linked[mention.start_char]) == mention.actor
    return n_linked, n_right


if __name__ == "__main__":
    launch(measure, PronounConfig, "pronouns")
