"""What a corpus is like, measured: near-duplicate articles, statistics, and how much of a polarity the words alone give away."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold

from whipcount.examples.pairs import mentions_by_sentence
from whipcount.examples.similarity import WORD, words_of
from whipcount.reading.names import SMALL_WORDS
from whipcount.schema import AGAINST, AUTHOR, FAVOR, NONE, RESERVED_IDS, SOMEONE, STANCES, Article, InputError

N_GRAM = 5
NEAR_DUPLICATE = 0.05
SAMPLE_WORDS = 10_000
N_SAMPLES = 20
N_FOLDS = 5
INVERSE_PENALTIES = (0.01, 0.1, 1.0, 10.0, 100.0)
"""The values of C among which cross-validation chooses, by log loss: accuracies tie, and rounding would break the tie."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two articles (``Article.key``) and the share of the smaller one's distinct word 5-grams that the other has too."""

    first: str
    second: str
    share: float


@dataclass(frozen=True)
class NearDuplicates:
    """The pairs of articles above the threshold, the most alike first, and the most alike pair of all, if any two share a 5-gram."""

    threshold: float
    pairs: tuple[Overlap, ...]
    largest: Overlap | None


@dataclass(frozen=True)
class CorpusStatistics:
    """A corpus in numbers; what is undefined (a share of nothing) is nan.

    Words are runs of letters and digits, in small letters where distinct ones are counted; site furniture is left out.
    A stance row is one with favor or against, ``author`` and ``someone`` included; a quiet sentence has none.
    """

    articles: int
    sentences: int
    words: int
    words_per_sentence: float
    words_per_sentence_sd: float
    """Standard deviation over sentences, with n - 1."""
    words_per_article: float
    vocabulary: int
    vocabulary_per_10000_words: float
    """Mean number of distinct words among 10,000 drawn from all running words without replacement, over 20 draws."""
    stance_rows: int
    quiet_share: float
    rows_per_stance_sentence: float
    rows_per_100_sentences: float
    favor_share: float
    author_share: float
    """Share of the stance rows whose speaker is the author."""
    someone_share: float
    """Share of the stance rows with ``someone`` at either end."""
    actors_per_roster: float
    idle_actors_per_roster: float
    """Actors that neither hold nor draw a stance in their article."""
    speaker_named_share: float
    """Share of the stance rows whose sentence names the speaker; rows of ``author`` and ``someone`` are left out."""
    target_named_share: float
    """Likewise of the target."""
    both_named_share: float
    """Likewise of both, over the rows with neither ``author`` nor ``someone``."""
    tags: dict[str, int]
    """Rows that bear each tag, the commonest first, ``none`` rows included."""


@dataclass(frozen=True, slots=True)
class WordingControl:
    """How often the words of a sentence without its names tell favor from against in articles held out."""

    accuracy: float
    majority: float
    """Share of the commoner stance of the development rows: what a constant answer reaches at best."""
    ceiling: float
    """What one answer for each text reaches at best: a sentence may praise one actor and blame another."""
    n_train: int
    n_development: int
    inverse_penalty: float
    """C of the regression."""
    cross_validated_log_loss: float
    """Mean log loss of that C over the folds of the training articles, in nats."""


def find_near_duplicates(articles: Sequence[Article], threshold: float = NEAR_DUPLICATE) -> NearDuplicates:
    """Compare every pair of articles by the word 5-grams that they share.

    The product of the article by 5-gram matrix with itself goes through the 5-grams, as an inverted index would: pairs
    that share none cost nothing. An article of fewer than five words shares none.

    Args:
        articles: any number of them.
        threshold: a share from 0 to 1; pairs above it are near duplicates.
    """
    if not any(len(_words(article)) >= N_GRAM for article in articles):
        return NearDuplicates(threshold, (), None)
    grams = CountVectorizer(analyzer=_grams, binary=True, dtype=np.int64).fit_transform(articles)  # (articles, 5-grams)
    sizes = np.diff(grams.indptr)
    common = sparse.triu(grams @ grams.T, k=1, format="coo")
    overlaps = [
        Overlap(articles[i].key, articles[j].key, float(n / min(sizes[i], sizes[j])))
        for i, j, n in zip(common.row, common.col, common.data, strict=True)
    ]
    overlaps.sort(key=lambda overlap: (-overlap.share, overlap.first, overlap.second))
    return NearDuplicates(threshold, tuple(o for o in overlaps if o.share > threshold), overlaps[0] if overlaps else None)


def describe_corpus(articles: Sequence[Article], seed: int = 0) -> CorpusStatistics:
    """Return the statistics of annotated articles.

    Args:
        articles: one or more.
        seed: decides which words are drawn for ``vocabulary_per_10000_words``; nan where there are fewer than 10,000.

    Raises:
        InputError: there is no article.
    """
    if not articles:
        raise InputError("no article to describe; give one or more")
    sentences = [_sentence_words(article, index) for article in articles for index in range(len(article.sentences))]
    lengths = np.array([len(words) for words in sentences])
    distinct, codes = np.unique([word for words in sentences for word in words], return_inverse=True)
    rows = [(article, stance) for article in articles for stance in article.stances if stance.stance != STANCES[NONE]]
    n_rows = len(rows)
    n_spoken = len({(article.key, stance.sentence) for article, stance in rows})
    named = {
        (article.key, index, mention.actor)
        for article in articles
        for index, mentions in enumerate(mentions_by_sentence(article))
        for mention in mentions
    }
    speaker_named = [(a.key, s.sentence, s.speaker) in named for a, s in rows if s.speaker not in RESERVED_IDS]
    target_named = [(a.key, s.sentence, s.target) in named for a, s in rows if s.target not in RESERVED_IDS]
    both_named = [
        (a.key, s.sentence, s.speaker) in named and (a.key, s.sentence, s.target) in named
        for a, s in rows
        if not {s.speaker, s.target} & set(RESERVED_IDS)
    ]
    tags = Counter(tag for article in articles for stance in article.stances for tag in stance.tags)
    return CorpusStatistics(
        articles=len(articles),
        sentences=len(sentences),
        words=len(codes),
        words_per_sentence=float(lengths.mean()),
        words_per_sentence_sd=float(lengths.std(ddof=1)) if len(lengths) > 1 else math.nan,
        words_per_article=len(codes) / len(articles),
        vocabulary=len(distinct),
        vocabulary_per_10000_words=_sampled_vocabulary(codes, seed),
        stance_rows=n_rows,
        quiet_share=1 - n_spoken / len(sentences),
        rows_per_stance_sentence=_share(n_rows, n_spoken),
        rows_per_100_sentences=100 * n_rows / len(sentences),
        favor_share=_share(sum(stance.stance == STANCES[FAVOR] for _, stance in rows), n_rows),
        author_share=_share(sum(stance.speaker == AUTHOR for _, stance in rows), n_rows),
        someone_share=_share(sum(SOMEONE in (stance.speaker, stance.target) for _, stance in rows), n_rows),
        actors_per_roster=sum(len(article.actors) for article in articles) / len(articles),
        idle_actors_per_roster=sum(_count_idle(article) for article in articles) / len(articles),
        speaker_named_share=_share(sum(speaker_named), len(speaker_named)),
        target_named_share=_share(sum(target_named), len(target_named)),
        both_named_share=_share(sum(both_named), len(both_named)),
        tags=dict(sorted(tags.items(), key=lambda tag: (-tag[1], tag[0]))),
    )


def measure_wording(train: Sequence[Article], development: Sequence[Article]) -> WordingControl:
    """Tell favor from against by the sentence without its names, as a control: a high accuracy says that the wording gives it away.

    Every favor or against row without ``someone`` is the TF-IDF of its sentence's words and pairs of words, whoever stands
    where, for a logistic regression. Its penalty is chosen on the training articles by five-fold cross-validation that
    keeps an article's rows together; the vocabulary and its weights are those of all training articles.

    Args:
        train: annotated articles to fit on.
        development: others to measure on.

    Raises:
        InputError: a stance occurs in fewer than five training articles, or the development articles hold no stance.
    """
    texts, labels, groups = _polarity_rows(train)
    held_out, held_out_labels, _ = _polarity_rows(development)
    for index in (FAVOR, AGAINST):
        n_articles = len(set(groups[labels == index]))
        if n_articles < N_FOLDS:
            raise InputError(f"{n_articles} training articles hold {STANCES[index]}; the wording can be judged with {N_FOLDS} or more")
    if not held_out:
        raise InputError("no development article holds favor or against; the wording cannot be judged")
    vectorizer = TfidfVectorizer(token_pattern=WORD.pattern, ngram_range=(1, 2), sublinear_tf=True)
    search = GridSearchCV(
        LogisticRegression(solver="newton-cg"), {"C": INVERSE_PENALTIES}, scoring="neg_log_loss", cv=StratifiedGroupKFold(N_FOLDS)
    )
    search.fit(vectorizer.fit_transform(texts), labels, groups=groups)
    n_favor = int(np.count_nonzero(held_out_labels == FAVOR))
    by_text = Counter(zip(held_out, held_out_labels.tolist(), strict=True))
    return WordingControl(
        accuracy=float(np.mean(search.predict(vectorizer.transform(held_out)) == held_out_labels)),
        majority=max(n_favor, len(held_out) - n_favor) / len(held_out),
        ceiling=sum(max(by_text[text, FAVOR], by_text[text, AGAINST]) for text in set(held_out)) / len(held_out),
        n_train=len(texts),
        n_development=len(held_out),
        inverse_penalty=float(search.best_params_["C"]),
        cross_validated_log_loss=-float(search.best_score_),
    )


def remove_names(article: Article) -> list[str]:
    """Return the words of every sentence without the matched mentions and without any word of an actor's name or alias."""
    name_words = {
        word
        for actor in article.actors
        for name in (actor.name, *actor.aliases)
        for word in WORD.findall(name)
        if word.lower() not in SMALL_WORDS
    }
    texts = []
    for span, mentions in zip(article.sentences, mentions_by_sentence(article), strict=True):
        starts = [span.start_char, *(mention.end_char for mention in mentions)]
        ends = [*(mention.start_char for mention in mentions), span.end_char]
        kept = " ".join(article.text[start:end] for start, end in zip(starts, ends, strict=True))
        texts.append(" ".join(word for word in WORD.findall(kept) if word not in name_words))
    return texts


def _polarity_rows(articles: Sequence[Article]) -> tuple[list[str], NDArray[np.int_], NDArray[np.str_]]:
    """Return (rows,) texts, stances and articles of the favor and against rows without ``someone``."""
    texts, labels, groups = [], [], []
    for article in articles:
        sentences = remove_names(article)
        for stance in article.stances:
            if stance.stance != STANCES[NONE] and SOMEONE not in (stance.speaker, stance.target):
                texts.append(sentences[stance.sentence])
                labels.append(STANCES.index(stance.stance))
                groups.append(article.key)
    return texts, np.array(labels, dtype=np.int_), np.array(groups, dtype=np.str_)


def _words(article: Article) -> list[str]:
    return [word for index in range(len(article.sentences)) for word in _sentence_words(article, index)]


def _sentence_words(article: Article, index: int) -> list[str]:
    return words_of(article.sentence_text(index))


def _grams(article: Article) -> list[tuple[str, ...]]:
    words = _words(article)
    return list(zip(*(words[first:] for first in range(N_GRAM)), strict=False))


def _sampled_vocabulary(codes: NDArray[np.intp], seed: int) -> float:
    if len(codes) < SAMPLE_WORDS:
        return math.nan
    rng = np.random.default_rng(seed)
    return float(np.mean([len(np.unique(rng.choice(codes, SAMPLE_WORDS, replace=False))) for _ in range(N_SAMPLES)]))


def _count_idle(article: Article) -> int:
    involved = {end for stance in article.stances if stance.stance != STANCES[NONE] for end in (stance.speaker, stance.target)}
    return sum(actor.id not in involved for actor in article.actors)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan
