"""A text is parsed line by line, outside furniture, and a long line in pieces that part no word."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.parsing import MAX_CHARS, parse
from whipcount.schema import Span


def test_a_paragraph_is_a_line_and_knows_where_it_begins() -> None:
    text = "Vera Quill met Ada Lorne.\n\n  \nMarrow left."
    paragraphs = parse(text)
    assert [(p.start_char, p.doc.text) for p in paragraphs] == [(0, "Vera Quill met Ada Lorne."), (30, "Marrow left.")]
    assert paragraphs[1].span(0, 2) == Span(30, 41)
    assert text[30:41] == "Marrow left"


def test_entities_and_tags_are_given_unless_boundaries_are_all_that_is_asked() -> None:
    text = "Vera Quill met the harbour board on Monday."
    (paragraph,) = parse(text)
    assert "Monday" in [entity.text for entity in paragraph.doc.ents]
    assert {token.pos_ for token in paragraph.doc} >= {"PROPN", "VERB"}
    (bare,) = parse(text, boundaries_only=True)
    assert (len(bare.doc.ents), [sentence.text for sentence in bare.doc.sents]) == (0, [text])


def test_furniture_is_not_parsed_wherever_it_stands() -> None:
    text = "Photo: Ada\nQuill left. 14.30 Marrow came.\nRead more\nA headline"
    furniture = (Span(42, 51), Span(0, 10), Span(23, 28), Span(52, 62))
    assert [(p.start_char, p.doc.text) for p in parse(text, furniture)] == [(11, "Quill left. "), (28, " Marrow came.")]


def test_a_long_line_is_cut_at_white_space_of_any_kind() -> None:
    text = "harbour\u00a0crews\u3000" * 1600
    pieces = [p.doc.text for p in parse(text, boundaries_only=True)]
    assert "".join(pieces) == text
    assert len(pieces) > 1
    assert {word for piece in pieces for word in piece.split()} == {"harbour", "crews"}
    assert max(map(len, pieces)) <= MAX_CHARS


def test_a_line_cut_exactly_between_words_is_cut_there() -> None:
    text = "a" * (MAX_CHARS - 5) + " word next"
    assert [p.doc.text[-5:] for p in parse(text, boundaries_only=True)] == [" word", " next"]


def test_an_endless_word_is_cut_at_the_limit() -> None:
    pieces = parse("x" * (MAX_CHARS + 10), boundaries_only=True)
    assert [(p.start_char, len(p.doc.text)) for p in pieces] == [(0, MAX_CHARS), (MAX_CHARS, 10)]


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="aB.\n\r \u2028\0é", max_size=30), st.lists(st.tuples(st.integers(0, 20), st.integers(1, 9)), max_size=3))
def test_paragraphs_hold_all_words_outside_furniture(text: str, ranges: list[tuple[int, int]]) -> None:
    furniture = [Span(start, start + length) for start, length in ranges if start + length <= len(text)]
    hidden = {position for span in furniture for position in range(span.start_char, span.end_char)}
    read: list[int] = []
    for paragraph in parse(text, furniture, boundaries_only=True):
        read += range(paragraph.start_char, paragraph.start_char + len(paragraph.doc.text))
        assert text[paragraph.start_char :].startswith(paragraph.doc.text)
        assert not set("\n\r\u2028") & set(paragraph.doc.text)
    assert sorted(set(read)) == read
    assert not hidden & set(read)
    assert {position for position, char in enumerate(text) if not char.isspace()} - hidden <= set(read)
