"""``python -m whipcount.evaluate``: predictions and gold become a report: metrics.json, per_actor.csv, report.md, figures."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console

from whipcount.config import EvaluateConfig
from whipcount.examples.storage import check_replaceable, load_dataset_folder, written_whole
from whipcount.launch import launch
from whipcount.rendering.networks import plot_network
from whipcount.rendering.plots import plot_actors, plot_confusion
from whipcount.rendering.tables import render_markdown, summary_table, write_per_actor_csv
from whipcount.scoring.actors import ROLES
from whipcount.scoring.predictions import read_predictions
from whipcount.scoring.report import Report, SplitReport, make_report, report_to_json

log = logging.getLogger(__name__)

METRICS = "metrics.json"
PER_ACTOR = "per_actor.csv"
REPORT = "report.md"


def evaluate(config: EvaluateConfig) -> Report:
    """Score the predictions of ``config.predictions`` and write the folder ``config.out``, whole or not at all.

    The folder holds ``metrics.json``, ``per_actor.csv``, ``report.md`` and its images. An older report there is replaced;
    a folder that holds anything but a report is not.

    Raises:
        InputError: the dataset or a predictions file cannot be used, they do not fit each other, or ``config.out`` is
            a file or a folder of something else.
    """
    out = Path(config.out)
    check_replaceable(out, METRICS, "report")
    dataset = load_dataset_folder(Path(config.gold))
    predictions = [read_predictions(Path(path)) for path in config.predictions]
    report = make_report(dataset, predictions, config.splits, config.min_support, config.allow_missing)
    for split in report.empty_splits:
        log.warning("%s: no row in the %s split; the report leaves it out", config.gold, split)
    for part in report.splits:
        for scores in part.systems:
            if scores.n_missing:
                log.warning("%s: %d rows of the %s split without a prediction count as wrong", scores.system, scores.n_missing, part.split)
    with written_whole(out) as partial:
        partial.mkdir(parents=True)
        titles = {}
        for name, title, figure in _figures(report):
            figure.savefig(partial / name)
            titles[name] = title
        (partial / METRICS).write_text(json.dumps(report_to_json(report), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_per_actor_csv(report, partial / PER_ACTOR)
        (partial / REPORT).write_text(render_markdown(report, titles), encoding="utf-8")
    log.info("wrote %s", out)
    return report


def _figures(report: Report) -> list[tuple[str, str, Figure]]:
    """Return (file name, title, figure) of every image of the report."""
    figures = []
    for part in report.splits:
        for role in ROLES:
            figures.append((f"actors_{part.split}_{role}.png", f"Actors as {role}, {part.split}", plot_actors(report, part.split, role)))
        figures.append((f"confusion_{part.split}.png", f"Confusion, {part.split}", plot_confusion(report, part.split)))
        for article in _busiest_articles(part):
            name = re.sub(r"[^\w.-]", "_", f"network_{part.split}_{article}.png")
            figures.append((name, f"Stances in {article}", plot_network(report, part.split, article)))
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
    places = {"dataset": Path(config.gold), "model": out.parent / "model", "report": out / REPORT}
    for name, path in places.items():
        if path.exists():
            console.print(f"{name:>8}  {path}", highlight=False)


if __name__ == "__main__":
    launch(evaluate_and_show, EvaluateConfig, "evaluate")
