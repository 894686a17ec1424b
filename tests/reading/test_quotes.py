"""Quotations of every typography are found."""

from __future__ import annotations

import pytest

from whipcount.reading.quotes import quotations


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "no" and “yes”.', ['"no"', "“yes”"]),
        ('"One.\n"Two," she said.', ['"One.', '"Two,"']),
        ("«Non», dit-elle.", ["«Non»"]),
        ("‘It’s over,’ he said.", ["‘It’s over,’"]),
        ("No quotation here, it's plain.", []),
    ],
)
def test_quotations(text: str, expected: list[str]) -> None:
    assert [text[span.start_char : span.end_char] for span in quotations(text)] == expected
