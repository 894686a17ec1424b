from __future__ import annotations

import csv
import gzip
import io
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.schema import STANCES, InputError
from whipcount.scoring.prediction_tables import is_table, parse_table
from whipcount.scoring.predictions import read_predictions

HEADER = "id,favor,against,none"
ROW = "c/a/0/x>y,0.1,0.2,0.7"


def written(folder: Path, text: str, name: str = "rival.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def test_a_table_of_probabilities_is_read(tmp_path: Path) -> None:
    found = read_predictions(written(tmp_path, f"{HEADER}\n{ROW}\nc/a/1/x>y,1,0,0\n"))
    assert (found.system, found.ids, found.dataset, found.sparse, found.details) == (
        "rival", ["c/a/0/x>y", "c/a/1/x>y"], "", False, {},
    )  # fmt: skip
    assert found.probabilities.tolist() == [[0.1, 0.2, 0.7], [1.0, 0.0, 0.0]]


def test_the_columns_stand_in_any_order_and_semicolons_do_too(tmp_path: Path) -> None:
    text = "\ufeffnone; id ;against;favor\r\n0.7;c/a/0/x>y; 2e-1 ;.1\r\n\r\n"
    found = read_predictions(written(tmp_path, text))
    assert found.ids == ["c/a/0/x>y"] and found.probabilities.tolist() == [[0.1, 0.2, 0.7]]


def test_a_label_alone_is_certain(tmp_path: Path) -> None:
    found = read_predictions(written(tmp_path, "id,label\na,none\nb,against\nc,favor\n"))
    assert found.probabilities.tolist() == [[0, 0, 1], [0, 1, 0], [1, 0, 0]]
    assert [STANCES[index] for index in found.predicted] == ["none", "against", "favor"]


def test_a_label_beside_the_probabilities_is_checked(tmp_path: Path) -> None:
    assert read_predictions(written(tmp_path, f"{HEADER},label\n{ROW},none\n")).ids == ["c/a/0/x>y"]
    with pytest.raises(InputError, match=r"rival\.csv:2: the label is favor, the likeliest stance is none, in 'c/a/0/x>y"):
        read_predictions(written(tmp_path, f"{HEADER},label\n{ROW},favor\n"))


@pytest.mark.parametrize("name", ["rival.csv.gz", "rival.CSV"])
def test_packed_tables_and_capital_endings_are_tables(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    content = f"{HEADER}\n{ROW}\n".encode()
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    found = read_predictions(path)
    assert found.system == "rival" and found.probabilities.tolist() == [[0.1, 0.2, 0.7]]


def test_the_ending_decides() -> None:
    assert not any(is_table(Path(name)) for name in ("p.jsonl", "p.jsonl.gz", "csv", "p.csv.jsonl", "p.gz", "p.tsv"))


ids = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="\ufeff"), min_size=1).map(str.strip).filter(bool)


@given(
    st.dictionaries(ids, st.tuples(*[st.integers(1, 1000)] * 3), min_size=1, max_size=5), st.sampled_from(",;"), st.permutations(STANCES)
)
def test_what_the_csv_module_writes_is_read(table: dict[str, tuple[int, int, int]], delimiter: str, order: list[str]) -> None:
    expected = {id_: np.array(weights) / sum(weights) for id_, weights in table.items()}
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(["id", *order])
    for id_, row in expected.items():
        writer.writerow([id_, *(float(row[STANCES.index(stance)]) for stance in order)])
    parsed = parse_table(Path("t.csv"), file.getvalue().split("\n"))
    assert parsed.ids == list(expected)
    assert parsed.probabilities == [row.tolist() for row in expected.values()]
    assert parsed.labels == [int(row.argmax()) for row in expected.values()]


FAULTS = {
    "decimal comma, commas": ("c/a/0/x>y,0,1,0,2,0,7", r":3: 7 cells for 4 columns in 'c/a/0/x>y,0,1,0,2,0,7'; write 0\.5 and not 0,5"),
    "decimal comma, quoted": ('c,"0,1","0,2","0,7"', r":3: favor is '0,1' in .*; give a number from 0 to 1 with a point, 0\.1"),
    "cell missing": ("c/a/0/x>y,0.1,0.9", ":3: 3 cells for 4 columns"),
    "no id": (",0.1,0.2,0.7", r":3: no id in ',0\.1"),
    "text": ("c,0.1,much,0.7", r":3: against is 'much' in 'c,0\.1,much,0\.7'; give a number from 0 to 1$"),
    "percent": ("c,10%,20%,70%", ":3: favor is '10%'"),
    "empty cell": ("c,0.1,,0.7", ":3: against is ''"),
    "NaN": ("c,0.1,NaN,0.7", ":3: against is 'NaN'"),
    "infinite": ("c,0.1,inf,0.7", ":3: against is 'inf'"),
    "negative": ("c,0.1,-0.2,0.7", ":3: against is '-0.2'"),
    "above 1": ("c,10,20,70", ":3: favor is '10'"),
    "sum": ("c,0.1,0.3,0.7", r":3: the probabilities sum to 1\.1, not to 1, in 'c,0\.1,0\.3,0\.7'"),
    "open quotation mark": ('"c,0.1,0.2,0.7', ":3: .* is no line of CSV"),
    "id given twice": (ROW, r":3: 1 example id \(c/a/0/x>y\) given more than once"),
    "endless": ("x" * 200_000, ":3: .* is no line of CSV"),
}


@pytest.mark.parametrize(("line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=r"rival\.csv" + message) as caught:
        read_predictions(written(tmp_path, f"{HEADER}\n{ROW}\n{line}\nz,0,0,1\n"))
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


def test_a_decimal_comma_between_semicolons_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r":2: favor is '0,1' in 'a;0,1;0,2;0,7'; give a number from 0 to 1 with a point, 0\.1"):
        read_predictions(written(tmp_path, "id;favor;against;none\na;0,1;0,2;0,7\n"))


def test_labels_of_another_set_are_counted_and_the_three_named(tmp_path: Path) -> None:
    text = "id,label\na,none\nb,positive\nc,negative\nd,positive\n"
    expected = r":3: label 'positive' is unknown \(3 such rows: 'negative', 'positive'\); the three wanted are favor, against, none"
    with pytest.raises(InputError, match=expected):
        read_predictions(written(tmp_path, text))
    with pytest.raises(InputError, match=r":2: label 'Favor' is unknown \(1 such row: 'Favor'\)"):
        read_predictions(written(tmp_path, f"{HEADER},label\n{ROW},Favor\n"))


HEADER_FAULTS = {
    "no names": (ROW, r":1: the columns are 'c/a/0/x>y,0\.1,0\.2,0\.7'; the first line must be id,favor,against,none or id,label"),
    "other names": ("id,pro,con,none", ":1: the columns are"),
    "other spelling": ("id,Favor,Against,None", ":1: the columns are"),
    "one too many": (",id,label", ":1: the columns are"),
    "one too few": ("id,favor,against", ":1: the columns are"),
    "one twice": ("id,label,label", ":1: the columns are"),
    "both separators": ("id,favor;against,none", ":1: the columns are"),
    "tabs": ("id\tlabel", r":1: neither comma nor semicolon separates columns in 'id\\tlabel'"),
    "one column": ("id", ":1: neither comma nor semicolon"),
    "open quotation mark": ('id,"label', ":1: .* is no line of CSV"),
    "JSON lines": ('{"id": "a", "favor": 0.1}', r":1: .* is JSON, not CSV; name the file \*\.jsonl"),
}


@pytest.mark.parametrize(("header", "message"), HEADER_FAULTS.values(), ids=HEADER_FAULTS)
def test_a_faulty_first_line_is_named(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(InputError, match=r"rival\.csv" + message):
        read_predictions(written(tmp_path, f"{header}\n{ROW}\n"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty; give a first line id,favor,against,none or id,label"),
        (b"\r\n \n", "the file is empty"),
        (b"id,label\n", "no row below the column names"),
        ("id,label\na,none\n".encode("utf-16"), "a binary file"),
        ("id,label\né,none\n".encode("latin-1"), r"rival\.csv:2: not UTF-8"),
    ],
)
def test_a_file_that_holds_no_table_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "rival.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_predictions(path)


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join([HEADER, *(f"c/a/{row}/x>y,0.1,0.2,0.7" for row in range(100_000))]))
    start = time.process_time()
    assert len(read_predictions(path).ids) == 100_000
    assert time.process_time() - start < 4  # below a second
