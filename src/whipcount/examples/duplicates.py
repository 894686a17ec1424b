"""What the parts of the corpora have in common: sentences that stand twice, actors that training has seen.

Splits that others have published stay as they are, whatever leaks; so it is counted here and told with the dataset.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from whipcount.examples.similarity import MIN_WORDS, Trigrams, find_similar, trigrams_of, words_of
from whipcount.schema import NONE, RESERVED_IDS, SPLITS, STANCES, Article

MAX_EXAMPLES = 3
TRAIN = SPLITS[0]


@dataclass(frozen=True, slots=True)
class Part:
    """One split of a corpus; all of the corpus where ``split`` is empty."""

    corpus: str
    split: str = ""

    @property
    def held_out(self) -> bool:
        """Whether it is a split that training does not see."""
        return self.split not in ("", TRAIN)

    def __str__(self) -> str:
        return f"{self.corpus}/{self.split}" if self.split else self.corpus


@dataclass(frozen=True, slots=True)
class Twins:
    """An id of a sentence (``corpus/article/sentence``), and that of the first one of the other part that is like it."""

    sentence: str
    twin: str


@dataclass(frozen=True, slots=True)
class Recurrence:
    """How many sentences of ``part`` stand again in ``other``; elsewhere in the same where both are one.

    The two directions differ: one sentence of one part may stand ten times in the other.
    """

    part: Part
    other: Part
    n_sentences: int
    """All sentences of ``part``."""
    n_articles: int
    """All articles of ``part``."""
    exact: int
    """Sentences with an exact twin: equal but for capitals and white space."""
    short: int
    """Those of them that have fewer than eight words and may recur by chance."""
    near: int
    """Sentences with a near duplicate (see ``examples.similarity``) and no exact twin."""
    articles: int
    """Articles of ``part`` with at least one such sentence, exact or near."""
    exact_examples: tuple[Twins, ...] = ()
    near_examples: tuple[Twins, ...] = ()


@dataclass(frozen=True, slots=True)
class SeenNames:
    """How many actors of a held-out part stand in training too, by name, capitals aside; author and someone are left out."""

    part: Part
    names: int
    """Distinct names."""
    names_in_own_train: int
    """Those that the train part of the same corpus has."""
    names_in_any_train: int
    ends: int
    """Speakers and targets of favor and against."""
    ends_in_own_train: int
    ends_in_any_train: int


@dataclass(frozen=True)
class DuplicateReport:
    """What recurs within and between the parts of all corpora, and which names.

    ``recurrences`` begin with each corpus as a whole. Then come every two parts of one corpus, each with itself too, and
    those parts of different corpora that have a sentence in common.
    """

    recurrences: tuple[Recurrence, ...]
    names: tuple[SeenNames, ...]

    @property
    def leaks(self) -> tuple[Recurrence, ...]:
        """The held-out parts of which a sentence stands in a training part."""
        return tuple(
            found for found in self.recurrences if found.part.held_out and found.other.split == TRAIN and (found.exact or found.near)
        )


@dataclass(frozen=True, slots=True)
class _Sentence:
    id: str
    article: str
    part: Part
    text: str
    trigrams: int
    """Index of its set of trigrams among the different ones."""


@dataclass(slots=True)
class _Tally:
    exact: int = 0
    short: int = 0
    near: int = 0
    articles: set[str] = field(default_factory=set)
    exact_examples: list[Twins] = field(default_factory=list)
    near_examples: list[Twins] = field(default_factory=list)


Places = Mapping[Part, Sequence[int]]
"""By part, and by whole corpus, the first two sentences of a kind: a sentence that is one of them has the other for a twin."""


def find_duplicates(articles: Sequence[Article]) -> DuplicateReport:
    """Count what recurs in ``articles``, each with its split, within and between the splits of all corpora."""
    sentences, sets = _sentences(articles)
    by_text: dict[str, dict[Part, list[int]]] = defaultdict(lambda: defaultdict(list))
    by_set: dict[int, dict[Part, list[int]]] = defaultdict(lambda: defaultdict(list))
    for index, sentence in enumerate(sentences):
        for part in (sentence.part, Part(sentence.part.corpus)):
            for places in (by_text[sentence.text][part], by_set[sentence.trigrams][part]):
                if len(places) < 2:
                    places.append(index)
    similar: dict[int, list[int]] = defaultdict(list)
    for one, two in find_similar(sets):
        similar[one].append(two)
        similar[two].append(one)

    tallies: dict[tuple[Part, Part], _Tally] = defaultdict(_Tally)
    for index, sentence in enumerate(sentences):
        exact = dict(_twins(index, sentence.part, [by_text[sentence.text]]))
        like = [sentence.trigrams, *similar[sentence.trigrams]] if sets[sentence.trigrams] else []
        near = dict(_twins(index, sentence.part, [by_set[one] for one in like]))
        for other, twin in {**near, **exact}.items():
            tally = tallies[sentence.part if other.split else other, other]
            tally.articles.add(sentence.article)
            if other in exact:
                tally.exact += 1
                tally.short += len(words_of(sentence.text)) < MIN_WORDS
            else:
                tally.near += 1
            examples = tally.exact_examples if other in exact else tally.near_examples
            if len(examples) < MAX_EXAMPLES:
                examples.append(Twins(sentence.id, sentences[twin].id))
    return DuplicateReport(_recurrences(articles, tallies), tuple(_seen_names(articles)))


def to_json(report: DuplicateReport) -> dict[str, list[dict[str, Any]]]:
    """Return the report as the manifest holds it: numbers and ids, no text."""
    return {
        "sentences": [
            {
                **asdict(recurrence),
                "part": str(recurrence.part),
                "other": str(recurrence.other),
                "exact_examples": [asdict(twins) for twins in recurrence.exact_examples],
                "near_examples": [asdict(twins) for twins in recurrence.near_examples],
            }
            for recurrence in report.recurrences
        ],
        "names": [{**asdict(seen), "part": str(seen.part)} for seen in report.names],
    }


def _sentences(articles: Sequence[Article]) -> tuple[list[_Sentence], list[Trigrams]]:
    """Return all sentences, and the different sets of trigrams that they point to."""
    sets: dict[Trigrams, int] = {}
    sentences = []
    for article in articles:
        part = Part(article.corpus, article.split)
        for number in range(len(article.sentences)):
            text = " ".join(article.sentence_text(number).lower().split())
            trigrams = sets.setdefault(trigrams_of(text), len(sets))
            sentences.append(_Sentence(f"{article.key}/{number}", article.key, part, text, trigrams))
    return sentences, list(sets)


def _twins(index: int, part: Part, kinds: Sequence[Places]) -> Iterator[tuple[Part, int]]:
    """Yield the parts in which a sentence other than ``index`` is of one of these kinds, with one such; of whole corpora its own only."""
    found: dict[Part, int] = {}
    for places in kinds:
        for other, members in places.items():
            if other.split or other.corpus == part.corpus:
                twin = next((member for member in members if member != index), None)
                if twin is not None:
                    found[other] = min(twin, found.get(other, twin))
    yield from found.items()


def _recurrences(articles: Sequence[Article], tallies: Mapping[tuple[Part, Part], _Tally]) -> tuple[Recurrence, ...]:
    n_sentences: Counter[Part] = Counter()
    n_articles: Counter[Part] = Counter()
    for article in articles:
        for part in (Part(article.corpus), Part(article.corpus, article.split)):
            n_sentences[part] += len(article.sentences)
            n_articles[part] += 1
    wholes = [(part, part) for part in n_articles if not part.split]
    parts = _parts(articles)
    pairs = [(part, other) for part in parts for other in parts if part.corpus == other.corpus or (part, other) in tallies]
    rows = []
    for part, other in (*wholes, *pairs):
        tally = tallies.get((part, other), _Tally())
        rows.append(
            Recurrence(
                part=part,
                other=other,
                n_sentences=n_sentences[part],
                n_articles=n_articles[part],
                exact=tally.exact,
                short=tally.short,
                near=tally.near,
                articles=len(tally.articles),
                exact_examples=tuple(tally.exact_examples),
                near_examples=tuple(tally.near_examples),
            )
        )
    return tuple(rows)


def _parts(articles: Sequence[Article]) -> list[Part]:
    """Return the parts that have an article: corpora in the order given, splits in theirs."""
    there = {Part(article.corpus, article.split) for article in articles}
    corpora = dict.fromkeys(article.corpus for article in articles)
    return [part for corpus in corpora for split in SPLITS if (part := Part(corpus, split)) in there]


def _seen_names(articles: Sequence[Article]) -> Iterator[SeenNames]:
    names: dict[Part, set[str]] = defaultdict(set)
    ends: dict[Part, Counter[str]] = defaultdict(Counter)
    for article in articles:
        part = Part(article.corpus, article.split)
        by_id = {actor.id: " ".join(actor.name.casefold().split()) for actor in article.actors}
        names[part].update(by_id.values())
        ends[part].update(
            by_id[end]
            for stance in article.stances
            if stance.stance != STANCES[NONE]
            for end in (stance.speaker, stance.target)
            if end not in RESERVED_IDS
        )
    anywhere = {name for part, found in names.items() if part.split == TRAIN for name in found}
    for part in (part for part in _parts(articles) if part.held_out):
        own = names.get(Part(part.corpus, TRAIN), set())
        yield SeenNames(
            part=part,
            names=len(names[part]),
            names_in_own_train=len(names[part] & own),
            names_in_any_train=len(names[part] & anywhere),
            ends=ends[part].total(),
            ends_in_own_train=sum(count for name, count in ends[part].items() if name in own),
            ends_in_any_train=sum(count for name, count in ends[part].items() if name in anywhere),
        )
