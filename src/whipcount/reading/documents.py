"""Files of articles: text, HTML, and tables with an article a row; each also gzipped, and ``-`` for standard input."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from whipcount.reading.articles import decode, extract_html
from whipcount.schema import InputError

STDIN = "-"
TEXT_SUFFIXES = (".txt", ".html", ".htm")
CORPUS_SUFFIXES = (".jsonl", ".csv", ".parquet")
ABOUT = ("id", "date", "title", "outlet")
"""Columns that are taken where a corpus has them."""
HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
MAX_FIELD = 2**31 - 1
BATCH_ROWS = 64


@dataclass(frozen=True, slots=True)
class Document:
    """A raw article, ``row`` counting from 1 in what it came from, and what is known of it."""

    row: int
    id: str
    text: str
    date: str = ""
    title: str = ""
    outlet: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that is no article, and why."""

    row: int
    id: str
    reason: str


@dataclass(frozen=True)
class Columns:
    """Which columns of a corpus hold what; an empty name takes the column of the usual name where there is one."""

    text: str = "text"
    id: str = ""
    date: str = ""


def is_corpus(source: str) -> bool:
    """Return whether a file holds an article a row, by its name."""
    return _suffix(source) in CORPUS_SUFFIXES


def open_documents(source: str, columns: Columns = Columns()) -> Iterator[Document | Failure]:
    """Yield the articles of a file in its order; a row of a corpus that cannot be read is a ``Failure``, and the rest goes on.

    Args:
        source: path of a ``.txt``, ``.html``, ``.jsonl``, ``.csv`` or ``.parquet`` file, ``.gz`` behind it or not, or ``-``.
        columns: of a corpus.

    Raises:
        InputError: there is no such file, it is none of these, binary or cut short, or a corpus lacks a column that was named.
    """
    path = Path(source)
    suffix = _suffix(source)
    if source != STDIN:
        if not path.exists():
            raise InputError(f"{source}: no such file; give an article (.txt, .html) or a corpus ({', '.join(CORPUS_SUFFIXES)})")
        if path.is_dir():
            raise InputError(f"{source}: a folder; give one file, an article a row in .jsonl, .csv or .parquet for many")
        if suffix not in (*TEXT_SUFFIXES, *CORPUS_SUFFIXES):
            raise InputError(f"{source}: files that end in {suffix!r} are not read; give {', '.join((*TEXT_SUFFIXES, *CORPUS_SUFFIXES))}")
    try:
        if source == STDIN:
            yield _article(sys.stdin.buffer.read(), "standard input", "stdin", suffix="")
        elif suffix in TEXT_SUFFIXES:
            with _opened(path) as file:
                yield _article(file.read(), source, path.name.removesuffix(".gz").removesuffix(suffix), suffix)
        else:
            rows = {".jsonl": _jsonl_rows, ".csv": _csv_rows, ".parquet": _parquet_rows}[suffix](path, columns)
            yield from (_document(number, values, columns) for number, values in enumerate(rows, start=1))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{source}: the gzip file is damaged or cut short ({error}); get it again") from error
    except OSError as error:
        raise InputError(f"{source}: cannot be read ({error.strerror or error})") from error


def _suffix(source: str) -> str:
    return Path(source.lower().removesuffix(".gz")).suffix


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]


def _article(raw: bytes, where: str, identifier: str, suffix: str) -> Document:
    text = decode(raw, where)
    if suffix in (".html", ".htm") or (not suffix and HTML.match(text)):
        page = extract_html(text)
        return Document(1, identifier, page.text, page.date, page.title, page.outlet)
    return Document(1, identifier, text)


Row = Mapping[str, Any] | str
"""The values of a row by column, or why it has none."""


def _jsonl_rows(path: Path, columns: Columns) -> Iterator[Row]:
    with _opened(path) as file:
        for line in file:
            try:
                values = json.loads(decode(line, str(path)))
            except InputError as error:
                yield str(error)
            except (ValueError, RecursionError) as error:
                yield f"no JSON ({error})"
            else:
                if not isinstance(values, dict):
                    yield f"{line[:40]!r} is no JSON object"
                elif columns.text not in values:
                    yield f"no column {columns.text!r}; the row has {', '.join(map(repr, values)) or 'none'}"
                else:
                    yield values


def _csv_rows(path: Path, columns: Columns) -> Iterator[Row]:
    csv.field_size_limit(MAX_FIELD)
    with _opened(path) as file:
        if b"\0" in file.read(4096):
            raise InputError(f"{path}: binary, not a CSV table; give a text file in UTF-8")
        file.seek(0)
        lines = io.TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
        reader = csv.DictReader(lines)
        _check_columns(path, columns, reader.fieldnames or ())
        for values in reader:
            bad = [name for name, value in values.items() if isinstance(value, str) and re.search("[\udc80-\udcff]", value)]
            yield f"the column {bad[0]!r} is not UTF-8" if bad else values


def _parquet_rows(path: Path, columns: Columns) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with _opened(path) as file, pq.ParquetFile(file) as table:
            names = table.schema_arrow.names
            _check_columns(path, columns, names)
            wanted = [name for name in dict.fromkeys((columns.text, columns.id, columns.date, *ABOUT)) if name in names]
            for batch in table.iter_batches(batch_size=BATCH_ROWS, columns=wanted):
                yield from batch.to_pylist()
    except pa.ArrowInvalid as error:
        raise InputError(f"{path}: no Parquet file, or a damaged one ({str(error).splitlines()[0]}); get it again") from error


def _check_columns(path: Path, columns: Columns, there: Any) -> None:
    for option, name in (("text", columns.text), ("id", columns.id), ("date", columns.date)):
        if name and name not in there:
            raise InputError(
                f"{path}: no column {name!r}; there are {', '.join(map(str, there)) or 'none'}; name one with --{option}-column"
            )


def _document(number: int, row: Row, columns: Columns) -> Document | Failure:
    if isinstance(row, str):
        return Failure(number, str(number), row)
    about = {name: _plain(row.get(name)) for name in ABOUT}
    about["id"] = _plain(row.get(columns.id or "id")) or str(number)
    about["date"] = _plain(row.get(columns.date or "date"))
    text = row[columns.text]
    if not isinstance(text, str):
        return Failure(number, about["id"], f"the column {columns.text!r} holds {type(text).__name__}, not text")
    if not text.strip():
        return Failure(number, about["id"], "the text is empty")
    return Document(number, about["id"], text, about["date"], about["title"], about["outlet"])


def _plain(value: Any) -> str:
    return "" if value is None else str(value)
