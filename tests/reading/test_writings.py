"""Whose words a letter, a memo or a statement are."""

from __future__ import annotations

import pytest

from whipcount.reading.parsing import parse
from whipcount.reading.writings import Writings
from whipcount.schema import Span


def author(text: str, phrase: str) -> str:
    """Return whom the text takes for the author of what its last words like ``phrase`` name."""

    def actor_of(span: Span) -> str:
        words = text[span.start_char : span.end_char]
        return next((name.lower().replace(" ", "_") for name in ("Marta Quill", "Ada Berg") if name in words), "")

    start_char = text.rindex(phrase)
    return Writings(text, parse(text), actor_of).author(Span(start_char, start_char + len(phrase)))


@pytest.mark.parametrize(
    ("construction", "text", "phrase", "wrote"),
    [
        ("owner", "Marta Quill's letter was short. The letter praised nobody.", "The letter", "marta_quill"),
        ("from", "A letter from Marta Quill was short.", "A letter", "marta_quill"),
        ("signed by", "A petition signed by Marta Quill was short. The petition praised nobody.", "The petition", "marta_quill"),
        ("that she wrote", "The memo that Marta Quill wrote in May was short.", "The memo", "marta_quill"),
        ("sent", "Marta Quill sent an email to the papers.", "an email", "marta_quill"),
        ("in a statement", "Marta Quill said in a statement that she was ill. The statement was short.", "The statement", "marta_quill"),
        ("seen by another", "In a letter seen by Ada Berg, Marta Quill warned us. The letter is short.", "The letter", "marta_quill"),
        ("in it", "A letter was found. In it, Marta Quill accuses nobody. The letter is short.", "The letter", "marta_quill"),
        ("it", "A letter from Marta Quill was found. It praised nobody.", "It", "marta_quill"),
        ("a memo is a message", "A memo from Marta Quill was found. The message is short.", "The message", "marta_quill"),
        ("told later", "The memo is short. The author is Marta Quill.", "The memo", "marta_quill"),
        (
            "the last of two",
            "A letter from Marta Quill, then one letter from Ada Berg. The letter is short.",
            "The letter",
            "ada_berg",
        ),
        ("a motion is no letter", "A letter from Marta Quill was found. The motion is short.", "The motion", ""),
        ("nobody", "A letter was found.", "A letter", ""),
        ("an answer to it", "A letter from Marta Quill was found. Critics of the letter were many.", "Critics of the letter", ""),
        ("no writing", "Marta Quill met the board.", "the board", ""),
        ("it, after none", "Marta Quill met the board. It praised nobody.", "It", ""),
    ],
)
def test_the_author_is_found(construction: str, text: str, phrase: str, wrote: str) -> None:
    assert author(text, phrase) == wrote, construction
