"""No story in two splits, and no sentence twice; what is read to measure a model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.corpora.authored import read_corpus
from whipcount.corpora.folders import BUNDLED
from whipcount.corpora.sources import open_source
from whipcount.examples.splits import Leakage, development_articles, find_leakage, read_with_splits, split_by_story, take_share
from whipcount.schema import Actor, Article, InputError, Span

LONG = "The council of the harbour town voted last night against the new ferry timetable again."  # 15 words, 13 trigrams


def article(
    identifier: str, text: str = "Nothing new.", *, story: str = "", split: str = "", corpus: str = "town", names: str = ""
) -> Article:
    actors = tuple(Actor(f"a{i}", name, "person") for i, name in enumerate(names.split(",")) if name)
    return Article(corpus, identifier, text, (Span(0, len(text)),), actors, story=story, split=split)


def splits_of(articles: list[Article]) -> dict[str, str]:
    return {member.id: member.split for member in split_by_story(articles)}


def test_a_declared_split_holds_for_the_whole_story() -> None:
    articles = [article("a", story="vote"), article("b", story="vote", split="development"), article("c", story="quay", split="train")]
    assert splits_of(articles) == {"a": "development", "b": "development", "c": "train"}


def test_articles_come_back_in_order_with_nothing_else_changed() -> None:
    articles = [article("b", LONG, split="train", names="Ann Quill"), article("a", split="test")]
    assert split_by_story(articles) == articles


def test_a_story_declared_twice_over_is_refused() -> None:
    with pytest.raises(InputError, match="town/b: story 'vote' is declared train and test"):
        split_by_story([article("a", story="vote", split="train"), article("b", story="vote", split="test")])


def test_one_story_name_in_two_corpora_is_two_stories() -> None:
    articles = [article("a", story="vote", split="train"), article("b", story="vote", split="test", corpus="city")]
    assert splits_of(articles) == {"a": "train", "b": "test"}


def test_what_is_undeclared_in_a_corpus_of_fewer_than_ten_stories_is_test() -> None:
    declared = [article(f"d{i}", split="train") for i in range(3)]
    undeclared = [article(f"u{i}") for i in range(6)]
    assert {splits_of([*declared, *undeclared])[member.id] for member in undeclared} == {"test"}
    nine = [article(f"u{i}") for i in range(9)]
    assert set(splits_of([*nine, article("u9", story="u8")]).values()) == {"test"}  # ten articles, nine stories


def test_declaring_some_stories_moves_no_other() -> None:
    articles = [article(f"s{i}") for i in range(12)]
    drawn = splits_of(articles)
    assert set(drawn.values()) == {"train", "development", "test"}
    declared = splits_of([article(f"s{i}", split="train" if i < 8 else "") for i in range(12)])
    assert {name: declared[name] for name in list(drawn)[8:]} == {name: drawn[name] for name in list(drawn)[8:]}


def test_corpora_are_counted_apart() -> None:
    large = [article(f"a{i}") for i in range(40)]
    small = [article(f"b{i}", corpus="city") for i in range(9)]
    splits = splits_of([*large, *small])
    assert {splits[member.id] for member in small} == {"test"}
    assert {splits[member.id] for member in large} == {"train", "development", "test"}


def test_the_shares_drawn_are_the_stated_ones() -> None:
    counts = Counter(splits_of([article(f"story-{i}") for i in range(2000)]).values())
    assert counts["development"] / 2000 == pytest.approx(0.15, abs=0.03)
    assert counts["test"] / 2000 == pytest.approx(0.15, abs=0.03)
    assert counts.total() == 2000


def test_the_draw_is_that_of_the_first_release() -> None:
    """A changed draw would move stories between the splits of published scores."""
    drawn = splits_of([article(f"s{i}") for i in range(400)])
    assert [f"s{i}" for i in range(12) if drawn[f"s{i}"] == "test"] == ["s7", "s8"]
    assert [f"s{i}" for i in range(12) if drawn[f"s{i}"] == "development"] == ["s3", "s5"]
    assert Counter(drawn.values()) == {"test": 54, "development": 58, "train": 288}


@given(st.sets(st.text("abcdef", min_size=1, max_size=4), min_size=10, max_size=30), st.sets(st.text("ghij", min_size=1, max_size=4)))
@settings(max_examples=30)
def test_a_drawn_split_stays_when_articles_are_added(first: set[str], added: set[str]) -> None:
    before = splits_of([article(name) for name in sorted(first)])
    after = splits_of([article(name) for name in sorted(added | first, reverse=True)])
    assert {name: after[name] for name in before} == before


@given(st.lists(st.tuples(st.sampled_from("abcdefghijklmn"), st.sampled_from(["", "", "train", "test"])), min_size=1, max_size=40))
@settings(max_examples=60)
def test_no_story_stands_in_two_splits(rows: list[tuple[str, str]]) -> None:
    declared: dict[str, str] = {}
    for story, split in rows:
        declared[story] = declared.get(story) or split
    articles = split_by_story([article(f"a{i}", story=story, split=split and declared[story]) for i, (story, split) in enumerate(rows)])
    assert len({(member.story, member.split) for member in articles}) == len({member.story for member in articles})
    assert all(member.split for member in articles)
    assert all(member.split == declared[member.story] for member in articles if declared[member.story])


@pytest.mark.parametrize(
    "twin",
    [
        LONG,
        LONG.upper().replace(" ", "\n").replace(".", "!"),
        LONG.replace("again.", "twice."),  # 12 trigrams shared of 14
        LONG.replace("again.", "twice on Monday."),  # 12 of 16: 0.75
    ],
)
def test_a_near_duplicate_sentence_leaks(twin: str) -> None:
    leakage = find_leakage([article("a", LONG, split="train"), article("b", twin, split="test")])
    assert [leak.places for leak in leakage.sentences] == [{"train": ("town/a/0 (story a)",), "test": ("town/b/0 (story b)",)}]


@pytest.mark.parametrize(
    "other",
    [
        LONG.replace("ferry", "bus"),  # three of 13 trigrams differ: 10 shared of 16, 0.63
        LONG.replace("again.", "twice on Monday at noon."),  # 12 of 18: 0.67
        "It rained.",
    ],
)
def test_a_merely_similar_sentence_does_not(other: str) -> None:
    assert find_leakage([article("a", LONG, split="train"), article("b", other, split="test")]).sentences == ()


def test_short_sentences_may_recur() -> None:
    seven, eight = "one two three four five six seven", "one two three four five six seven eight"
    assert find_leakage([article("a", seven, split="train"), article("b", seven, split="test")]).sentences == ()
    assert len(find_leakage([article("a", eight, split="train"), article("b", eight, split="test")]).sentences) == 1


def test_duplicates_inside_a_split_and_in_three_splits() -> None:
    articles = [article(name, LONG, split=split) for name, split in (("a", "train"), ("b", "train"), ("c", "test"), ("d", "development"))]
    assert find_leakage(articles[:2]).sentences == ()
    (leak,) = find_leakage(articles).sentences
    assert leak.places == {
        "train": ("town/a/0 (story a)", "town/b/0 (story b)"),
        "development": ("town/d/0 (story d)",),
        "test": ("town/c/0 (story c)",),
    }


def test_a_leak_is_told_once_with_its_stories() -> None:
    almost = LONG.replace("again.", "twice.")
    articles = [article(f"s{i}", almost if i > 9 else LONG, story=f"vote{i}", split=("train", "test")[i % 2]) for i in range(12)]
    other = [article(name, LONG.replace("ferry", "bus").replace("harbour", "market"), split=name) for name in ("train", "development")]
    first, second = find_leakage([*articles, *other]).sentences
    assert str(first) == (
        f"{LONG!r}: train town/s0/0 (story vote0), town/s2/0 (story vote2), town/s4/0 (story vote4) and 3 more; "
        "test town/s1/0 (story vote1), town/s3/0 (story vote3), town/s5/0 (story vote5) and 3 more"
    )
    assert str(second).endswith(": train town/train/0 (story train); development town/development/0 (story development)")


def test_actors_in_two_splits_are_reported() -> None:
    articles = [
        article("a", split="train", names="Ann Quill,Bo Reed"),
        article("b", split="train", names="Ann Quill"),
        article("c", split="test", names="Bo Reed,Cy Webb"),
    ]
    assert find_leakage(articles).actors == ("Bo Reed",)


def test_what_touches_a_published_split_is_no_leak_here() -> None:
    articles = [
        article("a", LONG, story="vote", split="train", corpus="dse", names="Ann Quill"),
        article("b", LONG, story="vote", split="test", corpus="dse", names="Ann Quill"),
        article("c", LONG, story="vote", split="development", names="Ann Quill"),
    ]
    assert find_leakage(articles, published={"dse"}) == Leakage((), ())
    assert len(find_leakage(articles).sentences) == 1
    own = article("d", LONG, split="test")
    (leak,) = find_leakage([*articles, own], published={"dse"}).sentences
    assert leak.places == {"development": ("town/c/0 (story vote)",), "test": ("town/d/0 (story d)",)}


def test_a_share_of_the_articles_is_part_of_a_larger_share() -> None:
    articles = read_corpus(BUNDLED / "gazette")[:40]
    assert take_share(articles, 1.0) == articles
    quarter, half = (take_share(articles, share) for share in (0.25, 0.5))
    assert (len(quarter), len(half)) == (10, 20)
    assert {article.key for article in quarter} < {article.key for article in half}
    assert half == [article for article in articles if article in half], "the order is kept"
    assert take_share(list(reversed(articles)), 0.25) == list(reversed(quarter)), "the order decides nothing"
    assert len(take_share(articles, 0.001)) == 1


SOURCE = """article: {id}
{split}
# actors
quill | person | Vera Quill
# text
[Vera Quill|quill] left the quay.
"""


def write_corpus(folder: Path, **split_of: str) -> str:
    folder.mkdir()
    for id_, split in split_of.items():
        (folder / f"{id_}.txt").write_text(SOURCE.format(id=id_, split=split and f"split: {split}"), encoding="utf-8")
    return str(folder)


def test_development_articles_are_read_or_the_others_that_are_not_to_learn_from(tmp_path: Path) -> None:
    town = write_corpus(tmp_path / "town", quay="development", pier="development", tram="train", fair="test")
    city = write_corpus(tmp_path / "city", bus="train", fair="test", vote="")
    found, skipped = development_articles([town, city])
    assert {name: sorted(one.id for one in members) for name, members in found.items()} == {
        "town": ["pier", "quay"],
        "city": ["fair", "vote"],
    }
    assert skipped == {}


def test_fewer_development_articles_are_always_the_same_ones(tmp_path: Path) -> None:
    town = write_corpus(tmp_path / "town", **{f"a{number}": "development" for number in range(9)}, tram="train")
    most = [development_articles([town], n)[0]["town"] for n in (0, 3, 3, 5, 20)]
    assert [len(members) for members in most] == [9, 3, 3, 5, 9]
    assert most[1] == most[2]
    assert {one.id for one in most[1]} < {one.id for one in most[3]}


def test_a_public_corpus_that_is_not_at_hand_is_passed_over_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    found, skipped = development_articles(["seesaw", write_corpus(tmp_path / "town", quay="development")])
    assert (list(found), skipped) == (["town"], {"seesaw": "not at hand"})
    assert "passed over" in caplog.text and "seesaw" in caplog.text


@pytest.mark.parametrize(
    ("names", "message"),
    [(["seesaw"], "none of the corpora seesaw is at hand"), (["nowhere"], "corpus 'nowhere' is no folder")],
)
def test_without_a_corpus_there_is_nothing_to_measure(names: list[str], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WHIPCOUNT_DATA", raising=False)
    with pytest.raises(InputError, match=message):
        development_articles(names)


def test_pairs_of_a_corpus_are_no_whole_articles(public_data: Path) -> None:
    with pytest.raises(InputError, match=r"corpus 'dse': .* is not fully annotated"):
        development_articles(["dse"])


def test_two_corpora_of_one_name_are_not_measured_as_one(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    towns = [write_corpus(tmp_path / place / "town", **{place: "development"}) for place in ("one", "other")]
    with pytest.raises(InputError, match="two corpora are called 'town'"):
        development_articles(towns)


def test_what_a_dataset_would_learn_from_is_not_measured(tmp_path: Path) -> None:
    town = write_corpus(tmp_path / "town", **{f"story{number}": "" for number in range(20)})
    drawn = {article.id: article.split for article in read_with_splits(open_source(town))}
    assert set(drawn.values()) == {"train", "development", "test"}
    found = development_articles([town])[0]["town"]
    assert {article.id for article in found} == {name for name, split in drawn.items() if split == "development"}
    only = write_corpus(tmp_path / "only", quay="train")
    assert [article.id for article in development_articles([only])[0]["only"]] == ["quay"]
