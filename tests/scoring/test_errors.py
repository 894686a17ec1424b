from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from datasets import ClassLabel, Dataset, Features, List
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from whipcount.corpora.authored import read_corpus
from whipcount.examples.pairs import make_examples
from whipcount.examples.storage import EXAMPLE_FEATURES
from whipcount.schema import AUTHOR, NONE, SOMEONE, STANCES, TAGS, Article, InputError
from whipcount.scoring.errors import ErrorAnalysis, analyse_errors, errors_to_json, tag_table
from whipcount.scoring.predictions import Predictions
from whipcount.scoring.row_properties import PROPERTIES, describe_rows
from whipcount.scoring.rows import ScoredRows, align

FERRY = """\
article: ferry
split: test

# actors
quill | person | Ada Quill
oduya | person | Femi Oduya
board | organisation | Ferry Board

# text
The Ferry Board met.
[Ada Quill|quill] said [Femi Oduya|oduya] was not backed by [the Ferry Board|board].
> board against oduya #passive #negation #third_party
> quill none oduya #meeting
"[He|oduya] has misled us all," [she|quill] said.
> quill against oduya #quotation #pronoun

"[The man|oduya] is a danger to [Quill|quill] and a danger to shipping.
> quill against oduya #running_quote #role
Nobody trusts [him|oduya]."
> quill against oduya #running_quote #pronoun
> someone against oduya #pronoun

[Oduya|oduya] deserves better.
> author favor oduya #authorial
"""

FOUND = {
    "ferry/1/board>oduya": (0.1, 0.8, 0.1),  # right
    "ferry/1/quill>oduya": (0.1, 0.5, 0.4),  # false, on a tagged none row
    "ferry/2/quill>oduya": (0.1, 0.6, 0.3),  # right
    "ferry/3/quill>oduya": (0.7, 0.2, 0.1),  # the other stance
    "ferry/4/quill>oduya": (0.0, 0.1, 0.9),  # missed, polarity right
    "ferry/4/someone>oduya": (1.0, 0.0, 0.0),  # wrong, in no score
    "ferry/5/oduya>quill": (0.7, 0.1, 0.2),  # false
}
"""Probabilities of a system; the other rows are none, so the author's stance is missed."""


def table_of(articles: Sequence[Article], tags: Sequence[str] = TAGS) -> Dataset:
    """Return the rows of articles as they are stored, by a dataset that knows its tags in the order of ``tags``."""
    rows = [{**row, "tags": [tags.index(tag) for tag in row["tags"]]} for article in articles for row in make_examples(article)]
    return Dataset.from_list(rows, features=Features({**EXAMPLE_FEATURES, "tags": List(ClassLabel(names=list(tags)))}))


def rows_of(articles: Sequence[Article], probabilities: dict[str, tuple[float, float, float]]) -> ScoredRows:
    examples = table_of(articles)
    ids = list(examples["id"])
    assert set(probabilities) <= set(ids), "the test names a row that does not exist"
    return align(examples, articles, Predictions("s", ids, np.array([probabilities.get(id_, (0.0, 0.0, 1.0)) for id_ in ids])))


@pytest.fixture(scope="module")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Article:
    folder: Path = tmp_path_factory.mktemp("corpora") / "harbour"
    folder.mkdir()
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    return read_corpus(folder)[0]


@pytest.fixture(scope="module")
def examples(ferry: Article) -> Dataset:
    return table_of([ferry])


@pytest.fixture(scope="module")
def rows(ferry: Article) -> ScoredRows:
    return rows_of([ferry], {f"harbour/{row}": found for row, found in FOUND.items()})


@pytest.fixture(scope="module")
def analysis(rows: ScoredRows, ferry: Article, examples: Dataset) -> ErrorAnalysis:
    return analyse_errors(rows, [ferry], examples)


def test_tags_by_hand(analysis: ErrorAnalysis) -> None:
    found = {tag: (s.n, s.correct, s.n_called_none, s.polarity_accuracy) for tag, s in analysis.tags.items() if s.n}
    assert found == {
        "quotation": (1, 1, 0, 1.0),
        "running_quote": (2, 0, 1, 0.5),
        "pronoun": (2, 1, 1, 1.0),
        "role": (1, 0, 0, 0.0),
        "passive": (1, 1, 0, 1.0),
        "negation": (1, 1, 0, 1.0),
        "third_party": (1, 1, 0, 1.0),
        "authorial": (1, 0, 1, 0.5),  # neither stance has a probability: a coin
    }
    meeting = analysis.tags["meeting"]
    assert (meeting.n, meeting.false.count, meeting.false.none_rows) == (0, 1, 1)
    assert math.isnan(meeting.recall) and math.isnan(meeting.called_none) and math.isnan(meeting.interval[0])
    assert list(analysis.tags) == [tag for tag in TAGS if tag in {*found, "meeting"}]


def test_the_shares_of_a_tag_are_over_its_gold_stances(analysis: ErrorAnalysis) -> None:
    score = analysis.tags["running_quote"]
    assert (score.recall, score.called_none, score.false.none_rows) == (0.0, 0.5, 0)
    low, high = analysis.tags["pronoun"].interval
    assert low < analysis.tags["pronoun"].recall == 0.5 < high


def test_rows_without_a_tag_and_all_rows_stand_beside_them(analysis: ErrorAnalysis) -> None:
    # 6 sentences of 4 actors, 12 ordered pairs each; 5 gold stances and one none row are tagged
    everything, untagged = analysis.all_rows, analysis.untagged
    assert (everything.n, everything.correct, everything.n_called_none) == (5, 2, 2)
    assert (everything.false.count, everything.false.none_rows) == (2, 72 - 5)
    assert (untagged.n, untagged.false.count, untagged.false.none_rows) == (0, 1, 72 - 6)


def test_rows_are_described_by_hand(ferry: Article, rows: ScoredRows) -> None:
    described = describe_rows(rows, [ferry])
    order = ("named", "speaker_distance", "quotation", "pronoun", "negation", "passive", "n_actors", "n_words")
    assert tuple(described) == order
    found = {id_.removeprefix("harbour/ferry/"): values for id_, *values in zip(rows.ids, *described.values(), strict=True)}
    assert found["1/board>oduya"] == ["both", "0", "no", "no", "yes", "yes", "3", "11-20"]
    assert found["0/quill>board"] == ["target only", "never", "no", "no", "no", "no", "1", "0-10"]
    assert found["0/oduya>quill"] == ["neither", "never", "no", "no", "no", "no", "1", "0-10"]
    assert found["2/quill>oduya"] == ["neither", "1", "yes", "yes", "no", "no", "0", "0-10"]
    assert found["3/quill>oduya"] == ["speaker only", "0", "yes", "no", "no", "no", "1", "11-20"]
    assert found["3/oduya>quill"] == ["target only", "2", "yes", "no", "no", "no", "1", "11-20"]
    assert found["4/oduya>quill"] == ["neither", "3+", "yes", "yes", "yes", "no", "0", "0-10"]
    assert found["5/author>oduya"] == ["author speaks", "author", "no", "no", "no", "no", "1", "0-10"]
    assert found["5/oduya>author"] == ["speaker only", "0", "no", "no", "no", "no", "1", "0-10"]
    assert found["5/someone>oduya"] == ["target only", "never", "no", "no", "no", "no", "1", "0-10"]
    assert found["5/board>quill"] == ["neither", "3+", "no", "no", "no", "no", "1", "0-10"]


def test_who_is_named_agrees_with_the_examples_own_mentions(ferry: Article, rows: ScoredRows) -> None:
    plain = rows.select((rows.speaker != AUTHOR) & (rows.speaker != SOMEONE))
    assert ((describe_rows(plain, [ferry])["named"] == "both") == plain.both_named).all()


def test_properties_by_hand(analysis: ErrorAnalysis) -> None:
    found = {
        name: {value: (s.n_gold, s.n_predicted, s.n_correct) for value, s in values.items() if s.n_gold or s.n_predicted}
        for name, values in analysis.properties.items()
    }
    assert found == {
        "named": {"both": (1, 2, 1), "speaker only": (1, 2, 0), "neither": (2, 1, 1), "author speaks": (1, 0, 0)},
        "speaker_distance": {"0": (2, 4, 1), "1": (2, 1, 1), "author": (1, 0, 0)},
        "quotation": {"yes": (3, 2, 1), "no": (2, 3, 1)},
        "pronoun": {"yes": (2, 1, 1), "no": (3, 4, 1)},
        "negation": {"yes": (2, 2, 1), "no": (3, 3, 1)},
        "passive": {"yes": (1, 2, 1), "no": (4, 3, 1)},
        "n_actors": {"0": (2, 1, 1), "1": (2, 2, 0), "3": (1, 2, 1)},
        "n_words": {"0-10": (3, 2, 1), "11-20": (2, 3, 1)},
    }
    assert (analysis.triplets.n_gold, analysis.triplets.n_predicted, analysis.triplets.n_correct) == (5, 5, 2)


def test_every_value_is_there_in_its_order(analysis: ErrorAnalysis) -> None:
    assert {name: tuple(values) for name, values in analysis.properties.items()} == PROPERTIES
    empty = analysis.properties["n_words"]["31+"]
    assert empty.f1 == 0.0 and math.isnan(empty.recall) and math.isnan(empty.precision)


def test_the_most_confident_mistakes_come_first(analysis: ErrorAnalysis, rows: ScoredRows, ferry: Article, examples: Dataset) -> None:
    found = [(m.id.removeprefix("harbour/ferry/"), m.gold, m.predicted, m.probability) for m in analysis.mistakes]
    assert found == [
        ("5/author>oduya", "favor", "none", 1.0),
        ("4/quill>oduya", "against", "none", 0.9),
        ("3/quill>oduya", "against", "favor", 0.7),  # as likely as the next, by id
        ("5/oduya>quill", "none", "favor", 0.7),
        ("1/quill>oduya", "none", "against", 0.5),
    ]
    first, second = analysis.mistakes[:2]
    assert (first.speaker.name, first.target.name, first.sentence, first.article) == ("the author", "Femi Oduya", 5, "harbour/ferry")
    assert (first.tags, second.tags) == (("authorial",), ("running_quote", "pronoun"))
    short = analyse_errors(rows, [ferry], examples, max_mistakes=2)
    assert (short.mistakes, short.n_mistakes) == (analysis.mistakes[:2], 5)
    assert analyse_errors(rows, [ferry], examples, max_mistakes=0).mistakes == ()


def test_tags_are_read_by_name_whatever_their_order_in_the_dataset(ferry: Article, rows: ScoredRows, examples: Dataset) -> None:
    by_name = tag_table(rows.ids, table_of([ferry], tags=TAGS[::-1]))
    assert (by_name == tag_table(rows.ids, examples)).all()
    gold = {f"harbour/ferry/{s.sentence}/{s.speaker}>{s.target}": s.tags for s in ferry.stances}
    expected = [[tag in gold.get(id_, ()) for tag in TAGS] for id_ in rows.ids]
    assert by_name.tolist() == expected


def test_examples_without_any_tag(town: list[Article]) -> None:
    article = next(article for article in town if article.id == "ferry")
    analysis = analyse_errors(rows_of([article], {}), [article], table_of([article]))
    assert analysis.tags == {} and analysis.untagged == analysis.all_rows


def test_the_examples_may_hold_more_rows_in_another_order(rows: ScoredRows, ferry: Article, town: list[Article]) -> None:
    more = table_of([*town, ferry])
    shuffled = more.select(np.random.default_rng(1).permutation(len(more)))
    assert analyse_errors(rows, [*town, ferry], shuffled) == analyse_errors(rows, [ferry], table_of([ferry]))


def test_rows_with_someone_change_nothing(rows: ScoredRows, ferry: Article, examples: Dataset, analysis: ErrorAnalysis) -> None:
    assert analyse_errors(rows.select(rows.headline), [ferry], examples) == analysis
    assert not any(SOMEONE in mistake.id for mistake in analysis.mistakes)


def test_a_perfect_system_has_no_mistakes(rows: ScoredRows, ferry: Article, examples: Dataset) -> None:
    perfect = analyse_errors(replace(rows, probabilities=np.eye(len(STANCES))[rows.gold]), [ferry], examples)
    assert (perfect.n_mistakes, perfect.mistakes) == (0, ())
    assert {score.recall for score in perfect.tags.values() if score.n} == {1.0}
    assert {score.called_none for score in perfect.tags.values() if score.n} == {0.0}
    assert {s.f1 for values in perfect.properties.values() for s in values.values() if s.n_gold} == {1.0}


def test_a_system_that_finds_nothing(rows: ScoredRows, ferry: Article, examples: Dataset) -> None:
    silent = analyse_errors(replace(rows, probabilities=np.tile([0.0, 0.0, 1.0], (len(rows), 1))), [ferry], examples)
    assert {score.called_none for score in silent.tags.values() if score.n} == {1.0}
    assert silent.n_mistakes == silent.all_rows.n == 5 and silent.all_rows.false.count == 0
    assert all(math.isnan(s.precision) for values in silent.properties.values() for s in values.values())


def test_without_rows_there_is_nothing(rows: ScoredRows, examples: Dataset) -> None:
    nothing = analyse_errors(rows.select(np.zeros(len(rows), dtype=bool)), [], examples)
    assert (nothing.tags, nothing.n_mistakes, nothing.all_rows.n) == ({}, 0, 0)
    assert {name: tuple(values) for name, values in nothing.properties.items()} == PROPERTIES


def test_what_is_missing_is_named(rows: ScoredRows, ferry: Article, examples: Dataset, town: list[Article]) -> None:
    with pytest.raises(InputError, match=r"harbour/ferry: the article of some rows is not given \(1 such in all\)"):
        analyse_errors(rows, town, examples)
    with pytest.raises(InputError, match=r"harbour/ferry/0/author>quill: .* not among the examples \(72 such in all\)"):
        analyse_errors(rows, [ferry], table_of(town))
    with pytest.raises(InputError, match="-1 mistakes cannot be listed"):
        analyse_errors(rows, [ferry], examples, max_mistakes=-1)


def test_the_analysis_is_plain_json_without_text(analysis: ErrorAnalysis, ferry: Article) -> None:
    values = errors_to_json(analysis)
    text = json.dumps(values, allow_nan=False)
    assert json.loads(text) == values
    assert not any(ferry.sentence_text(index) in text for index in range(len(ferry.sentences)))
    assert values["tags"]["meeting"]["recall"] is None and values["tags"]["meeting"]["interval"] == [None, None]
    assert values["tags"]["running_quote"]["called_none"] == 0.5
    assert (values["all_rows"]["correct"], values["untagged"]["none_rows"], values["triplet"]["f1"]) == (2, 66, 0.4)
    assert values["properties"]["named"]["neither"] == {
        "n_gold": 2,
        "n_predicted": 1,
        "n_correct": 1,
        "precision": 1.0,
        "recall": 0.5,
        "f1": 0.666667,
    }
    assert values["n_mistakes"] == 5
    assert values["mistakes"][0] == {
        "id": "harbour/ferry/5/author>oduya",
        "speaker": "the author",
        "target": "Femi Oduya",
        "gold": "favor",
        "predicted": "none",
        "probability": 1.0,
        "tags": ["authorial"],
    }


@settings(max_examples=20)
@given(seed=st.integers(0, 2**32 - 1), share_of_stances=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_any_system_against_a_plain_loop(rows: ScoredRows, ferry: Article, examples: Dataset, seed: int, share_of_stances: float) -> None:
    random = np.random.default_rng(seed)
    gold = np.where(random.random(len(rows)) < share_of_stances, random.integers(0, 2, len(rows)), NONE)
    probabilities = random.dirichlet([0.5, 0.5, 1.0], len(rows)).round(1)  # rounded: ties among the mistakes
    system = replace(rows, gold=gold, probabilities=probabilities)
    order = random.permutation(len(rows))
    analysis = analyse_errors(system, [ferry], examples)
    permuted = analyse_errors(system.select(order), [ferry], examples)
    assert errors_to_json(permuted) == errors_to_json(analysis) and permuted.mistakes == analysis.mistakes

    head = system.select(system.headline)
    for name, found in describe_rows(head, [ferry]).items():
        assert set(found) <= set(PROPERTIES[name])
        for value, scores in analysis.properties[name].items():
            part = found == value
            expected = (0.0, 0.0, 0.0)
            if part.any():
                by_sklearn = precision_recall_fscore_support(
                    head.gold[part], head.predicted[part], labels=[0, 1], average="micro", zero_division=0.0
                )
                expected = by_sklearn[:3]
            assert (np.nan_to_num(scores.precision), np.nan_to_num(scores.recall), scores.f1) == pytest.approx(expected)
        for count in ("n_gold", "n_predicted", "n_correct"):
            assert sum(getattr(s, count) for s in analysis.properties[name].values()) == getattr(analysis.triplets, count)

    tags = dict(zip(examples["id"], examples["tags"], strict=True))
    for tag, score in analysis.tags.items():
        carrying = [row for row in range(len(head)) if TAGS.index(tag) in tags[head.ids[row]]]
        stances = [row for row in carrying if head.gold[row] != NONE]
        others = [row for row in carrying if head.gold[row] == NONE]
        assert score.n == len(stances) and score.false.none_rows == len(others)
        assert score.correct == sum(head.predicted[row] == head.gold[row] for row in stances)
        assert score.n_called_none == sum(head.predicted[row] == NONE for row in stances)
        assert score.false.count == sum(head.predicted[row] != NONE for row in others)

    wrong = [row for row in range(len(head)) if head.predicted[row] != head.gold[row]]
    wrong.sort(key=lambda row: (-head.probabilities[row].max(), head.ids[row]))
    assert [mistake.id for mistake in analysis.mistakes] == [head.ids[row] for row in wrong[:20]]
    assert analysis.n_mistakes == len(wrong)
