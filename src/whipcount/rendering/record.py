"""The README of a recorded experiment: question, command, result, caveat, and what made each seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from whipcount.baselines import BASELINES
from whipcount.config import ExperimentConfig
from whipcount.rendering.markdown import cell, number, spread
from whipcount.rendering.overview import HEADLINES
from whipcount.scoring.records import over_seeds, pick


def render_record(config: ExperimentConfig, metrics: Mapping[str, Any], manifest: Mapping[str, Any], controls: Mapping[str, Any]) -> str:
    """Return the text of ``experiments/<name>/README.md``.

    Args:
        config: the experiment's, with all of the record's seeds.
        metrics: what stands in ``metrics.json``.
        manifest: what stands in ``manifest.json``.
        controls: system → split → how often its labels change with the names.
    """
    seeds = ", ".join(map(str, config.seeds))
    command = f" ARGS='seeds=[{seeds.replace(' ', '')}]'" if seeds else ""
    result = f"Seed {seeds}; oracle roster." if seeds else "The baselines; oracle roster."
    if len(config.seeds) > 1:
        result = f"Seeds {seeds}; oracle roster; the mean, and the range over seeds in brackets."
    lines = [
        f"# {config.name}",
        "",
        f"**Question.** {config.question}",
        "",
        f"**Command.** `make experiment NAME={config.name}{command}`",
        "",
        f"**Result.** {result}",
        "",
    ]
    baselines = [name for name in BASELINES if name in metrics["systems"]]
    for split, part in metrics["splits"].items():
        lines += [
            f"## {split}: {part['n_articles']} articles, {part['n_gold']} favor and against rows",
            "",
            *_headlines(metrics, split, bool(seeds), baselines),
            "",
        ]
    for split, corpora in metrics.get("corpora", {}).items():
        lines += [f"## Corpus by corpus: {split}", "", *_corpora(corpora, bool(seeds), baselines), ""]
    if controls:
        for split, part in metrics["splits"].items():
            lines += [f"Names exchanged, {config.draws} draws, {split}: {_exchanged(part['systems'], split, controls)}", ""]
    lines += [f"**Caveat.** {config.caveat}", ""]
    if config.fault:
        lines += [f"**Fault.** {config.fault}", ""]
    if seeds and not config.brief:
        lines += [f"Actor by actor, with intervals and tests: the [report](report/report.md) on seed {config.seeds[0]}.", ""]
    if seeds:
        lines += [*_seeds(manifest), ""]
    lines += [f"Dataset `{manifest['dataset'][:12]}`.", ""]
    return "\n".join(lines)


def _headlines(metrics: Mapping[str, Any], split: str, has_seeds: bool, baselines: Sequence[str]) -> list[str]:
    systems = metrics["splits"][split]["systems"]
    lines = ["| system | " + " | ".join(HEADLINES) + " |", "|---|" + "---:|" * len(HEADLINES)]
    if has_seeds:
        cells = [spread(metrics["over_seeds"][split][name]) for name in HEADLINES]
        lines.append("| **whipcount** | " + " | ".join(cells) + " |")
    for name in baselines:
        lines.append(f"| {name} | " + " | ".join(number(pick(systems[name], path)) for path in HEADLINES.values()) + " |")
    return lines


def _corpora(corpora: Mapping[str, Any], has_seeds: bool, baselines: Sequence[str]) -> list[str]:
    systems = ["**whipcount**"] * has_seeds + list(baselines)
    lines = ["| " + " | ".join(["corpus", "measure", *systems]) + " |", "|---|---|" + "---:|" * len(systems)]
    for corpus, measures in corpora.items():
        for measure, values in measures.items():
            cells = [spread(values["over_seeds"])] * has_seeds + [number(values["systems"].get(name)) for name in baselines]
            lines.append(f"| {corpus} | {measure.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return lines


def _exchanged(systems: Mapping[str, Any], split: str, controls: Mapping[str, Any]) -> str:
    """Return what becomes of the stances that the plain readings report, each counted once for every draw of names.

    The controls of the first records do not tell how many these are; what the metrics count does, for every record.
    """
    lost, appeared = [], []
    for name, found in controls.items():
        swap = found[split]["perturbed"]["swap"]
        n, changed = swap["flips"]["n"], swap["flips"]["changed"]
        reported = systems[name]["triplet"]["n_predicted"] * len(swap["draws"])
        if reported:
            lost.append((changed - (n - reported)) / reported)
            appeared.append((n - reported) / reported)
    return (
        f"of the stances reported a share of {spread(over_seeds(lost))} vanishes or turns; "
        f"beside them others appear, {spread(over_seeds(appeared))} for each reported one."
    )


def _seeds(manifest: Mapping[str, Any]) -> list[str]:
    """Return a line for each seed: how long it trained, where, and of what code."""
    lines = ["| seed | seconds of training | machine | code |", "|---:|---:|---|---|"]
    columns = (manifest[key] for key in ("seeds", "seconds", "hardware", "code"))
    for seed, seconds, hardware, code in zip(*columns, strict=True):
        lines.append(f"| {seed} | {seconds:.0f} | {cell(hardware)} | {cell(code)} |")
    return lines
