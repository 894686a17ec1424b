"""Sentences point at their words."""

from __future__ import annotations

from whipcount.reading.sentences import split_sentences


def test_sentences_point_at_their_words() -> None:
    text = "  Mr. Quill met Dr. Oduya at 3.30 p.m. on Monday.\n\nShe said: “It is late.” Nobody replied… "
    sentences = [text[span.start_char : span.end_char] for span in split_sentences(text)]
    assert sentences[0] == "Mr. Quill met Dr. Oduya at 3.30 p.m. on Monday."
    assert sentences[-1].startswith("Nobody replied")
    assert split_sentences(" \n ") == ()
