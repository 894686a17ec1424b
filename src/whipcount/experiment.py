"""``python -m whipcount.experiment``: one configuration, several seeds, recorded under ``experiments/``.

``experiments/<name>/`` is small and holds no text: the resolved configuration, a manifest, sparse predictions of every
seed and baseline, the metrics recomputed from them, a report on the first seed with the baselines beside it, and a README
with question, command, result and caveat.
"""

from __future__ import annotations

import json
import logging
import platform
import shlex
import statistics
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from omegaconf import OmegaConf

from whipcount.baselines import BASELINES
from whipcount.build import build
from whipcount.config import BuildConfig, ExperimentConfig, PredictConfig, TrainConfig
from whipcount.corpora.annotators import read_annotations
from whipcount.corpora.sources import READERS, published_train
from whipcount.evaluate import write_report
from whipcount.examples.storage import StoredDataset, fingerprint, load_dataset_folder, select_corpora, written_whole
from whipcount.launch import launch
from whipcount.predict import predict
from whipcount.rendering.markdown import number, spread
from whipcount.rendering.overview import HEADLINES, render_overview
from whipcount.schema import FULL, NONE, STANCES, example_id, ordered_pairs
from whipcount.scoring.benchmarks import score_corpora, seen_in_training
from whipcount.scoring.comparison import Draws
from whipcount.scoring.controls import controls_to_json, measure_controls
from whipcount.scoring.predictions import Predictions, of_corpora, read_predictions, thin_out, write_predictions
from whipcount.scoring.report import Report, make_report
from whipcount.scoring.report_json import report_to_json
from whipcount.scoring.rows import align
from whipcount.train import train

log = logging.getLogger(__name__)

SPLITS = ("development", "test")


def run_experiment(config: ExperimentConfig) -> Path:
    """Build, train each seed, predict, score, record; return the record's folder. What is there already is not redone.

    Experiments on the same corpora share the dataset and what the baselines say of it.
    """
    work = Path(config.work) / config.name
    shared = Path(config.work) / "datasets" / fingerprint(config.data.folders)[:12]
    manifest = build(BuildConfig(data=config.data, out=str(shared / "dataset")))
    settings = PredictConfig(data=str(shared / "dataset"), splits=list(SPLITS))
    models, files, perturbed = [], [], []
    for seed in config.seeds:
        folder = work / f"seed-{seed}"
        models.append(train(TrainConfig(config.model, config.training, seed, settings.data, str(folder / "model"), str(folder / "run"))))
        with_model = replace(settings, model=str(models[-1]), out=str(work / "predictions" / f"seed-{seed}.jsonl"))
        files += predict(with_model)
        perturbed.append(predict(replace(with_model, perturb="swap", draws=config.draws)) if config.draws else [])
    for name in [] if config.brief else BASELINES:
        files += predict(replace(settings, model=name, out=str(shared / "predictions" / f"{name}.jsonl")))
    return _record(config, load_dataset_folder(shared / "dataset"), manifest, files, perturbed, models)


def _record(
    config: ExperimentConfig,
    dataset: StoredDataset,
    manifest: Mapping[str, Any],
    files: Sequence[Path],
    perturbed: Sequence[Sequence[Path]],
    models: Sequence[Path],
) -> Path:
    gold = {row["id"]: row["stance"] for split in SPLITS for row in dataset.examples[split].select_columns(["id", "stance"])}
    sparse = [thin_out(read_predictions(file), gold, system=file.stem) for file in files]
    trained = [json.loads((model / "training.json").read_text()) for model in models]
    metrics = score(dataset, sparse)
    judged = select_corpora(dataset, judged_corpora(dataset))
    report = None if config.brief else _report(config, judged, files, perturbed[0])
    controls = {file.stem: _controls(judged, file, found) for file, found in zip(files, perturbed, strict=False) if found}
    out = Path(config.out) / config.name
    with written_whole(out) as partial:
        (partial / "predictions").mkdir(parents=True)
        for one in sparse:
            write_predictions(partial / "predictions" / f"{one.system}.jsonl.gz", one)
        settings = {key: value for key, value in asdict(config).items() if key not in ("work", "out")}
        (partial / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settings)), encoding="utf-8")
        _write_json(partial / "metrics.json", metrics)
        record = {
            "dataset": manifest["fingerprint"],
            "counts": manifest["counts"],
            "code": _code_version(),
            "seeds": list(config.seeds),
            "seconds": [one["seconds"] for one in trained],
            "versions": trained[0]["versions"] | {"python": platform.python_version()},
            "hardware": trained[0]["hardware"],
        }
        _write_json(partial / "manifest.json", record)
        if controls:
            _write_json(partial / "controls.json", controls)
        (partial / "README.md").write_text(_readme(config, metrics, record, controls), encoding="utf-8")
        if report:
            write_report(report, [], partial / "report", with_text=False, page=False)
    log.info("recorded in %s", out)
    overview = Path(config.out) / "README.md"
    with written_whole(overview) as partial:
        partial.write_text(render_overview(Path(config.out)), encoding="utf-8")
    return out


def _report(config: ExperimentConfig, dataset: StoredDataset, files: Sequence[Path], perturbed: Sequence[Path]) -> Report:
    """Report on the first seed, with the baselines beside it, from the dense predictions."""
    baselines = files[len(config.seeds) :]
    corpora = judged_corpora(dataset)
    systems = [replace(of_corpora(read_predictions(file), corpora), system=file.stem) for file in (files[0], *baselines)]
    articles = [article for split in SPLITS for article in dataset.articles[split]]
    return make_report(
        dataset,
        systems,
        SPLITS,
        draws=Draws(),
        perturbed=[read_predictions(file) for file in perturbed],
        annotated=read_annotations(config.data.folders, articles),
    )


def _controls(dataset: StoredDataset, file: Path, perturbed: Sequence[Path]) -> dict[str, Any]:
    """Return how often a seed's labels change with the names, for each split that has rows."""
    plain, readings = read_predictions(file), [read_predictions(path) for path in perturbed]
    known = set(plain.ids)
    return {
        split: controls_to_json(
            measure_controls(align(dataset.examples[split], dataset.articles[split], plain, known_ids=known), plain, readings)
        )
        for split in SPLITS
        if len(dataset.examples[split])
    }


def score(dataset: StoredDataset, predictions: Sequence[Predictions]) -> dict[str, Any]:
    """Return the metrics of the systems, and of those that are seeds the mean and the range of the headlines.

    Actor by actor only ``judged_corpora`` are scored. Where the dataset holds a public corpus, ``corpora`` has the measures of each
    corpus, see ``scoring.benchmarks``.
    """
    judged = judged_corpora(dataset)
    metrics = report_to_json(make_report(select_corpora(dataset, judged), [of_corpora(one, judged) for one in predictions], SPLITS))
    seeds = [one.system for one in predictions if one.system.startswith("seed-")]
    metrics["over_seeds"] = {
        split: {name: _over_seeds([_pick(part["systems"][seed], path) for seed in seeds]) for name, path in HEADLINES.items()}
        for split, part in metrics["splits"].items()
    }
    if any(corpus in READERS for corpus in dataset.manifest["folders"]):
        metrics["corpora"] = {split: _benchmarks(dataset, predictions, split) for split in SPLITS if dataset.articles[split]}
    return metrics


def judged_corpora(dataset: StoredDataset) -> list[str]:
    """Return the corpora that a record reports on actor by actor: the fully annotated public ones, or fully annotated ones, or all."""
    held_out = [article for split in SPLITS for article in dataset.articles[split]]
    whole = list(dict.fromkeys(article.corpus for article in held_out if article.annotation == FULL))
    return [corpus for corpus in whole if corpus in READERS] or whole or list(dict.fromkeys(article.corpus for article in held_out))


def _benchmarks(dataset: StoredDataset, predictions: Sequence[Predictions], split: str) -> dict[str, dict[str, Any]]:
    """Return by corpus and measure the value of each system and what the seeds come to."""
    articles = dataset.articles[split]
    seen = seen_in_training(articles, [*dataset.articles["train"], *published_train(dataset.manifest["folders"])])
    ids = [[example_id(article.key, *pair) for pair in ordered_pairs(article)] for article in articles]
    found: dict[str, dict[str, dict[str, float]]] = {}
    for one in predictions:
        known = dict(zip(one.ids, one.probabilities, strict=True))
        left_out = np.eye(len(STANCES))[NONE]  # the file is sparse
        rows = [np.array([known.get(id_, left_out) for id_ in of_article]) for of_article in ids]
        for corpus, measures in score_corpora(articles, rows, seen).items():
            for measure, value in measures.items():
                found.setdefault(corpus, {}).setdefault(measure, {})[one.system] = value
    return {
        corpus: {
            measure: {"systems": values, "over_seeds": _over_seeds([value for name, value in values.items() if name.startswith("seed-")])}
            for measure, values in measures.items()
        }
        for corpus, measures in found.items()
    }


def _over_seeds(values: Sequence[float | None]) -> dict[str, float | None]:
    known = [value for value in values if value is not None]
    if not known:
        return {"mean": None, "lowest": None, "highest": None}
    return {"mean": statistics.fmean(known), "lowest": min(known), "highest": max(known)}


def _pick(values: Mapping[str, Any], path: Sequence[str]) -> float | None:
    found: Any = values
    for key in path:
        found = found[key]
    return None if found is None else float(found)


def _readme(config: ExperimentConfig, metrics: Mapping[str, Any], record: Mapping[str, Any], controls: Mapping[str, Any]) -> str:
    lines = [
        f"# {config.name}",
        "",
        f"**Question.** {config.question}",
        "",
        f"**Command.** `make experiment NAME={config.name}`",
        "",
        f"**Result.** Seeds {', '.join(map(str, config.seeds))}; oracle roster; the mean, and the range over seeds in brackets.",
        "",
    ]
    baselines = [name for name in BASELINES if name in metrics["systems"]]
    for split, part in metrics["splits"].items():
        lines += [
            f"## {split}: {part['n_articles']} articles, {part['n_gold']} favor and against rows",
            "",
            *_table(metrics, split, baselines),
            "",
        ]
    for split, corpora in metrics.get("corpora", {}).items():
        lines += [f"## Corpus by corpus: {split}", "", *_corpora_table(corpora, baselines), ""]
    for split in metrics["splits"]:
        shares = [found[split]["perturbed"]["swap"]["flips"]["share"] for found in controls.values()]
        if shares:
            lines += [f"Labels that change with the names, {config.draws} draws, {split}: {spread(_over_seeds(shares))}.", ""]
    lines += [
        f"**Caveat.** {config.caveat}",
        "",
        *(
            []
            if config.brief
            else [f"Actor by actor, with intervals and tests: the [report](report/report.md) on seed {config.seeds[0]}.", ""]
        ),
        f"Training took {min(record['seconds']):.0f} to {max(record['seconds']):.0f} s a seed on {record['hardware']}; "
        f"code {record['code']}; dataset `{record['dataset'][:12]}`.",
        "",
    ]
    return "\n".join(lines)


def _corpora_table(corpora: Mapping[str, Any], baselines: Sequence[str]) -> list[str]:
    lines = ["| " + " | ".join(["corpus", "measure", "**whipcount**", *baselines]) + " |", "|---|---|---:|" + "---:|" * len(baselines)]
    for corpus, measures in corpora.items():
        for measure, values in measures.items():
            cells = [spread(values["over_seeds"]), *(number(values["systems"].get(name)) for name in baselines)]
            lines.append(f"| {corpus} | {measure.replace('_', ' ')} | " + " | ".join(cells) + " |")
    return lines


def _table(metrics: Mapping[str, Any], split: str, baselines: Sequence[str]) -> list[str]:
    systems = metrics["splits"][split]["systems"]
    lines = ["| system | " + " | ".join(HEADLINES) + " |", "|---|" + "---:|" * len(HEADLINES)]
    cells = [spread(metrics["over_seeds"][split][name]) for name in HEADLINES]
    lines.append("| **whipcount** | " + " | ".join(cells) + " |")
    for name in baselines:
        lines.append(f"| {name} | " + " | ".join(number(_pick(systems[name], path)) for path in HEADLINES.values()) + " |")
    return lines


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


def _code_version() -> str:
    """Return the version and, in a git checkout, the commit, marked where files have changed since."""
    described = subprocess.run(
        shlex.split("git describe --always --dirty --abbrev=12"), cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return f"{version('whipcount')} ({described.stdout.strip() or 'no git'})"


if __name__ == "__main__":
    launch(run_experiment, ExperimentConfig, "experiment")
