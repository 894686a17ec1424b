"""``python -m whipcount.compare``: two to six predictions files and gold become a comparison of the first with each other one."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from rich.console import Console

from whipcount.config import CompareConfig
from whipcount.examples.storage import check_replaceable, load_dataset_folder, written_whole
from whipcount.launch import launch
from whipcount.rendering.comparison import comparison_table, render_comparison, write_actors_csv
from whipcount.rendering.differences import plot_differences
from whipcount.scoring.comparison import Draws
from whipcount.scoring.comparison_report import ComparisonReport, compare_predictions, comparison_report_to_json, tell_apart
from whipcount.scoring.predictions import read_predictions

log = logging.getLogger(__name__)

COMPARISON = "comparison.json"
ACTORS = "actors.csv"
PAGE = "comparison.md"


def compare(config: CompareConfig) -> ComparisonReport:
    """Compare the first of ``config.predictions`` with each other one and write the folder ``config.out``, whole or not at all.

    An older comparison there is replaced; a folder that holds anything else is not.

    Raises:
        InputError: the dataset or a predictions file cannot be used, they do not fit each other, a file is given twice,
            or ``config.out`` is a file or a folder of something else.
    """
    out = Path(config.out)
    check_replaceable(out, COMPARISON, "comparison")
    paths = [Path(path) for path in config.predictions]
    predictions = tell_apart([read_predictions(path) for path in paths], paths)
    report = compare_predictions(
        load_dataset_folder(Path(config.gold)),
        predictions,
        config.splits,
        config.min_support,
        config.allow_missing,
        draws=Draws(config.resamples, config.permutations, config.seed),
    )
    for split in report.empty_splits:
        log.warning("%s: no row in the %s split; the comparison leaves it out", config.gold, split)
    for part in report.splits:
        for system, n_missing in zip(report.systems, part.n_missing, strict=True):
            if n_missing:
                log.warning("%s: %d rows of the %s split without a prediction count as wrong", system, n_missing, part.split)
    with written_whole(out) as partial:
        partial.mkdir(parents=True)
        figures = {part.split: f"differences_{part.split}.png" for part in report.splits}
        for part in report.splits:
            plot_differences(part).savefig(partial / figures[part.split])
        content = json.dumps(comparison_report_to_json(report), indent=2, ensure_ascii=False)
        (partial / COMPARISON).write_text(content + "\n", encoding="utf-8")
        (partial / PAGE).write_text(render_comparison(report, figures), encoding="utf-8")
        write_actors_csv(report, partial / ACTORS)
    log.info("wrote %s", out)
    return report


def compare_and_show(config: CompareConfig) -> None:
    """Compare and print a screenful."""
    console = Console()
    console.print(comparison_table(compare(config)))
    console.print(f"comparison  {Path(config.out) / PAGE}", highlight=False, soft_wrap=True)


if __name__ == "__main__":
    launch(compare_and_show, CompareConfig, "compare")
