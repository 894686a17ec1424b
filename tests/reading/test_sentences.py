"""Sentences end where they end in news, and point at their words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.corpora.authored import read_corpus
from whipcount.reading.furniture import find_furniture
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.schema import Span

BUNDLED = Path(whipcount.__file__).parent / "corpora" / "bundled"


def sentences_of(text: str) -> list[str]:
    return [text[span.start_char : span.end_char] for span in split_sentences(text)]


def test_the_sentences_of_the_article_are_as_annotated() -> None:
    (article,) = read_corpus(BUNDLED / "labour_2016")
    paragraphs = parse(article.text, find_furniture(article.text))
    assert split_sentences(article.text, paragraphs) == article.sentences
    assert len(article.sentences) == 12


# "|" marks where one sentence ends and the next begins.
TEXTS = {
    "titles": "Mr. Quill met Dr. Oduya.| Sen. Ada Lorne and Rep. Marrow stayed.| Cllr. Pike, Gen. Ost and Prof. Vane left.",
    "initials": "J. K. Marrow spoke.| J.K. Marrow met George W. Pike and W. Lorne.| Dwight I. Vane left.",
    "letters that are no initials": "The council chose Plan B.| The crews did not.| So do I.| Quill agrees.",
    "places": "The U.S. Senate met.| Quill came to the U.S.| She left the U.K. again.| The U.N. Security Council waits.",
    "members": "Sen. Quill (D-N.Y.) said no.| Rep. Marrow (R-Calif.) said yes.",
    "decimals": "The levy rose by 3.5 per cent to $4.50.| 40 people came.| At No. 10 they waited, and on p. 12 it says so.",
    "no": "Quill said no.| Marrow did, too.| No.| He would not.",
    "hours": "Quill came at 6 p.m. Monday.| At 7 p.m. Mr Marrow came.| Lorne left at 9 p.m.| Mr Pike stayed until 9.30 a.m. and slept.",
    "months": "On Sept. 3 the levy rose.| It fell on Jan. 14, 2031.",
    "firms": "Ferry Inc. said no.| Quill works for Ferry Co.| The board of Harbour Corp. met.",
    "names in law": "In Roe v. Lorne the court said no, e.g. to Quill, Marrow et al. and others.",
    "streets": "St. Quill’s church stands on Main St.| The church is old.",
    "ellipses": "Nobody replied…| She waited ... and left.| “I never …”| He stopped.| The vote… failed.",
    "ellipsis before I": "Well… I suppose so.",
    "spaced ellipsis": "“I have never . . . seen this,” Lorne said.",
    "marks": "Why?| Who said so?!| Nobody!| Go!",
    "quotation of several": '"We are done.| Nobody is coming.| It is late," she said.| "Go."',
    "curly quotation": "“We are done.| Nobody is coming.”| He left.| ‘Go.| Now.’| Marrow went.",
    "quotation and its speaker": '"Go away." she said.| "Why now?" Ada Lorne asked.| "Never!" shouted Marrow.| “No!” I said.',
    "quotation and another sentence": '"Is it?"| She nodded.| "No."| Quill left.| "Yes!"| The crews left.',
    "quotation in a sentence": "The crews sang “Never again!” and left.",
    "brackets": "He left (see p. 12).| (Nobody saw it.| Nobody.)| It rained.[3]| It stopped.",
    "live blog": "14:32 Quill arrives.| She waves.\n|14.45: Marrow leaves.\n|15:00\n|2.30 p.m. Lorne speaks.",
    "bullets": "• Quill wins\n|• Marrow loses by 3.2 points.| Nobody cheers\n|- Lorne stays\n|1. Quill.| 2. Marrow.",
    "bullets in a line": "Quill wins |• Marrow loses |• Lorne stays",
    "headline": "Council backs ferry levy after long night of talks\n|Quill: “This is not over”\n|The council met.",
    "capitals": "QUILL WINS.| MR. MARROW AND J. K. LORNE LEAVE THE U.S.| THE END",
    "small letters": "he left.| she stayed, e.g. at home.| nobody cared",
    "dashes": "Quill – who won! – left.| Marrow stayed.",
    "no space behind": "He said “Go.”|The crews went to quill.example.com for help.",
    "other scripts": "שלום עולם.| זה טוב.\n|你好。|再见。\n|هل جاء؟| نعم.",
    "line ends of all kinds": "Quill came\r\n|Marrow left\u2028|Lorne stayed",
}


@pytest.mark.parametrize("marked", TEXTS.values(), ids=TEXTS.keys())
def test_a_text_ends_its_sentences_where_it_is_marked(marked: str) -> None:
    assert sentences_of(marked.replace("|", "")) == [sentence.strip() for sentence in marked.split("|")]


def test_white_space_alone_holds_no_sentence() -> None:
    assert split_sentences("") == split_sentences(" \n\t \n") == ()


def test_furniture_holds_no_sentence_and_parts_a_line() -> None:
    text = "Quill won. READ MORE Marrow lost."
    furniture = (Span(11, 20),)
    assert [text[s.start_char : s.end_char] for s in split_sentences(text, parse(text, furniture))] == ["Quill won.", "Marrow lost."]


def test_a_line_that_is_parsed_in_pieces_is_cut_at_stops_alone() -> None:
    text = "and so the crews of the ferry went on and on " * 500 + "until they stopped. Nobody minded."
    assert [span.end_char for span in split_sentences(text)] == [text.index(" Nobody"), len(text)]


def test_lines_of_one_character_are_sentences() -> None:
    assert split_sentences("a\n" * 300) == tuple(Span(2 * n, 2 * n + 1) for n in range(300))


PIECES = st.sampled_from(
    ["Quill", "he said", ".", "!", "?", "…", "...", '"', "“", "”", "’", "'", "(", ")", " ", "  ", "\n", "\r\n", "Mr.", "U.S.", "J.", "3.5",
     "•", "–", "14:32", "The", "no", "שלום", "。", "🎉", "\u00a0", "\0", "\t", "[1]", ":"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_sentences_are_apart_stripped_in_one_line_and_cover_every_character(text: str) -> None:
    spans = split_sentences(text)
    covered: set[int] = set()
    previous_end = 0
    for span in spans:
        words = text[span.start_char : span.end_char]
        assert previous_end <= span.start_char < span.end_char <= len(text)
        assert words == words.strip()
        assert "\n" not in words
        covered.update(range(span.start_char, span.end_char))
        previous_end = span.end_char
    assert [position for position, char in enumerate(text) if not char.isspace() and position not in covered] == []
