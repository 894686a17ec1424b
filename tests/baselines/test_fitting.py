from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from whipcount.baselines import BASELINES, Baseline, fit_baseline
from whipcount.examples.pairs import make_examples
from whipcount.schema import NONE, PAIR, Article, InputError, Span, Stance
from whipcount.scoring.calibration import choose_none_bias


def gold_of(articles: list[Article]) -> NDArray[np.int64]:
    return np.array([row["stance"] for article in articles for row in make_examples(article)])


@pytest.mark.parametrize("name", BASELINES)
def test_predictions_are_one_distribution_per_row(name: str, articles: list[Article]) -> None:
    probabilities = fit_baseline(name, articles[:2], articles[2:]).predict(articles)
    assert probabilities.shape == (200, 3)
    assert probabilities.min() >= 0
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-12)


@pytest.mark.parametrize("name", BASELINES)
def test_rows_of_articles_follow_in_the_order_given(name: str, articles: list[Article]) -> None:
    baseline = fit_baseline(name, articles, [])
    first, second = baseline.predict(articles[:1]), baseline.predict(articles[1:2])
    np.testing.assert_array_equal(baseline.predict([articles[1], articles[0]]), np.concatenate([second, first]))


@pytest.mark.parametrize("name", ["target_prior", "lexicon", "tfidf"])
def test_rows_stand_in_the_order_of_make_examples(name: str, articles: list[Article]) -> None:
    """The rows that name both actors are told apart from those that do not, so a shift of the rows would show."""
    rows = make_examples(articles[0])
    p_stance = 1 - fit_baseline(name, articles, []).predict(articles[:1])[:, NONE]
    both = np.array([bool(row["speaker_mentions"] and row["target_mentions"]) for row in rows])
    assert both.sum() == 4
    assert p_stance[both].min() > p_stance[~both].max()


@pytest.mark.parametrize("name", BASELINES)
def test_prediction_does_not_look_at_the_gold(name: str, articles: list[Article]) -> None:
    baseline = fit_baseline(name, articles[:2], [])
    np.testing.assert_array_equal(baseline.predict(articles[2:]), baseline.predict([replace(articles[2], stances=(), mentions=())]))


@pytest.mark.parametrize("name", BASELINES)
def test_same_seed_gives_same_result(name: str, articles: list[Article]) -> None:
    once, again = (fit_baseline(name, articles[:2], articles[2:], seed=3) for _ in range(2))
    assert once.none_bias == again.none_bias
    np.testing.assert_array_equal(once.predict(articles), again.predict(articles))


@pytest.mark.parametrize("name", BASELINES)
def test_training_without_a_stance_calls_everything_none(name: str, articles: list[Article], silent: list[Article]) -> None:
    baseline = fit_baseline(name, silent, articles)
    assert baseline.none_bias == 0
    np.testing.assert_array_equal(baseline.predict(articles), np.tile([0.0, 0.0, 1.0], (200, 1)))


@pytest.mark.parametrize("name", BASELINES)
def test_training_with_one_kind_of_stance_never_gives_the_other(name: str, articles: list[Article]) -> None:
    train = [replace(article, stances=tuple(s for s in article.stances if s.stance == "favor")) for article in articles]
    probabilities = fit_baseline(name, train, []).predict(articles)
    assert probabilities[:, 1].max() == 0
    assert probabilities[:, 0].min() > 0


@pytest.mark.parametrize("name", ["target_prior", "lexicon", "tfidf"])
def test_bias_is_chosen_on_the_development_articles_only(name: str, articles: list[Article], silent: list[Article]) -> None:
    plain, tuned = fit_baseline(name, articles, []), fit_baseline(name, articles, articles)
    assert plain.none_bias == 0 == fit_baseline(name, articles, silent).none_bias
    assert tuned.none_bias != 0
    before, after = plain.predict(articles), tuned.predict(articles)
    np.testing.assert_allclose(np.log(after[:, NONE] / after[:, 0]) - np.log(before[:, NONE] / before[:, 0]), tuned.none_bias, atol=1e-9)
    assert tuned.none_bias == choose_none_bias(gold_of(articles), before)


def test_majority_is_always_none_even_with_development_articles(articles: list[Article]) -> None:
    baseline = fit_baseline("majority", articles, articles)
    assert baseline.none_bias == 0
    assert set(baseline.predict(articles).argmax(axis=1)) == {NONE}


def test_tfidf_finds_in_training_what_it_was_shown(articles: list[Article]) -> None:
    gold = gold_of(articles)
    stance = gold != NONE
    probabilities = fit_baseline("tfidf", articles, []).predict(articles)
    np.testing.assert_array_equal(probabilities[stance, :2].argmax(axis=1), gold[stance])


def test_the_bias_is_for_whole_articles_alone(articles: list[Article]) -> None:
    baseline = Baseline("lexicon", fit_baseline("lexicon", articles, []).classifier, none_bias=5.0)
    plain = replace(baseline, none_bias=0.0)
    first, second = articles[0].actors[:2]
    stance = Stance(0, first.id, second.id, "none")
    one = replace(articles[0], actors=(first, second), mentions=(), stances=(stance,), annotation=PAIR)
    np.testing.assert_array_equal(baseline.predict([one]), plain.predict([one]))
    assert (baseline.predict(articles[:1])[:, NONE] > plain.predict(articles[:1])[:, NONE]).all()


def test_no_article_to_predict(articles: list[Article]) -> None:
    for name in BASELINES:
        assert fit_baseline(name, articles[:2], articles[2:]).predict([]).shape == (0, 3)


def test_bias_moves_odds_of_none() -> None:
    class Even:
        def classify(self, article: Article) -> NDArray[np.float64]:
            return np.array([[0.25, 0.25, 0.5]])

    article = Article("town", "x", "Rain.", sentences=(Span(0, 5),))
    np.testing.assert_allclose(Baseline("even", Even(), float(np.log(0.5))).predict([article]), [[1 / 3, 1 / 3, 1 / 3]])


def test_unknown_name_and_empty_training_are_refused(articles: list[Article]) -> None:
    with pytest.raises(InputError, match="'bert' is unknown; give one of majority, target_prior, lexicon, tfidf"):
        fit_baseline("bert", articles, [])
    with pytest.raises(InputError, match="'tfidf': no training article"):
        fit_baseline("tfidf", [], articles)


def test_baselines_never_import_torch() -> None:
    code = "import sys, whipcount.baselines; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
