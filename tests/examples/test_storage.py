"""What is stored comes back, and a folder under its own name is whole."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from datasets import Dataset

from whipcount.corpora.authored import parse_article
from whipcount.examples import storage
from whipcount.examples.pairs import make_examples
from whipcount.examples.storage import (
    FORMAT_VERSION,
    MANIFEST,
    fingerprint,
    fingerprint_articles,
    load_dataset_folder,
    load_manifest,
    save_dataset,
    written_whole,
)
from whipcount.schema import STANCES, TAGS, Article, InputError, Span, Utterance

SOURCE = """article: ferry
story: vote
register: council
date: 2031-03-04
outlet: Herald 😀
title: “Ferry”
source: p. 2

# actors
quill | person | Marta Quill | Cllr Quill | MQ
board | organisation | the Ferry Board

# text
[Marta Quill|quill] says [the Ferry Board|board] misled them 😀.
> quill against board #quotation #deed

Nothing\u00a0more.
% Read more
"""


@pytest.fixture
def articles() -> list[Article]:
    ferry = parse_article(SOURCE, "town", "ferry.txt")
    return [replace(ferry, split="train"), replace(ferry, id="quay", story="quay", split="test", title="")]


def test_a_dataset_comes_back_as_it_went_in_with_an_empty_split(tmp_path: Path, articles: list[Article]) -> None:
    save_dataset(tmp_path / "dataset", articles, {"fingerprint": "f"}, "# Card\n")
    stored = load_dataset_folder(tmp_path / "dataset")
    assert stored.articles == {"train": articles[:1], "development": [], "test": articles[1:]}
    assert stored.manifest == {"format_version": FORMAT_VERSION, "fingerprint": "f"}
    assert (tmp_path / "dataset" / "README.md").read_text(encoding="utf-8") == "# Card\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset"]


def test_rows_come_back_as_they_went_in(tmp_path: Path, articles: list[Article]) -> None:
    save_dataset(tmp_path / "dataset", articles, {}, "")
    examples = load_dataset_folder(tmp_path / "dataset").examples
    assert {split: len(table) for split, table in examples.items()} == {"train": 24, "development": 0, "test": 24}
    assert examples["development"].features == examples["train"].features
    assert examples["train"].features["stance"].names == list(STANCES)
    for article in articles:
        rows = [{**row, "tags": [TAGS[tag] for tag in row["tags"]]} for row in examples[article.split]]
        assert rows == make_examples(article)


def test_few_rows_are_held_at_once(tmp_path: Path, articles: list[Article], monkeypatch: pytest.MonkeyPatch) -> None:
    held = []
    from_list = Dataset.from_list

    def spy(rows: list[dict[str, Any]], **more: Any) -> Dataset:
        if "speaker" in rows[0]:
            held.append(len(rows))
        return from_list(rows, **more)

    monkeypatch.setattr(storage, "CHUNK", 10)
    monkeypatch.setattr(Dataset, "from_list", spy)
    train = [replace(one, split="train") for one in articles]
    save_dataset(tmp_path / "dataset", train, {}, "")
    assert held == [10, 10, 10, 10, 8]  # of two articles with 24 rows each
    ids = load_dataset_folder(tmp_path / "dataset").examples["train"]["id"]
    assert list(ids) == [row["id"] for article in train for row in make_examples(article)]


def test_a_dataset_that_is_loaded_can_be_overwritten(tmp_path: Path, articles: list[Article]) -> None:
    folder = tmp_path / "dataset"
    save_dataset(folder, articles, {"fingerprint": "old"}, "")
    old = load_dataset_folder(folder)
    save_dataset(folder, articles[1:], {"fingerprint": "new"}, "")
    assert old.examples["train"][0]["id"] == "town/ferry/0/author>someone"  # still to be read
    new = load_dataset_folder(folder)
    assert (new.articles["train"], len(new.examples["train"]), new.manifest["fingerprint"]) == ([], 0, "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dataset"]


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path, articles: list[Article]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else than a dataset"):
        save_dataset(tmp_path, articles, {}, "")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_record_is_not_replaced_though_it_has_a_manifest_too(tmp_path: Path, articles: list[Article]) -> None:
    for name in ("manifest.json", "metrics.json"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="holds something else than a dataset"):
        save_dataset(tmp_path, articles, {}, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "metrics.json"]


def test_an_empty_folder_is_filled(tmp_path: Path, articles: list[Article]) -> None:
    save_dataset(tmp_path, articles, {}, "")
    assert load_dataset_folder(tmp_path).articles["train"] == articles[:1]


def test_written_whole_writes_and_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "scores.json"
    for content in ("1", "2"):
        with written_whole(path) as partial:
            partial.write_text(content, encoding="utf-8")
            assert partial.parent == path.parent  # renaming works only inside a file system
        assert path.read_text(encoding="utf-8") == content
    assert [entry.name for entry in path.parent.iterdir()] == ["scores.json"]


@pytest.mark.parametrize("old", [None, "file", "folder"])
@pytest.mark.parametrize("new", ["file", "folder", "nothing"])
def test_written_whole_leaves_nothing_behind_and_keeps_the_old_one_on_failure(tmp_path: Path, old: str | None, new: str) -> None:
    path = tmp_path / "out"
    if old == "file":
        path.write_text("old", encoding="utf-8")
    elif old == "folder":
        path.mkdir()
        (path / "a").write_text("old", encoding="utf-8")

    def fail() -> None:
        with written_whole(path) as partial:
            if new == "file":
                partial.write_text("half", encoding="utf-8")
            elif new == "folder":
                partial.mkdir()
                (partial / "a").write_text("half", encoding="utf-8")
            raise KeyError("boom")

    with pytest.raises(KeyError, match="boom"):
        fail()
    assert [entry.name for entry in tmp_path.iterdir()] == ([] if old is None else ["out"])
    if old is not None:
        assert (path if old == "file" else path / "a").read_text(encoding="utf-8") == "old"


def test_written_whole_does_not_put_a_file_in_the_place_of_a_folder_nor_the_reverse(tmp_path: Path) -> None:
    folder, file = tmp_path / "folder", tmp_path / "file"
    folder.mkdir()
    (folder / "model").write_text("weights", encoding="utf-8")
    file.write_text("text", encoding="utf-8")
    with pytest.raises(InputError, match=r"folder: there is a folder of this name already"), written_whole(folder) as partial:
        partial.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"file: there is a file of this name already"), written_whole(file) as partial:
        partial.mkdir()
    assert (folder / "model").read_text(encoding="utf-8") == "weights"
    assert file.read_text(encoding="utf-8") == "text"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder"]


def test_what_a_killed_run_of_the_same_number_left_is_removed(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    for kind in ("partial", "retired"):
        (tmp_path / f".out.{kind}-{os.getpid()}").mkdir()
        (tmp_path / f".out.{kind}-{os.getpid()}" / "half").touch()
    with written_whole(tmp_path / "out") as partial:
        partial.mkdir()
        (partial / "a").write_text("new", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["out"] and [path.name for path in (tmp_path / "out").iterdir()] == ["a"]


def test_written_whole_follows_a_link_to_a_folder(tmp_path: Path) -> None:
    (tmp_path / "scratch").mkdir()
    (tmp_path / "out").symlink_to("scratch")
    with written_whole(tmp_path / "out") as partial:
        partial.mkdir()
        (partial / "a").write_text("new", encoding="utf-8")
    assert (tmp_path / "scratch" / "a").read_text(encoding="utf-8") == "new"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["out", "scratch"]
    assert (tmp_path / "out").is_symlink()


def test_a_missing_folder_says_how_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere: no dataset here; build one with 'python -m whipcount\.build'"):
        load_dataset_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe{}"])
def test_a_manifest_that_cannot_be_read_is_no_dataset(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(InputError, match="no dataset here"):
        load_manifest(tmp_path)


@pytest.mark.parametrize(("manifest", "version"), [({"format_version": 99}, "99"), ({}, "None"), ([1], "None")])
def test_a_dataset_of_another_version_is_refused(tmp_path: Path, manifest: object, version: str) -> None:
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(InputError, match=f"a dataset of format version {version}, this whipcount reads {FORMAT_VERSION}; build it again"):
        load_dataset_folder(tmp_path)


@pytest.mark.parametrize("damage", ["articles", "examples", "articles/train", "examples/train/data-00000-of-00001.arrow"])
def test_a_damaged_dataset_is_named(tmp_path: Path, articles: list[Article], damage: str) -> None:
    folder = tmp_path / "dataset"
    save_dataset(folder, articles, {}, "")
    victim = folder / damage
    if victim.is_dir():
        shutil.rmtree(victim)
    else:
        victim.write_bytes(b"not arrow")
    with pytest.raises(InputError, match=r"dataset: the dataset is damaged \(\w+\); delete it and build it again") as caught:
        load_dataset_folder(folder)
    assert "\n" not in str(caught.value)


def test_fingerprints_tell_values_apart_and_not_the_order_of_keys() -> None:
    assert fingerprint({"a": 1, "b": 2}, "x") == fingerprint({"b": 2, "a": 1}, "x")
    assert len({fingerprint(*parts) for parts in (("ab",), ("a", "b"), ({"a": 1},), ({"a": 2},), ())}) == 5
    assert len(fingerprint()) == 64


def test_who_says_its_quotations_does_not_change_the_fingerprint_of_an_article(articles: list[Article]) -> None:
    told = [replace(one, utterances=(Utterance((Span(0, 4),), "quill", "attribution"),)) for one in articles]
    assert fingerprint_articles(told) == fingerprint_articles(articles)
    stored = [{name: value for name, value in asdict(one).items() if name != "utterances"} for one in articles]
    assert fingerprint_articles(iter(articles)) == fingerprint(stored), "as in records from before articles had any"
    assert fingerprint_articles(articles) != fingerprint_articles(articles[::-1])
    assert fingerprint_articles(articles) != fingerprint_articles([replace(one, text=one.text.replace("says", "said")) for one in articles])
