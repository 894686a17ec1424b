from __future__ import annotations

import pytest

from whipcount.corpora.authored import parse_article
from whipcount.corpora.transfer import carry_over
from whipcount.schema import InputError

SOURCE = """article: quay
split: development

# actors
quill | person | Vera Quill
oduya | person | Femi Oduya

# text
[Vera Quill|quill] praised [Oduya|oduya].
> quill favor oduya

[She|quill] left.

% Read on
"""
ARTICLE = parse_article(SOURCE, "town", "quay.txt")


def test_mentions_and_stances_move_with_their_sentences_and_the_rest_is_furniture() -> None:
    text = "QUAY TIMES\n\n  Sign up \nVera Quill praised Oduya. She left.\n\nMore from the quay\nRead on"
    moved = carry_over(ARTICLE, text)
    assert [moved.sentence_text(index) for index in range(2)] == ["Vera Quill praised Oduya.", "She left."]
    assert [(m.actor, text[m.start_char : m.end_char]) for m in moved.mentions] == [
        ("quill", "Vera Quill"),
        ("oduya", "Oduya"),
        ("quill", "She"),
    ]
    assert [text[span.start_char : span.end_char] for span in moved.furniture] == ["QUAY TIMES", "Sign up", "More from the quay", "Read on"]
    assert (moved.stances, moved.actors, moved.key) == (ARTICLE.stances, ARTICLE.actors, ARTICLE.key)


def test_the_same_text_gives_the_same_article() -> None:
    assert carry_over(ARTICLE, ARTICLE.text) == ARTICLE


def test_words_that_are_not_there_or_not_in_order_are_named() -> None:
    with pytest.raises(InputError, match=r"town/quay: sentence 1 \('She left.'\) is not in the other text"):
        carry_over(ARTICLE, "She left. Vera Quill praised Oduya.")
