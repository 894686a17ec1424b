from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from whipcount.schema import FULL, NONE, PAIR, TOPIC, Actor, Article, Span, Stance, ordered_pairs
from whipcount.scoring.thresholds import choose_threshold

ARTICLE = Article(
    corpus="town",
    id="a",
    text="Quill thanked Oduya.",
    sentences=(Span(0, 20),),
    actors=(Actor("q", "Quill", "person"), Actor("o", "Oduya", "person"), Actor("t", "the toll", TOPIC)),
    stances=(Stance(0, "q", "o", "favor"), Stance(0, "o", "q", "favor")),
)


def saying(article: Article, **favors: float) -> NDArray[np.float64]:
    """Return rows that are none for nearly certain, but for the probabilities of favor of some pairs, named as in ``q_o``."""
    rows = []
    for _, speaker, target in ordered_pairs(article):
        favor = favors.get(f"{speaker}_{target}", 0.0)
        rows.append([favor, 0.01, 0.99 - favor])
    return np.array(rows)


def test_rows_with_topics_have_no_say() -> None:
    stances = {"q_o": 0.45, "o_q": 0.2}
    topics = dict.fromkeys(("q_t", "o_t", "t_q", "t_o"), 0.3)
    alone = choose_threshold([ARTICLE], [saying(ARTICLE, **stances)])
    assert choose_threshold([ARTICLE], [saying(ARTICLE, **stances, **topics)]) == alone < 0
    persons = replace(ARTICLE, actors=(*ARTICLE.actors[:2], Actor("t", "the toll", "person")))
    assert choose_threshold([persons], [saying(persons, **stances, **topics)]) > alone, "four false stances would be too many"


def test_without_a_whole_article_the_threshold_stays() -> None:
    assert ARTICLE.annotation == FULL
    pair = replace(ARTICLE, actors=ARTICLE.actors[:2], annotation=PAIR)
    assert choose_threshold([pair], [saying(pair)]) == 0.0
    assert saying(pair).argmax(1).tolist() == [NONE] * len(saying(pair))
