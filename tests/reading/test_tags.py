from __future__ import annotations

import pytest

from whipcount.reading.parsing import parse
from whipcount.reading.quotes import Quoted, find_quotations
from whipcount.reading.tags import tags


@pytest.mark.parametrize(
    ("text", "verbs"),
    [
        ("“Enough,” groaned the mayor.", ["groaned"]),
        ("“Enough,” the mayor groaned.", ["groaned"]),
        ("“Enough”, the mayor groaned.", ["groaned"]),
        ("“Enough!” The mayor left.", []),
        ("“We lost,” came the voice of Marta Quill.", []),
        ("The word “late”, wrote the mayor, is too long.", []),
    ],
)
def test_any_verb_right_after_a_quoted_sentence_tells_who_says_it(text: str, verbs: list[str]) -> None:
    quoted = Quoted(find_quotations(text))
    assert [token.text for paragraph in parse(text) for token in paragraph.doc if tags(text, paragraph, token, quoted)] == verbs
