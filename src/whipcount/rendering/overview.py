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
BENCHMARKS = (
    Benchmark("DSE as published, micro-F1", "dse", "micro_f1", 0.867, f"{WEN}, RoBERTa-base, the same part"),
    Benchmark("DSE as published, macro-F1", "dse", "macro_f1", 0.744, f"{WEN}, RoBERTa-base, the same part"),
    Benchmark("… rows that train does not hold, micro-F1", "dse", "micro_f1_unseen"),
    Benchmark("… rows that train does not hold, macro-F1", "dse", "macro_f1_unseen"),
    Benchmark("DSE clean, micro-F1", "dse-clean", "micro_f1"),
    Benchmark("DSE clean, macro-F1", "dse-clean", "macro_f1"),
    Benchmark("SEESAW, polarity given the pair, all ends", "seesaw", "polarity_all_ends", 0.841, f"{WEN}, RoBERTa-base, on test"),
    Benchmark("SEESAW, triplet F1, actor ends", "seesaw", "triplet_f1"),
    Benchmark("SEESAW, triplet F1, all ends", "seesaw", "triplet_f1_all_ends"),
    Benchmark("SEESAW, triplet F1, rows with someone outside the list", "seesaw", "triplet_f1_someone"),
    Benchmark("NewsMTSC rw, macro-F1", "newsmtsc", "dev_rw_macro_f1", 0.831, f"{HAMBORG}, RoBERTa-base, on test"),
    Benchmark("NewsMTSC mt, macro-F1", "newsmtsc", "dev_mt_macro_f1", 0.825, f"{HAMBORG}, RoBERTa-base, on test"),
    Benchmark("Gazette, triplet F1", "gazette", "triplet_f1"),
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
    shown = {name: metrics for name, metrics in records.items() if "corpora" in metrics}
    if not shown:
        return []
    lines = [
        "## Real corpora, beside what is published",
        "",
        "Development parts; the published figures are for the part that their source says. An empty cell: not measured in that experiment.",
        "",
        "| measure | best published | " + " | ".join(f"[{name}]({name}/README.md) (n = {_n_seeds(m)})" for name, m in shown.items()) + " |",
        "|---|---|" + "---:|" * len(shown),
    ]
    for benchmark in BENCHMARKS:
        cells = []
        for metrics in shown.values():
            found = metrics["corpora"]["development"].get(benchmark.corpus, {}).get(benchmark.measure)
            cells.append("" if found is None else spread(found["over_seeds"]))
        best = "–" if benchmark.published is None else f"{number(benchmark.published)} ({benchmark.source})"
        lines.append(f"| {benchmark.title} | {best} | " + " | ".join(cells) + " |")
    return [*lines, ""]
