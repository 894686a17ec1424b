from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from whipcount.corpora.public import (
    CORPORA,
    data_folder,
    find_part,
    find_public,
    licence_notice,
    locate_corpus,
    missing_parts,
    note_licence,
)
from whipcount.schema import InputError

ROOT = Path(__file__).resolve().parents[2]


def lay_out(folder: Path, name: str, layout: int) -> Path:
    """Make an empty file at the place of each needed part; ``layout`` 0 is the first place named, -1 the last."""
    for part in CORPORA[name].needed:
        place = folder / name / CORPORA[name].places[part][layout]
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()
    return folder / name


def test_every_corpus_is_pinned_and_says_whose_it_is() -> None:
    assert list(CORPORA) == ["seesaw", "dse", "newsmtsc", "polnear", "gap"]
    for name, corpus in CORPORA.items():
        assert corpus.name == name
        assert re.fullmatch(r"[0-9a-f]{40}", corpus.commit)
        assert re.fullmatch(r"https://github\.com/[\w-]+/[\w-]+", corpus.repository)
        assert corpus.terms.endswith(".") and ". " not in corpus.terms  # one sentence
        assert re.search(r" (19|20)\d\d, .+, [\w ]+$", corpus.paper)  # authors, year, title, venue
        assert corpus.needed and all(not Path(place).is_absolute() for places in corpus.places.values() for place in places)
    assert len({corpus.commit for corpus in CORPORA.values()}) == len(CORPORA)


def test_what_may_not_be_passed_on_freely_says_so() -> None:
    assert "no commercial use" in CORPORA["seesaw"].terms
    for name in ("dse", "polnear"):
        assert "none stated by its publishers" in CORPORA[name].licence and "ask them" in CORPORA[name].licence
        assert CORPORA[name].licence_file == "" and "commercially" not in CORPORA[name].terms


def test_the_notice_holds_all_that_must_be_known() -> None:
    for corpus in CORPORA.values():
        notice = licence_notice(corpus)
        assert len(notice.splitlines()) == 4
        assert all(words in notice for words in (corpus.repository, corpus.commit, corpus.licence, corpus.terms, corpus.paper))
        assert ("in its repository" in notice) == bool(corpus.licence_file)


@pytest.mark.usefixtures("unnoted")
def test_the_licence_is_logged_at_the_first_use_only(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        for name in ("seesaw", "gap", "seesaw"):
            note_licence(name)
    assert [record.message for record in caplog.records] == [licence_notice(CORPORA["seesaw"]), licence_notice(CORPORA["gap"])]


def test_an_unknown_corpus_is_named_with_the_known() -> None:
    for ask in (find_public, locate_corpus, note_licence):
        with pytest.raises(InputError, match=r"^'seasaw' is no public corpus; give one of seesaw, dse, newsmtsc, polnear, gap$"):
            ask("seasaw")


def test_the_data_folder_is_what_the_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    assert data_folder() is None
    monkeypatch.setenv("WHIPCOUNT_DATA", " ")
    assert data_folder() is None
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path / "new"))  # fetching makes it
    assert data_folder() == tmp_path / "new"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("WHIPCOUNT_DATA", "~/corpora")
    assert data_folder() == tmp_path / "corpora"
    (tmp_path / "corpora").touch()
    with pytest.raises(InputError, match="WHIPCOUNT_DATA is '~/corpora', which is a file; set it"):
        data_folder()


@pytest.mark.parametrize("layout", [0, -1])
@pytest.mark.parametrize("name", CORPORA)
def test_a_corpus_is_located_in_either_layout_without_its_test_part(
    name: str, layout: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lay_out(tmp_path, name, layout)
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path))
    assert locate_corpus(name) == folder
    corpus = CORPORA[name]
    assert [find_part(folder, corpus, part) for part in corpus.needed] == [folder / corpus.places[part][layout] for part in corpus.needed]
    assert all(find_part(folder, corpus, part) is None for part in corpus.places if part.startswith("test"))


def test_parts_have_the_publishers_places() -> None:
    in_clone = {name: {part: places[-1] for part, places in corpus.places.items()} for name, corpus in CORPORA.items()}
    assert in_clone["seesaw"] == {part: f"SEESAW/{part}" for part in ("articles", "annotations", "meta")}
    assert in_clone["dse"] == {part: f"dataset/{part}.txt" for part in ("train", "valid", "test")}
    assert in_clone["newsmtsc"]["dev_mt"] == "NewsSentiment/experiments/default/datasets/newsmtsc-mt/dev.jsonl"
    assert in_clone["newsmtsc"]["test_rw"] == "NewsSentiment/experiments/default/datasets/newsmtsc-rw/test.jsonl"
    assert in_clone["polnear"] == {part: f"data/{part}" for part in ("train", "dev", "test")}
    assert in_clone["gap"]["development"] == "gap-development.tsv"


def test_the_first_place_that_exists_counts(tmp_path: Path) -> None:
    corpus = CORPORA["newsmtsc"]
    multi, real, flat = (tmp_path / place for place in reversed(corpus.places["train"]))
    for path in (multi, real, flat):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        assert find_part(tmp_path, corpus, "train") == path


def test_what_is_missing_is_named_in_one_line_with_three_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = CORPORA["dse"]
    by_hand = f"git clone {corpus.repository} dse && git -C dse checkout {corpus.commit}"

    def fault() -> str:
        with pytest.raises(InputError) as raised:
            locate_corpus("dse")
        message = str(raised.value)
        assert "\n" not in message
        assert all(words in message for words in ("WHIPCOUNT_DATA", "'whipcount fetch dse'", f"'{by_hand}'"))
        return message

    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    assert "WHIPCOUNT_DATA is not set" in fault()
    monkeypatch.setenv("WHIPCOUNT_DATA", str(tmp_path))
    assert f"{tmp_path / 'dse'} is no folder" in fault()
    (tmp_path / "dse").mkdir()
    (tmp_path / "dse" / "train.txt").touch()
    assert f"{tmp_path / 'dse'} lacks valid.txt or dataset/valid.txt" in fault()
    assert fault().endswith(f"copy the folder dse to {tmp_path / 'dse'}")
    assert missing_parts(tmp_path / "dse", corpus) == ["valid.txt or dataset/valid.txt"]


def test_the_readme_says_what_the_registry_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    section = readme.split("## Real corpora")[1].split("\n## ")[0]
    assert "WHIPCOUNT_DATA" in section
    rows = {line.split("|")[1].strip(" `"): line for line in section.splitlines() if line.startswith("| [")}
    assert list(rows) == [f"[{name}]({corpus.repository})" for name, corpus in CORPORA.items()]
    for row, corpus in zip(rows.values(), CORPORA.values(), strict=True):
        assert re.split(r":|, who", corpus.licence)[0] in row.replace("none stated", "none stated by its publishers")
    assert set(re.findall(r"whipcount fetch (\w+)", readme)) <= set(CORPORA)
    assert re.search(r"^whipcount fetch \w+ --to \S+$", section, flags=re.MULTILINE)
