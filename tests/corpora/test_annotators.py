"""A second annotation is read into the corpus's articles, and every slip in it is one clear line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from whipcount.corpora.annotators import read_annotations, read_annotator
from whipcount.schema import Actor, Article, InputError, Mention, Span, Stance

ARTICLES = [
    Article(
        "town",
        identifier,
        "Quill left. Rain.",
        (Span(0, 11), Span(12, 17)),
        (Actor("quill", "Quill", "person"), Actor("board", "Board", "organisation")),
        (Mention("quill", 0, 5),),
        (Stance(0, "quill", "board", "against", ("deed",)),),
        split="train",
        story="s",
    )
    for identifier in ("ferry", "quay", "pier")
]


def test_an_annotators_stances_take_the_place_of_the_corpuss(tmp_path: Path) -> None:
    (tmp_path / "quay.ann").write_text("", encoding="utf-8")
    (tmp_path / "ferry.ann").write_text("1 quill board favor\n\n  0 author   quill against  \n", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not an annotation", encoding="utf-8")
    stances = (Stance(1, "quill", "board", "favor"), Stance(0, "author", "quill", "against"))
    assert read_annotator(tmp_path, ARTICLES) == [replace(ARTICLES[0], stances=stances), replace(ARTICLES[1], stances=())]


def test_every_annotator_of_a_corpus_is_read_for_the_articles_at_hand(tmp_path: Path) -> None:
    for annotator, article in (("blind", "quay"), ("blind", "boat"), ("third", "ferry")):
        (tmp_path / "town" / "annotators" / annotator).mkdir(parents=True, exist_ok=True)
        (tmp_path / "town" / "annotators" / annotator / f"{article}.ann").write_text("1 quill board favor\n", encoding="utf-8")
    (tmp_path / "town" / "ferry.txt").write_text("article: ferry\n# text\nRain.\n", encoding="utf-8")
    found = read_annotations([str(tmp_path / "town"), "labour_2016"], ARTICLES)
    stances = (Stance(1, "quill", "board", "favor"),)
    assert found == {"blind": [replace(ARTICLES[1], stances=stances)], "third": [replace(ARTICLES[0], stances=stances)]}
    elsewhere = [replace(article, corpus="city") for article in ARTICLES]
    assert read_annotations([str(tmp_path / "town")], elsewhere) == {}


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("boat", "", r"boat\.ann: the corpus has no article 'boat'"),
        ("ferry", "0 quill board", r"ferry\.ann:1: '0 quill board' is no stance; expected 'SENTENCE SPEAKER TARGET favor\|against'"),
        ("ferry", "\nzero quill board favor", r"ferry\.ann:2: .* is no stance"),
        ("ferry", "-1 quill board favor", r"ferry\.ann:1: .* is no stance"),
        ("ferry", "0 quill board none", r"ferry\.ann:1: .* is no stance"),
        ("ferry", "0 quill board favor #deed", r"ferry\.ann:1: .* is no stance"),
        ("ferry", "2 quill board favor", r"ferry\.ann:1: .* for a sentence that the article does not have"),
        ("ferry", "0 quill reed favor", r"ferry\.ann:1: .* names an actor outside the roster"),
        ("ferry", "0 quill quill favor", r"ferry\.ann:1: 'quill' is both speaker and target"),
        ("ferry", "0 quill board favor\n0 quill board against", r"ferry\.ann:2: .* two stances for quill>board"),
    ],
)
def test_a_slip_is_named_with_file_and_line(tmp_path: Path, name: str, content: str, complaint: str) -> None:
    (tmp_path / f"{name}.ann").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        read_annotator(tmp_path, ARTICLES)


def test_what_is_no_text_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \*\.ann in it"):
        read_annotator(tmp_path, ARTICLES)
    (tmp_path / "ferry.ann").write_bytes(b"\xff")
    with pytest.raises(InputError, match=r"ferry\.ann: not UTF-8 at byte 0"):
        read_annotator(tmp_path, ARTICLES)
    (tmp_path / "ferry.ann").unlink()
    (tmp_path / "ferry.ann").mkdir()
    with pytest.raises(InputError, match=r"ferry\.ann: cannot be read \(Is a directory\)"):
        read_annotator(tmp_path, ARTICLES)


def test_a_byte_order_mark_is_no_part_of_the_first_line(tmp_path: Path) -> None:
    (tmp_path / "ferry.ann").write_text("1 quill board favor\n", encoding="utf-8-sig")
    (article,) = read_annotator(tmp_path, ARTICLES)
    assert article.stances == (Stance(1, "quill", "board", "favor"),)
