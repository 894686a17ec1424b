from __future__ import annotations

import re
from pathlib import Path

import pytest
import torch
from transformers import AutoTokenizer

from whipcount.corpora.authored import parse_article
from whipcount.modeling.encoding import Encoder, add_tokens
from whipcount.modeling.heads import IGNORED, NOBODY
from whipcount.modeling.labels import label_references, label_tensor, pair_outcomes, pair_weight, pair_weights
from whipcount.modeling.variation import Variation
from whipcount.schema import AGAINST, FAVOR, NONE, PAIR, Actor, Article, Span, Stance


@pytest.fixture
def article() -> Article:
    return parse_article(
        "article: a\n# actors\nq | person | Quill\no | person | Oduya\n# text\nOne.\n> q against o\nTwo.\n> o favor q\n", "town", "a.txt"
    )


@pytest.fixture
def encoder(tiny_encoder: Path) -> Encoder:
    tokenizer = AutoTokenizer.from_pretrained(tiny_encoder)
    add_tokens(tokenizer, 8)
    return Encoder(tokenizer, 256, 8)


def test_labels_by_hand(article: Article) -> None:
    labels = label_tensor(article)
    assert labels.shape == (2, 4, 4)
    assert labels[0, 2, 3] == AGAINST and labels[1, 3, 2] == FAVOR and labels[0, 3, 2] == NONE
    assert (labels[:, range(4), range(4)] == IGNORED).all()


SOURCE = "article: a\n# actors\nq | person | Quill\no | person | Oduya\n# text\nQuill met [[his|o] friend|q] and Oduya.\n[He|o] left.\n"


def meant(article: Article, encoder: Encoder, variation: Variation | None = None) -> dict[str, set[int]]:
    """What the words of the text mean, and under "" what the markers do."""
    (window,) = encoder.encode(article, variation)
    table: dict[str, set[int]] = {}
    for chars, row in zip(window.word_chars, label_references(article, window), strict=True):
        for char, actor in zip(chars, row, strict=True):
            word = re.match(r"\w+|.", article.text[char:]) if char >= 0 else None
            table.setdefault(word[0].lower() if word else "", set()).add(actor)
    return table


def test_words_mean_the_actor_of_the_innermost_mention(encoder: Encoder) -> None:
    table = meant(parse_article(SOURCE, "town", "a.txt"), encoder)
    assert table["his"] == {3} and 2 in table["friend"] and table["he"] == {3}
    assert NOBODY in table["met"] and table["."] == {NOBODY}
    assert IGNORED in table["quill"] and table[""] == {IGNORED}


def test_words_for_an_actor_left_out_mean_nobody(encoder: Encoder) -> None:
    table = meant(parse_article(SOURCE, "town", "a.txt"), encoder, Variation((0, 1, 2), (0, 1, 2)))
    assert table["he"] == {NOBODY} and 2 in table["friend"]


def test_where_only_names_are_annotated_nothing_is_known(encoder: Encoder) -> None:
    table = meant(parse_article(SOURCE.replace("[[his|o] friend|q]", "her").replace("[He|o]", "He"), "town", "a.txt"), encoder)
    assert set.union(*table.values()) == {IGNORED}


def pair(number: int, *stances: Stance) -> Article:
    actors = (Actor("p", "Quill", "person"), Actor("q", "Oduya", "person"))
    return Article("one", f"s{number}", "Quill met Oduya.", (Span(0, 16),), actors, stances=stances, annotation=PAIR)


NEITHER = (Stance(0, "p", "q", "none"), Stance(0, "q", "p", "none"))


def test_a_pair_has_five_outcomes() -> None:
    forward = torch.tensor([NONE, FAVOR, AGAINST, IGNORED, IGNORED])
    backward = torch.tensor([NONE, IGNORED, IGNORED, FAVOR, AGAINST])
    assert pair_outcomes(forward, backward).tolist() == [0, 1, 2, 3, 4]


def test_rarer_outcomes_weigh_more_and_pairs_one_on_average(article: Article) -> None:
    pairs = [*(pair(number, *NEITHER) for number in range(16)), pair(16, Stance(0, "q", "p", "against"))]
    weights = pair_weights([article, *pairs], balance=0.5)
    assert len(weights) == 5
    assert weights[4] == pytest.approx(4 * weights[0], rel=1e-3), "a sixteenth as many, to the power of a half"
    assert 16 * weights[0] + weights[4] == pytest.approx(17, rel=1e-3)


def test_a_pair_weighs_what_its_outcome_does_and_the_rest_one(article: Article) -> None:
    weights = [1.0, 2.0, 3.0, 4.0, 5.0]
    stances = [NEITHER, (Stance(0, "p", "q", "favor"),), (Stance(0, "p", "q", "against"),), (Stance(0, "q", "p", "against"),)]
    assert [pair_weight(pair(1, *told), weights) for told in stances] == [1.0, 2.0, 3.0, 5.0]
    assert pair_weight(article, weights) == pair_weight(pair(1, *NEITHER), []) == 1.0


def test_outcomes_weigh_the_same_without_balance_or_pairs(article: Article) -> None:
    assert pair_weights([pair(1, *NEITHER)], balance=0.0) == pair_weights([article], balance=0.5) == []
