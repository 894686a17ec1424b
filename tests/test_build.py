"""Folders of annotated articles become a dataset folder, whole or not at all, and only when something changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from whipcount import build as build_module
from whipcount.build import build
from whipcount.config import BuildConfig, DataConfig
from whipcount.corpora import sources
from whipcount.corpora.public import CORPORA, licence_notice
from whipcount.examples.storage import FORMAT_VERSION, load_dataset_folder
from whipcount.schema import InputError

ROSTER = "# actors\nquill | person | Marta Quill\nboard | organisation | the Ferry Board\n# text\n"
FERRY = (
    "article: ferry\nsplit: train\n"
    + ROSTER
    + """[Marta Quill|quill] blamed [the Ferry Board|board] for it.
> quill against board
[She|quill] left.
> author none quill #denial
% [Quill|quill] on the quay
"""
)
QUAY = (
    "article: quay\n"
    + ROSTER.replace("board |", "reed | person | Bo Reed\nboard |")
    + """[Marta Quill|quill] thanked [Bo Reed|reed], and [Reed|reed] thanked [her|quill].
> quill favor reed
> reed favor quill
"""
)
LONG = "The council of the harbour town voted last night against the new ferry timetable again.\n"


@pytest.fixture(autouse=True)
def fixed_versions(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package need not be installed to be tested."""
    monkeypatch.setattr(build_module, "version", lambda package: f"{package}-1")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    folder = tmp_path / "town"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    (folder / "quay.txt").write_text(QUAY, encoding="utf-8")
    return folder


def config_of(*folders: Path | str, out: Path) -> BuildConfig:
    return BuildConfig(data=DataConfig(folders=[str(folder) for folder in folders]), out=str(out))


def times(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_mtime_ns for path in [folder, *sorted(folder.rglob("*"))]}


def test_the_manifest_counts_what_was_worked_out_by_hand(town: Path, tmp_path: Path) -> None:
    manifest = build(config_of(town, out=tmp_path / "out"))
    # ferry: 2 sentences, 4 actors with author and someone, 12 pairs a sentence; quay: 1 sentence, 5 actors, 20 pairs
    assert manifest["counts"] == {
        "train": {
            "articles": 1,
            "stories": 1,
            "sentences": 2,
            "sentences with a stance": 1,
            "actors": 2,
            "rows": 24,
            "favor": 0,
            "against": 1,
            "none": 23,
            "unknown": 0,
        },
        "development": dict.fromkeys(manifest["counts"]["train"], 0),
        "test": {
            "articles": 1,
            "stories": 1,
            "sentences": 1,
            "sentences with a stance": 1,
            "actors": 3,
            "rows": 20,
            "favor": 2,
            "against": 0,
            "none": 18,
            "unknown": 0,
        },
    }
    assert manifest["losses"] == {
        "annotated mentions outside every sentence": 1,  # Quill in the furniture
        "annotated mentions that names do not find (pronouns, descriptions)": 2,  # She, her
        "actors whose name the text never uses": 1,  # the Ferry Board in quay
    }
    assert manifest["shared_actors"] == ["Marta Quill", "the Ferry Board"]
    assert manifest["folders"] == ["town"]
    assert manifest["inputs"] == {
        "town/ferry.txt": hashlib.sha256(FERRY.encode()).hexdigest(),
        "town/quay.txt": hashlib.sha256(QUAY.encode()).hexdigest(),
    }
    assert (manifest["versions"]["whipcount"], manifest["versions"]["datasets"]) == ("whipcount-1", "datasets-1")


def test_what_was_built_can_be_loaded(town: Path, tmp_path: Path) -> None:
    manifest = build(config_of(town, out=tmp_path / "new" / "out"))
    stored = load_dataset_folder(tmp_path / "new" / "out")
    assert stored.manifest == {"format_version": FORMAT_VERSION, **manifest}
    assert {split: [article.key for article in articles] for split, articles in stored.articles.items()} == {
        "train": ["town/ferry"],
        "development": [],
        "test": ["town/quay"],
    }
    assert {split: len(rows) for split, rows in stored.examples.items()} == {"train": 24, "development": 0, "test": 20}
    card = (tmp_path / "new" / "out" / "README.md").read_text(encoding="utf-8")
    assert "| rows | 24 | 0 | 20 |" in card
    assert manifest["fingerprint"] in card


def test_the_same_dataset_is_not_built_again(town: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = build(config_of(town, out=out))
    before = times(out)
    second = build(config_of(town, out=out))
    assert times(out) == before
    assert second == {"format_version": FORMAT_VERSION, **first}


@pytest.mark.parametrize("change", ["edit", "add", "remove", "version"])
def test_a_change_is_built(town: Path, tmp_path: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "out"
    old = build(config_of(town, out=out))
    if change == "edit":
        path = town / "ferry.txt"
        stamp = path.stat().st_mtime_ns
        path.write_text(FERRY.replace("against", "favor"), encoding="utf-8")
        os.utime(path, ns=(stamp, stamp))  # the words count, not the clock
    elif change == "add":
        (town / "pier.txt").write_text(QUAY.replace("article: quay", "article: pier"), encoding="utf-8")
    elif change == "remove":
        (town / "ferry.txt").unlink()
    else:
        monkeypatch.setattr(build_module, "version", lambda package: f"{package}-2")
    new = build(config_of(town, out=out))
    assert new["fingerprint"] != old["fingerprint"]
    stored = load_dataset_folder(out)
    assert stored.manifest["fingerprint"] == new["fingerprint"]
    favor, articles = {"edit": (3, 2), "add": (4, 3), "remove": (2, 1), "version": (2, 2)}[change]
    assert sum(counts["favor"] for counts in stored.manifest["counts"].values()) == favor
    assert sum(len(found) for found in stored.articles.values()) == articles


def test_what_other_code_has_built_is_built_again_under_its_fingerprint(
    town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    first = build(config_of(town, out=out))
    monkeypatch.setattr(build_module, "digest_code", lambda *patterns: "of an update")
    before = times(out)
    second = build(config_of(town, out=out))
    assert times(out) != before
    assert (second["fingerprint"], second["code"]) == (first["fingerprint"], "of an update")  # models of it stay as current as they were


def test_a_folder_that_is_no_dataset_is_not_replaced(town: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="town: the folder holds something else than a dataset"):
        build(config_of(town, out=town))
    assert sorted(path.name for path in town.iterdir()) == ["ferry.txt", "quay.txt"]


@pytest.mark.parametrize(
    ("files", "complaint"),
    [
        (
            {"a": "article: a\nsplit: train\n# text\n" + LONG, "b": "article: b\nsplit: test\n# text\nShort.\n" + LONG},
            r"1 sentence of eight words or more stands in two splits.*\n"
            r"  'The council .*': train town/a/0 \(story a\); test town/b/1 \(story b\)\n"
            r"put its stories into one split \(header line 'split:'\), or mark .* as furniture \('% ' before it\)",
        ),
        (
            {"a": "article: a\nstory: s\nsplit: train\n# text\nOne.", "b": "article: b\nstory: s\nsplit: test\n# text\nTwo."},
            "story 's' is declared train and test",
        ),
        ({"a": "article: a\n# text\n[One"}, r"a\.txt:3: .*bracket does not close"),
    ],
)
def test_a_fault_leaves_no_dataset_and_keeps_the_old_one(town: Path, tmp_path: Path, files: dict[str, str], complaint: str) -> None:
    out = tmp_path / "datasets" / "out"
    build(config_of(town, out=out))
    before = times(out.parent)
    shutil.rmtree(town)
    town.mkdir()
    for name, content in files.items():
        (town / f"{name}.txt").write_text(content, encoding="utf-8")
    for folder in (out, tmp_path / "datasets" / "fresh"):
        with pytest.raises(InputError, match=complaint):
            build(config_of(town, out=folder))
    assert times(out.parent) == before


def test_stories_of_one_name_in_two_corpora_do_not_leak(tmp_path: Path) -> None:
    for corpus, split in (("town", "train"), ("city", "test")):
        (tmp_path / corpus).mkdir()
        (tmp_path / corpus / "a.txt").write_text(f"article: a\nstory: vote\nsplit: {split}\n# text\nOne.", encoding="utf-8")
    manifest = build(config_of(tmp_path / "town", tmp_path / "city", out=tmp_path / "out"))
    assert {split: counts["stories"] for split, counts in manifest["counts"].items()} == {"train": 1, "development": 0, "test": 1}


@pytest.fixture
def dse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A public corpus whose published valid part repeats its train part."""
    folder = tmp_path / "public" / "dse"
    folder.mkdir(parents=True)
    row = LONG.strip().replace("council", "[council]").replace("timetable", "[timetable]") + "\tcouncil\ttimetable\t3\n"
    (folder / "train.txt").write_text(row, encoding="utf-8")
    (folder / "valid.txt").write_text(row.replace("again.", "twice.") + row, encoding="utf-8")
    monkeypatch.setattr(sources, "locate_corpus", lambda name: folder.with_name(name))
    return folder


def test_what_leaks_between_published_splits_is_counted_and_told(dse: Path, town: Path, tmp_path: Path) -> None:
    (town / "vote.txt").write_text("article: vote\nsplit: test\n# text\n" + LONG, encoding="utf-8")
    manifest = build(config_of("dse", town, out=tmp_path / "out"))
    assert list(manifest["licences"]) == ["dse"]
    counted = {(row["part"], row["other"]): (row["exact"], row["near"]) for row in manifest["duplicates"]["sentences"]}
    assert counted["dse/development", "dse/train"] == (1, 1)
    assert counted["town/test", "dse/train"] == (1, 0)  # one of the two is published: not refused
    assert counted["town/test", "town/train"] == (0, 0)
    assert manifest["shared_actors"] == ["Marta Quill", "the Ferry Board"]  # of the town: the names of dse are counted
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "- dse, development: 1 of 2 sentences stand word for word in train; 1 more nearly." in card


@pytest.mark.usefixtures("unnoted")
def test_the_notices_and_the_missing_parts_of_public_corpora_are_told(
    public_data: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = build(config_of("seesaw", "newsmtsc", out=tmp_path / "out"))
    for name in ("seesaw", "newsmtsc"):
        assert sum(record.message == licence_notice(CORPORA[name]) for record in caplog.records) == 1
    newsmtsc = {"train": True, "dev_rw": True, "dev_mt": True, "test_rw": False, "test_mt": False}
    assert manifest["published_parts"] == {"seesaw": {"train": True, "development": True, "test": False}, "newsmtsc": newsmtsc}
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "- newsmtsc: train, dev_rw, dev_mt; not here (withheld, or not fetched): test_rw, test_mt." in card


def test_own_leaks_beside_a_published_corpus_are_refused(dse: Path, town: Path, tmp_path: Path) -> None:
    for name, split in (("a", "train"), ("b", "test")):
        (town / f"{name}.txt").write_text(f"article: {name}\nsplit: {split}\n# text\n" + LONG, encoding="utf-8")
    with pytest.raises(InputError, match=r"1 sentence .* stands in two splits.*\n.*: train town/a/0 \(story a\); test town/b/0"):
        build(config_of("dse", town, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_of_many_leaks_the_first_ten_are_told(town: Path, tmp_path: Path) -> None:
    names = ["quay", "pier", "tram", "fair", "vote", "bus", "toll", "lock", "dock", "weir", "barge", "crane"]
    sentences = [f"The {name} of the {name} by the {name} was shut by the {name} again." for name in names]
    for split in ("train", "test"):
        (town / f"{split}.txt").write_text(f"article: {split}\nsplit: {split}\n# text\n" + "\n".join(sentences), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        build(config_of(town, out=tmp_path / "out"))
    head, *lines, remedy = str(caught.value).splitlines()
    assert head.startswith("12 sentences of eight words or more stand in two splits") and "the first 10" in head
    assert [sentence in line for sentence, line in zip(sentences[:10], lines, strict=True)] == [True] * 10
    assert remedy.startswith("put its stories into one split")


def test_two_folders_of_one_name_are_refused(town: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "town"
    other.mkdir(parents=True)
    (other / "pier.txt").write_text(QUAY.replace("article: quay", "article: pier"), encoding="utf-8")
    with pytest.raises(InputError, match="two corpora are called 'town'"):
        build(config_of(town, other, out=tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_an_unknown_folder_is_named_with_the_bundled_ones(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"corpus 'nowhere' is no folder; .*labour_2016"):
        build(config_of("nowhere", out=tmp_path / "out"))
    assert list(tmp_path.iterdir()) == []


def test_the_working_folder_may_be_the_corpus(town: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(town)
    manifest = build(config_of(".", out=tmp_path / "out"))
    assert manifest["folders"] == ["town"]
    assert [article.key for article in load_dataset_folder(tmp_path / "out").articles["train"]] == ["town/ferry"]


def test_what_is_bundled_can_be_built(tmp_path: Path) -> None:
    manifest = build(config_of("labour_2016", out=tmp_path / "out"))
    assert manifest["counts"]["test"]["rows"] == 12 * 14 * 13
    assert (manifest["counts"]["test"]["favor"], manifest["counts"]["test"]["against"]) == (5, 10)
    assert manifest["counts"]["train"]["articles"] == manifest["counts"]["development"]["articles"] == 0
