from __future__ import annotations

import pytest

from whipcount.modeling.card import NO_CARD, render_card, render_resolver_card, with_attributions

RECORD = {
    "config": {"model": {"encoder": "minilm", "max_tokens": 512}, "seed": 3},
    "development": {"gazette": {"triplet_f1": 0.4321, "polarity_accuracy": 0.8768}},
    "failures": {
        "gazette": {
            "stances": 40,
            "missed": 0.45,
            "turned": 0.1,
            "false_per_100": 0.254,
            "speakers": 3,
            "lowest": 0.125,
            "median": 0.4,
            "highest": 0.875,
        }
    },
    "dataset": "f" * 64,
    "corpora": ["seesaw", "gazette", "mine"],
    "n_articles": 3,
    "n_stances": 7,
    "seconds": 61.2,
    "hardware": "x86_64, 2 threads",
    "versions": {"torch": "2.13.0"},
}
COUNTS = {"articles": 4, "favor": 5, "against": 6}
SEESAW = {"paper": "Zhang 2022", "repository": "https://example.org/s", "licence": "CC BY-NC-SA 4.0", "terms": "No commercial use."}
DATASET = {
    "counts": {"train": COUNTS, "development": COUNTS},
    "folders": ["seesaw", "gazette", "mine"],
    "licences": {"seesaw": SEESAW},
}


def test_the_card_says_what_the_model_was_made_of_and_how_good_it_is() -> None:
    card = render_card(RECORD, DATASET)
    for fact in (
        "minilm",
        "seed 3",
        "seesaw, gazette, mine",
        "| gazette | triplet F1 | 0.432 |",
        "45% are missed and 10% turned",
        "0.25 false stances",
        "of the 3 with five stances or more",
        "12% to 88%, median 40%",
        "**seesaw**: Zhang 2022. Licence: CC BY-NC-SA 4.0. No commercial use.",
        "license: other",
        "not what a politician believes",
        "3 of the 4 training articles, with 7 of their 11 stances,",
        "f" * 64,
        "0.432",
        "0.877",
        "61 s",
        "torch 2.13.0",
    ):
        assert fact in card, fact


def test_what_is_measured_on_unseen_articles_is_explained() -> None:
    measured = {"dse": {"micro_f1": 0.9, "micro_f1_unseen": 0.7}}
    card = render_card(RECORD | {"development": measured}, DATASET)
    assert "| dse | micro F1 unseen | 0.700 |" in card and "*Unseen*: on the articles" in card
    assert "*Unseen*" not in render_card(RECORD, DATASET)


@pytest.mark.parametrize("promise", ["triplet F1", "oracle roster, the best"])
def test_without_development_nothing_is_claimed(promise: str) -> None:
    card = render_card(RECORD | {"development": {}}, DATASET)
    assert promise not in card
    assert "nothing was measured" in card


def test_a_corpus_with_an_underscore_keeps_its_name_and_the_criterion_is_told() -> None:
    card = render_card(RECORD | {"development": {"my_articles": {"triplet_f1": 0.25}}}, DATASET)
    assert "| my_articles | triplet F1 | 0.250 |" in card
    assert "mean over corpora" in card


def test_weights_of_our_own_stories_carry_our_licence() -> None:
    assert "license: apache-2.0" in render_card(RECORD, DATASET | {"licences": {}, "folders": ["gazette"]})


@pytest.mark.parametrize("folders", [["mine"], ["gazette", "mine"]])
def test_weights_of_a_users_own_stories_carry_no_licence_of_ours(folders: list[str]) -> None:
    card = render_card(RECORD, DATASET | {"licences": {}, "folders": folders})
    assert "license: other" in card and "license: apache-2.0" not in card


def test_the_licence_of_what_a_model_goes_on_from_counts() -> None:
    ours = DATASET | {"licences": {}, "folders": ["gazette", "labour_2016"]}
    assert "license: apache-2.0" in render_card(RECORD, ours, render_card(RECORD, ours))
    assert "license: other" in render_card(RECORD, ours, render_card(RECORD, ours | {"folders": ["mine"]}))
    assert "license: other" in render_card(RECORD, ours, "# A card of somebody's that names no licence\n")


def test_a_card_tells_of_one_head_for_attributions() -> None:
    record = {"config": {"layers": 2}, "n_attributions": 19_831, "n_texts": 840}
    card = with_attributions("# A model\n", record)
    assert card.startswith("# A model\n\n## Who says what\n") and "19,831 attributions of 840 texts of PolNeAR" in card
    again = with_attributions(card, {**record, "n_texts": 84})
    assert again.count("## Who says what") == 1 and "of 84 texts" in again


def test_a_head_that_learnt_from_polnear_takes_the_free_licence_away() -> None:
    free = render_card(RECORD, DATASET | {"licences": {}, "folders": ["gazette"]})
    card = with_attributions(free, {"config": {"layers": 2}, "n_attributions": 19_831, "n_texts": 840})
    assert "license: apache-2.0" not in card
    assert card.partition("\n---\n")[0].splitlines()[2] == "license: other"


def test_a_resolver_names_its_stance_model_and_all_licences() -> None:
    dataset = {"folders": ["gap", "gazette"], "licences": {"gap": SEESAW | {"licence": "Apache 2.0"}}}
    card = render_resolver_card("runs/model", render_card(RECORD, DATASET), dataset, n_pronouns=1234, n_texts=9)
    assert card.startswith("---\nlibrary_name: whipcount\nlicense: other\n")
    for fact in (
        "`runs/model`",
        "1,234 pronouns of 9 texts",
        "**gap**: Zhang 2022. Licence: Apache 2.0",
        "**seesaw**: Zhang 2022. Licence: CC",
    ):
        assert card.count(fact) == 1, fact
    assert card.count("**gazette**") == 1
    assert "is not known: it had no card" in render_resolver_card("runs/model", "", dataset, n_pronouns=1, n_texts=1)


def test_a_model_that_goes_on_from_another_carries_its_licences() -> None:
    mine = DATASET | {"licences": {}, "folders": ["mine"]}
    before = render_card(RECORD, DATASET)
    card = render_card(RECORD, mine, before)
    assert "Goes on from the model in minilm" in card and "Encoder: minilm" not in card
    assert "license: other" in card
    data = card.partition("## Data and licences")[2].partition("## What the labels mean")[0]
    for corpus in ("seesaw", "gazette", "mine"):
        assert data.count(f"**{corpus}**") == 1
    third = render_card(RECORD, DATASET | {"licences": {}, "folders": ["gazette"]}, card)
    assert "license: other" in third and third.count("**seesaw**") == 1 and third.count("**gazette**") == 1


def test_of_a_model_without_a_card_nothing_is_promised() -> None:
    card = render_card(RECORD, DATASET | {"licences": {}, "folders": ["mine"]}, NO_CARD)
    assert "license: other" in card and "is not known: it had no card" in card


HEAD = {"config": {"layers": 2}, "n_attributions": 19_831, "n_texts": 840}
MINE = DATASET | {"licences": {}, "folders": ["mine"]}


def licence(card: str) -> str:
    """Return the licence in the card's header."""
    _, header, _ = card.split("---\n", 2)
    (line,) = (line for line in header.splitlines() if line.startswith("license: "))
    return line


def test_a_model_without_a_card_that_is_given_a_head_promises_nothing_either() -> None:
    card = with_attributions("", HEAD)
    for found in (card, with_attributions(card, HEAD), render_card(RECORD, MINE, card)):
        assert licence(found) == "license: other"
        assert found.count("is not known: it had no card") == 1
    assert "840 texts of PolNeAR" in card and "is not known: it had no card" in render_resolver_card("runs/model", card, MINE, 1, 1)


@pytest.mark.parametrize("named", ["license: cc-by-nc-sa-4.0", "license_name: of-its-own"])
def test_a_licence_that_was_written_in_by_hand_is_not_made_free(named: str) -> None:
    before = render_card(RECORD, DATASET).replace("license: other", named)
    card = render_card(RECORD, MINE, before)
    assert licence(card) == "license: other" and card.count("**seesaw**") == 1
    free = render_card(RECORD, MINE)
    assert licence(render_card(RECORD, MINE, free)) == licence(free)


def test_of_a_card_that_tells_no_terms_nothing_is_promised() -> None:
    for before in ("---\nlicense: apache-2.0\n---\n\n# A model\n", "\n## Who says what\n\nA second head.\n"):
        assert "is not known: it had no card" in render_card(RECORD, MINE, before)
        assert "is not known: it had no card" in render_resolver_card("runs/model", before, MINE, 1, 1)
        assert licence(render_card(RECORD, MINE, before)) == "license: other"
