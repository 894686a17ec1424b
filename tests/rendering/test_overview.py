from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from omegaconf import OmegaConf

from whipcount.config import DataConfig, ExperimentConfig, TrainingConfig
from whipcount.rendering.overview import BENCHMARKS, CORPORA, HEADLINES, render_overview
from whipcount.scoring.records import over_seeds, settings_of


def write_record(folder: Path, corpora: Mapping[str, Mapping[str, Sequence[float]]], baselines: Mapping[str, float], share: float) -> None:
    """Write a record of two seeds: corpus → measure → a value for each seed; a baseline has one value for all measures."""
    config = ExperimentConfig(
        folder.name, "Why?", "Small.", seeds=[1, 2], data=DataConfig([*corpora, "labour_2016"]), training=TrainingConfig(train_share=share)
    )
    measured = {
        corpus: {
            measure: {
                "systems": {**{f"seed-{1 + at}": value for at, value in enumerate(values)}, **baselines},
                "over_seeds": over_seeds(values),
            }
            for measure, values in measures.items()
        }
        for corpus, measures in corpora.items()
    }
    metrics: dict[str, Any] = {
        "splits": {"development": {"n_gold": 12}},
        "over_seeds": {"development": {name: over_seeds([0.25]) for name in HEADLINES}},
        "corpora": {"development": measured},
    }
    made = {"code": ["a", "b"], "hardware": ["a", "b"], "seconds": [1, 2], "versions": [{}, {}]}
    folder.mkdir(parents=True)
    (folder / "metrics.json").write_text(json.dumps(metrics))
    (folder / "manifest.json").write_text(json.dumps({"dataset": "abc", "seeds": [1, 2], **made}))
    (folder / "config.yaml").write_text(OmegaConf.to_yaml(OmegaConf.create(settings_of(config))))


ONE = [0.1, 0.1]
SCORES = {
    "seesaw": {
        "triplet_f1": [0.2, 0.3],
        "triplet_f1_unnamed": ONE,
        "triplet_f1_all_ends": ONE,
        "triplet_f1_someone": ONE,
        "polarity_all_ends": [0.8, 0.7],
    },
    "dse": {"micro_f1": [0.81, 0.83], "macro_f1": [0.61, 0.63], "micro_f1_unseen": [0.7, 0.7], "macro_f1_unseen": [0.5, 0.5]},
    "dse-clean": {"micro_f1": [0.71, 0.71], "macro_f1": [0.41, 0.41], "micro_f1_unseen": [0.6, 0.6], "macro_f1_unseen": [0.4, 0.4]},
    "newsmtsc": {"dev_rw_macro_f1": [0.75, 0.77], "dev_mt_macro_f1": [0.7, 0.7]},
}  # fmt: skip


def section(text: str, title: str) -> list[str]:
    """Return the lines below a heading, up to the next one."""
    return text.split(f"### {title}\n", 1)[1].split("\n#", 1)[0].strip().splitlines()


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_record(tmp_path / "all_of_it", SCORES, {"majority": 0.1, "tfidf": 0.4}, 1.0)
    write_record(tmp_path / "half", {"seesaw": SCORES["seesaw"]}, {}, 0.5)
    return tmp_path


def test_every_corpus_has_ours_the_published_and_the_baselines(folder: Path) -> None:
    table = [line for line in section(render_overview(folder), "SEESAW") if line.startswith("|")]
    head, _, best, whole, half, majority, tfidf = map(cells, table)
    assert head[:4] == ["experiment", "learnt from", "seeds", "triplet F1, actor ends"]
    assert best[0] == "*best published*" and best[3:7] == ["–"] * 4 and best[7].startswith("0.841 (Wen")
    assert whole[:4] == ["[all_of_it](all_of_it/README.md)", "seesaw, dse, dse-clean, newsmtsc", "2", "0.250 (0.200–0.300)"]
    assert half[:3] == ["[half](half/README.md)", "seesaw (50 %)", "2"]
    assert (majority, tfidf) == (["*majority, baseline*", "", "", *["0.100"] * 5], ["*tfidf, baseline*", "", "", *["0.400"] * 5])
    assert len({len(line) for line in (head, best, whole, half, majority, tfidf)}) == 1


@pytest.mark.parametrize("corpus", SCORES)
def test_all_measures_of_a_corpus_are_shown(corpus: str, folder: Path) -> None:
    assert {one.measure for one in BENCHMARKS if one.corpus == corpus} == set(SCORES[corpus])
    (ours,) = [line for line in section(render_overview(folder), CORPORA[corpus][0]) if line.startswith("| [all_of_it]")]
    assert len(cells(ours)) == 3 + len(SCORES[corpus]) and "" not in cells(ours)


def test_clean_figures_are_not_set_beside_the_published_ones(folder: Path) -> None:
    text = render_overview(folder)
    clean, official = section(text, "DSE clean"), section(text, "DSE as published")
    assert any("0.710" in line for line in clean) and not any("0.710" in line for line in official)
    assert any("0.867" in line for line in official) and not any("best published" in line or "0.867" in line for line in clean)
    assert not any(one.published for one in BENCHMARKS if one.corpus == "dse-clean")


def test_baselines_that_differ_between_records_name_them(folder: Path) -> None:
    write_record(folder / "later", {"newsmtsc": SCORES["newsmtsc"]}, {"majority": 0.2}, 1.0)
    lines = section(render_overview(folder), "NewsMTSC")
    assert [cells(line) for line in lines if "majority" in line] == [
        ["*majority, baseline* (all_of_it)", "", "", "0.100", "0.100"],
        ["*majority, baseline* (later)", "", "", "0.200", "0.200"],
    ]
    assert [cells(line)[0] for line in lines if "tfidf" in line] == ["*tfidf, baseline*"]


def test_a_record_that_learnt_with_a_fault_is_marked(folder: Path) -> None:
    assert "†" not in render_overview(folder)
    settings = folder / "half" / "config.yaml"
    settings.write_text(settings.read_text().replace("fault: ''", "fault: It forgot."))
    text = render_overview(folder)
    marked = [line for line in text.splitlines() if "](half/README.md) †" in line]
    assert len(marked) == 2 and "- †: its models learnt with a fault" in text and "(all_of_it/README.md) †" not in text


def test_a_record_that_goes_on_from_a_model_names_its_experiment(folder: Path) -> None:
    assert "after" not in render_overview(folder)
    settings = folder / "half" / "config.yaml"
    settings.write_text(settings.read_text().replace("encoder: minilm", "encoder: outputs/experiments/all_of_it/seed-2/model"))
    assert "| seesaw (50 %), after all_of_it | 2 |" in render_overview(folder)


def test_without_real_news_there_is_one_table(folder: Path) -> None:
    for path in folder.glob("*/metrics.json"):
        metrics = json.loads(path.read_text())
        del metrics["corpora"]
        path.write_text(json.dumps(metrics))
    text = render_overview(folder)
    assert "Corpus by corpus" not in text
    assert [line.split(" | ")[0] for line in text.splitlines() if "development" in line and line.startswith("| [")] == [
        "| [all_of_it](all_of_it/README.md)",
        "| [half](half/README.md)",
    ]


def test_what_is_no_training_stands_below_with_its_question(folder: Path) -> None:
    assert "What else is recorded" not in render_overview(folder)
    (folder / "cost").mkdir()
    (folder / "cost" / "README.md").write_text(
        "# cost\n\n**Question.** What does it\ncost ([half](../half/README.md))?\n\n**Result.** Much.\n"
    )
    assert (
        "| [cost](cost/README.md) | What does it cost ([half](half/README.md))? |"
        in render_overview(folder).split("## What else is recorded")[1]
    )
