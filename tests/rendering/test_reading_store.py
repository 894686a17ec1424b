"""What was read is kept whole, once and in order, whatever stops the run and whenever."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow.parquet as pq
import pytest

from whipcount.rendering.reading_json import reading_from_json, reading_to_json
from whipcount.rendering.reading_output import (
    BY_SUFFIX,
    FORMATS,
    TIDY_COLUMNS,
    check_output,
    choose_format,
    entry_of,
    write_entries,
    write_reading,
)
from whipcount.rendering.reading_store import (
    ReadingStore,
    difference,
    failures_file,
    finished_record,
    parts_folder,
    record_file,
    remove_parts,
    write_whole,
)
from whipcount.rendering.reading_tables import STATEMENT_COLUMNS, statement_rows, to_dataframe
from whipcount.schema import Actor, FoundStance, InputError, Mention, Reading, Span

RUN: dict[str, Any] = {"input": [["news", "ab" * 32]], "on_long": "window", "format": "csv"}
ODD = 'Ada Quill thanked Nils Berg,\n"for \ud800"; 🛥 she said.'
ENTRIES: list[dict[str, Any]] = [
    {"id": "a", "row": 1, "losses": {"sentences cut to the window": 2}, "statements": [[1, "x"]]},
    {"id": "b", "row": 2, "reason": "ValueError: no, “not” this\ud800"},
    {"id": "c", "row": 3, "losses": {"sentences cut to the window": 1, "actors beyond the slots": 1}, "statements": []},
]


def make_reading(identifier: str, text: str = "Ada Quill thanked Nils Berg.") -> Reading:
    return Reading(
        text=text,
        sentences=(Span(0, len(text)),),
        actors=(Actor("quill", "Ada Quill", "person"), Actor("berg", "Nils Berg", "person")),
        mentions=(Mention("quill", 0, 9), Mention("berg", 18, 27)),
        stances=(FoundStance(0, "quill", "berg", (0.75, 0.125, 0.125)),),
        n_scored=1,
        id=identifier,
        date="2024-05-14",
    )


def write_ids(store: ReadingStore, path: Path) -> None:
    path.write_text("".join(entry["id"] for entry in store.entries()))


def test_a_run_in_one_go_leaves_the_output_its_failures_and_its_record(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        for entry in ENTRIES:
            store.add(entry)
        assert list(store.entries()) == ENTRIES and not out.exists()
        record = store.finish(lambda path: write_ids(store, path))
    losses = {"sentences cut to the window": 3, "actors beyond the slots": 1}
    assert record == {"run": RUN, "n_read": 2, "n_failed": 1, "losses": losses, "bytes": 3} == finished_record(out)
    assert out.read_text() == "abc"
    with failures_file(out).open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["id", "row", "reason"], ["b", "2", "ValueError: no, “not” this?"]]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stances.csv", "stances.csv.failures.csv", "stances.csv.run.json"]


def test_an_output_that_was_changed_since_is_not_finished(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    assert finished_record(out) is None
    with ReadingStore(out, RUN) as store:
        store.finish(lambda path: path.write_text("whole"))
    assert finished_record(out) is not None
    out.write_text("who")
    assert finished_record(out) is None
    out.unlink()
    assert finished_record(out) is None


def test_the_failures_of_an_earlier_run_go(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    failures_file(out).write_text("id,row,reason\nb,2,old\n")
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
        store.finish(lambda path: write_ids(store, path))
    assert not failures_file(out).exists()


@pytest.mark.parametrize("torn", [b"", b'{"id": "b", "row": 2, "stat', b"\0" * 300, b'{"id": "b"}', b"\0\0\n", b"\n"])
def test_a_torn_line_is_cut_off_and_read_again(torn: bytes, tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
    journal = parts_folder(out) / "journal.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole + torn)
    with ReadingStore(out, RUN) as store:
        assert store.n_done == 1 and journal.read_bytes() == whole
        store.add(ENTRIES[1])
        store.add(ENTRIES[2])
        assert store.n_done == 3 and list(store.entries()) == ENTRIES


def test_wherever_the_journal_ends_no_line_is_lost_or_doubled(tmp_path: Path) -> None:
    whole = "".join(json.dumps(entry) + "\n" for entry in ENTRIES).encode()
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
    for end in range(len(whole) + 1):
        (parts_folder(out) / "journal.jsonl").write_bytes(whole[:end])
        with ReadingStore(out, RUN) as store:
            assert store.n_done == whole[:end].count(b"\n")
            for entry in ENTRIES[store.n_done :]:
                store.add(entry)
            assert list(store.entries()) == ENTRIES


def test_a_failure_while_finishing_leaves_all_for_the_next_run(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    out.write_text("earlier")

    def fail(path: Path) -> None:
        path.write_text("half")
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"), ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
        store.finish(fail)
    assert out.read_text() == "earlier"
    assert sorted(path.name for path in parts_folder(out).iterdir()) == ["journal.jsonl", "run.json"]
    with ReadingStore(out, RUN) as store:
        assert store.n_done == 1
        store.finish(lambda path: write_ids(store, path))
    assert out.read_text() == "a"


def test_killed_between_output_and_record_it_is_finished_again(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
        write_whole(out, lambda path: write_ids(store, path))  # as ``finish`` begins
    assert finished_record(out) is None
    with ReadingStore(out, RUN) as store:
        store.finish(lambda path: write_ids(store, path))
    assert out.read_text() == "a" and finished_record(out) is not None


def test_another_run_is_refused_and_nothing_of_the_first_is_lost(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
    with pytest.raises(InputError, match=r'parts: an unfinished run of another kind \(on long "window", now "error"\); finish it with'):
        ReadingStore(out, {**RUN, "on_long": "error"})
    with ReadingStore(out, RUN) as store:
        assert store.n_done == 1


def test_something_else_in_the_place_of_the_parts_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    parts_folder(out).mkdir()
    (parts_folder(out) / "journal.jsonl").write_text("mine")
    with pytest.raises(InputError, match="no unfinished run, or a damaged one; remove the folder"):
        ReadingStore(out, RUN)
    assert (parts_folder(out) / "journal.jsonl").read_text() == "mine"


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
        with pytest.raises(InputError, match="another process is at work on this output"):
            ReadingStore(out, RUN)
    with ReadingStore(out, RUN) as store:
        assert store.n_done == 1


def test_a_run_that_read_nothing_leaves_nothing(tmp_path: Path) -> None:
    with ReadingStore(tmp_path / "stances.csv", RUN):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_line_amid_the_journal_is_named(tmp_path: Path) -> None:
    out = tmp_path / "stances.csv"
    with ReadingStore(out, RUN) as store:
        store.add(ENTRIES[0])
        with (parts_folder(out) / "journal.jsonl").open("ab") as file:
            file.write(b'{"id": }\n')
        with pytest.raises(InputError, match=r"journal\.jsonl, line 2: damaged"):
            list(store.entries())


def test_a_link_stays_and_what_it_points_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    link = tmp_path / "stances.csv"
    link.symlink_to(tmp_path / "disk" / "real.csv")
    with ReadingStore(link, RUN) as store:
        store.add(ENTRIES[0])
        store.finish(lambda path: write_ids(store, path))
    assert link.is_symlink() and (tmp_path / "disk" / "real.csv").read_text() == "a"
    assert finished_record(link) is not None and record_file(link.resolve()).is_file()
    remove_parts(link)  # of what is gone already


def test_differences_are_told_in_a_line() -> None:
    assert difference(RUN, RUN) == "nothing"
    assert difference({**RUN, "format": "json"}, RUN) == 'format "json", now "csv"'
    assert difference(RUN, {**RUN, "aliases": "x" * 100}).endswith("…")
    files = [[name, "0" * 64] for name in ("jan", "feb", "mar")]
    before = {**RUN, "input": files}
    assert difference(before, {**RUN, "input": [*files[:2], ["mar", "1" * 64], ["apr", "2" * 64]]}) == "input mar, apr"
    assert difference(before, {**RUN, "input": files[:2]}) == "input mar"
    assert difference(before, {**RUN, "input": files[::-1]}) == "input in another order"
    assert difference(before, {**RUN, "input": [[f"n{n}", ""] for n in range(9)]}) == "input n0, n1, n2, n3, n4 and 7 more"
    assert difference(None, RUN) == "its record is damaged"


def written(form: str, out: Path, readings: list[Reading]) -> Path:
    entries = [{"id": "lost", "row": 1, "reason": "it failed"}, *(entry_of(reading, form) for reading in readings)]
    write_entries(iter(json.loads(json.dumps(entries))), form, out)
    return out


def test_statements_come_out_alike_in_every_table(tmp_path: Path) -> None:
    readings = [
        make_reading("a"),
        make_reading("b", 'Ada Quill thanked Nils Berg,\n"for \ud800"; 🛥 she said.'),
        replace(make_reading("c"), stances=()),
    ]
    expected = to_dataframe(readings).to_dict("records")
    assert len(expected) == 2
    assert pq.read_table(written("parquet", tmp_path / "s.parquet", readings)).to_pylist() == expected
    with written("csv", tmp_path / "s.csv", readings).open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{name: str(value) for name, value in row.items()} for row in expected]
    tidy = [{name: row[name] for name in TIDY_COLUMNS} for row in expected]
    assert pq.read_table(written("statements", tmp_path / "t.parquet", readings)).to_pylist() == tidy
    assert [
        json.loads(line) for line in written("statements", tmp_path / "t.jsonl", readings).read_text(encoding="utf-8").splitlines()
    ] == tidy
    with written("statements", tmp_path / "t.csv", readings).open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{name: str(value) for name, value in row.items()} for row in tidy]


def test_tables_without_a_statement_have_their_columns(tmp_path: Path) -> None:
    none = [replace(make_reading("a"), stances=())]
    assert pq.read_table(written("parquet", tmp_path / "s.parquet", none)).column_names == list(STATEMENT_COLUMNS)
    assert written("csv", tmp_path / "s.csv", none).read_text() == ",".join(STATEMENT_COLUMNS) + "\n"


def test_readings_come_out_whole_a_line_each(tmp_path: Path) -> None:
    readings = [make_reading("a"), make_reading("b", "Ada Quill thanked Nils Berg \ud800 \0 “twice”.")]
    lines = written("json", tmp_path / "r.jsonl", readings).read_text(encoding="ascii").splitlines()
    assert [reading_from_json(json.loads(line)) for line in lines] == readings


@pytest.mark.parametrize("form", ["gexf", "graphml"])
def test_graphs_put_all_readings_together(form: str, tmp_path: Path) -> None:
    path = written(form, tmp_path / "net.xml", [make_reading("a"), make_reading("b")])
    graph = nx.read_gexf(path) if form == "gexf" else nx.read_graphml(path)
    assert sorted(graph.nodes) == ["berg", "quill"]
    ((speaker, target, values),) = graph.edges(data=True)
    assert (speaker, target, values["stance"], float(values["weight"]), int(values["n_sentences"])) == ("quill", "berg", "favor", 1.5, 2)
    assert [path.name for path in tmp_path.iterdir()] == ["net.xml"]


@pytest.mark.parametrize("form", FORMATS)
def test_one_reading_is_written_in_every_format(form: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "file.any"
    write_reading(make_reading("ferry"), form, out)
    assert [path.name for path in out.parent.iterdir()] == ["file.any"]
    if form == "parquet":
        assert pq.read_table(out).to_pylist() == statement_rows(make_reading("ferry"))
    elif form == "json":
        assert json.loads(out.read_text()) == json.loads(json.dumps(reading_to_json(make_reading("ferry"))))
    else:
        content = out.read_text(encoding="utf-8")
        assert "Ada Quill" in content and ("<html" in content) == (form == "html") and ("<edge" in content) == (form in ("gexf", "graphml"))


def test_formats_go_by_name_then_by_suffix() -> None:
    assert choose_format("", None) == "table" and choose_format("json", Path("a.csv")) == "json"
    assert {choose_format("", Path(f"A{suffix.upper()}")) for suffix in BY_SUFFIX} == set(FORMATS) - {"statements"}
    with pytest.raises(InputError, match=r"a\.xls: no format goes by the suffix '\.xls'; use one of \.txt, \.json"):
        choose_format("", Path("a.xls"))


def test_what_cannot_be_written_is_said_before_anything_is_read(tmp_path: Path) -> None:
    for form, out, is_corpus, message in (
        ("html", Path("a.html"), True, "'html' shows one article and the input holds several; read one of them alone, or give -o"),
        ("table", None, True, "'table' shows one article"),
        ("csv", None, True, "goes to a file, so that it can go on after a break; name it with -o"),
        ("json", Path("a.json"), True, "written one a line; name the file .jsonl"),
        ("parquet", None, False, "not for the terminal; name a file with -o"),
        ("gexf", None, False, "not for the terminal"),
        ("csv", tmp_path, True, "a folder stands here; name a file"),
    ):
        with pytest.raises(InputError, match=message):
            check_output(form, out, is_corpus)
    check_output("gexf", Path("a.gexf"), True)
    check_output("json", Path("a.jsonl"), True)
    check_output("html", None, False)


def test_a_folder_is_never_replaced(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a folder stands here"):
        write_whole(tmp_path, lambda path: path.write_text("x"))
    assert list(tmp_path.iterdir()) == []
