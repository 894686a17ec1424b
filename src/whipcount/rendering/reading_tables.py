"""Readings as a statement table, as a whip count, and as a table for the terminal."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from whipcount.rendering.markdown import counted
from whipcount.rendering.reading_actors import named_actors
from whipcount.rendering.tally import count_whips
from whipcount.schema import STANCES, Actor, FoundStance, Reading

if TYPE_CHECKING:
    import pandas as pd

logger = logging.getLogger(__name__)

COLUMN_TYPES = {
    "article": "string", "date": "string", "outlet": "string", "sentence": "int64", "text": "string",
    "speaker": "string", "speaker_kind": "string", "target": "string", "target_kind": "string", "stance": "string",
    "probability": "float64", "favor": "float64", "against": "float64", "none": "float64",
    "start_char": "int64", "end_char": "int64", "speaker_id": "string", "target_id": "string", "title": "string",
}  # fmt: skip
"""Column of the statement table → its type in pandas."""
STATEMENT_COLUMNS = tuple(COLUMN_TYPES)

SURROGATE = re.compile("[\ud800-\udfff]")
UNSHOWABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters by which a text could command the terminal or turn what stands beside it around."""
REPLACEMENT = "\ufffd"
SIGNS = {"favor": "+ favor", "against": "- against"}
STYLES = {"favor": "bold #2a8fd4", "against": "bold #d55e00"}
"""Blue and vermilion: told apart by the colour-blind, readable on black and on white."""


def statement_rows(reading: Reading) -> list[dict[str, Any]]:
    """Return a row for each stance, with ``STATEMENT_COLUMNS``, as discourse-network analysts count statements.

    ``article`` is the reading's id, ``sentence`` an index counted from 0, ``text`` the sentence's words and ``start_char`` and
    ``end_char`` its place; ``speaker`` and ``target`` are names; ``probability`` is that of ``stance``.

    Raises:
        InputError: a stance names an actor that the reading does not have.
    """
    actors = {actor.id: actor for actor in named_actors(reading)}
    return [_row(reading, found, actors[found.speaker], actors[found.target]) for found in reading.stances]


def _row(reading: Reading, found: FoundStance, speaker: Actor, target: Actor) -> dict[str, Any]:
    span = reading.sentences[found.sentence]
    return {
        "article": reading.id,
        "date": reading.date,
        "outlet": reading.outlet,
        "sentence": found.sentence,
        "text": reading.words(span),
        "speaker": speaker.name,
        "speaker_kind": speaker.kind,
        "target": target.name,
        "target_kind": target.kind,
        "stance": found.stance,
        "probability": float(found.probability),
        **dict(zip(STANCES, map(float, found.probabilities), strict=True)),
        "start_char": span.start_char,
        "end_char": span.end_char,
        "speaker_id": speaker.id,
        "target_id": target.id,
        "title": reading.title,
    }


def to_dataframe(readings: Iterable[Reading]) -> pd.DataFrame:
    """Return the statement table of the readings; the columns and their types are the same without a single row.

    Lone surrogates, which neither CSV nor Parquet can hold, are replaced by U+FFFD, one for one, and counted in the log.
    """
    import pandas as pd

    rows = [row for reading in readings for row in statement_rows(reading)]
    n_replaced = 0
    for row in rows:
        for column, value in row.items():
            if isinstance(value, str):
                row[column], n = SURROGATE.subn(REPLACEMENT, value)
                n_replaced += n
    if n_replaced:
        logger.warning("%d lone surrogates in the statement table are replaced by U+FFFD", n_replaced)
    return pd.DataFrame(rows, columns=list(STATEMENT_COLUMNS)).astype(COLUMN_TYPES)


def print_reading(reading: Reading, console: Console) -> None:
    """Write who stands how toward whom, sentence by sentence, then the whip count and what was read, to a terminal or a file.

    Text of the article is shown as text, whatever markup it holds; characters that could command the terminal are replaced.

    Raises:
        InputError: a stance names an actor that the reading does not have.
    """
    about = [part for part in (reading.outlet, reading.date) if part]
    if reading.title:
        console.print(_shown(reading.title, console, "bold"))
    if about:
        console.print(_shown(", ".join(about), console, "dim"))
    if reading.title or about:
        console.print()
    if reading.stances:
        console.print(_stance_table(reading, console))
        console.print(_tally_table(reading, console))
    elif reading.actors:
        console.print(Text(f"No stance found among {counted(len(reading.actors), 'actor')}."))
    else:
        console.print(Text("No actor found, and so no stance."))
    console.print(_shown(coverage_line(reading), console, "dim"))


def coverage_line(reading: Reading) -> str:
    """Return in one line how many sentences were judged, and what was left out or lost."""
    read = f"Read {reading.n_scored:,} of {counted(len(reading.sentences), 'sentence')}"
    furniture = f"{counted(len(reading.furniture), 'piece')} of site furniture left out"
    return "; ".join([read, *([furniture] if reading.furniture else []), *told_losses(reading.losses)]) + "."


def told_losses(losses: Mapping[str, int]) -> list[str]:
    """Return a few words for each reason for which something was lost."""
    return [f"{reason}: {n:,}" for reason, n in losses.items() if n]


def _shown(text: str, console: Console, style: str = "") -> Text:
    """Return words of the article on one line, as text and in what the console can write."""
    plain = UNSHOWABLE.sub(REPLACEMENT, " ".join(text.split()))
    return Text(plain.encode(console.encoding, "replace").decode(console.encoding), style=style)


def _new_table(title: str) -> Table:
    return Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", title_style="bold", pad_edge=False, padding=(0, 1, 0, 0))


def _stance_table(reading: Reading, console: Console) -> Table:
    """Return a row for each stance; the words of a sentence stand beside the first of its stances."""
    table = _new_table("Who stands with whom")
    narrow = max(console.width // 5, 8)
    table.add_column("who", max_width=narrow, overflow="fold")
    table.add_column("toward whom", max_width=narrow, overflow="fold")
    table.add_column("stance", no_wrap=True)
    table.add_column("prob.", justify="right", no_wrap=True)
    table.add_column("sentence", ratio=1, overflow="fold")
    previous = -1
    for row in statement_rows(reading):
        if row["sentence"] != previous and previous >= 0:
            table.add_row()
        words = _shown(row["text"], console) if row["sentence"] != previous else Text('"', style="dim")
        ends = (_shown(row["speaker"], console), _shown(row["target"], console))
        table.add_row(*ends, Text(SIGNS[row["stance"]], style=STYLES[row["stance"]]), Text(f"{row['probability']:.2f}"), words)
        previous = row["sentence"]
    return table


def _tally_table(reading: Reading, console: Console) -> Table:
    table = _new_table("The whip count")
    table.add_column("actor", max_width=max(console.width // 4, 8), overflow="fold")
    table.add_column("for", ratio=1, overflow="fold", header_style=STYLES["favor"])
    table.add_column("against", ratio=1, overflow="fold", header_style=STYLES["against"])
    names = {actor.id: actor.name for actor in named_actors(reading)}
    counts = count_whips(reading.stances)
    for count in counts:
        table.add_row(_shown(names[count.target], console), *(_holders(side, names, console) for side in (count.favor, count.against)))
    notes = []
    if any(len(sentences) > 1 for count in counts for side in (count.favor, count.against) for sentences in side.values()):
        notes.append("In brackets: in how many sentences, where in several.")
    n_idle = len({actor.id for actor in reading.actors}.difference(count.target for count in counts))
    if n_idle:
        notes.append(f"{counted(n_idle, 'more actor draws', 'more actors draw')} no stance.")
    table.caption, table.caption_justify = " ".join(notes) or None, "left"
    return table


def _holders(side: Mapping[str, tuple[int, ...]], names: Mapping[str, str], console: Console) -> Text:
    if not side:
        return Text("-", style="dim")
    told = (names[holder] if len(sentences) == 1 else f"{names[holder]} ({len(sentences)})" for holder, sentences in side.items())
    return _shown(f"{len(side)}: {', '.join(told)}", console)
