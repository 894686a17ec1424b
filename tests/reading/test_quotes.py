"""Quotations of every typography are found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.reading.quotes import MAX_SINGLE, Quoted, find_quotations, quotations


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


def told(text: str) -> list[tuple[int, list[str]]]:
    return [(one.depth, [text[span.start_char : span.end_char] for span in one.spans]) for one in find_quotations(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('He said "no" and “yes”.', ['"no"', "“yes”"]),
        ("«Non», dit-elle. „Nein“, sagte er. „No”, powiedział.", ["«Non»", "„Nein“", "„No”"]),
        ("``So it is,'' she said. ''It is,'' he said.", ["``So it is,''", "''It is,''"]),
        ("‘It’s over,’ he said. 'It's over,' she said.", ["‘It’s over,’", "'It's over,'"]),
        ("so-called 'reforms' and ‘progress’", ["'reforms'", "‘progress’"]),
        ("The crews' rights, Jones’ boat, rock 'n' roll, the '90s, it's.", []),
        ("»Nein«, sagte er. ”Det är sent”, sa hon. ‚Nein‘, ‹Non›, ›Nein‹.", ["»Nein«", "”Det är sent”", "‚Nein‘", "‹Non›", "›Nein‹"]),
        ("Home » News » Ferry", []),
        ("‘It’s the crews’ money, not the board’s,’ he said.", ["‘It’s the crews’ money, not the board’s,’"]),
        ("'We're losin' the crews' money,' he said. 'No.'", ["'We're losin' the crews' money,'", "'No.'"]),
        ("The ‘reforms’ of the crews’ pay hit ‘experts’.", ["‘reforms’", "‘experts’"]),
        ("Owen “Buzz” Barrett and Ada 'Bee' Quill came. She said “No” Monday.", ["“No”"]),
        ("“I saw Owen “Buzz” Barrett there,” he said.", ["“I saw Owen “Buzz” Barrett there,”"]),
        ("Rell Calls Quill “Liar” Over Ferry", ["“Liar”"]),
        ("“It is late, said Quill. Mr. Oduya left. “It is early,” he said.", ["“It is late, said Quill.", "“It is early,”"]),
        ("“Mr. Quill is late. “He is early. “He is here,” she said.", ["“Mr. Quill is late.", "“He is early.", "“He is here,”"]),
        ("An opening “mark that nobody closes.", ["“mark that nobody closes."]),
        ("A closing” mark alone and ' another", []),
        ("", []),
    ],
)
def test_every_typography_is_known_and_apostrophes_are_no_marks(text: str, expected: list[str]) -> None:
    assert told(text) == [(0, [one]) for one in expected]


def test_quotations_inside_quotations_have_a_depth() -> None:
    text = "“Quill said ‘never “again” here’ to me,” Oduya said."
    assert told(text) == [
        (0, ["“Quill said ‘never “again” here’ to me,”"]), (1, ["‘never “again” here’"]), (2, ["“again”"]),
    ]  # fmt: skip
    assert told("\"He said 'no' twice,\" she said.") == [(0, ["\"He said 'no' twice,\""]), (1, ["'no'"])]


def test_what_stands_beside_a_place_in_a_quotation_is_in_the_same_quotation() -> None:
    text = "“Quill said ‘never’ to me,” Oduya said. “Late.”"
    quoted = Quoted(find_quotations(text))
    inside, outside = text.index("Quill"), text.index("Oduya")
    assert [text[span.start_char : span.end_char] for span in quoted.at(inside).after(inside)] == ["‘never’"]
    assert [text[span.start_char : span.end_char] for span in quoted.at(outside).after(outside)] == ["“Late.”"]


def test_a_quotation_goes_on_where_the_next_paragraph_opens_with_its_mark() -> None:
    text = "She said: “First.\n\n“Second.\n“Third.” He left.\n“Other.”"
    assert told(text) == [(0, ["“First.", "“Second.", "“Third.”"]), (0, ["“Other.”"])]
    assert told("“First.\nNo mark here.\n“Other.”") == [(0, ["“First."]), (0, ["“Other.”"])]
    assert told('“First.\n"Other."') == [(0, ["“First."]), (0, ['"Other."'])], "another mark is another quotation"


def test_a_single_mark_is_closed_nearby_or_is_none() -> None:
    assert told("He said 'no " + "x" * MAX_SINGLE + "' then") == []
    assert told("He said 'no " + "x" * 100 + "' then") == [(0, ["'no " + "x" * 100 + "'"])]


def test_marks_that_open_without_end_cost_no_more_than_their_number() -> None:
    (found,) = find_quotations("“" * 200_000 + "»" * 200_000)
    assert len(found.spans) == 1
    assert find_quotations("a" + " ”a" * 20_000 + " »a" * 20_000) == ()


@given(st.text(alphabet="“”‘’\"'`«»„‚‹›abS .\n", max_size=60))
def test_whatever_the_marks_quotations_are_ranges_that_start_with_one(text: str) -> None:
    for one in find_quotations(text):
        assert all("\n" not in text[span.start_char : span.end_char] for span in one.spans)
        assert all(text[span.start_char] in "“”‘‚‹›\"'`«»„" for span in one.spans)
        assert [*one.spans] == sorted(one.spans, key=lambda span: span.start_char)
