"""The main that reads corpora raw and records how it did, with a reader made by hand instead of a model."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

import whipcount
from whipcount.config import RawConfig
from whipcount.corpora.authored import parse_article
from whipcount.launch import config_folder, register
from whipcount.raw import record
from whipcount.reading.names import find_mentions
from whipcount.schema import Actor, FoundStance, InputError, Mention, Reading, Span

SOURCE = """article: {id}
story: {id}
split: {split}

# actors
quill | person | Vera Quill
oduya | person | Femi Oduya

# text
[Vera Quill|quill] praised [Femi Oduya|oduya].
> quill favor oduya
[Quill|quill] met [Oduya|oduya].

% More from the quay
"""


class LineReader:
    """Takes every line but the last for sentences and says in each that Quill is for Oduya, whom it knows by the surname."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, text: str, /) -> Reading:
        self.texts.append(text)
        end = text.index("More from")
        actors = (Actor("a0", "Vera Quill", "person"), Actor("a1", "Oduya", "person"))
        reading = self.read_with_roster(text, actors, sentences=[Span(0, text.index(".") + 1), Span(text.index(".") + 2, end)])
        return Reading(text, reading.sentences, (Span(end, len(text)),), actors, reading.mentions, reading.stances, losses={"slots": 1})

    def read_with_roster(
        self, text: str, actors: Sequence[Actor], mentions: Sequence[Mention] = (), sentences: Sequence[Span] | None = None
    ) -> Reading:
        assert sentences is not None and len(actors) == 2
        stances = tuple(FoundStance(index, actors[0].id, actors[1].id, (0.8, 0.1, 0.1)) for index in range(len(sentences)))
        return Reading(text, tuple(sentences), (), tuple(actors), find_mentions(text, actors), stances)


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    for id_, split in (("quay", "development"), ("pier", "development"), ("tram", "train")):
        (folder / f"{id_}.txt").write_text(SOURCE.format(id=id_, split=split), encoding="utf-8")
    return folder


def settings(town: Path, **others: object) -> RawConfig:
    return RawConfig(**{"corpora": [str(town)], "resamples": 20, "out": str(town.parent / "experiments" / "raw_article"), **others})  # type: ignore[arg-type]


def test_a_record_holds_measures_settings_and_manifest_and_no_text(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    reader = LineReader()
    out = record(settings(town, corpora=[str(town), "seesaw"], model=str(town / "model")), reader, "cpu")
    assert len(reader.texts) == 3, "the development articles, the first one twice to warm up"
    metrics = json.loads((out / "raw.json").read_text())
    assert metrics["skipped"] == {"seesaw": "not at hand"} and list(metrics["corpora"]) == ["town"]
    measured = metrics["corpora"]["town"]
    assert measured["n_articles"] == 2
    # found: 2 a text, right: 1
    assert measured["scores"]["lenient"]["headline"]["triplet"]["f1"] == pytest.approx(2 / 3, abs=1e-6)
    assert measured["scores"]["strict"]["headline"]["triplet"]["f1"] == 0.0
    assert measured["scores"]["oracle"]["headline"]["triplet"]["f1"] == pytest.approx(2 / 3, abs=1e-6)
    assert measured["false_pairs"]["lenient"]["gold_actors"]["share"] == 1.0
    assert measured["furniture"]["n_marked"] == 2
    assert measured["seconds"]["median_words"] == 12
    assert 0 <= measured["seconds"]["median"] <= measured["seconds"]["longest"]
    readme = (out / "README.md").read_text()
    assert "## town: 2 articles, 4 sentences" in readme and "Passed over: seesaw (not at hand)" in readme
    assert "| own roster, lenient | actor ends | 2 | 0.500 | 1.000 | 0.667 |" in readme
    assert "of 2 sentences that name two or more gold actors and hold no stance, one is reported in 100 %" in readme
    assert "all corpora together: of 2 sentences a stance is reported in 100 % and between two gold actors in 100 %." in readme
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["hardware"].endswith("cpu") and manifest["model"] == {} and len(manifest["articles"]) == 64
    assert OmegaConf.load(out / "config.yaml").corpora == ["town", "seesaw"]
    for file in out.iterdir():
        content = file.read_text()
        assert "praised" not in content and str(town.parent) not in content, file


def test_an_article_can_be_read_as_it_was_found(town: Path) -> None:
    page = town.parent / "page.txt"
    page.write_text("Vera Quill praised Femi Oduya. Quill met Oduya.\nMore from the quay\nMore from the pier", encoding="utf-8")
    reader = LineReader()
    out = record(settings(town, article=str(page), annotated="town/quay"), reader, "cpu")
    assert page.read_text() in reader.texts
    measured = json.loads((out / "raw.json").read_text())["corpora"]["town"]
    assert measured["furniture"] == {"n": 3, "n_marked": 3, "n_read": 0, "n_sentences": 4, "n_sentences_marked": 0}
    assert OmegaConf.load(out / "config.yaml").article == "page.txt"
    assert " article=<the raw file>" in (out / "README.md").read_text()


def test_fewer_articles_are_always_the_same_ones(town: Path) -> None:
    texts = []
    for _ in range(2):
        reader = LineReader()
        out = record(settings(town, max_articles=1), reader, "cpu")
        assert json.loads((out / "raw.json").read_text())["corpora"]["town"]["actors"] == {"quill": True, "oduya": True}
        texts.append(reader.texts)
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("others", "message"),
    [
        ({"article": "missing.txt", "annotated": "town/quay"}, r"missing\.txt: cannot be read"),
        ({"article": "missing.txt", "annotated": "town/tram"}, "no corpus holds 'town/tram'"),
    ],
)
def test_what_cannot_be_read_is_refused(others: dict[str, object], message: str, town: Path) -> None:
    with pytest.raises(InputError, match=message):
        record(settings(town, **others), LineReader(), "cpu")


def test_a_folder_of_something_else_is_not_replaced(town: Path) -> None:
    with pytest.raises(InputError, match="something else than a record"):
        record(settings(town, out=str(town)), LineReader(), "cpu")
    assert parse_article((town / "quay.txt").read_text(), "town", "quay").actors


def test_the_configuration_composes_and_refuses_what_makes_no_sense() -> None:
    register(RawConfig, "raw")
    with initialize_config_dir(str(config_folder("raw")), version_base="1.3"):
        composed = OmegaConf.to_object(compose("raw", overrides=["model=outputs/other"]))
        assert composed == RawConfig(model="outputs/other")
    for values, complaint in (
        ({"corpora": []}, "corpora is empty"),
        ({"max_articles": -1}, "max_articles is -1"),
        ({"resamples": 0}, "resamples is 0"),
    ):
        with pytest.raises(InputError, match=f"^configuration: {complaint}"):
            RawConfig(**values)


def test_the_command_knows_its_settings(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    command = [sys.executable, "-m", "whipcount.raw", "modell=x"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 1 and "modell" in run.stderr
    assert not any(tmp_path.iterdir())
