"""A report as Markdown, as CSV and as a screenful for the terminal."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from whipcount.examples.storage import written_whole
from whipcount.rendering.markdown import cell, counted, number, percent, percent_range, table
from whipcount.schema import STANCES
from whipcount.scoring.actors import ROLES, ActorScore, Role, macro_accuracy, micro_accuracy
from whipcount.scoring.report import Report, SplitReport, SystemScores

SCREEN_LINES = 35
SCREEN_COLUMNS = 100

ACTOR_COLUMNS = (
    *("split", "role", "corpus", "actor", "kind", "system", "n", "correct", "accuracy", "low", "high"),
    *("triplet_f1", "false_stances", "none_rows", "articles", "ranked"),
)


def render_markdown(report: Report, figures: Mapping[str, str] | None = None) -> str:
    """Return the text of ``report.md``.

    Args:
        report: what to show.
        figures: file name → title of the images beside it, linked at the end in this order.
    """
    parts = [_front(report)]
    for part in report.splits:
        parts += [_split_heading(part), _headline_table(report, part)]
        for role in ROLES:
            parts.append(_actor_tables(report, part, role))
        parts += [_seen_table(report, part), _confusion_table(part), _someone_table(part)]
    if figures:
        parts.append("## Figures\n\n" + "\n\n".join(f"![{cell(title)}]({name})" for name, title in figures.items()))
    return "\n\n".join(parts) + "\n"


def _front(report: Report) -> str:
    rivals = f", beside it {', '.join(cell(name) for name in report.systems[1:])}" if len(report.systems) > 1 else ""
    lines = [
        f"# Report on {cell(report.systems[0])}",
        f"Judged: {cell(report.systems[0])}{rivals}. Roster: *{report.roster} roster*, the actors of the gold are given.",
    ]
    if report.dataset:
        lines.append(f"Dataset: `{report.dataset}`.")
    if report.empty_splits:
        lines.append(f"Asked for but without a row: {', '.join(report.empty_splits)}.")
    lines.append(
        "Triplet F1 is the headline: sentence, speaker, target and stance all right, micro. Pair F1: a stance exists, whichever. "
        "Polarity: on rows with a gold stance, favor against against alone. Macro: mean accuracy over the speakers with "
        f"n ≥ {report.min_support}. n is the number of rows with gold favor or against. "
        "False stances: gold is none, a stance is predicted. Rows with *someone* are scored apart, at the end of each part."
    )
    lines.append(
        "Intervals are Wilson, 95 %, as if rows were independent (i.i.d.). "
        "Sentences of one article hang together, so these intervals are too narrow."
    )
    return "\n\n".join(lines)


def _split_heading(part: SplitReport) -> str:
    return (
        f"## {part.split.capitalize()}\n\n"
        f"{counted(part.n_articles, 'article')} of {counted(part.n_stories, 'story', 'stories')}, {part.n_rows:,} rows, "
        f"{part.n_gold:,} of them with a gold stance."
    )


def _headline_table(report: Report, part: SplitReport) -> str:
    columns = ["system", "n", "precision", "recall", "triplet F1", "pair F1", "polarity", "macro", "false / 100 none", "both named"]
    lines = []
    for scores in part.systems:
        macro, _ = macro_accuracy(scores.actors["speaker"], report.min_support)
        lines.append(
            [
                cell(scores.system),
                f"{scores.triplets.n_gold:,}",
                *_prf(scores),
                number(scores.pairs.f1),
                number(scores.polarity_accuracy),
                number(macro),
                f"{number(scores.false.per_100, 2)} ({scores.false.count:,})",
                f"{number(scores.false_both_named.per_100, 2)} ({scores.false_both_named.count:,})",
            ]
        )
    all_rows = ", ".join(f"{cell(scores.system)} {number(scores.accuracy, 4)}" for scores in part.systems)
    return (
        table(columns, lines)
        + "\n\n*Both named*: false stances per 100 none rows of sentences that name both actors.\n\n"
        + f"Accuracy over all rows, none included: always-none {number(part.always_none_accuracy, 4)}; {all_rows}."
        + (f"\n\n{_missing(part)}" if report.allow_missing else "")
    )


def _missing(part: SplitReport) -> str:
    counts = ", ".join(f"{cell(scores.system)} {scores.n_missing:,}" for scores in part.systems)
    n_rows = part.n_rows + part.n_someone_rows
    return f"Rows without a prediction, counted as wrong in every score, of all {n_rows:,} (*someone* included): {counts}."


def _prf(scores: SystemScores) -> list[str]:
    return [number(value) for value in (scores.triplets.precision, scores.triplets.recall, scores.triplets.f1)]


def _actor_tables(report: Report, part: SplitReport, role: Role) -> str:
    system, *rivals = part.systems
    macro, n_actors = macro_accuracy(system.actors[role], report.min_support)
    rival_scores = [{score.key: score for score in rival.actors[role]} for rival in rivals]
    columns = ["actor", "kind", "corpus", "n", "accuracy", "95 % interval", "false stances", *(cell(rival.system) for rival in rivals)]

    def line(score: ActorScore) -> list[str]:
        others = [percent(scores[score.key].accuracy) for scores in rival_scores]
        return [
            *(cell(word) for word in (score.name, score.kind, score.corpus)),
            str(score.n),
            percent(score.accuracy),
            percent_range(*score.interval),
            str(score.false.count),
            *others,
        ]

    with_gold = [score for score in system.actors[role] if score.n]
    ranked = sorted((s for s in with_gold if s.n >= report.min_support), key=lambda s: (-s.accuracy, -s.n, s.key))
    few = sorted((s for s in with_gold if s.n < report.min_support), key=lambda s: s.key[1:])
    idle = [score for score in system.actors[role] if not score.n]
    blocks = [
        f"### Actors as {role} ({part.split})",
        f"Micro {percent(micro_accuracy(system.actors[role]))}; macro {percent(macro)} "
        f"over {counted(n_actors, 'actor')} with n ≥ {report.min_support}.",
    ]
    if ranked:
        blocks.append(table(columns, [line(score) for score in ranked], n_words=3))
    if few:
        blocks += [f"Not ranked, n < {report.min_support}, by name:", table(columns, [line(score) for score in few], n_words=3)]
    if idle:
        false = sum(score.false.count for score in idle)
        blocks.append(f"{counted(len(idle), 'more actor')} without a gold stance as {role}: {counted(false, 'false stance')}.")
    return "\n\n".join(blocks)


def _seen_table(report: Report, part: SplitReport) -> str:
    if not report.n_training_articles:
        return f"### Actors seen in training ({part.split})\n\nThe dataset has no training split: no actor counts as seen."
    lines = [
        [cell(scores.system), seen, str(side.n_gold), number(side.precision), number(side.recall), number(side.f1)]
        for scores in part.systems
        for seen, side in (("neither", scores.unseen), ("at least one", scores.seen))
    ]
    return f"### Actors seen in training, by name ({part.split})\n\n" + table(
        ["system", "seen", "n", "precision", "recall", "triplet F1"], lines, n_words=2
    )


def _confusion_table(part: SplitReport) -> str:
    system = part.systems[0]
    lines = [[gold, *(f"{count:,}" for count in line)] for gold, line in zip(STANCES, system.confusion, strict=True)]
    return f"### Confusion of {cell(system.system)} ({part.split})\n\n" + table(["gold \\ predicted", *STANCES], lines)


def _someone_table(part: SplitReport) -> str:
    lines = [
        [
            cell(scores.system),
            f"{part.n_someone_rows:,}",
            str(scores.someone_triplets.n_gold),
            str(scores.someone_triplets.n_predicted),
            number(scores.someone_triplets.f1 if scores.someone_triplets.n_gold else math.nan),
            f"{number(scores.someone_false.per_100, 2)} ({scores.someone_false.count:,})",
        ]
        for scores in part.systems
    ]
    columns = ["system", "rows", "n", "predicted", "triplet F1", "false / 100 none"]
    return f"### Rows with *someone*, in no score above ({part.split})\n\n" + table(columns, lines)


def write_per_actor_csv(report: Report, path: Path) -> None:
    """Write a line for each split, role, actor and system; undefined numbers are empty cells, shares run from 0 to 1."""
    with written_whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ACTOR_COLUMNS)
        for part in report.splits:
            for role in ROLES:
                for scores in part.systems:
                    writer.writerows(_csv_line(report, part.split, scores.system, score) for score in scores.actors[role])


def _csv_line(report: Report, split: str, system: str, score: ActorScore) -> list[object]:
    low, high = score.interval
    shares = ["" if math.isnan(value) else round(value, 6) for value in (score.accuracy, low, high, score.triplets.f1)]
    ranked = score.n >= max(report.min_support, 1)
    who = [split, score.role, score.corpus, score.name, score.kind, system]
    return [*who, score.n, score.correct, *shares, score.false.count, score.false.none_rows, score.n_articles, "yes" if ranked else "no"]


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
                *(number(value, 2) for value in (scores.triplets.precision, scores.triplets.recall, scores.triplets.f1)),
                *(number(value, 2) for value in (scores.pairs.f1, scores.polarity_accuracy, macro, scores.false.per_100)),
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
    actors = Table(
        box=box.SIMPLE_HEAD,
        title=f"Speakers with most gold stances ({part.split})",
        title_justify="left",
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    actors.add_column("speaker", max_width=36, no_wrap=True, overflow="ellipsis")
    for column in ("n", "right", "accuracy", "95 % interval", "false stances"):
        actors.add_column(column, justify="right", no_wrap=True)
    for score in scores[:n_lines]:
        numbers = (str(score.n), str(score.correct), percent(score.accuracy), percent_range(*score.interval), str(score.false.count))
        actors.add_row(Text(score.name), *numbers)
    rest = len(scores) - actors.row_count
    return [actors, Text(f"{counted(rest, 'more speaker')} in per_actor.csv", style="dim")] if rest > 0 else [actors]
