"""DSE's native lines become articles of one sentence and one pair."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.dse import read_dse
from whipcount.examples.pairs import make_examples, mentions_by_sentence
from whipcount.schema import PAIR, UNKNOWN, Article, InputError

PLAIN = "[Quill] praised the [Harbour Board].\tQuill\tHarbour Board\t{}"


def write(folder: Path, **parts: list[str]) -> Path:
    for part, lines in parts.items():
        (folder / f"{part}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def read_one(folder: Path, line: str) -> Article:
    (article,), _ = read_dse(write(folder, train=[line]))
    return article


@pytest.mark.parametrize("number", range(5))
def test_a_class_is_one_direction_and_says_nothing_of_the_other(tmp_path: Path, number: int) -> None:
    article = read_one(tmp_path, PLAIN.format(number))
    rows = {(row["speaker"], row["target"]): row["stance"] for row in make_examples(article)}
    favor, against, none = 0, 1, 2
    expected = [
        {("p", "q"): none, ("q", "p"): none},
        {("p", "q"): favor, ("q", "p"): UNKNOWN},
        {("p", "q"): UNKNOWN, ("q", "p"): favor},
        {("p", "q"): against, ("q", "p"): UNKNOWN},
        {("p", "q"): UNKNOWN, ("q", "p"): against},
    ]
    assert rows == expected[number]
    assert article.annotation == PAIR


def test_brackets_are_taken_out_and_mentions_point_into_the_text(tmp_path: Path) -> None:
    article = read_one(tmp_path, " [Congre]ss met [ the Board] and [sic.\tCongre\tthe Board\t0")
    assert article.text == "Congress met  the Board and [sic."
    assert [article.text[m.start_char : m.end_char] for m in article.mentions] == ["Congress", "the Board"]
    assert [actor.name for actor in article.actors] == ["Congress", "the Board"]


def test_two_entities_of_one_name_stay_apart(tmp_path: Path) -> None:
    article = read_one(tmp_path, "[Quill] met [Quill]; Quill left.\tQuill\tQuill\t3")
    assert [(m.actor, m.start_char) for m in mentions_by_sentence(article)[0]] == [("p", 0), ("q", 10)]


def test_stray_quotation_marks_around_a_name_do_no_harm(tmp_path: Path) -> None:
    article = read_one(tmp_path, '[Quill] left the [Board.""The] end.\tQuill\t"Board.""The"\t0')
    assert article.actors[1].name == 'Board.""The'


def test_rows_without_two_brackets_are_left_out_and_counted(tmp_path: Path) -> None:
    articles, losses = read_dse(write(tmp_path, train=[PLAIN.format(1), "[Quill] left.\tQuill\tBoard\t0", "[ ] and [x].\t \tx\t0"]))
    assert len(articles) == 1
    assert losses == {"rows without two entities in brackets": 2}


def test_the_clean_protocol_takes_out_of_train_what_stands_elsewhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    lines = [PLAIN.format(1), PLAIN.format(3), PLAIN.format(3)]
    write(tmp_path, train=lines, valid=[lines[0]], test=[PLAIN.format(0)])
    official, losses = read_dse(tmp_path)
    assert [article.split for article in official] == ["train", "train", "train", "development", "test"]
    assert not losses
    clean, losses = read_dse(tmp_path, clean=True)
    assert [article.key for article in clean if article.split == "train"] == ["dse-clean/train-00002", "dse-clean/train-00003"]
    assert losses == {"train rows that stand in another part": 1}
    assert not caplog.messages


def test_the_clean_protocol_warns_of_parts_that_are_not_here(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write(tmp_path, train=[PLAIN.format(1)], valid=[PLAIN.format(3)])
    read_dse(tmp_path)
    assert not caplog.messages
    read_dse(tmp_path, clean=True)
    assert caplog.messages == ["dse-clean: train rows that stand in test stay, for it is not here: score no model of these on it"]


def test_a_clone_keeps_the_parts_in_a_folder_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "dataset").mkdir()
    write(tmp_path / "dataset", train=[PLAIN.format(1)])
    assert len(read_dse(tmp_path)[0]) == 1


@pytest.mark.parametrize("line", ["[a] [b]", "[a] [b]\ta\tb\t5", "[a] [b]\ta\tb\t"])
def test_a_malformed_line_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(InputError, match=r"train\.txt:2: .* is no row"):
        read_dse(write(tmp_path, train=[PLAIN.format(0), line]))


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no train\.txt"):
        read_dse(tmp_path)


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"train\.txt: not UTF-8 at byte 0"):
        read_dse(tmp_path)
