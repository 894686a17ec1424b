"""The first screen of a report: what is warned of, and a table that answers the first questions."""

from __future__ import annotations

from whipcount.rendering.controls import warning
from whipcount.rendering.intervals import explained, with_interval
from whipcount.rendering.markdown import UNDEFINED, cell, counted, number, p_value, percent
from whipcount.scoring.actors import ROLES, Role, macro_accuracy, micro_accuracy
from whipcount.scoring.report import Report, SplitReport, SystemScores
from whipcount.scoring.resampling import MIN_STORIES

WORST_SUPPORT = 20
"""Gold-stance rows from which on an actor can be named as the worst one."""


def render_glance(report: Report) -> str:
    """Return the title, the warnings and the table as Markdown."""
    rivals = f", beside it {', '.join(cell(name) for name in report.systems[1:])}" if len(report.systems) > 1 else ""
    answers = _glance(report)
    lines = [
        f"# Report on {cell(report.systems[0])}",
        f"Judged: {cell(report.systems[0])}{rivals}. Roster: *{report.roster} roster*, the actors of the gold are given.",
        *_warnings(report),
        "| | " + " | ".join(part.split for part in report.splits) + " |\n|---|" + "---|" * len(report.splits) + "\n" + answers,
        explained(answers),
    ]
    return "\n\n".join(line for line in lines if line)


def _warnings(report: Report) -> list[str]:
    found = []
    for part in report.splits:
        if part.controls:
            found.append(f"> {warning(part.controls)} ({part.split})")
        if report.draws and part.n_stories < MIN_STORIES:
            found.append(
                f"> **Warning.** {part.split} has {counted(part.n_stories, 'story', 'stories')}: too few to resample. Its intervals and p "
                "are clustered by sentence and likely too narrow."
            )
    if report.empty_splits:
        found.append(f"> Asked for but without a row: {', '.join(report.empty_splits)}.")
    if report.allow_missing:
        found.append("> Rows without a prediction were allowed and count as wrong in every score.")
    return found


def _glance(report: Report) -> str:
    """Return the lines of the first screen's table: a line for each question, a column for each split."""
    lines: dict[str, list[str]] = {}
    for part in report.splits:
        scores = part.systems[0]
        macro, n_actors = macro_accuracy(scores.actors["speaker"], report.min_support)
        answers = {
            "gold stances, articles, stories": f"{part.n_gold:,}, {part.n_articles:,}, {part.n_stories:,}",
            "triplet F1": with_interval(scores.triplets.shown_f1, scores.intervals.get("triplet_f1")),
            "polarity, favor against against": with_interval(scores.polarity_accuracy, scores.intervals.get("polarity_accuracy")),
            "accuracy, all gold stances (micro)": with_interval(micro_accuracy(scores.actors["speaker"]), scores.intervals.get("accuracy")),
            f"accuracy, mean over speakers with n ≥ {report.min_support} (macro)": with_interval(
                macro, scores.macro_intervals.get("speaker")
            )
            + f" over {n_actors:,}",
            **{f"worst {role} with n ≥ {WORST_SUPPORT}": _worst(scores, role) for role in ROLES},
            "false stances per 100 none rows": f"{number(scores.false.per_100, 2)} ({scores.false.count:,})",
            "best other system, triplet F1": _best_rival(part),
        }
        for question, answer in answers.items():
            lines.setdefault(question, []).append(answer)
    return "\n".join(f"| {question} | " + " | ".join(answers) + " |" for question, answers in lines.items())


def _worst(scores: SystemScores, role: Role) -> str:
    among = [score for score in scores.actors[role] if score.n >= WORST_SUPPORT]
    if not among:
        return "no such actor"
    worst = min(among, key=lambda score: (score.accuracy, -score.n, score.key))
    return f"{cell(worst.name)}, {percent(worst.accuracy)} of {worst.n}"


def _best_rival(part: SplitReport) -> str:
    rival = part.best_rival
    if rival is None:
        return UNDEFINED
    found = next((comparison.scores["triplet_f1"] for comparison in part.comparisons if comparison.second == rival.system), None)
    gain = "" if found is None else f"; gain {with_interval(found.difference, found.interval)}, p {p_value(found.p)}"
    return f"{cell(rival.system)} {number(rival.triplets.shown_f1)}{gain}"
