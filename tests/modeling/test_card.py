from __future__ import annotations

import pytest

from whipcount.modeling.card import render_card

RECORD = {
    "config": {"model": {"encoder": "minilm", "max_tokens": 512}, "seed": 3},
    "development": {"triplet_f1": 0.4321, "polarity_accuracy": 0.8768},
    "dataset": "f" * 64,
    "n_articles": 3,
    "seconds": 61.2,
    "hardware": "x86_64, 2 threads",
    "versions": {"torch": "2.13.0"},
}
COUNTS = {"articles": 4, "favor": 5, "against": 6}
DATASET = {"counts": {"train": COUNTS, "development": COUNTS}, "folders": ["gazette", "mine"]}


def test_the_card_says_what_the_model_was_made_of_and_how_good_it_is() -> None:
    card = render_card(RECORD, DATASET)
    for fact in (
        "minilm",
        "seed 3",
        "gazette, mine",
        "3 of the 4 training articles (11 stances)",
        "f" * 64,
        "0.432",
        "0.877",
        "61 s",
        "torch 2.13.0",
    ):
        assert fact in card, fact


@pytest.mark.parametrize("promise", ["triplet F1", "oracle roster, the best"])
def test_without_development_nothing_is_claimed(promise: str) -> None:
    card = render_card(RECORD | {"development": {}}, DATASET)
    assert promise not in card
    assert "nothing was measured" in card
