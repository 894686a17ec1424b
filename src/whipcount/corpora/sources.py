"""Where the articles of a configured corpus come from: bundled, a folder of annotated text, or a public corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from whipcount.corpora.authored import read_corpus
from whipcount.corpora.dse import read_dse
from whipcount.corpora.folders import find_corpus
from whipcount.corpora.newsmtsc import read_newsmtsc
from whipcount.corpora.public import find_part, find_public, locate_corpus
from whipcount.corpora.seesaw import read_seesaw
from whipcount.schema import SPLITS, Article

Reader = Callable[[Path], tuple[list[Article], Counter[str]]]

READERS: dict[str, tuple[str, Reader]] = {
    "seesaw": ("seesaw", read_seesaw),
    "dse": ("dse", read_dse),
    "dse-clean": ("dse", partial(read_dse, clean=True)),
    "newsmtsc": ("newsmtsc", read_newsmtsc),
}
"""By the name of a protocol, the public corpus it reads and how. Their published splits stay as they are."""

CLEANED = {"dse-clean": "dse"}
"""By the name of a protocol that leaves training articles out, the one that reads all that were published."""

SUFFIXES = {".txt", ".json", ".jsonl"}


@dataclass(frozen=True)
class Source:
    """A corpus that can be read: its name, the folder it lies in, the files it is made of."""

    name: str
    folder: Path
    files: tuple[Path, ...]

    @property
    def public(self) -> str:
        """Name of the public corpus, or empty."""
        return READERS[self.name][0] if self.name in READERS else ""

    def read(self) -> tuple[list[Article], Counter[str]]:
        """Return the articles, and the count by reason of what the reader left out.

        Raises:
            InputError: a file is missing or malformed.
        """
        if self.public:
            return READERS[self.name][1](self.folder)
        return read_corpus(self.folder), Counter()


def open_source(name: str) -> Source:
    """Return the corpus of a name in ``READERS``, of a bundled name, or of a folder.

    Raises:
        InputError: there is none, with what to do.
    """
    if name in READERS:
        folder = locate_corpus(READERS[name][0])
        files = tuple(sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and ".git" not in path.parts))
    else:
        folder = find_corpus(name)
        name, files = folder.resolve().name, tuple(sorted(folder.glob("*.txt")))
    return Source(name, folder, files)


def published_train(names: Iterable[str]) -> list[Article]:
    """Return, for those corpora that are read without some training articles, all training articles that were published.

    So that what a cleaned corpus calls unseen is what the published one does.
    """
    whole = [open_source(CLEANED[name]).read()[0] for name in names if name in CLEANED]
    return [article for articles in whole for article in articles if article.split == "train"]


def published_parts(source: Source, articles: Iterable[Article]) -> dict[str, bool]:
    """Return of each published part of a public corpus whether it is here: of each file, or of each split where files are no parts.

    Args:
        source: a public corpus.
        articles: all of it.
    """
    corpus = find_public(source.public)
    if len(corpus.needed) < len(corpus.places):
        return {part: find_part(source.folder, corpus, part) is not None for part in corpus.places}
    here = {article.split for article in articles}
    return {split: split in here for split in SPLITS}
