"""Who says each quotation of the Gazette's development part, and what a malformed file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.corpora.authored import read_corpus
from whipcount.corpora.folders import BUNDLED
from whipcount.corpora.speakers import read_speakers
from whipcount.reading.quotes import find_quotations
from whipcount.schema import Actor, Article, InputError, Span

ARTICLE = Article("town", "ferry", "“No,” said Quill.", (Span(0, 17),), (Actor("q", "Quill", "person"),))
HEADER = "article,start_char,end_char,speaker\n"


def write(folder: Path, lines: str) -> Path:
    (folder / "speakers.csv").write_text(HEADER + lines, encoding="utf-8")
    return folder


def test_every_quotation_of_the_development_part_has_a_speaker_or_none() -> None:
    folder = BUNDLED / "gazette"
    articles = [article for article in read_corpus(folder) if article.split == "development"]
    gold = read_speakers(folder, articles)
    for article in articles:
        spans = {Span(one.spans[0].start_char, one.spans[-1].end_char) for one in find_quotations(article.text)}
        assert set(gold.get(article.id, {})) == spans
    said = [speaker for speakers in gold.values() for speaker in speakers.values()]
    assert len(said) == 124 and said.count("") == 2


def test_speakers_are_read_by_place(tmp_path: Path) -> None:
    folder = write(tmp_path, "ferry,0,5,q\nelsewhere,0,5,x\n")
    assert read_speakers(folder, [ARTICLE]) == {"ferry": {Span(0, 5): "q"}}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("ferry,0,99,q\n", "line 2 names a place or an actor that town/ferry does not have"),
        ("ferry,0,5,x\n", "line 2 names a place or an actor"),
        ("ferry,a,5,q\n", "line 2 has the range 'a' to '5'"),
        ("ferry,0,5,q,more\n", "line 2 has the columns"),
        ("ferry,0,5\n", "line 2 has the columns article, start_char, end_char; expected article"),
        ("ferry\n", "line 2 has the columns article; expected article"),
    ],
)
def test_malformed_lines_are_named(tmp_path: Path, lines: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_speakers(write(tmp_path, lines), [ARTICLE])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"speakers\.csv: no such file"):
        read_speakers(tmp_path, [ARTICLE])


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "speakers.csv").write_text(HEADER + "ferry,0,5,q\n", encoding="utf-8-sig")
    assert read_speakers(tmp_path, [ARTICLE]) == {"ferry": {Span(0, 5): "q"}}


def test_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "speakers.csv").write_text(HEADER + "café,0,5,q\n", encoding="latin-1")
    with pytest.raises(InputError, match=rf"speakers\.csv: not UTF-8 at byte {len(HEADER) + 3}; save the file as UTF-8"):
        read_speakers(tmp_path, [ARTICLE])
