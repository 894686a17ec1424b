"""A report as Markdown: what matters first, then each split, then how the numbers are made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from whipcount.rendering.agreement import render_agreement
from whipcount.rendering.comparison import TESTED_NOTE, tell_tested
from whipcount.rendering.controls import render_controls
from whipcount.rendering.errors import render_errors
from whipcount.rendering.glance import render_glance
from whipcount.rendering.intervals import FLAG, explained, number_interval, percent_interval, with_interval
from whipcount.rendering.markdown import cell, counted, number, p_value, percent, table
from whipcount.rendering.reliability import render_calibration
from whipcount.schema import STANCES, Article
from whipcount.scoring.actors import ROLES, ActorScore, Role, macro_accuracy, micro_accuracy
from whipcount.scoring.comparison import Comparison
from whipcount.scoring.parts import Tail
from whipcount.scoring.permutation import BEYOND_CHANCE
from whipcount.scoring.report import Report, SplitReport
from whipcount.scoring.resampling import MIN_CLUSTERS, MIN_ROWS, MIN_STORIES

MAX_PARTS = 12
"""Outlets, months and registers shown, those with most gold stances first."""


def render_report(
    report: Report, figures: Mapping[str, Mapping[str, str]] | None = None, articles: Sequence[Article] = (), *, with_text: bool = False
) -> str:
    """Return the text of ``report.md``.

    Args:
        report: what to show.
        figures: split → file name → title of the images beside it; one whose name begins with that of a section's table stands
            below it, the others at the end of the split's part.
        articles: those of the splits, where ``with_text``.
        with_text: show the sentences of the most confident mistakes. The text of most corpora may not be passed on.
    """
    blocks = [render_glance(report)]
    for part in report.splits:
        left = dict((figures or {}).get(part.split, {}))
        judged = report.systems[0]
        tables = [_headline_table(report, part), _figures(left, "systems")]
        for role in ROLES:
            tables += [*_actor_tables(report, part, role), _figures(left, f"actors_{part.split}_{role}"), _tail_table(report, part, role)]
        tables += [_comparison_table(part), _seen_table(report, part), *_part_tables(part)]
        blocks += [_split_heading(part), explained("".join(tables)), *tables, _confusion_table(part), _figures(left, "confusion")]
        if part.controls:
            blocks += [render_controls(part.controls), _figures(left, "flips")]
        if part.calibration:
            blocks += [render_calibration(part.calibration, judged, part.split), _figures(left, "reliability"), _figures(left, "risk")]
        blocks.append(render_errors(part.errors, judged, part.split, articles, with_text=with_text))
        blocks += [render_agreement(agreement, corpus) for corpus, agreement in part.agreement.items()]
        blocks += [_someone_table(part), f"### Figures ({part.split})" if left else "", _figures(left, "")]
    blocks.append(_method(report))
    return "\n\n".join(block.strip() for block in blocks if block) + "\n"


def _figures(left: dict[str, str], prefix: str) -> str:
    """Take the figures whose names begin so from those that are left, and return their images."""
    names = [name for name in left if name.startswith(prefix)]
    return "\n\n".join(f"![{cell(left.pop(name))}]({name})" for name in names)


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
        intervals = scores.intervals
        lines.append(
            [
                cell(scores.system),
                f"{scores.triplets.n_gold:,}",
                number(scores.triplets.precision),
                number(scores.triplets.recall),
                with_interval(scores.triplets.shown_f1, intervals.get("triplet_f1")),
                with_interval(scores.pairs.shown_f1, intervals.get("pair_f1")),
                with_interval(scores.polarity_accuracy, intervals.get("polarity_accuracy")),
                with_interval(macro, scores.macro_intervals.get("speaker")),
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


def _actor_tables(report: Report, part: SplitReport, role: Role) -> list[str]:
    system = part.systems[0]
    macro, n_actors = macro_accuracy(system.actors[role], report.min_support)
    ranked = sorted((s for s in system.actors[role] if s.n >= max(report.min_support, 1)), key=lambda s: (-s.accuracy, -s.n, s.key))
    blocks = [
        f"### Actors as {role} ({part.split})",
        f"Micro {percent(micro_accuracy(system.actors[role]))}; macro {percent(macro)} "
        f"over {counted(n_actors, 'actor')} with n ≥ {report.min_support}.",
    ]
    if ranked:
        blocks.append(_actor_table(part, role, ranked))
    if part.comparisons and ranked:
        first = part.comparisons[0]  # K, which decides who is tested, is of the gold and so the same against every system
        if any(_gains_beyond_chance(comparison, role) for comparison in part.comparisons):
            gains = f"\\* {cell(system.system)} is right more often beyond chance (p < {BEYOND_CHANCE} after Holm's correction)."
            blocks.append(f"{gains} {tell_tested(first, role)}")
        else:
            blocks.append(tell_tested(first, role, "for none of them is the gain over another system beyond chance (Holm's correction)"))
    return blocks


def _tail_table(report: Report, part: SplitReport, role: Role) -> str:
    """Return the actors with few rows, and how many hold or draw no gold stance."""
    system = part.systems[0]
    few = sorted((score for score in system.actors[role] if 0 < score.n < report.min_support), key=lambda score: score.key[1:])
    idle = [score for score in system.actors[role] if not score.n]
    blocks = []
    if few:
        tail = f" {_tail_sentence(system.tails[role])}" if role in system.tails else ""
        blocks += [f"The tail, n < {report.min_support}, not ranked, by name.{tail}", _actor_table(part, role, few)]
    if idle:
        false = sum(score.false.count for score in idle)
        blocks.append(f"{counted(len(idle), 'more actor')} without a gold stance as {role}: {counted(false, 'false stance')}.")
    return "\n\n".join(blocks)


def _actor_table(part: SplitReport, role: Role, scores: Sequence[ActorScore]) -> str:
    system, *rivals = part.systems
    rival_scores = [{score.key: score for score in rival.actors[role]} for rival in rivals]
    gains = [_gains_beyond_chance(comparison, role) for comparison in part.comparisons] or [set()] * len(rivals)
    lines = []
    for score in scores:
        others = [
            percent(theirs[score.key].accuracy) + (" \\*" if score.key in beyond else "")
            for theirs, beyond in zip(rival_scores, gains, strict=True)
        ]
        lines.append(
            [
                *(cell(word) for word in (score.name, score.kind, score.corpus)),
                str(score.n),
                percent(score.accuracy),
                percent_interval(system.actor_interval(score)),
                number(score.triplets.shown_f1, 2),
                str(score.false.count),
                *others,
            ]
        )
    columns = ["actor", "kind", "corpus", "n", "accuracy", "95 % interval", "triplet F1", "false stances"]
    return table([*columns, *(cell(rival.system) for rival in rivals)], lines, n_words=3)


def _gains_beyond_chance(comparison: Comparison, role: Role) -> set[tuple[str, str, str]]:
    return {one.key for one in comparison.actors[role] if one.p_holm < BEYOND_CHANCE and one.accuracy.difference > 0}


def _tail_sentence(tail: Tail) -> str:
    ends = percent_interval(tail.interval)
    return f"Pooled: {tail.correct:,} of {tail.n:,} right, {percent(tail.accuracy)} ({ends}), {counted(tail.n_actors, 'actor')}."


def _comparison_table(part: SplitReport) -> str:
    if not part.comparisons:
        return ""
    judged = cell(part.systems[0].system)
    lines = []
    for comparison in part.comparisons:
        for name, title in (("triplet_f1", "triplet F1"), ("polarity_accuracy", "polarity"), ("macro_speaker_accuracy", "macro, speakers")):
            found = comparison.scores[name]  # type: ignore[index]
            ends = number_interval(found.interval)
            lines.append([cell(comparison.second), title, number(found.second), number(found.difference), ends, p_value(found.p)])
        once = comparison.mcnemar
        lines.append([cell(comparison.second), "McNemar", f"{once.first_only:,} : {once.second_only:,}", "", "", p_value(once.p)])
    return (
        f"### What {judged} gains over the others ({part.split})\n\n"
        + table(["other system", "score", "its value", "gain", "95 % interval", "p"], lines, n_words=2)
        + f"\n\nMcNemar: rows that {judged} alone has right : rows that the other alone has right; it takes rows as independent, and so is "
        "there to be compared, not to be cited. p is not corrected for the number of systems and scores."
    )


def _seen_table(report: Report, part: SplitReport) -> str:
    if not report.n_training_articles:
        return f"### Actors seen in training ({part.split})\n\nThe dataset has no training split: no actor counts as seen."
    lines = [
        [cell(scores.system), seen, str(side.n_gold), number(side.precision), number(side.recall), number(side.shown_f1)]
        for scores in part.systems
        for seen, side in (("neither", scores.unseen), ("at least one", scores.seen))
    ]
    return f"### Actors seen in training, by name ({part.split})\n\n" + table(
        ["system", "seen", "n", "precision", "recall", "triplet F1"], lines, n_words=2
    )


def _part_tables(part: SplitReport) -> list[str]:
    blocks = []
    for grouping, scores in part.parts.items():
        lines = [
            [
                cell(score.value),
                f"{score.n_articles:,}",
                f"{score.triplets.n_gold:,}",
                number(score.triplets.shown_f1),
                number_interval(score.interval),
                number(score.polarity_accuracy),
                f"{number(score.false.per_100, 2)} ({score.false.count:,})",
            ]
            for score in scores[:MAX_PARTS]
        ]
        columns = [grouping, "articles", "n", "triplet F1", "95 % interval", "polarity", "false / 100 none"]
        rest = f"\n\n{len(scores) - MAX_PARTS:,} more in metrics.json." if len(scores) > MAX_PARTS else ""
        blocks.append(f"### By {grouping} ({part.split})\n\n" + table(columns, lines) + rest)
    return blocks


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
            number(scores.someone_triplets.shown_f1),
            f"{number(scores.someone_false.per_100, 2)} ({scores.someone_false.count:,})",
        ]
        for scores in part.systems
    ]
    columns = ["system", "rows", "n", "predicted", "triplet F1", "false / 100 none"]
    return f"### Rows with *someone*, in no score above ({part.split})\n\n" + table(columns, lines)


def _method(report: Report) -> str:
    lines = [
        "## How the numbers are made",
        "Triplet F1 is the headline: sentence, speaker, target and stance all right, micro. Pair F1: a stance exists, whichever. "
        "Polarity: on rows with a gold stance, favor against against alone. An actor's accuracy: of its rows with a gold stance, the "
        "share labelled exactly right; calling one none is an error. n is the number of these rows. "
        "False stances: gold is none, a stance is predicted. Rows with *someone* are scored apart, at the end of each part.",
    ]
    if report.draws:
        lines.append(
            f"Intervals are 95 % percentile bootstrap intervals over {report.draws.n_resamples:,} resamples of whole stories, for the "
            f"sentences of one story hang together; p is of a paired permutation test that swaps the two systems' labels story by story "
            f"({report.draws.n_permutations:,} permutations). With fewer than {MIN_STORIES} stories, of the split, of one actor, of the "
            f"tail, of an outlet, month or register, sentences are resampled and swapped instead, which {FLAG} marks; below {MIN_ROWS} "
            f"gold rows there is neither, below {MIN_CLUSTERS} sentences no interval, nor of a gain where all stories or "
            f"sentences differ by as much. {TESTED_NOTE} Seed {report.draws.seed}."
        )
    else:
        lines.append("No resamples were drawn: there are no intervals and no tests.")
    if report.dataset:
        lines.append(f"Dataset: `{report.dataset}`.")
    return "\n\n".join(lines)
