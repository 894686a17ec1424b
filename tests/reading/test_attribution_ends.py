"""Where contents end that a model has found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.attribution_ends import settle_ends
from whipcount.reading.attributions import Attribution
from whipcount.schema import Span


def find(text: str, words: str) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def settled(text: str, content: str, cue: str = "said", source: str = "Quill") -> list[str]:
    one = Attribution(cue=(find(text, cue),), content=tuple(find(text, part) for part in content.split("|")), source=(find(text, source),))
    (found,) = settle_ends([one], text)
    assert (found.cue, found.source) == (one.cue, one.source)
    return [text[span.start_char : span.end_char] for span in found.content]


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        ("“This", "“This is it. No more,”"),
        ("This is it. No more", "“This is it. No more,”"),
        ("is it. No more,”", "“This is it. No more,”"),
        ("“This|No more,”", "“This is it. No more,”"),
    ],
)
def test_a_quotation_is_taken_whole(content: str, whole: str) -> None:
    assert settled("“This is it. No more,” Quill said.", content) == [whole]


def test_the_middle_of_a_quotation_stays_as_it_is() -> None:
    assert settled("“This is what I mean by it,” Quill said.", "what I mean") == ["what I mean"]


def test_a_quotation_in_which_somebody_tells_what_somebody_says_is_not_that_ones() -> None:
    assert settled("“Quill said that the ferry is late,” Oduya complained.", "that the ferry is late") == ["that the ferry is late"]


def test_a_stop_outside_a_quotation_is_no_content() -> None:
    assert settled("Quill said the ferry was late.", "the ferry was late.") == ["the ferry was late"]
    assert settled("Quill said it was “late.” She left.", "it was “late.”") == ["it was “late.”"]
    assert settle_ends([], "Quill left.") == []


TEXT = "“No,” Quill said. “It is late.” Oduya said that “it” was so: “Late, she said, ‘is late’.”"


@given(st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(1, 40)), min_size=1, max_size=3), st.integers(0, 80))
def test_whatever_is_found_its_content_stays_in_the_text_and_in_order(pieces: list[tuple[int, int]], cue: int) -> None:
    spans: list[Span] = []
    for start_char, length in sorted(pieces):
        if not spans or start_char >= spans[-1].end_char:
            spans.append(Span(start_char, min(len(TEXT), start_char + length)))
    (found,) = settle_ends([Attribution(cue=(Span(cue, cue + 1),), content=tuple(spans))], TEXT)
    assert all(0 <= span.start_char < span.end_char <= len(TEXT) for span in found.content)
