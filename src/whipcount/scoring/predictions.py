"""The predictions file, where any system meets the scores.

``predictions.jsonl`` holds a header object and then one object per row::

    {"format": "whipcount-predictions", "version": 1, "system": "whipcount", "dataset": "", "sparse": false}
    {"id": "labour_2016/labour_2016/0/watson>corbyn", "favor": 0.1, "against": 0.2, "none": 0.7, "label": "none"}

A rival may leave the header out. In a sparse file the rows left out are ``none``; how surely is unknown. A rival may also give
a CSV table, see ``prediction_tables``.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from whipcount.examples.storage import written_whole
from whipcount.schema import NONE, STANCES, UNKNOWN, InputError
from whipcount.scoring.prediction_tables import ParsedRows, is_table, parse_table, quoted

FORMAT = "whipcount-predictions"
FORMAT_VERSION = 1
HEADER_TYPES = {"system": str, "dataset": str, "sparse": bool}
SUM_TOLERANCE = 1e-3
SPARSE_NONE = 0.95


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a system says of many examples.

    Args:
        system: name for the report.
        ids: example ids, each once.
        probabilities: (examples, 3) in the order of ``STANCES``; rows sum to 1.
        dataset: fingerprint of the dataset they were made on; empty where unknown.
        sparse: whether examples left out stand for ``none``.
        details: further keys of the header.

    Raises:
        InputError: shapes do not fit, a row is no distribution, an id occurs twice.
    """

    system: str
    ids: list[str]
    probabilities: NDArray[np.float64]
    dataset: str = ""
    sparse: bool = False
    details: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.probabilities.shape != (len(self.ids), len(STANCES)):
            raise InputError(f"{self.system}: probabilities of shape {self.probabilities.shape} for {len(self.ids)} ids; give (ids, 3)")
        with np.errstate(invalid="ignore"):
            inside = (self.probabilities >= 0).all(axis=1) & (self.probabilities <= 1).all(axis=1)
            bad = np.flatnonzero(~(inside & (np.abs(self.probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE)))
        if len(bad):
            raise InputError(
                f"{self.system}: probabilities {self.probabilities[bad[0]].tolist()} of {self.ids[bad[0]]!r} are not three numbers "
                f"from 0 to 1 that sum to 1 ({len(bad)} such rows)"
            )
        repeated = _repeated(self.ids)
        if repeated:
            raise InputError(f"{self.system}: {_listed(repeated)} predicted more than once; keep one row for each")

    @property
    def predicted(self) -> NDArray[np.intp]:
        """(examples,) the likeliest stance; of equally likely ones the first in ``STANCES``."""
        return likeliest(self.probabilities)


def likeliest(probabilities: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the likeliest stance of each row, (rows,); of equally likely ones the first in ``STANCES``."""
    indices: NDArray[np.intp] = np.argmax(probabilities, axis=1)
    return indices


def of_corpora(predictions: Predictions, corpora: Collection[str]) -> Predictions:
    """Return the predictions for the examples of some corpora."""
    kept = [index for index, id_ in enumerate(predictions.ids) if id_.split("/", 1)[0] in corpora]
    if len(kept) == len(predictions.ids):
        return predictions
    return replace(predictions, ids=[predictions.ids[index] for index in kept], probabilities=predictions.probabilities[kept])


def write_predictions(path: Path, predictions: Predictions) -> None:
    """Write a predictions file, packed where its name ends in ``.gz``.

    Probabilities keep six significant digits; the label is the argmax of what is written.
    """
    header = {
        "format": FORMAT,
        "version": FORMAT_VERSION,
        "system": predictions.system,
        "dataset": predictions.dataset,
        "sparse": predictions.sparse,
    }
    header = {**header, **predictions.details, **header}  # details come last and overrule nothing
    lines = [json.dumps(header, ensure_ascii=False)]
    for id_, row in zip(predictions.ids, predictions.probabilities.tolist(), strict=True):
        rounded = [float(f"{p:.6g}") for p in row]
        label = STANCES[rounded.index(max(rounded))]
        lines.append(json.dumps({"id": id_, **dict(zip(STANCES, rounded, strict=True)), "label": label}, ensure_ascii=False))
    content = ("\n".join(lines) + "\n").encode()
    with written_whole(path) as partial:
        partial.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


def thin_out(predictions: Predictions, gold: Mapping[str, int], system: str = "") -> Predictions:
    """Return the sparse form of predictions, small enough to be committed.

    Kept are the examples of ``gold`` (id → index into ``STANCES``) where gold or prediction is a stance or P(none) is below
    0.95. The header counts the others, all of them ``none`` by gold and prediction; those whose gold is ``UNKNOWN`` are not
    scored and not counted.

    Args:
        predictions: dense ones.
        gold: the examples to keep from.
        system: a new name; empty keeps the old one.
    """
    p_none = predictions.probabilities[:, NONE]
    unknown, none = (np.array([gold.get(id_) == label for id_ in predictions.ids]) for label in (UNKNOWN, NONE))
    known = np.array([id_ in gold for id_ in predictions.ids])
    sure = (predictions.predicted == NONE) & (p_none >= SPARSE_NONE)
    omitted = none & sure
    kept = np.flatnonzero(known & ~omitted & ~(unknown & sure))
    details = {**predictions.details, "omitted": int(omitted.sum())}
    ids = [predictions.ids[index] for index in kept]
    return Predictions(system or predictions.system, ids, predictions.probabilities[kept], predictions.dataset, True, details)


def read_predictions(path: Path) -> Predictions:
    """Read a predictions file: CSV where its name ends in ``.csv``, else JSON lines; one that ends in ``.gz`` is unpacked.

    No command converts CSV, for none is needed: everything that takes predictions reads them here. Without a header that
    names the system, and always in CSV, it is called after the file.

    Raises:
        InputError: with file, line and the offending text: not JSON or CSV, a key or column missing, probabilities that
            are no distribution, a label that is unknown or not the likeliest, an id given twice, an empty or binary file.
    """
    lines = _read_lines(path)
    header, parsed = ({}, parse_table(path, lines)) if is_table(path) else _parse_json_lines(path, lines)
    probabilities = np.array(parsed.probabilities, dtype=np.float64).reshape(-1, len(STANCES))
    _check_rows(path, lines, parsed.numbers, parsed.ids, probabilities, np.array(parsed.labels, dtype=np.intp))
    details = {key: value for key, value in header.items() if key not in ("format", "version", *HEADER_TYPES)}
    system = header.get("system", Path(path.name.removesuffix(".gz")).stem)
    return Predictions(system, parsed.ids, probabilities, header.get("dataset", ""), header.get("sparse", False), details)


def _parse_json_lines(path: Path, lines: Sequence[str]) -> tuple[dict[str, Any], ParsedRows]:
    header: dict[str, Any] = {}
    parsed = ParsedRows([], [], [], [])
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry = _parse_object(path, number, line)
        if "format" in entry and not parsed.numbers and not header:
            header = _checked_header(path, number, entry)
            continue
        id_, row, label = _checked_row(path, number, line, entry)
        parsed.numbers.append(number)
        parsed.ids.append(id_)
        parsed.probabilities.append(row)
        parsed.labels.append(label)
    if not parsed.numbers and not header:
        raise InputError(f"{path}: the file is empty; give one JSON object per line, with id, favor, against, none and label")
    if not parsed.numbers and not header.get("sparse"):
        raise InputError(f"{path}: no row below the header; give one JSON object per example (or declare the file sparse)")
    return header, parsed


def _read_lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); give a predictions file (*.jsonl or *.csv)") from None
    if path.suffix == ".gz":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            raise InputError(f"{path}: not a whole gzip file; give predictions packed with gzip, or not packed at all") from None
    if b"\0" in content:
        raise InputError(f"{path}: a binary file, not text; give JSON lines or CSV in UTF-8 (unpack it first where it is compressed)")
    try:
        # not splitlines(): U+2028 and its like may stand inside a JSON string
        return content.decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{path}:{line}: not UTF-8 at byte {error.start}, a binary file perhaps; give JSON lines or CSV in UTF-8"
        ) from None


def _parse_object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", type(error).__name__)
        raise InputError(f"{path}:{number}: {quoted(line)} is not JSON ({reason}); give one JSON object per line") from None
    if not isinstance(entry, dict):
        raise InputError(f"{path}:{number}: {quoted(line)} is no JSON object; give one with id, favor, against, none and label")
    return entry


def _checked_header(path: Path, number: int, header: dict[str, Any]) -> dict[str, Any]:
    if header["format"] != FORMAT or header.get("version") != FORMAT_VERSION or isinstance(header["version"], bool):
        found = f"format {header['format']!r}, version {header.get('version')!r}"
        raise InputError(f"{path}:{number}: {found}; this whipcount reads {FORMAT!r}, version {FORMAT_VERSION}")
    for key, kind in HEADER_TYPES.items():
        if key in header and not isinstance(header[key], kind):
            wanted = "true or false" if kind is bool else "a string"
            raise InputError(f"{path}:{number}: {key!r} of the header is {quoted(json.dumps(header[key]))}; give {wanted}")
    if not header.get("system", path.stem).strip():
        raise InputError(f"{path}:{number}: 'system' of the header is empty; give the system's name")
    return header


def _checked_row(path: Path, number: int, line: str, entry: dict[str, Any]) -> tuple[str, list[float], int]:
    """Return id, probabilities and label of a row; what can be checked for all rows at once is left to ``_check_rows``."""
    try:
        id_, row, label = entry["id"], [entry[stance] for stance in STANCES], entry["label"]
    except KeyError as error:
        raise InputError(
            f"{path}:{number}: no key {error.args[0]!r} in {quoted(line)}; a row has id, favor, against, none, label"
        ) from None
    if not isinstance(id_, str) or not id_:
        raise InputError(f"{path}:{number}: id {quoted(json.dumps(id_))} is no example id; give corpus/article/sentence/speaker>target")
    for stance, p in zip(STANCES, row, strict=True):
        # bool is a kind of int in Python; NaN fails the comparison, and so do integers too large for a float
        if type(p) not in (float, int) or not 0 <= p <= 1:
            raise InputError(f"{path}:{number}: {stance} is {quoted(json.dumps(p))} in {quoted(line)}; give a number from 0 to 1")
    if label not in STANCES:
        raise InputError(f"{path}:{number}: label {quoted(json.dumps(label))} is unknown; give one of {', '.join(STANCES)}")
    return id_, row, STANCES.index(label)


def _check_rows(
    path: Path, lines: list[str], numbers: list[int], ids: list[str], probabilities: NDArray[np.float64], labels: NDArray[np.intp]
) -> None:
    def refuse(row: int, message: str) -> NoReturn:
        raise InputError(f"{path}:{numbers[row]}: {message} in {quoted(lines[numbers[row] - 1])}")

    sums = probabilities.sum(axis=1)
    for row in np.flatnonzero(np.abs(sums - 1) > SUM_TOLERANCE).tolist():
        refuse(row, f"the probabilities sum to {sums[row]:.6g}, not to 1,")
    top = likeliest(probabilities)
    for row in np.flatnonzero(top != labels).tolist():
        ties = " (of equally likely ones the first counts)" if np.ptp(probabilities[row, [top[row], labels[row]]]) == 0 else ""
        refuse(row, f"the label is {STANCES[labels[row]]}, the likeliest stance is {STANCES[top[row]]}{ties},")
    repeated = _repeated(ids)
    if repeated:
        second = [row for row, id_ in enumerate(ids) if id_ == repeated[0]][1]
        raise InputError(f"{path}:{numbers[second]}: {_listed(repeated)} given more than once; keep one row for each")


def _repeated(ids: Sequence[str]) -> list[str]:
    if len(set(ids)) == len(ids):
        return []
    return [id_ for id_, times in Counter(ids).items() if times > 1]


def _listed(ids: Sequence[str]) -> str:
    """Return the count of ids and the first three of them."""
    return f"{len(ids)} example id{'s' if len(ids) > 1 else ''} ({', '.join(ids[:3])}{', …' if len(ids) > 3 else ''})"
