from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.gap import read_gap
from whipcount.schema import InputError, Span

HEADER = "ID\tText\tPronoun\tPronoun-offset\tA\tA-offset\tA-coref\tB\tB-offset\tB-coref\tURL"
ROW = 'v-1\tQuill met "Ada" Lorne before she left.\tshe\t29\tQuill\t0\tFALSE\t"Ada" Lorne\t10\tTRUE\thttp://page'


def write(folder: Path, *lines: str, part: str = "validation") -> Path:
    (folder / f"gap-{part}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_rows_become_ambiguous_pronouns(tmp_path: Path) -> None:
    (one,) = read_gap(write(tmp_path, HEADER, ROW), "validation")
    assert (one.id, one.part, one.pronoun, one.names, one.means) == (
        "v-1",
        "validation",
        Span(29, 32),
        (Span(0, 5), Span(10, 21)),
        (False, True),
    )
    assert one.text == 'Quill met "Ada" Lorne before she left.' and one.feminine
    (other,) = read_gap(write(tmp_path, HEADER, ROW.replace("she", "his")), "validation")
    assert not other.feminine


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((HEADER.replace("A-coref", "A"), ROW), r"tsv: the column 'A-coref' is missing"),
        ((HEADER, ROW.replace("\t29\t", "\t28\t")), r"tsv:2: Pronoun 'she' does not stand at '28'"),
        ((HEADER, ROW, ROW.replace("TRUE", "maybe")), r"tsv:3: A-coref and B-coref are 'FALSE' and 'maybe'"),
        ((HEADER, "v-2\tcut short"), r"tsv:2: Pronoun '' does not stand at ''"),
    ],
)
def test_a_malformed_part_is_named(tmp_path: Path, lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_gap(write(tmp_path, *lines), "validation")


def test_a_part_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gap-test\.tsv: no such file"):
        read_gap(tmp_path, "test")
    with pytest.raises(InputError, match="no part 'dev'; give one of development, validation, test"):
        read_gap(tmp_path, "dev")


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "gap-validation.tsv").write_bytes(HEADER.encode() + b"\n\xff")
    with pytest.raises(InputError, match=rf"gap-validation\.tsv: not UTF-8 at byte {len(HEADER) + 1}"):
        read_gap(tmp_path, "validation")
