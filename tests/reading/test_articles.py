"""Bytes become text, a page its article, a text clean; and from the clean text every range leads back."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.reading.articles import Page, clean_text, decode, extract_html
from whipcount.schema import InputError, Span

WESTERN = "“Café” – Quill’s naïve reply to the crews.\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_western_text_is_decoded_from_any_encoding(encoding: str) -> None:
    assert decode(WESTERN.encode(encoding), "quill.txt") == WESTERN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Lorne's café naïvely said £3", "latin-1"),
        ("Городской совет сообщил, что правительство не согласится с новым законом о налогах.", "cp1251"),
        ("市議会は水曜日、新しい港の税に反対すると述べた。", "shift_jis"),
    ],
)
def test_what_is_not_utf_8_is_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "quill.txt") == text


def test_a_page_says_itself_how_it_is_encoded() -> None:
    page = '<html><head><meta charset="iso-8859-7"></head><body>Η Κουίλ είπε όχι</body></html>'
    assert decode(page.encode("iso-8859-7"), "quill.html") == page


def test_nothing_is_an_empty_text_and_nuls_in_a_text_stay() -> None:
    assert decode(b"", "empty.txt") == ""
    assert decode(b"Quill\0 said no to the levy.", "quill.txt") == "Quill\0 said no to the levy."


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"\x1f\x8b\x08\x00\x00", "a gzip archive"),
        (b"%PDF-1.7 and so on", "a PDF"),
        (b"PAR1\x15\x04", "a parquet table"),
        (bytes(1000), "1000 control characters in 1000 bytes"),
        (bytes(range(256)) * 4, "binary content"),
        (bytes(128 + n * 37 % 128 for n in range(500)), "binary content"),
    ],
)
def test_what_is_no_text_is_refused_by_name(raw: bytes, reason: str) -> None:
    with pytest.raises(InputError, match=rf"folder/quill\.bin: .*{reason}"):
        decode(raw, "folder/quill.bin")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=60))
def test_utf_8_is_decoded_to_the_letter(text: str) -> None:
    marked = "Harbour: " + text
    assert decode(marked.encode(), "quill.txt") == marked


PARAGRAPHS = [
    f"Vera Quill told the board on day {n} that she would not pay &amp; and Ada Lorne backed her and the crews." for n in range(8)
]
WRAPPED = "and Ada Lorne\r\n    backed"
PAGE = f"""<html><head><title>Quill wins | The Gazette</title><meta property="og:site_name" content="The Gazette">
<meta property="article:published_time" content="2024-03-05T10:00:00Z"><style>p {{ color: evilstyle }}</style></head>
<body><nav><a href="/">Front page</a> <a href="/sport">Sport</a></nav><article><h1>Quill wins</h1>
{"".join(f"<p>{words.replace('and Ada Lorne backed', WRAPPED)}</p>" for words in PARAGRAPHS)}<script>evilscript()</script></article>
<aside><ul><li><a href="/1">Another story</a></li></ul></aside><footer>All about cookies</footer></body></html>"""


def test_the_article_of_a_page_is_kept_and_the_rest_is_not() -> None:
    page = extract_html(PAGE)
    assert (page.title, page.date, page.outlet) == ("Quill wins", "2024-03-05", "The Gazette")
    lines = page.text.split("\n")
    assert [line for line in lines if line.startswith("Vera")] == [words.replace("&amp;", "&") for words in PARAGRAPHS]
    for boilerplate in ("evil", "Sport", "Another story", "cookies", "<", "Front page"):
        assert boilerplate not in page.text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            "<body><div>Quill <b>won</b>.</div><div>Lorne\n  lost.<br>All left.</div>At last.</body>",
            "Quill won.\nLorne lost.\nAll left.\nAt last.",
        ),
        ("<script>evil()</script><style>p{}</style><p>Quill &lt;b&gt; won.</p><!-- no -->", "Quill <b> won."),
        ("<?xml version='1.0' encoding='utf-8'?><html><body><p>Qu\0ill won.</p></body></html>", "Quill won."),
        ("Quill won.", "Quill won."),
        ("<!-- nothing -->", ""),
        ("<html></html>", ""),
        ("", ""),
    ],
)
def test_all_text_of_a_page_without_an_article_is_read(html: str, text: str) -> None:
    assert extract_html(html) == Page(text)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Quill &amp; Lorne&#8217;s&nbsp;plan &#x2014; caf&eacute;", "Quill & Lorne’s plan — café"),
        ("Quill&rsquo;s plan &mdash; &ldquo;no&rdquo;&hellip; &euro;5 &amp;rsquo;", "Quill’s plan — “no”… €5 ’"),
        ("twice escaped: &amp;#8217; &amp;nbsp;&amp;amp;", "twice escaped: ’  &"),
        ("unknown: &camp; AT&amp;T; &; & &nosuchentity; &amp", "unknown: &camp; AT&T; &; & &nosuchentity; &amp"),
        ("har\u00adbour\u200b crews\ufeff \u2066left\u2069&shy;&#8203;", "harbour crews left"),
        ("Ju\0lia\x07 \x1b", "Julia "),
        ("no\u00a0break\u2009thin\u3000wide\ttab", "no break thin wide tab"),
        ("one\r\ntwo\rthree\u2028four\u2029five\x0bsix", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("``No,'' said Quill. ‘‘Never,’’ she said. It's '''odd'''", "\"No,\" said Quill. “Never,” she said. It's '''odd'''"),
        ("\x93No\x94 \x96 it\x92s\x85", "“No” – it’s…"),
        ("half a pair \ud83d here", "half a pair \ufffd here"),
        ("emoji 🎉 and שלום stay", "emoji 🎉 and שלום stay"),
        ("\u200b\0", ""),
    ],
)
def test_debris_goes_and_letters_stay(raw: str, clean: str) -> None:
    assert clean_text(raw).text == clean


def test_ranges_lead_back_to_what_they_stand_for() -> None:
    raw = "\ufeffAda &amp; Qu\u00adill said ``no''\r\nand\u200b left"
    clean = clean_text(raw)

    def origin(words: str) -> str:
        start_char = clean.text.index(words)
        span = clean.original(start_char, start_char + len(words))
        return raw[span.start_char : span.end_char]

    assert origin("Ada") == "Ada"
    assert origin("&") == "&amp;"
    assert origin("Quill") == "Qu\u00adill"
    assert origin('"no"') == "``no''"
    assert origin("\n") == "\r\n"
    assert origin("and") == "and"
    assert origin("left") == "left"
    assert clean.original(0, len(clean.text)) == Span(1, len(raw))


@pytest.mark.parametrize(("start_char", "end_char"), [(2, 2), (-1, 3), (3, 2), (0, 6)])
def test_a_range_outside_the_text_is_refused(start_char: int, end_char: int) -> None:
    with pytest.raises(InputError, match=f"range {start_char}:{end_char} is empty or leaves the clean text of 5 characters"):
        clean_text("Quill").original(start_char, end_char)


def test_a_clean_text_stays_as_it_is() -> None:
    text = "Vera Quill said “no”.\nNobody's surprised: 3.5 & more – 🎉."
    clean = clean_text(text)
    assert clean.text == text
    assert all(clean.original(n, n + 1) == Span(n, n + 1) for n in range(len(text)))


PIECES = st.sampled_from(
    ["Quill", "Łódź", "שלום", "&amp;", "&nbsp;", "&#8217;", "&shy;", "&NotEqualTilde;", "&", "amp;", ";", "#", "\u00ad", "\u200b", "\ufeff",
     "\0", "\r\n", "\r", "\n", "``", "''", "'", "`", " ", "\u00a0", "\u2028", "🎉", "\ud800", "\x93"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=25).map("".join))
def test_the_way_back_is_in_order_in_range_and_never_empty(raw: str) -> None:
    clean = clean_text(raw)
    spans = [clean.original(n, n + 1) for n in range(len(clean.text))]
    assert all(0 <= span.start_char < span.end_char <= len(raw) for span in spans)
    for before, after in pairwise(spans):
        assert before == after or before.end_char <= after.start_char
    for position, (char, span) in enumerate(zip(clean.text, spans, strict=True)):
        if char.isalpha():
            assert raw[span.start_char : span.end_char] == char or raw[span.start_char] == "&"
        rest = clean.original(position, len(clean.text))
        assert (rest.start_char, rest.end_char) == (span.start_char, spans[-1].end_char)
    assert not set("\r\0\u200b\u00ad\ufeff\u00a0\u2028\ud800") & set(clean.text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=8), max_size=8), st.data())
def test_words_of_letters_come_back_identical(words: list[str], data: st.DataObject) -> None:
    gaps = st.sampled_from([" ", "\u00a0", "\r\n", " &amp; ", "\u200b ", ", ", "&nbsp;"])
    raw = "".join(word + data.draw(gaps) for word in words)
    clean = clean_text(raw)
    position = 0
    for word in words:
        start_char = clean.text.index(word, position)
        span = clean.original(start_char, start_char + len(word))
        assert raw[span.start_char : span.end_char] == word
        position = start_char + len(word)


def test_a_page_with_a_long_gap_is_read_in_seconds() -> None:
    start = time.process_time()
    page = extract_html(f"<html><body><p>{PARAGRAPHS[0]}{' ' * 60_000}end</p></body></html>")
    assert page.text and time.process_time() - start < 3


@pytest.mark.parametrize(
    "raw", ["Quill &amp; ``Lorne''\r\n" * 20_000, "&amp;" * 30_000 + "x", "&" * 500_000, "\u200b" * 500_000, "'" * 500_000]
)
def test_a_long_text_is_cleaned_in_seconds(raw: str) -> None:
    start = time.process_time()
    clean_text(raw)
    assert time.process_time() - start < 3
