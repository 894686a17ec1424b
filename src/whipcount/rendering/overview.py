"""``experiments/README.md``: every record's headline figures, and those that can be set beside published ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from whipcount.rendering.markdown import number, spread

HEADLINES = {
    "triplet F1": ("triplet", "f1"),
    "pair F1": ("pair", "f1"),
    "polarity accuracy": ("polarity_accuracy",),
    "speaker accuracy, macro": ("by_actor", "speaker", "macro_accuracy"),
    "false stances per 100 none rows": ("false_stances", "per_100_none_rows"),
    "where both are named": ("false_stances_both_named", "per_100_none_rows"),
}


@dataclass(frozen=True)
class Benchmark:
    """A measure of ``scoring.benchmarks``, and the best published figure for it, as a share, with where and on what it was measured."""

    title: str
    corpus: str
    measure: str
    published: float | None = None
    source: str = ""


WEN = "Wen, Hovy, Hauptmann 2024"
HAMBORG = "Hamborg, Donnay 2021"
CORPORA = {
    "seesaw": "SEESAW",
    "dse": "DSE as published",
    "dse-clean": "DSE clean: train without the rows that the held-out parts repeat",
    "newsmtsc": "NewsMTSC",
    "gazette": "Gazette",
}
BENCHMARKS = (
    Benchmark("triplet F1, actor ends", "seesaw", "triplet_f1"),
    Benchmark("triplet F1, all ends", "seesaw", "triplet_f1_all_ends"),
    Benchmark("triplet F1, rows with someone outside the list", "seesaw", "triplet_f1_someone"),
    Benchmark("polarity given the pair, all ends", "seesaw", "polarity_all_ends", 0.841, f"{WEN}, RoBERTa-base, on test"),
    Benchmark("micro-F1", "dse", "micro_f1", 0.867, f"{WEN}, RoBERTa-base, the same part"),
    Benchmark("macro-F1", "dse", "macro_f1", 0.744, f"{WEN}, RoBERTa-base, the same part"),
    Benchmark("micro-F1, rows that train does not hold", "dse", "micro_f1_unseen"),
    Benchmark("macro-F1, rows that train does not hold", "dse", "macro_f1_unseen"),
    Benchmark("micro-F1", "dse-clean", "micro_f1"),
    Benchmark("macro-F1", "dse-clean", "macro_f1"),
    Benchmark("micro-F1, unseen part", "dse-clean", "micro_f1_unseen"),
    Benchmark("macro-F1, unseen part", "dse-clean", "macro_f1_unseen"),
    Benchmark("macro-F1, rw", "newsmtsc", "dev_rw_macro_f1", 0.831, f"{HAMBORG}, RoBERTa-base, on test"),
    Benchmark("macro-F1, mt", "newsmtsc", "dev_mt_macro_f1", 0.825, f"{HAMBORG}, RoBERTa-base, on test"),
    Benchmark("triplet F1", "gazette", "triplet_f1"),
    Benchmark("polarity given the pair", "gazette", "polarity"),
)


def render_overview(folder: Path) -> str:
    """Return the text of ``experiments/README.md``, made from the metrics of every experiment in the folder."""
    records = {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*/metrics.json"))}
    lines = [
        "# Experiments",
        "",
        "Generated from each folder's `metrics.json` by `python -m whipcount.experiment`: the mean over seeds, the range in brackets;",
        "oracle roster.",
        "",
        *_benchmark_table(records),
        "## Every experiment",
        "",
        "`gold` counts favor and against rows between actors of the roster.",
        "",
        "| experiment | seeds | split | gold | " + " | ".join(HEADLINES) + " |",
        "|---|---:|---|---:|" + "---:|" * len(HEADLINES),
    ]
    for name, metrics in records.items():
        for split, part in metrics["splits"].items():
            cells = [spread(metrics["over_seeds"][split][headline]) for headline in HEADLINES]
            lines.append(f"| [{name}]({name}/README.md) | {_n_seeds(metrics)} | {split} | {part['n_gold']} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, ""])


def _n_seeds(metrics: Mapping[str, Any]) -> int:
    return sum(name.startswith("seed-") for name in metrics["systems"])


def _benchmark_table(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    real = {name: metrics for name, metrics in records.items() if "corpora" in metrics}
    if not real:
        return []
    lines = [
        "## Corpus by corpus, beside what is published",
        "",
        "Development parts; the published figures are for the part that is named.",
        "",
    ]
    for corpus, title in CORPORA.items():
        measured = {name: found for name, metrics in real.items() if (found := metrics["corpora"]["development"].get(corpus))}
        if not measured:
            continue
        columns = [benchmark for benchmark in BENCHMARKS if benchmark.corpus == corpus]
        lines += [f"### {title}", "", "| experiment | seeds | " + " | ".join(one.title for one in columns) + " |"]
        lines.append("|---|---:|" + "---:|" * len(columns))
        if any(one.published for one in columns):
            best = ["–" if one.published is None else f"{number(one.published)} ({one.source})" for one in columns]
            lines.append("| best published | | " + " | ".join(best) + " |")
        for name, found in measured.items():
            cells = [spread(found[one.measure]["over_seeds"]) if one.measure in found else "" for one in columns]
            lines.append(f"| [{name}]({name}/README.md) | {_n_seeds(records[name])} | " + " | ".join(cells) + " |")
        lines.append("")
    return lines
