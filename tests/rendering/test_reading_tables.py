from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO, StringIO, TextIOWrapper

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from whipcount.rendering.reading_tables import (
    COLUMN_TYPES,
    STATEMENT_COLUMNS,
    coverage_line,
    print_reading,
    statement_rows,
    to_dataframe,
)
from whipcount.schema import Actor, FoundStance, InputError, Reading, Span


def printed(reading: Reading, width: int = 80) -> str:
    file = StringIO()
    print_reading(reading, Console(width=width, file=file))
    return file.getvalue()


def flat(text: str) -> str:
    return " ".join(text.split())


def reading_of(sentence: str, name: str = "Ada Quill") -> Reading:
    actors = (Actor("quill", name, "person"), Actor("board", "Ferry Board", "organisation"))
    stances = (FoundStance(0, "quill", "board", (0.9, 0.05, 0.05)),)
    return Reading(sentence, (Span(0, len(sentence)),), (), actors, (), stances, n_scored=1)


def test_a_row_of_the_statement_table(harbour: Reading) -> None:
    rows = statement_rows(harbour)
    assert len(rows) == 6
    assert tuple(rows[0]) == STATEMENT_COLUMNS
    assert rows[2] == {
        "article": "harbour-1",
        "date": "2031-05-02",
        "outlet": "Harbour Post",
        "title": "Ferry chair under fire",
        "sentence": 1,
        "text": "Oduya thanked the dockers, and cheered Quill on.",
        "start_char": 56,
        "end_char": 104,
        "speaker": "Femi Oduya",
        "speaker_kind": "person",
        "speaker_id": "oduya",
        "target": "the dockers",
        "target_kind": "group",
        "target_id": "dockers",
        "stance": "favor",
        "probability": 0.75,
        "favor": 0.75,
        "against": 0.125,
        "none": 0.125,
    }
    assert [row["speaker"] for row in rows][-1] == "the author"


def test_the_frame_has_the_same_columns_and_types_without_a_row(harbour: Reading) -> None:
    for readings, n_rows in (([], 0), ([Reading("")], 0), ([harbour, harbour], 12)):
        frame = to_dataframe(readings)
        assert len(frame) == n_rows
        assert {column: str(frame[column].dtype) for column in frame} == COLUMN_TYPES
        assert list(frame.index) == list(range(n_rows))
    assert list(to_dataframe([harbour])["stance"]) == ["against", "against", "favor", "favor", "favor", "favor"]


def test_a_frame_goes_to_parquet_and_csv_whatever_the_text(caplog: pytest.LogCaptureFixture) -> None:
    frame = to_dataframe([reading_of("Quill \ud800 thanked\x00 the 🚢 board\r\n again.")])
    assert "1 lone surrogates in the statement table are replaced" in caplog.text
    assert frame["text"][0] == "Quill \ufffd thanked\x00 the 🚢 board\r\n again."
    file = BytesIO()
    frame.to_parquet(file)
    pd.testing.assert_frame_equal(pd.read_parquet(file), frame)
    assert "the 🚢 board" in frame.to_csv(index=False).encode("utf-8").decode("utf-8")


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_any_reading_can_be_shown(data: st.DataObject, readings: Callable[[], st.SearchStrategy[Reading]]) -> None:
    reading = data.draw(readings())
    width = data.draw(st.sampled_from((20, 80, 120)))
    for row in statement_rows(reading):
        assert reading.text[row["start_char"] : row["end_char"]] == row["text"]
        assert row["probability"] == row[row["stance"]] == max(row["favor"], row["against"], row["none"])
    shown = printed(reading, width)
    shown.encode("utf-8")
    assert not set(shown) & {"\x1b", "\x00", "\u202e"}
    for stance in ("favor", "against"):
        n = sum(found.stance == stance for found in reading.stances)
        if width >= 80:
            assert shown.count({"favor": "+ favor", "against": "- against"}[stance]) >= n


def test_the_whip_count_stands_below(harbour: Reading) -> None:
    rows = [flat(line) for line in printed(harbour, width=100).partition("The whip count")[2].splitlines()]
    start = rows.index("Femi Oduya 1: the dockers 1: Ada Quill")
    assert rows[start + 1 : start + 4] == [
        "the dockers 2: Femi Oduya, the author -",
        "Ferry Board - 1: Ada Quill",
        "Ada Quill 1: Femi Oduya -",
    ]


def test_what_the_terminal_shows(harbour: Reading) -> None:
    lines = printed(harbour).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[:2] == ["Ferry chair under fire", "Harbour Post, 2031-05-02"]
    assert any(flat(line).startswith("Ada Quill Femi Oduya - against 0.90 Ada Quill told") for line in lines)
    assert any(flat(line) == 'Ada Quill Ferry Board - against 0.50 "' for line in lines)
    assert any(flat(line) == 'the author the dockers + favor 0.38 "' for line in lines)
    count = [flat(line) for line in lines[lines.index(next(line for line in lines if line.startswith("The whip count"))) :]]
    assert "the dockers 2: Femi Oduya, the author -" in count
    assert "Femi Oduya 1: the dockers 1: Ada Quill" in count
    assert "1 more actor draws no stance." in count
    assert flat(" ".join(count[-3:])).endswith(coverage_line(harbour))


def test_the_line_of_coverage(harbour: Reading) -> None:
    assert coverage_line(harbour) == (
        "Read 3 of 3 sentences; 1 piece of site furniture left out; stances of or toward an actor outside the roster: 2."
    )
    assert coverage_line(Reading("Well.", (Span(0, 5),))) == "Read 0 of 1 sentence."


def test_text_that_looks_like_markup_or_commands_the_terminal_is_shown_as_text() -> None:
    reading = reading_of("[red]Quill[/red] \x1b[2J:ship: \u202ebacked\tthe board.", name="[bold]Ada\x07 Quill")
    shown = flat(printed(reading, width=120))
    assert "[red]Quill[/red] \ufffd[2J:ship: \ufffdbacked the board." in shown
    assert "1: [bold]Ada\ufffd Quill" in shown


def test_colour_on_a_terminal_alone_and_not_where_it_is_unwanted(harbour: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_terminal() -> str:
        file = StringIO()
        print_reading(harbour, Console(width=80, file=file, force_terminal=True, color_system="truecolor"))
        return file.getvalue()

    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1;38;2;213;94;0m- against\x1b[0m" in on_terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "38;2;" not in on_terminal() and "- against" in on_terminal()
    assert "\x1b" not in printed(harbour)


def test_a_terminal_that_knows_ascii_alone() -> None:
    file = TextIOWrapper(BytesIO(), encoding="ascii")
    print_reading(reading_of("“Thank you”, said Quill, 🚢."), Console(width=120, file=file))
    file.seek(0)
    assert "?Thank you?, said Quill, ?." in file.read()


def test_readings_without_actors_or_stances(harbour: Reading) -> None:
    assert printed(Reading("")) == "No actor found, and so no stance.\nRead 0 of 0 sentences.\n"
    assert "No stance found among 5 actors." in printed(replace(harbour, stances=()))


def test_a_crowd_is_shown_whole(crowd: Reading) -> None:
    lines = [flat(line) for line in printed(crowd).splitlines()]
    assert 'Clerk 298 Clerk 299 - against 1.00 "' in lines
    assert "Clerk 299 - 1: Clerk 298" in lines
    assert sum("- 1: Clerk" in line for line in lines) == 299


def test_right_to_left_names_and_wide_characters_fit() -> None:
    lines = printed(reading_of("رحّب نادر بالمجلس 🚢 " * 6, name="نادر الحلبي 港湾委員会")).splitlines()
    assert "نادر" in " ".join(lines) and max(map(cell_len, lines)) <= 80


def test_a_stance_of_an_unlisted_actor_is_an_error() -> None:
    reading = replace(reading_of("Quill left."), actors=())
    for show in (statement_rows, printed):
        with pytest.raises(InputError, match="unknown actor 'board'"):
            show(reading)
