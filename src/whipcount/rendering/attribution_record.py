"""The README of ``experiments/attribution``: attributions found in PolNeAR, beside people's agreement and what is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whipcount.rendering.markdown import cell, counted, number, table

PUBLISHED = {
    "BERT-CofeNet (Wang et al. 2022; its split may be another)": {"source": 0.832, "cue": 0.753, "content": 0.729},
    "CoreNLP (as measured there)": {"source": 0.139, "content": 0.175},
}
"""Exact F1 of ranges."""
ROLES = ("source", "cue", "content", "triple")
COUNTS = ("n_gold", "n_predicted", "n_correct")
RATES = ("precision", "recall", "f1")


def render_attribution_record(name: str, metrics: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return the text of the record's README.

    Args:
        name: of the record's folder.
        metrics: what stands in ``attribution.json``.
        manifest: what stands in ``manifest.json``.
    """
    systems, split = metrics["systems"], metrics["split"]
    rows = [
        [f"{name}, {split}", *(number(told["scores"][role]["f1"]) for role in ROLES), number(told["seconds_per_400_words"], 2)]
        for name, told in systems.items()
    ]
    rows += [
        [f"two annotators, {part}, {counted(told['n_texts'], 'text')}", *(number(told["scores"][role]["f1"]) for role in ROLES), ""]
        for part, told in metrics["annotators"].items()
        if told["n_texts"]
    ]
    rows += [[title, *(number(published.get(role)) for role in ROLES), ""] for title, published in PUBLISHED.items()]
    pronouns = metrics["pronouns"]
    speakers = metrics["speakers"]
    n_quotations = speakers["systems"]["rules"]["own"]["n"]
    said = [
        [name, number(told["oracle"]["accuracy"]), number(told["own"]["accuracy"]), f"{told['own']['n_told']:,}"]
        for name, told in speakers["systems"].items()
    ]
    linked = [
        [part, *(f"{pronouns[part][count]:,}" for count in COUNTS), *(number(pronouns[part][rate]) for rate in RATES)]
        for part in ("overall", "masculine", "feminine")
    ]
    models = " 'models=[…]'` after `python -m whipcount.train_attribution layers=… seed=…" if len(systems) > 1 else ""
    lines = [
        f"# {name}",
        "",
        "**Question.** How well are those found who are said to say, think or judge something, by rules over a parse and by heads that "
        "learnt it from the train part over a stance model's encoder? And whom pronouns mean?",
        "",
        f"**Command.** `python -m whipcount.attribution split={split} gap_part={pronouns['part']}{models}`",
        "",
        f"**Result.** PolNeAR, {split} part: {counted(metrics['n_texts'], 'text')}, {counted(metrics['n_attributions'], 'attribution')}. "
        "F1 of exact ranges, micro; a triple is right where source, cue and content all are.",
        "",
        table(["", *ROLES, "s for 400 words"], rows),
        "",
        *(line for name, told in systems.items() for line in _detail(name, told["scores"])),
        "The time is that of reading actors, too, where a model reads; of the parse alone, where rules do.",
        "",
        f"Pronouns: GAP, {pronouns['part']} part, {counted(pronouns['n'], 'pronoun')}, by its protocol: each of two names is meant or not. "
        f"Feminine F1 over masculine: {number(pronouns['feminine_over_masculine'])}. The names are not given: a name that reading does not "
        "find, or takes for two people, is lost.",
        "",
        table(["names", "gold", "found", "right", *RATES], linked),
        "",
        f"Speakers: {counted(n_quotations, 'quotation')} of {counted(speakers['n_articles'], 'article')} of {speakers['corpus']}, {split} "
        "part. Share whose speaker is found; nobody is right where nobody says it. *Oracle*: actors and mentions, pronouns too, as "
        "annotated; *own*: as reading finds them.",
        "",
        table(["attributions by", "oracle", "own", "told (own)"], said),
        "",
        "**Caveat.** The rules were written with an eye on the train part. A head reads windows: what it says of a cue ends with its "
        "window. Of a text that several people annotated the first one's marks are the gold. A source, cue or content that other words "
        "part counts as several ranges. Most texts with several annotators were their training: they may agree less there than later. Who "
        "speaks was annotated by one annotator, a language model, before the rules for it were written.",
        "",
        f"Code {cell(manifest['code'])}; texts `{manifest['texts'][:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _detail(name: str, scores: Mapping[str, Any]) -> list[str]:
    rows = [[role, *(f"{scores[role][count]:,}" for count in COUNTS), *(number(scores[role][rate]) for rate in RATES)] for role in ROLES]
    return [table([name, "gold", "found", "right", *RATES], rows), ""]
