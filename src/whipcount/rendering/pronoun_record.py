"""The README of a record of pronouns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whipcount.rendering.markdown import cell, counted, number, table

RATES = ("precision", "recall", "f1")


def render_pronoun_record(name: str, metrics: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return the page of a record.

    Args:
        name: of its folder.
        metrics: what stands in its ``pronouns.json``.
        manifest: what stands in its ``manifest.json``.
    """
    gap, news, systems = metrics["gap"], metrics["news"], metrics["systems"]
    rows = [
        [
            system,
            *(number(told["overall"][rate]) for rate in RATES),
            number(told["feminine_over_masculine"]),
            number(told["news"]["n_right"] / news["n"]),
            f"{told['seconds_per_400_words']:.2f}",
        ]
        for system, told in systems.items()
    ]
    counts = [
        [system, *(f"{told[part][count]:,}" for part in ("masculine", "feminine") for count in ("n_gold", "n_predicted", "n_correct"))]
        for system, told in systems.items()
    ]
    linked = [[system, f"{told['news']['n_linked']:,}", f"{told['news']['n_right']:,}"] for system, told in systems.items()]
    resolvers = " 'resolvers=[…]'` after `python -m whipcount.train_resolver …" if len(systems) > 1 else ""
    lines = [
        f"# {name}",
        "",
        '**Question.** Whom do "he" and "she" mean, by the grammar of the text alone, and with an encoder that has learnt it?',
        "",
        f"**Command.** `python -m whipcount.pronouns gap_part={gap['part']} split={news['split']}{resolvers}`",
        "",
        f"**Result.** GAP, {gap['part']} part: {counted(gap['n'], 'pronoun')} of Wikipedia, by its protocol: each of two names is meant or "
        "not. The names are not given: one that reading does not find, or takes for two people, is lost. News: "
        f"{counted(news['n'], 'annotated pronoun')} of {counted(news['n_articles'], 'article')} of {news['corpus']}, {news['split']} part; "
        "share that is linked to the right actor.",
        "",
        table(["", "GAP, precision", "recall", "F1", "feminine over masculine", "news, right", "s for 400 words"], rows),
        "",
        table(
            ["names", "masculine, meant", "said to be", "right", "feminine, meant", "said to be", "right"],
            counts,
        ),
        "",
        table(["news", "linked", "right"], linked),
        "",
        "The time is that of finding actors and linking pronouns, after the parse.",
        "",
        "**Caveat.** The development parts were looked at while this was built. The weights of the grammar and the resolvers learnt from "
        "GAP's development part and the same news' train part, which one writer's hand wrote: other news may be harder.",
        "",
        f"Code {cell(manifest['code'])}; texts `{manifest['texts'][:12]}`.",
        "",
    ]
    return "\n".join(lines)
