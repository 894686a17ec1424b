"""The figures of every corpus, against numbers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from whipcount.corpora.authored import parse_article
from whipcount.schema import (
    AGAINST,
    FAVOR,
    GIVEN,
    NONE,
    PAIR,
    SOMEONE,
    TARGETS,
    UNKNOWN,
    Actor,
    Article,
    Mention,
    Span,
    Stance,
    ordered_pairs,
)
from whipcount.scoring.benchmarks import between_actors, gold_labels, score_corpora, seen_in_training, speaker_unnamed

FULL_SOURCE = (
    "article: a\n# actors\nq | person | Quill\no | person | Oduya\nt | topic | the pier\n# text\nOne.\n> q against o\nTwo.\n> o favor t\n"
)


def single(corpus: str, identifier: str, annotation: str, *stances: Stance) -> Article:
    return Article(
        corpus, identifier, "x", (Span(0, 1),), (Actor("p", "P", "person"), Actor("q", "Q", "person")), (), stances, annotation=annotation
    )


def saying(article: Article, **stances: int) -> NDArray[np.float64]:
    """Return probabilities that give each row named ``speaker_target`` its stance, all others none."""
    rows = np.tile([0.1, 0.1, 0.8], (len(list(ordered_pairs(article))), 1))
    for row, (_, speaker, target) in enumerate(ordered_pairs(article)):
        if (stance := stances.get(f"{speaker}_{target}", NONE)) != NONE:
            rows[row] = np.where(np.arange(3) == stance, 0.8, 0.1)
    return rows


@pytest.fixture
def whole() -> Article:
    return parse_article(FULL_SOURCE, "town", "a.txt")


def test_gold_labels_stand_in_the_order_of_the_rows(whole: Article) -> None:
    gold = dict(zip(ordered_pairs(whole), gold_labels(whole).tolist(), strict=True))
    assert {pair: stance for pair, stance in gold.items() if stance != NONE} == {(0, "q", "o"): AGAINST, (1, "o", "t"): FAVOR}


def test_rows_that_a_corpus_does_not_label_are_unknown() -> None:
    assert gold_labels(single("x", "a", PAIR, Stance(0, "q", "p", "favor"))).tolist() == [UNKNOWN, FAVOR]
    assert gold_labels(single("x", "a", TARGETS, Stance(0, SOMEONE, "q", "against"))).tolist() == [UNKNOWN, AGAINST]


def test_topics_are_left_out_of_the_main_score(whole: Article) -> None:
    judged = [pair for pair, kept in zip(ordered_pairs(whole), between_actors(whole), strict=True) if kept]
    assert judged == [pair for pair in ordered_pairs(whole) if "t" not in pair[1:]]


def test_a_whole_article_has_a_table_for_each_kind_of_end(whole: Article) -> None:
    scores = score_corpora([whole], [saying(whole, q_o=AGAINST, o_t=FAVOR, someone_q=AGAINST)])["town"]
    assert scores == pytest.approx(
        {
            "triplet_f1": 2 / 3,  # q against o in both sentences, right in one
            "triplet_f1_unnamed": 2 / 3,  # no sentence names anybody
            "triplet_f1_all_ends": 2 * 2 / (2 + 6),
            "triplet_f1_someone": 0.0,
            "pair_f1": 2 / 3,
            "polarity_all_ends": 1.0,
            "polarity": 1.0,
        }
    )


def test_a_measure_of_no_stance_at_all_is_left_out_and_the_main_one_is_0(whole: Article) -> None:
    found = score_corpora([whole], [saying(whole, q_o=AGAINST)])["town"]
    assert "triplet_f1_someone" not in found and found["triplet_f1_unnamed"] == 2 / 3
    empty = replace(whole, stances=())
    assert score_corpora([empty], [saying(empty)])["town"] == {"triplet_f1": 0.0}, "so that epochs can be ranked"


def test_speakers_that_their_sentence_names_and_the_author_are_apart() -> None:
    article = parse_article(FULL_SOURCE.replace("One.", "Quill came."), "town", "a.txt")
    unnamed = [pair for pair, kept in zip(ordered_pairs(article), speaker_unnamed(article), strict=True) if kept]
    assert {(sentence, speaker) for sentence, speaker, _ in unnamed} == {(0, "o"), (0, "t"), (1, "q"), (1, "o"), (1, "t")}
    assert score_corpora([article], [saying(article, q_o=AGAINST)])["town"]["triplet_f1_unnamed"] == 0.0  # the second sentence has it false


def test_pairs_and_targets_have_their_published_measures() -> None:
    pair = single("lines", "b", PAIR, Stance(0, "p", "q", "against"))
    seen = [
        single("seen", f"{part}-1", TARGETS, Stance(0, SOMEONE, "p", "favor"), Stance(0, SOMEONE, "q", "none")) for part in ("rw", "mt")
    ]
    scores = score_corpora([pair, *seen], [saying(pair, p_q=AGAINST), saying(seen[0], someone_p=FAVOR), saying(seen[1])])
    assert scores["lines"] == pytest.approx({"micro_f1": 1.0, "macro_f1": 1 / 5})
    assert scores["seen"] == pytest.approx(
        {
            "macro_f1": (2 / 3 + 2 / 9) / 2,
            "accuracy": (1 + 1 / 2) / 2,
            "rw_macro_f1": 2 / 3,
            "rw_accuracy": 1.0,
            "mt_macro_f1": 2 / 9,
            "mt_accuracy": 1 / 2,
        }
    )


def test_what_training_has_seen_word_for_word_is_told_apart() -> None:
    twin, other = single("lines", "a", PAIR, Stance(0, "p", "q", "against")), single("lines", "b", PAIR, Stance(0, "q", "p", "favor"))
    other = replace(other, mentions=(Mention("p", 0, 1, GIVEN),))
    seen = seen_in_training([twin, other], [replace(twin, id="train-1", stances=())])
    assert seen == {"lines/a"}
    scores = score_corpora([twin, other], [saying(twin, p_q=AGAINST), saying(other)], seen)["lines"]
    assert (scores["micro_f1"], scores["micro_f1_unseen"]) == (0.5, 0.0)
