"""``whipcount read FILE``: a raw article, or a corpus of them, becomes actors and stances."""

from __future__ import annotations

import argparse
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from whipcount.reading.documents import Columns, Document, Failure, is_corpus, open_documents
from whipcount.schema import InputError

if TYPE_CHECKING:
    from whipcount.pipeline import ArticleReading, StancePipeline
    from whipcount.rendering.reading_store import ReadingStore

log = logging.getLogger(__name__)

SUFFIXES = {
    ".json": "json", ".jsonl": "json", ".csv": "csv", ".parquet": "parquet", ".html": "html", ".htm": "html",
    ".graphml": "graphml", ".gexf": "gexf",
}  # fmt: skip
"""Format by the name of the output."""
FORMATS = ("table", "json", "csv", "parquet", "html", "graphml", "gexf")
PRINTED = ("table", "json", "csv", "html")
"""What can be written to standard output."""
HELP = """\
formats in:   .txt, .html (boilerplate removed), .jsonl, .csv, .parquet (an article a row), each also .gz; - is standard input
formats out:  table (in the terminal), json, html (one page), graphml and gexf (for Gephi), csv and parquet (a row a stance)

A corpus is read row by row; a killed run goes on when the same command is given again. Rows that fail are listed in
OUTPUT.failures.csv, and the exit status is then 1.
"""


def read(given: argparse.Namespace) -> int:
    """Read what the command line names, and return the exit status.

    Raises:
        InputError: there is no model, or a file or setting cannot be used.
    """
    if not (Path(given.model) / "config.json").is_file():
        raise InputError(f"no model in {given.model}; train one with 'make train', or name a model folder with --model")
    chosen = _format(given)
    if is_corpus(given.source):
        return _read_corpus(given, chosen)
    (document,) = open_documents(given.source)  # before the model: what cannot be read fails at once
    assert isinstance(document, Document)  # a single file gives no failure
    _write(_read_one(_load(given), document), chosen, given.output)
    return 0


def _format(given: argparse.Namespace) -> str:
    suffix = Path(given.output).suffix.lower()
    chosen: str = given.format or (SUFFIXES.get(suffix, "") if given.output else "table")
    of_corpus = is_corpus(given.source)
    if not chosen:
        raise InputError(f"{given.output}: files that end in {suffix!r} are not written; end it in {', '.join(SUFFIXES)} or give --format")
    if not given.output and (chosen not in PRINTED or of_corpus):
        raise InputError(f"{'a corpus' if of_corpus else chosen} is written to a file; name one with -o")
    if of_corpus and chosen in ("table", "html"):
        raise InputError(f"{chosen} is for one article; write a corpus as csv, parquet, jsonl, graphml or gexf")
    if chosen in ("graphml", "gexf") and suffix != f".{chosen}":
        raise InputError(f"{given.output}: a {chosen} file ends in '.{chosen}'; name it so")
    return chosen


def _load(given: argparse.Namespace) -> StancePipeline:
    from whipcount.pipeline import StancePipeline  # and torch, spaCy and pandas with it

    return StancePipeline.from_pretrained(given.model, aliases=given.aliases or None, on_long=given.on_long)


def _read_one(pipeline: Callable[..., ArticleReading], document: Document) -> ArticleReading:
    return pipeline(document.text, id=document.id, date=document.date, title=document.title, outlet=document.outlet)


def _write(reading: ArticleReading, chosen: str, output: str) -> None:
    if chosen == "table":
        from rich.console import Console

        from whipcount.rendering.reading_tables import print_reading

        if output:
            with Path(output).open("w", encoding="utf-8", errors="backslashreplace") as file:
                print_reading(reading, Console(file=file, width=120))
        else:
            print_reading(reading, Console())
    elif chosen in ("graphml", "gexf"):
        from whipcount.rendering.reading_graph import write_graph

        write_graph(reading.to_graph(), Path(output))
    elif chosen == "parquet":
        reading.to_dataframe().to_parquet(output, index=False)
    else:
        text = {"json": reading.to_json, "html": reading.to_html, "csv": lambda: reading.to_dataframe().to_csv(index=False)}[chosen]()
        if output:
            Path(output).write_text(text, encoding="utf-8", errors="backslashreplace")
        else:
            sys.stdout.write(text if text.endswith("\n") else text + "\n")
    if output:
        log.info("wrote %s: %d stances in %d sentences", output, len(reading.stances), reading.n_scored)


def _read_corpus(given: argparse.Namespace, chosen: str) -> int:
    from whipcount.rendering.reading_store import ReadingStore, fingerprint_file

    columns = Columns(given.text_column, given.id_column, given.date_column)
    documents = open_documents(given.source, columns)
    first = next(documents, None)  # a missing file or column fails now
    record = Path(given.model) / "training.json"
    settings = {
        "input": fingerprint_file(Path(given.source)),
        "model": fingerprint_file(record if record.is_file() else Path(given.model) / "config.json"),
        "columns": json.dumps([columns.text, columns.id, columns.date]),
        "aliases": fingerprint_file(Path(given.aliases)) if given.aliases else "",
        "on_long": given.on_long,
    }
    store = ReadingStore(Path(given.output), chosen, settings)
    if store.is_finished():
        log.info("%s is up to date", given.output)
        return 1 if store.failures.is_file() else 0
    store.open()
    if store.done:
        log.info("%s: %d rows were read before, going on", given.output, len(store.done))
    pipeline = _load(given)

    def rows() -> Iterator[Document | Failure]:
        if first is not None:
            yield first
        yield from documents

    fill(store, rows(), pipeline, quiet=given.quiet)
    n_rows = len(store.done)
    n_failed = store.finish()
    log.info("wrote %s: %d articles read%s", given.output, n_rows - n_failed, f", {n_failed} failed: {store.failures}" if n_failed else "")
    return 1 if n_failed else 0


def fill(store: ReadingStore, documents: Iterator[Document | Failure], pipeline: Callable[..., ArticleReading], quiet: bool = True) -> None:
    """Read the documents that a store does not have yet; what goes wrong with one is kept as its failure."""
    from tqdm.auto import tqdm

    for document in tqdm(documents, desc="read", unit="article", disable=quiet):
        if document.row in store.done:
            continue
        if isinstance(document, Failure):
            store.add(document.row, document.id, None, document.reason)
            continue
        try:
            reading = _read_one(pipeline, document)
        except MemoryError:
            raise
        except Exception as error:  # whatever one text does to the reader, the others are read
            store.add(document.row, document.id, None, f"{type(error).__name__}: {error}".replace("\n", " "))
        else:
            store.add(document.row, document.id, reading)


def main(words: Sequence[str] | None = None) -> None:
    """Run the command with the words after ``whipcount read``; a fault becomes one line and exit status 2."""
    parser = argparse.ArgumentParser(
        prog="whipcount read",
        description="Read raw news: who stands with whom, sentence by sentence.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("source", metavar="FILE", help="an article or a corpus, or - for standard input")
    parser.add_argument("-o", "--output", default="", metavar="FILE", help="where to write; without it, to the terminal")
    parser.add_argument("--format", default="", choices=FORMATS, help="of the output; by its name where it is not given")
    parser.add_argument("--model", default="outputs/model", metavar="FOLDER", help="as 'make train' leaves it (outputs/model)")
    parser.add_argument("--aliases", default="", metavar="FILE", help="CSV of further names: name, alias, kind, valid_from, valid_to, note")
    parser.add_argument("--text-column", default="text", metavar="NAME", help="of a corpus (text)")
    parser.add_argument("--id-column", default="", metavar="NAME", help="of a corpus (id, where there is one)")
    parser.add_argument("--date-column", default="", metavar="NAME", help="of a corpus (date, where there is one)")
    parser.add_argument("--on-long", default="window", choices=("window", "error"), help="read a long text in windows, or refuse it")
    parser.add_argument("--quiet", action="store_true", help="no progress bar and no word on success")
    given = parser.parse_args(words)
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    log.setLevel(logging.WARNING if given.quiet else logging.INFO)
    try:
        status = read(given)
    except InputError as error:
        sys.stderr.write(f"whipcount read: {error}\n")
        status = 2
    except OSError as error:
        sys.stderr.write(f"whipcount read: {error.filename or given.output}: {error.strerror or error}\n")
        status = 2
    sys.exit(status)


if __name__ == "__main__":
    main()
