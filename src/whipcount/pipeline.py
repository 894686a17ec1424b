"""Raw text in, actors and stances out: ``StancePipeline.from_pretrained(folder)(text)``."""

from __future__ import annotations

import json
import reprlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from whipcount.modeling.voices import shows_voices, voiced
from whipcount.reading.actors import find_actors
from whipcount.reading.aliasfile import read_aliases
from whipcount.reading.antecedents import Resolver
from whipcount.reading.articles import clean_text
from whipcount.reading.attributions import Attribution, moved
from whipcount.reading.evidence import attributions_by_sentence, evidence_of, with_heads
from whipcount.reading.furniture import find_furniture
from whipcount.reading.hearing import Heard, hear, with_learned
from whipcount.reading.names import find_mentions
from whipcount.reading.parsing import parse
from whipcount.reading.sentences import split_sentences
from whipcount.reading.speakers import link_attributions
from whipcount.rendering.reading_graph import reading_graph
from whipcount.rendering.reading_json import reading_to_json
from whipcount.rendering.reading_page import render_reading
from whipcount.rendering.reading_tables import to_dataframe
from whipcount.schema import (
    GIVEN,
    NONE,
    ON_LONG,
    PRONOUN,
    RESERVED_IDS,
    SOMEONE,
    Actor,
    Article,
    Attributed,
    Evidence,
    FoundStance,
    InputError,
    Mention,
    Reading,
    Span,
    Utterance,
    ordered_pairs,
)

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from datasets import Dataset

    from whipcount.modeling.classifier import StanceClassifier

PART_SENTENCES = 100
"""Sentences of a long text that are read with one roster."""
PART_CONTEXT = 5
"""Sentences before a later part that are read with it."""


class ArticleReading(Reading):
    """A ``Reading`` that can be written down."""

    def to_dataframe(self) -> pd.DataFrame:
        """Return a row for each stance; see ``rendering.reading_tables``."""
        return to_dataframe([self])

    def to_json(self, indent: int | None = 2) -> str:
        """Return the reading as JSON; see ``rendering/reading.schema.json``."""
        return json.dumps(reading_to_json(self), indent=indent, ensure_ascii=True)

    def to_html(self) -> str:
        """Return one page that needs no other file."""
        return render_reading(self)

    def to_graph(self) -> nx.MultiDiGraph:
        """Return the signed network of the actors; see ``rendering.reading_graph``."""
        return reading_graph([self])


class StancePipeline:
    """Reads raw articles with a trained model: cleans, finds sentences and actors, and asks the model for every pair of them.

    Load one with ``from_pretrained`` and call it.
    """

    def __init__(
        self,
        classifier: StanceClassifier,
        aliases: str | Path | None = None,
        on_long: str = "window",
        model: dict[str, str] | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        if on_long not in ON_LONG:
            raise InputError(f"on_long is {on_long!r}; give one of {', '.join(ON_LONG)}")
        self.classifier = classifier
        self.aliases = read_aliases(Path(aliases)) if aliases else ()
        self.on_long = on_long
        self.resolver = resolver
        self.model = {**(model or {}), "whipcount": version("whipcount")}

    @classmethod
    def from_pretrained(
        cls,
        folder: str | Path,
        aliases: str | Path | None = None,
        on_long: str = "window",
        attribution: bool = True,
        resolver: str | Path | None = None,
    ) -> StancePipeline:
        """Load a model folder, as ``make train`` leaves one in ``outputs/model``.

        Args:
            folder: of the model.
            aliases: a CSV table of further names of actors; see ``reading.aliasfile``.
            on_long: what to do with a text that is longer than the model's window: read it in several windows (``window``), or
                raise (``error``).
            attribution: let the model's own head find who is said to say what, where it has one, instead of rules; who says a quotation
                it tells where rules do not know.
            resolver: a folder that ``train_resolver`` wrote; what it has learnt helps to tell whom "he" and "she" mean.

        Raises:
            InputError: there is no usable model, or the table of names is malformed.
        """
        from whipcount.modeling.classifier import StanceClassifier  # and torch with it
        from whipcount.modeling.resolver import PronounResolver

        classifier = StanceClassifier.from_pretrained(folder, attribution)
        record = Path(folder) / "training.json"
        trained = json.loads(record.read_text(encoding="utf-8")) if record.is_file() else {}
        model = {"folder": Path(folder).resolve().name, "trained": str(trained.get("fingerprint", ""))[:12]}
        loaded = None
        if resolver is not None:
            loaded = PronounResolver.from_pretrained(resolver)
            model["resolver"] = Path(resolver).resolve().name
        return cls(classifier, aliases, on_long, model, loaded)

    @overload
    def __call__(  # type: ignore[overload-overlap]  # a str is an iterable of str, too
        self, text: str, *, id: str = "", date: str = "", title: str = "", outlet: str = ""
    ) -> ArticleReading: ...

    @overload
    def __call__(self, text: Iterable[str] | Dataset | pd.DataFrame) -> list[ArticleReading]: ...

    def __call__(
        self, text: str | Iterable[str] | Dataset | pd.DataFrame, *, id: str = "", date: str = "", title: str = "", outlet: str = ""
    ) -> ArticleReading | list[ArticleReading]:
        """Return the reading of one text, or a list of them for a list of texts or a table with a column ``text``.

        A table is a ``datasets.Dataset``, a ``pandas.DataFrame`` or a dict of lists.

        Args:
            text: as it was published; what it holds besides the article (site furniture) is marked in the reading.
            id: of one article, like the next three only handed on.
            date: ISO 8601; also decides which rows of the table of names hold.
            title: of the article.
            outlet: who published it.

        Raises:
            InputError: ``on_long`` is ``error`` and the text does not fit; a table has no column ``text``; what is given, or an element
                of it, is no text; something is told of one text and several are given.
        """
        about = {"id": id, "date": date, "title": title, "outlet": outlet}
        if isinstance(text, str):
            return self._read(text, **about)
        if given := [name for name, value in about.items() if value]:
            raise InputError(f"{given[0]} is given with several texts; it is told of one: read them one by one")
        return [self._read(one) for one in _texts(text)]

    def _read(self, text: str, **about: str) -> ArticleReading:
        clean = clean_text(text)
        furniture = find_furniture(clean.text)
        paragraphs = parse(clean.text, furniture)
        sentences = split_sentences(clean.text, paragraphs)
        found = find_actors(clean.text, paragraphs, sentences, self.aliases, about.get("date", ""), resolver=self.resolver)
        heard = hear(clean.text, paragraphs, found.mentions)
        stances, losses, learned = self._judge(
            clean.text,
            sentences,
            found.actors,
            heard.mentions,
            own_roster=True,
            heard=heard,
            voices=heard.said if shows_voices(self.classifier.encoder) else None,
        )

        def original(start_char: int, end_char: int) -> tuple[int, int]:
            span = clean.original(start_char, end_char)
            return span.start_char, span.end_char

        def ranges(spans: Sequence[Span]) -> tuple[Span, ...]:
            return tuple(clean.original(span.start_char, span.end_char) for span in spans)

        attributed = link_attributions(learned if self.classifier.finds_attributions else heard.attributions, heard.places)
        return ArticleReading(
            text=text,
            sentences=ranges(sentences),
            furniture=ranges(furniture),
            actors=found.actors,
            mentions=tuple(Mention(m.actor, *original(m.start_char, m.end_char), m.why) for m in heard.mentions),
            stances=tuple(
                replace(one, evidence=tuple(Evidence(e.role, *original(e.start_char, e.end_char)) for e in one.evidence)) for one in stances
            ),
            quotations=tuple(replace(one, spans=ranges(one.spans)) for one in with_learned(heard, learned)),
            attributed=tuple(Attributed(one.speaker, ranges(one.source), ranges(one.cue), ranges(one.content)) for one in attributed),
            n_scored=len(sentences),
            losses=dict(+(Counter(found.losses) + losses)),
            model=self.model,
            **about,
        )

    def read_with_roster(
        self, text: str, actors: Sequence[Actor], mentions: Sequence[Mention] = (), sentences: Sequence[Span] | None = None
    ) -> ArticleReading:
        """Return the reading of a clean text whose actors are known.

        Args:
            text: read as it stands.
            actors: the roster, without the reserved actors.
            mentions: of these actors; their names are found where none are given.
            sentences: of the text; found where they are not given.

        Raises:
            InputError: a mention or a sentence leaves the text, a mention names an actor outside the roster, sentences overlap, or two
                actors have one id.
        """
        paragraphs = parse(text)
        sentences = split_sentences(text, paragraphs) if sentences is None else sentences
        if sentences or mentions:
            Article("text", "given", text, tuple(sentences), tuple(actors), tuple(mentions))  # which checks them
        shown = tuple(sorted(mentions, key=lambda mention: mention.start_char)) or find_mentions(text, actors)
        heard = hear(text, paragraphs, shown)
        stances, losses, learned = self._judge(text, sentences, actors, shown, own_roster=False, heard=heard)
        return ArticleReading(
            text=text,
            sentences=tuple(sentences),
            actors=tuple(actors),
            mentions=shown,
            stances=tuple(stances),
            quotations=tuple(with_learned(heard, learned)),
            attributed=tuple(link_attributions(learned if self.classifier.finds_attributions else heard.attributions, heard.places)),
            n_scored=len(sentences),
            losses=dict(+losses),
            model=self.model,
        )

    def _judge(
        self,
        text: str,
        sentences: Sequence[Span],
        actors: Sequence[Actor],
        mentions: Sequence[Mention],
        own_roster: bool,
        heard: Heard,
        voices: Sequence[Utterance] | None = None,
    ) -> tuple[list[FoundStance], Counter[str], list[Attribution]]:
        """Return the stances that the model finds, what it could not judge, by reason, and the attributions that it finds, if it does.

        Their evidence rests on what is ``heard``, where the model does not find attributions itself. Where its encoding shows voices they
        are ``voices`` and the pronouns of ``mentions``; each part's are found where none are given.
        """
        stances: list[FoundStance] = []
        before = Counter(self.classifier.encoder.losses)
        mentions_of: dict[str, list[Mention]] = defaultdict(list)
        for mention in mentions:
            mentions_of[mention.actor].append(mention)
        utterances_of: dict[str, list[Utterance]] = defaultdict(list)
        for one in heard.said:
            utterances_of[one.speaker].append(one)
        finds = self.classifier.finds_attributions
        by_rules = attributions_by_sentence(sentences, with_heads(() if finds else heard.attributions, heard.places))
        losses: Counter[str] = Counter()
        learned: list[Attribution] = []
        for first in range(0, len(sentences), PART_SENTENCES):
            start = max(0, first - PART_CONTEXT)
            own = sentences[start : first + PART_SENTENCES]
            part, n_left_out = self._part(text, own, actors, mentions, voices, is_whole=len(own) == len(sentences))
            (part,) = voiced([part], self.classifier.encoder)
            losses["actors beyond the model's slots, in a part of the text"] += n_left_out
            if self.on_long == "error" and (len(sentences) > PART_SENTENCES or not self._fits(part)):
                raise InputError(
                    f"a text of {len(sentences)} sentences does not fit the model's window of {self.classifier.encoder.max_tokens} tokens; "
                    "shorten it, or let on_long be 'window'"
                )
            told = self.classifier.read_articles([part], own_roster=own_roster)[0]
            here = [moved(one, own[0].start_char) for one in told.attributions]
            learned += [one for one in here if one.cue[0].start_char >= sentences[first].start_char]
            attributed = attributions_by_sentence(sentences, with_heads(here, heard.places)) if finds else by_rules
            for sentence, speaker, target, probabilities in _told(part, told.probabilities):
                if sentence + start < first:
                    continue
                if SOMEONE in (speaker, target):
                    losses["stances of or toward an actor outside the roster"] += 1
                    continue
                index = sentence + start
                evidence = evidence_of(
                    sentences[index], mentions_of[speaker], mentions_of[target], attributed.get(index, ()), utterances_of[speaker]
                )
                stances.append(FoundStance(index, speaker, target, probabilities, evidence))
        losses.update(Counter(self.classifier.encoder.losses) - before)
        return stances, losses, learned

    def _fits(self, part: Article) -> bool:
        """Return whether one window holds all of an article's sentences; what does not fit is not counted yet."""
        from whipcount.modeling.encoding import CUT  # transformers only where a model is run

        losses = self.classifier.encoder.losses
        counted = Counter(losses)
        fits = len(self.classifier.encoder.encode(part)) == 1 and losses[CUT] == counted[CUT]
        losses.clear()
        losses.update(counted)
        return fits

    def _part(
        self,
        text: str,
        sentences: Sequence[Span],
        actors: Sequence[Actor],
        mentions: Sequence[Mention],
        utterances: Sequence[Utterance] | None,
        is_whole: bool,
    ) -> tuple[Article, int]:
        """Return some sentences as an article of their own, with the actors most often mentioned in them, and how many are left out.

        Where they are the whole text these are all actors that fit, mentioned or not. It has pronouns where it has ``utterances``.
        """
        start_char, end_char = sentences[0].start_char, sentences[-1].end_char
        inside = [m for m in mentions if start_char <= m.start_char and m.end_char <= end_char]
        often = Counter(mention.actor for mention in inside)
        ranked = sorted(actors, key=lambda actor: -often[actor.id])
        if not is_whole:
            ranked = [actor for actor in ranked if often[actor.id]]
        room = self.classifier.encoder.n_slots - len(RESERVED_IDS)
        kept = {actor.id for actor in ranked[:room]}
        shown = [
            Mention(m.actor, m.start_char - start_char, m.end_char - start_char, PRONOUN if m.why == PRONOUN else GIVEN)
            for m in inside
            if m.actor in kept and (m.why != PRONOUN or utterances is not None)
        ]
        article = Article(
            corpus="text",
            id="part",
            text=text[start_char:end_char],
            sentences=tuple(Span(s.start_char - start_char, s.end_char - start_char) for s in sentences),
            actors=tuple(actor for actor in actors if actor.id in kept),
            mentions=tuple(shown),
            utterances=None if utterances is None else tuple(_cut(utterances, start_char, end_char, kept)),
        )
        return article, len(ranked) - len(kept)


def _cut(utterances: Iterable[Utterance], start_char: int, end_char: int, actors: Collection[str]) -> Iterator[Utterance]:
    """Yield what of some utterances stands in a range of the text, counted from its start; no other speakers than ``actors`` are told."""
    for one in utterances:
        inside = [span for span in one.spans if span.start_char < end_char and start_char < span.end_char]
        spans = [Span(max(0, span.start_char - start_char), min(span.end_char, end_char) - start_char) for span in inside]
        if spans:
            yield replace(one, spans=tuple(spans), speaker=one.speaker if one.speaker in actors else "")


def _texts(texts: Any) -> list[str]:
    """Return the texts of a list or of the column ``text`` of a table.

    Raises:
        InputError: it is neither, or an element is no text.
    """
    columns = texts if isinstance(texts, Mapping) else getattr(texts, "column_names", getattr(texts, "columns", None))
    if columns is not None:
        if "text" not in columns:
            raise InputError(
                f"the table has the columns {', '.join(map(str, columns))} and no 'text'; rename the one that holds the articles"
            )
        texts = texts["text"]
    if isinstance(texts, str | bytes) or not isinstance(texts, Iterable):
        raise InputError(
            f"{reprlib.repr(texts)} is no list of texts; give a text, a list of texts, or a table whose column 'text' holds them"
        )
    found = list(texts)
    for index, text in enumerate(found):
        if not isinstance(text, str):
            raise InputError(f"element {index} is {reprlib.repr(text)}, not a text; leave it out, or give its text")
    return found


def _told(article: Article, rows: NDArray[np.float64]) -> Iterator[tuple[int, str, str, tuple[float, float, float]]]:
    """Yield (sentence, speaker, target, probabilities) of the rows that are no ``none``."""
    wanted = set(np.flatnonzero(rows.argmax(1) != NONE).tolist())
    for index, (sentence, speaker, target) in enumerate(ordered_pairs(article)):
        if index in wanted:
            favor, against, none = rows[index].tolist()
            yield sentence, speaker, target, (favor, against, none)
