"""``python -m whipcount.experiment``: one configuration, several seeds, recorded under ``experiments/``.

``experiments/<name>/`` is small and holds no text: the resolved configuration, a manifest, sparse predictions of every
seed and baseline, the metrics recomputed from them, a report on the first seed with the baselines beside it, and a README
with question, command, result and caveat. A later run can add seeds.
"""

from __future__ import annotations

import json
import logging
import platform
import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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
from whipcount.examples.digests import digest_start
from whipcount.examples.splits import take_share
from whipcount.examples.storage import StoredDataset, check_replaceable, fingerprint, load_dataset_folder, select_corpora, written_whole
from whipcount.launch import code_version, launch
from whipcount.predict import predict
from whipcount.rendering.overview import HEADLINES, render_overview
from whipcount.rendering.record import render_record
from whipcount.schema import FULL, NONE, STANCES, example_id, ordered_pairs
from whipcount.scoring.benchmarks import score_corpora, seen_in_training
from whipcount.scoring.comparison import Draws
from whipcount.scoring.controls import controls_to_json, measure_controls
from whipcount.scoring.predictions import Predictions, of_corpora, read_predictions, thin_out, write_predictions
from whipcount.scoring.records import (
    CONTROLS,
    MANIFEST,
    METRICS,
    PER_SEED,
    SETTINGS,
    Record,
    over_seeds,
    pick,
    read_record,
    settings_of,
    what_differs,
)
from whipcount.scoring.report import Report, make_report
from whipcount.scoring.report_json import report_to_json
from whipcount.scoring.rows import align
from whipcount.scoring.values import number
from whipcount.train import RECORD, train

log = logging.getLogger(__name__)

SPLITS = ("development", "test")


def run_experiment(config: ExperimentConfig) -> Path:
    """Build, train each seed, predict, score, record; return the record's folder. What is there already is not redone.

    Experiments on the same corpora share the dataset and what the baselines say of it. A record grows by seeds: where one of the
    same settings and dataset is there already, its other seeds stay in it. A record that differs is replaced.

    Raises:
        InputError: something else than a record stands where it goes; what ``build``, ``train`` and ``predict`` raise.
    """
    for marker in (METRICS, MANIFEST):
        check_replaceable(Path(config.out) / config.name, marker, "record")
    work = Path(config.work) / config.name
    shared = Path(config.work) / "datasets" / fingerprint(config.data.folders)[:12]
    manifest = build(BuildConfig(data=config.data, out=str(shared / "dataset")))
    _record_to_extend(config, manifest["fingerprint"])  # says now, not after the training, what will become of it
    settings = PredictConfig(data=str(shared / "dataset"), splits=list(SPLITS))
    seeds = []
    for seed in config.seeds:
        folder = work / f"seed-{seed}"
        model = train(TrainConfig(config.model, config.training, seed, settings.data, str(folder / "model"), str(folder / "run")))
        with_model = replace(settings, model=str(model), out=str(work / "predictions" / f"seed-{seed}.jsonl"))
        (file,) = predict(with_model)
        perturbed = predict(replace(with_model, perturb="swap", draws=config.draws)) if config.draws else []
        seeds.append(_Seed(seed, file, perturbed, _made(model)))
    baselines = []
    for name in [] if config.brief else BASELINES:
        baselines += predict(replace(settings, model=name, out=str(shared / "predictions" / f"{name}.jsonl")))
    return _record(config, load_dataset_folder(shared / "dataset"), seeds, baselines)


@dataclass(frozen=True)
class _Seed:
    """A trained seed: its dense predictions, those with names exchanged, and what the manifest tells of it."""

    seed: int
    file: Path
    perturbed: Sequence[Path]
    made: Mapping[str, Any]


def _made(model: Path) -> dict[str, Any]:
    """Return what the manifest tells of a seed. An older model may not know its code, which is today's then, or its start."""
    trained = json.loads((model / RECORD).read_text())
    told = {"code": code_version(), "start": None} | {key: trained[key] for key in PER_SEED if key in trained}
    return told | {"versions": told["versions"] | {"python": platform.python_version()}}


def _record_to_extend(config: ExperimentConfig, dataset: str) -> Record | None:
    """Return the record that a run adds its seeds to; None where there is none, or one of other settings or another dataset."""
    found = read_record(Path(config.out) / config.name)
    if found is None:
        return None
    seeds = f"seed{'s' if len(found.seeds) > 1 else ''} {', '.join(map(str, found.seeds))}"
    if differing := what_differs(found, config, dataset, digest_start(config.model.encoder)):
        log.warning("%s: the record of %s will be replaced, for this run differs in %s", found.folder, seeds, ", ".join(differing))
        return None
    log.info("%s: adding to the recorded %s", found.folder, seeds)
    return found


def _record(config: ExperimentConfig, dataset: StoredDataset, ran: Sequence[_Seed], baselines: Sequence[Path]) -> Path:
    out = Path(config.out) / config.name
    old = _record_to_extend(config, dataset.manifest["fingerprint"])  # read again: others may have recorded seeds meanwhile
    now = {one.seed: one for one in ran}
    config = replace(config, seeds=list(dict.fromkeys([*(old.seeds if old else []), *now])))
    kept = {f"seed-{seed}": old.predictions(seed) for seed in config.seeds if seed not in now} if old else {}
    gold = {row["id"]: row["stance"] for split in SPLITS for row in dataset.examples[split].select_columns(["id", "stance"])}
    files = [*(one.file for one in ran), *baselines]
    sparse = {file.stem: thin_out(read_predictions(file), gold, system=file.stem) for file in files}
    sparse |= {name: read_predictions(file) for name, file in kept.items()}
    order = [*(f"seed-{seed}" for seed in config.seeds), *(file.stem for file in baselines)]
    metrics = score(dataset, [sparse[name] for name in order], config.training.train_share)
    judged = select_corpora(_as_learnt(dataset, config.training.train_share), judged_corpora(dataset))
    first = now.get(config.seeds[0]) if config.seeds else None
    report = None if config.brief or first is None else _report(config, judged, first, baselines)
    controls = {one.file.stem: _controls(judged, one.file, one.perturbed) for one in ran if one.perturbed}
    controls = {name: found for name in order if (found := {**(old.controls if old else {}), **controls}.get(name))}
    manifest = _manifest(config, dataset, (old.made if old else {}) | {seed: one.made for seed, one in now.items()})
    with written_whole(out) as partial:
        (partial / "predictions").mkdir(parents=True)
        for name, predictions in sparse.items():
            file = partial / "predictions" / f"{name}.jsonl.gz"
            if name in kept:
                shutil.copyfile(kept[name], file)
            else:
                write_predictions(file, predictions)
        (partial / SETTINGS).write_text(OmegaConf.to_yaml(OmegaConf.create(settings_of(config))), encoding="utf-8")
        _write_json(partial / METRICS, metrics)
        _write_json(partial / MANIFEST, manifest)
        if controls:
            _write_json(partial / CONTROLS, controls)
        (partial / "README.md").write_text(render_record(config, metrics, manifest, controls), encoding="utf-8")
        if report:
            write_report(report, [], partial / "report", with_text=False, page=False)
        elif old and not config.brief and (old.folder / "report").is_dir():
            shutil.copytree(old.folder / "report", partial / "report")  # on a seed that was not run again
    log.info("recorded in %s", out)
    overview = Path(config.out) / "README.md"
    with written_whole(overview) as partial:
        partial.write_text(render_overview(Path(config.out)), encoding="utf-8")
    return out


def _manifest(config: ExperimentConfig, dataset: StoredDataset, made: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what stands in ``manifest.json``; what differs from seed to seed as lists in the order of ``seeds``."""
    articles = _as_learnt(dataset, config.training.train_share).articles["train"]
    return {
        "dataset": dataset.manifest["fingerprint"],
        "counts": dataset.manifest["counts"],
        "training_articles": dict(Counter(article.corpus for article in articles)),
        "seeds": list(config.seeds),
        **{key: [made[seed][key] for seed in config.seeds] for key in PER_SEED},
    }


def _report(config: ExperimentConfig, dataset: StoredDataset, seed: _Seed, baselines: Sequence[Path]) -> Report:
    """Report on a seed, with the baselines beside it, from the dense predictions."""
    corpora = judged_corpora(dataset)
    systems = [replace(of_corpora(read_predictions(file), corpora), system=file.stem) for file in (seed.file, *baselines)]
    articles = [article for split in SPLITS for article in dataset.articles[split]]
    return make_report(
        dataset,
        systems,
        SPLITS,
        draws=Draws(),
        perturbed=[read_predictions(file) for file in seed.perturbed],
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


def _as_learnt(dataset: StoredDataset, train_share: float) -> StoredDataset:
    """Return the dataset with those articles to learn from that a share of them takes."""
    return replace(dataset, articles={**dataset.articles, "train": take_share(dataset.articles["train"], train_share)})


def score(dataset: StoredDataset, predictions: Sequence[Predictions], train_share: float) -> dict[str, Any]:
    """Return the metrics of the systems, and of those that are seeds the mean and the range of the headlines.

    Actor by actor only ``judged_corpora`` are scored; seen in training are the actors of the articles of any corpus that
    ``train_share`` takes. Where the dataset holds a public corpus, ``corpora`` has the measures of each corpus, see
    ``scoring.benchmarks``: there whatever the whole train part holds is seen, so that every share is measured on the same rows.
    """
    judged = judged_corpora(dataset)
    scored = select_corpora(_as_learnt(dataset, train_share), judged)
    metrics = report_to_json(make_report(scored, [of_corpora(one, judged) for one in predictions], SPLITS))
    seeds = [one.system for one in predictions if one.system.startswith("seed-")]
    metrics["over_seeds"] = {
        split: {name: over_seeds([pick(part["systems"][seed], path) for seed in seeds]) for name, path in HEADLINES.items()}
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
    """Return by corpus and measure the value of each system, None where that is undefined, and what the seeds come to."""
    articles = dataset.articles[split]
    seen = seen_in_training(articles, [*dataset.articles["train"], *published_train(dataset.manifest["folders"])])
    ids = [[example_id(article.key, *pair) for pair in ordered_pairs(article)] for article in articles]
    undefined: dict[str, float | None] = {one.system: None for one in predictions}
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for one in predictions:
        known = dict(zip(one.ids, one.probabilities, strict=True))
        left_out = np.eye(len(STANCES))[NONE]  # the file is sparse
        rows = [np.array([known.get(id_, left_out) for id_ in of_article]) for of_article in ids]
        for corpus, measures in score_corpora(articles, rows, seen).items():
            for measure, value in measures.items():
                found.setdefault(corpus, {}).setdefault(measure, dict(undefined))[one.system] = number(value)
    return {
        corpus: {
            measure: {"systems": values, "over_seeds": over_seeds([value for name, value in values.items() if name.startswith("seed-")])}
            for measure, values in measures.items()
        }
        for corpus, measures in found.items()
    }


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    launch(run_experiment, ExperimentConfig, "experiment")
