"""The card counts what is in the folder."""

from __future__ import annotations

from whipcount.corpora.authored import parse_article
from whipcount.examples.card import count_split, render_card
from whipcount.examples.pairs import make_examples
from whipcount.schema import STANCES

SOURCE = """article: {id}
story: vote
# actors
q | person | Ann Quill
b | organisation | Ferry Board
# text
Quill blamed the Ferry Board.
> q against b
> b favor q
> author none q #denial
It rained.
> q none b #meeting
Quill thanked the board.
> q favor b
"""
ARTICLES = [parse_article(SOURCE.replace("{id}", name), "town", name) for name in ("a", "b")]


def test_counts_are_those_worked_out_by_hand() -> None:
    assert count_split(ARTICLES) == {
        "articles": 2,
        "stories": 1,
        "sentences": 6,
        "sentences with a stance": 4,  # a written none is no stance
        "actors": 4,
        "rows": 2 * 3 * 4 * 3,
        "favor": 4,
        "against": 2,
        "none": 66,
    }


def test_counts_agree_with_the_rows() -> None:
    counts = count_split(ARTICLES)
    rows = [row for article in ARTICLES for row in make_examples(article)]
    assert len(rows) == counts["rows"]
    assert [sum(row["stance"] == index for row in rows) for index in range(3)] == [counts[stance] for stance in STANCES]


def test_an_empty_split_counts_nothing() -> None:
    assert set(count_split([]).values()) == {0}


def test_the_card_says_what_was_built_from_what() -> None:
    manifest = {
        "fingerprint": "abc",
        "folders": ["gazette", "town"],
        "counts": {
            "train": {"articles": 12345, "favor": 7},
            "development": {"articles": 0, "favor": 0},
            "test": {"articles": 2, "favor": 1},
        },
        "losses": {"annotated mentions outside every sentence": 3},
        "shared_actors": ["Ann Quill", "Bo Reed"],
        "versions": {"whipcount": "1.2.3"},
    }
    card = render_card(manifest)
    assert "Built by whipcount 1.2.3 from: gazette, town. Fingerprint `abc`." in card
    assert "| | train | development | test |\n|---|---:|---:|---:|\n| articles | 12,345 | 0 | 2 |\n| favor | 7 | 0 | 1 |\n" in card
    assert "\n- annotated mentions outside every sentence: 3\n" in card
    assert "Actor names in more than one split: Ann Quill, Bo Reed." in card
    clean = render_card({**manifest, "losses": {}, "shared_actors": []})
    assert "## What the rows do not carry\n\nNothing.\n" in clean
    assert "Actor names in more than one split: none." in clean
