"""``python -m whipcount.raw``: articles read raw, beside the gold; recorded with settings and manifest, without any text."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from tqdm.auto import tqdm

from whipcount.config import RawConfig
from whipcount.corpora.transfer import carry_over
from whipcount.examples.splits import development_articles
from whipcount.examples.storage import check_replaceable, fingerprint_articles
from whipcount.launch import launch, made_with, recorded_settings, write_record
from whipcount.rendering.raw_record import render_raw_record
from whipcount.schema import Actor, Article, InputError, Mention, Reading, Span
from whipcount.scoring.raw_report import report_corpus

log = logging.getLogger(__name__)

METRICS = "raw.json"
PLACES = ("out", "model", "article", "corpora")
"""Settings that are a path or some: the record keeps the last part of it."""
PACKAGES = ("whipcount", "torch", "transformers", "spacy", "scorch")


class RawReader(Protocol):
    """What reads raw text, with the roster that it finds or a given one; ``pipeline.StancePipeline`` does."""

    def __call__(self, text: str, /) -> Reading:
        """Return the reading of one text."""
        ...

    def read_with_roster(
        self, text: str, actors: Sequence[Actor], mentions: Sequence[Mention] = (), sentences: Sequence[Span] | None = None
    ) -> Reading:
        """Return the reading of one text with these actors."""
        ...


def measure(config: RawConfig) -> Path:
    """Read the corpora with the model of ``config.model`` and record how it does; see ``record``."""
    from whipcount.pipeline import StancePipeline

    reader = StancePipeline.from_pretrained(config.model)
    return record(config, reader, str(reader.classifier.model.device))


def record(config: RawConfig, reader: RawReader, device: str) -> Path:
    """Read every corpus, score the readings, write the record; return its folder.

    A public corpus that is not at hand is logged, named in the record and passed over.

    Args:
        config: all settings.
        reader: a trained model's.
        device: on which it reads, for the record.

    Raises:
        InputError: a corpus is unknown, not fully annotated or empty; no corpus is at hand; ``config.article`` is not the article's text;
            something else than such a record stands in ``config.out``.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "record")
    articles, skipped = _gather(config)
    corpora = {name: _measure_corpus(config, reader, members) for name, members in articles.items()}
    metrics = {"corpora": corpora, "skipped": skipped}
    settings = recorded_settings(config, PLACES)
    manifest = {
        "articles": fingerprint_articles(article for members in articles.values() for article in members),
        **made_with(Path(config.model), PACKAGES, device),
    }
    write_record(out, METRICS, metrics, manifest, render_raw_record(out.name, metrics, settings, manifest), settings)
    return out


def _gather(config: RawConfig) -> tuple[dict[str, list[Article]], dict[str, str]]:
    """Return the articles to read by corpus, and why a corpus is passed over."""
    found, skipped = development_articles(config.corpora, config.max_articles)
    articles = {name: [_as_found(config, article) for article in members] for name, members in found.items()}
    if config.article and not any(article.key == config.annotated for members in articles.values() for article in members):
        raise InputError(f"no corpus holds {config.annotated!r}, of which {config.article} is to be a copy; mend annotated or corpora")
    return articles, skipped


def _as_found(config: RawConfig, article: Article) -> Article:
    """Return the article, the one that ``config.article`` is a copy of with that file's text."""
    if not config.article or article.key != config.annotated:
        return article
    try:
        return carry_over(article, Path(config.article).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise InputError(f"{config.article}: cannot be read ({error.strerror}); name the raw text of {article.key}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{config.article}: not UTF-8 at byte {error.start}; save the file as UTF-8") from None


def _measure_corpus(config: RawConfig, reader: RawReader, articles: Sequence[Article]) -> dict[str, Any]:
    """Return the measures of a corpus and the time of reading it, the first reading not counted."""
    reader(articles[0].text)
    own, oracle, seconds = [], [], []
    for article in tqdm(articles, desc=articles[0].corpus, unit="article", disable=None):
        started = time.perf_counter()
        own.append(reader(article.text))
        seconds.append(time.perf_counter() - started)
        oracle.append(reader.read_with_roster(article.text, article.actors, sentences=own[-1].sentences))
    log.info("%s: %d articles in %.1f s", articles[0].corpus, len(articles), sum(seconds))
    report = report_corpus(articles, own, oracle, n_sentences=config.n_sentences, n_resamples=config.resamples, seed=config.seed)
    n_words = [len(article.text.split()) for article in articles]
    return report | {
        "seconds": {
            "median": round(statistics.median(seconds), 3),
            "longest": round(max(seconds), 3),
            "median_words": statistics.median(n_words),
            "per_400_words": round(400 * sum(seconds) / sum(n_words), 3),
        }
    }


if __name__ == "__main__":
    launch(measure, RawConfig, "raw")
