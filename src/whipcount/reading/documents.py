"""Files become documents, one at a time: texts, web pages, and tables of articles, each also gzipped."""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from whipcount.reading.article_tables import Columns, Document, Failure, csv_rows, first_line, json_rows, parquet_rows
from whipcount.reading.articles import decode, extract_html
from whipcount.schema import InputError

__all__ = ["Document", "Failure", "check_file", "open_documents", "plain_name", "table_kind"]

STDIN = "-"
ROWS = {".jsonl": json_rows, ".ndjson": json_rows, ".csv": csv_rows, ".parquet": parquet_rows}
"""Suffixes of the files that hold many articles; any other file is one article."""
PAGES = (".html", ".htm", ".xhtml")
REFUSED = {
    ".json": "one JSON value; write one article a line, as .jsonl",
    ".tsv": "a table that is not read as it is; save it as .csv",
    ".xlsx": "a spreadsheet; save it as .csv in UTF-8",
}
GZIP_MARK = b"\x1f\x8b"
JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"')
PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*+<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL)


def open_documents(
    source: str | Path, text_column: str = "text", id_column: str = "", date_column: str = "", name: str = ""
) -> Iterator[Document | Failure]:
    """Yield the articles of a file one after the other, and a failure for each row that is none, in the order of the file.

    Tables are streamed. Their columns ``title`` and ``outlet`` are taken along where they are there. In JSON lines a row may lack
    columns that others have; a blank line is no row. A text, a page or a row of CSV that is not UTF-8 is decoded as ``articles.decode``
    guesses.

    Args:
        source: .txt, .html, .jsonl, .csv or .parquet, each also with .gz; ``-`` is standard input, a text or a web page, also
            gzipped. A file of any other suffix is a text or a web page, too.
        text_column: the column that holds the articles.
        id_column: that of their ids; where there is none, an id is the file's name and the row.
        date_column: that of their dates.
        name: stands in ids in place of the file's, and before those that a table gives its rows.

    Raises:
        InputError: no such file, a folder, a binary file or a damaged or truncated one, a table whose name does not say so, or a column is
            missing in all rows.
    """
    if str(source) == STDIN:
        where, raw = "standard input", sys.stdin.buffer.read()
        if raw.startswith(GZIP_MARK):
            with _faults_named(where):
                raw = gzip.decompress(raw)
        yield from _article(raw, where, name or "stdin", None, text_column)
        return
    path = Path(source)
    check_file(path)
    suffix, where, before_ids, name = _suffix(path), str(path), f"{name}/" if name else "", name or plain_name(path)
    with _faults_named(where), _opened(path) as file:
        if suffix in ROWS:
            yield from ROWS[suffix](file, where, name, Columns(text_column, id_column, date_column, before_ids))
        else:
            yield from _article(file.read(), where, name, suffix in PAGES if suffix in (*PAGES, ".txt") else None, text_column)


def check_file(path: Path) -> None:
    """Raise an ``InputError`` where there is no file of that name, or one of a kind that is not read."""
    if path.is_dir():
        raise InputError(f"{path}: a folder; name the files in it, for example {path / '*.txt'}")
    if not path.exists():
        raise InputError(f"{path}: no such file; give a .txt, .html, .jsonl, .csv or .parquet file, or - for standard input")
    if _suffix(path) in REFUSED:
        raise InputError(f"{path}: {REFUSED[_suffix(path)]}")


def table_kind(path: Path) -> str:
    """Return the suffix of a file that holds many articles, by its name alone, and "" for a single article."""
    return _suffix(path) if _suffix(path) in ROWS else ""


def plain_name(path: Path) -> str:
    """Return the file's name without its suffix, and without .gz."""
    return _unpacked(path).stem


def _suffix(path: Path) -> str:
    return _unpacked(path).suffix.lower()


def _unpacked(path: Path) -> Path:
    """Return the name that a file has once it is unpacked."""
    return Path(path.stem if path.suffix.lower() == ".gz" else path.name)


@contextmanager
def _faults_named(where: str) -> Iterator[None]:
    """Turn what fails while a file is read into an ``InputError`` that names it."""
    try:
        yield
    except EOFError:
        raise InputError(f"{where}: the gzip archive is truncated; get the file again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{where}: no gzip archive, or a damaged one ({error}); get the file again, or drop .gz from its name") from None
    except OSError as error:
        raise InputError(f"{where}: cannot be read ({error.strerror or error})") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as packed:
        if path.suffix.lower() != ".gz":
            yield packed
            return
        with gzip.GzipFile(fileobj=packed) as file:
            yield file  # type: ignore[misc]  # all of IO that is used


def _article(raw: bytes, where: str, name: str, is_page: bool | None, text_column: str) -> Iterator[Document | Failure]:
    """Yield one article; whether it is a web page, or a table after all, is seen where ``is_page`` is None."""
    text = decode(raw, where)
    if is_page is None:
        _refuse_table(text, where, text_column)
        is_page = PAGE.match(text) is not None
    if not is_page:
        yield Document(name, text) if text.strip() else Failure(name, f"{where}: the text is empty")
        return
    try:
        page = extract_html(text)
    except (ValueError, RecursionError) as error:  # what lxml cannot parse
        yield Failure(name, f"{where}: the page cannot be read ({first_line(error)})")
        return
    if page.text.strip():
        yield Document(name, page.text, page.date, page.title, page.outlet)
    else:
        yield Failure(name, f"{where}: the page holds no text")


def _refuse_table(text: str, where: str, text_column: str) -> None:
    """Raise an ``InputError`` where a text is a table of articles: tables are read twice, and are known by the names of their files."""
    header = re.split("[,;\t]", text.lstrip().partition("\n")[0].strip().replace('"', ""))
    if JSON.match(text):
        raise InputError(f"{where}: JSON, not an article; give it as a file named .jsonl, one article a line")
    if len(header) > 1 and text_column in header:
        raise InputError(f"{where}: CSV, not an article; give it as a file named .csv")
