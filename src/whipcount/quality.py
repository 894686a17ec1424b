"""``python -m whipcount.quality``: annotated corpora become numbers on how good they are: a table and ``quality.json``."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from whipcount.config import QualityConfig
from whipcount.corpora.annotators import FOLDER, read_annotator
from whipcount.corpora.sources import open_sources
from whipcount.examples.quality import describe_corpus, find_near_duplicates, measure_wording
from whipcount.examples.splits import split_by_story
from whipcount.examples.storage import written_whole
from whipcount.launch import launch
from whipcount.schema import NONE, SPLITS, STANCES, Article, InputError
from whipcount.scoring.agreement import annotation_of, count_rows, measure_agreement
from whipcount.scoring.metrics import share

log = logging.getLogger(__name__)

QUALITY_VERSION = 1
BLIND = "blind"
CORPUS = "corpus"
ALL = "all"
UNDEFINED = "–"


def measure_quality(config: QualityConfig) -> dict[str, Any]:
    """Measure the corpora of ``config.data`` together, write ``config.out`` and return what stands in it.

    Undefined numbers are None. ``wording`` is None where training or development hold too few stances, ``blind`` where
    no corpus has a second annotation in ``annotators/blind``.

    Raises:
        InputError: a folder, an article or a second annotation is malformed, or ``config.out`` is a folder.
    """
    sources = open_sources(config.data.folders)
    articles = split_by_story([article for source in sources for article in source.read()[0]])
    blind = [
        article
        for source in sources
        if (folder := source.folder / FOLDER / BLIND).is_dir()
        for article in read_annotator(folder, [article for article in articles if article.corpus == source.name])
    ]
    report: dict[str, Any] = _json_values(
        {
            "format": "whipcount-quality",
            "version": QUALITY_VERSION,
            "folders": [source.name for source in sources],
            "statistics": {part: asdict(describe_corpus(members)) for part, members in _by_split(articles).items()},
            "near_duplicates": asdict(find_near_duplicates(articles, config.near_duplicate)),
            "wording": _wording(articles),
            "blind": _agreement(articles, blind) if blind else None,
        }
    )
    with written_whole(Path(config.out)) as partial:
        partial.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    log.info("wrote %s", config.out)
    return report


def _by_split(articles: Sequence[Article]) -> dict[str, list[Article]]:
    parts = {split: [article for article in articles if article.split == split] for split in SPLITS}
    return {ALL: list(articles), **{split: members for split, members in parts.items() if members}}


def _wording(articles: Sequence[Article]) -> dict[str, float] | None:
    parts = _by_split(articles)
    try:
        return asdict(measure_wording(parts.get("train", []), parts.get("development", [])))
    except InputError as error:
        log.info("%s", error)
        return None


def _agreement(articles: Sequence[Article], blind: Sequence[Article]) -> dict[str, Any]:
    """Compare the blind annotation with the corpus's own, in all and by split; rows of ``someone`` are left out."""
    own = {article.key: article for article in articles}
    values = {}
    for part, members in _by_split(blind).items():
        annotations = {CORPUS: annotation_of(own[article.key] for article in members), BLIND: annotation_of(members)}
        agreement = measure_agreement(annotations, count_rows(members))
        (pair,) = agreement.pairs
        cells = np.array(pair.confusion)
        cells[NONE, NONE] += agreement.n_rows - cells.sum()  # rows at which neither wrote a stance
        n_both = int(cells[:NONE, :NONE].sum())
        values[part] = {
            "articles": agreement.n_articles,
            "rows": agreement.n_rows,
            "stances": pair.triplets.n_gold,
            "blind_stances": pair.triplets.n_predicted,
            "triplet_f1": pair.triplets.f1,
            "pair_f1": replace(pair.triplets, n_correct=n_both).f1,
            "polarity_agreement": share(pair.triplets.n_correct, n_both),
            "alpha": agreement.alpha,
            "confusion": cells.tolist(),
        }
    return values


def _json_values(value: Any) -> Any:
    """Round numbers to six places and make None of nan, in any depth."""
    if isinstance(value, Mapping):
        return {key: _json_values(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [_json_values(member) for member in value]
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 6)
    return value


def quality_table(report: Mapping[str, Any]) -> RenderableType:
    """Return what ``measure_quality`` found, for the terminal."""
    statistics = report["statistics"]
    blocks: list[RenderableType] = [
        _table(
            f"Corpus ({', '.join(report['folders'])})",
            statistics,
            [name for name in statistics[ALL] if name != "tags"],
        ),
        Text("Tags: " + (", ".join(f"{tag} {n:,}" for tag, n in statistics[ALL]["tags"].items()) or "none") + "\n"),
        Text(_near_duplicates_line(report["near_duplicates"]) + "\n"),
        Text(_wording_line(report["wording"]) + "\n"),
    ]
    if report["blind"] is None:
        return Group(*blocks, Text("No blind annotation."))
    blocks.append(_table("Blind annotation against the corpus's", report["blind"], [n for n in report["blind"][ALL] if n != "confusion"]))
    lines = [
        f"  {gold}: " + ", ".join(f"{count:,} {blind}" for blind, count in zip(STANCES, counts, strict=True))
        for gold, counts in zip(STANCES, report["blind"][ALL]["confusion"], strict=True)
    ]
    return Group(*blocks, Text("\n".join(["What the corpus calls … the blind annotator calls …", *lines])))


def _table(title: str, columns: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title=Text(title), title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    for name in names:
        table.add_row(name.replace("_", " "), *(_number(values[name]) for values in columns.values()))
    return table


def _near_duplicates_line(found: Mapping[str, Any]) -> str:
    largest = found["largest"]
    most = f"the largest overlap is {largest['share']:.3f} ({largest['first']}, {largest['second']})" if largest else "no 5-gram is shared"
    pairs = "".join(f"\n  {pair['share']:.3f} {pair['first']} {pair['second']}" for pair in found["pairs"])
    return f"Near duplicates, more than {found['threshold']:g} of the word 5-grams shared: {len(found['pairs'])}; {most}{pairs}"


def _wording_line(found: Mapping[str, Any] | None) -> str:
    if found is None:
        return "Polarity from the words alone: not measured, too few stances in train or development"
    return (
        f"Polarity from the words alone, names removed: {found['accuracy']:.3f} of {found['n_development']:,} development rows "
        f"(commoner stance {found['majority']:.3f}, one answer per text at best {found['ceiling']:.3f})"
    )


def _number(value: float | None) -> str:
    if value is None:
        return UNDEFINED
    return f"{value:,}" if isinstance(value, int) else f"{value:,.3f}" if value < 10 else f"{value:,.1f}"


def measure_and_show(config: QualityConfig) -> None:
    """Measure and print."""
    Console().print(quality_table(measure_quality(config)), highlight=False)


if __name__ == "__main__":
    launch(measure_and_show, QualityConfig, "quality")
