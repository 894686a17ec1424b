"""GAP: which of two names an ambiguous "he" or "she" of Wikipedia means, as many of the one as of the other.

Paper: Webster, Recasens, Axelrod, Baldridge 2018, Mind the GAP: A Balanced Corpus of Gendered Ambiguous Pronouns, TACL.
Source: github.com/google-research-datasets/gap-coreference. Licence: Apache 2.0; its text is Wikipedia's.

Fields: tab separated, with a header: ID, Text, Pronoun, A, B and of each of these three the character offset, whether A and whether B is
meant (TRUE, FALSE), and the page's address. Quotation marks stand for themselves.

Label mapping: a name is meant or it is not; both may not be (someone else is).

Known defects: none known. A text often names the person by other names as well, which are not annotated.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from whipcount.corpora.texts import read_utf8
from whipcount.schema import InputError, Span

PARTS = ("development", "validation", "test")
NAMES = ("A", "B")
PLACED = ("Pronoun", *NAMES)
"""What stands at an offset of the text."""
COLUMNS = ("ID", "Text", *PLACED, *(f"{name}-offset" for name in PLACED), *(f"{name}-coref" for name in NAMES))
FEMININE = ("she", "her", "hers")
TRUTH = {"TRUE": True, "FALSE": False}


@dataclass(frozen=True)
class AmbiguousPronoun:
    """A pronoun of a text, two names, and whether it means the first and the second."""

    id: str
    part: str
    text: str
    pronoun: Span
    names: tuple[Span, Span]
    means: tuple[bool, bool]

    @property
    def feminine(self) -> bool:
        """Whether the pronoun is "she" or one of its forms."""
        return self.text[self.pronoun.start_char : self.pronoun.end_char].lower() in FEMININE


def read_gap(folder: Path, part: str) -> list[AmbiguousPronoun]:
    """Read one part.

    Args:
        folder: what holds ``gap-development.tsv`` and the others.
        part: one of ``PARTS``.

    Raises:
        InputError: the part is unknown, not there, malformed or not UTF-8.
    """
    if part not in PARTS:
        raise InputError(f"GAP has no part {part!r}; give one of {', '.join(PARTS)}")
    path = folder / f"gap-{part}.tsv"
    try:
        lines = io.StringIO(read_utf8(path, to_the_letter=True), newline="")
    except OSError:
        raise InputError(f"{path}: no such file; get the corpus, or give a part that is there") from None
    return [_read_row(row, f"{path}:{number}", part) for number, row in enumerate(_rows(lines, path), start=2)]


def _rows(lines: Iterable[str], path: Path) -> list[dict[str, str]]:
    table = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    missing = [column for column in COLUMNS if column not in (table.fieldnames or ())]
    if missing:
        raise InputError(f"{path}: the column {missing[0]!r} is missing; is this a part of GAP?")
    return list(table)


def _read_row(row: dict[str, str], where: str, part: str) -> AmbiguousPronoun:
    text = row["Text"] or ""
    spans = {}
    for name in PLACED:
        words, offset = row[name] or "", row[f"{name}-offset"] or ""
        if not words or not offset.isdecimal() or not text.startswith(words, int(offset)):
            raise InputError(f"{where}: {name} {words!r} does not stand at {offset!r} of the text; get the corpus again")
        spans[name] = Span(int(offset), int(offset) + len(words))
    means = tuple(TRUTH.get((row[f"{name}-coref"] or "").upper()) for name in NAMES)
    if None in means:
        raise InputError(f"{where}: A-coref and B-coref are {row['A-coref']!r} and {row['B-coref']!r}; expected TRUE or FALSE")
    return AmbiguousPronoun(row["ID"], part, text, spans["Pronoun"], (spans["A"], spans["B"]), (bool(means[0]), bool(means[1])))
