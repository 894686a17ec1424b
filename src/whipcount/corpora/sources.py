"""Where the articles of a configured corpus come from: bundled, a folder of annotated text, or a public corpus."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from whipcount.corpora.authored import article_files, corpus_name, read_corpus
from whipcount.corpora.dse import read_dse
from whipcount.corpora.folders import BUNDLED, bundled_names, find_corpus
from whipcount.corpora.newsmtsc import read_newsmtsc
from whipcount.corpora.public import CORPORA, DATA_VARIABLE, find_part, find_public, locate_corpus
from whipcount.corpora.seesaw import read_seesaw
from whipcount.schema import SPLITS, Article, InputError

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
        InputError: there is none, or a folder bears the name of another corpus, with what to do.
    """
    if name in READERS:
        folder = locate_corpus(READERS[name][0])
        files = tuple(sorted(path for path in folder.rglob("*") if path.suffix in SUFFIXES and ".git" not in path.parts))
    else:
        folder = find_corpus(name)
        name, files = _own_name(folder), tuple(article_files(folder))
    return Source(name, folder, files)


def open_sources(names: Iterable[str]) -> list[Source]:
    """Return the corpora of several names, see ``open_source``.

    Raises:
        InputError: as there, or two are of one name.
    """
    sources = [open_source(name) for name in names]
    check_distinct(sources)
    return sources


def check_distinct(sources: Sequence[Source]) -> None:
    """Refuse two corpora of one name: their articles would be taken for each other's.

    Raises:
        InputError: there are two.
    """
    folders: dict[str, Path] = {}
    for source in sources:
        if source.name in folders:
            raise InputError(
                f"two corpora are called {source.name!r}: {folders[source.name]} and {source.folder}; rename one, or name it once"
            )
        folders[source.name] = source.folder


def _own_name(folder: Path) -> str:
    """Return the name of a corpus that is bundled or a user's folder.

    Raises:
        InputError: a user's folder bears the name of another corpus, or a public one is given by its path.
    """
    name = corpus_name(folder)
    if name in READERS:
        raise InputError(
            f"{folder}: {name!r} is the name of a public corpus; to read that, set {DATA_VARIABLE} to the folder that holds "
            f"{READERS[name][0]}/ and write {name!r} alone; if these are your own articles, rename the folder"
        )
    if name in {*bundled_names(), *CORPORA} and folder.resolve() != (BUNDLED / name).resolve():
        raise InputError(f"{folder}: the name {name!r} is that of a corpus that whipcount knows; rename the folder")
    return name


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
