"""Counts of what recurs: worked out by hand, and against a plain loop over every two sentences."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.examples.duplicates import DuplicateReport, Part, Recurrence, SeenNames, Twins, find_duplicates, to_json
from whipcount.examples.similarity import NEAR_DUPLICATE, trigrams_of
from whipcount.schema import SPLITS, TARGETS, Actor, Article, Span, Stance

LONG = "The council of the harbour town voted last night against the new ferry timetable again."  # 15 words, 13 trigrams
TWICE = LONG.replace("again.", "twice.")  # 12 trigrams shared of 14
SHORT = "It rained."
TRAIN, HELD_OUT = Part("town", "train"), Part("town", "development")


def article(
    corpus: str, split: str, identifier: str, *sentences: str, actors: tuple[Actor, ...] = (), stances: tuple[Stance, ...] = ()
) -> Article:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    return Article(corpus, identifier, " ".join(sentences), tuple(spans), actors, stances=stances, split=split)


def between(report: DuplicateReport, part: Part, other: Part) -> Recurrence:
    (found,) = [one for one in report.recurrences if (one.part, one.other) == (part, other)]
    return found


def counts(report: DuplicateReport, part: Part, other: Part) -> tuple[int, int, int, int]:
    found = between(report, part, other)
    return found.exact, found.short, found.near, found.articles


def test_by_hand() -> None:
    report = find_duplicates(
        [
            article("town", "train", "a", LONG, "Nothing is like it."),
            article("town", "train", "b", LONG.upper().replace(" ", "  "), SHORT),
            article("town", "development", "c", LONG, TWICE, SHORT),
            article("town", "development", "d", "The ferry left."),
        ]
    )
    assert between(report, HELD_OUT, TRAIN) == Recurrence(
        part=HELD_OUT,
        other=TRAIN,
        n_sentences=4,
        n_articles=2,
        exact=2,
        short=1,
        near=1,
        articles=1,
        exact_examples=(Twins("town/c/0", "town/a/0"), Twins("town/c/2", "town/b/1")),
        near_examples=(Twins("town/c/1", "town/a/0"),),
    )
    assert counts(report, TRAIN, HELD_OUT) == (3, 1, 0, 2)
    assert counts(report, TRAIN, TRAIN) == (2, 0, 0, 2)
    assert counts(report, HELD_OUT, HELD_OUT) == (0, 0, 2, 1)
    assert between(report, Part("town"), Part("town")) == Recurrence(
        part=Part("town"),
        other=Part("town"),
        n_sentences=8,
        n_articles=4,
        exact=5,
        short=2,
        near=1,
        articles=3,
        exact_examples=(Twins("town/a/0", "town/b/0"), Twins("town/b/0", "town/a/0"), Twins("town/b/1", "town/c/2")),
        near_examples=(Twins("town/c/1", "town/a/0"),),
    )
    assert report.leaks == (between(report, HELD_OUT, TRAIN),)


def test_marks_make_a_near_duplicate_of_a_long_sentence_only() -> None:
    report = find_duplicates([article("town", "train", "a", LONG, SHORT), article("town", "development", "b", LONG[:-1], SHORT[:-1])])
    assert counts(report, HELD_OUT, TRAIN) == (0, 0, 1, 1)


def test_corpora_apart_are_listed_only_where_they_meet() -> None:
    report = find_duplicates(
        [
            article("town", "train", "a", LONG),
            article("town", "development", "b", "One."),
            article("city", "development", "a", TWICE),
            article("city", "test", "b", "Two."),
        ]
    )
    pairs = [(str(found.part), str(found.other)) for found in report.recurrences]
    assert pairs == [
        ("town", "town"),
        ("city", "city"),
        ("town/train", "town/train"),
        ("town/train", "town/development"),
        ("town/train", "city/development"),
        ("town/development", "town/train"),
        ("town/development", "town/development"),
        ("city/development", "town/train"),
        ("city/development", "city/development"),
        ("city/development", "city/test"),
        ("city/test", "city/development"),
        ("city/test", "city/test"),
    ]
    assert [str(leak.part) for leak in report.leaks] == ["city/development"]
    assert counts(report, Part("city"), Part("city")) == (0, 0, 0, 0)


def test_three_examples_are_enough() -> None:
    sentences = [LONG.replace("ferry", word) for word in ("bus", "tram", "train", "cart", "coach")]
    report = find_duplicates([article("town", "train", "a", *sentences), article("town", "test", "b", *sentences)])
    found = between(report, Part("town", "test"), TRAIN)
    assert found.exact == 5
    assert found.exact_examples == tuple(Twins(f"town/b/{i}", f"town/a/{i}") for i in range(3))


words = st.lists(st.sampled_from("abc"), min_size=1, max_size=12).map(" ".join)
sentences = st.one_of(words, st.sampled_from([LONG, TWICE, LONG.upper(), LONG[:-1], SHORT]))
places = st.tuples(st.sampled_from(["town", "city"]), st.sampled_from(SPLITS))


@given(st.lists(st.tuples(places, st.lists(sentences, min_size=1, max_size=3)), max_size=10))
@settings(max_examples=200)
def test_counts_agree_with_a_loop(rows: list[tuple[tuple[str, str], list[str]]]) -> None:
    articles = [article(*place, f"a{number}", *texts) for number, (place, texts) in enumerate(rows)]
    flat = [(one, i, " ".join(one.sentence_text(i).lower().split())) for one in articles for i in range(len(one.sentences))]
    report = find_duplicates(articles)

    def stands_in(one: Article, part: Part) -> bool:
        return one.corpus == part.corpus and part.split in ("", one.split)

    def like(a: str, b: str) -> bool:
        first, second = trigrams_of(a), trigrams_of(b)
        return bool(first and second) and len(first & second) >= NEAR_DUPLICATE * len(first | second)

    expected = {}
    parts = {Part(one.corpus, one.split) for one in articles}
    wholes = {Part(one.corpus) for one in articles}
    for part, other in [(p, o) for p in parts for o in parts] + [(whole, whole) for whole in wholes]:
        exact, near = [], []
        for one, i, text in flat:
            if stands_in(one, part):
                others = [t for o, j, t in flat if stands_in(o, other) and (o.key, j) != (one.key, i)]
                if text in others:
                    exact.append(one.key)
                elif any(like(text, t) for t in others):
                    near.append(one.key)
        if exact or near:
            expected[part, other] = len(exact), len(near), len({*exact, *near})
    found = {(one.part, one.other): (one.exact, one.near, one.articles) for one in report.recurrences if one.exact or one.near}
    assert found == expected


def test_names_that_training_has_seen() -> None:
    quill, oduya, berg = (Actor(name.split()[1].lower(), name, "person") for name in ("Ada Quill", "Femi Oduya", "Nils Berg"))
    shouted = Actor("q", "ADA  QUILL", "person")
    report = find_duplicates(
        [
            article("town", "train", "a", "One.", actors=(quill,)),
            article("city", "train", "a", "Two.", actors=(oduya,)),
            article(
                "town",
                "development",
                "b",
                "Three.",
                "Four.",
                actors=(shouted, oduya, berg),
                stances=(
                    Stance(0, "q", "oduya", "favor"),
                    Stance(0, "q", "berg", "none"),  # no stance
                    Stance(1, "author", "berg", "against"),  # the author is no name
                    Stance(1, "q", "someone", "against"),
                ),
            ),
            article("town", "development", "c", "Five.", actors=(quill,)),  # the same name again
            article("lake", "test", "a", "Six."),
        ]
    )
    assert report.names == (
        SeenNames(HELD_OUT, names=3, names_in_own_train=1, names_in_any_train=2, ends=4, ends_in_own_train=2, ends_in_any_train=3),
        SeenNames(Part("lake", "test"), 0, 0, 0, 0, 0, 0),
    )


def test_whoever_holds_a_stance_toward_a_target_is_no_name() -> None:
    target = Article(
        "town", "a", SHORT, (Span(0, len(SHORT)),), (Actor("t", "Ada Quill", "person"),), (), (Stance(0, "someone", "t", "favor"),),
        split="test", annotation=TARGETS,
    )  # fmt: skip
    (seen,) = find_duplicates([target]).names
    assert (seen.names, seen.ends) == (1, 1)


def test_the_manifest_holds_numbers_and_ids_and_survives_json() -> None:
    report = find_duplicates([article("town", "train", "a", LONG), article("town", "test", "b", LONG)])
    found = to_json(report)
    assert json.loads(json.dumps(found)) == found
    assert found["sentences"][-2] == {
        "part": "town/test",
        "other": "town/train",
        "n_sentences": 1,
        "n_articles": 1,
        "exact": 1,
        "short": 0,
        "near": 0,
        "articles": 1,
        "exact_examples": [{"sentence": "town/b/0", "twin": "town/a/0"}],
        "near_examples": [],
    }
    assert found["names"] == [
        {
            "part": "town/test",
            "names": 0,
            "names_in_own_train": 0,
            "names_in_any_train": 0,
            "ends": 0,
            "ends_in_own_train": 0,
            "ends_in_any_train": 0,
        }
    ]
    assert "harbour" not in json.dumps(found)


def test_nothing_recurs_in_nothing() -> None:
    assert find_duplicates([]) == DuplicateReport((), ())
