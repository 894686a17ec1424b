"""The words of the project: article, actor, mention, stance, example, prediction.

Every class is frozen. What is plain from a value alone is checked when it is made, and an ``Article`` is checked as a whole. A ``Reading``
is not: the pipeline makes it, and ``rendering.reading_json`` checks one that comes from a file.
Offsets are character offsets, half-open, into ``Article.text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

STANCES = ("favor", "against", "none")
"""The labels, in the order of every probability triple and of the model's logits (SemEval-2016 Task 6)."""

FAVOR, AGAINST, NONE = range(3)

SPLITS = ("train", "development", "test")

AUTHOR = "author"
"""Actor id of the article's own voice."""

SOMEONE = "someone"
"""Actor id that stands for any actor outside the roster."""

TOPIC = "topic"
"""Kind of what is no actor: an issue, an event, a thing. Some corpora annotate stances toward such; the headline leaves them out."""

KINDS = ("person", "organisation", "group", AUTHOR, SOMEONE, TOPIC)

FULL, PAIR, TARGETS = ANNOTATIONS = ("full", "pair", "targets")
"""What an article's annotation covers: every ordered pair of its roster; one pair of actors, in one direction or none; or what
is conveyed toward each target, whoever holds it."""

UNKNOWN = -1
"""Stance of a row that the corpus does not label: neither learnt from nor scored."""

GIVEN = "given"
"""``Mention.why`` of a mention that the corpus hands to its readers with the text: it is shown to the model."""

PRONOUN = "pronoun"
"""``Mention.why`` of a pronoun that reading links to an actor. It is no name: at most its actor's slot is shown."""

ON_LONG = ("window", "error")
"""What a reading does with a text that is longer than the model's window."""

TAGS = (
    "quotation", "running_quote", "late_attribution", "indirect", "pronoun", "role", "passive", "negation", "refusal",
    "third_party", "defence", "two_targets", "sarcasm", "same_surname", "group", "metonym", "deed", "authorial", "noun",
    "hypothetical", "denial", "meeting",
)  # fmt: skip
"""Phenomena that make a row hard; ``corpora/AUTHORING.md`` defines each."""

IDENTIFIER = re.compile(r"[\w.-]+")


class InputError(ValueError):
    """What the user gave cannot be used; the message says in one line what, where and what to do."""


def _check_range(what: str, start_char: int, end_char: int) -> None:
    if not 0 <= start_char < end_char:
        raise InputError(f"{what} {start_char}:{end_char} is empty or negative; give 0 <= start < end")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range of characters."""

    start_char: int
    end_char: int

    def __post_init__(self) -> None:
        _check_range("span", self.start_char, self.end_char)


@dataclass(frozen=True, slots=True)
class Actor:
    """A person, organisation or group that can hold or draw a stance.

    ``aliases`` are further names of the same actor that cannot be derived from ``name``.
    """

    id: str
    name: str
    kind: str
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not IDENTIFIER.fullmatch(self.id):
            raise InputError(f"actor id {self.id!r} is not made of letters, digits, '_', '-' and '.'")
        if self.kind not in KINDS:
            raise InputError(f"actor {self.id!r} has kind {self.kind!r}; give one of {', '.join(KINDS)}")
        if (self.id in RESERVED_IDS or self.kind in RESERVED_IDS) and self.id != self.kind:
            raise InputError(f"actor {self.id!r} of kind {self.kind!r}: author and someone are reserved, choose another")
        if not self.name.strip() or not all(alias.strip() for alias in self.aliases):
            raise InputError(f"actor {self.id!r} has an empty name or alias; give its fullest name")


RESERVED_IDS = (AUTHOR, SOMEONE)
RESERVED_ACTORS = (Actor(AUTHOR, "the author", AUTHOR), Actor(SOMEONE, "someone else", SOMEONE))
"""Present in every roster, before the article's own actors."""


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the text that refer to an actor; ``why`` says how they were found (``annotated``, ``given``, ``name``, …)."""

    actor: str
    start_char: int
    end_char: int
    why: str = "annotated"

    def __post_init__(self) -> None:
        _check_range(f"mention of {self.actor!r}", self.start_char, self.end_char)


@dataclass(frozen=True, slots=True)
class Stance:
    """What one sentence conveys that ``speaker`` holds toward ``target`` (both actor ids).

    ``sentence`` is an index into ``Article.sentences``; ``stance`` is one of ``STANCES``.
    """

    sentence: int
    speaker: str
    target: str
    stance: str
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.stance not in STANCES:
            raise InputError(f"stance {self.stance!r} is unknown; give one of {', '.join(STANCES)}")
        if self.speaker == self.target:
            raise InputError(f"{self.speaker!r} is both speaker and target; a stance toward oneself is left out")
        unknown = [tag for tag in self.tags if tag not in TAGS]
        if unknown:
            raise InputError(f"tag {unknown[0]!r} is unknown; give one of {', '.join(TAGS)}")


@dataclass(frozen=True, slots=True)
class Utterance:
    """A quotation of the text and who says it.

    ``spans``: what stands between the marks, these included, or, in an interview without marks, after a speaker and a colon; a range for
    each line that it runs over. ``speaker``: an actor's id, empty where the text does not say or nobody says it. ``why`` says what tells;
    see ``reading.speakers``. ``depth``: how many quotations it stands in.
    """

    spans: tuple[Span, ...]
    speaker: str
    why: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Attributed:
    """Words that the text attributes to somebody, in quotation marks or not: "Quill said that the ferry was late".

    ``speaker``: the actor's id, empty where the source is no actor of the text or is not told. ``source``, ``cue`` and ``content``: their
    ranges, in the order of the text; ``source`` is empty where the text names nobody.
    """

    speaker: str
    source: tuple[Span, ...]
    cue: tuple[Span, ...]
    content: tuple[Span, ...]


@dataclass(frozen=True)
class Article:
    """Raw text kept to the letter, its sentences, its roster and, where annotated, mentions and stances.

    ``furniture`` marks what belongs to the site and not to the article. ``actors`` leaves out the two reserved
    ones; ``roster`` has them. Pairs of a sentence that ``stances`` does not list are ``none`` where ``annotation`` is ``full``,
    else unknown. Where it is ``targets``, ``someone`` as speaker stands for whoever holds the stance. ``utterances`` tell who says its
    quotations, as reading finds it; None where nobody has asked. They are not stored.
    """

    corpus: str
    id: str
    text: str
    sentences: tuple[Span, ...]
    actors: tuple[Actor, ...] = ()
    mentions: tuple[Mention, ...] = ()
    stances: tuple[Stance, ...] = ()
    furniture: tuple[Span, ...] = ()
    story: str = ""
    split: str = ""
    register: str = ""
    date: str = ""
    outlet: str = ""
    title: str = ""
    source: str = ""
    annotation: str = FULL
    utterances: tuple[Utterance, ...] | None = None
    _positions: dict[str, int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name in (self.corpus, self.id):
            if not IDENTIFIER.fullmatch(name):
                raise InputError(f"{name!r} is no id; use letters, digits, '_', '-' and '.'")
        if not self.story:
            object.__setattr__(self, "story", self.id)
        if self.split and self.split not in SPLITS:
            raise InputError(f"{self.key}: split {self.split!r} is unknown; give one of {', '.join(SPLITS)}")
        if self.annotation not in ANNOTATIONS:
            raise InputError(f"{self.key}: annotation {self.annotation!r} is unknown; give one of {', '.join(ANNOTATIONS)}")
        if self.annotation == PAIR and len(self.actors) != 2:
            raise InputError(f"{self.key}: {len(self.actors)} actors where one pair is annotated; give two")
        if not self.sentences:
            raise InputError(f"{self.key}: the article has no sentence; give its text, one sentence per line")
        self._check_spans()
        for position, actor in enumerate(self.roster):
            if actor.id in self._positions:
                raise InputError(f"{self.key}: actor id {actor.id!r} occurs twice; give each actor its own id")
            self._positions[actor.id] = position
        self._check_annotation()

    def _check_spans(self) -> None:
        previous_end = 0
        for span in sorted((*self.sentences, *self.furniture), key=lambda span: span.start_char):
            if span.start_char < previous_end or span.end_char > len(self.text):
                raise InputError(
                    f"{self.key}: range {span.start_char}:{span.end_char} overlaps another or leaves the text ({len(self.text)} characters)"
                )
            previous_end = span.end_char
        if list(self.sentences) != sorted(self.sentences, key=lambda span: span.start_char):
            raise InputError(f"{self.key}: the sentences are not in the order of the text")

    def _check_annotation(self) -> None:
        for mention in self.mentions:
            if mention.actor not in self._positions:
                raise InputError(f"{self.key}: a mention names the unknown actor {mention.actor!r}")
            if mention.end_char > len(self.text):
                raise InputError(f"{self.key}: mention {mention} leaves the text ({len(self.text)} characters)")
        for told in self.utterances or ():
            if told.speaker and told.speaker not in self._positions:
                raise InputError(f"{self.key}: a quotation has the unknown speaker {told.speaker!r}")
        seen: set[tuple[int, str, str]] = set()
        for stance in self.stances:
            pair = (stance.sentence, stance.speaker, stance.target)
            if not 0 <= stance.sentence < len(self.sentences):
                raise InputError(f"{self.key}: {stance} is for a sentence that the article does not have")
            if stance.speaker not in self._positions or stance.target not in self._positions:
                raise InputError(f"{self.key}: {stance} names an actor outside the roster")
            if pair in seen:
                raise InputError(f"{self.key}: sentence {stance.sentence} has two stances for {pair[1]}>{pair[2]}")
            seen.add(pair)
        stray = sorted(seen.difference(ordered_pairs(self))) if self.annotation != FULL else []
        if stray:
            sentence, speaker, target = stray[0]
            raise InputError(f"{self.key}: {speaker}>{target} in sentence {sentence} is no row of the annotation {self.annotation!r}")

    @property
    def key(self) -> str:
        """Name of the article among all corpora: ``corpus/article``."""
        return f"{self.corpus}/{self.id}"

    @property
    def roster(self) -> tuple[Actor, ...]:
        """All actors: ``author``, ``someone``, then the article's own."""
        return (*RESERVED_ACTORS, *self.actors)

    @property
    def annotated_mentions(self) -> tuple[Mention, ...]:
        """The mentions without pronouns that reading has linked."""
        return tuple(mention for mention in self.mentions if mention.why != PRONOUN)

    def position(self, actor: str) -> int:
        """Return the index of an actor id in ``roster``."""
        return self._positions[actor]

    def sentence_text(self, index: int) -> str:
        """Return the words of one sentence."""
        span = self.sentences[index]
        return self.text[span.start_char : span.end_char]


def example_id(article: str, sentence: int, speaker: str, target: str) -> str:
    """Return the id of a row, ``corpus/article/sentence/speaker>target``; ``article`` is ``Article.key``."""
    return f"{article}/{sentence}/{speaker}>{target}"


def ordered_pairs(article: Article) -> Iterator[tuple[int, str, str]]:
    """Yield (sentence, speaker, target) for every sentence and ordered pair of different actors that the annotation can speak of.

    These are all pairs of the roster where it is ``full``, the two directions of its one pair, or ``someone`` toward each target.
    """
    ids = [actor.id for actor in (article.roster if article.annotation == FULL else article.actors)]
    for sentence in range(len(article.sentences)):
        for speaker in ids if article.annotation != TARGETS else [SOMEONE]:
            for target in ids:
                if speaker != target:
                    yield sentence, speaker, target


EVIDENCE_ROLES = ("speaker", "target", "cue", "content")
"""What a piece of evidence is to its stance: a mention of an end, the word that reports, or the words that convey it."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Words of the text that a stance rests on; ``role`` is one of ``EVIDENCE_ROLES``."""

    role: str
    start_char: int
    end_char: int

    def __post_init__(self) -> None:
        _check_range("evidence", self.start_char, self.end_char)
        if self.role not in EVIDENCE_ROLES:
            raise InputError(f"evidence has the role {self.role!r}; give one of {', '.join(EVIDENCE_ROLES)}")


@dataclass(frozen=True, slots=True)
class FoundStance:
    """A stance that a model finds in a sentence: both actor ids, probabilities in the order of ``STANCES``, what it rests on.

    ``sentence`` is an index into ``Reading.sentences``.
    """

    sentence: int
    speaker: str
    target: str
    probabilities: tuple[float, float, float]
    evidence: tuple[Evidence, ...] = ()

    def __post_init__(self) -> None:
        if self.sentence < 0:
            raise InputError(f"a stance is for sentence {self.sentence}; sentences count from 0")
        if self.speaker == self.target:
            raise InputError(f"{self.speaker!r} is both speaker and target; a stance toward oneself is left out")

    @property
    def stance(self) -> str:
        """The likeliest of ``STANCES``."""
        return STANCES[max(range(len(STANCES)), key=self.probabilities.__getitem__)]

    @property
    def probability(self) -> float:
        """How likely ``stance`` is."""
        return max(self.probabilities)


@dataclass(frozen=True)
class Reading:
    """What reading one raw text gives: its actors with their mentions, and who stands how toward whom in which sentence.

    All offsets are into ``text``, the text as it came in. ``actors`` leaves out the two reserved ones. ``stances`` holds favor and
    against alone, in the order of the text; ``quotations`` tell who says what stands between marks, ``attributed`` whose words the text
    reports, in marks or not. ``n_scored`` counts the sentences that the model
    judged; ``losses`` says by reason what it could not; ``model`` names it. ``id``, ``date``, ``title`` and ``outlet`` are what is known
    of the article besides its text.
    """

    text: str
    sentences: tuple[Span, ...] = ()
    furniture: tuple[Span, ...] = ()
    actors: tuple[Actor, ...] = ()
    mentions: tuple[Mention, ...] = ()
    stances: tuple[FoundStance, ...] = ()
    n_scored: int = 0
    losses: dict[str, int] = field(default_factory=dict)
    model: dict[str, str] = field(default_factory=dict)
    id: str = ""
    date: str = ""
    title: str = ""
    outlet: str = ""
    quotations: tuple[Utterance, ...] = ()
    attributed: tuple[Attributed, ...] = ()

    @property
    def roster(self) -> tuple[Actor, ...]:
        """All actors: ``author``, ``someone``, then the text's own."""
        return (*RESERVED_ACTORS, *self.actors)

    @property
    def speakers(self) -> tuple[str, ...]:
        """The ids of those whom quotations and attributed words are linked to."""
        told = (*(one.speaker for one in self.quotations), *(one.speaker for one in self.attributed))
        return tuple(speaker for speaker in told if speaker)

    def actor(self, identifier: str) -> Actor:
        """Return the actor with an id.

        Raises:
            KeyError: there is none.
        """
        return {actor.id: actor for actor in self.roster}[identifier]

    def words(self, span: Span | Mention | Evidence) -> str:
        """Return the words of the text that a range covers."""
        return self.text[span.start_char : span.end_char]
