"""A small town whose articles take sides in the open."""

from __future__ import annotations

import pytest

from whipcount.corpora.authored import parse_article
from whipcount.schema import Article

ACTORS = """
quill | person | Marta Quill
oduya | person | Femi Oduya
board | organisation | the Harbour Board
"""

TEXTS = (
    """Marta Quill attacked Femi Oduya on Monday.
> quill against oduya
The Harbour Board praised Marta Quill.
> board favor quill
Rain fell on the quay.""",
    """Femi Oduya blamed the Harbour Board for the delay.
> oduya against board
Marta Quill defended Femi Oduya.
> quill favor oduya
"We met," Quill said.
Nothing else happened.""",
    """The Harbour Board was attacked by Marta Quill.
> quill against board
Femi Oduya and Marta Quill shared a ferry.
He thanked her.
> oduya favor quill""",
)


@pytest.fixture
def articles() -> list[Article]:
    """Three annotated articles with the same roster: 5 actors, hence 20 rows a sentence, 10 sentences."""
    return [parse_article(f"article: a{i}\n# actors\n{ACTORS}\n# text\n{text}", "town", f"a{i}.txt") for i, text in enumerate(TEXTS)]


@pytest.fixture
def silent() -> list[Article]:
    """An article of two sentences that holds no stance."""
    text = "Marta Quill met Femi Oduya.\nThey talked."
    return [parse_article(f"article: calm\n# actors\n{ACTORS}\n# text\n{text}", "town", "calm.txt")]
