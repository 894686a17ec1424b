"""Readings as files: which format a name asks for, one reading, and a corpus of them put together from its journal."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from whipcount.rendering.reading_json import reading_from_json, reading_to_json
from whipcount.rendering.reading_store import write_whole
from whipcount.rendering.reading_tables import COLUMN_TYPES, REPLACEMENT, STATEMENT_COLUMNS, SURROGATE, print_reading, statement_rows
from whipcount.schema import InputError, Reading

FORMATS = ("table", "json", "csv", "parquet", "html", "graphml", "gexf", "statements")
BY_SUFFIX = {
    ".txt": "table", ".json": "json", ".jsonl": "json", ".csv": "csv", ".parquet": "parquet", ".html": "html", ".htm": "html",
    ".graphml": "graphml", ".gexf": "gexf",
}  # fmt: skip
TIDY_COLUMNS = ("article", "date", "sentence", "speaker", "target", "stance", "probability")
"""Of the format ``statements``, as discourse-network analysts count them."""
TABLES = ("csv", "parquet", "statements")
GRAPHS = ("graphml", "gexf")
TEXT_WIDTH = 120
ROW_GROUP = 4096
"""Statements of a parquet file that are written at a time."""


def choose_format(given: str, out: Path | None) -> str:
    """Return the format that is asked for by name, else by the output's suffix, else the table for the terminal.

    Raises:
        InputError: the suffix says nothing.
    """
    if given or out is None:
        return given or "table"
    if out.suffix.lower() not in BY_SUFFIX:
        raise InputError(f"{out}: no format goes by the suffix {out.suffix!r}; use one of {', '.join(BY_SUFFIX)}, or say --format")
    return BY_SUFFIX[out.suffix.lower()]


def check_output(form: str, out: Path | None, is_corpus: bool) -> None:
    """Raise an ``InputError`` where a format cannot be written so, before anything is read."""
    if is_corpus and form in ("html", "table"):
        raise InputError(
            f"the format {form!r} shows one article and the input holds several; read one of them alone, or give -o with .csv, .parquet, "
            ".jsonl, .gexf or .graphml"
        )
    if is_corpus and out is None:
        raise InputError(f"the {form} of several articles goes to a file, so that it can go on after a break; name it with -o")
    if is_corpus and form == "json" and out is not None and out.suffix.lower() == ".json":
        raise InputError(f"{out}: several readings are written one a line; name the file .jsonl")
    if out is None and (form == "parquet" or form in GRAPHS):
        raise InputError(f"{form} is not for the terminal; name a file with -o")
    if out is not None and out.is_dir():
        raise InputError(f"{out}: a folder stands here; name a file")


def write_reading(reading: Reading, form: str, out: Path | None) -> None:
    """Write one reading to a file, which is replaced whole, or to standard output.

    Raises:
        InputError: the reading contradicts itself.
    """
    if out is None and form == "table":
        from rich.console import Console

        print_reading(reading, Console())
    elif out is None:
        sys.stdout.buffer.write(_text_of(reading, form, Path()).encode("utf-8"))
        sys.stdout.flush()
    else:
        place = out.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        if form == "parquet" or form in GRAPHS or _table_kind(form, place) == "parquet":
            write_whole(place, lambda path: write_entries(iter([entry_of(reading, form)]), form, path))
        else:
            write_whole(place, lambda path: path.write_bytes(_text_of(reading, form, place).encode("utf-8")))


def _text_of(reading: Reading, form: str, out: Path) -> str:
    if form == "html":
        from whipcount.rendering.reading_page import render_reading

        return SURROGATE.sub(REPLACEMENT, render_reading(reading))
    if form == "json":
        return json.dumps(reading_to_json(reading), indent=None if out.suffix.lower() == ".jsonl" else 2) + "\n"
    file = io.StringIO()
    if form == "table":
        from rich.console import Console

        print_reading(reading, Console(file=file, width=TEXT_WIDTH))
    else:
        _write_text_table(_clean_rows(statement_rows(reading)), _columns(form), _table_kind(form, out), file)
    return SURROGATE.sub(REPLACEMENT, file.getvalue())


def entry_of(reading: Reading, form: str) -> dict[str, Any]:
    """Return what of a reading its format needs, and what it lost, as values for JSON."""
    entry: dict[str, Any] = {"id": reading.id, "losses": reading.losses}
    if form in TABLES:
        rows = statement_rows(reading)
        return {**entry, "statements": [[row[column] for column in _columns(form)] for row in rows]}
    return {**entry, "reading": reading_to_json(reading)}


def write_entries(entries: Iterator[Mapping[str, Any]], form: str, path: Path) -> None:
    """Write what ``entry_of`` made of the readings of a corpus, passing over failures; of tables and JSON one is in memory at a time.

    Graphs hold the actors and stances of all.
    """
    if form in TABLES:
        columns = _columns(form)
        rows = (dict(zip(columns, row, strict=True)) for entry in entries for row in entry.get("statements", ()))
        _write_table(_clean_rows(rows), columns, _table_kind(form, path), path)
    elif form == "json":
        with path.open("w", encoding="ascii", newline="\n") as file:
            file.writelines(json.dumps(entry["reading"]) + "\n" for entry in entries if "reading" in entry)
    else:
        _write_graph([_slim(reading_from_json(entry["reading"])) for entry in entries if "reading" in entry], form, path)


def _slim(reading: Reading) -> Reading:
    """Return a reading with no more than its graph needs."""
    stances = tuple(replace(stance, evidence=()) for stance in reading.stances)
    return replace(reading, text="", sentences=(), furniture=(), stances=stances)


def _write_graph(readings: Sequence[Reading], form: str, path: Path) -> None:
    from whipcount.rendering.reading_graph import reading_graph, write_graph

    named = path.with_name(f"{path.name}.{form}")  # the suffix decides how a graph is written
    write_graph(reading_graph(readings), named)
    named.replace(path)


def _columns(form: str) -> tuple[str, ...]:
    return TIDY_COLUMNS if form == "statements" else STATEMENT_COLUMNS


def _table_kind(form: str, path: Path) -> str:
    """Return whether a table of statements is CSV, parquet or JSON lines."""
    if form != "statements":
        return form
    return {".parquet": "parquet", ".jsonl": "jsonl"}.get(path.suffix.lower(), "csv")


def _clean_rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Replace lone surrogates, which no table can hold, by U+FFFD, one for one."""
    for row in rows:
        yield {name: SURROGATE.sub(REPLACEMENT, value) if isinstance(value, str) else value for name, value in row.items()}


def _write_table(rows: Iterator[dict[str, Any]], columns: Sequence[str], kind: str, path: Path) -> None:
    if kind == "parquet":
        _write_parquet(rows, columns, path)
        return
    with path.open("w", encoding="utf-8", newline="") as file:
        _write_text_table(rows, columns, kind, file)


def _write_text_table(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], kind: str, file: Any) -> None:
    if kind == "jsonl":
        file.writelines(json.dumps({column: row[column] for column in columns}, ensure_ascii=False) + "\n" for row in rows)
        return
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([row[column] for column in columns] for row in rows)


def _write_parquet(rows: Iterator[dict[str, Any]], columns: Sequence[str], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types: dict[str, Callable[[], Any]] = {"string": pa.string, "int64": pa.int64, "float64": pa.float64}
    schema = pa.schema([(column, types[COLUMN_TYPES[column]]()) for column in columns])
    with pq.ParquetWriter(path, schema) as writer:
        while group := list(islice(rows, ROW_GROUP)):
            writer.write_table(pa.Table.from_pylist([{column: row[column] for column in columns} for row in group], schema))
