from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whipcount.baselines import tfidf
from whipcount.baselines.tfidf import View, fit_tfidf, view_rows
from whipcount.corpora.authored import parse_article
from whipcount.examples.pairs import make_examples
from whipcount.schema import Article

ACTORS = "quill | person | Marta Quill\nbo | person | Bo Quill\noduya | person | Femi Oduya\nboard | organisation | the Harbour Board"


def views_of(text: str) -> dict[str, View]:
    article = parse_article(f"article: x\n# actors\n{ACTORS}\n# text\n{text}", "town", "x.txt")
    keys = [row["id"].removeprefix("town/x/") for row in make_examples(article)]
    return dict(zip(keys, view_rows(article), strict=True))


def test_names_become_roles() -> None:
    views = views_of("Femi Oduya told the Harbour Board's staff that Marta Quill was late.")
    assert views["0/oduya>board"][0] == "SPEAKER told the TARGET's staff that OTHER was late."
    assert views["0/board>oduya"][0] == "TARGET told the SPEAKER's staff that OTHER was late."
    assert views["0/author>quill"][0] == "OTHER told the OTHER's staff that TARGET was late."
    assert views["0/author>bo"][0] == "OTHER told the OTHER's staff that OTHER was late."


def test_surname_of_two_people_and_a_first_name_alone_are_hidden_too() -> None:
    assert views_of("Quill and Femi left the Quay.")["0/oduya>board"][0] == "OTHER and OTHER left the quay."


def test_swapping_speaker_and_target_changes_the_view() -> None:
    views = views_of("Femi Oduya told the Harbour Board off.\nIt rained.\nFemi Oduya slept.")
    for one, other in (("oduya", "board"), ("author", "oduya"), ("author", "someone"), ("board", "oduya")):
        for sentence in range(3):
            assert views[f"{sentence}/{one}>{other}"] != views[f"{sentence}/{other}>{one}"]
    assert "speaker before target" in views["0/oduya>board"][1]
    assert "target before speaker" in views["0/board>oduya"][1]


def test_indicators_say_where_an_actor_was_named() -> None:
    views = views_of("Femi Oduya met the Harbour Board.\nShe smiled.\nMarta Quill left.\nRain fell.")
    assert {"speaker is named, rank 0", "target is named, rank 1", "2 named"} <= set(views["0/oduya>board"][1])
    assert {"speaker will be named", "target was named, rank 0"} <= set(views["1/quill>oduya"][1])
    assert "target is named by the sentence before" in views["1/quill>oduya"][1]
    assert {"speaker was named, rank 0", "target was named, rank 2", "0 named"} <= set(views["3/quill>board"][1])
    assert "speaker is named by the sentence before" in views["3/quill>board"][1]
    assert "target is named by the sentence before" not in views["3/quill>board"][1]
    assert {"speaker author", "target is not named yet"} <= set(views["0/author>bo"][1])


@pytest.mark.parametrize(
    ("text", "runs_on"),
    [
        ('"He left.\nHe lied," she said.\nRain fell.', [False, True, False]),
        ("“He left.\nHe lied,” she said.\nRain fell.", [False, True, False]),
        ('"He left.\n\nRain fell.', [False, False]),  # a paragraph begins outside, or one lost mark would turn all that follows
    ],
)
def test_quotation_that_runs_on(text: str, runs_on: list[bool]) -> None:
    views = views_of(text)
    assert ["quotation runs on" in views[f"{index}/quill>oduya"][1] for index in range(len(runs_on))] == runs_on


def test_names_do_not_reach_the_vocabulary(articles: list[Article]) -> None:
    classifier = fit_tfidf(articles)
    words = {word for term in classifier.words.vocabulary_ for word in term.split()}
    assert {"SPEAKER", "TARGET", "OTHER", "attacked"} <= words
    assert not {"marta", "quill", "femi", "oduya", "harbour", "board"} & {word.lower() for word in words}


def test_renaming_the_actors_changes_nothing(articles: list[Article]) -> None:
    classifier = fit_tfidf(articles)
    text = "Femi Oduya met Marta Quill and Bo.\nThe Harbour Board attacked Marta Quill."
    plain = f"article: x\n# actors\n{ACTORS}\n# text\n{text}"
    renamed = plain.replace("Quill", "Abe-Falk").replace("Bo ", "Aino ").replace("Bo.", "Aino.").replace("Femi", "Ros")
    assert renamed.count("Abe-Falk") == plain.count("Quill") == 4
    before, after = (classifier.classify(parse_article(source, "town", "x.txt")) for source in (plain, renamed))
    np.testing.assert_array_equal(before, after)


@given(st.lists(st.integers(0, 20), min_size=12, max_size=30), st.integers(0, 5))
def test_thinning_keeps_every_stance_row_and_the_weight_of_none(n_none: list[int], seed: int) -> None:
    counts = np.array([[index % 5 == 0, 0, n + 1] for index, n in enumerate(n_none)], dtype=np.float64)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tfidf, "MAX_DISTINCT_NONE", 4)
        kept, weights = tfidf._thin_out(counts, seed)
    stance = counts[:, 0] > 0
    assert len(kept) == len(set(kept)) == stance.sum() + 4
    assert set(np.flatnonzero(stance)) <= set(kept)
    np.testing.assert_allclose(weights.sum(axis=0), counts.sum(axis=0))
    np.testing.assert_array_equal(weights[stance[kept]], counts[stance])


def test_thinned_fit_depends_on_the_seed_alone(articles: list[Article], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "MAX_DISTINCT_NONE", 10)
    one, same, other = (fit_tfidf(articles, seed).classify(articles[0]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert np.abs(one - other).max() > 1e-6


def test_words_that_are_rare_are_left_out_of_a_large_vocabulary(articles: list[Article], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tfidf, "MIN_TEXTS", 3)
    words = fit_tfidf(articles).words.vocabulary_
    assert "rain" not in words  # its sentence names nobody, so it makes one text
    assert "attacked" in words  # its sentence names two actors
