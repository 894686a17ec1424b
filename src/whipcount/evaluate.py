"""``python -m whipcount.evaluate``: predictions and gold become a report: a page, Markdown, JSON, CSV and figures."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console

from whipcount.config import EvaluateConfig
from whipcount.corpora.annotators import read_annotations
from whipcount.examples.storage import check_replaceable, load_dataset_folder, written_whole
from whipcount.launch import launch
from whipcount.rendering.controls import plot_flips
from whipcount.rendering.networks import plot_network
from whipcount.rendering.page import render_page
from whipcount.rendering.plots import plot_actors, plot_confusion, plot_systems
from whipcount.rendering.reliability import plot_reliability, plot_risk_coverage
from whipcount.rendering.report import render_report
from whipcount.rendering.tables import summary_table, write_per_actor_csv
from whipcount.schema import Article, InputError
from whipcount.scoring.actors import ROLES
from whipcount.scoring.comparison import Draws
from whipcount.scoring.comparison_report import tell_apart
from whipcount.scoring.predictions import Predictions, read_predictions
from whipcount.scoring.report import Report, SplitReport, make_report
from whipcount.scoring.report_json import report_to_json

log = logging.getLogger(__name__)

METRICS = "metrics.json"
PER_ACTOR = "per_actor.csv"
REPORT = "report.md"
PAGE = "report.html"


def evaluate(config: EvaluateConfig) -> Report:
    """Score the predictions of ``config.predictions`` and write the folder ``config.out``, whole or not at all.

    The folder holds ``report.html``, which needs no other file, the same as ``report.md`` with its images, ``metrics.json``
    and ``per_actor.csv``. An older report there is replaced; a folder that holds anything but a report is not.

    Raises:
        InputError: the dataset or a predictions file cannot be used, they do not fit each other, a file is given twice, or
            ``config.out`` is a file or a folder of something else.
    """
    out = Path(config.out)
    check_replaceable(out, PER_ACTOR, "report")
    dataset = load_dataset_folder(Path(config.gold))
    articles = [article for split in config.splits for article in dataset.articles[split]]
    paths = [Path(path) for path in config.predictions]
    predictions = tell_apart([read_predictions(path) for path in paths], paths)
    report = make_report(
        dataset,
        predictions,
        config.splits,
        config.min_support,
        config.allow_missing,
        draws=Draws(config.resamples, config.resamples, config.seed) if config.resamples else None,
        perturbed=_read_perturbed(config.perturbed, predictions[0]),
        annotated=read_annotations(config.annotators, articles),
    )
    for split in report.empty_splits:
        log.warning("%s: no row in the %s split; the report leaves it out", config.gold, split)
    if predictions[0].sparse:
        log.warning(
            "%s: a sparse file, which lacks most rows' probabilities; the report says nothing of calibration and risk", report.systems[0]
        )
    for part in report.splits:
        for scores in part.systems:
            if scores.n_missing:
                log.warning("%s: %d rows of the %s split without a prediction count as wrong", scores.system, scores.n_missing, part.split)
    write_report(report, articles, out, with_text=config.with_text)
    log.info("wrote %s", out)
    return report


def write_report(report: Report, articles: Sequence[Article], out: Path, *, with_text: bool, page: bool = True) -> None:
    """Write the folder of a report, whole or not at all.

    Args:
        report: what to write.
        articles: those of its splits.
        out: the folder; what is there is replaced.
        with_text: show the sentences of the most confident mistakes.
        page: write ``report.html`` too.
    """
    with written_whole(out) as partial:
        partial.mkdir(parents=True)
        titles: dict[str, dict[str, str]] = {}
        for part in report.splits:
            for name, title, figure in _figures(report, part):
                figure.savefig(partial / name)
                titles.setdefault(part.split, {})[name] = title
        (partial / METRICS).write_text(json.dumps(report_to_json(report), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_per_actor_csv(report, partial / PER_ACTOR)
        markdown = render_report(report, titles, articles, with_text=with_text)
        (partial / REPORT).write_text(markdown, encoding="utf-8")
        if page:
            (partial / PAGE).write_text(render_page(markdown, f"Report on {report.systems[0]}", partial), encoding="utf-8")


def _read_perturbed(patterns: Sequence[str], judged: Predictions) -> list[Predictions]:
    """Read the perturbed predictions; those of a model that has been trained anew since are left out."""
    found = [read_predictions(path) for path in _expand(patterns)]
    model = judged.details.get("model")
    fresh = [one for one in found if not model or one.details.get("model", model) == model]
    if len(fresh) < len(found):
        log.warning("%d perturbed predictions are of another model than %s and left out", len(found) - len(fresh), judged.system)
    return fresh


def _expand(patterns: Sequence[str]) -> list[Path]:
    paths = []
    for pattern in patterns:
        found = sorted(glob(pattern))  # noqa: PTH207 - a pattern may begin with a folder
        if not found:
            raise InputError(f"perturbed: {pattern!r} is no file; write such predictions with python -m whipcount.predict perturb=swap")
        paths += [Path(path) for path in found]
    return paths


def _figures(report: Report, part: SplitReport) -> list[tuple[str, str, Figure]]:
    """Return (file name, title, figure) of every image of a split."""
    split, judged = part.split, report.systems[0]
    figures = [(f"systems_{split}.png", f"Systems, {split}", plot_systems(report, split))]
    for role in ROLES:
        figures.append((f"actors_{split}_{role}.png", f"Actors as {role}, {split}", plot_actors(report, split, role)))
    figures.append((f"confusion_{split}.png", f"Confusion, {split}", plot_confusion(report, split)))
    if part.calibration:
        figures.append((f"reliability_{split}.png", f"Reliability, {split}", plot_reliability(part.calibration, judged, split)))
        figures.append((f"risk_{split}.png", f"Risk against coverage, {split}", plot_risk_coverage(part.calibration, judged, split)))
    if part.controls:
        figures.append((f"flips_{split}.png", f"Name-swap flips, {split}", plot_flips(part.controls)))
    for article in _busiest_articles(part):
        name = re.sub(r"[^\w.-]", "_", f"network_{split}_{article}.png")
        figures.append((name, f"Stances in {article}", plot_network(report, split, article)))
    return figures


def _busiest_articles(part: SplitReport) -> list[str]:
    """Return, for each corpus of the split, the article with most gold stances; one network says more than fifty."""
    n_gold: dict[str, int] = {}
    for row in part.stances:
        n_gold[row.article] = n_gold.get(row.article, 0) + (row.gold != "none")
    best: dict[str, str] = {}
    for article in sorted(n_gold, key=lambda article: (-n_gold[article], article)):
        best.setdefault(article.split("/")[0], article)
    return sorted(best.values())


def evaluate_and_show(config: EvaluateConfig) -> None:
    """Evaluate and print the summary with where everything lies."""
    report = evaluate(config)
    console = Console()
    console.print(summary_table(report))
    out = Path(config.out)
    places = {"dataset": Path(config.gold), "model": out.parent / "model", "report": out / PAGE}
    for name, path in places.items():
        if path.exists():
            console.print(f"{name:>8}  {path}", highlight=False)


if __name__ == "__main__":
    launch(evaluate_and_show, EvaluateConfig, "evaluate")
