"""One row per sentence and ordered pair, none left out."""

from __future__ import annotations

import pytest

from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import count_losses, make_examples, mentions_by_sentence
from whipcount.reading.names import name_forms
from whipcount.schema import Article, ordered_pairs

SOURCE = """article: ferry
story: vote

# actors
quill | person | Marta Quill
board | organisation | the Ferry Board
islanders | group | islanders
ghost | person | Ada Ghost

# text
[Marta Quill|quill] says [the Ferry Board|board] misled [the islanders|islanders], and Quill means it.
> quill against board #quotation #deed
> quill none islanders #hypothetical
% [Marta Quill|quill] on the ferry
[She|quill] left the Ferry Board.
> author favor quill
"""


@pytest.fixture
def article() -> Article:
    return parse_article(SOURCE, "town", "ferry.txt")


def test_rows_are_the_ordered_pairs_in_their_order(article: Article) -> None:
    rows = make_examples(article)
    assert [(row["sentence"], row["speaker"], row["target"]) for row in rows] == list(ordered_pairs(article))
    assert len(rows) == 2 * 6 * 5


def test_ids_are_unique_and_say_where_the_row_comes_from(article: Article) -> None:
    ids = [row["id"] for row in make_examples(article)]
    assert len(set(ids)) == len(ids)
    assert ids[0] == "town/ferry/0/author>someone"
    assert ids[-1] == "town/ferry/1/ghost>islanders"
    assert ids == [row["id"] for row in make_examples(parse_article(SOURCE.replace("story: vote\n", ""), "town", "x"))]


def test_every_row_has_its_stance_and_unwritten_ones_are_none(article: Article) -> None:
    stances = {row["id"]: (row["stance"], row["tags"]) for row in make_examples(article)}
    assert {identifier: stance for identifier, stance in stances.items() if stance != (2, [])} == {
        "town/ferry/0/quill>board": (1, ["quotation", "deed"]),
        "town/ferry/0/quill>islanders": (2, ["hypothetical"]),
        "town/ferry/1/author>quill": (0, []),
    }


def test_ranges_are_words_of_the_article(article: Article) -> None:
    row = next(row for row in make_examples(article) if row["id"] == "town/ferry/0/quill>board")
    sentence = row["sentence_range"]
    assert article.text[sentence["start_char"] : sentence["end_char"]] == article.sentence_text(0)
    assert [article.text[m["start_char"] : m["end_char"]] for m in row["speaker_mentions"]] == ["Marta Quill", "Quill"]
    assert [article.text[m["start_char"] : m["end_char"]] for m in row["target_mentions"]] == ["Ferry Board"]
    assert (row["article"], row["story"]) == ("town/ferry", "vote")


def test_mentions_of_a_row_name_its_actors_inside_its_sentence(article: Article) -> None:
    forms = {actor.id: set(name_forms(actor)) for actor in article.actors}
    n_mentions = 0
    for row in make_examples(article):
        span = row["sentence_range"]
        for actor, mentions in ((row["speaker"], row["speaker_mentions"]), (row["target"], row["target_mentions"])):
            for m in mentions:
                assert article.text[m["start_char"] : m["end_char"]] in forms[actor]
                assert span["start_char"] <= m["start_char"] < m["end_char"] <= span["end_char"]
                n_mentions += 1
    assert n_mentions == 2 * 5 * (4 + 1)  # each mention, in both parts, beside each other actor


def test_mentions_in_the_furniture_belong_to_no_sentence(article: Article) -> None:
    assert [[m.actor for m in mentions] for mentions in mentions_by_sentence(article)] == [
        ["quill", "board", "islanders", "quill"],
        ["board"],
    ]


def test_losses_are_counted_by_reason(article: Article) -> None:
    assert count_losses(article) == {
        "annotated mentions outside every sentence": 1,  # Marta Quill in the furniture
        # "She"; of "the Ferry Board" and "the islanders" the names are found
        "annotated mentions that names do not find (pronouns, descriptions)": 1,
        "actors whose name the text never uses": 1,
    }


def test_no_loss_is_no_entry() -> None:
    plain = parse_article("article: a\n# actors\nq | person | Ann Quill\n# text\n[Ann Quill|q] spoke.", "town", "a.txt")
    assert dict(count_losses(plain)) == {}
