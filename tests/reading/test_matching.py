"""Many names found in one pass."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.matching import Match, find_forms


def test_the_longer_wins_whole_words_only_and_capitals_count_where_asked() -> None:
    text = "Lees and the Ferry\nBoard of Lee's men; ferry board; The LEE"
    matches = list(find_forms(text, {"Ferry Board": True, "Ferry": True, "Lee": True, "Lee’s men": True, "the lee": False}))
    assert [(text[m.start_char : m.end_char], m.form) for m in matches] == [
        ("Ferry\nBoard", "Ferry Board"), ("Lee's men", "Lee’s men"), ("The LEE", "the lee"),
    ]  # fmt: skip
    assert list(find_forms(text, {})) == []
    assert list(find_forms("a U.S. b", {"U.S.": True})) == [Match(2, 6, "U.S.")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b", "ab", "."]), max_size=12), st.sets(st.sampled_from(["a", "b", "a b", "b a b", "ab"]), min_size=1)
)
def test_it_agrees_with_a_regular_expression(words: list[str], forms: set[str]) -> None:
    text = " ".join(words)
    pattern = "|".join(rf"\b{form}\b" for form in sorted(forms, key=len, reverse=True))
    assert [(m.start_char, m.end_char) for m in find_forms(text, dict.fromkeys(forms, True))] == [
        match.span() for match in re.finditer(pattern, text)
    ]
