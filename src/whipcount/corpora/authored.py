"""Articles annotated by hand in plain text: mentions in brackets, stances under each sentence.

Source and licence: whatever the folder holds; the bundled corpora carry theirs in their ``README.md``. Fields, label
mapping and rules: ``AUTHORING.md`` beside this file. Known defects: the text between two sentences can only be one
space or line breaks, so an article with anything else between its sentences cannot be written in this format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from whipcount.corpora.texts import read_utf8
from whipcount.schema import IDENTIFIER, RESERVED_IDS, SPLITS, Actor, Article, InputError, Mention, Span, Stance

HEADER_KEYS = ("article", "story", "split", "register", "date", "outlet", "title", "source")
ESCAPED = re.compile(r"[\\\[\]|]")


def corpus_name(folder: Path) -> str:
    """Return what the corpus in a folder is called: as the folder is.

    Raises:
        InputError: the name cannot be part of an id.
    """
    name = folder.resolve().name
    if not IDENTIFIER.fullmatch(name):
        raise InputError(
            f"{folder}: the folder's name {name!r} becomes part of the articles' ids; rename it with letters, digits, '_', '-' and '.'"
        )
    return name


def article_files(folder: Path) -> list[Path]:
    """Return every ``*.txt`` of a folder, in the order of their names.

    Raises:
        InputError: the folder is missing or holds none.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder; give a folder of annotated articles (*.txt)")
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise InputError(f"{folder}: no *.txt in it; give a folder of annotated articles (format: AUTHORING.md)")
    return paths


def read_corpus(folder: Path) -> list[Article]:
    """Read the ``article_files`` of a folder.

    Raises:
        InputError: the folder is missing, holds no article or has a name that is no part of an id, a file is malformed, two files bear
            one article id.
    """
    paths, corpus = article_files(folder), corpus_name(folder)
    articles: dict[str, Article] = {}
    origin: dict[str, Path] = {}
    for path in paths:
        article = read_article(path, corpus)
        if article.id in articles:
            raise InputError(f"{path}: article id {article.id!r} is taken by {origin[article.id]}; give it another")
        articles[article.id], origin[article.id] = article, path
    return list(articles.values())


def read_article(path: Path, corpus: str) -> Article:
    """Read one annotated file; see ``parse_article``."""
    try:
        source = read_utf8(path, to_the_letter=True)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from None
    if "\0" in source:
        raise InputError(f"{path}: a binary file, not text; give UTF-8 text")
    return parse_article(source.removeprefix("\ufeff"), corpus, where=str(path))


@dataclass
class _Draft:
    """What has been read of an article so far."""

    header: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    text: str = ""
    sentences: list[Span] = field(default_factory=list)
    furniture: list[Span] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)
    stances: list[Stance] = field(default_factory=list)
    n_blank_lines: int = 0
    after_sentence: bool = False


def parse_article(source: str, corpus: str, where: str) -> Article:
    r"""Parse the authoring format.

    Args:
        source: the file's text; ``\r\n`` line ends are read as ``\n``.
        corpus: the corpus name for ids.
        where: the file's name for error messages.

    Raises:
        InputError: with file, line, the offending text and what was expected.
    """
    draft = _Draft()
    section = "header"
    for number, line in enumerate(source.replace("\r\n", "\n").split("\n"), start=1):
        line = line.strip(" \t")
        try:
            if line in ("# actors", "# text"):
                section = line[2:]
            elif section == "text":
                _read_text_line(line, draft)
            elif line and section == "actors":
                _read_actor(line, draft)
            elif line:
                _read_header_line(line, draft)
        except InputError as error:
            raise InputError(f"{where}:{number}: {error}") from None
    if "article" not in draft.header:
        raise InputError(f"{where}:1: no line 'article: <id>' in the header; every article needs an id")
    header: dict[str, Any] = {key: value for key, value in draft.header.items() if key != "article"}
    try:
        return Article(
            corpus=corpus,
            id=draft.header["article"],
            text=draft.text,
            sentences=tuple(draft.sentences),
            actors=tuple(draft.actors.values()),
            mentions=tuple(sorted(draft.mentions, key=_text_order)),
            stances=tuple(draft.stances),
            furniture=tuple(draft.furniture),
            **header,
        )
    except InputError as error:
        raise InputError(f"{where}: {error}") from None


def _read_header_line(line: str, draft: _Draft) -> None:
    key, colon, value = line.partition(":")
    if not colon or key not in HEADER_KEYS:
        raise InputError(f"{line!r} is no header line; expected 'key: value' with a key of {', '.join(HEADER_KEYS)}")
    if key in draft.header:
        raise InputError(f"{line!r}: the header has {key!r} already; give it once")
    value = value.strip()
    if key == "article" and not IDENTIFIER.fullmatch(value):
        raise InputError(f"{line!r}: {value!r} is no id; use letters, digits, '_', '-' and '.'")
    if key == "split" and value and value not in SPLITS:
        raise InputError(f"{line!r}: split {value!r} is unknown; give one of {', '.join(SPLITS)}")
    draft.header[key] = value


def _read_actor(line: str, draft: _Draft) -> None:
    parts = [part.strip() for part in line.split("|")]
    if len(parts) < 3:
        raise InputError(f"{line!r} is no actor; expected 'id | kind | Name | alias | …'")
    actor = Actor(id=parts[0], kind=parts[1], name=parts[2], aliases=tuple(parts[3:]))
    if actor.id in RESERVED_IDS:
        raise InputError(f"{line!r}: {actor.id!r} is in every roster already; leave the line out")
    if actor.id in draft.actors:
        raise InputError(f"{line!r}: actor id {actor.id!r} occurs twice; give each actor its own id")
    draft.actors[actor.id] = actor


def _read_text_line(line: str, draft: _Draft) -> None:
    if not line:
        draft.n_blank_lines += 1
        return
    if line.startswith(">"):
        if not draft.after_sentence:
            raise InputError(f"{line!r} stands under no sentence; write it below the sentence that holds the stance")
        draft.stances.append(_parse_stance(line, len(draft.sentences) - 1, draft))
        return
    if line.startswith("#"):
        raise InputError(f"{line!r} is no sentence and no section; write \\# where a sentence begins with it")
    if draft.text:
        draft.text += "\n" * draft.n_blank_lines or " "
    draft.n_blank_lines = 0
    is_furniture = line.startswith("%")
    span = _append_words(line[1:].lstrip(" ") if is_furniture else line, draft)
    (draft.furniture if is_furniture else draft.sentences).append(span)
    draft.after_sentence = not is_furniture


def _parse_stance(line: str, sentence: int, draft: _Draft) -> Stance:
    words = line[1:].split()
    tags = [word[1:] for word in words[3:] if word.startswith("#")]
    if len(words) < 3 or len(words) != 3 + len(tags):
        raise InputError(f"{line!r} is no stance; expected '> speaker favor|against target #tag …'")
    speaker, stance, target = words[:3]
    for actor in (speaker, target):
        if actor not in draft.actors and actor not in RESERVED_IDS:
            raise InputError(f"{line!r} names the unknown actor {actor!r}; add it under '# actors' or mend the id")
    if any((stance.sentence, stance.speaker, stance.target) == (sentence, speaker, target) for stance in draft.stances):
        raise InputError(f"{line!r}: the sentence has a stance of {speaker} toward {target} already; keep one")
    return Stance(sentence, speaker, target, stance, tuple(tags))


def _append_words(line: str, draft: _Draft) -> Span:
    """Append a line of text without its markup, collect its mentions, return its range."""
    start_char = len(draft.text)
    words: list[str] = []
    open_mentions: list[int] = []
    position = 0
    while position < len(line):
        char = line[position]
        if char == "\\" and position + 1 < len(line):
            words.append(line[position + 1])
            position += 2
            continue
        if char == "[":
            open_mentions.append(len(words))
        elif char == "]":
            raise InputError(f"{line[max(0, position - 30) : position + 1]!r}: ']' closes no '[words|actor]'; write \\] for a bare one")
        elif char == "|" and open_mentions:
            close = line.find("]", position)
            actor = line[position + 1 : close] if close >= 0 else ""
            if close < 0:
                raise InputError(f"{line[position - 20 if position > 20 else 0 :]!r}: the bracket does not close; expected '[words|actor]'")
            if actor not in draft.actors and actor not in RESERVED_IDS:
                raise InputError(f"{line[: close + 1][-60:]!r} names the unknown actor {actor!r}; add it under '# actors' or mend the id")
            first = open_mentions.pop()
            if first == len(words):
                raise InputError(f"{line[: close + 1][-60:]!r}: the bracket holds no words; expected '[words|actor]'")
            draft.mentions.append(Mention(actor, start_char + first, start_char + len(words)))
            position = close
        else:
            words.append(char)
        position += 1
    if open_mentions:
        raise InputError(f"{line[:60]!r}: a bracket does not close; expected '[words|actor]', or \\[ for a bare one")
    if not words:
        raise InputError(f"{line!r} holds no words; write a sentence or leave the line empty")
    draft.text += "".join(words)
    return Span(start_char, len(draft.text))


def format_article(article: Article) -> str:
    """Write an article in the authoring format; ``parse_article`` gives it back, mentions and stances in the text's order.

    Raises:
        InputError: the text between two sentences is neither one space nor line breaks, or the format cannot hold the article else.
    """
    lines = [f"article: {article.id}"]
    lines += [f"{key}: {value}" for key in HEADER_KEYS[1:] if (value := getattr(article, key)) and (key, value) != ("story", article.id)]
    lines += ["", "# actors", *(" | ".join((actor.id, actor.kind, actor.name, *actor.aliases)) for actor in article.actors)]
    lines += ["", "# text"]
    previous_end = 0
    for span, sentence in _blocks(article):
        gap = article.text[previous_end : span.start_char]
        if not re.fullmatch(r" |\n+" if previous_end else "", gap):
            raise InputError(f"{article.key}: {gap!r} before character {span.start_char}; only one space or line breaks can part sentences")
        lines += [""] * gap.count("\n")
        markup = _bracketed(article, span)
        lines.append(f"% {markup}" if sentence is None else re.sub(r"^[>%#]", r"\\\g<0>", markup))
        lines += [
            " ".join((">", stance.speaker, stance.stance, stance.target, *(f"#{tag}" for tag in stance.tags)))
            for stance in article.stances
            if stance.sentence == sentence
        ]
        previous_end = span.end_char
    written = "\n".join(lines) + "\n"
    in_order = replace(
        article,
        mentions=tuple(sorted(article.mentions, key=_text_order)),
        stances=tuple(sorted(article.stances, key=lambda stance: stance.sentence)),
    )
    if parse_article(written, article.corpus, article.key) != in_order:
        raise InputError(
            f"{article.key}: the authoring format cannot hold it; look for text after the last sentence, a line break in a sentence, "
            "a mention that leaves its sentence or crosses another, white space around a name or a header value"
        )
    return written


def _text_order(mention: Mention) -> tuple[int, int]:
    return mention.start_char, -mention.end_char


def _blocks(article: Article) -> Iterator[tuple[Span, int | None]]:
    """Yield sentences (with their index) and furniture (with None) in the order of the text."""
    blocks: list[tuple[Span, int | None]] = [(span, index) for index, span in enumerate(article.sentences)]
    blocks += [(span, None) for span in article.furniture]
    yield from sorted(blocks, key=lambda block: block[0].start_char)


def _bracketed(article: Article, span: Span) -> str:
    """Return the words of a range with its mentions in brackets."""
    inside = [m for m in article.mentions if span.start_char <= m.start_char and m.end_char <= span.end_char]
    pieces: list[str] = []
    for offset in range(span.start_char, span.end_char + 1):
        closing = sorted((m for m in inside if m.end_char == offset), key=lambda m: -m.start_char)
        pieces += [f"|{m.actor}]" for m in closing]
        pieces += ["[" for m in inside if m.start_char == offset]
        if offset < span.end_char:
            pieces.append(ESCAPED.sub(r"\\\g<0>", article.text[offset]))
    return "".join(pieces)
