from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from whipcount.examples.storage import StoredDataset
from whipcount.schema import AGAINST, FAVOR, NONE, RESERVED_IDS, SOMEONE, STANCES, Actor, InputError
from whipcount.scoring.controls import Flips, controls_to_json, count_flips, measure_controls
from whipcount.scoring.metrics import triplet_f1
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.rows import ScoredRows, align

SLAVIC, NORDIC = ["Ada Vlk", "Slavic", "feminine"], ["Nils Aas", "Nordic", "masculine"]
FIRST_NAMES = {
    "town/ferry": {"quill": SLAVIC, "oduya": NORDIC, "board": ["Plinth Board", "organisation", ""]},
    "town/fair": {"aq": SLAVIC},
}
SECOND_NAMES = {
    "town/ferry": {"quill": ["Eva Dahl", "Nordic", "feminine"], "oduya": NORDIC, "board": ["Wherry Board", "organisation", ""]},
    "town/fair": {"aq": NORDIC, "lom": SLAVIC},
}
ARTICLES = ["town/ferry", "town/fair"]


@pytest.fixture(scope="module")
def rows(town_dataset: StoredDataset, model: Predictions) -> ScoredRows:
    return align(town_dataset.examples["test"], town_dataset.articles["test"], model)


def changed(plain: Predictions, labels: dict[str, int], **details: Any) -> Predictions:
    """Return the predictions with other labels on some rows, and a header that says how they were perturbed."""
    probabilities = plain.probabilities.copy()
    for id_, label in labels.items():
        probabilities[plain.ids.index(id_)] = np.eye(len(STANCES))[label]
    return Predictions("model.changed", plain.ids, probabilities, plain.dataset, details={"articles": ARTICLES, **details})


@pytest.fixture(scope="module")
def first(model: Predictions) -> Predictions:
    """A stance turned, one gone, one new, and one changed on a row with someone, which does not count."""
    labels = {
        "town/ferry/0/quill>oduya": FAVOR,
        "town/ferry/1/quill>oduya": NONE,
        "town/fair/0/author>lom": FAVOR,
        "town/ferry/2/someone>quill": FAVOR,
    }
    return changed(model, labels, perturb="swap", seed=1, draw=1, names=FIRST_NAMES)


@pytest.fixture(scope="module")
def second(model: Predictions) -> Predictions:
    return changed(model, {}, perturb="swap", seed=1, draw=2, names=SECOND_NAMES)


def measured(rows: ScoredRows, plain: Predictions, perturbed: list[Predictions]) -> dict[str, Any]:
    return controls_to_json(measure_controls(rows, plain, perturbed, n_resamples=50))


def counts(flips: Flips) -> tuple[int, int, int]:
    return flips.n, flips.changed, flips.polarity


def reported(flips: Flips) -> tuple[int, int, int, int]:
    return flips.reported, flips.vanished, flips.polarity, flips.appeared


def test_flips_are_counted_where_either_label_is_a_stance() -> None:
    before = np.array([FAVOR, FAVOR, FAVOR, NONE, NONE, AGAINST])
    after = np.array([FAVOR, AGAINST, NONE, NONE, AGAINST, FAVOR])
    flips = count_flips(before, after)
    assert flips == Flips(n=5, changed=4, polarity=2, reported=4)
    assert (flips.vanished, flips.appeared, flips.lost) == (1, 1, 3)
    assert (flips.share, flips.polarity_share, flips.lost_share) == (0.8, 0.4, 0.75)
    nothing = Flips(0, 0, 0, 0)
    assert np.isnan([nothing.share, nothing.polarity_share, nothing.lost_share]).all()
    assert np.isnan(count_flips(np.array([NONE]), np.array([FAVOR])).lost_share), "of no reported stance none can vanish"


def test_a_swap_worked_out_by_hand(rows: ScoredRows, model: Predictions, first: Predictions, second: Predictions) -> None:
    controls = measure_controls(rows, model, [first, second], n_resamples=50)
    (swap,) = controls.perturbed
    assert controls.find("swap") is swap and controls.find("mask") is None
    assert [counts(draw) for draw in swap.draws] == [(6, 3, 1), (5, 0, 0)]
    assert counts(swap.flips) == (11, 3, 1)
    assert [reported(draw) for draw in swap.draws] == [(5, 1, 1, 1), (5, 0, 0, 0)]
    assert reported(swap.flips) == (10, 1, 1, 1) and swap.flips.lost_share == 0.2
    assert controls.triplet_f1 == pytest.approx(2 * 2 / (5 + 5))
    assert swap.triplet_f1 == pytest.approx((2 * 2 / (5 + 5), 2 * 2 / (5 + 5)))
    assert swap.gold is None


def test_a_row_counts_once_for_each_group_of_its_ends(
    rows: ScoredRows, model: Predictions, first: Predictions, second: Predictions
) -> None:
    swap = measure_controls(rows, model, [first], n_resamples=50).perturbed[0]
    assert {name: counts(flips) for name, flips in swap.by_culture.items()} == {
        "Nordic": (2, 2, 1),
        "Slavic": (5, 2, 1),
        "organisation": (1, 0, 0),
    }
    assert {name: counts(flips) for name, flips in swap.by_gender.items()} == {"feminine": (5, 2, 1), "masculine": (2, 2, 1)}
    swap = measure_controls(rows, model, [second], n_resamples=50).perturbed[0]
    assert {name: counts(flips) for name, flips in swap.by_culture.items()} == {
        "Nordic": (5, 0, 0),
        "Slavic": (2, 0, 0),
        "organisation": (1, 0, 0),
    }
    both = measure_controls(rows, model, [first, second], n_resamples=50).perturbed[0]
    assert counts(both.by_culture["Slavic"]) == (7, 2, 1)


def test_exchange_is_set_beside_the_gold(rows: ScoredRows, perfect: Predictions, town_dataset: StoredDataset) -> None:
    where = {id_: row for row, id_ in enumerate(perfect.ids)}
    pairs = zip(rows.ids, rows.article, rows.sentence, rows.speaker, rows.target, strict=True)
    reverse = [where[f"{article}/{sentence}/{target}>{speaker}"] for _, article, sentence, speaker, target in pairs]
    turned = Predictions("turned", perfect.ids, perfect.probabilities[reverse], perfect.dataset, details={"perturb": "exchange"})
    (exchange,) = measure_controls(rows, perfect, [turned], n_resamples=50).perturbed
    assert exchange.gold == Flips(8, 8, 0, 4)  # 4 stances between named actors, none of them returned
    assert counts(exchange.flips) == (8, 8, 0)
    assert exchange.triplet_f1 == (0.0,)
    (blunt,) = measure_controls(rows, perfect, [replace(turned, probabilities=perfect.probabilities)], n_resamples=50).perturbed
    assert counts(blunt.flips) == (4, 0, 0)


def test_a_sparse_file_is_as_good_as_a_dense_one(rows: ScoredRows, model: Predictions, first: Predictions, second: Predictions) -> None:
    def thin(one: Predictions) -> Predictions:
        kept = np.flatnonzero(one.predicted != NONE)
        return replace(one, ids=[one.ids[index] for index in kept], probabilities=one.probabilities[kept], sparse=True)

    assert measured(rows, thin(model), [thin(first), thin(second)]) == measured(rows, model, [first, second])


def test_the_probabilities_of_the_rows_do_not_matter(rows: ScoredRows, model: Predictions, first: Predictions) -> None:
    other = replace(rows, probabilities=np.full_like(rows.probabilities, 1 / 3))
    assert measured(other, model, [first]) == measured(rows, model, [first])


def test_the_order_of_the_rows_does_not_matter(rows: ScoredRows, model: Predictions, first: Predictions, second: Predictions) -> None:
    order = np.random.default_rng(1).permutation(len(rows))
    assert measured(rows.select(order), model, [first, second]) == measured(rows, model, [first, second])


def test_perturbations_stand_in_their_order_and_need_no_stance(rows: ScoredRows, always_none: Predictions) -> None:
    files = [changed(always_none, {}, perturb=kind, names={}) for kind in ("blind", "mask", "swap", "exchange")]
    controls = measure_controls(rows, always_none, files, n_resamples=50)
    assert [control.perturbation for control in controls.perturbed] == ["swap", "mask", "exchange", "blind"]
    assert {control.flips for control in controls.perturbed} == {Flips(0, 0, 0, 0)}
    assert controls.perturbed[0].by_culture == controls.perturbed[0].by_gender == {}
    assert measure_controls(rows, always_none, []).perturbed == ()


ACTORS = ("author", SOMEONE, "x", "y", "z")
PAIRS = [(speaker, target) for speaker in ACTORS for target in ACTORS if speaker != target]
N_ARTICLES, N_ROWS = 12, 12 * len(PAIRS)


def many_rows(gold: NDArray[np.int_]) -> ScoredRows:
    """Return a sentence for each of 12 articles, each a story, with 5 actors."""
    articles = [f"c/{number}" for number in range(N_ARTICLES) for _ in PAIRS]
    ends = PAIRS * N_ARTICLES
    return ScoredRows(
        ids=np.array([f"{article}/0/{s}>{t}" for article, (s, t) in zip(articles, ends, strict=True)], dtype=np.object_),
        article=np.array(articles, dtype=np.object_),
        story=np.array(articles, dtype=np.object_),
        sentence=np.zeros(N_ROWS, dtype=np.int64),
        speaker=np.array([s for s, _ in ends], dtype=np.object_),
        target=np.array([t for _, t in ends], dtype=np.object_),
        gold=gold,
        probabilities=np.eye(3)[gold],
        both_named=np.zeros(N_ROWS, dtype=bool),
        actors={(article, one): Actor(one, one, one if one in RESERVED_IDS else "person") for article in articles for one in ACTORS},
    )


def labelled(rows: ScoredRows, labels: NDArray[np.int_], **details: Any) -> Predictions:
    return Predictions("s", rows.ids.tolist(), np.eye(3)[labels], details=details)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4))
def test_counts_are_those_of_a_plain_loop(seed: int, n_draws: int) -> None:
    random = np.random.default_rng(seed)
    gold, before, *after = (random.choice(3, N_ROWS, p=[0.1, 0.1, 0.8]) for _ in range(2 + n_draws))
    rows = many_rows(gold)
    names = [
        {
            f"c/{a}": {one: ["N", str(random.choice(["A", "B", "C"])), "f"] for one in "xyz" if random.random() < 0.8}
            for a in range(N_ARTICLES)
        }
        for _ in after
    ]
    files = [labelled(rows, labels, perturb="swap", draw=draw, names=names[draw]) for draw, labels in enumerate(after)]
    swap = measure_controls(rows, labelled(rows, before), files, n_resamples=20).perturbed[0]
    expected: dict[str, list[int]] = {}
    for draw, labels in enumerate(after):
        for row in range(N_ROWS):
            ends = (rows.speaker[row], rows.target[row])
            if SOMEONE in ends or before[row] == labels[row] == NONE:
                continue
            given_names = names[draw][rows.article[row]]
            for group in {"all", *(given_names[end][1] for end in ends if end in given_names)}:
                found = expected.setdefault(group, [0, 0, 0, 0, 0])
                found[0] += 1
                found[1] += int(before[row] != labels[row])
                found[2] += int({int(before[row]), int(labels[row])} == {FAVOR, AGAINST})
                found[3] += int(before[row] != NONE)
                found[4] += int(before[row] != NONE and before[row] != labels[row])
    counted = {"all": swap.flips, **swap.by_culture}
    assert {name: [*counts(flips), flips.reported, flips.lost] for name, flips in counted.items()} == expected
    assert sum(draw.changed for draw in swap.draws) == swap.flips.changed
    head = rows.headline
    assert swap.triplet_f1 == pytest.approx([triplet_f1(gold[head], labels[head]) for labels in after])


def test_the_interval_resamples_stories() -> None:
    random = np.random.default_rng(3)
    before = random.choice(3, N_ROWS, p=[0.3, 0.3, 0.4])
    after = np.where(random.random(N_ROWS) < 0.2, random.choice(3, N_ROWS), before)
    after[: 2 * len(PAIRS)] = (before[: 2 * len(PAIRS)] + 1) % 3  # two stories where everything flips
    rows = many_rows(before)
    flips = measure_controls(rows, labelled(rows, before), [labelled(rows, after, perturb="mask")], n_resamples=5000).perturbed[0].flips
    counted = rows.headline & ((before != NONE) | (after != NONE))
    story = np.repeat(np.arange(N_ARTICLES), len(PAIRS))
    n = np.bincount(story, counted)
    n_changed = np.bincount(story, counted & (before != after))
    drawn = random.integers(N_ARTICLES, size=(5000, N_ARTICLES))
    low, high = np.quantile(n_changed[drawn].sum(1) / n[drawn].sum(1), [0.025, 0.975])
    assert flips.interval is not None and flips.interval.clustered_by == "story"
    assert (flips.interval.low, flips.interval.high) == pytest.approx((low, high), abs=0.02)
    assert flips.share == pytest.approx(n_changed.sum() / n.sum())
    stances = rows.headline & (before != NONE)
    n, n_lost = np.bincount(story, stances), np.bincount(story, stances & (before != after))
    low, high = np.quantile(n_lost[drawn].sum(1) / n[drawn].sum(1), [0.025, 0.975])
    assert flips.lost_interval is not None and flips.lost_interval.clustered_by == "story"
    assert (flips.lost_interval.low, flips.lost_interval.high) == pytest.approx((low, high), abs=0.02)
    assert flips.lost_share == pytest.approx(n_lost.sum() / n.sum())


def test_plain_values_have_stable_keys(rows: ScoredRows, model: Predictions, first: Predictions) -> None:
    text = json.dumps(measured(rows, model, [first]), allow_nan=False)
    swap = json.loads(text)["perturbed"]["swap"]
    assert swap["flips"]["n"] == 6 and swap["flips"]["share"] == 0.5
    assert (swap["flips"]["reported"], swap["flips"]["lost_share"]) == (5, 0.4)
    assert set(swap["flips"]["lost_interval"]) == {"low", "high", "clustered_by"}
    assert [draw["triplet_f1"] for draw in swap["draws"]] == [0.4]
    assert list(swap["by_gender"]) == ["feminine", "masculine"] and swap["gold_flips"] is None
    undefined = {"low": None, "high": None, "clustered_by": "sentence"}
    assert swap["flips"]["interval"] == undefined, "the six rows are of four sentences"


@pytest.mark.parametrize(
    ("details", "message"),
    [
        ({}, "'perturb' of its header is None; give predictions of whipcount.predict"),
        ({"perturb": "shuffle"}, "'perturb' of its header is 'shuffle'"),
        ({"perturb": "mask", "model": "b" * 64}, "of model bbbbbbbbbbbb, model is of aaaaaaaaaaaa; perturb the same model"),
        ({"perturb": "mask", "articles": ["town/ferry"]}, r"lacks 1 of the articles to score \(town/fair, …\); perturb the same splits"),
        ({"perturb": "swap"}, "its header has no 'names'"),
        ({"perturb": "swap", "names": {"town/ferry": {"quill": ["Ada", "Slavic"]}}}, "its header has no 'names' as article key"),
        ({"perturb": "swap", "names": ["town/ferry"]}, "its header has no 'names' as article key"),
    ],
)
def test_predictions_that_do_not_fit_are_refused(rows: ScoredRows, model: Predictions, details: dict[str, Any], message: str) -> None:
    plain = replace(model, details={"model": "a" * 64})
    with pytest.raises(InputError, match=f"^model.changed: .*{message}"):
        measure_controls(rows, plain, [changed(model, {}, **details)])


def test_another_dataset_is_refused(rows: ScoredRows, model: Predictions) -> None:
    with pytest.raises(InputError, match="made on dataset 000000000000"):
        measure_controls(rows, model, [replace(changed(model, {}, perturb="mask"), dataset="0" * 64)])


def test_a_draw_given_twice_is_refused(rows: ScoredRows, model: Predictions, first: Predictions) -> None:
    with pytest.raises(InputError, match="swap 1 is given twice"):
        measure_controls(rows, model, [first, first])
    mask = changed(model, {}, perturb="mask")
    with pytest.raises(InputError, match="mask is given twice"):
        measure_controls(rows, model, [mask, mask])
