from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.schema import NONE, STANCES, UNKNOWN, InputError
from whipcount.scoring.predictions import Predictions, read_predictions, thin_out, write_predictions

ROW = '{"id": "c/a/0/x>y", "favor": 0.1, "against": 0.2, "none": 0.7, "label": "none"}'
HEADER = '{"format": "whipcount-predictions", "version": 1, "system": "s", "dataset": "", "sparse": false}'


def make(n: int = 3, **fields: object) -> Predictions:
    probabilities = np.random.default_rng(7).dirichlet([1.0, 1.0, 1.0], size=n)
    return Predictions("s", [f"c/a/{i}/x>y" for i in range(n)], probabilities, **fields)  # type: ignore[arg-type]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    before = make(50, dataset="abc", sparse=True, details={"none_bias": 0.5, "version_of_code": "1.2"})
    write_predictions(path, before)
    after = read_predictions(path)
    assert (after.system, after.ids, after.dataset, after.sparse, after.details) == (
        "s", before.ids, "abc", True, {"none_bias": 0.5, "version_of_code": "1.2"},
    )  # fmt: skip
    assert after.probabilities == pytest.approx(before.probabilities, rel=1e-5)
    assert after.predicted.tolist() == before.predicted.tolist()


def test_the_lines_are_those_of_the_format(tmp_path: Path) -> None:
    path = tmp_path / "new" / "p.jsonl"
    write_predictions(path, Predictions("s", ["c/a/0/é>y"], np.array([[2 / 3, 1 / 3, 0.0]]), details={"seed": 1, "version": 9}))
    header, row = path.read_text(encoding="utf-8").splitlines()
    assert list(json.loads(header).items()) == [
        ("format", "whipcount-predictions"), ("version", 1), ("system", "s"), ("dataset", ""), ("sparse", False), ("seed", 1),
    ]  # fmt: skip
    assert row == '{"id": "c/a/0/é>y", "favor": 0.666667, "against": 0.333333, "none": 0.0, "label": "favor"}'


@given(st.lists(st.tuples(*[st.floats(0, 1)] * 3).filter(lambda row: sum(row) > 1e-3), max_size=8))
def test_the_label_is_the_argmax_of_what_is_written(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[float, ...]]) -> None:
    # close calls that six digits cannot tell apart included: the reader would refuse a label that is not the argmax
    weights = np.array(rows, dtype=float).reshape(-1, 3)
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    path = tmp_path_factory.mktemp("written") / "p.jsonl"
    write_predictions(path, Predictions("s", [str(i) for i in range(len(rows))], probabilities, sparse=True))
    assert read_predictions(path).probabilities == pytest.approx(probabilities, abs=1e-6)


def test_a_near_tie_is_labelled_as_it_is_read(tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.jsonl", Predictions("s", ["i"], np.array([[0.49999999, 0.50000001, 0.0]])))
    assert json.loads((tmp_path / "p.jsonl").read_text().splitlines()[1])["label"] == "favor"
    assert STANCES[read_predictions(tmp_path / "p.jsonl").predicted[0]] == "favor"


def test_a_rival_needs_no_header(tmp_path: Path) -> None:
    path = tmp_path / "rival.jsonl"
    path.write_text("\ufeff\n" + ROW + "\r\n\n", encoding="utf-8")
    found = read_predictions(path)
    assert (found.system, found.ids, found.dataset, found.sparse, found.details) == ("rival", ["c/a/0/x>y"], "", False, {})
    assert found.probabilities.tolist() == [[0.1, 0.2, 0.7]]


def test_whole_numbers_are_probabilities_too(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "i", "favor": 0, "against": 1, "none": 0, "label": "against"}')
    assert read_predictions(path).probabilities.tolist() == [[0.0, 1.0, 0.0]]


def test_a_sparse_file_may_hold_no_row_at_all(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text(HEADER.replace("false", "true"))
    assert read_predictions(path).probabilities.shape == (0, 3)


FAULTS = {
    "not JSON": ("{oops", r"p\.jsonl:3: '\{oops' is not JSON"),
    "cut off": (ROW[:40], r"p\.jsonl:3: .*is not JSON"),
    "far too deep": ("[" * 200_000, r"p\.jsonl:3: .*is not JSON"),
    "no object": ("[1, 2]", r"p\.jsonl:3: '\[1, 2\]' is no JSON object"),
    "header again": (HEADER, r"p\.jsonl:3: no key 'id'"),
    "key missing": (ROW.replace('"against": 0.2, ', ""), r"p\.jsonl:3: no key 'against'"),
    "no label": (ROW.replace(', "label": "none"', ""), r"p\.jsonl:3: no key 'label'"),
    "id a number": (ROW.replace('"c/a/0/x>y"', "7"), r"p\.jsonl:3: id '7' is no example id"),
    "text": (ROW.replace("0.2", '"0.2"'), r"p\.jsonl:3: against is '\"0.2\"'"),
    "null": (ROW.replace("0.2", "null"), r"p\.jsonl:3: against is 'null'"),
    "true": (ROW.replace("0.2", "true"), r"p\.jsonl:3: against is 'true'"),
    "NaN": (ROW.replace("0.2", "NaN"), r"p\.jsonl:3: against is 'NaN'"),
    "infinite": (ROW.replace("0.2", "1e999"), r"p\.jsonl:3: against is 'Infinity'"),
    "negative": (ROW.replace("0.2", "-0.2"), r"p\.jsonl:3: against is '-0.2'"),
    "above 1": (ROW.replace("0.2", "1.2"), r"p\.jsonl:3: against is '1.2'"),
    "huge": (ROW.replace("0.2", "9" * 400), r"p\.jsonl:3: against is '9999"),
    "sum": (ROW.replace("0.2", "0.3"), r"p\.jsonl:3: the probabilities sum to 1\.1, not to 1"),
    "foreign label": (ROW.replace('"label": "none"', '"label": "neutral"'), r"p\.jsonl:3: label '\"neutral\"' is unknown"),
    "list as label": (ROW.replace('"label": "none"', '"label": ["none"]'), r"p\.jsonl:3: label .* is unknown"),
    "not the argmax": (
        ROW.replace('"label": "none"', '"label": "favor"'),
        r"p\.jsonl:3: the label is favor, the likeliest stance is none,",
    ),
}


@pytest.mark.parametrize(("line", "message"), FAULTS.values(), ids=FAULTS)
def test_a_faulty_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text("\n".join([HEADER, ROW.replace("/0/", "/1/"), line]) + "\n")
    with pytest.raises(InputError, match=message) as caught:
        read_predictions(path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 500


def test_a_tie_is_the_first_stance(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.write_text('{"id": "i", "favor": 0.5, "against": 0, "none": 0.5, "label": "none"}')
    with pytest.raises(InputError, match="of equally likely ones the first counts"):
        read_predictions(path)


HEADER_FAULTS = {
    "other format": ('"whipcount-predictions"', '"conll"', "p.jsonl:1: format 'conll'"),
    "other version": ('"version": 1', '"version": 2', "p.jsonl:1: .*version 2; this whipcount reads"),
    "no version": ('"version": 1, ', "", "p.jsonl:1: .*version None"),
    "system a number": ('"s"', "3", "p.jsonl:1: 'system' of the header is '3'; give a string"),
    "system empty": ('"s"', '" "', "p.jsonl:1: 'system' of the header is empty"),
    "sparse a string": ("false", '"false"', "p.jsonl:1: 'sparse' of the header is .*; give true or false"),
    "dataset null": ('"dataset": ""', '"dataset": null', "p.jsonl:1: 'dataset' of the header is 'null'"),
}


@pytest.mark.parametrize(("old", "new", "message"), HEADER_FAULTS.values(), ids=HEADER_FAULTS)
def test_a_faulty_header_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in HEADER
    path = tmp_path / "p.jsonl"
    path.write_text(HEADER.replace(old, new) + "\n" + ROW)
    with pytest.raises(InputError, match=message):
        read_predictions(path)


def test_repeated_ids_are_counted_and_the_first_three_named(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    rows = [ROW.replace("/0/", f"/{i}/") for i in (0, 1, 2, 3, 4, 3, 2, 1, 0)]
    path.write_text("\n".join([HEADER, *rows]))
    expected = r"p\.jsonl:10: 4 example ids \(c/a/0/x>y, c/a/1/x>y, c/a/2/x>y, …\) given more than once"
    with pytest.raises(InputError, match=expected):
        read_predictions(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the file is empty"),
        (b"\n \n", "the file is empty"),
        (HEADER.encode(), "no row below the header"),
        (b"PK\x03\x04\x00\x00", "a binary file"),
        (b"\x1f\x8b\x08\xff\xfe", r"p\.jsonl:1: not UTF-8 at byte 1"),
        ((HEADER + "\n").encode() + b"\xe9", r"p\.jsonl:2: not UTF-8"),
    ],
)
def test_a_file_that_holds_no_predictions_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "p.jsonl"
    path.write_bytes(content)
    with pytest.raises(InputError, match=message):
        read_predictions(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.jsonl: cannot be read"):
        read_predictions(tmp_path / "nowhere.jsonl")
    with pytest.raises(InputError, match="cannot be read"):
        read_predictions(tmp_path)


@pytest.mark.parametrize(
    ("ids", "probabilities", "message"),
    [
        (["i"], [[0.5, 0.5]], r"shape \(1, 2\) for 1 ids"),
        (["i", "j"], [[0.5, 0.5, 0.0]], "for 2 ids"),
        (["i"], [[0.5, 0.6, 0.0]], "of 'i' are not three numbers"),
        (["i", "j"], [[1.0, 0.0, 0.0], [np.nan, 0.5, 0.5]], "of 'j' are not three numbers"),
        (["i"], [[1.5, -0.5, 0.0]], "of 'i' are not three numbers"),
        (["i", "i"], [[1.0, 0.0, 0.0]] * 2, r"1 example id \(i\) predicted more than once"),
    ],
)
def test_predictions_that_make_no_sense_cannot_be_made(ids: list[str], probabilities: list[list[float]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Predictions("s", ids, np.array(probabilities))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    write_predictions(path, make())
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_predictions(path, make(details={"not": {1, 2}}))
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]


def test_a_hundred_thousand_rows_are_read_in_seconds(tmp_path: Path) -> None:
    write_predictions(tmp_path / "p.jsonl", make(100_000))
    start = time.process_time()
    assert len(read_predictions(tmp_path / "p.jsonl").ids) == 100_000
    assert time.process_time() - start < 4  # about half a second


def test_a_packed_file_gives_the_same_predictions(tmp_path: Path) -> None:
    predictions = Predictions("model", ["a/b/0/x>y", "a/b/0/y>x"], np.array([[0.1, 0.2, 0.7], [0.0, 0.0, 1.0]]), dataset="d")
    write_predictions(tmp_path / "p.jsonl", predictions)
    write_predictions(tmp_path / "p.jsonl.gz", predictions)
    plain, packed = read_predictions(tmp_path / "p.jsonl"), read_predictions(tmp_path / "p.jsonl.gz")
    assert (tmp_path / "p.jsonl.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert plain.ids == packed.ids and plain.probabilities.tolist() == packed.probabilities.tolist()


def test_a_packed_file_cut_short_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl.gz"
    write_predictions(path, Predictions("model", ["a/b/0/x>y"], np.array([[0.1, 0.2, 0.7]])))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(InputError, match="not a whole gzip file"):
        read_predictions(path)


def test_thinning_out_keeps_what_the_scores_need_and_counts_the_rest() -> None:
    probabilities = np.array(
        [[0.6, 0.2, 0.2], [0.01, 0.01, 0.98], [0.0, 0.004, 0.996], [0.03, 0.03, 0.94], [0.0, 0.01, 0.99], [0.0, 0.0, 1.0]]
    )
    ids = ["predicted", "gold", "omitted", "unsure", "omitted too", "of another split"]
    gold = {"predicted": 2, "gold": 1, "omitted": 2, "unsure": 2, "omitted too": 2}
    sparse = thin_out(Predictions("model", ids, probabilities), gold, system="seed-1")
    assert sparse.sparse and sparse.system == "seed-1"
    assert sparse.ids == ["predicted", "gold", "unsure"]
    assert sparse.details == {"omitted": 2}


def test_rows_that_no_corpus_labels_are_thinned_out_and_not_counted() -> None:
    predictions = Predictions("model", ["sure", "stance", "none"], np.array([[0.0, 0.01, 0.99], [0.6, 0.2, 0.2], [0.0, 0.02, 0.98]]))
    sparse = thin_out(predictions, {"sure": UNKNOWN, "stance": UNKNOWN, "none": NONE})
    assert sparse.ids == ["stance"]
    assert sparse.details == {"omitted": 1}
