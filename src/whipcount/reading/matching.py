"""Find many names in a text in one pass, however many they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

TOKEN = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Match:
    """Where a form stands; ``form`` is the one that was asked for."""

    start_char: int
    end_char: int
    form: str


def find_forms(text: str, forms: Mapping[str, bool]) -> Iterator[Match]:
    """Yield where the forms stand as whole words, in order and without overlap; of two that begin at one word the longer wins.

    White space of any kind, and curly or straight apostrophes, match each other.

    Args:
        text: to search.
        forms: to find, each with whether its capitals count.
    """
    by_first: dict[str, list[tuple[list[str], str]]] = defaultdict(list)
    for form in forms:
        words = TOKEN.findall(form.replace("’", "'"))
        if words:
            by_first[words[0].lower()].append((words, form))
    for listed in by_first.values():
        listed.sort(key=lambda pair: -len(pair[0]))
    if not by_first:
        return
    tokens = list(TOKEN.finditer(text))
    words = [match[0].replace("’", "'") for match in tokens]
    position = 0
    while position < len(words):
        for wanted, form in by_first.get(words[position].lower(), ()):
            if _same(words[position : position + len(wanted)], wanted, forms[form]):
                yield Match(tokens[position].start(), tokens[position + len(wanted) - 1].end(), form)
                position += len(wanted) - 1
                break
        position += 1


def _same(found: Sequence[str], wanted: Sequence[str], cased: bool) -> bool:
    return list(found) == list(wanted) if cased else [word.lower() for word in found] == [word.lower() for word in wanted]
