"""The user's own table of names."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.reading.aliasfile import Alias, read_aliases
from whipcount.schema import InputError


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "names.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_rows_are_read_in_order_with_what_they_lack_empty(tmp_path: Path) -> None:
    path = write(
        tmp_path, '\ufeffname,alias,kind,valid_from,valid_to,note\n"Nair, Priya",the Chief,Person,2031-02,,hers\n\nFerry Board,,,,,\n'
    )
    assert read_aliases(path) == (Alias("Nair, Priya", "the Chief", "person", "2031-02", "", "hers"), Alias("Ferry Board"))
    assert read_aliases(write(tmp_path, "alias,name\nFB,Ferry Board\n")) == (Alias("Ferry Board", "FB"),)


@pytest.mark.parametrize(
    ("content", "line", "fault"),
    [
        ("", 1, "empty"),
        ("name,kind\nA,person\n", 1, "no column 'alias'"),
        ("name,alias,colour\n", 1, "'colour' is no column"),
        ("name,alias,alias\n", 1, "twice"),
        ("name,alias\nA,B\nA,B,C\n", 3, "3 cells"),
        ("name,alias\n,B\n", 2, "no name"),
        ("name,alias,kind\nA,B,ship\n", 2, "'ship'"),
        ("name,alias,valid_from\nA,B,27/06/2016\n", 2, "'27/06/2016'"),
        ("name,alias,valid_from,valid_to\n\nA,B,2017,2016-05\n", 3, "lies after"),
        ("name,alias\nauthor,B\n", 2, "'author'"),
        ('name,alias\n"A"B,C\n', 2, "no CSV"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, content: str, line: int, fault: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(InputError) as error:
        read_aliases(path)
    assert str(error.value).startswith(f"{path}:{line}:")
    assert fault in str(error.value)


def test_files_that_are_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_aliases(tmp_path / "missing.csv")
    with pytest.raises(InputError, match="not UTF-8 at byte 0"):
        read_aliases(write(tmp_path, b"\xff\xfe"))
    with pytest.raises(InputError, match="binary"):
        read_aliases(write(tmp_path, b"name\0"))


def test_a_cell_may_hold_any_line_break(tmp_path: Path) -> None:
    (found,) = read_aliases(write(tmp_path, "name,alias\nMarta Quill,Quill\u2028the chair\x85\n"))
    assert found.name == "Marta Quill" and found.alias.startswith("Quill")


@pytest.mark.parametrize(
    ("date", "holds"),
    [
        ("2016-06-27", True),
        ("2016-01-31", False),
        ("2016-02-01", True),
        ("2017-12-31T23:00", True),
        ("2018", False),
        ("2016", True),
        ("?", True),
        ("20160131", False),
        ("20160627T2100", True),
        ("2016/01/31", True),  # no ISO 8601: not known
    ],
)
def test_a_row_holds_from_its_first_day_to_its_last(date: str, holds: bool) -> None:
    assert Alias("A", "B", valid_from="2016-02-01", valid_to="2017").holds(date) is holds
