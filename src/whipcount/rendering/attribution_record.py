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
ROSTERS = {"oracle": "oracle", "own": "own", "resolved": "own, with a resolver"}


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
    speakers = metrics["speakers"]
    rosters = [roster for roster in ROSTERS if roster in speakers["systems"]["rules"]]
    n_quotations = speakers["systems"]["rules"]["own"]["n"]
    said = [
        [name, *(number(told[roster]["accuracy"]) for roster in rosters), f"{told[rosters[-1]]['n_told']:,}"]
        for name, told in speakers["systems"].items()
    ]
    models = " 'models=[…]'` after `python -m whipcount.train_attribution layers=… seed=…" if len(systems) > 1 else ""
    lines = [
        f"# {name}",
        "",
        "**Question.** How well are those found who are said to say, think or judge something, by rules over a parse and by heads that "
        "learnt it from the train part over a stance model's encoder? And who says a quotation?",
        "",
        f"**Command.** `python -m whipcount.attribution split={split}{models}`",
        "",
        f"**Result.** PolNeAR, {split} part: {counted(metrics['n_texts'], 'text')}, {counted(metrics['n_attributions'], 'attribution')}. "
        "F1 of exact ranges, micro; a triple is right where source, cue and content all are.",
        "",
        table(["", *ROLES, "s for 400 words"], rows),
        "",
        *(line for name, told in systems.items() for line in _detail(name, told["scores"])),
        "The time is that of reading actors, too, where a model reads; of the parse alone, where rules do.",
        "",
        f"Speakers: {counted(n_quotations, 'quotation')} of {counted(speakers['n_articles'], 'article')} of {speakers['corpus']}, {split} "
        "part. Share whose speaker is found; nobody is right where nobody says it. *Oracle*: actors and mentions, pronouns too, as "
        "annotated; *own*: as reading finds them, *with a resolver* of pronouns where it says so. As in reading, the rules come first and "
        "a head fills what they leave unknown.",
        "",
        table(["attributions by", *(ROSTERS[roster] for roster in rosters), "told (the last)"], said),
        "",
        "**Caveat.** The rules were written with an eye on the train part. A head reads windows: what it says of a cue ends with its "
        "window. Of a text that several people annotated the first one's marks are the gold. A source, cue or content that other words "
        "part counts as several ranges. Most texts with several annotators were their training: they may agree less there than later. Who "
        "speaks was annotated by one annotator, a language model, before the rules for it were written; they were changed later with "
        "an eye on these very quotations, so their share is optimistic.",
        "",
        f"Code {cell(manifest['code'])}; texts `{manifest['texts'][:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _detail(name: str, scores: Mapping[str, Any]) -> list[str]:
    rows = [[role, *(f"{scores[role][count]:,}" for count in COUNTS), *(number(scores[role][rate]) for rate in RATES)] for role in ROLES]
    return [table([name, "gold", "found", "right", *RATES], rows), ""]
