"""Datasets on disk: the articles once, one row per example, a manifest, a card.

A dataset folder holds ``articles/`` and ``examples/`` (each a saved ``datasets.DatasetDict`` over the splits that are
not empty), ``manifest.json`` and ``README.md``. It is written under a temporary name and renamed, so a folder that
stands under its own name is whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value, concatenate_datasets, load_from_disk

from whipcount.examples.pairs import each_example
from whipcount.schema import SPLITS, STANCES, TAGS, Actor, Article, InputError, Mention, Span, Stance

FORMAT_VERSION = 2
CHUNK = 10_000
"""Rows that are held at once as Python objects, 2 kB each: a corpus has millions, a long article with many actors as many."""
MANIFEST = "manifest.json"
MARKER = "articles/dataset_dict.json"
"""What a dataset folder holds and nothing else does; experiments have a manifest, too."""

_RANGE = {"start_char": Value("int32"), "end_char": Value("int32")}
_ACTOR = {"id": Value("string"), "name": Value("string"), "kind": Value("string"), "aliases": List(Value("string"))}
_STANCE = {
    "sentence": Value("int32"),
    "speaker": Value("string"),
    "target": Value("string"),
    "stance": Value("string"),
    "tags": List(Value("string")),
}
_MENTION = {"actor": Value("string"), **_RANGE, "why": Value("string")}

ARTICLE_FEATURES = Features(
    {
        **{
            key: Value("string")
            for key in ("corpus", "id", "text", "story", "split", "register", "date", "outlet", "title", "source", "annotation")
        },
        "sentences": List(_RANGE),
        "furniture": List(_RANGE),
        "actors": List(_ACTOR),
        "mentions": List(_MENTION),
        "stances": List(_STANCE),
    }
)

EXAMPLE_FEATURES = Features(
    {
        "id": Value("string"),
        "article": Value("string"),
        "story": Value("string"),
        "sentence": Value("int32"),
        "speaker": Value("string"),
        "target": Value("string"),
        "stance": ClassLabel(names=list(STANCES)),
        "tags": List(ClassLabel(names=list(TAGS))),
        "sentence_range": _RANGE,
        "speaker_mentions": List(_RANGE),
        "target_mentions": List(_RANGE),
    }
)


@dataclass(frozen=True)
class StoredDataset:
    """A dataset folder as loaded: articles and rows by split, and the manifest."""

    articles: dict[str, list[Article]]
    examples: DatasetDict
    manifest: dict[str, Any]


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path`` to write a file or folder to; on success it takes the place of ``path``.

    If the block fails, nothing is left of the temporary path and ``path`` stays as it was.

    Raises:
        InputError: a folder stands where the block wrote a file, or a file where it wrote a folder.
    """
    path = path.resolve()  # a link stays, what it points to is replaced
    path.parent.mkdir(parents=True, exist_ok=True)
    partial, retired = (path.with_name(f".{path.name}.{kind}-{os.getpid()}") for kind in ("partial", "retired"))
    _remove(partial)  # of a run of this number that was killed
    try:
        yield partial
        if path.exists() and path.is_dir() != partial.is_dir():
            raise InputError(f"{path}: there is a {'folder' if path.is_dir() else 'file'} of this name already; give another or remove it")
        if path.is_dir():
            _remove(retired)
            path.rename(retired)
            partial.rename(path)
            shutil.rmtree(retired)
        else:
            partial.replace(path)
    finally:
        _remove(partial)


def _remove(path: Path) -> None:
    """Remove a file or folder, if there is one."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)


def check_replaceable(folder: Path, marker: str, kind: str) -> None:
    """Refuse to replace what is no ``kind`` of folder: a mistyped setting must not cost anybody a folder.

    Args:
        folder: what is about to be replaced; nothing or an empty folder may stand there.
        marker: the file that every folder of the kind holds, and no other folder.
        kind: what to call it in the message.

    Raises:
        InputError: a file stands there, or a folder that is not empty and lacks the marker.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError(f"{folder}: a file stands here; name a folder for the {kind}")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / marker).is_file():
        raise InputError(f"{folder}: the folder holds something else than a {kind} (no {marker}); name another folder or empty it")


def fingerprint(*parts: object) -> str:
    """Return a sha256 over JSON-serialisable values, to tell whether something has changed."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def is_current(record: Path, key: str) -> bool:
    """Whether a record is there and tells this fingerprint."""
    return record.is_file() and json.loads(record.read_text(encoding="utf-8"))["fingerprint"] == key


def fingerprint_articles(articles: Iterable[Article]) -> str:
    """Return a fingerprint of articles as their corpora give them; ``utterances``, which only reading finds, take no part."""
    return fingerprint([{name: value for name, value in asdict(article).items() if name != "utterances"} for article in articles])


def save_dataset(folder: Path, articles: Sequence[Article], manifest: Mapping[str, Any], card: str) -> None:
    """Write ``articles`` and their rows as a dataset folder.

    Args:
        folder: where; an older dataset there is replaced.
        articles: each with its split.
        manifest: what to record beside them; the format's version is added.
        card: the text of ``README.md``.

    Raises:
        InputError: ``folder`` holds something else than a dataset; it would be lost.
    """
    check_replaceable(folder, MARKER, "dataset")
    by_split = {split: [article for article in articles if article.split == split] for split in SPLITS}
    by_split = {split: members for split, members in by_split.items() if members}  # an empty split cannot be loaded again
    with written_whole(folder) as partial:
        DatasetDict(
            {split: Dataset.from_list([_article_row(a) for a in members], features=ARTICLE_FEATURES) for split, members in by_split.items()}
        ).save_to_disk(partial / "articles")
        DatasetDict(
            {
                split: concatenate_datasets([Dataset.from_list(rows, features=EXAMPLE_FEATURES) for rows in _example_rows(members)])
                for split, members in by_split.items()
            }
        ).save_to_disk(partial / "examples")
        (partial / MANIFEST).write_text(json.dumps({"format_version": FORMAT_VERSION, **manifest}, indent=2) + "\n", encoding="utf-8")
        (partial / "README.md").write_text(card, encoding="utf-8")


def load_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a dataset folder.

    Raises:
        InputError: no dataset there, or one of another version.
    """
    try:
        loaded = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{folder}: no dataset here; build one with 'python -m whipcount.build' (or 'make data')") from None
    manifest: dict[str, Any] = loaded if isinstance(loaded, dict) else {}
    version = manifest.get("format_version")
    if version != FORMAT_VERSION:
        raise InputError(f"{folder}: a dataset of format version {version}, this whipcount reads {FORMAT_VERSION}; build it again")
    return manifest


def load_dataset_folder(folder: Path) -> StoredDataset:
    """Load a dataset folder; a split without articles is an empty list and an empty table.

    Raises:
        InputError: no dataset there, one of another version, or one that is damaged.
    """
    manifest = load_manifest(folder)
    try:
        tables = load_from_disk(str(folder / "articles"))
        examples = load_from_disk(str(folder / "examples"))
        articles = {split: [_article(row) for row in tables[split]] if split in tables else [] for split in SPLITS}
    except InputError:
        raise
    except Exception as error:  # datasets and pyarrow raise many kinds for a damaged folder
        raise InputError(f"{folder}: the dataset is damaged ({type(error).__name__}); delete it and build it again") from error
    empty = {split: Dataset.from_dict({key: [] for key in EXAMPLE_FEATURES}, features=EXAMPLE_FEATURES) for split in SPLITS}
    return StoredDataset(articles, DatasetDict({**empty, **examples}), manifest)


def select_corpora(dataset: StoredDataset, corpora: Collection[str]) -> StoredDataset:
    """Return the held-out articles and the rows of some corpora; articles to learn from stay, for they tell what training has seen."""
    articles = {
        split: members if split == "train" else [article for article in members if article.corpus in corpora]
        for split, members in dataset.articles.items()
    }
    examples = {}
    for split, table in dataset.examples.items():
        names = table.with_format("arrow")["article"][:].to_pylist()
        kept = [index for index, name in enumerate(names) if name.split("/")[0] in corpora]
        examples[split] = table if len(kept) == len(names) else table.select(kept)
    return StoredDataset(articles, DatasetDict(examples), dataset.manifest)


def _article_row(article: Article) -> dict[str, Any]:
    row = asdict(article)
    return {key: row[key] for key in ARTICLE_FEATURES}


def _example_rows(articles: Iterable[Article]) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of articles as they are stored, ``CHUNK`` at a time."""
    examples = (example for article in articles for example in each_example(article))
    rows = ({**example, "tags": [TAGS.index(tag) for tag in example["tags"]]} for example in examples)
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _article(row: Mapping[str, Any]) -> Article:
    return Article(
        **{
            **row,
            "sentences": tuple(Span(**span) for span in row["sentences"]),
            "furniture": tuple(Span(**span) for span in row["furniture"]),
            "actors": tuple(Actor(**{**actor, "aliases": tuple(actor["aliases"])}) for actor in row["actors"]),
            "mentions": tuple(Mention(**mention) for mention in row["mentions"]),
            "stances": tuple(Stance(**{**stance, "tags": tuple(stance["tags"])}) for stance in row["stances"]),
        }
    )
