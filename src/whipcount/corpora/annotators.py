"""Second annotations: what another annotator, given only text and roster, says of the articles of a corpus.

A corpus folder may hold ``annotators/<name>/<article>.ann``. Each line is ``SENTENCE SPEAKER TARGET STANCE``: the index of
the sentence, two ids of the roster, ``favor`` or ``against``. What is not written is ``none``; an empty file says that
nothing is held. Source and licence: those of the corpus. Known defects: the format has no tags and no mentions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from whipcount.corpora.sources import open_sources
from whipcount.corpora.texts import read_utf8
from whipcount.schema import NONE, STANCES, Article, InputError, Stance

FOLDER = "annotators"


def read_annotations(names: Sequence[str], articles: Sequence[Article]) -> dict[str, list[Article]]:
    """Return annotator → those of the articles that the annotator has annotated, with that annotator's stances.

    Args:
        names: corpora, bundled, public or folders (``open_sources``); every annotator of theirs is read.
        articles: of any corpora; annotations of others are passed over.

    Raises:
        InputError: there is no such corpus, or an annotation of one of the articles is malformed.
    """
    found: dict[str, list[Article]] = {}
    for source in open_sources(names):
        known = {article.id: article for article in articles if article.corpus == source.name}
        for path in sorted((source.folder / FOLDER).glob("*/*.ann")):
            if path.stem in known:
                found.setdefault(path.parent.name, []).append(_annotate(known[path.stem], path))
    return found


def read_annotator(folder: Path, articles: Sequence[Article]) -> list[Article]:
    """Return the articles that an annotator has annotated, with that annotator's stances in place of the corpus's.

    Args:
        folder: holds the annotator's ``*.ann``; read in the order of their names.
        articles: those of the corpus; mentions and all else are kept from them.

    Raises:
        InputError: the folder holds no annotation, a file is of no article of the corpus, or a line is malformed or
            names a sentence or an actor that the article does not have.
    """
    known = {article.id: article for article in articles}
    paths = sorted(folder.glob("*.ann"))
    if not paths:
        raise InputError(f"{folder}: no *.ann in it; give one annotator's folder")
    annotated = []
    for path in paths:
        if path.stem not in known:
            raise InputError(f"{path}: the corpus has no article {path.stem!r}; name the file after an article's id")
        annotated.append(_annotate(known[path.stem], path))
    return annotated


def _annotate(article: Article, path: Path) -> Article:
    try:
        lines = read_utf8(path).splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    stances: tuple[Stance, ...] = ()
    annotated = replace(article, stances=stances)
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                stances += (_parse_line(line),)
                annotated = replace(article, stances=stances)
            except InputError as error:
                raise InputError(f"{path}:{number}: {error}") from None
    return annotated


def _parse_line(line: str) -> Stance:
    words = line.split()
    if len(words) != 4 or not words[0].isdecimal() or words[3] not in STANCES[:NONE]:
        raise InputError(f"{line!r} is no stance; expected 'SENTENCE SPEAKER TARGET favor|against'")
    return Stance(int(words[0]), words[1], words[2], words[3])
