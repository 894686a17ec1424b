"""Predictions as a CSV table, the form in which a spreadsheet or another toolkit gives them.

The first line names the columns, in any order; commas or semicolons separate them::

    id,favor,against,none
    labour_2016/labour_2016/0/watson>corbyn,0.1,0.2,0.7

or, for a system that has no probabilities, the label alone, which then has probability 1::

    id;label
    labour_2016/labour_2016/0/watson>corbyn;none

A label may also stand beside the probabilities and must then be the likeliest stance. ``read_predictions`` takes a file
named ``*.csv`` as it takes ``*.jsonl``, so there is nothing to convert. A table is always dense and names no dataset.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from whipcount.schema import STANCES, InputError

ID, LABEL = "id", "label"
HEADERS = ({ID, *STANCES}, {ID, *STANCES, LABEL}, {ID, LABEL})
COLUMNS = f"{ID},{','.join(STANCES)} or {ID},{LABEL}"
DELIMITERS = ",;"
MAX_QUOTED = 80


class ParsedRows(NamedTuple):
    """The rows of a predictions file, in parallel lists; whether they are distributions is still to be checked."""

    numbers: list[int]
    """Line of each row, from 1."""
    ids: list[str]
    probabilities: list[list[float]]
    """Three for each row, from 0 to 1, in the order of ``STANCES``."""
    labels: list[int]
    """Index into ``STANCES``."""


def is_table(path: Path) -> bool:
    """Return whether a file's name says that it is a CSV table, packed with gzip or not."""
    return Path(path.name.removesuffix(".gz")).suffix.lower() == ".csv"


def parse_table(path: Path, lines: Sequence[str]) -> ParsedRows:
    """Return the rows of a CSV table of predictions.

    Args:
        path: where the lines come from, for the errors.
        lines: of the whole file, in order; blank ones are skipped.

    Raises:
        InputError: with file, line and the offending text: no separator, other columns, a line of more or fewer cells,
            an open quotation mark, no number from 0 to 1, labels of another set, no row at all.
    """
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not filled:
        raise InputError(f"{path}: the file is empty; give a first line {COLUMNS}, then a line per example")
    (number, header), *body = filled
    delimiter = _delimiter(path, number, header)
    columns = _cells(path, number, header, delimiter)
    if len(set(columns)) < len(columns) or set(columns) not in HEADERS:
        raise InputError(f"{path}:{number}: the columns are {quoted(header)}; the first line must be {COLUMNS}, in any order")
    if not body:
        raise InputError(f"{path}: no row below the column names; give a line per example")
    numbers = [number for number, _ in body]
    rows = [_row(path, number, line, columns, delimiter) for number, line in body]
    labels = _label_indices(path, numbers, [row[LABEL] for row in rows]) if LABEL in columns else None
    if set(STANCES) <= set(columns):
        probabilities = [_probabilities(path, number, line, row) for (number, line), row in zip(body, rows, strict=True)]
    else:
        assert labels is not None
        probabilities = [[float(index == label) for index in range(len(STANCES))] for label in labels]
    if labels is None:
        labels = [row.index(max(row)) for row in probabilities]
    return ParsedRows(numbers, [row[ID] for row in rows], probabilities, labels)


def _delimiter(path: Path, number: int, header: str) -> str:
    if header.lstrip().startswith("{"):
        raise InputError(f"{path}:{number}: {quoted(header)} is JSON, not CSV; name the file *.jsonl")
    try:
        return csv.Sniffer().sniff(header, delimiters=DELIMITERS).delimiter
    except csv.Error:
        raise InputError(
            f"{path}:{number}: neither comma nor semicolon separates columns in {quoted(header)}; the first line must be {COLUMNS}"
        ) from None


def _cells(path: Path, number: int, line: str, delimiter: str) -> list[str]:
    # line by line: an open quotation mark is found where it stands and does not swallow the rest of the file
    try:
        return [cell.strip() for cell in next(csv.reader([line.rstrip("\r")], delimiter=delimiter, strict=True))]
    except csv.Error as error:
        raise InputError(f"{path}:{number}: {quoted(line)} is no line of CSV ({error}); close quotation marks on the same line") from None


def _row(path: Path, number: int, line: str, columns: Sequence[str], delimiter: str) -> dict[str, str]:
    cells = _cells(path, number, line, delimiter)
    if len(cells) != len(columns):
        raise InputError(
            f"{path}:{number}: {len(cells)} cells for {len(columns)} columns in {quoted(line)}; write 0.5 and not 0,5, "
            f"and put a cell that holds {delimiter!r} between double quotation marks"
        )
    row = dict(zip(columns, cells, strict=True))
    if not row[ID]:
        raise InputError(f"{path}:{number}: no id in {quoted(line)}; give corpus/article/sentence/speaker>target")
    return row


def _probabilities(path: Path, number: int, line: str, row: dict[str, str]) -> list[float]:
    values = []
    for stance in STANCES:
        try:
            p = float(row[stance])
        except ValueError:
            p = -1.0
        if not 0 <= p <= 1:  # NaN fails too
            comma = f" with a point, {row[stance].replace(',', '.')}" if "," in row[stance] else ""
            raise InputError(f"{path}:{number}: {stance} is {quoted(row[stance])} in {quoted(line)}; give a number from 0 to 1{comma}")
        values.append(p)
    return values


def _label_indices(path: Path, numbers: Sequence[int], labels: Sequence[str]) -> list[int]:
    unknown = [row for row, label in enumerate(labels) if label not in STANCES]
    if unknown:
        found = sorted({labels[row] for row in unknown})
        listed = ", ".join(quoted(label) for label in found[:3]) + (", …" if len(found) > 3 else "")
        raise InputError(
            f"{path}:{numbers[unknown[0]]}: label {quoted(labels[unknown[0]])} is unknown "
            f"({len(unknown)} such row{'s' if len(unknown) > 1 else ''}: {listed}); the three wanted are {', '.join(STANCES)}"
        )
    return [STANCES.index(label) for label in labels]


def quoted(text: str) -> str:
    """Return text for an error message: between quotation marks, cut where it is long."""
    text = text.strip()
    return repr(text if len(text) <= MAX_QUOTED else text[: MAX_QUOTED - 1] + "…")
