"""Figures of a report, each with one question as its title; the caller saves them.

Colours are of Okabe and Ito (2008), told apart by the colour-blind; line styles and shades carry the same in grey print.
"""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from whipcount.schema import STANCES
from whipcount.scoring.actors import ActorScore, Role
from whipcount.scoring.metrics import share
from whipcount.scoring.report import Report
from whipcount.scoring.resampling import Interval

BLUE, ORANGE, GREY, BLACK = "#0072B2", "#E69F00", "#999999", "#000000"
SEGMENTS = {"favor": (BLUE, "", "white"), "none": ("white", "", BLACK), "against": (ORANGE, "////", BLACK)}
"""Stance → colour, hatch (for grey print) and ink of its part of a bar of probabilities, from left to right."""
SMALLEST_WRITTEN = 0.07
MAX_BARS = 30
INTERVAL_NOTE = "; line: 95 % interval, stories resampled (of fewer than ten, sentences)"
DPI = 150


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of a size in inches that can draw itself without a display."""
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def plain(text: str) -> str:
    """Return text that matplotlib shows to the letter, dollar signs included."""
    return text.replace("$", r"\$")


def plot_actors(report: Report, split: str, role: Role) -> Figure:
    """Draw each actor's accuracy with its interval, where one was drawn, and its rows, best first.

    Actors below the report's ``min_support`` are pooled in one grey bar beneath a gap. A diamond shows the best of the
    other systems (by triplet F1). Of more than ``MAX_BARS`` actors those with most rows are shown.
    """
    part = report.split(split)
    system, rival = part.systems[0], part.best_rival
    scores = [score for score in system.actors[role] if score.n > 0]
    ranked = [score for score in scores if score.n >= report.min_support]
    few = [score for score in scores if score.n < report.min_support]
    shown = sorted(ranked[:MAX_BARS], key=lambda score: (-score.accuracy, -score.n, score.key))
    rival_scores = {score.key: score for score in rival.actors[role]} if rival else {}

    n_bars = len(shown) + (1.6 if few else 0)
    figure = new_figure(8.0, 2.0 + 0.32 * max(n_bars, 2))
    axes = figure.add_subplot()
    places: list[float] = []
    names: list[str] = []
    for place, score in enumerate(shown):
        _draw_bar(axes, place, [score], BLUE, [rival_scores[score.key]] if score.key in rival_scores else [], system.actor_interval(score))
        places.append(place)
        names.append(_actor_name(score, ranked))
    if few:
        apart = len(shown) + (0.6 if shown else 0.0)
        tail = system.tails.get(role)
        pooled_interval = tail.interval if tail else None
        _draw_bar(axes, apart, few, GREY, [rival_scores[score.key] for score in few if score.key in rival_scores], pooled_interval)
        places.append(apart)
        names.append(f"few rows: {len(few)} actor{'s' if len(few) > 1 else ''} with n < {report.min_support}")
    axes.set_yticks(places, [plain(name) for name in names])
    if few:
        axes.get_yticklabels()[-1].set(color="#555555", style="italic")
    axes.set_ylim((places[-1] if places else 0) + 0.7, -0.7)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("gold stances labelled exactly right" + (INTERVAL_NOTE if report.draws else ""), fontsize=9)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    if places:
        axes.text(1.02, 1.0, "right / n", transform=axes.transAxes, fontsize=8, va="bottom", color="#333333")
    else:
        axes.text(0.5, 0.5, "no gold stance in this split", transform=axes.transAxes, ha="center")
    if rival and places:
        axes.plot([], [], "D", color="white", markeredgecolor=BLACK, markersize=5, label=plain(f"{rival.system} (best other system)"))
        figure.legend(loc="outside lower left", frameon=False, fontsize=8)
    ends = "stances it holds" if role == "speaker" else "stances toward it"
    hidden = f", the {MAX_BARS} of {len(ranked)} with most rows" if len(ranked) > MAX_BARS else ""
    figure.suptitle(
        f"For each actor, how many of the {ends} does\n" + plain(f"{system.system} label right? ({split}, {report.roster} roster{hidden})"),
        fontsize=11,
        x=0.01,
        ha="left",
    )
    return figure


def _draw_bar(axes: Axes, place: float, scores: list[ActorScore], colour: str, rival: list[ActorScore], interval: Interval | None) -> None:
    """Draw one bar over the rows of one or more actors together."""
    n, correct = sum(score.n for score in scores), sum(score.correct for score in scores)
    axes.barh(place, correct / n, height=0.62, color=colour, alpha=0.75)
    if interval:
        axes.plot([interval.low, interval.high], [place, place], color=BLACK, linewidth=1.4, solid_capstyle="butt", clip_on=False)
    if rival:
        right = share(sum(score.correct for score in rival), sum(score.n for score in rival))
        axes.plot(right, place, "D", color="white", markeredgecolor=BLACK, markersize=5, clip_on=False, zorder=4)
    axes.text(1.02, place, f"{correct} / {n}", transform=axes.get_yaxis_transform(), fontsize=8, va="center")


def _actor_name(score: ActorScore, all_scores: list[ActorScore]) -> str:
    """Return the actor's name, with its corpus where another actor bears the same."""
    alone = sum(other.name == score.name for other in all_scores) == 1
    name = score.name if alone else f"{score.name} ({score.corpus}, {score.kind})"
    return "\n".join(wrap(name, 34, max_lines=2, placeholder=" …")) or name


def plot_systems(report: Report, split: str) -> Figure:
    """Draw the triplet F1 of every system of a report, best first, with its interval and counts; the one judged in blue.

    A dotted line shows how far annotators agree, where a corpus of the split has several.
    """
    part = report.split(split)
    ranked = sorted(part.systems, key=lambda scores: -scores.triplets.f1)  # of equals the report's order
    judged = ranked.index(part.systems[0])
    figure = new_figure(8.0, 1.7 + 0.36 * max(len(ranked), 2))
    axes = figure.add_subplot()
    colours = [BLUE if place == judged else GREY for place in range(len(ranked))]
    axes.barh(range(len(ranked)), [scores.triplets.f1 for scores in ranked], height=0.62, color=colours, alpha=0.75)
    for place, scores in enumerate(ranked):
        counts = scores.triplets
        interval = scores.intervals.get("triplet_f1")
        end = counts.f1
        if interval and interval.low == interval.low:
            axes.plot([interval.low, interval.high], [place, place], color=BLACK, linewidth=1.4, solid_capstyle="butt")
            end = max(end, interval.high)
        axes.text(end + 0.01, place, f"{counts.f1:.2f}", fontsize=9, va="center")
        text = f"{counts.n_correct:,} / {counts.n_predicted:,}"
        axes.text(1.02, place, text, transform=axes.get_yaxis_transform(), fontsize=8, va="center")
    axes.text(1.02, 1.0, "right / predicted", transform=axes.transAxes, fontsize=8, va="bottom", color="#333333")
    names = ["\n".join(wrap(scores.system, 34, max_lines=2, placeholder=" …")) or scores.system for scores in ranked]
    axes.set_yticks(range(len(ranked)), [plain(name) for name in names])
    axes.get_yticklabels()[judged].set_fontweight("bold")
    axes.set_ylim(max(len(ranked), 2) - 0.3, -0.7)
    axes.set_xlim(0, 1)
    axes.set_xlabel("triplet F1: sentence, both actors and stance right" + (INTERVAL_NOTE if report.draws else ""), fontsize=9)
    for corpus, agreement in part.agreement.items():
        axes.axvline(agreement.mean_f1, color=BLACK, linestyle=":", linewidth=1.2, label=plain(f"two annotators of {corpus}"))
    if part.agreement:
        figure.legend(loc="outside lower left", frameon=False, fontsize=8)
    axes.tick_params(axis="y", length=0, pad=8)
    axes.grid(axis="x", color="#DDDDDD", linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right", "left"]].set_visible(False)
    asked = "Which system finds most of the stances" if len(ranked) > 1 else "How many of the stances does it find"
    figure.suptitle(
        f"{asked}, and invents fewest?\n({split}, n = {part.n_gold:,} gold stances, {report.roster} roster)", fontsize=11, x=0.01, ha="left"
    )
    return figure


def plot_probabilities(rows: Mapping[str, Mapping[str, float]], title: str) -> Figure:
    """Draw what a model makes of a few rows: favor from the left, against from the right, none between them.

    Args:
        rows: label of the row → probability of each of ``STANCES``, drawn from the top down.
        title: the question that the figure answers.
    """
    labels = ["\n".join(wrap(label, 46, max_lines=3, placeholder=" …")) or label for label in rows]
    n_lines = sum(max(label.count("\n") + 1, 2) for label in labels)
    figure = new_figure(8.0, 1.5 + 0.21 * n_lines)
    axes = figure.add_subplot()
    for place, probabilities in enumerate(rows.values()):
        left = 0.0
        for stance, (colour, hatch, ink) in SEGMENTS.items():
            width = probabilities[stance]
            axes.barh(place, width, left=left, height=0.62, color=colour, hatch=hatch, edgecolor="#555555", linewidth=0.6)
            if width >= SMALLEST_WRITTEN:
                backing = {"boxstyle": "round,pad=0.15", "facecolor": colour, "edgecolor": "none"} if hatch else None
                axes.text(left + width / 2, place, f"{100 * width:.0f} %", ha="center", va="center", fontsize=8, color=ink, bbox=backing)
            left += width
    axes.set_yticks(range(len(labels)), [plain(label) for label in labels], fontsize=9)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xlim(-0.004, 1.004)  # room for the outlines
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0, pad=8)
    axes.spines[:].set_visible(False)
    handles = [
        Patch(facecolor=colour, hatch=hatch, edgecolor="#555555", linewidth=0.6, label=stance)
        for stance, (colour, hatch, _) in SEGMENTS.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles), frameon=False, fontsize=9)
    figure.suptitle(plain(title), fontsize=11, x=0.01, ha="left")
    return figure


def plot_confusion(report: Report, split: str) -> Figure:
    """Draw the first system's confusion matrix: counts, and shares of each gold label, by which it is shaded.

    ``none`` has a hundred times the rows of the others: shades by count would show nothing but it.
    """
    part = report.split(split)
    counts = part.systems[0].confusion
    shares = [[share(count, sum(line)) for count in line] for line in counts]
    figure = new_figure(5.6, 4.8)
    axes = figure.add_subplot()
    axes.imshow([[0.0 if cell != cell else cell for cell in line] for line in shares], cmap="Blues", vmin=0, vmax=1)
    for gold, line in enumerate(counts):
        for predicted, count in enumerate(line):
            cell = shares[gold][predicted]
            text = f"{count:,}\n" + ("no such row" if cell != cell else f"{100 * cell:.1f} %")
            axes.text(predicted, gold, text, ha="center", va="center", fontsize=11, color="white" if cell > 0.7 else BLACK)
    axes.set_xticks(range(3), list(STANCES))
    axes.set_yticks(range(3), [f"{stance}\nn = {sum(line):,}" for stance, line in zip(STANCES, counts, strict=True)])
    axes.set_xlabel("predicted")
    axes.set_ylabel("gold")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    figure.suptitle(
        plain(f"What does {part.systems[0].system} take for what?") + f"\n({split}; shaded by share of the gold label)", fontsize=11
    )
    return figure
