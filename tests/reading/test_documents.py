"""Files of every format become articles; what cannot be read says why and where."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from whipcount.reading.documents import Columns, Document, Failure, is_corpus, open_documents
from whipcount.schema import InputError

ROWS = [
    {"id": "a", "text": "Quill thanked Stroud.", "date": "2024-05-02", "outlet": "Shore Courier"},
    {"id": "b", "text": "Zweite “Zeile”\nmit Umbruch, Komma", "date": "", "outlet": ""},
]


def write_jsonl(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_csv(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_parquet(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


WRITERS: dict[str, Callable[[Path, Sequence[dict[str, Any]]], None]] = {
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".parquet": write_parquet,
}


@pytest.mark.parametrize("is_gzipped", [False, True])
@pytest.mark.parametrize("suffix", list(WRITERS))
def test_a_corpus_gives_an_article_a_row(suffix: str, is_gzipped: bool, tmp_path: Path) -> None:
    path = tmp_path / f"news{suffix}"
    WRITERS[suffix](path, ROWS)
    if is_gzipped:
        path = path.with_name(f"{path.name}.gz")
        path.write_bytes(gzip.compress((tmp_path / f"news{suffix}").read_bytes()))
    assert is_corpus(str(path))
    assert list(open_documents(str(path))) == [
        Document(1, "a", ROWS[0]["text"], "2024-05-02", "", "Shore Courier"),
        Document(2, "b", ROWS[1]["text"]),
    ]


@pytest.mark.parametrize("suffix", list(WRITERS))
def test_columns_can_be_named(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"news{suffix}"
    WRITERS[suffix](path, [{"nr": 7, "body": "Quill left.", "day": "2024-05-02", "text": "not this"}])
    assert list(open_documents(str(path), Columns("body", "nr", "day"))) == [Document(1, "7", "Quill left.", "2024-05-02")]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("columns", [Columns("body"), Columns("words", "body"), Columns("words", "", "body")])
def test_a_missing_column_is_named_with_those_that_are_there(suffix: str, columns: Columns, tmp_path: Path) -> None:
    path = tmp_path / f"news{suffix}"
    WRITERS[suffix](path, [{"nr": "1", "words": "Quill left."}])
    with pytest.raises(InputError, match=r"no column 'body'; there are nr, words; name one with --(text|id|date)-column"):
        list(open_documents(str(path), columns))


def test_bad_rows_fail_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = [
        b'{"text": "Quill left."}', b'{"text": ', b'{"body": "x"}', b'{"text": 5}', b'{"id": "e", "text": " "}', b"[1]",
        b'{"text": "\x00\xff\xfe\x01\x02\x03\x04\x05"}', b'{"id": "h", "text": "Stroud stayed."}',
    ]  # fmt: skip
    path.write_bytes(b"\n".join(lines))
    found = list(open_documents(str(path)))
    assert [one.row for one in found] == list(range(1, 9))
    assert [one.id for one in found if isinstance(one, Document)] == ["1", "h"]
    reasons = [one.reason for one in found if isinstance(one, Failure)]
    for reason, expected in zip(reasons, ["no JSON", "no column 'text'", "holds int", "is empty", "no JSON object", ""], strict=True):
        assert expected in reason and reason


def test_bad_cells_of_a_table_fail_alone(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_bytes(b"id,text\na,Quill left.\nb,caf\xe9\nc\nd," + b"x" * 200_000 + b"\n")
    found = list(open_documents(str(path)))
    assert [(one.id, type(one).__name__) for one in found] == [("a", "Document"), ("2", "Failure"), ("c", "Failure"), ("d", "Document")]
    assert "not UTF-8" in found[1].reason  # type: ignore[union-attr]


def test_single_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_bytes("Quill left the café.".encode("latin-1"))
    page = "<html><head><title>Ferry row</title><script>alert(1)</script></head><body><article><p>" + "Quill left the ferry board. " * 9
    (tmp_path / "b.html.gz").write_bytes(gzip.compress(f"{page}</p></article></body></html>".encode()))
    assert list(open_documents(str(tmp_path / "a.txt"))) == [Document(1, "a", "Quill left the café.")]
    (read,) = open_documents(str(tmp_path / "b.html.gz"))
    assert isinstance(read, Document) and read.id == "b" and read.text.startswith("Quill left") and "alert" not in read.text
    for raw, text in ((b"Quill left.", "Quill left."), (f"<!DOCTYPE html>\n{page}</p>".encode(), read.text)):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(raw)))
        (given,) = open_documents("-")
        assert isinstance(given, Document) and given.text == text


def test_what_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "binary.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (tmp_path / "cut.txt.gz").write_bytes(gzip.compress(b"Quill left. " * 500)[:40])
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(json.dumps(ROWS[0]).encode() * 500)[:60])
    (tmp_path / "no.parquet").write_bytes(b"PAR1 nothing")
    (tmp_path / "no.csv").write_bytes(b"id,text\n\0\0\0")
    (tmp_path / "a.docx").write_bytes(b"PK")
    for name, message in {
        "nothing.txt": "no such file",
        "": "a folder",
        "a.docx": r"end in '\.docx'",
        "binary.txt": "not text",
        "cut.txt.gz": "damaged or cut short",
        "cut.jsonl.gz": "damaged or cut short",
        "no.parquet": "no Parquet file",
        "no.csv": "binary",
    }.items():
        with pytest.raises(InputError, match=message):
            list(open_documents(str(tmp_path / name)))
