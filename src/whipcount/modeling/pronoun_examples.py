"""Pronouns whose meaning is annotated, as reading sees them: what is learnt from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from whipcount.corpora.gap import AmbiguousPronoun, read_gap
from whipcount.corpora.public import locate_corpus
from whipcount.corpora.sources import open_sources
from whipcount.examples.splits import read_with_splits
from whipcount.modeling.own_rosters import as_shown, gold_ids
from whipcount.reading.actors import find_actors
from whipcount.reading.parsing import Paragraph, parse
from whipcount.reading.pronoun_learning import Told, meant_by
from whipcount.reading.pronoun_words import HE, SHE
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Article, Mention, Span


class PronounText(NamedTuple):
    """A text that tells what some of its pronouns mean, parsed."""

    source: AmbiguousPronoun | Article
    paragraphs: Sequence[Paragraph]
    sentences: Sequence[Span]


def read_sources(folders: Sequence[str]) -> list[AmbiguousPronoun | Article]:
    """Return GAP's development part and the train articles of corpora whose pronouns are annotated.

    Raises:
        InputError: GAP's development part or a corpus is not at hand.
    """
    articles = [article for source in open_sources(folders) for article in read_with_splits(source) if article.split == "train"]
    return [*read_gap(locate_corpus("gap"), "development"), *articles]


def parse_source(source: AmbiguousPronoun | Article) -> PronounText:
    """Return a text with its parse; an article keeps its sentences."""
    if isinstance(source, Article):
        return PronounText(source, parse(source.text, source.furniture), source.sentences)
    paragraphs = parse(source.text)
    return PronounText(source, paragraphs, split_sentences(source.text, paragraphs))


class ToldText(NamedTuple):
    """A text as a model is shown it, and its pronouns whose meaning is annotated."""

    article: Article
    pronouns: list[Told]


def annotated_pronouns(article: Article) -> list[Mention]:
    """Return the annotated mentions of an article that are "he" or "she" or one of their forms."""
    return [one for one in article.mentions if article.text[one.start_char : one.end_char].lower() in HE | SHE]


def tell(text: PronounText, weights: Mapping[str, float] | None = None) -> ToldText:
    """Return a text as reading sees it with some weights.

    Of GAP's two names those that a pronoun does not mean are ruled out, in an article everybody that it does not mean.
    """
    source = text.source
    found = find_actors(source.text, text.paragraphs, text.sentences, weights=weights)
    if isinstance(source, AmbiguousPronoun):
        named = [
            {m.actor for m in found.mentions if m.why != PRONOUN and m.start_char < name.end_char and name.start_char < m.end_char}
            for name in source.names
        ]
        meant = {actor for actors, means in zip(named, source.means, strict=True) if means for actor in actors}
        pronouns = [(source.pronoun.start_char, meant, set().union(*named))]
    else:
        gold_of = gold_ids(source, found)
        everybody = {actor.id for actor in found.actors}
        pronouns = [
            (mention.start_char, {ours for ours, gold in gold_of.items() if gold == mention.actor}, everybody)
            for mention in annotated_pronouns(source)
        ]
    told = (meant_by(start_char, found.options, meant, known - meant) for start_char, meant, known in pronouns)
    article = as_shown("text", "text", source.text, text.sentences, found.actors, found.mentions)
    return ToldText(article, [one for one in told if one])
