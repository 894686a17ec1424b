"""Read a user's own table of names: CSV with the columns name, alias, kind, valid_from, valid_to and note."""

from __future__ import annotations

import csv
import datetime
import io
import re
from dataclasses import dataclass
from pathlib import Path

from whipcount.schema import RESERVED_IDS, TOPIC, InputError

COLUMNS = ("name", "alias", "kind", "valid_from", "valid_to", "note")
KINDS = ("", "person", "organisation", "group", TOPIC)
DATE = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that the user gives an actor.

    Attributes:
        name: of the actor, as it is to be called.
        alias: what a text may call it; empty for a row that gives the name alone.
        kind: ``person``, ``organisation``, ``group``; ``topic`` for what is to be no actor; empty where it is left to be guessed.
        valid_from: first day, month or year (ISO 8601) on which the row holds, or empty.
        valid_to: the last one, or empty.
        note: the user's own.
    """

    name: str
    alias: str = ""
    kind: str = ""
    valid_from: str = ""
    valid_to: str = ""
    note: str = ""

    def holds(self, date: str) -> bool:
        """Whether the row holds on a date (ISO 8601, or more of a time stamp); it does where no date is known."""
        date = _iso(date)
        if not date:
            return True
        n_start, n_end = (min(len(date), len(limit)) for limit in (self.valid_from, self.valid_to))
        return self.valid_from[:n_start] <= date[:n_start] and date[:n_end] <= self.valid_to[:n_end]


def _iso(date: str) -> str:
    """Return the day, month or year of a date or time stamp with its hyphens, as 2016-06-27 for 20160627; "" where it tells none."""
    found = DATE.match(date)
    if found and (found.end() == len(date) or date[found.end()] in "T "):
        return found.group()
    try:
        return datetime.date.fromisoformat(date[:10].split("T")[0]).isoformat()
    except ValueError:
        return ""


def read_aliases(path: Path) -> tuple[Alias, ...]:
    """Read the rows of a table of names, in their order.

    The header is required, its columns in any order; ``name`` and ``alias`` must be there, the others may be missing.

    Raises:
        InputError: with file and line, if the file cannot be read, the header or a value is wrong.
    """
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a CSV file with the columns {', '.join(COLUMNS)}") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save the table as UTF-8") from None
    if "\0" in content:
        raise InputError(f"{path}: a binary file, not a table; save it as CSV in UTF-8")
    reader = csv.reader(io.StringIO(content, newline=""), strict=True)
    found: list[Alias] = []
    header: list[str] = []
    line = 1
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                line = reader.line_num + 1
                continue
            if not header:
                header = _header(cells, f"{path}:{line}")
            else:
                found.append(_row(header, cells, f"{path}:{line}"))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}:{reader.line_num}: no CSV ({error}); quote cells that hold a comma, a quote or a line break") from None
    if not header:
        raise InputError(f"{path}:1: the table is empty; its first line must be {','.join(COLUMNS)}")
    return tuple(found)


def _header(cells: list[str], where: str) -> list[str]:
    header = [cell.strip().lower().replace(" ", "_") for cell in cells]
    unknown = [cell for cell in header if cell not in COLUMNS]
    missing = [column for column in COLUMNS[:2] if column not in header]
    if unknown or missing or len(set(header)) < len(header):
        fault = f"{unknown[0]!r} is no column" if unknown else f"no column {missing[0]!r}" if missing else "a column stands there twice"
        raise InputError(f"{where}: {fault}; the first line must be {','.join(COLUMNS)}")
    return header


def _row(header: list[str], cells: list[str], where: str) -> Alias:
    if len(cells) != len(header):
        raise InputError(f"{where}: {len(cells)} cells where the header has {len(header)}: {','.join(cells)!r}; quote cells with commas")
    given = dict(zip(header, (" ".join(cell.split()) for cell in cells), strict=True))
    if not given["name"]:
        raise InputError(f"{where}: the row has no name: {','.join(cells)!r}; give the actor's fullest name")
    given["kind"] = given.get("kind", "").lower()
    if given["kind"] not in KINDS:
        raise InputError(f"{where}: kind {given['kind']!r} is unknown; give {', '.join(KINDS[1:])} or nothing")
    if given["name"] in RESERVED_IDS:
        raise InputError(f"{where}: {given['name']!r} is in every roster already; leave the row out")
    for column in ("valid_from", "valid_to"):
        if given.get(column) and not DATE.fullmatch(given[column]):
            raise InputError(f"{where}: {column} {given[column]!r} is no date; write 2016-06-27, 2016-06 or 2016")
    since, until = given.get("valid_from", ""), given.get("valid_to", "")
    length = min(len(since), len(until))
    if since[:length] > until[:length]:
        raise InputError(f"{where}: valid_from {since!r} lies after valid_to {until!r}; swap them")
    return Alias(**given)
