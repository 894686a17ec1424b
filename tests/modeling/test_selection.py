"""What is judged of each corpus, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from whipcount.corpora.authored import parse_article
from whipcount.modeling.selection import count_failures, score_at_bias, score_by_corpus
from whipcount.schema import AGAINST, FAVOR, NONE, PAIR, SOMEONE, TARGETS, Actor, Article, Span, Stance, ordered_pairs

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


def test_a_whole_article_is_scored_at_its_best_threshold(whole: Article) -> None:
    rows = saying(whole, q_o=AGAINST)
    rows[:, NONE] += 1.0
    rows /= rows.sum(1, keepdims=True)
    assert rows.argmax(1).tolist().count(NONE) == len(rows)
    assert score_by_corpus([whole], [rows])["score"] == pytest.approx(2 / 3)


def test_the_score_is_the_mean_of_the_corpora(whole: Article) -> None:
    pair = single("lines", "b", PAIR, Stance(0, "p", "q", "against"))
    seen = [
        single("seen", f"{part}-{n}", TARGETS, Stance(0, SOMEONE, "p", "favor"), Stance(0, SOMEONE, "q", "none"))
        for part, n in (("rw", 1), ("mt", 1))
    ]
    said = [saying(whole), saying(pair, p_q=AGAINST), saying(seen[0], someone_p=FAVOR), saying(seen[1])]
    scores = score_by_corpus([whole, pair, *seen], said)
    assert scores["lines_micro_f1"] == 1.0
    assert scores["lines_macro_f1"] == pytest.approx(1 / 5)
    assert scores["seen_macro_f1"] == pytest.approx((2 / 3 + (2 / 3) / 3) / 2)
    assert scores["seen_accuracy"] == pytest.approx((1 + 1 / 2) / 2)
    assert scores["score"] == pytest.approx(np.mean([scores["town_triplet_f1"], scores["lines_macro_f1"], scores["seen_macro_f1"]]))


def test_what_is_recorded_is_scored_at_the_one_bias_of_the_model(whole: Article) -> None:
    other = parse_article(FULL_SOURCE, "my_town", "a.txt")
    pair = single("lines", "b", PAIR, Stance(0, "p", "q", "against"))
    timid = saying(other, q_o=AGAINST)
    timid[:, NONE] += 1.0
    timid /= timid.sum(1, keepdims=True)
    said = [saying(whole, q_o=AGAINST), timid, saying(pair, p_q=AGAINST)]
    assert score_by_corpus([whole, other, pair], said)["my_town_triplet_f1"] == pytest.approx(2 / 3), "its own best bias"
    scores = score_at_bias([whole, other, pair], said, 0.0)
    assert list(scores) == ["town", "my_town", "lines"]
    assert scores["town"]["triplet_f1"] == pytest.approx(2 / 3) and scores["my_town"]["triplet_f1"] == 0.0
    strict = score_at_bias([whole, other, pair], said, 5.0)
    assert strict["town"]["triplet_f1"] == 0.0
    assert strict["lines"] == scores["lines"], "a bias is for fully annotated articles alone"
    assert score_at_bias([], [], 0.0) == {}


def test_what_training_has_seen_is_scored_apart() -> None:
    first, second = (single("lines", name, PAIR, Stance(0, "p", "q", "against")) for name in "ab")
    said = [saying(first, p_q=AGAINST), saying(second, p_q=FAVOR)]
    scores = score_at_bias([first, second], said, 0.0, {second.key})["lines"]
    assert (scores["micro_f1"], scores["micro_f1_unseen"]) == (0.5, 1.0)
    assert "micro_f1_unseen" not in score_at_bias([first, second], said, 0.0)["lines"]


def test_failures_are_counted_by_hand(whole: Article) -> None:
    # gold between known actors: q against o; both sentences give q against o and author for q
    rows = saying(whole, q_o=AGAINST, author_q=FAVOR)
    n_rows = 2 * 3 * 2  # two sentences, three known actors
    assert count_failures([whole], [rows], 0.0)["town"] == pytest.approx(
        {"stances": 1, "missed": 0.0, "turned": 0.0, "false_per_100": 100 * 3 / (n_rows - 1), "speakers": 0}
    )
    turned = saying(whole, q_o=FAVOR)
    assert count_failures([whole], [turned], 0.0)["town"]["turned"] == 1.0
    assert count_failures([whole], [turned], 5.0)["town"]["missed"] == 1.0


def test_speakers_with_enough_stances_show_the_spread() -> None:
    stances = (
        *(Stance(sentence, "p", "q", "favor") for sentence in range(5)),
        *(Stance(sentence, "q", "p", "favor") for sentence in range(4)),
    )
    spans = tuple(Span(sentence, sentence + 1) for sentence in range(5))
    article = Article("town", "a", "xxxxx", spans, (Actor("p", "P", "person"), Actor("q", "Q", "person")), (), stances)
    assert count_failures([article], [saying(article, p_q=FAVOR)], 0.0)["town"] == pytest.approx(
        {"stances": 9, "missed": 4 / 9, "turned": 0.0, "false_per_100": 0.0, "speakers": 1, "lowest": 1.0, "median": 1.0, "highest": 1.0}
    )
