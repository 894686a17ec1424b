"""The README of ``experiments/evidence``: stances whose evidence is blanked, beside random words."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from whipcount.rendering.markdown import cell, counted, number, number_range, percent, table
from whipcount.scoring.evidence import BLANKINGS, RANDOM, WHOLE

TITLES = {WHOLE: "all evidence", RANDOM: "random words"}
SUBSETS = {"all": "all", "same_sentence": "random words in the sentence of the evidence"}
COMPARED = (WHOLE, RANDOM, "difference")
MEASURES = {"changed": "changed", "fall": "fall of probability"}


def render_evidence_record(name: str, metrics: Mapping[str, Any], settings: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Return the text of the record's README.

    Args:
        name: of the record's folder.
        metrics: what stands in ``evidence.json``.
        settings: what stands in ``config.yaml``.
        manifest: what stands in ``manifest.json``.
    """
    limit = f" max_articles={settings['max_articles']}" if settings["max_articles"] else ""
    command = f"python -m whipcount.evidence model=<folder> 'corpora=[{','.join(settings['corpora'])}]' draws={settings['draws']}{limit}"
    lines = [
        f"# {name}",
        "",
        "**Question.** Do a model's stances change when the words that are shown as their evidence are blanked, and more often than "
        "when as many other words are?",
        "",
        f"**Command.** `{command}`",
        "",
        "**Result.** Development articles; of a corpus without such, its others. The actors are given; stances between them, the article's "
        "own voice among them. Each stance is read again by itself with words blanked, their tokens replaced by the mask token. *Changed*: "
        "the likeliest label is another, none or the opposite stance. *Fall*: of the probability of the stance found. *Tokens*: blanked "
        "on average.",
        "",
    ]
    lines += [line for corpus, why in metrics["skipped"].items() for line in (f"Passed over: {cell(corpus)} ({cell(why)}).", "")]
    for corpus, measured in metrics["corpora"].items():
        lines += _corpus(corpus, measured)
    lines += [
        "Random words: for each range of the evidence one of as many characters, as near as whole words come to it, without overlap, "
        f"drawn {counted(settings['draws'], 'time')} for a stance (seed {settings['seed']}); in the sentence in which its like begins, "
        "where there is room, else elsewhere in the window. The intervals are of the difference, resampled by what is named.",
        "",
        "**Caveat.** The markers beside blanked words and the list of actors stay: the model still sees who is named where. Evidence "
        "outside the window of the sentence is left alone, and random words have the length of what is inside. The evidence is found by "
        "rules, and a long content leaves little of its sentence: random words elsewhere are the weaker control. A stance that changes "
        "shows that the words matter to the model, not that the stance is right.",
        "",
        f"Model `{manifest['model'].get('fingerprint', 'unknown')[:12]}`; code {cell(manifest['code'])}; {cell(manifest['hardware'])}; "
        f"articles `{manifest['articles'][:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _corpus(corpus: str, measured: Mapping[str, Any]) -> list[str]:
    blanked = [
        [TITLES.get(name, name), f"{values['n']:,}", number(values["n_tokens"], 1)]
        + [_percent(values[key]) for key in ("changed", "to_none", "to_opposite")]
        + [number(values["fall"])]
        for name, values in ((name, measured["blanked"][name]) for name in BLANKINGS)
    ]
    against = [
        [title, MEASURES[key], f"{found['n']:,}", *(number(found[key][one]) for one in COMPARED), _interval(found[key]["interval"])]
        for title, found in ((title, measured["differences"][name]) for name, title in SUBSETS.items())
        for key in MEASURES
    ]
    return [
        f"## {cell(corpus)}: {counted(measured['n_articles'], 'article')}, {counted(measured['n_stances'], 'stance')}",
        "",
        f"{counted(measured['n_mentions_alone'], 'stance')} with no evidence beside mentions of the ends, "
        f"{measured['n_without_evidence']:,} with none in the window, {measured['n_cut']:,} with some outside it; for "
        f"{measured['n_without_room']:,} there was no room for random words, for {measured['n_other_sentence']:,} only in other sentences.",
        "",
        table(["blanked", "stances", "tokens", "changed", "to none", "to the opposite", "fall"], blanked),
        "",
        table(["stances", "measure", "n", "evidence", "random", "difference", "95 % interval"], against, n_words=2),
        "",
    ]


def _percent(share: float | None) -> str:
    return percent(math.nan if share is None else share)


def _interval(values: Mapping[str, Any]) -> str:
    low, high = (math.nan if values[end] is None else values[end] for end in ("low", "high"))
    return f"{number_range(low, high)} by {values['clustered_by']}"
