"""What has been read of a corpus so far, kept on disk line by line, so that a killed run goes on where it was.

``OUT.parts/`` stands beside the output ``OUT`` while it is made: ``run.json`` says of what input and with which settings, and
``journal.jsonl`` has a line for each article or failed row, in the input's order. A line is complete once its line end is there; a
killed run leaves at most one that is not, and that one is cut off. At the end the output is put together from the journal and takes
its place in one step, ``OUT.run.json`` records what it was made of, and the folder goes.
"""

from __future__ import annotations

import csv
import json
import logging
import os
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from whipcount.schema import InputError

logger = logging.getLogger(__name__)

FAILURE_COLUMNS = ("id", "row", "reason")
SYNC_SECONDS = 1.0
"""Lines are handed to the system at once, which outlives a killed run; this often they are also forced onto the disk."""

NAMED_FILES = 5
"""How many of the files that have changed are named."""


def parts_folder(out: Path) -> Path:
    """Return where an output is kept while it is made."""
    return out.with_name(f"{out.name}.parts")


def failures_file(out: Path) -> Path:
    """Return where the failed rows of an output are listed."""
    return out.with_name(f"{out.name}.failures.csv")


def record_file(out: Path) -> Path:
    """Return where it is said of what a complete output was made."""
    return out.with_name(f"{out.name}.run.json")


def finished_record(out: Path) -> dict[str, Any] | None:
    """Return what a complete output was made of and what is in it; None where there is none that is as it was made."""
    out = out.resolve()
    record = _json_of(record_file(out))
    if not isinstance(record, dict) or not out.is_file() or out.stat().st_size != record.get("bytes"):
        return None
    return record


class ReadingStore:
    """The journal of one run; a context manager that holds it for this process alone."""

    def __init__(self, out: Path, run: Mapping[str, Any]) -> None:
        """Open the journal of an unfinished run, or begin one.

        Args:
            out: the file that is to be made.
            run: the input's fingerprint and the settings, as values for JSON.

        Raises:
            InputError: another run's parts are there, or a living process works on them.
        """
        self.out = out.resolve()  # a link stays, what it points to is replaced
        self.run = json.loads(json.dumps(run))
        self.folder = parts_folder(self.out)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._journal = self.folder / "journal.jsonl"
        self._file = self._journal.open("ab")
        try:
            _hold(self._file.fileno(), self.folder)
            self._check_run()
            self.n_done = self._cut_torn()
        except BaseException:
            self._file.close()
            raise
        self._synced = time.monotonic()

    def __enter__(self) -> ReadingStore:
        """Return the store itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Force onto the disk what was added, and let the journal go; where nothing was, nothing is left."""
        if not self._file.closed:
            self._sync()
            self._file.close()
            if not self.n_done:
                remove_parts(self.out)

    def _check_run(self) -> None:
        run_file = self.folder / "run.json"
        earlier = _json_of(run_file)
        if earlier is None and self._journal.stat().st_size:
            raise InputError(f"{self.folder}: no unfinished run, or a damaged one; remove the folder to start anew")
        if earlier is None:
            write_whole(run_file, lambda path: path.write_text(json.dumps(self.run, indent=2) + "\n", encoding="utf-8"))
        elif earlier != self.run:
            raise InputError(
                f"{self.folder}: an unfinished run of another kind ({difference(earlier, self.run)}); "
                "finish it with its own command, or remove the folder to start anew"
            )

    def _cut_torn(self) -> int:
        """Cut off what was not written to its end and return the number of whole lines."""
        n_lines, end = 0, 0
        with self._journal.open("rb") as file:
            for line in file:
                if not (line.startswith(b"{") and line.endswith(b"}\n")):  # a crash of the machine may leave zeros
                    break
                n_lines, end = n_lines + 1, end + len(line)
        if end < self._journal.stat().st_size:
            self._file.truncate(end)
        return n_lines

    def add(self, entry: Mapping[str, Any]) -> None:
        """Keep what was read of the next article or row; ``entry`` is values for JSON, with a ``reason`` where it failed."""
        self._file.write(json.dumps(entry).encode("ascii") + b"\n")
        self._file.flush()
        if time.monotonic() - self._synced > SYNC_SECONDS:
            self._sync()
        self.n_done += 1

    def _sync(self) -> None:
        os.fsync(self._file.fileno())
        self._synced = time.monotonic()

    def entries(self) -> Iterator[dict[str, Any]]:
        """Yield what was kept, in its order, one entry in memory at a time.

        Raises:
            InputError: the journal is damaged.
        """
        with self._journal.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    entry = json.loads(line)
                except ValueError as error:
                    raise InputError(f"{self._journal}, line {number}: damaged ({error}); remove {self.folder} to start anew") from None
                yield entry

    def finish(self, write: Callable[[Path], object]) -> dict[str, Any]:
        """Make the output and the list of failures, in one step each, record them, and remove the parts.

        Killed in between, the next run does it again.

        Args:
            write: writes the output to the path that it is given, whose suffix is the output's.

        Returns:
            The record: ``run``, how many articles were read (``n_read``) and failed (``n_failed``), and by reason what was lost of those
            that were read (``losses``).
        """
        self._sync()
        write_whole(self.out, write, self.folder)
        n_failed, losses = self._write_failures()
        record = {
            "run": self.run,
            "n_read": self.n_done - n_failed,
            "n_failed": n_failed,
            "losses": losses,
            "bytes": self.out.stat().st_size,
        }
        write_whole(record_file(self.out), lambda path: path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8"), self.folder)
        self._file.close()
        remove_parts(self.out)
        return record

    def _write_failures(self) -> tuple[int, dict[str, int]]:
        """List what failed; return how much did, and what was lost of the rest."""
        n_failed, losses = 0, Counter[str]()
        path = self.folder / "failures.csv"
        with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(FAILURE_COLUMNS)
            for entry in self.entries():
                if "reason" in entry:
                    writer.writerow([entry[column] for column in FAILURE_COLUMNS])
                    n_failed += 1
                losses.update(entry.get("losses", {}))
        if n_failed:
            path.replace(failures_file(self.out))
        else:
            failures_file(self.out).unlink(missing_ok=True)  # of an earlier run
        return n_failed, dict(losses)


def remove_parts(out: Path) -> None:
    """Remove what is left of a run whose output is complete."""
    shutil.rmtree(parts_folder(out.resolve()), ignore_errors=True)


def write_whole(path: Path, write: Callable[[Path], object], folder: Path | None = None) -> None:
    """Write a file beside its place, or in another folder of the same disk, and let it take its place when it is whole and safe.

    Raises:
        InputError: a folder of that name stands there.
    """
    if path.is_dir():
        raise InputError(f"{path}: a folder stands here; name a file")
    partial = (folder or path.parent) / f".{path.stem}.partial-{os.getpid()}{path.suffix}"
    try:
        write(partial)
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def difference(earlier: object, now: object) -> str:
    """Say in one line what of two runs is not the same."""
    if not isinstance(earlier, dict) or not isinstance(now, dict):
        return "its record is damaged"
    names = [name for name in dict.fromkeys([*now, *earlier]) if earlier.get(name) != now.get(name)]
    return "; ".join(f"{name.replace('_', ' ')} {_change(earlier.get(name), now.get(name))}" for name in names) or "nothing"


def _change(earlier: object, now: object) -> str:
    """Say what one setting was and is; of lists of files, each with its digest, the names of those that are not in both."""
    if not isinstance(earlier, list) or not isinstance(now, list):
        return f"{_short(earlier)}, now {_short(now)}"
    in_both = {tuple(file) for file in earlier} & {tuple(file) for file in now}
    names = list(dict.fromkeys(str(file[0]) for file in (*now, *earlier) if tuple(file) not in in_both))
    told = ", ".join(names[:NAMED_FILES]) or "in another order"
    return f"{told} and {len(names) - NAMED_FILES} more" if len(names) > NAMED_FILES else told


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _json_of(path: Path) -> Any:
    """Return what a JSON file holds; None where there is none or it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _hold(descriptor: int, folder: Path) -> None:
    """Lock the journal until it is closed or the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        logger.debug("%s is not locked: this system has no fcntl", folder)
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(f"{folder}: another process is at work on this output; wait for it, or name another output") from None
