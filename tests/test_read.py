"""``whipcount read``: formats, corpora that go on where they were killed, and what is wrong said in one line."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import whipcount
from whipcount import read as command
from whipcount.pipeline import ArticleReading
from whipcount.reading.documents import Document
from whipcount.rendering.reading_store import ReadingStore
from whipcount.schema import Actor, FoundStance, Mention, Span

TEXT = "Quill thanked Stroud."


def read_fake(text: str, **about: Any) -> ArticleReading:
    """Read a text whose first word favors its last; "boom" raises."""
    if "boom" in text:
        raise RuntimeError("the text\nexploded")
    words = text.rstrip(".").split()
    first, last = words[0], words[-1]
    ends = (Mention("a", 0, len(first), "name"), Mention("b", text.rindex(last), text.rindex(last) + len(last), "name"))
    return ArticleReading(
        text=text,
        sentences=(Span(0, len(text)),),
        actors=(Actor("a", first, "person"), Actor("b", last, "person")),
        mentions=ends,
        stances=(FoundStance(0, "a", "b", (0.7, 0.2, 0.1)),),
        n_scored=1,
        **about,
    )


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr(command, "_load", lambda given: read_fake)
    return folder


def run(*words: Any) -> int:
    with pytest.raises(SystemExit) as stopped:
        command.main([str(word) for word in words])
    return int(stopped.value.code or 0)


def write_corpus(path: Path, texts: list[str]) -> Path:
    path.write_text("".join(json.dumps({"id": f"n{number}", "text": text}) + "\n" for number, text in enumerate(texts)), encoding="utf-8")
    return path


def test_an_article_is_shown_in_the_terminal(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run(tmp_path / "a.txt", "--model", model) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("Quill", "Stroud", "favor"))


@pytest.mark.parametrize("name", ["o.json", "o.csv", "o.parquet", "o.html", "o.graphml", "o.gexf"])
def test_an_article_is_written_in_the_format_of_the_name(name: str, model: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, encoding="utf-8")
    assert run(tmp_path / "a.txt", "--model", model, "-o", tmp_path / name) == 0
    if name == "o.parquet":
        assert pq.read_table(tmp_path / name)["speaker"].to_pylist() == ["Quill"]
    else:
        assert "Quill" in (tmp_path / name).read_text(encoding="utf-8")
    if name == "o.json":
        assert json.loads((tmp_path / name).read_text(encoding="utf-8"))["id"] == "a"


@pytest.mark.parametrize("name", ["o.csv", "o.parquet", "o.jsonl", "o.gexf"])
def test_a_corpus_is_written_and_its_failures_are_listed(
    name: str, model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus, out = write_corpus(tmp_path / "news.jsonl", [TEXT, "boom", "Linden met Morrow."]), tmp_path / name
    assert run(corpus, "--model", model, "-o", out) == 1
    with (tmp_path / f"{name}.failures.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.DictReader(file)) == [{"row": "2", "id": "n1", "reason": "RuntimeError: the text exploded"}]
    if name == "o.jsonl":
        assert [json.loads(line)["id"] for line in out.read_text(encoding="ascii").splitlines()] == ["n0", "n2"]
    before = out.stat().st_mtime_ns
    assert run(corpus, "--model", model, "-o", out) == 1, "what failed has still failed"
    assert out.stat().st_mtime_ns == before
    write_corpus(tmp_path / "news.jsonl", [TEXT])
    assert run(corpus, "--model", model, "-o", out) == 0
    assert not (tmp_path / f"{name}.failures.csv").exists()


def test_a_corpus_in_parquet_with_columns_of_its_own(model: Path, tmp_path: Path) -> None:
    pq.write_table(pa.table({"nr": ["x"], "body": [TEXT], "day": ["2024-05-02"]}), tmp_path / "news.parquet")
    words = ("--text-column", "body", "--id-column", "nr", "--date-column", "day")
    assert run(tmp_path / "news.parquet", "--model", model, "-o", tmp_path / "o.csv", *words) == 0
    with (tmp_path / "o.csv").open(encoding="utf-8", newline="") as file:
        assert [(row["article"], row["date"], row["speaker"]) for row in csv.DictReader(file)] == [("x", "2024-05-02", "Quill")]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["nothing.txt"], "no such file"),
        (["a.txt", "-o", "o.doc"], r"end in '.doc' are not written"),
        (["a.txt", "--format", "parquet"], "parquet is written to a file"),
        (["a.txt", "-o", "no/such/folder.json"], "No such file or directory"),
        (["news.parquet", "-o", "o.csv"], "no column 'text'; there are body"),
        (["news.parquet"], "a corpus is written to a file"),
        (["news.parquet", "-o", "o.html"], "html is for one article"),
        (["a.txt", "--model", "elsewhere"], "make train"),
    ],
)
def test_what_is_wrong_is_one_line_and_exit_2(
    words: list[str], message: str, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text(TEXT, encoding="utf-8")
    pq.write_table(pa.table({"body": [TEXT]}), "news.parquet")
    assert run(*(["--model", "model"] if "--model" not in words else []), *words) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("whipcount read: ") and message in line


def test_without_a_model_it_says_so_at_once_and_loads_nothing(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    code = (
        "import sys\nfrom whipcount import read\n"
        "try:\n    read.main(['a.txt'])\nexcept SystemExit as stopped:\n"
        "    print(stopped.code, sorted({'torch', 'transformers', 'spacy', 'pandas'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "2 []\n"
    assert done.stderr == "whipcount read: no model in outputs/model; train one with 'make train', or name a model folder with --model\n"


SLOW = """
import sys, time
sys.path.insert(0, {tests!r})
from whipcount import read as command
from test_read import read_fake
def slow(text, **about):
    time.sleep(0.02)
    return read_fake(text, **about)
command._load = lambda given: slow
command.main([{corpus!r}, "--model", {model!r}, "-o", {out!r}, "--quiet"])
"""


def test_a_killed_run_goes_on_without_losing_or_repeating_a_row(model: Path, tmp_path: Path) -> None:
    texts = [f"Quill thanked Stroud{number}." for number in range(60)]
    corpus, out = write_corpus(tmp_path / "news.jsonl", texts), tmp_path / "o.csv"
    rows = tmp_path / "o.csv.parts" / "rows.jsonl"
    code = SLOW.format(tests=str(Path(__file__).parent), corpus=str(corpus), model=str(model), out=str(out))
    environment = {**os.environ, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    for wanted in (5, 23):
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, stderr=subprocess.PIPE)
        until = time.monotonic() + 60
        while not (rows.is_file() and rows.read_bytes().count(b"\n") >= wanted):
            assert process.poll() is None and time.monotonic() < until, process.communicate()[1]
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not out.exists()
    assert run(corpus, "--model", model, "-o", out, "--quiet") == 0
    with out.open(encoding="utf-8", newline="") as file:
        assert [row["article"] for row in csv.DictReader(file)] == [f"n{number}" for number in range(60)]


def test_memory_stays_flat_over_ten_thousand_articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # ten thousand of them take a minute on a slow disk
    store = ReadingStore(tmp_path / "o.parquet", "parquet", {"input": "x"})
    store.open()
    text = TEXT.replace("thanked", "thanked " + "very " * 200)
    documents = (Document(row, str(row), text) for row in range(10_000))
    peaks = []
    tracemalloc.start()
    for _ in range(2):  # the second half must not take more than the first but for the numbers of its rows
        command.fill(store, (document for document, _ in zip(documents, range(5_000), strict=False)), read_fake)
        peaks.append(tracemalloc.get_traced_memory()[1])
    assert store.finish() == 0
    peaks.append(tracemalloc.get_traced_memory()[1])
    tracemalloc.stop()
    assert pq.read_metadata(tmp_path / "o.parquet").num_rows >= 9_999
    assert peaks[-1] < 30e6, f"{peaks} bytes"
