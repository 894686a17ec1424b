"""Near duplicates against a plain loop, statistics by hand, the control against the same search written out."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedGroupKFold

from whipcount.examples.quality import (
    INVERSE_PENALTIES,
    Overlap,
    describe_corpus,
    find_near_duplicates,
    measure_wording,
    remove_names,
)
from whipcount.schema import Actor, Article, InputError, Span, Stance

QUILL, ODUYA = Actor("quill", "Ada Quill", "person"), Actor("oduya", "Femi Oduya", "person")
BOARD = Actor("board", "the Board of Ferries", "organisation")


def article(
    identifier: str, sentences: list[str], stances: list[Stance] | None = None, actors: tuple[Actor, ...] = (QUILL, ODUYA, BOARD)
) -> Article:
    spans, start = [], 0
    for sentence in sentences:
        spans.append(Span(start, start + len(sentence)))
        start += len(sentence) + 1
    return Article("town", identifier, " ".join(sentences), tuple(spans), actors, stances=tuple(stances or ()))


def overlaps_by_loop(articles: list[Article]) -> dict[tuple[str, str], float]:
    grams = {}
    for one in articles:
        words = re.findall(r"\w+", " ".join(one.sentence_text(i) for i in range(len(one.sentences))).lower())
        grams[one.key] = {tuple(words[i : i + 5]) for i in range(len(words) - 4)}
    shares = {}
    for a, b in combinations(articles, 2):
        common = len(grams[a.key] & grams[b.key])
        if common:
            shares[a.key, b.key] = common / min(len(grams[a.key]), len(grams[b.key]))
    return shares


def test_overlap_by_hand() -> None:
    a = article("a", ["The Ferry left the old quay", "at noon."])  # 8 words, 4 grams
    b = article("b", ["Yesterday the ferry, left the old, pier at noon and came back."])  # 12 words, 8 grams, 1 shared
    c = article("c", ["Nothing is like it here."])
    found = find_near_duplicates([a, b, c], threshold=0.25)
    assert found.pairs == ()  # 1 of 4 is not above a quarter
    assert found.largest == Overlap("town/a", "town/b", 0.25)
    assert find_near_duplicates([a, b, c]).pairs == (found.largest,)


def test_a_copy_in_a_longer_article_overlaps_wholly_whatever_its_furniture() -> None:
    copy = article("a", ["One two three four five six."])
    longer = article("b", ["Before it all.", "One two three four five six.", "After it all."])
    text = longer.text + " One two nine."
    longer = replace(longer, text=text, furniture=(Span(len(text) - 13, len(text)),))
    assert find_near_duplicates([copy, longer]).largest == Overlap("town/a", "town/b", 1.0)


@pytest.mark.parametrize("sentences", [[], [["Too short."]], [["One two three four five."], ["Two."]]])
def test_nothing_shared_is_nothing_found(sentences: list[list[str]]) -> None:
    found = find_near_duplicates([article(f"a{i}", texts) for i, texts in enumerate(sentences)])
    assert (found.pairs, found.largest) == ((), None)


@settings(max_examples=60)
@given(st.lists(st.lists(st.sampled_from(["the", "A", "b"]), min_size=1, max_size=14), min_size=1, max_size=6), st.floats(0, 1))
def test_overlaps_are_those_of_a_plain_loop(texts: list[list[str]], threshold: float) -> None:
    articles = [article(f"a{i}", [" ".join(words)]) for i, words in enumerate(texts)]
    expected = overlaps_by_loop(articles)
    found = find_near_duplicates(articles, threshold)
    assert {(o.first, o.second): o.share for o in found.pairs} == {pair: share for pair, share in expected.items() if share > threshold}
    assert [o.share for o in found.pairs] == sorted((o.share for o in found.pairs), reverse=True)
    assert (found.largest.share if found.largest else 0) == max(expected.values(), default=0)


def test_statistics_by_hand() -> None:
    first = article(
        "a",
        ["Ada Quill attacked Oduya.", "She thanked the Board of Ferries, too.", "It rained."],  # 4, 7, 2 words
        [
            Stance(0, "quill", "oduya", "against", ("deed",)),
            Stance(0, "someone", "oduya", "against"),
            Stance(1, "quill", "board", "favor", ("pronoun", "deed")),
            Stance(2, "quill", "board", "none", ("meeting",)),
        ],
    )
    second = article("b", ["The author likes Quill!"], [Stance(0, "author", "quill", "favor")])  # 4 words
    found = describe_corpus([first, second])
    assert (found.articles, found.sentences, found.words, found.stance_rows) == (2, 4, 17, 4)
    assert found.words_per_sentence == 17 / 4
    assert found.words_per_sentence_sd == pytest.approx(math.sqrt(((4 - 4.25) ** 2 * 2 + (7 - 4.25) ** 2 + (2 - 4.25) ** 2) / 3))
    assert found.words_per_article == 17 / 2
    assert found.vocabulary == 15  # of 17 words "quill" and "the" occur twice
    assert math.isnan(found.vocabulary_per_10000_words)
    assert found.quiet_share == 1 / 4
    assert found.rows_per_stance_sentence == 4 / 3
    assert found.rows_per_100_sentences == 100
    assert found.favor_share == 2 / 4
    assert (found.author_share, found.someone_share) == (1 / 4, 1 / 4)
    assert found.actors_per_roster == 3
    assert found.idle_actors_per_roster == (0 + 2) / 2
    assert found.speaker_named_share == 1 / 2  # quill in 0, not in 1; author and someone have no name
    assert found.target_named_share == 1.0
    assert found.both_named_share == 1 / 2
    assert found.tags == {"deed": 2, "meeting": 1, "pronoun": 1}


def test_what_is_undefined_is_nan_and_no_article_is_refused() -> None:
    found = describe_corpus([article("a", ["One."])])
    undefined = (found.words_per_sentence_sd, found.rows_per_stance_sentence, found.favor_share, found.author_share, found.both_named_share)
    assert all(math.isnan(value) for value in undefined)
    assert (found.quiet_share, found.rows_per_100_sentences) == (1.0, 0.0)
    with pytest.raises(InputError, match="no article to describe"):
        describe_corpus([])


def test_the_vocabulary_of_10000_words_is_what_probability_says() -> None:
    """Of a word that stands k times among N, a draw of n misses it with probability C(N - k, n) / C(N, n)."""
    frequent, rare, total, drawn = 100, 8_000, 20_000, 10_000
    words = [f"f{i % frequent}" for i in range(total - rare)] + [f"r{i}" for i in range(rare)]
    found = describe_corpus([article("a", [" ".join(words)])], seed=3)
    expected = frequent + rare * drawn / total  # of the frequent ones none is missed: 120 times each
    assert found.vocabulary_per_10000_words == pytest.approx(expected, abs=4 * math.sqrt(rare / 4 / 20))
    assert found == describe_corpus([article("a", [" ".join(words)])], seed=3)
    assert found.vocabulary == frequent + rare


def test_names_leave_no_trace_and_other_words_stay() -> None:
    party = Actor("party", "Green Alliance", "organisation", ("Greens",))
    one = article(
        "a",
        ["Ada told Femi Oduya's Greens of the green alliance.", "The Board of Ferries met Quill, Ferries said."],
        actors=(QUILL, ODUYA, party, BOARD),
    )
    assert remove_names(one) == ["told s of the green alliance", "The met said"]


VERBS = {"favor": ["praised", "thanked"], "against": ["attacked", "mocked"]}


def polar_articles(prefix: str, n: int, verbs: bool) -> list[Article]:
    """Articles in which the verb, or else nothing but the name, tells favor from against."""
    articles = []
    for i in range(n):
        sentences, stances = [], []
        for j, stance in enumerate(VERBS):
            name = "Quill" if stance == "favor" else "Femi Oduya"
            verb = VERBS[stance][i % 2] if verbs else "met"
            sentences.append(f"The Board of Ferries {verb} {name} on day {i % 3}.")
            stances.append(Stance(j, "board", "quill" if stance == "favor" else "oduya", stance))
        stances += [Stance(0, "someone", "quill", "against"), Stance(1, "quill", "oduya", "none")]
        articles.append(article(f"{prefix}{i}", sentences, stances))
    return articles


def test_words_that_tell_the_stance_are_found_out() -> None:
    found = measure_wording(polar_articles("t", 10, verbs=True), polar_articles("d", 4, verbs=True))
    assert (found.accuracy, found.majority, found.ceiling) == (1.0, 0.5, 1.0)
    assert (found.n_train, found.n_development) == (20, 8)  # neither someone's rows nor none rows
    assert found.cross_validated_log_loss < 0.1


def test_names_that_tell_the_stance_do_not_help() -> None:
    found = measure_wording(polar_articles("t", 10, verbs=False), polar_articles("d", 4, verbs=False))
    assert (found.accuracy, found.majority, found.ceiling) == (0.5, 0.5, 0.5)


def test_the_control_is_the_search_written_out() -> None:
    rng = np.random.default_rng(5)

    def noisy(prefix: str, n: int) -> list[Article]:
        articles = []
        for i in range(n):
            labels = rng.choice(["favor", "against"], 3)
            texts = [
                f"{rng.choice(VERBS[s if rng.random() < 0.8 else 'favor'])} {' '.join(rng.choice(list('abcdef'), 4))}." for s in labels
            ]
            articles.append(article(f"{prefix}{i}", texts, [Stance(j, "quill", "oduya", str(s)) for j, s in enumerate(labels)]))
        return articles

    train, development = noisy("t", 20), noisy("d", 10)

    def rows(articles: list[Article]) -> tuple[list[str], list[int], list[str]]:
        found = [(a.sentence_text(s.sentence)[:-1], int(s.stance == "against"), a.id) for a in articles for s in a.stances]
        return [f[0] for f in found], [f[1] for f in found], [f[2] for f in found]

    texts, labels, groups = rows(train)
    vectorizer = TfidfVectorizer(token_pattern=r"\w+", ngram_range=(1, 2), sublinear_tf=True)
    features = vectorizer.fit_transform(texts)
    means = {}
    for penalty in INVERSE_PENALTIES:
        losses = []
        for fit, judge in StratifiedGroupKFold(5).split(texts, labels, groups):
            assert not {groups[i] for i in fit} & {groups[i] for i in judge}
            regression = LogisticRegression(C=penalty, solver="newton-cg").fit(features[fit], [labels[i] for i in fit])
            losses.append(log_loss([labels[i] for i in judge], regression.predict_proba(features[judge])))
        means[penalty] = float(np.mean(losses))
    best = min(means, key=lambda penalty: means[penalty])
    held_out, held_out_labels, _ = rows(development)
    regression = LogisticRegression(C=best, solver="newton-cg").fit(features, labels)
    found = measure_wording(train, development)
    assert found.inverse_penalty == best
    assert found.cross_validated_log_loss == pytest.approx(means[best])
    assert found.accuracy == np.mean(regression.predict(vectorizer.transform(held_out)) == held_out_labels)
    assert found.majority == max(np.mean(held_out_labels), 1 - np.mean(held_out_labels))
    assert found.majority < found.accuracy <= found.ceiling <= 1


def test_the_ceiling_counts_texts_that_say_two_things() -> None:
    both = article(
        "d",
        ["Quill praised Oduya and mocked the Board of Ferries."],
        [Stance(0, "quill", "oduya", "favor"), Stance(0, "quill", "board", "against")],
    )
    found = measure_wording(polar_articles("t", 10, verbs=True), [both, *polar_articles("e", 2, verbs=True)])
    assert found.ceiling == 5 / 6


@pytest.mark.parametrize(
    ("train", "development", "complaint"),
    [
        ([], polar_articles("d", 2, verbs=True), "0 training articles hold favor"),
        (polar_articles("t", 4, verbs=True), polar_articles("d", 2, verbs=True), "4 training articles hold favor"),
        (
            [replace(a, stances=a.stances[:1]) for a in polar_articles("t", 6, verbs=True)],
            polar_articles("d", 2, verbs=True),
            "0 training articles hold against",
        ),
        (polar_articles("t", 6, verbs=True), [], "no development article holds favor or against"),
    ],
)
def test_too_few_stances_are_refused(train: list[Article], development: list[Article], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        measure_wording(train, development)
