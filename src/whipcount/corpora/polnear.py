"""PolNeAR: who is said to have said, thought or felt what in American news of the 2016 campaign.

Paper: Newell, Margolin, Ruths 2018, An Attribution Relations Corpus for Political News, LREC.
Source: github.com/networkdynamics/PolNeAR. Licence: none stated; ask its publishers before anything is passed on.

Fields: ``PART/text/X.txt`` is an article, ``PART/attributions/X_CODE.ann`` what the annotator CODE marked in it, as brat standoff: ``T``
lines are ranges of characters (several where other words part them), ``E`` lines join a Cue with its Content and, but for
``Attribution-no-source``, its Source. Words of a range may hold line breaks: a line that starts no record goes on the one before.

Label mapping: Source, Cue and Content are kept; ranges named Discuss or Discard, which belong to no attribution, are counted.

Known defects: some articles were read by up to six annotators and come once for each. Some ranges begin or end within a word. A few
attributions lack their cue or content, or have two contents, which are joined here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from whipcount.corpora.public import CORPORA, find_part
from whipcount.corpora.texts import read_utf8
from whipcount.reading.attributions import ROLES, Attribution, merged
from whipcount.schema import InputError, Span

PARTS = {"train": "train", "dev": "development", "test": "test"}
RECORD = re.compile(r"\n(?=[A-Z#*]\d*\t)")
ROLE = re.compile(r"(Source|Cue|Content)\d*:(T\d+)")


@dataclass(frozen=True)
class AttributedText:
    """An article with the attributions that one annotator marked, in the order of their cues."""

    id: str
    annotator: str
    split: str
    text: str
    attributions: tuple[Attribution, ...]


def read_polnear(folder: Path) -> tuple[list[AttributedText], Counter[str]]:
    """Read the parts that are there, and count by reason what was left out.

    Args:
        folder: what holds ``train`` and ``dev``, or ``data/`` with them.

    Raises:
        InputError: no part is there, or a file is missing, malformed or not UTF-8.
    """
    places = {part: place for part in PARTS if (place := find_part(folder, CORPORA["polnear"], part))}
    losses: Counter[str] = Counter()
    read = [_read_file(path, part, losses) for part, place in places.items() for path in sorted((place / "attributions").glob("*.ann"))]
    if not read:
        raise InputError(f"{folder}: no dev/attributions/*.ann; give the folder that a clone of networkdynamics/PolNeAR is")
    return read, +losses


def first_readings(texts: Sequence[AttributedText], split: str) -> list[AttributedText]:
    """Return the texts of a part, each once, as the first of its annotators by code read it."""
    return list({text.id: text for text in reversed(texts) if text.split == split}.values())[::-1]


def _read_file(path: Path, part: str, losses: Counter[str]) -> AttributedText:
    identifier, _, annotator = path.stem.rpartition("_")
    text_file = path.parents[1] / "text" / f"{identifier}.txt"
    try:
        text = read_utf8(text_file, to_the_letter=True)
    except OSError:
        raise InputError(f"{text_file}: no such file, though {path.name} annotates it; get the corpus again") from None
    ranges: dict[str, tuple[str, tuple[Span, ...]]] = {}
    events: list[str] = []
    for record in RECORD.split(read_utf8(path, to_the_letter=True).strip("\n")):
        fields = record.split("\t")
        if record.startswith("T"):
            ranges[fields[0]] = _range(path, fields, len(text))
        elif record.startswith("E"):
            events.append(fields[1])
    losses.update(f"ranges named {name}" for name, _ in ranges.values() if name in ("Discuss", "Discard"))
    found = []
    for event in events:
        parts: dict[str, list[Span]] = defaultdict(list)
        for role, identifier_of_range in ROLE.findall(event):
            if identifier_of_range not in ranges:
                raise InputError(f"{path}: {event!r} names the range {identifier_of_range}, which is not there; get the corpus again")
            parts[role.lower()] += ranges[identifier_of_range][1]
        if not (parts["cue"] and parts["content"]):
            losses["attributions without cue or content"] += 1
            continue
        source, cue, content = (merged(parts[role]) for role in ROLES)
        found.append(Attribution(cue, content, source))
    found.sort(key=lambda one: (one.cue[0].start_char, one.content[0].start_char))
    return AttributedText(identifier, annotator, PARTS[part], text, tuple(found))


def _range(path: Path, fields: list[str], n_chars: int) -> tuple[str, tuple[Span, ...]]:
    name, _, places = fields[1].partition(" ")
    try:
        spans = [Span(*map(int, place.split())) for place in places.split(";")]
    except (TypeError, ValueError):
        raise InputError(f"{path}: {fields[0]} has the range {places!r}; expected 'start end', several parted by ';'") from None
    if any(span.end_char > n_chars for span in spans):
        raise InputError(f"{path}: {fields[0]} leaves the text ({n_chars} characters); get the corpus again")
    return name, merged(spans)
