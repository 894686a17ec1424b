"""What has been read of a corpus, kept so that a killed run goes on: one line a row beside the output, then the output at once."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from whipcount.rendering.reading_graph import reading_graph, write_graph
from whipcount.rendering.reading_json import reading_from_json, reading_to_json
from whipcount.rendering.reading_tables import COLUMN_TYPES, statement_rows
from whipcount.schema import InputError, Reading

FORMATS = ("csv", "parquet", "json", "graphml", "gexf")
"""What a corpus can become; ``json`` is a reading a line."""
ROWS, SETTINGS = "rows.jsonl", "settings.json"
BATCH_ROWS = 1_000


def fingerprint_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@dataclass
class ReadingStore:
    """The rows of a corpus that have been read so far, for one output.

    Every row is written to disk before the next is read, in a folder beside ``out``; a line that a kill cut short is read again.

    Attributes:
        out: file to be written in the end.
        format: one of ``FORMATS``.
        settings: what the rows depend on: input, model, options. What was read under other settings is not gone on with.
        done: numbers of the rows that are there, read or failed.
    """

    out: Path
    format: str
    settings: Mapping[str, str]
    done: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.parts = self.out.with_name(f"{self.out.name}.parts")
        self.finished = self.out.with_name(f"{self.out.name}.settings.json")
        self.failures = self.out.with_name(f"{self.out.name}.failures.csv")

    def is_finished(self) -> bool:
        """Return whether ``out`` is there and was made under the same settings."""
        return self.out.is_file() and self.finished.is_file() and json.loads(self.finished.read_text(encoding="utf-8")) == self._settings()

    def open(self) -> None:
        """Go on with what a killed run has left, or start.

        Raises:
            InputError: what lies there was read under other settings.
        """
        if self.parts.is_dir() and (self.parts / SETTINGS).is_file():
            before = json.loads((self.parts / SETTINGS).read_text(encoding="utf-8"))
            changed = [name for name, value in self._settings().items() if before.get(name) != value]
            if changed:
                raise InputError(
                    f"{self.parts}: an unfinished run with another {' and '.join(changed)} lies here; "
                    "repeat its command to finish it, remove the folder, or give another output"
                )
        self.parts.mkdir(parents=True, exist_ok=True)
        (self.parts / SETTINGS).write_text(json.dumps(self._settings(), indent=1) + "\n", encoding="utf-8")
        self._cut_torn_line()
        self.done = {row["row"] for row in self._rows()}

    def add(self, row: int, identifier: str, reading: Reading | None, reason: str = "") -> None:
        """Keep a row: its reading, or the reason why there is none."""
        kept: dict[str, Any] = {"row": row, "id": identifier}
        if reading is None:
            kept["reason"] = reason
        elif self.format in ("csv", "parquet"):
            kept["statements"] = statement_rows(reading)
        else:
            kept["reading"] = reading_to_json(reading)
        with (self.parts / ROWS).open("a", encoding="ascii") as file:
            file.write(json.dumps(kept) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.done.add(row)

    def finish(self) -> int:
        """Write the output and the table of failures, remove the kept rows, and return how many rows failed."""
        partial = self.out.with_name(f".{self.out.name}.partial{self.out.suffix}")
        WRITERS[self.format](self._rows(), partial)
        failed = [(row["row"], row["id"], row["reason"]) for row in self._rows() if "reason" in row]
        if failed:
            with self.failures.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
                csv.writer(file).writerows([("row", "id", "reason"), *failed])
        else:
            self.failures.unlink(missing_ok=True)
        partial.replace(self.out)
        self.finished.write_text(json.dumps(self._settings(), indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(self.parts)
        return len(failed)

    def _settings(self) -> dict[str, str]:
        return {**self.settings, "format": self.format}

    def _rows(self) -> Iterator[dict[str, Any]]:
        if (self.parts / ROWS).is_file():
            with (self.parts / ROWS).open(encoding="ascii") as file:
                yield from map(json.loads, file)

    def _cut_torn_line(self) -> None:
        """Remove a last line without its end: the process was killed while it wrote it."""
        if (self.parts / ROWS).is_file():
            with (self.parts / ROWS).open("rb+") as file:
                whole = sum(len(line) for line in file if line.endswith(b"\n"))
                file.truncate(whole)


def _statements(rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield from row.get("statements", ())


def _write_csv(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.DictWriter(file, COLUMN_TYPES)
        writer.writeheader()
        writer.writerows(_statements(rows))


def _write_parquet(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {"string": pa.string(), "int64": pa.int64(), "float64": pa.float64()}
    schema = pa.schema([(name, types[kind]) for name, kind in COLUMN_TYPES.items()])
    with pq.ParquetWriter(path, schema) as writer:
        batch: list[dict[str, Any]] = []
        for statement in _statements(rows):
            batch.append(statement)
            if len(batch) == BATCH_ROWS:
                writer.write_table(pa.Table.from_pylist(batch, schema))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema))


def _write_json(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    with path.open("w", encoding="ascii") as file:
        for row in rows:
            if "reading" in row:
                file.write(json.dumps(row["reading"]) + "\n")


def _write_graph(rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    write_graph(reading_graph([reading_from_json(row["reading"]) for row in rows if "reading" in row]), path)


WRITERS: dict[str, Callable[[Iterable[Mapping[str, Any]], Path], None]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "json": _write_json,
    "graphml": _write_graph,
    "gexf": _write_graph,
}
