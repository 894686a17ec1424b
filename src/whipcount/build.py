"""``python -m whipcount.build``: folders of annotated articles become a dataset folder."""

from __future__ import annotations

import logging
import platform
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tqdm.auto import tqdm

from whipcount.config import BuildConfig
from whipcount.corpora.public import defects_of, licences_of
from whipcount.corpora.sources import open_sources, published_parts
from whipcount.examples.card import count_split, render_card
from whipcount.examples.digests import digest_code, digest_files
from whipcount.examples.duplicates import find_duplicates, to_json
from whipcount.examples.pairs import count_losses
from whipcount.examples.splits import find_leakage, split_by_story
from whipcount.examples.storage import fingerprint, load_manifest, save_dataset
from whipcount.launch import launch
from whipcount.schema import SPLITS, Article, InputError

log = logging.getLogger(__name__)

MADE_BY = ("schema.py", "build.py", "corpora/*.py", "examples/*.py", "reading/*")
"""The code that a dataset's rows come from."""
MAX_LEAKS = 10
"""How many leaks between splits the message tells of."""


def build(config: BuildConfig) -> dict[str, Any]:
    """Build the dataset unless the same one is there already; return its manifest.

    Its fingerprint tells of what it was made of, by which records and models name it. What other code has made of the same is built again
    under the same fingerprint.

    Raises:
        InputError: a folder or an article is malformed, two folders are of one name, or a corpus's story or a near-duplicate sentence
            stands in two splits. In a public corpus, whose splits are the published ones, such sentences are counted instead.
    """
    out = Path(config.out)
    sources = open_sources(config.data.folders)
    inputs = {f"{source.name}/{path.relative_to(source.folder)}": digest_files(path) for source in sources for path in source.files}
    key, code = fingerprint(inputs, version("whipcount")), digest_code(*MADE_BY)
    if out.is_dir() and (manifest := _manifest_of(out)).get("fingerprint") == key and manifest.get("code") == code:
        log.info("%s is up to date", out)
        return manifest
    read: list[Article] = []
    losses: Counter[str] = Counter()
    parts: dict[str, dict[str, bool]] = {}
    for source in tqdm(sources, desc="read", unit="corpus"):
        found, left_out = source.read()
        read += found
        losses.update({f"{source.name}: {reason}": count for reason, count in left_out.items()})
        if source.public:
            parts[source.name] = published_parts(source, found)
            if missing := [part for part, here in parts[source.name].items() if not here]:
                log.info("%s: no %s part here (withheld, or not fetched); going on without", source.name, " and no ".join(missing))
    articles = split_by_story(read)
    leakage = find_leakage(articles, published=[source.name for source in sources if source.public])
    if leaks := leakage.sentences:
        stand = "1 sentence of eight words or more stands" if len(leaks) == 1 else f"{len(leaks)} sentences of eight words or more stand"
        raise InputError(
            f"{stand} in two splits, the same or nearly{f'; the first {MAX_LEAKS}' if len(leaks) > MAX_LEAKS else ''}:\n"
            + "".join(f"  {leak}\n" for leak in leaks[:MAX_LEAKS])
            + "put its stories into one split (header line 'split:'), or mark a line that recurs as furniture ('% ' before it)"
        )
    for article in articles:
        losses.update(count_losses(article))
    duplicates = find_duplicates(articles)
    public = {source.name: source.public for source in sources if source.public}
    manifest = {
        "fingerprint": key,
        "code": code,
        "folders": [source.name for source in sources],
        "counts": {split: count_split([article for article in articles if article.split == split]) for split in SPLITS},
        "losses": dict(losses),
        "licences": licences_of(public),
        "defects": defects_of(public),
        "published_parts": parts,
        "shared_actors": list(leakage.actors),
        "duplicates": to_json(duplicates),
        "inputs": inputs,
        "versions": {"whipcount": version("whipcount"), "datasets": version("datasets"), "python": platform.python_version()},
    }
    save_dataset(out, articles, manifest, render_card(manifest))
    for split in SPLITS:
        log.info("%s: %s", split, ", ".join(f"{count:,} {name}" for name, count in manifest["counts"][split].items()))
    for reason, count in losses.items():
        log.info("not carried by the rows: %s %s", f"{count:,}", reason)
    for leak in duplicates.leaks:
        again = f"{leak.exact:,} stand word for word in {leak.other}, {leak.near:,} nearly"
        log.info("%s: of %s sentences %s", leak.part, f"{leak.n_sentences:,}", again)
    log.info("actor names in more than one split: %d", len(leakage.actors))
    log.info("dataset written to %s", out)
    return manifest


def _manifest_of(out: Path) -> dict[str, Any]:
    try:
        return load_manifest(out)
    except InputError as error:
        log.info("%s", error)
        return {}


if __name__ == "__main__":
    launch(build, BuildConfig, "build")
