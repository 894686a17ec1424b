"""A report as CSV and as a screenful for the terminal."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from whipcount.examples.storage import written_whole
from whipcount.rendering.intervals import explained, percent_interval
from whipcount.rendering.markdown import counted, number, percent
from whipcount.scoring.actors import ROLES, ActorScore, macro_accuracy
from whipcount.scoring.report import Report, SplitReport, SystemScores

SCREEN_LINES = 35

ACTOR_COLUMNS = (
    *("split", "role", "corpus", "actor", "kind", "system", "n", "correct", "accuracy", "low", "high"),
    *("clustered_by", "triplet_f1", "false_stances", "none_rows", "articles", "ranked"),
)


def write_per_actor_csv(report: Report, path: Path) -> None:
    """Write a line for each split, role, actor and system; undefined numbers are empty cells, shares run from 0 to 1."""
    with written_whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ACTOR_COLUMNS)
        for part in report.splits:
            for role in ROLES:
                for scores in part.systems:
                    writer.writerows(_csv_line(report, part.split, scores, score) for score in scores.actors[role])


def _csv_line(report: Report, split: str, scores: SystemScores, score: ActorScore) -> list[object]:
    drawn = scores.actor_interval(score)
    low, high, clustered_by = (drawn.low, drawn.high, drawn.clustered_by) if drawn else (math.nan, math.nan, "")
    *shares, f1 = ("" if math.isnan(value) else round(value, 6) for value in (score.accuracy, low, high, score.triplets.shown_f1))
    ranked = score.n >= max(report.min_support, 1)
    who = [split, score.role, score.corpus, score.name, score.kind, scores.system]
    counts = [score.false.count, score.false.none_rows, score.n_articles]
    return [*who, score.n, score.correct, *shares, clustered_by, f1, *counts, "yes" if ranked else "no"]


def summary_table(report: Report) -> RenderableType:
    """Return a screenful (some 35 lines of 100 columns): the headline of every split, the test split's busiest speakers.

    Without a test split the last split's speakers are shown. What does not fit is counted.
    """
    headline = Table(
        box=box.SIMPLE_HEAD, title=f"Scores ({report.roster} roster)", title_justify="left", pad_edge=False, padding=(0, 1, 0, 0)
    )
    headline.add_column("split", no_wrap=True)
    headline.add_column("system", max_width=20, no_wrap=True, overflow="ellipsis")
    headline.caption = (
        f"F1: triplets; pair: a stance, whichever; macro: mean accuracy of speakers with n ≥ {report.min_support}; "
        "false: false stances per 100 none rows"
    )
    headline.caption_justify = "left"
    for column in ("n", "P", "R", "F1", "pair", "polarity", "macro", "false"):
        headline.add_column(column, justify="right", no_wrap=True)
    room = max(1, 16 // len(report.splits))
    for part in report.splits:
        for index, scores in enumerate(part.systems[:room]):
            macro, _ = macro_accuracy(scores.actors["speaker"], report.min_support)
            headline.add_row(
                part.split if index == 0 else "",
                Text(scores.system),
                f"{scores.triplets.n_gold:,}",
                *(number(value, 2) for value in (scores.triplets.precision, scores.triplets.recall, scores.triplets.shown_f1)),
                *(number(value, 2) for value in (scores.pairs.shown_f1, scores.polarity_accuracy, macro, scores.false.per_100)),
            )
    n_left_out = max(len(report.systems) - room, 0)
    n_used = 9 + headline.row_count + (1 if n_left_out else 0)
    part = next((part for part in report.splits if part.split == "test"), report.splits[-1])
    blocks: list[RenderableType] = [headline]
    if n_left_out:
        blocks.append(Text(f"{counted(n_left_out, 'more system')} in report.md", style="dim"))
    return Group(*blocks, *_busiest(part, SCREEN_LINES - n_used - 4))


def _busiest(part: SplitReport, n_lines: int) -> Sequence[RenderableType]:
    system = part.systems[0]
    scores = [score for score in system.actors["speaker"] if score.n]
    note = explained("".join(percent_interval(system.actor_interval(score)) for score in scores))
    actors = Table(
        box=box.SIMPLE_HEAD,
        title=f"Speakers with most gold stances ({part.split})",
        title_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
        caption=note or None,
        caption_justify="left",
    )
    actors.add_column("speaker", max_width=36, no_wrap=True, overflow="ellipsis")
    for column in ("n", "right", "accuracy", "95 % interval", "false stances"):
        actors.add_column(column, justify="right", no_wrap=True)
    for score in scores[: n_lines - 2 * bool(note)]:
        numbers = (
            str(score.n),
            str(score.correct),
            percent(score.accuracy),
            percent_interval(system.actor_interval(score)),
            str(score.false.count),
        )
        actors.add_row(Text(score.name), *numbers)
    rest = len(scores) - actors.row_count
    return [actors, Text(f"{counted(rest, 'more speaker')} in per_actor.csv", style="dim")] if rest > 0 else [actors]
