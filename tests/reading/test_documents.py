"""Every format goes in as it is and gzipped; a bad file is one clear error, a bad row a failure among the others."""

from __future__ import annotations

import csv
import datetime
import gzip
import io
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from whipcount.reading.documents import Document, Failure, open_documents, plain_name, table_kind
from whipcount.schema import InputError

FERRY = "Ada Quill accused Femi Oduya.\r\nOduya said: “Nonsense, Ms Quill” — and left. 🛥 سفينة"
FAIR = "Nils Berg thanked the fair board."
PAGE = """<!DOCTYPE html><html><head><title>Ferry board splits</title><meta property="og:site_name" content="Shore Courier">
<meta property="article:published_time" content="2024-05-14"></head><body><nav><a href="/">Home</a></nav><article>
<h1>Ferry board splits</h1>
<p>Ada Quill accused Femi Oduya of hiding the cost of the night boat from the islanders who pay for it every winter.</p>
<p>Oduya told the meeting that Quill had signed every line of the budget in March, and that nobody had asked a question then.</p>
<script>steal()</script></article></body></html>"""
ROWS: list[dict[str, Any]] = [
    {"id": "ferry", "text": FERRY, "date": "2024-05-14", "title": "Ferry", "outlet": "Shore Courier", "words": 9},
    {"id": "fair", "text": FAIR, "date": "2024-06-01", "title": "", "outlet": "", "words": 6},
]
DOCUMENTS = [
    Document("ferry", FERRY, "2024-05-14", "Ferry", "Shore Courier", 1),
    Document("fair", FAIR, "2024-06-01", "", "", 2),
]


def json_lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv_table(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def parquet_table(rows: list[dict[str, Any]]) -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), file)
    return file.getvalue()


CONTROLS = set(map(chr, range(32))) - set("\t\n\r")
WRITERS = {".jsonl": json_lines, ".csv": csv_table, ".parquet": parquet_table}


def put(folder: Path, name: str, raw: bytes) -> Path:
    (folder / name).write_bytes(gzip.compress(raw) if name.lower().endswith(".gz") else raw)
    return folder / name


def failures(path: Path, **columns: str) -> list[tuple[str, int, str]]:
    return [(one.id, one.row, one.reason) for one in open_documents(path, **columns) if isinstance(one, Failure)]


@pytest.mark.parametrize("packed", ["", ".gz", ".GZ"])
@pytest.mark.parametrize("suffix", WRITERS)
def test_tables_give_their_rows(suffix: str, packed: str, tmp_path: Path) -> None:
    path = put(tmp_path, f"news{suffix}{packed}", WRITERS[suffix](ROWS))
    assert list(open_documents(path)) == DOCUMENTS
    assert table_kind(path) == suffix and plain_name(path) == "news"


@pytest.mark.parametrize("suffix", WRITERS)
def test_columns_can_be_named(suffix: str, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"body": FERRY, "key": 7, "day": "2024-05-14", "text": "not this"},
        {"body": FAIR, "key": None, "day": None, "text": ""},
    ]
    path = put(tmp_path, f"news{suffix}", WRITERS[suffix](rows))
    found = list(open_documents(path, text_column="body", id_column="key", date_column="day"))
    assert found == [Document("7", FERRY, "2024-05-14", row=1), Document("news-2", FAIR, row=2)]
    assert [one.id for one in open_documents(path, text_column="body", name="may/news")] == ["may/news-1", "may/news-2"]
    assert [one.id for one in open_documents(path, text_column="body", id_column="key", name="may/news")] == ["may/news/7", "may/news-2"]


@pytest.mark.parametrize("suffix", WRITERS)
def test_a_missing_column_lists_those_there_are(suffix: str, tmp_path: Path) -> None:
    path = put(tmp_path, f"news{suffix}", WRITERS[suffix](ROWS))
    listed = "there are 'id', 'text', 'date', 'title', 'outlet', 'words'"
    for option, column in (("text", "body"), ("id", "key"), ("date", "day")):
        with pytest.raises(InputError, match=rf"news{suffix}: no column '{column}'; {listed}; name the right one with --{option}-column"):
            list(open_documents(path, **{f"{option}_column": column}))


@pytest.mark.parametrize("packed", ["", ".gz"])
def test_a_text_comes_to_the_letter(packed: str, tmp_path: Path) -> None:
    assert list(open_documents(put(tmp_path, f"ferry.2024.txt{packed}", FERRY.encode()))) == [Document("ferry.2024", FERRY)]
    (western,) = open_documents(put(tmp_path, f"cafe.txt{packed}", "Zoë Quill’s café".encode("cp1252")))
    assert western == Document("cafe", "Zoë Quill’s café")


@pytest.mark.parametrize("name", ["ferry.html", "ferry.HTM", "ferry.html.gz", "ferry", "-"])
def test_a_page_gives_its_article(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source: str | Path = name
    if name == "-":
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode())))
    else:
        source = put(tmp_path, name, PAGE.encode())
    (one,) = open_documents(source)
    assert isinstance(one, Document)
    assert (one.id, one.title, one.date) == ("stdin" if name == "-" else "ferry", "Ferry board splits", "2024-05-14")
    assert "Oduya told the meeting" in one.text and "steal" not in one.text and "Home" not in one.text


def test_standard_input_is_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (FERRY, "The tag <html> was misspelt, said Ada Quill."):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        assert list(open_documents("-")) == [Document("stdin", text)]


def test_a_packed_article_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(FERRY.encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert list(open_documents("-")) == [Document("stdin", FERRY)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed[:-9])))
    with pytest.raises(InputError, match="standard input: the gzip archive is truncated"):
        list(open_documents("-"))


@pytest.mark.parametrize("name", ["-", "news", "news.dat.gz"])
def test_a_table_is_not_taken_for_an_article(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    indented = json.dumps(ROWS, indent=2).encode()
    for raw, kind in (
        (b"\n" + json_lines(ROWS), "JSON"), (b"\xef\xbb\xbf" + indented, "JSON"), (csv_table(ROWS), "CSV"), (csv_table(ROWS, ";"), "CSV"),
    ):  # fmt: skip
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
        with pytest.raises(InputError, match=rf"(standard input|news.*): {kind}, not an article; give it as a file named \.(jsonl|csv)"):
            list(open_documents(name if name == "-" else put(tmp_path, name, raw)))


@pytest.mark.parametrize("text", ['{Laughter} "Quill," he said.', '["Quill"] left.', "The text, Quill said, is long.", "text"])
def test_an_article_is_not_taken_for_a_table(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert list(open_documents("-")) == [Document("stdin", text)]


@pytest.mark.parametrize("name", ["empty.txt", "empty.html", "blank.txt"])
def test_an_empty_article_is_a_failure(name: str, tmp_path: Path) -> None:
    path = put(tmp_path, name, b" \n" if name.startswith("blank") else b"")
    ((identifier, row, reason),) = failures(path)
    assert (identifier, row) == (name.split(".")[0], 1) and reason.startswith(f"{path}: the ")


def test_files_that_cannot_be_read_are_errors(tmp_path: Path) -> None:
    noise = random.Random(0).randbytes(4000)
    cases = {
        "nothing.txt": (None, "no such file"),
        "noise.txt": (noise, "binary"),
        "noise.csv": (noise, "binary"),
        "noise.jsonl": (noise, "binary"),
        "noise.parquet": (noise, "no parquet table, or a truncated one"),
        "cut.parquet": (parquet_table(ROWS)[:-20], "no parquet table, or a truncated one"),
        "packed.csv": (gzip.compress(csv_table(ROWS)), "a gzip archive, not text"),
        "plain.txt.gz": (b"never packed", "no gzip archive"),
        "ferry.json": (b"{}", "write one article a line, as .jsonl"),
        "wide.csv": (csv_table(ROWS).decode().encode("utf-16"), "UTF-16; save it as UTF-8"),
        "empty.csv": (b"", "no column 'text'; there are none at all"),
    }
    for name, (raw, message) in cases.items():
        if raw is not None:
            (tmp_path / name).write_bytes(raw)
        with pytest.raises(InputError, match=message) as caught:
            list(open_documents(tmp_path / name))
        assert str(caught.value).startswith(str(tmp_path / name)) and "\n" not in str(caught.value), name
    with pytest.raises(InputError, match=r"a folder; name the files in it, for example .*\*\.txt"):
        list(open_documents(tmp_path))


@pytest.mark.parametrize("suffix", [".txt", ".html", *WRITERS])
def test_a_truncated_archive_is_an_error(suffix: str, tmp_path: Path) -> None:
    raw = WRITERS[suffix](ROWS * 20) if suffix in WRITERS else PAGE.encode()
    path = tmp_path / f"news{suffix}.gz"
    path.write_bytes(gzip.compress(raw)[:-12])
    with pytest.raises(InputError, match=r"the gzip archive is truncated; get the file again"):
        list(open_documents(path))
    path.write_bytes(gzip.compress(raw)[:20] + b"\xff" * 40)
    with pytest.raises(InputError, match=r"no gzip archive, or a damaged one|truncated"):
        list(open_documents(path))


def test_bad_json_lines_are_failures_among_good_ones(tmp_path: Path) -> None:
    good = [json.dumps(row).encode() for row in ROWS]
    bad = [b'{"id": "cut", "text": "Ada', b"[1, 2]", b'{"id": "lost"}', b'{"id": "nil", "text": null}', b'{"id": "five", "text": 5}',
           b'{"id": "blank", "text": " \\n"}', b"[" * 100_000, b'{"text": "' + b"\x81\x8d" * 30 + b'"}']  # fmt: skip
    path = put(tmp_path, "news.jsonl", b"\xef\xbb\xbf" + b"\n".join([good[0], b"", *bad, good[1]]))
    found = list(open_documents(path))
    assert [one for one in found if isinstance(one, Document)] == [DOCUMENTS[0], Document("fair", FAIR, "2024-06-01", row=11)]
    told = failures(path)
    assert [(id_, row) for id_, row, _ in told][:6] == [("news-3", 3), ("news-4", 4), ("lost", 5), ("nil", 6), ("five", 7), ("blank", 8)]
    assert told[0][2].startswith("malformed JSON (Unterminated string")
    assert [reason for *_, reason in told[1:6]] == [
        "not a JSON object but [1, 2]", "the row has no 'text'", "'text' is null, not a text", "'text' is 5, not a text", "'text' is empty",
    ]  # fmt: skip
    assert told[6][:2] == ("news-9", 9) and told[6][2].startswith("malformed JSON")
    assert told[7] == ("news-10", 10, "not UTF-8 at byte 10 of the line")


def test_bad_csv_rows_are_failures_among_good_ones(tmp_path: Path) -> None:
    lines = b'id,text\nferry,"Ada ""the boat"" Quill,\nfor one"\nshort\n\nblank,  \nstray,"Nils" Berg\n'
    lines += b'fair,Nils "the fair" Berg\nopen,"and so on\n'
    path = put(tmp_path, "news.csv", lines)
    assert [one for one in open_documents(path) if isinstance(one, Document)] == [
        Document("ferry", 'Ada "the boat" Quill,\nfor one', row=1),
        Document("fair", 'Nils "the fair" Berg', row=5),
    ]
    told = failures(path)
    assert [(id_, row) for id_, row, _ in told] == [("news-2", 2), ("blank", 3), ("news-4", 4), ("news-6", 6)]
    assert told[0][2] == "1 cells where the header has 2, at line 4"
    assert told[2][2].startswith("malformed CSV at line 7 (") and told[3][2] == "malformed CSV at line 9 (unexpected end of data)"


def test_a_csv_table_may_be_large_western_or_of_semicolons(tmp_path: Path) -> None:
    long = "Ada Quill spoke. " * 60_000  # 1 MB on one line
    path = put(tmp_path, "news.csv", csv_table([{"text": long, "id": "long"}, {"text": FAIR, "id": "fair"}], ";"))
    assert list(open_documents(path)) == [Document("long", long, row=1), Document("fair", FAIR, row=2)]
    path = put(tmp_path, "west.csv", "id,text\nzoë,Zoë Quill’s café was praised by the whole of the harbour board\n".encode("cp1252"))
    assert list(open_documents(path)) == [Document("zoë", "Zoë Quill’s café was praised by the whole of the harbour board", row=1)]


def test_parquet_columns_of_any_type(tmp_path: Path) -> None:
    columns = {
        "text": pa.array([FERRY, None, FAIR]).dictionary_encode(),
        "id": pa.array([1, 2, 3]),
        "date": pa.array([datetime.date(2024, 5, 14), None, datetime.date(2024, 6, 1)]),
    }
    pq.write_table(pa.table(columns), tmp_path / "news.parquet", row_group_size=2)
    assert list(open_documents(tmp_path / "news.parquet")) == [
        Document("1", FERRY, "2024-05-14", row=1),
        Failure("2", "'text' is null, not a text", 2),
        Document("3", FAIR, "2024-06-01", row=3),
    ]
    assert [row for *_, row in failures(tmp_path / "news.parquet", text_column="id")] == [f"'id' is {n}, not a text" for n in (1, 2, 3)]
    broken = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0\4\0\0\0"), pa.py_buffer(b"\xff\xfeok")])
    pq.write_table(pa.table({"text": broken}), tmp_path / "broken.parquet")
    failed, fine = open_documents(tmp_path / "broken.parquet")
    assert isinstance(failed, Failure) and failed.reason.startswith("cannot be decoded") and fine == Document("broken-2", "ok", row=2)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: text.strip()), min_size=1, max_size=4))
def test_whatever_the_texts_tables_bring_them_back(texts: list[str], tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    expected = [Document(str(number), text, row=number + 1) for number, text in enumerate(texts)]
    for suffix in (".jsonl", ".csv"):
        if suffix == ".csv" and any(set(text) & CONTROLS for text in texts):
            continue  # they make a short file a binary one
        assert list(open_documents(put(tmp_path, f"any{suffix}", WRITERS[suffix](rows)))) == expected


def test_long_cells_of_articles_leave_the_limit_of_other_tables_alone(tmp_path: Path) -> None:
    limit = csv.field_size_limit()
    (tmp_path / "news.csv").write_text("id,text\na," + "word " * limit + "\n", encoding="utf-8")
    (found,) = open_documents(str(tmp_path / "news.csv"))
    assert isinstance(found, Document) and len(found.text) > limit
    assert csv.field_size_limit() == limit


def test_many_comments_do_not_hold_up_what_is_no_page(tmp_path: Path) -> None:
    started = time.monotonic()
    (found,) = open_documents(put(tmp_path, "note", b"<!--x-->" * 24 + FAIR.encode()))
    assert isinstance(found, Document) and found.text.endswith(FAIR)
    assert time.monotonic() - started < 5, "each comment doubled the time"


def test_what_is_told_of_an_article_is_one_line(tmp_path: Path) -> None:
    (found,) = open_documents(put(tmp_path, "news.jsonl", json_lines([ROWS[0] | {"title": "Ferry\r\nlate", "outlet": "Shore\rCourier"}])))
    assert isinstance(found, Document) and (found.title, found.outlet) == ("Ferry late", "Shore Courier")
