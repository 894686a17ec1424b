"""``whipcount fetch CORPUS``: clone a public corpus at the one commit that is used here, whole or not at all."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from whipcount.corpora.public import (
    CORPORA,
    DATA_VARIABLE,
    PublicCorpus,
    by_hand,
    data_folder,
    find_public,
    licence_notice,
    missing_parts,
)
from whipcount.schema import InputError

MISLEADING = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_NAMESPACE")
"""Variables that would send git's work to another repository; a git hook sets them for what it runs."""

INTERRUPTED = 130  # as a shell counts what Ctrl-C ends

SETTINGS = (
    "-c", "core.autocrlf=false",  # the corpora give character offsets: no line end may change
    "-c", "http.lowSpeedLimit=1000", "-c", "http.lowSpeedTime=60",  # a connection that hangs fails after a minute
)  # fmt: skip


class GitError(Exception):
    """Git failed; the message is its own."""


def fetch_corpus(corpus: PublicCorpus, folder: Path) -> bool:
    """Clone a corpus to ``folder/name`` unless it is there, whole or not at all.

    Args:
        corpus: which, at its ``commit``.
        folder: what holds the corpora; made if it is not there.

    Returns:
        Whether it was fetched now; False where it lay there already.

    Raises:
        InputError: something else lies there, git is missing or fails, or what it brings is not the commit or lacks a part.
    """
    place = folder / corpus.name
    if is_there(corpus, place):
        return False
    if shutil.which("git") is None:
        raise InputError(f"git is not installed, and {corpus.name!r} is fetched with it; install it, or {by_hand(corpus, place)}")

    from whipcount.examples.storage import written_whole  # only here: it imports datasets, which takes a second

    remove_leftovers(place)
    try:
        with written_whole(place) as partial:
            _git("init", "--quiet", str(partial))
            _git("-C", str(partial), "fetch", "--quiet", "--depth", "1", corpus.repository, corpus.commit)
            _git("-C", str(partial), "checkout", "--quiet", "--detach", "FETCH_HEAD")
            commit = _head_of(partial)
            if commit != corpus.commit:
                raise InputError(
                    f"{corpus.repository} gave commit {commit!r} instead of {corpus.commit!r}; it was removed again: do not use that copy"
                )
            missing = missing_parts(partial, corpus)
            if missing:
                raise InputError(
                    f"{corpus.repository} at {corpus.commit} lacks {', '.join(missing)}; it was removed again: please report this fault"
                )
    except GitError as error:
        raise InputError(
            f"{corpus.name!r} was not fetched: git says {str(error)!r}; try again, or, without a network, {by_hand(corpus, place)}"
        ) from None
    except OSError as error:
        raise InputError(f"{place} cannot be written ({error}); give another folder with --to") from error
    return True


def is_there(corpus: PublicCorpus, place: Path) -> bool:
    """Return whether a corpus lies at ``place`` with every needed part; False where nothing or an empty folder does.

    A copy counts where nobody can tell its commit: without git or its records, or where git refuses to read another user's.

    Raises:
        InputError: a file is there, something else than the corpus, or a clone of it at another commit.
    """
    if not place.exists() or (place.is_dir() and not any(place.iterdir())):
        return False
    missing = missing_parts(place, corpus)
    if missing:
        raise InputError(
            f"{place}: something else than {corpus.name!r} is here (no {missing[0]}); remove it or give another folder with --to"
        )
    commit = ""
    if (place / ".git").exists() and shutil.which("git"):
        with suppress(GitError):
            commit = _head_of(place)
    if commit not in ("", corpus.commit):
        raise InputError(
            f"{place}: a clone of {corpus.name!r} at commit {commit}, not {corpus.commit}; remove it or give another folder with --to"
        )
    return True


def remove_leftovers(place: Path) -> None:
    """Remove what a killed fetch of the same corpus left beside ``place``; what a living process writes to stays."""
    for partial in place.resolve().parent.glob(f".{place.name}.partial-*"):
        process = partial.name.rpartition("-")[2]
        if process.isdecimal() and not _is_alive(int(process)):
            shutil.rmtree(partial, ignore_errors=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 does nothing but ask
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True


def _head_of(clone: Path) -> str:
    """Return the id of the commit that a clone is at."""
    return _git("-C", str(clone), "rev-parse", "HEAD").strip()


def _git(*words: str) -> str:
    """Run git and return what it prints.

    Raises:
        GitError: it fails.
    """
    environment = {key: value for key, value in os.environ.items() if key not in MISLEADING}
    environment |= {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}  # fail instead of asking for a password
    run = subprocess.run(["git", *SETTINGS, *words], env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if run.returncode:
        lines = run.stderr.strip().splitlines() or [f"exit status {run.returncode}"]
        raise GitError(next((line for line in lines if line.startswith("fatal:")), lines[-1]))
    return run.stdout


def fetch_and_show(name: str, to: str) -> None:
    """Print licence, terms and paper of a corpus, fetch it, and print where it lies and what to set.

    Args:
        name: of the corpus.
        to: the folder that holds the corpora; empty for the one that ``WHIPCOUNT_DATA`` names.

    Raises:
        InputError: as ``fetch_corpus``, no public corpus has that name, or neither ``to`` nor ``WHIPCOUNT_DATA`` says where to.
    """
    corpus = find_public(name)
    data = data_folder()
    if not to and data is None:
        raise InputError(f"where should {name!r} go? give a folder with --to, or set {DATA_VARIABLE} to one")
    folder = (Path(to).expanduser() if to else data or Path()).resolve()
    sys.stdout.write(licence_notice(corpus) + "\n")
    sys.stdout.flush()
    fetched = fetch_corpus(corpus, folder)
    sys.stdout.write(f"{'fetched to' if fetched else 'already there:'} {folder / name}\n")
    if data is None or data.resolve() != folder:
        sys.stdout.write(f"set {DATA_VARIABLE} to {folder}\n")


def main(words: Sequence[str] | None = None) -> None:
    """Run the command with the words after ``whipcount fetch``; a fault or a Ctrl-C becomes one line and an exit status."""
    parser = argparse.ArgumentParser(
        prog="whipcount fetch",
        description="Clone a public corpus at the one commit that is used here. Its licence is printed first: heed it.",
        epilog=" | ".join(f"{name}: {corpus.licence.split(':')[0]}" for name, corpus in CORPORA.items()),
        allow_abbrev=False,
    )
    parser.add_argument("corpus", metavar="CORPUS", help=f"one of {', '.join(CORPORA)}")
    parser.add_argument("--to", metavar="FOLDER", default="", help=f"holds the corpora, each in a folder of its name ({DATA_VARIABLE})")
    given = parser.parse_args(words)
    try:
        fetch_and_show(given.corpus, given.to)
    except InputError as error:
        sys.exit(f"whipcount fetch: {error}")
    except KeyboardInterrupt:
        sys.stderr.write("whipcount fetch: stopped; the same command begins anew\n")
        sys.exit(INTERRUPTED)


if __name__ == "__main__":
    main()
