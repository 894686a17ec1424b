"""The numbers of a small corpus by hand, and what the bundled Gazette must be."""

from __future__ import annotations

import io
import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf
from rich.console import Console

import whipcount
from whipcount.config import DataConfig, QualityConfig
from whipcount.launch import config_folder, register
from whipcount.quality import measure_quality, quality_table
from whipcount.schema import InputError

SOURCE = Path(whipcount.__file__).parents[1]
GAZETTE = SOURCE / "whipcount" / "corpora" / "bundled" / "gazette"

ROSTER = "# actors\nquill | person | Marta Quill\nboard | organisation | Ferry Board\n# text\n"
FERRY = (
    "article: ferry\nsplit: train\n"
    + ROSTER
    + """[Marta Quill|quill] blamed [the Ferry Board|board] for it at noon.
> quill against board #deed
> someone favor board
[She|quill] left, and [the Board|board] cheered.
> board against quill
> author none quill #denial
"""
)
QUAY = (
    "article: quay\nsplit: development\n"
    + ROSTER
    + """The day was grey.
[Quill|quill] was blamed for it at noon.
> board against quill
"""
)
BLIND_FERRY = "0 quill board against\n0 someone board against\n1 board quill favor\n1 quill board against\n"


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    (folder / "annotators" / "blind").mkdir(parents=True)
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (folder / "quay.txt").write_text(QUAY, encoding="utf-8")
    (folder / "annotators" / "blind" / "ferry.ann").write_text(BLIND_FERRY, encoding="utf-8")
    return folder


def measure(*folders: Path, out: Path, near_duplicate: float = 0.05) -> dict[str, Any]:
    return measure_quality(QualityConfig(DataConfig([str(folder) for folder in folders]), near_duplicate, str(out)))


def shown(report: dict[str, Any]) -> str:
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(quality_table(report))
    return console.export_text()


def test_the_file_holds_what_was_worked_out_by_hand(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "quality.json"
    report = measure(town, out=out)
    assert json.loads(out.read_text(encoding="utf-8")) == report
    assert (report["format"], report["version"], report["folders"]) == ("whipcount-quality", 1, ["town"])
    assert list(report["statistics"]) == ["all", "train", "development"]  # no test article
    every, train, development = report["statistics"].values()
    assert (every["articles"], every["sentences"], every["stance_rows"]) == (2, 4, 4)
    assert (train["rows_per_stance_sentence"], development["rows_per_stance_sentence"]) == (1.5, 1.0)
    assert (train["quiet_share"], development["quiet_share"]) == (0.0, 0.5)
    assert every["favor_share"] == 0.25
    assert every["tags"] == {"deed": 1, "denial": 1}
    assert every["vocabulary_per_10000_words"] is None
    assert report["wording"] is None
    # "for it at noon", which both have, is four words
    assert report["near_duplicates"] == {"threshold": 0.05, "pairs": [], "largest": None}


def test_the_blind_annotation_is_compared_without_someone(town: Path, tmp_path: Path) -> None:
    blind = measure(town, out=tmp_path / "quality.json")["blind"]
    assert list(blind) == ["all", "train"]
    n_rows = 2 * 3 * 2  # sentences times ordered pairs of author, quill, board
    assert blind["all"] == blind["train"]
    assert {name: value for name, value in blind["all"].items() if name != "alpha"} == {
        "articles": 1,
        "rows": n_rows,
        "stances": 2,
        "blind_stances": 3,
        "triplet_f1": 2 * 1 / 5,
        "pair_f1": 2 * 2 / 5,
        "polarity_agreement": 0.5,
        "confusion": [[0, 0, 0], [1, 1, 0], [0, 1, n_rows - 3]],
    }
    # labels of both: 1 favor, 4 against, 19 none; 10 rows alike, 2 not
    expected = (24**2 - (1 + 16 + 19**2)) / (24 * 23)
    assert blind["all"]["alpha"] == pytest.approx(1 - (2 / 12) / expected, abs=1e-6)


def test_a_corpus_without_a_second_annotation_has_none(town: Path, tmp_path: Path) -> None:
    (town / "annotators" / "blind" / "ferry.ann").unlink()
    (town / "annotators" / "blind").rmdir()
    report = measure(town, out=tmp_path / "quality.json")
    assert report["blind"] is None
    assert "No blind annotation." in shown(report)


def test_the_second_annotation_goes_with_its_own_corpus(town: Path, tmp_path: Path) -> None:
    other = tmp_path / "city"
    other.mkdir()
    (other / "ferry.txt").write_text(FERRY.replace("> quill against board #deed", "> quill favor board"), encoding="utf-8")
    report = measure(other, town, out=tmp_path / "quality.json")
    assert report["blind"]["all"]["articles"] == 1
    assert report["blind"]["all"]["triplet_f1"] == 0.4
    assert report["near_duplicates"]["largest"] == {"first": "city/ferry", "second": "town/ferry", "share": 1.0}
    assert len(report["near_duplicates"]["pairs"]) == 1
    assert measure(other, town, out=tmp_path / "quality.json", near_duplicate=1.0)["near_duplicates"]["pairs"] == []


def test_the_screen_shows_the_numbers(town: Path, tmp_path: Path) -> None:
    text = shown(measure(town, out=tmp_path / "quality.json"))
    lines = [line.split() for line in text.splitlines()]
    assert ["rows", "per", "stance", "sentence", "1.333", "1.500", "1.000"] in lines
    assert ["vocabulary", "per", "10000", "words", "–", "–", "–"] in lines
    assert ["triplet", "f1", "0.400", "0.400"] in lines
    assert ["against:", "1", "favor,", "1", "against,", "0", "none"] in lines
    assert "Tags: deed 1, denial 1" in text
    assert "not measured, too few stances" in text


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("annotators/blind/ferry.ann", "9 quill board favor", r"ferry\.ann:1: .* a sentence that the article does not have"),
        ("annotators/blind/boat.ann", "", "the corpus has no article 'boat'"),
        ("pier.txt", FERRY, "article id 'ferry' is taken"),
    ],
)
def test_a_fault_writes_nothing(town: Path, tmp_path: Path, name: str, content: str, complaint: str) -> None:
    (town / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        measure(town, out=tmp_path / "out" / "quality.json")
    assert not (tmp_path / "out").exists()


def test_a_public_corpus_is_measured_by_its_name(public_data: Path, tmp_path: Path) -> None:
    report = measure_quality(QualityConfig(DataConfig(["seesaw"]), out=str(tmp_path / "quality.json")))
    assert (report["folders"], report["statistics"]["all"]["articles"], report["blind"]) == (["seesaw"], 2, None)
    with pytest.raises(InputError, match="two corpora are called 'seesaw'"):
        measure_quality(QualityConfig(DataConfig(["seesaw", "seesaw"]), out=str(tmp_path / "quality.json")))


def test_a_folder_is_not_replaced(town: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is a folder of this name already"):
        measure(town, out=town)
    assert (town / "ferry.txt").is_file()


@pytest.mark.parametrize("share", [-0.1, 1.1, math.nan])
def test_a_threshold_outside_its_range_is_refused(share: float) -> None:
    with pytest.raises(InputError, match=r"^configuration: near_duplicate is .*; give a share from 0 to 1"):
        QualityConfig(near_duplicate=share)


def test_the_yaml_holds_the_defaults() -> None:
    register(QualityConfig, "quality")
    with initialize_config_dir(str(config_folder("quality")), version_base="1.3"):
        assert OmegaConf.to_object(compose("quality")) == QualityConfig()


def test_the_command_measures_and_shows(town: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "whipcount.quality", f"data.folders=[{town}]", "out=found/quality.json"]
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert "wrote found/quality.json" in run.stdout and "triplet f1" in run.stdout
    assert json.loads((tmp_path / "found" / "quality.json").read_text())["folders"] == ["town"]


@pytest.fixture(scope="module")
def gazette(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return measure_quality(QualityConfig(out=str(tmp_path_factory.mktemp("gazette") / "quality.json")))


def test_the_gazette_holds_no_near_duplicates(gazette: dict[str, Any]) -> None:
    assert gazette["near_duplicates"]["pairs"] == []


def test_the_gazettes_wording_does_not_give_the_polarity_away(gazette: dict[str, Any]) -> None:
    assert gazette["wording"]["accuracy"] < 0.75


def test_the_gazettes_density_is_that_of_news(gazette: dict[str, Any]) -> None:
    for part in ("all", "train", "development"):
        found = gazette["statistics"][part]
        assert 1.2 <= found["rows_per_stance_sentence"] <= 1.6
        assert 0.4 <= found["quiet_share"] <= 0.6
        assert 0.4 <= found["favor_share"] <= 0.6
        assert found["idle_actors_per_roster"] >= 2


def test_a_fifth_of_the_gazette_is_annotated_blind_and_agrees(gazette: dict[str, Any]) -> None:
    blind = gazette["blind"]
    assert blind["all"]["articles"] >= 0.2 * gazette["statistics"]["all"]["articles"]
    assert blind["development"]["articles"] == gazette["statistics"]["development"]["articles"]
    assert min(blind[part]["triplet_f1"] for part in blind) >= 0.75
