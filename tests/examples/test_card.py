"""The card counts what is in the folder."""

from __future__ import annotations

from typing import Any

from whipcount.corpora.authored import parse_article
from whipcount.examples.card import count_split, render_card
from whipcount.examples.duplicates import find_duplicates, to_json
from whipcount.examples.pairs import make_examples
from whipcount.schema import SPLITS, STANCES, Actor, Article, Span, Stance

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
LONG = "The council of the harbour town voted last night against the new ferry timetable again."
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
        "unknown": 0,
    }


def test_counts_agree_with_the_rows() -> None:
    counts = count_split(ARTICLES)
    rows = [row for article in ARTICLES for row in make_examples(article)]
    assert len(rows) == counts["rows"]
    assert [sum(row["stance"] == index for row in rows) for index in range(3)] == [counts[stance] for stance in STANCES]


def test_stories_of_one_name_in_two_corpora_are_two() -> None:
    assert count_split([*ARTICLES, *(parse_article(SOURCE.replace("{id}", name), "city", name) for name in ("a", "b"))])["stories"] == 2


def test_an_empty_split_counts_nothing() -> None:
    assert set(count_split([]).values()) == {0}


def town_article(split: str, identifier: str, *sentences: str, corpus: str = "town", names: str = "") -> Article:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    actors = tuple(Actor(f"a{i}", name, "person") for i, name in enumerate(names.split(",")) if name)
    stances = (Stance(0, "a0", "a1", "favor"),) if len(actors) > 1 else ()
    return Article(corpus, identifier, " ".join(sentences), tuple(spans), actors, (), stances, split=split)


LICENCE = {"paper": "Quill 2020", "repository": "https://example.org/a", "licence": "CC0", "terms": "Do as you like."}


def manifest_of(*articles: Article, published: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "fingerprint": "abc",
        "folders": ["gazette", "town"],
        "counts": {
            "train": {"articles": 12345, "favor": 7},
            "development": {"articles": 0, "favor": 0},
            "test": {"articles": 2, "favor": 1},
        },
        "losses": {"annotated mentions outside every sentence": 3},
        "licences": dict.fromkeys(published, LICENCE),
        "shared_actors": ["Ann Quill", "Bo Reed"],
        "duplicates": to_json(find_duplicates(articles)),
        "versions": {"whipcount": "1.2.3"},
    }


def test_the_card_says_what_was_built_from_what() -> None:
    manifest = manifest_of()
    card = render_card(manifest)
    assert "Built by whipcount 1.2.3 from: gazette, town. Fingerprint `abc`." in card
    assert "| | train | development | test |\n|---|---:|---:|---:|\n| articles | 12,345 | 0 | 2 |\n| favor | 7 | 0 | 1 |\n" in card
    assert "\n- annotated mentions outside every sentence: 3\n" in card
    assert "No story and no near-duplicate sentence stands in two splits (else the dataset is not built)." in card
    assert "Actor names in more than one split: Ann Quill, Bo Reed." in card
    assert "published" not in card
    clean = render_card({**manifest, "losses": {}, "shared_actors": []})
    assert "## What the rows do not carry\n\nNothing.\n" in clean
    assert "Actor names in more than one split: none." in clean


def test_the_card_says_what_rows_mean_and_what_they_are_for() -> None:
    card = " ".join(render_card(manifest_of()).split())
    for words in (
        "In an article that is annotated whole, a row without a written stance is `none`.",
        "the rows that it does not label are `unknown` (-1)",
        "- `against`: criticises, blames,",
        "not what a politician believes",
    ):
        assert words in card, words
    assert "SEESAW" not in card and "Published parts" not in card
    assert "\n- a: The list leaks.\n" in render_card({**manifest_of(), "defects": {"a": ["The list leaks."]}})


def test_the_card_says_which_published_parts_are_not_here() -> None:
    parts = {"newsmtsc": {"train": True, "test_rw": True, "test_mt": False}, "dse": {"train": True, "test": True}}
    card = render_card({**manifest_of(), "published_parts": parts})
    assert "\n- newsmtsc: train, test_rw; not here (withheld, or not fetched): test_mt.\n- dse: train, test.\n" in card


def test_what_leaks_is_told_in_words_and_in_a_table() -> None:
    card = render_card(
        manifest_of(
            town_article("train", "a", LONG, "It rained.", names="Ann Quill,Bo Reed"),
            town_article("development", "b", LONG, "It rained.", LONG.replace("again.", "twice."), "New.", names="Ann Quill,Cy Webb"),
            town_article("development", "c", "News.", names="Dee Moss"),
            town_article("test", "a", LONG, corpus="gazette"),
        )
    )
    assert (
        "\n- town, development: 2 of 5 sentences stand word for word in train, 1 of them shorter than eight words; 1 more nearly. "
        "Articles with such a sentence: 1 of 2.\n"
        "- gazette, test: 1 of 1 sentences stand word for word in train of town; 0 more nearly. Articles with such a sentence: 1 of 1.\n"
    ) in card
    assert "\n| town, all | the same | 4 (57.1 %) | 2 | 1 (14.3 %) | 2 (66.7 %) |\n" in card
    assert "\n| town, development | town, train | 2 (40.0 %) | 1 | 1 (20.0 %) | 1 (50.0 %) |\n" in card
    assert "| gazette, all |" not in card
    assert "\n| town, development | 3 | 1 (33.3 %) | 1 (33.3 %) | 2 | 1 (50.0 %) | 1 (50.0 %) |\n" in card
    assert "\n| gazette, test | 0 | – | – | 0 | – | – |\n" in card
    assert "harbour" not in card


def test_a_dataset_without_held_out_parts_says_so() -> None:
    card = render_card(manifest_of(town_article("train", "a", "One.", "Two.")))
    for words in ("There is no held-out part beside a training part.", "No sentence stands twice", "There is no held-out part.\n"):
        assert f"\n{words}" in card


def test_published_splits_are_told_apart() -> None:
    both = render_card(manifest_of(published=("town",)))
    assert "No story and no near-duplicate sentence of gazette stands in two splits" in both
    assert "\nThe splits of town are the published ones and stay as they are" in both
    assert "No story" not in render_card(manifest_of(published=("gazette", "town")))
    assert "\n- **town**: Quill 2020. Licence: CC0. Do as you like. <https://example.org/a>\n" in both


def test_every_table_of_the_card_is_whole() -> None:
    articles = [town_article(split, split, LONG, "It rained.", names="Ann Quill,Bo Reed") for split in SPLITS]
    card = render_card(manifest_of(*articles))
    tables = [block.split("\n") for block in card.split("\n\n") if block.startswith("|")]
    assert len(tables) == 3
    assert all(len({line.count("|") for line in rows}) == 1 for rows in tables)
