"""NewsMTSC's native lines become articles of one sentence whose targets somebody judges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from whipcount.corpora.newsmtsc import read_newsmtsc
from whipcount.examples.pairs import make_examples, mentions_by_sentence
from whipcount.schema import TARGETS, InputError, Stance

TEXT = "Quill said she likes Lo Adder."


def target(start: int, end: int, polarity: float, **more: Any) -> dict[str, Any]:
    return {"Input.gid": "x", "from": start, "to": end, "mention": TEXT[start:end], "polarity": polarity, **more}


def row(*targets: dict[str, Any]) -> str:
    return json.dumps({"primary_gid": "outlet_1", "sentence_normalized": TEXT, "targets": list(targets)})


SHE = {"from": 11, "to": 14, "mention": "she"}
ROW = row(target(0, 5, 4.0, further_mentions=[SHE]), target(21, 29, 6.0))


def write(folder: Path, **parts: str) -> Path:
    for part, content in parts.items():
        (folder / f"{part}.jsonl").write_text(content + "\n\n", encoding="utf-8")
    return folder


def test_targets_are_judged_by_whomever(tmp_path: Path) -> None:
    (article,), losses = read_newsmtsc(write(tmp_path, train=ROW))
    assert (article.annotation, article.key, article.source) == (TARGETS, "newsmtsc/train-00001", "outlet_1")
    assert article.stances == (Stance(0, "someone", "t0", "none"), Stance(0, "someone", "t1", "favor"))
    assert [row["id"] for row in make_examples(article)] == [f"{article.key}/0/someone>t0", f"{article.key}/0/someone>t1"]
    assert not losses


def test_coreferent_mentions_are_shown(tmp_path: Path) -> None:
    (article,), _ = read_newsmtsc(write(tmp_path, train=ROW))
    shown = [(m.actor, article.text[m.start_char : m.end_char]) for m in mentions_by_sentence(article)[0]]
    assert shown == [("t0", "Quill"), ("t0", "she"), ("t1", "Lo Adder")]


def test_of_overlapping_mentions_the_first_and_longest_is_shown(tmp_path: Path) -> None:
    (article,), losses = read_newsmtsc(write(tmp_path, train=row(target(24, 29, 2.0), target(21, 29, 2.0))))
    assert [(m.actor, m.start_char) for m in article.mentions] == [("t1", 21)]
    assert losses == {"overlapping mentions": 1, "targets without a mention of their own": 1}


def test_a_target_that_stands_twice_is_kept_as_published_and_counted(tmp_path: Path) -> None:
    twice = row(target(0, 5, 4.0, further_mentions=[SHE]), target(11, 14, 2.0), target(0, 5, 4.0))
    (article,), losses = read_newsmtsc(write(tmp_path, train=twice))
    assert [stance.target for stance in article.stances] == ["t0", "t1", "t2"]
    assert {mention.actor for mention in article.mentions} == {"t0"}
    assert losses == {"overlapping mentions": 2, "targets without a mention of their own": 2}


def test_the_two_development_parts_are_told_apart_by_the_id(tmp_path: Path) -> None:
    articles, _ = read_newsmtsc(write(tmp_path, train=ROW, dev_rw=ROW, dev_mt=ROW, test_rw=ROW))
    assert [(article.id, article.split) for article in articles] == [
        ("train-00001", "train"),
        ("dev_rw-00001", "development"),
        ("dev_mt-00001", "development"),
        ("test_rw-00001", "test"),
    ]


def test_a_clone_has_a_folder_for_each_protocol(tmp_path: Path) -> None:
    for protocol, part in (("rw", "train"), ("rw", "dev"), ("mt", "dev")):
        folder = tmp_path / "NewsSentiment/experiments/default/datasets" / f"newsmtsc-{protocol}"
        folder.mkdir(parents=True, exist_ok=True)
        write(folder, **{part: ROW})
    assert [article.id for article in read_newsmtsc(tmp_path)[0]] == ["train-00001", "dev_rw-00001", "dev_mt-00001"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", r"train\.jsonl:1: .* is no row of NewsMTSC"),
        ('{"primary_gid": "x", "targets": []}', "KeyError: 'sentence_normalized'"),
        ('{"sentence_normalized": "Rain.", "targets": []}', "KeyError: 'primary_gid'"),
        (row(target(0, 5, 3.0)), r"KeyError: 3\.0"),
        (row({**target(0, 5, 2.0), "mention": None}), "AttributeError: 'NoneType'"),
        (row({**target(0, 5, 2.0), "from": 1}), "'uill' stands at 1:5, not 'Quill'"),
    ],
)
def test_a_malformed_line_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_newsmtsc(write(tmp_path, train=line))


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no train\.jsonl"):
        read_newsmtsc(tmp_path)


def test_a_line_ends_where_the_file_says_so(tmp_path: Path) -> None:
    text = "Quill left.\u2028She did."
    place = {"from": 0, "to": 5, "mention": "Quill", "polarity": 4.0}
    line = json.dumps({"primary_gid": "x", "sentence_normalized": text, "targets": [place]}, ensure_ascii=False)
    articles, _ = read_newsmtsc(write(tmp_path, train=f"{line}\r\n{ROW}"))
    assert [(article.id, article.text) for article in articles] == [("train-00001", text), ("train-00002", TEXT)]


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"train\.jsonl: not UTF-8 at byte 0"):
        read_newsmtsc(tmp_path)
