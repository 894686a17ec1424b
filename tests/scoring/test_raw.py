"""A reading of four sentences whose every triplet can be followed by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from whipcount.schema import AGAINST, FAVOR, NONE, PAIR, Actor, Article, FoundStance, InputError, Reading, Span, Stance
from whipcount.scoring.raw import LOST, NO_SENTENCE, align_sentences, compare, raw_values, score_furniture, score_rows
from whipcount.scoring.rosters import RosterMatch, identity, match_rosters

SENTENCES = ("Vera Quill praised Femi Oduya.", "Oduya mocked the Ferry Line.", "Nils Berg blamed Quill.", "Read more news here.")
TEXT = " ".join(SENTENCES)
SPANS = tuple(Span(TEXT.index(words), TEXT.index(words) + len(words)) for words in SENTENCES)
QUILL, ODUYA, BERG = Actor("quill", "Vera Quill", "person"), Actor("oduya", "Femi Oduya", "person"), Actor("berg", "Nils Berg", "person")
LINE, PIER = Actor("line", "Ferry Line", "organisation"), Actor("pier", "new pier", "topic")
GOLD = Article(
    "town",
    "quay",
    TEXT,
    SPANS[:3],
    (QUILL, ODUYA, BERG, LINE, PIER),
    stances=(
        Stance(0, "quill", "oduya", "favor"),
        Stance(1, "oduya", "line", "against"),
        Stance(1, "author", "oduya", "against"),
        Stance(1, "oduya", "pier", "favor"),
        Stance(2, "berg", "quill", "against"),
        Stance(2, "someone", "quill", "favor"),
        Stance(2, "quill", "berg", "none", ("denial",)),
    ),
    furniture=SPANS[3:],
    story="strike",
)
PRO, CON = (0.9, 0.05, 0.05), (0.05, 0.9, 0.05)


def read(
    *stances: FoundStance, actors: tuple[Actor, ...] = (), sentences: tuple[Span, ...] = SPANS[:3], furniture: tuple[Span, ...] = ()
) -> Reading:
    return Reading(TEXT, sentences, furniture, actors, stances=stances)


OWN = (Actor("a0", "Vera Quill", "person"), Actor("a1", "Femi Oduya", "person"), Actor("a2", "Harbour Board", "organisation"))


def fates(reading: Reading, match: RosterMatch | None = None) -> dict[tuple[int, str, str], tuple[int, int, str]]:
    rows, _ = compare(reading, GOLD, match or match_rosters(reading, GOLD, "strict"))
    return {(row.sentence, row.speaker, row.target): (row.gold, row.found, row.lost) for row in rows}


def test_every_triplet_is_right_or_lost_at_a_stage() -> None:
    reading = read(
        FoundStance(0, "a0", "a1", PRO),
        FoundStance(1, "a1", "a2", CON),
        FoundStance(1, "author", "a1", PRO),
        actors=OWN,
    )
    assert fates(reading) == {
        (0, "quill", "oduya"): (FAVOR, FAVOR, ""),
        (1, "author", "oduya"): (AGAINST, FAVOR, "called opposite"),
        (1, "oduya", "line"): (AGAINST, NONE, "target missing"),
        (1, "oduya", "own:a2"): (NONE, AGAINST, ""),
        (1, "oduya", "pier"): (FAVOR, NONE, "target missing"),
        (2, "berg", "quill"): (AGAINST, NONE, "speaker missing"),
        (2, "someone", "quill"): (FAVOR, NONE, "called none"),
    }
    score = score_rows(compare(reading, GOLD, match_rosters(reading, GOLD, "strict"))[0], headline=True, n_resamples=10)
    # gold between actors: 4; found: 3; right: 1; the pair author>oduya is found with the wrong stance
    assert (score.triplets.n_gold, score.triplets.n_predicted, score.triplets.n_correct) == (4, 3, 1)
    assert score.triplets.f1 == pytest.approx(2 / 7)
    assert score.pairs.f1 == pytest.approx(4 / 7)
    assert score.lost == dict.fromkeys(LOST, 0) | {"speaker missing": 1, "target missing": 1, "called opposite": 1}
    everything = score_rows(compare(reading, GOLD, match_rosters(reading, GOLD, "strict"))[0], headline=False, n_resamples=10)
    assert (everything.triplets.n_gold, everything.triplets.n_predicted, everything.triplets.n_correct) == (6, 3, 1)
    values = raw_values(everything)
    assert values["lost"]["target missing"] == 2 and values["lost_share"]["target missing"] == round(2 / 6, 6)
    assert sum(values["lost"].values()) + everything.triplets.n_correct == everything.triplets.n_gold


def test_with_the_gold_roster_nothing_is_missing() -> None:
    reading = read(FoundStance(2, "quill", "berg", CON), actors=GOLD.actors)
    found = fates(reading, identity(GOLD))
    assert found[2, "berg", "quill"] == (AGAINST, NONE, "called none")
    assert found[2, "quill", "berg"] == (NONE, AGAINST, "")
    assert {lost for _, _, lost in found.values()} == {"called none", ""}


def test_an_empty_reading_loses_every_sentence() -> None:
    assert {lost for _, _, lost in fates(read(sentences=())).values()} == {"segmentation"}
    furnished = fates(read(sentences=SPANS[:1], furniture=(Span(SPANS[1].start_char, SPANS[1].end_char - 5),)))
    assert {key[0]: lost for key, (_, _, lost) in furnished.items()} == {0: "both missing", 1: "furniture", 2: "segmentation"}
    score = score_rows(compare(read(sentences=()), GOLD, match_rosters(read(), GOLD, "lenient"))[0], headline=True, n_resamples=10)
    assert (score.triplets.f1, score.triplets.n_gold, score.lost["segmentation"]) == (0.0, 4, 4)


def test_both_ends_missing_is_a_stage_of_its_own() -> None:
    assert fates(read())[0, "quill", "oduya"] == (FAVOR, NONE, "both missing")
    assert fates(read())[1, "author", "oduya"] == (AGAINST, NONE, "target missing")


def test_sentences_are_aligned_by_most_characters() -> None:
    halves = (Span(0, 12), Span(12, SPANS[0].end_char), Span(SPANS[1].start_char, SPANS[2].start_char + 5), SPANS[3])
    assert align_sentences(read(sentences=halves), GOLD) == (0, 0, 1, NO_SENTENCE)
    assert align_sentences(read(sentences=()), GOLD) == ()


def test_halves_of_a_sentence_are_merged_and_a_stance_outside_is_false() -> None:
    halves = (Span(0, 12), Span(12, SPANS[0].end_char), SPANS[3])
    reading = read(
        FoundStance(0, "a0", "a1", (0.2, 0.5, 0.3)),
        FoundStance(1, "a0", "a1", PRO),
        FoundStance(2, "a0", "a1", PRO),
        actors=OWN,
        sentences=halves,
    )
    rows, special = compare(reading, GOLD, match_rosters(reading, GOLD, "strict"))
    assert special == {"merged": 1, "outside": 1}
    found = {(row.sentence, row.speaker, row.target): row for row in rows if row.found != NONE}
    assert {key: (row.gold, row.found) for key, row in found.items()} == {
        (0, "quill", "oduya"): (FAVOR, FAVOR),
        (5, "quill", "oduya"): (NONE, FAVOR),
    }
    score = score_rows(rows, headline=True, n_resamples=10)
    assert (score.triplets.n_predicted, score.triplets.n_correct) == (2, 1)


def test_stories_are_resampled_once_there_are_enough() -> None:
    rows = []
    for number in range(12):
        article = replace(GOLD, id=f"quay_{number}", story=f"story_{number}")
        right = read(FoundStance(0, "a0", "a1", PRO), actors=OWN) if number % 2 else read(actors=OWN)
        rows += compare(right, article, match_rosters(right, article, "strict"))[0]
    score = score_rows(rows, headline=True, n_resamples=500, seed=3)
    assert score.triplets.f1 == pytest.approx(2 * 6 / (48 + 6))
    assert score.interval.clustered_by == "story"
    assert 0 < score.interval.low < score.triplets.f1 < score.interval.high < 2 / 5
    few = score_rows(rows[:14], headline=True, n_resamples=50)
    assert few.interval.clustered_by == "sentence"


def test_furniture_worked_out_by_hand() -> None:
    score = score_furniture(read(furniture=SPANS[3:]), GOLD)
    assert (score.n, score.n_marked, score.n_read, score.n_sentences, score.n_sentences_marked) == (1, 1, 0, 3, 0)
    wrong = score_furniture(read(sentences=SPANS[1:], furniture=SPANS[:1]), GOLD)
    assert (wrong.n_marked, wrong.n_read, wrong.n_sentences_marked) == (0, 1, 1)


def test_gold_that_covers_one_pair_alone_is_refused() -> None:
    pair = Article("town", "quay", TEXT, SPANS[:1], (QUILL, ODUYA), annotation=PAIR)
    with pytest.raises(InputError, match="town/quay: annotation is 'pair'"):
        compare(read(), pair, identity(pair))
