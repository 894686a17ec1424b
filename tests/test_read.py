"""``whipcount read`` as its users meet it; the pipeline is a fake, the files are real."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import whipcount
from whipcount import read as read_module
from whipcount.read import main
from whipcount.rendering.reading_tables import STATEMENT_COLUMNS

SCRIPT = Path(__file__).with_name("slow_reading.py")


def load_script() -> Any:
    spec = importlib.util.spec_from_file_location("slow_reading", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FakePipeline: Any = load_script().FakePipeline
TEXT = "Ada Quill thanked Nils Berg for the night boat."
SILENT = "The ferry left at nine."
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def pipeline() -> Any:
    return FakePipeline()


@pytest.fixture
def run(pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    """Run the command in an empty folder with an untrained model; return exit status, what it printed, and what it said."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outputs" / "model").mkdir(parents=True)
    (tmp_path / "outputs" / "model" / "config.json").write_text("{}")

    def run_command(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stopped:
            main(words, lambda request: pipeline)
        out, err = capsysbinary.readouterr()
        assert isinstance(stopped.value.code, int)
        return stopped.value.code, out.decode(), err.decode()

    return run_command


def write_rows(path: Path, texts: list[str]) -> None:
    path.write_text("".join(json.dumps({"id": f"a{n}", "text": text}) + "\n" for n, text in enumerate(texts)))


def again(out: str) -> str:
    return f"; to try again, remove {out} (all is read anew)"


def articles(path: Path) -> list[str]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row["article"] for row in csv.DictReader(file)]


def test_an_article_is_a_table_in_the_terminal(run: Run, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT)
    status, out, err = run("article.txt")
    assert (status, err) == (0, "")
    assert "Who stands with whom" in out and "Ada Quill" in out and "+ favor" in out and "Read 1 of 1 sentence." in out


def test_an_article_comes_from_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    status, out, _ = run("-", "--format", "json")
    values = json.loads(out)
    assert status == 0 and values["text"] == TEXT and values["id"] == "stdin" and len(values["stances"]) == 1


def test_the_terminal_takes_tables_and_pages_too(run: Run, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT)
    (row,) = csv.DictReader(io.StringIO(run("article.txt", "--format", "csv")[1]))
    assert row["speaker"] == "Ada Quill"
    assert run("article.txt", "--format", "statements")[1] == (
        "article,date,sentence,speaker,target,stance,probability\narticle,,0,Ada Quill,Nils Berg,favor,0.75\n"
    )
    assert run("article.txt", "--format", "html")[1].startswith("<!DOCTYPE html>")


@pytest.mark.parametrize("suffix", ["html", "json", "jsonl", "csv", "parquet", "gexf", "graphml", "txt"])
def test_the_suffix_chooses_the_format(suffix: str, run: Run, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT)
    status, out, err = run("article.txt", "-o", f"new/reading.{suffix}")
    assert (status, out, err) == (0, "", f"whipcount read: new/reading.{suffix}: 1 stance in 1 sentence\n")
    content = (tmp_path / "new" / f"reading.{suffix}").read_bytes()
    begins = {
        "html": b"<!DOCTYPE",
        "json": b'{\n  "id": "article"',
        "jsonl": b'{"id": "article"',
        "csv": b"article,date",
        "parquet": b"PAR1",
    }
    assert content.startswith(begins.get(suffix, b"<?xml" if suffix != "txt" else b"Who stands")), content[:40]
    assert [path.name for path in (tmp_path / "new").iterdir()] == [f"reading.{suffix}"]


def test_an_article_that_cannot_be_read_is_one_line_and_exit_1(run: Run, tmp_path: Path) -> None:
    for text, told in (("", "article.txt: the text is empty"), (f"RAISE {TEXT}", "ValueError: told to fail")):
        (tmp_path / "article.txt").write_text(text)
        status, out, err = run("article.txt")
        assert (status, out) == (1, "")
        assert err.splitlines() == [f"whipcount read: {told}" + (" by article" if "RAISE" in text else "")]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl"])
def test_a_corpus_becomes_a_table(suffix: str, run: Run, pipeline: Any, tmp_path: Path) -> None:
    rows = [{"key": f"k{n}", "body": text, "day": "2024-05-14", "outlet": "Shore Courier"} for n, text in enumerate([TEXT, SILENT, TEXT])]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "news.parquet")
    words = ["news.parquet", "--text-column", "body", "--id-column", "key", "--date-column", "day", "-o", f"out.{suffix}"]
    assert run(*words) == (0, "", f"whipcount read: out.{suffix}: 3 articles read\n")
    assert pipeline.ids == ["k0", "k1", "k2"]
    out = tmp_path / f"out.{suffix}"
    if suffix == "jsonl":
        assert [json.loads(line)["id"] for line in out.read_text().splitlines()] == ["k0", "k1", "k2"]
    else:
        values = pq.read_table(out).to_pylist() if suffix == "parquet" else list(csv.DictReader(io.StringIO(out.read_text())))
        assert tuple(values[0]) == STATEMENT_COLUMNS
        assert [(row["article"], row["date"], row["outlet"]) for row in values] == [
            (f"k{n}", "2024-05-14", "Shore Courier") for n in (0, 2)
        ]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["news.parquet", out.name, f"{out.name}.run.json", "outputs"])


def test_several_files_are_a_corpus_and_one_bad_one_does_not_stop_it(run: Run, tmp_path: Path) -> None:
    for name in ("a/ferry.txt", "b/ferry.txt", "fair.html"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT if name.endswith("txt") else f"<html><body><p>{TEXT}</p></body></html>")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 10)
    write_rows(tmp_path / "news.jsonl", [TEXT, SILENT])
    status, _, err = run("a/ferry.txt", "noise.txt", "b/ferry.txt", "fair.html", "news.jsonl", "--format", "csv", "-o", "all.csv")
    assert status == 1
    assert err == f"whipcount read: all.csv: 5 articles read; 1 row failed, see all.csv.failures.csv{again('all.csv')}\n"
    assert articles(tmp_path / "all.csv") == ["a/ferry.txt", "b/ferry.txt", "fair", "news/a0"]
    (failed,) = csv.DictReader(io.StringIO((tmp_path / "all.csv.failures.csv").read_text()))
    assert (failed["id"], failed["row"]) == ("noise", "0") and failed["reason"].startswith("noise.txt: binary content")


def test_articles_of_one_id_in_two_files_are_told_apart(run: Run, tmp_path: Path) -> None:
    for month in ("jan", "feb"):
        write_rows(tmp_path / f"{month}.jsonl", [TEXT, ""])
    assert run("jan.jsonl", "feb.jsonl", "-o", "out.csv")[0] == 1
    assert articles(tmp_path / "out.csv") == ["jan/a0", "feb/a0"]
    with (tmp_path / "out.csv.failures.csv").open(newline="") as file:
        assert [(row["id"], row["row"]) for row in csv.DictReader(file)] == [("jan/a1", "2"), ("feb/a1", "2")]


def test_articles_of_one_id_in_one_file_are_told_apart_and_the_user_is_told(run: Run, tmp_path: Path) -> None:
    rows = [("a", TEXT), ("b", TEXT), ("a", TEXT), ("a", ""), ("b (row 6)", TEXT), ("b", TEXT)]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps({"id": id_, "text": text}) + "\n" for id_, text in rows))
    _, _, err = run("news.jsonl", "-o", "out.csv")
    assert err.splitlines()[0] == (
        "whipcount read: 3 rows have the id of an earlier one, as 'a': the number of the row is added to it; "
        "if the ids stand in another column, name it with --id-column"
    )
    assert articles(tmp_path / "out.csv") == ["a", "b", "a (row 3)", "b (row 6)", "b (row 6) (row 6)"]
    assert (tmp_path / "out.csv.failures.csv").read_text().splitlines()[1].startswith("a (row 4),4,")


@pytest.mark.parametrize("out", ["out.csv", "out.parquet", "out.gexf", "out.jsonl"])
def test_what_reading_lost_is_said_and_recorded(out: str, run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [f"{TEXT} LONG LONG", SILENT, f"RAISE {TEXT}", f"{TEXT} LONG"])
    lost = "; sentences cut to the window: 3; 1 row failed, see"
    assert f"{out}: 3 articles read{lost}" in run("news.jsonl", "-o", out)[2]
    assert json.loads((tmp_path / f"{out}.run.json").read_text())["losses"] == {"sentences cut to the window": 3}
    assert f"{out} is up to date{lost}" in run("news.jsonl", "-o", out, "--quiet")[2]


def test_what_reading_one_article_lost_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(f"{TEXT} LONG")
    lost = "sentences cut to the window: 1"
    assert run("article.txt", "-o", "out.csv")[2] == f"whipcount read: out.csv: 1 stance in 1 sentence; {lost}\n"
    assert run("article.txt", "--format", "csv")[2] == f"whipcount read: {lost}\n"
    _, out, err = run("article.txt")
    assert lost in out and err == "", "the table says it itself"


def test_the_network_of_a_corpus_is_one(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT, SILENT, TEXT])
    assert run("news.jsonl", "-o", "net.gexf")[0] == 0
    ((_, _, values),) = nx.read_gexf(tmp_path / "net.gexf").edges(data=True)
    assert values["weight"] == 1.5


def test_failed_rows_are_listed_and_the_rest_goes_on(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT, f"RAISE {TEXT}", "", TEXT])
    with (tmp_path / "news.jsonl").open("a") as file:
        file.write('{"id": "cut", "te\n' + json.dumps({"id": "a5", "text": TEXT}))
    expected = f"; 3 rows failed, see out.csv.failures.csv{again('out.csv')}\n"
    assert run("news.jsonl", "-o", "out.csv", "--quiet") == (1, "", f"whipcount read: out.csv: 3 articles read{expected}")
    assert articles(tmp_path / "out.csv") == ["a0", "a3", "a5"]
    failed = list(csv.reader(io.StringIO((tmp_path / "out.csv.failures.csv").read_text())))
    assert failed[:3] == [["id", "row", "reason"], ["a1", "2", "ValueError: told to fail by a1"], ["a2", "3", "'text' is empty"]]
    assert failed[3][:2] == ["news-5", "5"] and failed[3][2].startswith("malformed JSON")
    assert run("news.jsonl", "-o", "out.csv") == (1, "", f"whipcount read: out.csv is up to date{expected}")


def test_what_is_more_than_a_bad_row_stops_and_is_gone_on_with(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT, "INTERRUPT", TEXT])
    status, _, err = run("news.jsonl", "-o", "out.csv")
    assert (status, err) == (130, "whipcount read: stopped; with a corpus, the same command goes on where it stopped\n")
    assert not (tmp_path / "out.csv").exists()
    for cause in ("MEMORY", "ALLOCATE"):
        write_rows(tmp_path / f"{cause}.jsonl", [TEXT, cause])
        status, _, err = run(f"{cause}.jsonl", "-o", f"{cause}.csv")
        assert status == 2 and err.splitlines()[-1] == (
            "whipcount read: out of memory (article 'a1'); free some; with a corpus, the same command goes on where it stopped"
        )
        assert (tmp_path / f"{cause}.csv.parts" / "journal.jsonl").read_text().count("\n") == 1


def test_a_complete_output_is_made_again_only_when_something_changed(run: Run, pipeline: Any, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT])
    words = ["news.jsonl", "-o", "out.csv"]
    run(*words)
    assert run(*words) == (0, "", "whipcount read: out.csv is up to date\n")
    assert run(*words, "--quiet") == (0, "", "") and pipeline.ids == ["a0"]
    (tmp_path / "aliases.csv").write_text("name,alias\nAda Quill,the chair\n")
    (tmp_path / "more.csv").write_text("name,alias\nNils Berg,the clerk\n")
    for number, changed in enumerate((["--on-long", "error"], ["--aliases", "aliases.csv"], ["--aliases", "more.csv"]), start=2):
        status, _, err = run(*words, *changed)
        told, done = err.splitlines()
        assert status == 0 and told.startswith("whipcount read: out.csv is made anew: it is of another run (")
        assert done == "whipcount read: out.csv: 1 article read" and len(pipeline.ids) == number
    write_rows(tmp_path / "news.jsonl", [TEXT, TEXT])
    assert "made anew: it is of another run (input news; aliases " in run(*words)[2] and articles(tmp_path / "out.csv") == ["a0", "a1"]
    (tmp_path / "outputs" / "model" / "model.safetensors").write_bytes(b"trained")
    assert "another run (model " in run(*words)[2]
    (tmp_path / "out.csv").unlink()
    assert run(*words)[2] == "whipcount read: out.csv: 2 articles read\n"


def test_what_other_code_has_read_is_read_again(run: Run, pipeline: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT])
    run("news.jsonl", "-o", "out.csv")
    monkeypatch.setattr(read_module, "digest_code", lambda *patterns: "of an update")
    assert "made anew: it is of another run (code " in run("news.jsonl", "-o", "out.csv")[2]
    assert pipeline.ids == ["a0", "a0"]


def test_other_settings_do_not_touch_an_unfinished_run(run: Run, tmp_path: Path) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT, "INTERRUPT"])
    run("news.jsonl", "-o", "out.csv")
    status, _, err = run("news.jsonl", "-o", "out.csv", "--on-long", "error")
    assert status == 2 and err.count("\n") == 1
    assert 'out.csv.parts: an unfinished run of another kind (on long "window", now "error"); finish it with its own command' in err
    write_rows(tmp_path / "news.jsonl", [TEXT, "Ada Quill left."])
    assert "an unfinished run of another kind (input news); finish" in run("news.jsonl", "-o", "out.csv")[2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["nothing.txt"], "nothing.txt: no such file; give a .txt"),
        (["folder"], "folder: a folder; name the files in it"),
        (["article.txt", "--resolver", "folder"], "folder: no resolver here; train one with"),
        (["noise.txt"], "noise.txt: binary content"),
        (["cut.jsonl.gz", "-o", "out.csv"], "cut.jsonl.gz: the gzip archive is truncated"),
        (["cut.txt.gz"], "cut.txt.gz: the gzip archive is truncated"),
        (["news.jsonl", "--text-column", "body", "-o", "out.csv"], "news.jsonl: no column 'body'; there are 'id', 'text'; name the right"),
        (["news.jsonl"], "the format 'table' shows one article and the input holds several"),
        (["news.jsonl", "-o", "out.html"], "the format 'html' shows one article and the input holds several"),
        (["news.jsonl", "--format", "csv"], "the csv of several articles goes to a file"),
        (["news.jsonl", "-o", "out.xls"], "out.xls: no format goes by the suffix '.xls'"),
        (["news.jsonl", "-o", "news.jsonl"], "news.jsonl: the input itself"),
        (["article.txt", "--aliases", "names.csv", "-o", "names.csv"], "names.csv: the table of names"),
        (["article.txt", "-"], "- (standard input) is one article"),
        (["article.txt", "--format", "parquet"], "parquet is not for the terminal"),
        (["article.txt", "--aliases", "nothing.csv"], "nothing.csv: no such file"),
        (["article.txt", "--model", "elsewhere"], "elsewhere: no model here yet; train one with 'make train'"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(words: list[str], told: str, run: Run, pipeline: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "article.txt").write_text(TEXT)
    (tmp_path / "names.csv").write_text("name,alias\nAda Quill,Quill\n")
    (tmp_path / "noise.txt").write_bytes(bytes(range(256)) * 10)
    write_rows(tmp_path / "news.jsonl", [TEXT])
    for name in ("cut.jsonl.gz", "cut.txt.gz"):
        (tmp_path / name).write_bytes(gzip.compress((tmp_path / "news.jsonl").read_bytes() * 50)[:-9])
    before = sorted(path.name for path in tmp_path.iterdir())
    status, out, err = run(*words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"whipcount read: {told}")
    assert pipeline.ids == [] and sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_bar_shows_on_a_terminal_alone(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_rows(tmp_path / "news.jsonl", [TEXT] * 7)

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for quiet, n_shown in ((["--quiet"], 0), ([], 1)):
        monkeypatch.setattr(sys, "stderr", terminal := Terminal())
        with pytest.raises(SystemExit):
            main(["news.jsonl", "-o", f"{n_shown}.csv", *quiet], lambda request: FakePipeline())
        assert ("7/7" in terminal.getvalue()) == bool(n_shown)


def run_program(*words: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **variables, "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *words], cwd=cwd, env=environment, text=True, stdout=pipe, stderr=pipe)


def test_a_run_killed_again_and_again_loses_and_doubles_nothing(run: Run, tmp_path: Path) -> None:
    """Killed by SIGKILL five times, each time after it has got a few rows further, the command ends as if it had never been."""
    texts = [TEXT if n % 3 else SILENT for n in range(60)]
    texts[7] = f"RAISE {TEXT}"
    write_rows(tmp_path / "news.jsonl", texts)
    words = ["news.jsonl", "-o", "out.csv"]
    journal = tmp_path / "out.csv.parts" / "journal.jsonl"
    n_kept = []
    for n_wanted in (1, 9, 10, 25, 43):
        program = run_program(str(SCRIPT), *words, cwd=tmp_path)
        deadline = time.monotonic() + 120
        while not journal.is_file() or journal.read_bytes().count(b"\n") < n_wanted:
            assert program.poll() is None and time.monotonic() < deadline, program.communicate()
            time.sleep(0.005)
        program.send_signal(signal.SIGKILL)
        program.communicate()
        assert program.returncode == -signal.SIGKILL and not (tmp_path / "out.csv").exists()
        n_kept.append(journal.read_bytes().count(b"\n"))
    assert n_kept == sorted(n_kept) and n_kept[-1] < 60
    last = run_program(str(SCRIPT), *words, cwd=tmp_path)
    _, err = last.communicate(timeout=120)
    assert last.returncode == 1
    assert err.splitlines() == [
        f"whipcount read: out.csv: going on after {n_kept[-1]} of 60 articles",
        f"whipcount read: out.csv: 59 articles read; 1 row failed, see out.csv.failures.csv{again('out.csv')}",
    ]
    assert articles(tmp_path / "out.csv") == [f"a{n}" for n in range(60) if n % 3 and n != 7]
    broken = (tmp_path / "out.csv").read_bytes(), (tmp_path / "out.csv.failures.csv").read_bytes()
    run("news.jsonl", "-o", "whole.csv")
    assert broken == ((tmp_path / "whole.csv").read_bytes(), (tmp_path / "whole.csv.failures.csv").read_bytes())


def test_ten_thousand_articles_take_no_more_memory_than_a_few(run: Run, tmp_path: Path) -> None:
    text = f"{TEXT} " * 40  # 2 kB: ten thousand take 20 MB, and as much again as statements
    peaks = []
    for n in (300, 10_000):
        row = json.dumps({"text": text}) + "\n"
        with (tmp_path / "news.jsonl").open("w") as file:
            file.writelines(row for _ in range(n))
        program = run_program(str(SCRIPT), "news.jsonl", "-o", f"{n}.csv", "--quiet", cwd=tmp_path, SECONDS="0", SHOW_PEAK="1")
        out, err = program.communicate(timeout=300)
        assert (program.returncode, err) == (0, "")
        peaks.append(int(out))
    assert len(articles(tmp_path / "10000.csv")) == 10_000
    assert peaks[1] - peaks[0] < 6_000, peaks  # kB


def test_without_a_model_it_says_so_at_once_and_without_torch(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text(TEXT)
    heavy = "{'torch', 'spacy', 'pandas', 'pyarrow'}"
    code = f"import sys, whipcount.read as r\ntry:\n    r.main(['article.txt'])\nfinally:\n    print({heavy} & set(sys.modules))"
    program = run_program("-c", code, cwd=tmp_path)
    out, err = program.communicate(timeout=120)
    assert (program.returncode, out) == (2, "set()\n")
    assert err == "whipcount read: outputs/model: no model here yet; train one with 'make train', or name the folder of one with --model\n"


def test_help_from_the_one_command(tmp_path: Path) -> None:
    program = run_program("-m", "whipcount.cli", "read", "--help", cwd=tmp_path)
    out, err = program.communicate(timeout=120)
    assert (program.returncode, err) == (0, "") and out.startswith("usage: whipcount read ")
    assert all(
        option in out
        for option in (
            "--format",
            "--out",
            "--model",
            "--aliases",
            "--text-column",
            "--on-long",
            "--quiet",
            "Exit status",
            "from 0",
            "remove OUT",
        )
    )
    program = run_program("-m", "whipcount.cli", "read", "article.txt", "--format", "doc", cwd=tmp_path)
    out, err = program.communicate(timeout=120)
    assert program.returncode == 2 and "invalid choice: 'doc'" in err
