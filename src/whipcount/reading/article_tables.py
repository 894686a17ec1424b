"""The rows of a table of articles, streamed: JSON lines, CSV and parquet; a row that is no article is a failure with its reason."""

from __future__ import annotations

import csv
import json
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from gzip import GzipFile
from io import TextIOWrapper
from typing import IO, Any

from whipcount.reading.articles import decode
from whipcount.schema import InputError

WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
ESCAPED = re.compile("[\udc80-\udcff]")
"""Stands for bytes that are not UTF-8, as the error handler ``surrogateescape`` leaves them."""
MAX_CELL = 2**26
"""Characters of one cell of a CSV table: a quotation mark that is never closed must not take the rest of the file into memory."""
BATCH = 64
"""Rows of a parquet table that are in memory at a time."""
HEAD = 4096


@dataclass(frozen=True, slots=True)
class Document:
    """One article as it came in; ``row`` counts from 1 within its file (in JSON lines it is the line)."""

    id: str
    text: str
    date: str = ""
    title: str = ""
    outlet: str = ""
    row: int = 1


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that is no article, and why; ``row`` is 0 where a whole file is meant."""

    id: str
    reason: str
    row: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns hold what; without ``id`` and ``date`` the columns of these names are taken where they are there.

    ``before_ids`` stands before each id that a column holds.
    """

    text: str = "text"
    id: str = ""
    date: str = ""
    before_ids: str = ""


def json_rows(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Document | Failure]:
    """Yield the rows of JSON lines.

    Args:
        file: at its beginning.
        where: names the file in errors.
        name: stands in the ids of rows that have none.
        columns: what to take; a row may lack what others have, but not all rows.

    Raises:
        InputError: the file is binary, or a column is missing in all rows, which is known at the end.
    """
    _check_head(file, where)
    seen: dict[str, None] = {}  # the columns of all rows, in order
    for line, raw in enumerate(file, start=1):
        raw = raw.removeprefix(b"\xef\xbb\xbf") if line == 1 else raw
        if not raw.strip():
            continue
        try:
            values = json.loads(raw.decode("utf-8"), strict=False)
        except UnicodeDecodeError as error:
            yield Failure(f"{name}-{line}", f"not UTF-8 at byte {error.start} of the line", line)
        except (ValueError, RecursionError) as error:
            yield Failure(f"{name}-{line}", f"malformed JSON ({first_line(error)})", line)
        else:
            if isinstance(values, dict):
                seen |= dict.fromkeys(values)
                yield _document(values, line, name, columns)
            else:
                yield Failure(f"{name}-{line}", f"not a JSON object but {_shown(values)}", line)
    if seen:
        _check_columns(list(seen), columns, where)


def csv_rows(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Document | Failure]:
    """Yield the rows of a CSV table, whose cells part with a comma, a semicolon or a tab; arguments as of ``json_rows``.

    Raises:
        InputError: the file is binary, or the header lacks a column.
    """
    _check_head(file, where)
    lines = TextIOWrapper(file, encoding="utf-8-sig", errors="surrogateescape", newline="")
    try:
        first = lines.readline()
        reader = csv.reader(_after(first, lines), delimiter=max(",;\t", key=first.count), strict=True)
        header = _next_cells(reader) or []
        _check_columns(header, columns, where)
        row = 0
        while True:
            try:
                cells = _next_cells(reader)
            except csv.Error as error:
                row += 1
                yield Failure(f"{name}-{row}", f"malformed CSV at line {reader.line_num} ({error})", row)
                continue
            if cells is None:
                return
            if not cells:  # a blank line
                continue
            row += 1
            if len(cells) != len(header):
                yield Failure(f"{name}-{row}", f"{len(cells)} cells where the header has {len(header)}, at line {reader.line_num}", row)
                continue
            try:
                recovered = _recovered(cells, f"row {row}")
            except InputError as error:
                yield Failure(f"{name}-{row}", str(error), row)
            else:
                values = dict(zip(reversed(header), reversed(recovered), strict=True))  # of two columns of one name the first counts
                yield _document(values, row, name, columns)
    finally:
        lines.detach()  # the file is closed by whoever opened it


def _next_cells(reader: Iterator[list[str]]) -> list[str] | None:
    """Return the next row, None at the end; cells may be long here, while elsewhere csv's own limit goes on to hold."""
    limit = csv.field_size_limit(MAX_CELL)
    try:
        return next(reader, None)
    finally:
        csv.field_size_limit(limit)


def _after(first: str, lines: Iterable[str]) -> Iterator[str]:
    yield first
    yield from lines


def _recovered(cells: list[str], where: str) -> list[str]:
    """Return the cells of a row in the encoding that the whole row seems to have, where it is not UTF-8."""
    whole = "\v".join(cells)
    if not ESCAPED.search(whole):
        return cells
    recovered = decode(whole.encode("utf-8", "surrogateescape"), where).split("\v")
    if len(recovered) != len(cells):
        raise InputError(f"{where}: in no encoding that is known; save the table as UTF-8")
    return recovered


def parquet_rows(file: IO[bytes], where: str, name: str, columns: Columns) -> Iterator[Document | Failure]:
    """Yield the rows of a parquet table; arguments as of ``json_rows``.

    Raises:
        InputError: it is no parquet table, is damaged, or lacks a column.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    faults = (pa.ArrowException, OSError)
    with ExitStack() as stack:
        if isinstance(file, GzipFile):  # parquet is read from its end
            packed, file = file, stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(packed, file)
        try:
            table = stack.enter_context(pq.ParquetFile(file, buffer_size=2**20))
        except faults as error:
            raise InputError(f"{where}: no parquet table, or a truncated one ({first_line(error)}); write or get the file again") from None
        names = table.schema_arrow.names
        _check_columns(names, columns, where)
        wanted = [column for column in dict.fromkeys(_wanted(columns)) if column in names]
        batches, row = table.iter_batches(batch_size=BATCH, columns=wanted), 0
        while True:
            try:
                batch = next(batches, None)
            except faults as error:
                raise InputError(f"{where}: damaged after row {row} ({first_line(error)}); write or get the file again") from None
            if batch is None:
                return
            for index in range(batch.num_rows):
                row += 1
                try:
                    values = {column: batch.column(column)[index].as_py() for column in wanted}
                except (ValueError, OverflowError) as error:  # a string that is not UTF-8, a date beyond Python's
                    yield Failure(f"{name}-{row}", f"cannot be decoded ({first_line(error)})", row)
                else:
                    yield _document(values, row, name, columns)


def _check_head(file: IO[bytes], where: str) -> None:
    """Raise an ``InputError`` where a table of text begins with what is no UTF-8 text."""
    head = file.read(HEAD)
    file.seek(0)
    if head.startswith(WIDE_MARKS):
        raise InputError(f"{where}: the table is in UTF-16; save it as UTF-8")
    decode(head, where)


def _wanted(columns: Columns) -> list[str]:
    return [columns.text, columns.id or "id", columns.date or "date", "title", "outlet"]


def _check_columns(names: Sequence[str], columns: Columns, where: str) -> None:
    for column, option in ((columns.text, "--text-column"), (columns.id, "--id-column"), (columns.date, "--date-column")):
        if column and column not in names:
            listed = ", ".join(map(repr, names)) or "none at all"
            raise InputError(f"{where}: no column {column!r}; there are {listed}; name the right one with {option}")


def _document(values: Mapping[str, Any], row: int, name: str, columns: Columns) -> Document | Failure:
    """Return the article of a row, or why it is none."""
    _, id_column, date_column, *_ = _wanted(columns)
    about: Callable[[str], str] = partial(_plain, values)
    own = about(id_column)
    identifier = f"{columns.before_ids}{own}" if own else f"{name}-{row}"
    if columns.text not in values:
        return Failure(identifier, f"the row has no {columns.text!r}", row)
    text = values[columns.text]
    if not isinstance(text, str):
        return Failure(identifier, f"{columns.text!r} is {_shown(text)}, not a text", row)
    if not text.strip():
        return Failure(identifier, f"{columns.text!r} is empty", row)
    return Document(identifier, text, about(date_column), about("title"), about("outlet"), row)


def _plain(values: Mapping[str, Any], column: str) -> str:
    """Return a value as a text of one line: dates in ISO 8601, "" where there is none."""
    value = values.get(column)
    if value is None:
        return ""
    return " ".join(str(value.isoformat() if hasattr(value, "isoformat") else value).split())


def _shown(value: object) -> str:
    """Return a value in a few words."""
    shown = "null" if value is None else repr(value)
    return shown if len(shown) <= 40 else f"{shown[:37]}…"


def first_line(error: BaseException) -> str:
    """Return what an error says, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
