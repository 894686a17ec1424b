"""DSE: directed sentiment between two marked entities of one sentence.

Paper: Park, Pan, Joo 2021, Who Blames or Endorses Whom? Entity-to-Entity Directed Sentiment Extraction in News Text, Findings of
ACL. Source: github.com/bywords/directed_sentiment_analysis. Licence: none stated;
its README allows use that cites the paper.

Fields, tab separated: sentence with the two entities in brackets, entity p, entity q, class. Label mapping: 0 no stance either way,
1 p favors q, 2 q favors p, 3 p is against q, 4 q is against p. A row says at most one direction, and nothing of the other.

Known defects: of 16,228 published rows 2,497 occur twice; 392 of the 1,461 valid rows and 24.6 % of the test rows stand word for
word in train (brackets and capitals aside a few more do). Hence two protocols: ``dse`` as published, the only one to be set beside
published figures, and ``dse-clean``, whose train part lacks the rows that stand in valid or test, as far as these parts are here.
Brackets often cut a word ("[Congre]ss"): mentions here run on to its end. In about 40 rows the named entities have stray quotation
marks; the brackets count. Rows without two brackets are left out and counted.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from pathlib import Path

from whipcount.corpora.public import CORPORA, find_part
from whipcount.corpora.texts import read_utf8
from whipcount.schema import GIVEN, PAIR, Actor, Article, InputError, Mention, Span, Stance

log = logging.getLogger(__name__)

PARTS = {"train": "train", "valid": "development", "test": "test"}
CLASSES = ((), ("p", "q", "favor"), ("q", "p", "favor"), ("p", "q", "against"), ("q", "p", "against"))
"""Speaker, target and stance of each class."""

ENDS = ("p", "q")
WORD = re.compile(r"\w*")
BRACKETED = re.compile(r"\[([^\[\]]*)\]")


def read_dse(folder: Path, clean: bool = False) -> tuple[list[Article], Counter[str]]:
    """Read the parts that are there, each sentence as an article, and count by reason what was left out.

    Args:
        folder: what holds ``train.txt`` and ``valid.txt``, or ``dataset/`` with them.
        clean: leave out of train what stands in the other parts; those that are not here are warned of.

    Raises:
        InputError: no part is there, one is not UTF-8, or a line is malformed.
    """
    parts = {part: path for part in PARTS if (path := find_part(folder, CORPORA["dse"], part))}
    if "train" not in parts:
        raise InputError(f"{folder}: no train.txt; give the folder that a clone of bywords/directed_sentiment_analysis is")
    lines = {part: read_utf8(path).split("\n") for part, path in parts.items()}
    held_out = {line for part in parts if part != "train" for line in lines[part]} if clean else set()
    if clean and (missing := [part for part in PARTS if part not in parts]):
        log.warning("dse-clean: train rows that stand in %s stay, for it is not here: score no model of these on it", " or ".join(missing))
    losses: Counter[str] = Counter()
    articles = []
    for part, path in parts.items():
        for number, line in enumerate(lines[part], start=1):
            if not line.strip():
                continue
            if part == "train" and line in held_out:
                losses["train rows that stand in another part"] += 1
                continue
            article = _read_line(line, f"{path}:{number}", f"{part}-{number:05d}", "dse-clean" if clean else "dse", PARTS[part])
            if article is None:
                losses["rows without two entities in brackets"] += 1
            else:
                articles.append(article)
    return articles, +losses


def _read_line(line: str, where: str, identifier: str, corpus: str, split: str) -> Article | None:
    fields = line.rstrip("\r").split("\t")
    if len(fields) != 4 or fields[3].strip() not in {*map(str, range(len(CLASSES)))}:
        raise InputError(f"{where}: {line[:60]!r} is no row; expected sentence, p, q and a class from 0 to 4, tab separated")
    marked = fields[0].strip()
    found = list(BRACKETED.finditer(marked))
    if len(found) != len(ENDS) or not all(match[1].strip() for match in found):
        return None
    text, done = "", 0
    mentions = []
    for match, end in zip(found, ENDS, strict=True):
        text += marked[done : match.start()]
        done = match.end()
        start_char = len(text) + len(match[1]) - len(match[1].lstrip())
        end_char = len(text) + len(match[1].rstrip())
        if match[1][-1].isalnum():
            end_char += len(WORD.match(marked, done)[0])  # type: ignore[index]  # it matches the empty string too
        text += match[1]
        mentions.append(Mention(end, start_char, end_char, GIVEN))
    text += marked[done:]
    stance = CLASSES[int(fields[3])]
    stances = (Stance(0, *stance),) if stance else (Stance(0, "p", "q", "none"), Stance(0, "q", "p", "none"))
    return Article(
        corpus=corpus,
        id=identifier,
        text=text,
        sentences=(Span(0, len(text)),),
        actors=tuple(Actor(m.actor, text[m.start_char : m.end_char], "organisation") for m in mentions),
        mentions=tuple(mentions),
        stances=stances,
        split=split,
        annotation=PAIR,
    )
