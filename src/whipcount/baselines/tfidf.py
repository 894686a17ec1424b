"""TF-IDF over the sentence with its names replaced by roles, and logistic regression."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer

from whipcount.baselines.regression import StanceRegression, fit_regression
from whipcount.examples.pairs import Example, make_examples, mentions_by_sentence
from whipcount.schema import NONE, RESERVED_IDS, STANCES, UNKNOWN, Article, Mention

SPEAKER, TARGET, OTHER = "SPEAKER", "TARGET", "OTHER"
"""What stands in the text for a name; all other words are lower-case."""

TOKEN = r"\w+|[^\w\s]"
MIN_TEXTS = 8
"""In how many texts a word or pair of words must occur; a sentence makes several, one for each pair that it names.

With fewer than ten times as many texts in all, once is enough.
"""

MAX_DISTINCT_NONE = 200_000
"""How many distinct rows that are always ``none`` are kept; the weights of those kept make up for the others."""

INVERSE_PENALTY = 1.0
MAX_RANK = 3
MAX_NAMED = 4
QUOTATION_MARK = re.compile(r'["“”]')

View = tuple[str, tuple[str, ...]]
"""All that the baseline sees of a row: the text with its roles, and the names of the indicators that hold."""


@dataclass(frozen=True)
class TfidfRegression:
    """Vectorises the view of a row and classifies it."""

    words: TfidfVectorizer
    indicators: CountVectorizer
    regression: StanceRegression

    def classify(self, article: Article) -> NDArray[np.float64]:
        """Return the probabilities of an article's rows, (examples, 3)."""
        views = view_rows(article)
        distinct = {view: index for index, view in enumerate(dict.fromkeys(views))}
        probabilities = self.regression.probabilities(_vectorise(self.words, self.indicators, list(distinct)))
        return probabilities[[distinct[view] for view in views]]


def fit_tfidf(train: Sequence[Article], seed: int = 0) -> TfidfRegression:
    """Fit on the training rows, those with the same view as one row with a weight.

    Args:
        train: annotated articles.
        seed: decides which ``none`` rows are left out where there are more than ``MAX_DISTINCT_NONE`` distinct ones.
    """
    counts: dict[View, NDArray[np.float64]] = {}
    for article in train:
        for row, view in zip(make_examples(article), view_rows(article), strict=True):
            if row["stance"] != UNKNOWN:
                counts.setdefault(view, np.zeros(len(STANCES)))[row["stance"]] += 1
    kept, weights = _thin_out(np.array(list(counts.values())), seed)
    all_views = list(counts)
    views = [all_views[index] for index in kept]
    texts = list(dict.fromkeys(text for text, _ in views))
    min_texts = MIN_TEXTS if len(texts) >= 10 * MIN_TEXTS else 1
    words = TfidfVectorizer(lowercase=False, token_pattern=TOKEN, ngram_range=(1, 2), sublinear_tf=True, min_df=min_texts).fit(texts)
    indicators = CountVectorizer(analyzer=tuple, binary=True).fit([names for _, names in views])
    return TfidfRegression(words, indicators, fit_regression(_vectorise(words, indicators, views), weights, INVERSE_PENALTY))


def view_rows(article: Article) -> list[View]:
    """Return what the baseline sees of every row of an article, in the order of ``make_examples``."""
    mentions = mentions_by_sentence(article)
    facts = _actor_facts(article, mentions)
    sentence_facts = [_sentence_facts(article, index, mentions[index]) for index in range(len(article.sentences))]
    name_words = _name_words(article)
    texts: dict[tuple[int, str, str], str] = {}
    views = []
    for row in make_examples(article):
        index, speaker, target = row["sentence"], row["speaker"], row["target"]
        # An actor that the sentence does not name leaves no trace in its text: most pairs share theirs.
        roles = (index, speaker if row["speaker_mentions"] else "", target if row["target_mentions"] else "")
        if roles not in texts:
            texts[roles] = _text_with_roles(article, index, mentions[index], speaker, target, name_words)
        names = (
            *(f"speaker {fact}" for fact in facts[index][speaker]),
            *(f"target {fact}" for fact in facts[index][target]),
            *sentence_facts[index],
            *_order(row),
        )
        views.append((texts[roles], names))
    return views


def _order(row: Example) -> tuple[str, ...]:
    if not (row["speaker_mentions"] and row["target_mentions"]):
        return ()
    first = row["speaker_mentions"][0]["start_char"] < row["target_mentions"][0]["start_char"]
    return ("speaker before target",) if first else ("target before speaker",)


def _actor_facts(article: Article, mentions: Sequence[Sequence[Mention]]) -> list[dict[str, tuple[str, ...]]]:
    """Return, by sentence and actor, its kind and where it was named: here, lately, long ago, only afterwards, never.

    An unnamed speaker is most often the actor that was named last: "lately" is a rank among the actors named so far.
    """
    facts: list[dict[str, tuple[str, ...]]] = []
    latest: list[str] = []  # actors named in earlier sentences; the first named of the latest sentence is last
    for index, here in enumerate(mentions):
        order = list(dict.fromkeys(mention.actor for mention in here))
        before = {mention.actor for mention in mentions[index - 1]} if index else set()
        after = {mention.actor for mention in mentions[index + 1]} if index + 1 < len(mentions) else set()
        facts.append({})
        for actor in article.roster:
            known = [actor.kind]
            if actor.id in order:
                known.append(f"is named, rank {min(order.index(actor.id), MAX_RANK)}")
            elif actor.id in latest:
                known.append(f"was named, rank {min(latest[::-1].index(actor.id), MAX_RANK)}")
            elif actor.id in after:
                known.append("will be named")
            elif actor.id not in RESERVED_IDS:
                known.append("is not named yet")
            if actor.id in before:
                known.append("is named by the sentence before")
            facts[index][actor.id] = tuple(known)
        latest = [actor for actor in latest if actor not in order] + order[::-1]
    return facts


def _sentence_facts(article: Article, index: int, mentions: Sequence[Mention]) -> tuple[str, ...]:
    sentence = article.sentence_text(index)
    known = [f"{min(len({mention.actor for mention in mentions}), MAX_NAMED)} named"]
    if QUOTATION_MARK.search(sentence):
        known.append("quotation mark")
    if _starts_in_quotation(article, index):
        known.append("quotation runs on")
    return tuple(known)


def _starts_in_quotation(article: Article, index: int) -> bool:
    """Return whether a quotation that began earlier in the paragraph is still open where the sentence starts."""
    start_char = article.sentences[index].start_char
    marks = QUOTATION_MARK.findall(article.text, article.text.rfind("\n", 0, start_char) + 1, start_char)
    if not marks:
        return False
    return marks[-1] == "“" or (marks[-1] == '"' and marks.count('"') % 2 == 1)


def _name_words(article: Article) -> frozenset[str]:
    """Return the words of persons' names: a first name alone, or a surname of two actors, is matched for nobody."""
    names = (name for actor in article.actors if actor.kind == "person" for name in (actor.name, *actor.aliases))
    return frozenset(word for name in names for word in re.findall(r"\w+", name) if word[0].isupper())


def _text_with_roles(
    article: Article, index: int, mentions: Sequence[Mention], speaker: str, target: str, name_words: frozenset[str]
) -> str:
    """Return a sentence with the matched mentions of the pair and of all others replaced, all else in lower case."""
    span = article.sentences[index]
    position = span.start_char
    pieces = []
    for mention in mentions:
        role = SPEAKER if mention.actor == speaker else TARGET if mention.actor == target else OTHER
        pieces += [_without_names(article.text[position : mention.start_char], name_words), role]
        position = mention.end_char
    return "".join([*pieces, _without_names(article.text[position : span.end_char], name_words)])


def _without_names(text: str, name_words: frozenset[str]) -> str:
    return re.sub(r"\w+", lambda word: OTHER if word.group() in name_words else word.group().lower(), text)


def _vectorise(words: TfidfVectorizer, indicators: CountVectorizer, views: Sequence[View]) -> sparse.csr_matrix:
    """Return (views, words and indicators); each distinct text is read once."""
    texts = {text: index for index, text in enumerate(dict.fromkeys(text for text, _ in views))}
    by_text = words.transform(list(texts))[[texts[text] for text, _ in views]]
    return sparse.hstack([by_text, indicators.transform([names for _, names in views])], format="csr", dtype=np.float64)


def _thin_out(counts: NDArray[np.float64], seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return which of the distinct rows to keep and their counts (kept, 3), weighted so that the ``none`` sum stands."""
    only_none = np.flatnonzero(counts[:, NONE] == counts.sum(axis=1))
    if len(only_none) <= MAX_DISTINCT_NONE:
        return np.arange(len(counts)), counts
    drawn = np.random.default_rng(seed).choice(only_none, MAX_DISTINCT_NONE, replace=False)
    weights = counts.copy()
    weights[drawn] *= counts[only_none].sum() / counts[drawn].sum()
    kept = np.sort(np.concatenate([np.setdiff1d(np.arange(len(counts)), only_none), drawn]))
    return kept, weights[kept]
