"""``whipcount read article.txt``: who stands with whom in an article, or in a corpus of them that may be larger than the memory."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

from whipcount.examples.digests import digest_code, digest_files, digest_model
from whipcount.reading.documents import STDIN, Document, Failure, check_file, open_documents, plain_name, table_kind
from whipcount.rendering.markdown import counted
from whipcount.rendering.reading_output import FORMATS, check_output, choose_format, entry_of, write_entries, write_reading
from whipcount.rendering.reading_store import ReadingStore, difference, failures_file, finished_record, parts_folder, remove_parts
from whipcount.rendering.reading_tables import told_losses
from whipcount.schema import ON_LONG, InputError, Reading

log = logging.getLogger(__name__)

MADE_BY = ("schema.py", "pipeline.py", "reading/*", "examples/pairs.py", "modeling/*", "rendering/reading*", "rendering/tally.py")
"""The code that decides what comes out."""
MODEL = "outputs/model"
INTERRUPTED = 130  # as a shell counts what Ctrl-C ends


class Reader(Protocol):
    """What reads: a ``StancePipeline``, or in its place anything that is called like one."""

    def __call__(self, text: str, *, id: str = "", date: str = "", title: str = "", outlet: str = "") -> Reading:
        """Return the reading of one text."""
        ...


LoadReader = Callable[["Request"], Reader]


@dataclass(frozen=True)
class Request:
    """What is asked for, as the command line's options say."""

    sources: tuple[str, ...]
    out: Path | None = None
    form: str = "table"
    model: Path = Path(MODEL)
    aliases: Path | None = None
    resolver: Path | None = None
    columns: dict[str, str] = field(default_factory=dict)
    on_long: str = "window"
    quiet: bool = False

    @property
    def is_corpus(self) -> bool:
        """Whether the sources can hold more than one article."""
        return len(self.sources) > 1 or bool(table_kind(Path(self.sources[0])))


def load_pipeline(request: Request) -> Reader:
    """Load the model, and torch with it."""
    from whipcount.pipeline import StancePipeline

    return StancePipeline.from_pretrained(request.model, aliases=request.aliases, on_long=request.on_long, resolver=request.resolver)


def read(request: Request, load: LoadReader = load_pipeline) -> int:
    """Read what is asked for and return the exit status: 0, or 1 where an article or a row failed.

    Args:
        request: what is asked for.
        load: gives the pipeline; called only when there is something to read.

    Raises:
        InputError: the request cannot be met: no model, no such file, a missing column, …
    """
    if not (request.model / "config.json").is_file():
        raise InputError(f"{request.model}: no model here yet; train one with 'make train', or name the folder of one with --model")
    for source in request.sources:
        if source != STDIN:
            check_file(Path(source))
        elif len(request.sources) > 1:
            raise InputError("- (standard input) is one article; read it alone")
        if request.out is not None and request.out.resolve() == Path(source).resolve():
            raise InputError(f"{request.out}: the input itself; name another file for the output")
    if request.aliases is not None:
        check_file(request.aliases)
        if request.out is not None and request.out.resolve() == request.aliases.resolve():
            raise InputError(f"{request.out}: the table of names; name another file for the output")
    if request.resolver is not None and not (request.resolver / "config.json").is_file():
        raise InputError(f"{request.resolver}: no resolver here; train one with 'python -m whipcount.train_resolver'")
    check_output(request.form, request.out, request.is_corpus)
    return _read_corpus(request, load) if request.is_corpus else _read_article(request, load)


def _read_article(request: Request, load: LoadReader) -> int:
    (document,) = open_documents(request.sources[0])
    if isinstance(document, Document):
        entry = _read_one(load(request), document)
        if isinstance(entry, Reading):
            write_reading(entry, request.form, request.out)
            told = told_losses(entry.losses)
            if request.out is not None:
                told = [f"{request.out}: {counted(len(entry.stances), 'stance')} in {counted(len(entry.sentences), 'sentence')}", *told]
            elif request.form == "table":
                told = []  # the table says it itself
            if told:
                _say(request, "; ".join(told))
            return 0
        document = entry
    sys.stderr.write(f"whipcount read: {_one_line(document.reason)}\n")
    return 1


def _read_one(reader: Reader, document: Document) -> Reading | Failure:
    """Return the reading of an article, or what hindered it; what concerns more than the article is raised.

    Raises:
        MemoryError: the memory does not suffice, also where torch says so in its own way.
    """
    try:
        return reader(document.text, id=document.id, date=document.date, title=document.title, outlet=document.outlet)
    except InputError as error:
        return Failure(document.id, str(error), document.row)
    except Exception as error:  # whatever is wrong with one article, the others are read
        if isinstance(error, MemoryError) or "tried to allocate" in str(error).lower():
            raise MemoryError(f"article {document.id!r}") from error
        log.debug("%s (row %d) cannot be read", document.id, document.row, exc_info=True)
        return Failure(document.id, f"{type(error).__name__}: {error}", document.row)


def _read_corpus(request: Request, load: LoadReader) -> int:
    assert request.out is not None
    run = describe_run(request)
    record = finished_record(request.out)
    if record is not None and record["run"] == run:
        remove_parts(request.out)  # a run killed at its very end leaves them
        return _close(request, record, f"{request.out} is up to date")
    if record is not None and not parts_folder(request.out.resolve()).exists():
        _say(request, f"{request.out} is made anew: it is of another run ({difference(record['run'], run)})")
    n_documents = _count(request)
    request.out.resolve().parent.mkdir(parents=True, exist_ok=True)
    with ReadingStore(request.out, run) as store:
        if store.n_done:
            _say(request, f"{request.out}: going on after {store.n_done} of {n_documents} articles")
        _read_rest(request, load, store, n_documents)
        record = store.finish(lambda path: write_entries(store.entries(), request.form, path))
    return _close(request, record, f"{request.out}: {counted(record['n_read'], 'article')} read")


def _read_rest(request: Request, load: LoadReader, store: ReadingStore, n_documents: int) -> None:
    """Read what the store does not have yet, with a progress bar where somebody watches."""
    from tqdm import tqdm

    reader: Reader | None = None
    n_done = store.n_done
    bar = tqdm(total=n_documents, initial=n_done, unit="article", file=sys.stderr, disable=request.quiet or None)
    with bar:
        for index, document in enumerate(_documents(request)):
            if index < n_done:
                continue
            found: Reading | Failure = document if isinstance(document, Failure) else _read_one(reader := reader or load(request), document)
            store.add(_entry(found, document, request.form))
            bar.update()


def _entry(found: Reading | Failure, document: Document | Failure, form: str) -> dict[str, Any]:
    if isinstance(found, Reading):
        try:
            return {"row": document.row, **entry_of(found, form)}
        except InputError as error:  # a reading that cannot be written
            found = Failure(document.id, str(error), document.row)
    return {"id": found.id, "row": found.row, "reason": _one_line(found.reason)}


def _documents(request: Request) -> Iterator[Document | Failure]:
    """Yield the articles of all sources; one with the id of an earlier one gets the number of its row added."""
    seen: set[str] = set()
    for source, name in zip(request.sources, _names(request.sources), strict=True):
        for document in _documents_of(request, source, name):
            told = document.id
            while told in seen:
                told = f"{told} (row {document.row})"
            seen.add(told)
            yield replace(document, id=told)


def _documents_of(request: Request, source: str, name: str) -> Iterator[Document | Failure]:
    """Yield the articles of one source; those of several name it in their ids, and one that cannot be read is a failure among them."""
    try:
        yield from open_documents(source, **request.columns, name=name if len(request.sources) > 1 else "")
    except InputError as error:
        if len(request.sources) == 1:
            raise
        yield Failure(name, str(error), 0)


def _names(sources: Sequence[str]) -> list[str]:
    """Return what stands for each file in ids: its name, or where two have the same the whole path."""
    names = [plain_name(Path(source)) for source in sources]
    n_bearers = Counter(names)
    return [name if n_bearers[name] == 1 else source for name, source in zip(names, sources, strict=True)]


def _count(request: Request) -> int:
    """Return how many articles and failed rows there are, and say whether ids are repeated.

    Of a table this also finds what is wrong with it before the model is loaded.
    """
    n_rows: Counter[str] = Counter()
    for source, name in zip(request.sources, _names(request.sources), strict=True):
        n_rows.update((one.id for one in _documents_of(request, source, name)) if table_kind(Path(source)) else (name,))
    if n_again := n_rows.total() - len(n_rows):
        _say(
            request,
            f"{counted(n_again, 'row has', 'rows have')} the id of an earlier one, as {n_rows.most_common(1)[0][0]!r}: the number of the "
            "row is added to it; if the ids stand in another column, name it with --id-column",
        )
    return n_rows.total()


def describe_run(request: Request) -> dict[str, Any]:
    """Return what decides what comes out, as values for JSON: the input's content, the model's, the settings and the code."""
    return {
        "input": [[name, digest_files(Path(source))] for name, source in zip(_names(request.sources), request.sources, strict=True)],
        "model": digest_model(request.model),
        **({"resolver": digest_model(request.resolver)} if request.resolver else {}),
        "aliases": digest_files(request.aliases) if request.aliases else "",
        "columns": request.columns,
        "on_long": request.on_long,
        "format": request.form,
        "whipcount": version("whipcount"),
        "code": digest_code(*MADE_BY)[:12],
    }


def _close(request: Request, record: dict[str, Any], told: str) -> int:
    assert request.out is not None
    n_failed = record["n_failed"]
    told = "; ".join([told, *told_losses(record.get("losses", {}))])
    if not n_failed:
        _say(request, told)
        return 0
    sys.stderr.write(
        f"whipcount read: {told}; {counted(n_failed, 'row')} failed, see {failures_file(request.out)}; to try again, remove {request.out} "
        "(all is read anew)\n"
    )
    return 1


def _say(request: Request, message: str) -> None:
    if not request.quiet:
        sys.stderr.write(f"whipcount read: {message}\n")


def _one_line(text: str) -> str:
    return " ".join(text.split())


def parse(words: Sequence[str] | None) -> Request:
    """Return what the words after ``whipcount read`` ask for.

    Raises:
        InputError: the output's name says no format.
    """
    parser = argparse.ArgumentParser(
        prog="whipcount read",
        description="Read news articles and say who stands with whom: a table in the terminal, or a file. Of a corpus (.jsonl, .csv, "
        ".parquet, or several files) every article is kept as soon as it is read: the same command goes on after a break.",
        epilog="Sentences count from 0 in tables and JSON, from 1 on the page. What was left out or cut (names of things, sentences beyond "
        "the model's window, …) is counted at the close and, for a corpus, in OUT.run.json. Exit status: 0 all was read; 1 not all was "
        "(OUT.failures.csv lists the rows of a corpus; to try them again remove OUT, and all is read anew); 2 nothing could be done.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("sources", nargs="+", metavar="FILE", help=".txt, .html, .jsonl, .csv or .parquet, each also .gz; - (standard input): no table")
    add("-o", "--out", metavar="OUT", type=Path, help="write to this file instead of the terminal")
    add("--format", choices=FORMATS, default="", help="by default what the suffix of OUT says, else a table; statements is a tidy CSV")
    add("--model", metavar="FOLDER", type=Path, default=Path(MODEL), help="of a trained model (%(default)s)")
    add("--aliases", metavar="FILE", type=Path, help="your own names of actors: CSV with name, alias, kind, valid_from, valid_to, note")
    add("--resolver", metavar="FOLDER", type=Path, help='of what has learnt whom "he" and "she" mean, made by train_resolver')
    add("--text-column", metavar="NAME", default="text", help="of a table: holds the articles (%(default)s)")
    add("--id-column", metavar="NAME", default="", help="holds their ids (id, where there is one); several FILEs add their name: jan/7")
    add("--date-column", metavar="NAME", default="", help="holds their dates (date, where there is one)")
    add("--on-long", choices=ON_LONG, default=ON_LONG[0], help="a text too long for the model: read it in windows, or fail (%(default)s)")
    add("--quiet", action="store_true", help="no progress bar and no messages but faults")
    given = parser.parse_args(words)
    return Request(
        sources=tuple(given.sources),
        out=given.out,
        form=choose_format(given.format, given.out),
        model=given.model,
        aliases=given.aliases,
        resolver=given.resolver,
        columns={f"{name}_column": getattr(given, f"{name}_column") for name in ("text", "id", "date")},
        on_long=given.on_long,
        quiet=given.quiet,
    )


def main(words: Sequence[str] | None = None, load: LoadReader = load_pipeline) -> None:
    """Run the command with the words after ``whipcount read``; what cannot be done is one line and exit status 2."""
    try:
        status = read(parse(words), load)
    except InputError as error:
        sys.stderr.write(f"whipcount read: {error}\n")
        status = 2
    except BrokenPipeError:  # whoever was reading has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 1
    except OSError as error:
        sys.stderr.write(f"whipcount read: {error}\n")
        status = 2
    except MemoryError as error:
        where = f" ({error})" if str(error) else ""
        sys.stderr.write(f"whipcount read: out of memory{where}; free some; with a corpus, the same command goes on where it stopped\n")
        status = 2
    except KeyboardInterrupt:
        sys.stderr.write("whipcount read: stopped; with a corpus, the same command goes on where it stopped\n")
        status = INTERRUPTED
    sys.exit(status)


if __name__ == "__main__":
    main()
