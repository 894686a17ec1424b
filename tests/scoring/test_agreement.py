from __future__ import annotations

import math
import time
from collections.abc import Mapping
from importlib.resources import as_file, files
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from whipcount.corpora.authored import read_article
from whipcount.schema import AUTHOR, SOMEONE, STANCES, Actor, Article, InputError, Span, Stance, ordered_pairs
from whipcount.scoring.agreement import (
    Agreement,
    Annotation,
    Row,
    agreement_to_json,
    annotation_of,
    count_rows,
    krippendorff_alpha,
    measure_agreement,
)

# two articles that three annotators read, a third one that only Ann and Ben read, a fourth that Cleo alone read
ANN: Annotation = {
    "town/ferry": {(0, "ada", "lom"): "favor", (0, "lom", "ada"): "against", (2, "ada", "femi"): "against"},
    "town/fair": {},
    "town/mill": {(1, "ada", "lom"): "favor"},
}
BEN: Annotation = {
    "town/ferry": {(0, "ada", "lom"): "favor", (0, "lom", "ada"): "favor", (1, "ada", "femi"): "against"},
    "town/fair": {(0, "lom", "ada"): "against"},
    "town/mill": {(1, "ada", "lom"): "favor"},
}
CLEO: Annotation = {"town/ferry": {}, "town/fair": {}, "town/lake": {(0, "ada", "lom"): "favor"}}
N_ROWS = {"town/ferry": 18, "town/fair": 4, "town/mill": 6}

VALUES = st.lists(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=3, max_size=3), max_size=10)

ROWS: list[Row] = [(0, "a", "b"), (0, "b", "a"), (1, "a", "b"), (1, "b", "a")]
ANNOTATIONS = st.dictionaries(st.sampled_from(["c/x", "c/y"]), st.dictionaries(st.sampled_from(ROWS), st.sampled_from(STANCES)))


def counted(lines: list[str]) -> NDArray[np.int64]:
    """Return counts (units, values) of annotators' lines, one character a unit, a dot where nothing is said."""
    values = sorted(set("".join(lines)) - {"."})
    return np.array([[unit.count(value) for value in values] for unit in zip(*lines, strict=True)])


def loop_alpha(units: list[list[int]]) -> float:
    """Return alpha from its definition: observed over expected disagreement, both over pairs of values."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    n = len(values)
    if len(set(values)) < 2:
        return math.nan
    observed = sum(sum(a != b for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in paired) / n
    expected = sum(a != b for a, b in permutations(values, 2)) / (n * (n - 1))
    return 1 - observed / expected


# Krippendorff's alpha


@pytest.mark.parametrize(
    ("lines", "alpha"),
    [
        # the examples of Krippendorff 2011: binary, nominal, nominal with several observers and missing values
        (["0100000010", "1110010000"], 0.095),
        (["aabbdcccedda", "babbbccceddd"], 0.692),
        (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 0.743),
        # three coders who each skip much: the example that other programs are tested on
        ([".....34121133.3", "1.213343.......", "..21344.21133.4"], 0.691),
    ],
)
def test_alpha_of_the_published_examples(lines: list[str], alpha: float) -> None:
    assert krippendorff_alpha(counted(lines)) == pytest.approx(alpha, abs=5e-4)


@given(VALUES)
def test_alpha_is_what_its_definition_says(values: list[list[int | None]]) -> None:
    units = [[value for value in unit if value is not None] for unit in values]
    counts = np.array([[unit.count(value) for value in range(3)] for unit in units], dtype=np.int64).reshape(-1, 3)
    assert krippendorff_alpha(counts) == pytest.approx(loop_alpha(units), nan_ok=True)


@given(VALUES, st.integers(0, 4))
def test_a_unit_that_occurs_often_is_so_many_units(values: list[list[int | None]], often: int) -> None:
    counts = np.array([[unit.count(value) for value in range(3)] for unit in values], dtype=np.int64).reshape(-1, 3)
    times = np.arange(len(counts)) % 2 + often
    assert krippendorff_alpha(counts, times) == pytest.approx(krippendorff_alpha(np.repeat(counts, times, axis=0)), nan_ok=True)


def test_alpha_where_all_agree_and_where_nothing_can_be_said() -> None:
    assert krippendorff_alpha(np.array([[3, 0], [0, 2]])) == 1.0
    assert math.isnan(krippendorff_alpha(np.array([[3, 0], [2, 0]])))  # one value alone
    assert math.isnan(krippendorff_alpha(np.array([[1, 0], [0, 1]])))  # no unit with two annotators
    assert math.isnan(krippendorff_alpha(np.zeros((0, 3), dtype=np.int64)))


def test_counts_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="a count below 0"):
        krippendorff_alpha(np.array([[2, -1]]))
    with pytest.raises(InputError, match="a count below 0"):
        krippendorff_alpha(np.array([[2, 1]]), np.array([-1]))
    with pytest.raises(InputError, match=r"counts of shape \(3,\)"):
        krippendorff_alpha(np.array([2, 0, 1]))
    with pytest.raises(InputError, match=r"times of shape \(2,\)"):
        krippendorff_alpha(np.array([[2, 0, 1]]), np.array([1, 2]))


# several annotators


def test_two_annotators_by_hand() -> None:
    pair = measure_agreement({"Ann": ANN, "Ben": BEN}, N_ROWS).pairs[0]
    assert (pair.one, pair.other, pair.n_articles) == ("Ann", "Ben", 3)
    # Ann writes 4, Ben 5; they agree on ada>lom in two articles
    assert (pair.triplets.n_gold, pair.triplets.n_predicted, pair.triplets.n_correct) == (4, 5, 2)
    assert pair.triplets.f1 == pytest.approx(2 * 2 / 9)
    assert pair.confusion == ((2, 0, 0), (1, 0, 1), (0, 2, 0))


def test_three_annotators_by_hand() -> None:
    agreement = measure_agreement({"Ann": ANN, "Ben": BEN, "Cleo": CLEO}, N_ROWS)
    assert (agreement.n_articles, agreement.n_rows, agreement.n_stance_rows) == (3, 18 + 4 + 6, 6)
    assert [pair.one + pair.other for pair in agreement.pairs] == ["AnnBen", "AnnCleo", "BenCleo"]
    assert [pair.n_articles for pair in agreement.pairs] == [3, 2, 2]
    # what Cleo wrote of the lake counts nowhere, for nobody else read it
    assert [pair.triplets.f1 for pair in agreement.pairs] == pytest.approx([4 / 9, 0.0, 0.0])
    assert agreement.mean_f1 == pytest.approx(4 / 27)
    # favor 0, against 1, none 2; four stance rows of the ferry, one of the fair, one of the mill that Cleo did not read
    stance_rows = [[0, 0, 2], [1, 0, 2], [1, 2, 2], [2, 1, 2], [2, 1, 2], [0, 0]]
    assert agreement.alpha_stance_rows == pytest.approx(loop_alpha(stance_rows))
    assert agreement.alpha == pytest.approx(loop_alpha([*stance_rows, *[[2, 2, 2]] * (14 + 3), *[[2, 2]] * 5]))


@given(ANNOTATIONS, ANNOTATIONS)
def test_agreement_is_the_score_of_one_against_the_other(one: dict[str, dict[Row, str]], other: dict[str, dict[Row, str]]) -> None:
    agreement = measure_agreement({"one": one, "other": other}, {"c/x": 4, "c/y": 4})
    rows = [(article, row) for article in one if article in other for row in ROWS]
    assert agreement.n_rows == len(rows)
    if not rows:
        assert agreement.pairs == () and math.isnan(agreement.mean_f1) and math.isnan(agreement.alpha)
        return
    gold, predicted = ([STANCES.index(by[article].get(row, "none")) for article, row in rows] for by in (one, other))
    expected = precision_recall_fscore_support(gold, predicted, labels=[0, 1], average="micro", zero_division=0)[2]
    cells = confusion_matrix(gold, predicted, labels=[0, 1, 2])
    cells[2, 2] = 0  # rows that neither marks are not listed
    assert agreement.pairs[0].triplets.f1 == pytest.approx(expected)
    assert agreement.pairs[0].confusion == tuple(tuple(line) for line in cells.tolist())
    units = [list(unit) for unit in zip(gold, predicted, strict=True)]
    assert agreement.alpha == pytest.approx(loop_alpha(units), nan_ok=True)
    marked = [unit for unit in units if unit != [2, 2]]
    assert agreement.alpha_stance_rows == pytest.approx(loop_alpha(marked), nan_ok=True)
    assert agreement.n_stance_rows == len(marked)


@given(ANNOTATIONS, ANNOTATIONS, ANNOTATIONS)
def test_the_order_of_the_annotators_does_not_matter(
    one: dict[str, dict[Row, str]], other: dict[str, dict[Row, str]], third: dict[str, dict[Row, str]]
) -> None:
    def numbers(agreement: Agreement) -> list[float]:
        return [agreement.mean_f1, agreement.alpha, agreement.alpha_stance_rows, agreement.n_rows, agreement.n_stance_rows]

    named = {"one": one, "other": other, "third": third}
    backwards = dict(reversed(named.items()))
    n_rows = {"c/x": 4, "c/y": 4}
    assert numbers(measure_agreement(backwards, n_rows)) == pytest.approx(numbers(measure_agreement(named, n_rows)), nan_ok=True)


def test_an_annotator_agrees_with_oneself() -> None:
    agreement = measure_agreement({"Ann": ANN, "the same": ANN}, N_ROWS)
    assert (agreement.mean_f1, agreement.alpha, agreement.alpha_stance_rows) == (1.0, 1.0, 1.0)


def test_where_nobody_writes_a_stance_there_is_no_agreement_to_measure() -> None:
    agreement = measure_agreement({"Ann": {"town/fair": {}}, "Ben": {"town/fair": {(0, "lom", "ada"): "none"}}}, N_ROWS)
    assert (agreement.n_rows, agreement.n_stance_rows, len(agreement.pairs)) == (4, 0, 1)
    assert math.isnan(agreement.mean_f1) and math.isnan(agreement.alpha) and math.isnan(agreement.alpha_stance_rows)


@pytest.mark.parametrize(
    ("annotations", "n_rows", "message"),
    [
        ({"Ann": ANN}, N_ROWS, r"1 annotators \(Ann\); agreement takes two or more"),
        ({"Ann": ANN, "Ben": BEN}, {"town/ferry": 18}, r"town/fair: no number of rows given \(2 such articles\)"),
        ({"Ann": ANN, "Ben": BEN}, {**N_ROWS, "town/ferry": 3}, "town/ferry: 4 rows bear a stance, but the article has 3"),
        (
            {"Ann": ANN, "Ben": {"town/mill": {(1, "ada", "lom"): "neutral"}}},
            N_ROWS,
            "town/mill, sentence 1, ada>lom: Ben writes the stance 'neutral'; give one of favor, against, none",
        ),
    ],
)
def test_bad_annotations_are_refused(annotations: Mapping[str, Annotation], n_rows: dict[str, int], message: str) -> None:
    with pytest.raises(InputError, match=message):
        measure_agreement(annotations, n_rows)


# from articles


def test_articles_become_annotations() -> None:
    stances = (Stance(0, "ada", "lom", "favor"), Stance(0, AUTHOR, "ada", "against"), Stance(1, SOMEONE, "lom", "against"))
    actors = (Actor("ada", "Ada Quill", "person"), Actor("lom", "Lom", "person"))
    article = Article("town", "ferry", "One. Two.", (Span(0, 4), Span(5, 9)), actors, stances=stances)
    known = {(0, "ada", "lom"): "favor", (0, AUTHOR, "ada"): "against"}
    assert annotation_of([article]) == {"town/ferry": known}
    assert annotation_of([article], someone=True) == {"town/ferry": {**known, (1, SOMEONE, "lom"): "against"}}
    rows = list(ordered_pairs(article))
    assert count_rows([article], someone=True) == {"town/ferry": len(rows)}
    assert count_rows([article]) == {"town/ferry": sum(SOMEONE not in row for row in rows)}


def test_the_two_annotators_of_the_bundled_article_agree_as_its_readme_says() -> None:
    with as_file(files("whipcount") / "corpora" / "bundled" / "labour_2016" / "annotators") as folder:
        a, b = (read_article(folder / name, "labour_2016") for name in ("a.txt", "b.txt"))
    agreement = measure_agreement({"a": annotation_of([a]), "b": annotation_of([b])}, count_rows([a]))
    assert (agreement.pairs[0].triplets.n_gold, agreement.n_stance_rows) == (15, 15)
    assert (agreement.mean_f1, agreement.alpha, agreement.alpha_stance_rows) == (1.0, 1.0, 1.0)
    assert count_rows([a]) == count_rows([b])


def test_ten_thousand_stances_of_four_annotators_take_little_time() -> None:
    random = np.random.default_rng(0)
    drawn = random.integers(0, [200, 12, 12], size=(4, 10_000, 3)).tolist()
    annotations = {
        str(annotator): {f"c/{article}": {(s, f"x{i}", "y"): STANCES[i % 2] for a, s, i in rows if a == article} for article in range(20)}
        for annotator, rows in enumerate([[(a % 20, s, i) for a, s, i in rows] for rows in drawn])
    }
    start = time.process_time()
    measure_agreement(annotations, {f"c/{article}": 10_000 for article in range(20)})
    assert time.process_time() - start < 2.0


# as plain values


def test_plain_values() -> None:
    values = agreement_to_json(measure_agreement({"Ann": ANN, "Ben": BEN}, N_ROWS))
    alphas = (values.pop("alpha"), values.pop("alpha_stance_rows"))
    units = [[0, 0], [1, 0], [1, 2], [2, 1], [2, 1], [0, 0]]
    assert alphas == pytest.approx((loop_alpha([*units, *[[2, 2]] * 22]), loop_alpha(units)), abs=1e-6)
    counts = {"n_gold": 4, "n_predicted": 5, "n_correct": 2, "precision": 0.4, "recall": 0.5, "f1": 0.444444}
    pair = {"one": "Ann", "other": "Ben", "n_articles": 3, "triplet": counts, "confusion": [[2, 0, 0], [1, 0, 1], [0, 2, 0]]}
    assert values == {"n_articles": 3, "n_rows": 28, "n_stance_rows": 6, "mean_f1": 0.444444, "pairs": [pair]}


def test_what_cannot_be_said_is_none() -> None:
    values = agreement_to_json(measure_agreement({"Ann": {"town/fair": {}}, "Ben": {}}, N_ROWS))
    assert (values["alpha"], values["alpha_stance_rows"], values["mean_f1"], values["pairs"]) == (None, None, None, [])
