"""Fetching from repositories made on the spot; nothing goes over the network."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import whipcount
from whipcount.corpora.public import CORPORA, PublicCorpus, find_part, licence_notice, locate_corpus
from whipcount.fetch import fetch_corpus, is_there, main
from whipcount.schema import InputError

LINES = "A [b] c [d].\tb\td\t0\r\nE [f] g [h].\tf\th\t3\n"
"""With both line ends, which must arrive as they are."""


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=Ada Quill", "-c", "user.email=quill@ferry.example", "-c", "core.autocrlf=false"]
    run = subprocess.run(["git", "-C", str(folder), *identity, *words], capture_output=True, text=True, check=True)
    return run.stdout.strip()


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublicCorpus:
    """DSE in a local repository that has gone on since the pinned commit; it takes the place of the public one."""
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)  # signed commits, hooks and the like are no matter here
    published = tmp_path / "published"
    (published / "dataset").mkdir(parents=True)
    git(published, "init", "--quiet", "--initial-branch=main")
    for part in ("train", "valid"):
        (published / "dataset" / f"{part}.txt").write_bytes(LINES.encode())
    git(published, "add", ".")
    git(published, "commit", "--quiet", "--message=as published")
    commit = git(published, "rev-parse", "HEAD")
    (published / "dataset" / "train.txt").write_text("corrected since\n")
    git(published, "commit", "--quiet", "--all", "--message=later")
    local = replace(CORPORA["dse"], repository=published.as_uri(), commit=commit)
    monkeypatch.setitem(CORPORA, "dse", local)
    return local


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "my corpora"


def fake_git(folder: Path, script: str) -> None:
    """Write a program ``git`` into a folder."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(stat.S_IRWXU)


def test_exactly_the_pinned_commit_is_fetched(corpus: PublicCorpus, data: Path) -> None:
    assert fetch_corpus(corpus, data) is True
    assert git(data / "dse", "rev-parse", "HEAD") == corpus.commit
    train = find_part(data / "dse", corpus, "train")
    assert train == data / "dse" / "dataset" / "train.txt"
    assert train.read_bytes() == LINES.encode()
    assert git(data / "dse", "status", "--porcelain") == ""
    assert [path.name for path in data.iterdir()] == ["dse"]


def test_what_is_there_is_not_fetched_again(corpus: PublicCorpus, data: Path) -> None:
    fetch_corpus(corpus, data)
    (data / "dse" / "mine.txt").touch()
    assert fetch_corpus(replace(corpus, repository="file:///nowhere"), data) is False
    assert (data / "dse" / "mine.txt").exists()


def test_a_copy_without_records_is_there(corpus: PublicCorpus, data: Path) -> None:
    (data / "dse").mkdir(parents=True)
    assert not is_there(corpus, data / "dse")
    for part in ("train", "valid"):
        (data / "dse" / f"{part}.txt").touch()
    assert is_there(corpus, data / "dse")
    assert fetch_corpus(corpus, data) is False


def test_an_empty_folder_is_filled(corpus: PublicCorpus, data: Path) -> None:
    (data / "dse").mkdir(parents=True)
    assert fetch_corpus(corpus, data) is True
    assert is_there(corpus, data / "dse")


def test_something_else_is_never_replaced(corpus: PublicCorpus, data: Path) -> None:
    (data / "dse").mkdir(parents=True)
    (data / "dse" / "thesis.txt").touch()
    with pytest.raises(InputError, match=r"dse: something else than 'dse' is here \(no train\.txt or dataset/train\.txt\); remove it"):
        fetch_corpus(corpus, data)
    assert [path.name for path in (data / "dse").iterdir()] == ["thesis.txt"]
    (data / "dse" / "thesis.txt").rename(data / "thesis.txt")
    (data / "dse").rmdir()
    (data / "dse").touch()
    with pytest.raises(InputError, match="something else"):
        fetch_corpus(corpus, data)
    with pytest.raises(InputError, match=r"thesis\.txt.* cannot be written .*give another folder with --to"):
        fetch_corpus(corpus, data / "thesis.txt")


def test_a_clone_at_another_commit_is_named(corpus: PublicCorpus, data: Path) -> None:
    data.mkdir()
    git(data, "clone", "--quiet", corpus.repository, "dse")
    later = git(data / "dse", "rev-parse", "HEAD")
    assert later != corpus.commit
    with pytest.raises(InputError, match=f"a clone of 'dse' at commit {later}, not {corpus.commit}; remove it"):
        fetch_corpus(corpus, data)


def test_another_commit_than_the_pinned_one_is_removed(corpus: PublicCorpus, data: Path) -> None:
    with pytest.raises(InputError, match=r"gave commit '[0-9a-f]{40}' instead of 'main'; it was removed again"):
        fetch_corpus(replace(corpus, commit="main"), data)  # what the name of a branch means can change
    assert list(data.iterdir()) == []


def test_a_commit_that_is_not_there_is_said(corpus: PublicCorpus, data: Path) -> None:
    with pytest.raises(InputError, match=r"'dse' was not fetched: git says '.*0{40}"):
        fetch_corpus(replace(corpus, commit="0" * 40), data)
    assert list(data.iterdir()) == []


def test_a_commit_without_a_needed_part_is_removed(corpus: PublicCorpus, data: Path) -> None:
    with pytest.raises(InputError, match=r"lacks annex\.txt; it was removed again"):
        fetch_corpus(replace(corpus, places={**corpus.places, "annex": ("annex.txt",)}), data)
    assert list(data.iterdir()) == []


def test_without_a_network_the_way_by_hand_works(corpus: PublicCorpus, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published = tmp_path / "published"
    published.rename(tmp_path / "away")
    with pytest.raises(InputError) as raised:
        fetch_corpus(corpus, data)
    message = str(raised.value)
    assert "\n" not in message and message.endswith(f"copy the folder dse to {data / 'dse'}")
    assert list(data.iterdir()) == []
    (tmp_path / "away").rename(published)
    found = re.search(r"run '(git clone .*)' on a machine with git and a network", message)
    assert found
    subprocess.run(found[1], shell=True, cwd=data, check=True, capture_output=True)
    assert fetch_corpus(corpus, data) is False
    monkeypatch.setenv("WHIPCOUNT_DATA", str(data))
    assert locate_corpus("dse") == data / "dse"


def test_without_git_it_says_so(corpus: PublicCorpus, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(InputError, match=r"^git is not installed, and 'dse' is fetched with it; install it, or run 'git clone "):
        fetch_corpus(corpus, data)
    assert not data.exists()


def test_variables_of_another_repository_are_not_heeded(
    corpus: PublicCorpus, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    git(mine, "init", "--quiet")
    monkeypatch.setenv("GIT_DIR", str(mine / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(mine))
    fetch_corpus(corpus, data)
    assert (data / "dse" / ".git").is_dir() and (data / "dse" / "dataset" / "train.txt").is_file()
    assert [path.name for path in mine.iterdir()] == [".git"]


def test_an_interrupted_fetch_leaves_nothing(
    corpus: PublicCorpus, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = subprocess.run

    def interrupted(words: list[str], **options: object) -> object:
        if "checkout" in words:
            raise KeyboardInterrupt
        return run(words, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", interrupted)
    with pytest.raises(SystemExit) as stopped:
        main([corpus.name, "--to", str(data)])
    assert stopped.value.code == 130  # as a shell counts it
    assert capsys.readouterr().err == "whipcount fetch: stopped; the same command begins anew\n"
    assert list(data.iterdir()) == []


def test_a_killed_fetch_leaves_no_corpus_and_the_next_one_cleans_up(corpus: PublicCorpus, data: Path, tmp_path: Path) -> None:
    fake_git(tmp_path / "bin", 'for word; do case $word in */.dse.partial-*) mkdir -p "$word/dataset"; kill -9 $PPID;; esac; done')
    environment = {**os.environ, "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(Path(whipcount.__file__).parents[1])}
    command = [sys.executable, "-m", "whipcount.cli", "fetch", "dse", "--to", str(data)]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == -9
    assert run.stdout == licence_notice(replace(corpus, repository=REPOSITORY, commit=COMMIT)) + "\n"  # said before anything was fetched
    (leftover,) = data.iterdir()
    assert leftover.name.startswith(".dse.partial-") and not (data / "dse").exists()
    alive = data / f".dse.partial-{os.getppid()}"
    alive.mkdir()
    assert fetch_corpus(corpus, data) is True
    assert sorted(path.name for path in data.iterdir()) == sorted([alive.name, "dse"])


REPOSITORY, COMMIT = CORPORA["dse"].repository, CORPORA["dse"].commit
"""Of the public corpus, which another process has."""


def test_the_command_says_the_licence_first_and_where_the_corpus_lies(
    corpus: PublicCorpus, data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(data.parent)
    main(["dse", "--to", data.name])
    notice = licence_notice(corpus)
    place = data / "dse"
    assert capsys.readouterr().out == f"{notice}\nfetched to {place}\nset WHIPCOUNT_DATA to {data}\n"
    monkeypatch.setenv("WHIPCOUNT_DATA", str(data))
    main(["dse"])
    assert capsys.readouterr().out == f"{notice}\nalready there: {place}\n"
    with pytest.raises(SystemExit):
        main(["dse", "--to", str(data / "dse" / "dataset" / "train.txt")])
    assert capsys.readouterr().out == notice + "\n"  # also where nothing can be fetched


def test_the_data_folder_is_made(corpus: PublicCorpus, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHIPCOUNT_DATA", str(data))
    main(["dse"])
    assert locate_corpus("dse") == data / "dse"


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["des"], "'des' is no public corpus; give one of seesaw, dse, newsmtsc, polnear, gap"),
        (["dse"], "where should 'dse' go? give a folder with --to, or set WHIPCOUNT_DATA to one"),
    ],
)
def test_a_fault_is_one_line(words: list[str], expected: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == f"whipcount fetch: {expected}"  # Python prints it and exits with 1
    assert capsys.readouterr().out == ""


def test_help_lists_the_corpora_and_their_licences(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert "one of seesaw, dse, newsmtsc, polnear, gap" in said
    assert "seesaw: CC BY-NC-SA 4.0" in said and "polnear: none stated by its publishers" in said
