"""SEESAW: who stands how toward whom in whole American news articles.

Paper: Zhang, Beauchamp, Wang 2022, Generative Entity-to-Entity Stance Detection with Knowledge Graph Augmentation, EMNLP.
Source: github.com/launchnlp/SEESAW. Licence: CC BY-NC-SA 4.0, which also binds weights trained on it.

Fields: ``articles/X.json`` holds title and sentences, ``annotations/X.json`` the entities (canonical name, type by annotator) and
for each sentence its triplets, ``meta/TRIPLET_n.json`` the story of three articles with ``Split``, ``story_time`` and sources.

Label mapping: POS is favor, NEG against; every other pair of the article's entities is none. Subject ``None`` is ``author``, ``Not in
the list`` is ``someone``. The types People, Organization, GPE and Religion are actors, Topic, Event and Others the kind ``topic``;
where annotators differ the commonest counts; People in small letters or of one word with an s, and organisations in small letters, are
groups. Beside its canonical name an actor has those that ``reading.aliases.american_names`` gives it.
Stories stay in their published split; a withheld one is simply not there.

Known defects: only stances are annotated and every listed entity takes part in one, so the list gives part of the answer away (an
oracle roster). So does its order, which is almost that of the first stances (Spearman's correlation, the mean over articles with four
entities or more: 0.89 in train, 0.93 in valid; with that of the first names in the text 0.63 and 0.69): what learns from these articles
must not see it. Where several people annotated an article, the triplets are the union of theirs. A few pairs of a sentence bear both
labels: the one with more annotators stays, of equals the first. Names are canonical, without offsets: "Democratic Party" where
the text says "Democrats", or in small letters. Some sentences are empty and left out: sentence numbers count the others.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from whipcount.reading.aliases import american_names
from whipcount.schema import AUTHOR, SOMEONE, TOPIC, Actor, Article, InputError, Span, Stance

SPLITS = {"train": "train", "valid": "development", "test": "test"}
STANCE = {"POS": "favor", "NEG": "against"}
KIND = {"People": "person", "Organization": "organisation", "GPE": "organisation", "Religion": "group"}
RESERVED = {"None": AUTHOR, "Not in the list": SOMEONE}


def read_seesaw(folder: Path) -> tuple[list[Article], Counter[str]]:
    """Read the articles of all published stories, and count by reason what was left out.

    Args:
        folder: what holds ``SEESAW/articles``, ``SEESAW/annotations`` and ``SEESAW/meta``.

    Raises:
        InputError: the folder is not SEESAW, or a file is malformed.
    """
    root = folder / "SEESAW"
    paths = sorted((root / "annotations").glob("*.json"))
    if not paths:
        raise InputError(f"{root}: no annotations/*.json; give the folder that a clone of launchnlp/SEESAW is")
    losses: Counter[str] = Counter()
    return [_read_article(root, path, losses) for path in paths], +losses


def _read_article(root: Path, path: Path, losses: Counter[str]) -> Article:
    story, found, number = path.stem.partition("_DOCUMENT_")
    if not found:
        raise InputError(f"{path}: no '_DOCUMENT_' in its name; is this the published SEESAW?")
    annotation, words, meta = _load(path), _load(root / "articles" / path.name), _load(root / "meta" / f"{story}.json")
    try:
        text, sentences, index = _join(words["text"])
        losses["empty sentences"] += len(words["text"]) - len(sentences)
        actors = _actors(annotation["entity lists"], text)
        stances = _stances(annotation["sentence-level stances"], actors, index, losses)
        source = meta.get(f"Meta info for article {number}", {})
        return Article(
            corpus="seesaw",
            id=path.stem,
            text=text,
            sentences=tuple(sentences),
            actors=tuple(actors.values()),
            stances=tuple(stances),
            story=story,
            split=SPLITS[meta["Split"]],
            date=meta.get("story_time", ""),
            outlet=source.get("source", ""),
            title=annotation.get("title", ""),
            source=source.get("url", ""),
        )
    except KeyError as error:
        raise InputError(f"{path}: {error.args[0]!r} is missing or unknown; is this the published SEESAW?") from None
    except (AttributeError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not as published ({error}); get the corpus again") from None


def _load(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise InputError(f"{path}: no such file, though the corpus names it; get the corpus again") from None
    except ValueError as error:
        raise InputError(f"{path}: no JSON ({error}); get the corpus again") from None


def _join(rows: list[dict[str, Any]]) -> tuple[str, list[Span], dict[str, int]]:
    """Return the text, its sentences, and which of them a published sentence number means."""
    text = ""
    sentences: list[Span] = []
    index: dict[str, int] = {}
    for row in rows:
        words = row["text"].strip()
        if words:
            index[str(row["id"])] = len(sentences)
            text += "\n" if text else ""
            sentences.append(Span(len(text), len(text) + len(words)))
            text += words
    return text, sentences, index


def _actors(entities: list[list[Any]], text: str) -> dict[str, Actor]:
    """Return the actors by their published name."""
    actors: dict[str, Actor] = {}
    for name, types, *_ in entities:
        if name in actors:
            continue
        if not types:
            raise KeyError(f"type of {name}")
        kind = KIND.get(Counter(types).most_common(1)[0][0], TOPIC)
        spelled = _spelled(name, text)
        if (kind == "person" and (spelled.islower() or re.fullmatch(r"\w+s", spelled))) or (kind == "organisation" and spelled.islower()):
            kind = "group"
        actors[name] = Actor(f"e{len(actors)}", spelled, kind, tuple(american_names(spelled, kind)))
    return actors


def _spelled(name: str, text: str) -> str:
    """Return a name that is published in small letters as the text spells it, if with capitals."""
    if not name.islower():
        return name
    pattern = r"(?<!\w)" + r"\s+".join(re.sub("['’]", "['’]", re.escape(word)) for word in name.split()) + r"(?!\w)"
    found = [match[0] for match in re.finditer(pattern, text, re.IGNORECASE) if all(word[0].isupper() for word in match[0].split())]
    return " ".join(found[0].split()) if len(name.split()) > 1 and found else name


def _stances(
    by_sentence: Mapping[str, list[dict[str, Any]]], actors: Mapping[str, Actor], index: Mapping[str, int], losses: Counter[str]
) -> list[Stance]:
    kept: dict[tuple[int, str, str], tuple[int, str]] = {}
    for number, triplets in by_sentence.items():
        for triplet in triplets:
            speaker, target = (
                RESERVED[name] if (name := triplet[end]) in RESERVED else actors[name].id for end in ("subject", "object")
            )  # fmt: skip
            if speaker == target:
                losses["stances toward oneself"] += 1
                continue
            if number not in index:
                losses["stances of an empty sentence"] += 1
                continue
            row, votes = (index[number], speaker, target), len(triplet["annotators"])
            if row in kept:
                losses["second labels of a pair"] += 1
            if row not in kept or votes > kept[row][0]:
                kept[row] = votes, STANCE[triplet["sentiment"]]
    return [Stance(*row, stance) for row, (_, stance) in sorted(kept.items())]
