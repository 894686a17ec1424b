"""Every corpus opens by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.folders import BUNDLED
from whipcount.corpora.public import CORPORA, licence_notice
from whipcount.corpora.sources import open_source, open_sources, published_parts, published_train
from whipcount.schema import InputError


@pytest.mark.parametrize(("name", "n_articles"), [("seesaw", 2), ("dse", 5), ("dse-clean", 4), ("newsmtsc", 3)])
def test_a_public_corpus_is_found_read_and_lacks_its_withheld_part(public_data: Path, name: str, n_articles: int) -> None:
    source = open_source(name)
    articles, losses = source.read()
    assert {article.corpus for article in articles} == {name}
    assert len(articles) == n_articles
    missing = [part for part, here in published_parts(source, articles).items() if not here]
    assert missing == (["test_rw", "test_mt"] if name == "newsmtsc" else ["test"])
    assert source.folder == public_data / name.split("-")[0]
    assert source.files and all(path.is_file() for path in source.files)
    assert sum(losses.values()) == {"seesaw": 2, "dse-clean": 1}.get(name, 0)


def test_published_parts_are_told_file_by_file(public_data: Path) -> None:
    folder = public_data / "newsmtsc"
    (folder / "test_rw.jsonl").write_text((folder / "dev_rw.jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    source = open_source("newsmtsc")
    parts = published_parts(source, source.read()[0])
    assert parts == {"train": True, "dev_rw": True, "dev_mt": True, "test_rw": True, "test_mt": False}
    seesaw = open_source("seesaw")
    assert published_parts(seesaw, seesaw.read()[0]) == {"train": True, "development": True, "test": False}


@pytest.mark.usefixtures("unnoted")
def test_whoever_opens_a_public_corpus_is_shown_its_notice(public_data: Path, caplog: pytest.LogCaptureFixture) -> None:
    open_source("seesaw")
    assert [record.message for record in caplog.records] == [licence_notice(CORPORA["seesaw"])]


def test_what_a_cleaned_corpus_leaves_out_is_known(public_data: Path) -> None:
    kept = {article.text for article in open_source("dse-clean").read()[0] if article.split == "train"}
    published = {article.text for article in published_train(["seesaw", "dse-clean"])}
    assert kept < published
    assert published_train(["seesaw", "dse"]) == []


def test_a_clones_own_records_are_no_part_of_the_corpus(public_data: Path) -> None:
    before = open_source("dse").files
    (public_data / "dse" / ".git").mkdir()
    (public_data / "dse" / ".git" / "info.txt").touch()
    assert open_source("dse").files == before


def test_bundled_corpora_and_folders_open_too(tmp_path: Path) -> None:
    assert open_source("labour_2016").public == ""
    assert len(open_source("labour_2016").read()[0]) == 1
    (tmp_path / "town").mkdir()
    (tmp_path / "town" / "a.txt").write_text("article: a\n# text\nOne.", encoding="utf-8")
    assert [article.key for article in open_source(str(tmp_path / "town")).read()[0]] == ["town/a"]


def write_town(folder: Path) -> str:
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("article: a\n# text\nOne.", encoding="utf-8")
    return str(folder)


def test_a_bundled_corpus_opens_by_its_path_too() -> None:
    assert open_source(str(BUNDLED / "labour_2016")) == open_source("labour_2016")


@pytest.mark.parametrize("name", ["seesaw", "dse-clean"])
def test_a_public_corpus_is_not_opened_by_its_path(tmp_path: Path, name: str) -> None:
    folder = write_town(tmp_path / name)
    with pytest.raises(
        InputError, match=f"'{name}' is the name of a public corpus; to read that, set WHIPCOUNT_DATA .* and write '{name}'"
    ):
        open_source(folder)


@pytest.mark.parametrize("name", ["gazette", "labour_2016", "gap", "polnear"])
def test_an_own_folder_cannot_be_called_like_a_known_corpus(tmp_path: Path, name: str) -> None:
    folder = write_town(tmp_path / name)
    with pytest.raises(InputError, match=f"{name}: the name '{name}' is that of a corpus that whipcount knows; rename the folder"):
        open_source(folder)


def test_a_folder_without_articles_is_refused_when_it_is_opened(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \*\.txt in it"):
        open_source(str(tmp_path))


def test_of_two_sources_of_one_name_both_are_named(tmp_path: Path) -> None:
    one, other = write_town(tmp_path / "one" / "news"), write_town(tmp_path / "other" / "news")
    assert [source.name for source in open_sources([one, "labour_2016"])] == ["news", "labour_2016"]
    with pytest.raises(InputError, match=f"two corpora are called 'news': {one} and {other}; rename one"):
        open_sources(["labour_2016", one, other])


def test_without_the_variable_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    with pytest.raises(InputError, match=r"WHIPCOUNT_DATA is not set; .*whipcount fetch seesaw"):
        open_source("seesaw")
