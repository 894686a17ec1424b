"""A killed run goes on: no row twice, none missing, nothing of other settings."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import networkx as nx
import pyarrow.parquet as pq
import pytest

from whipcount.rendering.reading_store import FORMATS, ROWS, ReadingStore
from whipcount.rendering.reading_tables import STATEMENT_COLUMNS
from whipcount.schema import Actor, FoundStance, InputError, Mention, Reading, Span

TEXT = "Quill thanked Stroud."


def reading(identifier: str, n_stances: int = 1) -> Reading:
    return Reading(
        text=TEXT,
        sentences=(Span(0, len(TEXT)),),
        actors=(Actor("q", "Marta Quill", "person"), Actor("s", "Peter Stroud", "person")),
        mentions=(Mention("q", 0, 5, "surname"), Mention("s", 14, 20, "surname")),
        stances=(FoundStance(0, "q", "s", (0.7, 0.2, 0.1)),) * n_stances,
        n_scored=1,
        id=identifier,
    )


def make_store(out: Path, chosen: str = "csv", **settings: str) -> ReadingStore:
    return ReadingStore(out, chosen, {"input": "1", "model": "m"} | settings)


def read_ids(out: Path, chosen: str) -> list[str]:
    if chosen == "csv":
        with out.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert not rows or tuple(rows[0]) == STATEMENT_COLUMNS
        return [row["article"] for row in rows]
    if chosen == "parquet":
        return list(pq.read_table(out)["article"].to_pylist())
    if chosen == "json":
        return [json.loads(line)["id"] for line in out.read_text(encoding="ascii").splitlines()]
    graph = nx.read_graphml(out) if chosen == "graphml" else nx.read_gexf(out)
    assert sorted(data["label"] for _, data in graph.nodes(data=True)) == ["Marta Quill", "Peter Stroud"]
    return []


@pytest.mark.parametrize("chosen", FORMATS)
def test_every_format_is_written_whole_and_the_rows_are_gone_then(chosen: str, tmp_path: Path) -> None:
    out = tmp_path / f"out.{chosen}"
    store = make_store(out, chosen)
    store.open()
    store.add(1, "a", reading("a"))
    store.add(2, "b", None, "ValueError: no")
    store.add(3, "c", reading("c"))
    assert not out.exists()
    assert store.finish() == 1
    if chosen in ("csv", "parquet", "json"):
        assert read_ids(out, chosen) == ["a", "c"]
    else:
        assert read_ids(out, chosen) == []
    assert store.failures.read_text(encoding="utf-8").splitlines() == ["row,id,reason", "2,b,ValueError: no"]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([out.name, store.finished.name, store.failures.name])
    assert store.is_finished() and not make_store(out, chosen, input="2").is_finished()


def test_an_article_without_stances_is_done(tmp_path: Path) -> None:
    store = make_store(tmp_path / "out.parquet", "parquet")
    store.open()
    store.add(1, "a", reading("a", 0))
    assert make_opened(store).done == {1}
    assert store.finish() == 0
    table = pq.read_table(tmp_path / "out.parquet")
    assert tuple(table.column_names) == STATEMENT_COLUMNS and table.num_rows == 0


def make_opened(store: ReadingStore) -> ReadingStore:
    again = make_store(store.out, store.format)
    again.open()
    return again


@pytest.mark.parametrize("n_bytes", [1, 20, 200])
def test_a_torn_last_line_is_read_again(n_bytes: int, tmp_path: Path) -> None:
    store = make_store(tmp_path / "out.csv")
    store.open()
    for row in (1, 2, 3):
        store.add(row, str(row), reading(str(row)))
    rows = store.parts / ROWS
    rows.write_bytes(rows.read_bytes()[:-n_bytes])
    again = make_opened(store)
    assert again.done == {1, 2}
    again.add(3, "3", reading("3"))
    again.finish()
    assert read_ids(again.out, "csv") == ["1", "2", "3"]


@pytest.mark.parametrize(("setting", "value"), [("input", "2"), ("model", "n")])
def test_what_was_read_under_other_settings_is_not_gone_on_with(setting: str, value: str, tmp_path: Path) -> None:
    store = make_store(tmp_path / "out.csv")
    store.open()
    store.add(1, "a", reading("a"))
    with pytest.raises(InputError, match=f"unfinished run with another {setting}"):
        make_store(tmp_path / "out.csv", **{setting: value}).open()
    with pytest.raises(InputError, match="another format"):
        make_store(tmp_path / "out.csv", "json").open()


def test_a_table_of_failures_of_an_earlier_run_goes(tmp_path: Path) -> None:
    store = make_store(tmp_path / "out.csv")
    store.failures.write_text("row,id,reason\n1,a,old\n", encoding="utf-8")
    store.open()
    store.add(1, "a", reading("a"))
    assert store.finish() == 0
    assert not store.failures.exists()
