"""Every corpus opens by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.sources import missing_splits, open_source, published_train
from whipcount.schema import InputError


@pytest.mark.parametrize(("name", "n_articles"), [("seesaw", 2), ("dse", 5), ("dse-clean", 4), ("newsmtsc", 3)])
def test_a_public_corpus_is_found_read_and_lacks_its_withheld_part(public_data: Path, name: str, n_articles: int) -> None:
    source = open_source(name)
    articles, losses = source.read()
    assert {article.corpus for article in articles} == {name}
    assert len(articles) == n_articles
    assert missing_splits(articles) == ["test"]
    assert source.folder == public_data / name.split("-")[0]
    assert source.files and all(path.is_file() for path in source.files)
    assert sum(losses.values()) == {"seesaw": 2, "dse-clean": 1}.get(name, 0)


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


def test_without_the_variable_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    with pytest.raises(InputError, match=r"WHIPCOUNT_DATA is not set; .*whipcount fetch seesaw"):
        open_source("seesaw")
