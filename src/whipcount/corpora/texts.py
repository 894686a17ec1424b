"""The text of a corpus's files, which are all in UTF-8."""

from __future__ import annotations

from pathlib import Path

from whipcount.schema import InputError


def read_utf8(path: Path, to_the_letter: bool = False) -> str:
    """Return the text of a file.

    Args:
        path: of the file.
        to_the_letter: keep a byte order mark and the line ends as they are, where offsets count them; else there is no mark, and every
            line end is a line feed.

    Raises:
        InputError: it is not UTF-8.
        OSError: it cannot be read.
    """
    encoding, newline = ("utf-8", "") if to_the_letter else ("utf-8-sig", None)
    try:
        with path.open(encoding=encoding, newline=newline) as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 at byte {error.start}; save the file as UTF-8, or get it again") from None
