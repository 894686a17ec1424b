"""Who says each quotation of a corpus's articles: ``speakers.csv`` in its folder.

Source and licence: those of the corpus. Fields: article, the quotation's first and last offset (start_char, end_char), and the id of the
actor who says it, empty where nobody does (a heading, a word in quotation marks). Known defects: one annotator.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from whipcount.corpora.texts import read_utf8
from whipcount.schema import Article, InputError, Span

NAME = "speakers.csv"
COLUMNS = ("article", "start_char", "end_char", "speaker")


def read_speakers(folder: Path, articles: Sequence[Article]) -> dict[str, dict[Span, str]]:
    """Return for articles of a corpus, by id, who says each quotation; those without any are left out.

    Args:
        folder: of the corpus.
        articles: of it; what the file says of others is passed over.

    Raises:
        InputError: the file is missing, malformed or not UTF-8, or names a place or an actor that the article does not have.
    """
    path = folder / NAME
    try:
        lines = read_utf8(path).splitlines()
    except OSError:
        raise InputError(f"{path}: no such file; it would say who speaks in the corpus's articles") from None
    known = {article.id: article for article in articles}
    found: dict[str, dict[Span, str]] = defaultdict(dict)
    for number, row in enumerate(csv.DictReader(lines), start=2):
        if tuple(row) != COLUMNS or None in row.values():
            given = ", ".join(str(column) for column, value in row.items() if value is not None)
            raise InputError(f"{path}: line {number} has the columns {given}; expected {', '.join(COLUMNS)}")
        article = known.get(row["article"])
        if article is None:
            continue
        try:
            span = Span(int(row["start_char"]), int(row["end_char"]))
        except ValueError:
            raise InputError(f"{path}: line {number} has the range {row['start_char']!r} to {row['end_char']!r}; give offsets") from None
        if span.end_char > len(article.text) or (row["speaker"] and row["speaker"] not in {actor.id for actor in article.actors}):
            raise InputError(f"{path}: line {number} names a place or an actor that {article.key} does not have")
        found[article.id][span] = row["speaker"]
    return dict(found)
