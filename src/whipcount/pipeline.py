"""Raw text in, actors and stances out: ``StancePipeline.from_pretrained(folder)(text)``."""

from __future__ import annotations

import json
import reprlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from whipcount.modeling.parts import Judged, judge_parts
from whipcount.modeling.voices import shows_voices
from whipcount.reading.actors import find_actors
from whipcount.reading.aliasfile import read_aliases
from whipcount.reading.antecedents import Resolver
from whipcount.reading.articles import clean_text
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
    ON_LONG,
    Actor,
    Article,
    Attributed,
    Evidence,
    InputError,
    Mention,
    Reading,
    Span,
)

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from datasets import Dataset

    from whipcount.modeling.classifier import StanceClassifier


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
        voices = tuple(heard.said) if shows_voices(self.classifier.encoder) else None
        article = None
        if sentences:
            article = Article("text", "raw", clean.text, tuple(sentences), found.actors, tuple(heard.mentions), utterances=voices)
        judged = self._judge(article, heard, own_roster=True)

        def original(start_char: int, end_char: int) -> tuple[int, int]:
            span = clean.original(start_char, end_char)
            return span.start_char, span.end_char

        def ranges(spans: Sequence[Span]) -> tuple[Span, ...]:
            return tuple(clean.original(span.start_char, span.end_char) for span in spans)

        return ArticleReading(
            text=text,
            sentences=ranges(sentences),
            furniture=ranges(furniture),
            actors=found.actors,
            mentions=tuple(Mention(m.actor, *original(m.start_char, m.end_char), m.why) for m in heard.mentions),
            stances=tuple(
                replace(one, evidence=tuple(Evidence(e.role, *original(e.start_char, e.end_char)) for e in one.evidence))
                for one in judged.stances
            ),
            quotations=tuple(replace(one, spans=ranges(one.spans)) for one in with_learned(heard, judged.attributions)),
            attributed=tuple(
                Attributed(one.speaker, ranges(one.source), ranges(one.cue), ranges(one.content)) for one in self._attributed(heard, judged)
            ),
            n_scored=len(sentences),
            losses=dict(+(Counter(found.losses) + judged.losses)),
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
        shown = tuple(sorted(mentions, key=lambda mention: mention.start_char)) or find_mentions(text, actors)
        article = None
        if sentences or mentions:
            article = Article("text", "given", text, tuple(sentences), tuple(actors), shown)  # which checks them
        heard = hear(text, paragraphs, shown)
        judged = self._judge(article, heard, own_roster=False)
        return ArticleReading(
            text=text,
            sentences=tuple(sentences),
            actors=tuple(actors),
            mentions=shown,
            stances=judged.stances,
            quotations=tuple(with_learned(heard, judged.attributions)),
            attributed=tuple(self._attributed(heard, judged)),
            n_scored=len(sentences),
            losses=dict(+judged.losses),
            model=self.model,
        )

    def _judge(self, article: Article | None, heard: Heard, own_roster: bool) -> Judged:
        """Return what the model says of an article; of None, a text without sentences, nothing."""
        if article is None:
            return Judged((), (), Counter())
        return judge_parts(self.classifier, article, heard, own_roster=own_roster, is_short=self.on_long == "error")

    def _attributed(self, heard: Heard, judged: Judged) -> list[Attributed]:
        """Return whose words the text reports: as the model has found it, where it does, else by rules."""
        return link_attributions(judged.attributions if self.classifier.finds_attributions else heard.attributions, heard.places)


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
