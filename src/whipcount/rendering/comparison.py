"""A comparison of systems as Markdown, as CSV and as a screenful for the terminal."""

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
from whipcount.rendering.intervals import FLAG
from whipcount.rendering.markdown import UNDEFINED, cell, counted, number, number_range, p_value, table
from whipcount.scoring.actors import ROLES, Role
from whipcount.scoring.comparison import ActorDifference, ComparedMeasure, Comparison
from whipcount.scoring.comparison_report import ComparedSplit, ComparisonReport
from whipcount.scoring.differences import Difference
from whipcount.scoring.permutation import BEYOND_CHANCE
from whipcount.scoring.resampling import MIN_CLUSTERS, MIN_ROWS, MIN_STORIES

SCORES: dict[ComparedMeasure, str] = {
    "triplet_f1": "triplet F1",
    "pair_f1": "pair F1",
    "polarity_accuracy": "polarity",
    "micro_accuracy": "accuracy, micro",
    "macro_speaker_accuracy": "accuracy, macro",
}
TESTED_NOTE = (
    "Swapped in K stories or sentences, p cannot be below 2/2^K: actors with so few that no difference could pass the correction are not "
    "tested and not corrected for (Tarone 1990)."
)
MOST_ACTORS = 10
SCREEN_LINES = 35
LETTERS = "ABCDEF"

ACTOR_COLUMNS = (
    *("split", "role", "corpus", "actor", "kind", "first", "second", "n", "first_accuracy", "second_accuracy"),
    *("difference", "low", "high", "clustered_by", "p", "p_holm", "beyond_chance"),
)


def render_comparison(report: ComparisonReport, figures: Mapping[str, str] | None = None) -> str:
    """Return the comparison as Markdown.

    Args:
        report: what to show.
        figures: split → file name of its image, which is linked at the end of the split's scores.
    """
    first, others = cell(report.systems[0]), ", ".join(cell(name) for name in report.systems[1:])
    blocks = [
        f"# {first} against {others}",
        f"A positive difference is in favour of {first}. Roster: *oracle roster*, the actors of the gold are given.",
        *warnings(report),
    ]
    for part in report.splits:
        blocks += [
            f"## {part.split.capitalize()}",
            f"{_size(part)}, {part.n_gold:,} rows with a gold stance.",
            _score_table(part),
            _mcnemar_table(part),
        ]
        if figures and part.split in figures:
            blocks.append(f"![Differences, {part.split}]({figures[part.split]})")
        blocks += [block for comparison in part.comparisons for block in _actor_blocks(part, comparison)]
    blocks.append(_method(report))
    return "\n\n".join(blocks) + "\n"


def warnings(report: ComparisonReport) -> list[str]:
    """Return what a reader has to know before the numbers, each as a Markdown quotation."""
    found = [
        f"> **Warning.** {part.split} has numbers marked {FLAG}: with fewer than {MIN_STORIES} stories sentences were resampled and "
        "swapped, so that these intervals and p are likely too small."
        for part in report.splits
        if any(is_flagged(difference) for comparison in part.comparisons for difference in comparison.scores.values())
    ]
    if report.empty_splits:
        found.append(f"> Asked for but without a row: {', '.join(report.empty_splits)}.")
    for part in report.splits:
        missing = [f"{cell(name)} {n:,}" for name, n in zip(report.systems, part.n_missing, strict=True) if n]
        if missing:
            found.append(f"> Rows of {part.split} without a prediction, counted as wrong in every score: {', '.join(missing)}.")
    return found


def _size(part: ComparedSplit) -> str:
    return f"{counted(part.n_articles, 'article')} of {counted(part.n_stories, 'story', 'stories')}"


def is_flagged(difference: Difference) -> bool:
    """Return whether sentences were resampled for want of stories."""
    return difference.interval.clustered_by == "sentence" and not math.isnan(difference.p)


def _flag(difference: Difference) -> str:
    return f" {FLAG}" if is_flagged(difference) else ""


def _signed(value: float) -> str:
    return UNDEFINED if math.isnan(value) else f"{_rounded(value, 3):+.3f}"


def _rounded(value: float, digits: int) -> float:
    """Return the value to so many decimals, without a minus sign before 0."""
    return round(value, digits) + 0.0


def _numbers(found: Difference, digits: int = 3) -> list[str]:
    """Return both scores, their difference, its interval to so many digits, and p."""
    ends = number_range(_rounded(found.interval.low, digits), _rounded(found.interval.high, digits), digits)
    return [number(found.first), number(found.second), _signed(found.difference), ends, p_value(found.p) + _flag(found)]


def _score_table(part: ComparedSplit) -> str:
    lines = [
        [cell(comparison.second), title, _support(part, comparison, measure), *_numbers(comparison.scores[measure])]
        for comparison in part.comparisons
        for measure, title in SCORES.items()
    ]
    columns = ["other system", "score", "n", cell(part.comparisons[0].first), "other", "difference", "95 % interval", "p"]
    return table(columns, lines, n_words=2)


def _support(part: ComparedSplit, comparison: Comparison, measure: ComparedMeasure) -> str:
    if measure != "macro_speaker_accuracy":
        return f"{part.n_gold:,}"
    return counted(len(comparison.actors["speaker"]), "speaker")


def _mcnemar_table(part: ComparedSplit) -> str:
    first = cell(part.comparisons[0].first)
    lines = [
        [cell(comparison.second), f"{test.first_only:,}", f"{test.second_only:,}", p_value(test.p)]
        for comparison in part.comparisons
        for test in [comparison.mcnemar]
    ]
    note = "McNemar's exact test is the i.i.d. check: it takes rows as independent, which they are not. Compare its p, do not cite it."
    return f"{note}\n\n" + table(["other system", f"{first} alone right", "other alone right", "p"], lines)


def _actor_blocks(part: ComparedSplit, comparison: Comparison) -> list[str]:
    columns = [
        "role",
        "actor",
        "kind",
        "n",
        cell(comparison.first),
        cell(comparison.second),
        "difference",
        "95 % interval",
        "p",
        "p (Holm)",
    ]
    lines = [
        [one.role, cell(one.key[1]), one.key[2], f"{one.n:,}", *_numbers(one.accuracy), p_value(one.p_holm)]
        for role in ROLES
        for rank, one in enumerate(ranked_actors(comparison, role))
        if one.beyond_chance or (rank < MOST_ACTORS and one.accuracy.difference)
    ]
    blocks = [f"### Actors, against {cell(comparison.second)} ({part.split})", " ".join(_finding(comparison, role) for role in ROLES)]
    if lines:
        blocks += [
            "Differences in accuracy, those beyond chance first, then the largest; `actors.csv` has all actors.",
            table(columns, lines, n_words=3),
        ]
    return blocks


def ranked_actors(comparison: Comparison, role: Role) -> list[ActorDifference]:
    """Return the actors that could be tested: those beyond chance first, then by the size of the difference."""
    tested = [one for one in comparison.actors[role] if not math.isnan(one.p_holm)]
    return sorted(tested, key=lambda one: (not one.beyond_chance, -abs(one.accuracy.difference), -one.n, one.key))


def tell_tested(comparison: Comparison, role: Role, found: str = "") -> str:
    """Say how many of how many actors could be tested and, if any could, what was ``found``."""
    n_tested, n_listed = len(ranked_actors(comparison, role)), len(comparison.actors[role])
    if not n_listed:
        return f"No {role} has n ≥ {comparison.min_support}."
    listed = f"{counted(n_listed, role)} with n ≥ {comparison.min_support} could be tested"
    if n_tested:
        return f"{n_tested:,} of {listed}{': ' * bool(found)}{found}."
    return f"The one {role} with n ≥ {comparison.min_support} could not be tested." if n_listed == 1 else f"None of {listed}."


def _finding(comparison: Comparison, role: Role) -> str:
    """Say how many actors could be tested, and on how many the systems differ."""
    n_beyond = sum(one.beyond_chance for one in comparison.actors[role])
    found = f"{n_beyond:,} of them beyond chance" if n_beyond else "none beyond chance"
    return tell_tested(comparison, role, found)


def _method(report: ComparisonReport) -> str:
    lines = [
        "## How the numbers are made",
        "Triplet F1: sentence, speaker, target and stance all right. Pair F1: a stance exists, whichever. Polarity: on rows with a gold "
        "stance, favor against against alone. Accuracy: of the rows with a gold stance the share labelled exactly right; micro over all, "
        f"macro the mean over speakers with n ≥ {report.min_support}. n is the number of rows with a gold stance. Rows with *someone* "
        "are left out.",
        f"Intervals are 95 % percentile intervals of a paired bootstrap: both systems on the same {report.draws.n_resamples:,} resamples "
        f"of whole stories. p is two-sided, of a paired permutation test: the labels of the two systems are swapped story by story, "
        f"{report.draws.n_permutations:,} times. {FLAG}: with fewer than {MIN_STORIES} stories sentences take their place. Below "
        f"{MIN_ROWS} rows with a gold stance there is neither, below {MIN_CLUSTERS} sentences, and where all stories or "
        f"sentences differ by as much, no interval. Seed {report.draws.seed}.",
        f"Actors differ beyond chance where p < {BEYOND_CHANCE} after Holm's correction over the actors tested in the same role, split "
        f"and pair of systems. {TESTED_NOTE} The p of the scores are not corrected for the number of scores and systems.",
    ]
    if report.dataset:
        lines.append(f"Dataset: `{report.dataset}`.")
    return "\n\n".join(lines)


def write_actors_csv(report: ComparisonReport, path: Path) -> None:
    """Write a line for each split, other system, role and actor; undefined numbers are empty cells, shares run from 0 to 1."""
    with written_whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(ACTOR_COLUMNS)
        for part in report.splits:
            for comparison in part.comparisons:
                for role in ROLES:
                    writer.writerows(_csv_line(part.split, comparison, one) for one in comparison.actors[role])


def _csv_line(split: str, comparison: Comparison, one: ActorDifference) -> list[object]:
    found = one.accuracy
    shares = [found.first, found.second, found.difference, found.interval.low, found.interval.high]
    cells = ["" if math.isnan(value) else round(value, 6) for value in (*shares, found.p, one.p_holm)]
    who = [split, one.role, *one.key, comparison.first, comparison.second, one.n]
    return [*who, *cells[:5], found.interval.clustered_by, *cells[5:], "yes" if one.beyond_chance else "no"]


def comparison_table(report: ComparisonReport) -> RenderableType:
    """Return a screenful (some 35 lines of 80 columns): scores of every split, and the actors on which the systems differ.

    Systems are called A, B and so on. With many splits and systems fewer scores are shown, the triplet F1 always.
    """
    pairs = [
        (part, comparison, letter) for part in report.splits for comparison, letter in zip(part.comparisons, LETTERS[1:], strict=False)
    ]
    shown = list(SCORES)[: 5 if len(pairs) <= 2 else 3 if len(pairs) <= 4 else 1]
    scores = _screen_table("split", "", "score", numbers=("A", "other", "diff.", "95 % interval", "p"))
    for part, comparison, letter in pairs:
        split = part.split if comparison is part.comparisons[0] else ""
        for measure in shown:
            where = (split, letter) if measure == shown[0] else ("", "")
            scores.add_row(*where, SCORES[measure], *_numbers(comparison.scores[measure], 2))
        test = comparison.mcnemar
        gap = f"{test.first_only - test.second_only:+,}"
        scores.add_row("", "", "McNemar", f"{test.first_only:,}", f"{test.second_only:,}", gap, "", p_value(test.p))
    systems = "\n".join(f"{letter}  {system}" for letter, system in zip(LETTERS, report.systems, strict=False))
    sizes = "; ".join(f"{part.split}: n = {part.n_gold:,} in {counted(part.n_stories, 'story', 'stories')}" for part in report.splits)
    notes = f"{sizes}. McNemar: rows that one alone has right; it takes rows as independent, a check and not to be cited."
    if any(is_flagged(found) for _, comparison, _ in pairs for found in comparison.scores.values()):
        notes += f" {FLAG} fewer than {MIN_STORIES} stories: clustered by sentence, likely too small."
    n_used = scores.row_count + len(report.systems) + 7
    return Group(Text(systems), scores, Text(notes, style="dim"), Text(), *_screen_actors(report, pairs, SCREEN_LINES - n_used))


def _screen_table(*words: str, numbers: Sequence[str]) -> Table:
    grid = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=0)
    for column in words:
        grid.add_column(column, max_width=22, no_wrap=True, overflow="ellipsis")
    for column in numbers:
        grid.add_column(column, justify="right", no_wrap=True)
    return grid


def _screen_actors(
    report: ComparisonReport, pairs: Sequence[tuple[ComparedSplit, Comparison, str]], n_lines: int
) -> Sequence[RenderableType]:
    """Return a table of the actors beyond chance, or say that there is none."""
    ranked = [(part.split, letter, one) for part, comparison, letter in pairs for role in ROLES for one in ranked_actors(comparison, role)]
    found = [(split, letter, one) for split, letter, one in ranked if one.beyond_chance]
    n_actors = sum(len(comparison.actors[role]) for _, comparison, _ in pairs for role in ROLES)
    tests = f"Holm's correction; {len(ranked):,} tested of {n_actors:,} with n ≥ {report.min_support}"
    if not found:
        return [Text(f"No actor differs beyond chance ({tests}).")]
    actors = _screen_table("split", "", "role", "actor", numbers=("n", "A", "other", "diff.", "p (Holm)"))
    for split, letter, one in found[: max(n_lines - 4, 3)]:
        values = [*_numbers(one.accuracy)[:3], p_value(one.p_holm) + _flag(one.accuracy)]
        actors.add_row(split, letter, one.role, Text(one.key[1]), f"{one.n:,}", *values)
    rest = len(found) - actors.row_count
    more = [Text(f"{counted(rest, 'more actor')} in actors.csv", style="dim")] if rest else []
    return [Text(f"Actors that differ beyond chance ({tests})"), actors, *more]
