"""NewsMTSC: what news sentences convey toward marked targets, whoever holds it.

Paper: Hamborg, Donnay 2021, NewsMTSC: A Dataset for (Multi-)Target-dependent Sentiment Classification in Political News Articles,
EACL. Source: github.com/fhamborg/NewsMTSC. Licence: MIT, by its LICENSE.

Fields, one JSON object a line: ``primary_gid``, ``sentence_normalized`` and ``targets``, each with ``from`` and ``to`` (character
offsets), ``mention``, ``polarity`` and sometimes ``further_mentions``, coreferent ones. Label mapping: 2.0 against, 4.0 none, 6.0
favor, held by ``someone``, which stands here for anybody: nothing is said of a speaker.

Known defects: the two development parts, ``rw`` (as found in the real world) and ``mt`` (several targets a sentence, of differing
polarity), share sentences by design: they are told apart by the article id. Some sentences occur more than once in train. Where marked
mentions overlap only the first is shown, and a target may be left without one. A few targets stand twice, with one polarity: both are kept.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from whipcount.corpora.public import CORPORA, find_part
from whipcount.corpora.texts import read_utf8
from whipcount.schema import GIVEN, SOMEONE, TARGETS, Actor, Article, InputError, Mention, Span, Stance

PARTS = {"train": "train", "dev_rw": "development", "dev_mt": "development", "test_rw": "test", "test_mt": "test"}
STANCE = {2.0: "against", 4.0: "none", 6.0: "favor"}


def read_newsmtsc(folder: Path) -> tuple[list[Article], Counter[str]]:
    """Read the parts that are there, each sentence as an article, and count by reason what was left out.

    Args:
        folder: what holds ``train.jsonl``, ``dev_rw.jsonl`` and ``dev_mt.jsonl``, or a clone of the repository.

    Raises:
        InputError: no part is there, one is not UTF-8, or a line is malformed.
    """
    parts = {part: path for part in PARTS if (path := find_part(folder, CORPORA["newsmtsc"], part))}
    if "train" not in parts:
        raise InputError(f"{folder}: no train.jsonl; give the folder that a clone of fhamborg/NewsMTSC is")
    losses: Counter[str] = Counter()
    articles = []
    for part, path in parts.items():
        for number, line in enumerate(read_utf8(path).split("\n"), start=1):  # texts may hold other line ends
            if line.strip():
                articles.append(_read_line(line, f"{path}:{number}", f"{part}-{number:05d}", PARTS[part], losses))
    return articles, +losses


def _read_line(line: str, where: str, identifier: str, split: str, losses: Counter[str]) -> Article:
    try:
        row = json.loads(line)
        text: str = row["sentence_normalized"]
        origin: str = row["primary_gid"]
        actors, mentions, stances = [], [], []
        for number, target in enumerate(row["targets"]):
            key = f"t{number}"
            actors.append(Actor(key, target["mention"].strip() or "it", "person"))
            stances.append(Stance(0, SOMEONE, key, STANCE[target["polarity"]]))
            mentions += [_mention(key, place, text, where) for place in (target, *(target.get("further_mentions") or []))]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{where}: {line[:60]!r} is no row of NewsMTSC ({type(error).__name__}: {error}); get the corpus again") from None
    shown: list[Mention] = []
    for mention in sorted(mentions, key=lambda mention: (mention.start_char, -mention.end_char)):
        if shown and mention.start_char < shown[-1].end_char:
            losses["overlapping mentions"] += 1
        else:
            shown.append(mention)
    losses["targets without a mention of their own"] += len(actors) - len({mention.actor for mention in shown})
    return Article(
        corpus="newsmtsc",
        id=identifier,
        text=text,
        sentences=(Span(0, len(text)),),
        actors=tuple(actors),
        mentions=tuple(shown),
        stances=tuple(stances),
        split=split,
        source=origin,
        annotation=TARGETS,
    )


def _mention(key: str, place: dict[str, Any], text: str, where: str) -> Mention:
    start_char, end_char = place["from"], place["to"]
    if text[start_char:end_char] != place["mention"]:
        raise InputError(
            f"{where}: {text[start_char:end_char]!r} stands at {start_char}:{end_char}, not {place['mention']!r}; get the corpus again"
        )
    return Mention(key, start_char, end_char, GIVEN)
