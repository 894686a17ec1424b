"""``python -m whipcount.train_pronouns``: learn from GAP's development part and the Gazette's train part whom "he" and "she" mean.

Writes the weights that travel with the package. They are numbers by feature; no word of any text is among them.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tqdm.auto import tqdm

from whipcount.config import PronounTrainingConfig
from whipcount.corpora.gap import AmbiguousPronoun, read_gap
from whipcount.corpora.public import locate_corpus, note_licence
from whipcount.corpora.sources import open_source
from whipcount.examples.storage import written_whole
from whipcount.launch import launch
from whipcount.reading.actors import find_actors
from whipcount.reading.parsing import Paragraph, parse
from whipcount.reading.pronoun_learning import Told, learn_weights, meant_by
from whipcount.reading.pronouns import HE, SHE
from whipcount.reading.sentences import split_sentences
from whipcount.schema import PRONOUN, Article, Reading, Span
from whipcount.scoring.rosters import match_rosters

log = logging.getLogger(__name__)


class Parsed(NamedTuple):
    """A text that tells what some of its pronouns mean."""

    source: AmbiguousPronoun | Article
    paragraphs: Sequence[Paragraph]
    sentences: Sequence[Span]


def train_pronouns(config: PronounTrainingConfig) -> Path:
    """Learn the weights and write them; return the file.

    Pronouns are linked in the order of the text, and a linked one is a candidate for the next. So the weights are learnt in rounds, each
    on what the one before links.

    Raises:
        InputError: GAP's development part is not at hand.
    """
    note_licence("gap")
    articles = [article for name in config.folders for article in open_source(name).read()[0] if article.split == "train"]
    sources: list[AmbiguousPronoun | Article] = [*read_gap(locate_corpus("gap"), "development"), *articles]
    parsed = [_parse(source) for source in tqdm(sources, desc="parse", unit="text", disable=None)]
    weights: dict[str, float] = {}
    told: list[Told] = []
    for number in range(config.rounds):
        told = [one for text in tqdm(parsed, desc=f"round {number + 1}", unit="text", disable=None) for one in tell(text, weights)]
        weights = learn_weights(told, config.penalty)
    out = Path(config.out)
    record = {"learnt_from": {"gap": "development", **dict.fromkeys(config.folders, "train")}, "n_pronouns": len(told), "weights": weights}
    with written_whole(out) as partial:
        partial.write_text(json.dumps(record, indent=0) + "\n", encoding="utf-8")
    log.info("%d weights, learnt from %d pronouns, written to %s", len(weights), len(told), out)
    return out


def _parse(source: AmbiguousPronoun | Article) -> Parsed:
    paragraphs = parse(source.text)
    sentences = source.sentences if isinstance(source, Article) else split_sentences(source.text, paragraphs)
    return Parsed(source, paragraphs, sentences)


def tell(text: Parsed, weights: Mapping[str, float]) -> Iterator[Told]:
    """Yield the pronouns of a text whose meaning is annotated, as reading sees them with some weights."""
    source = text.source
    found = find_actors(source.text, text.paragraphs, text.sentences, weights=weights)
    if isinstance(source, AmbiguousPronoun):
        names = [name for name, means in zip(source.names, source.means, strict=True) if means]
        meant = {
            m.actor for m in found.mentions if m.why != PRONOUN for n in names if m.start_char < n.end_char and n.start_char < m.end_char
        }
        pronouns = [(source.pronoun.start_char, meant)]
    else:
        reading = Reading(text=source.text, sentences=source.sentences, actors=found.actors, mentions=found.mentions)
        gold_of = match_rosters(reading, source, "lenient").gold_of
        pronouns = [
            (mention.start_char, {ours for ours, gold in gold_of.items() if gold == mention.actor})
            for mention in source.mentions
            if source.text[mention.start_char : mention.end_char].lower() in HE | SHE
        ]
    for start_char, actors in pronouns:
        if told := meant_by(start_char, found.options, actors):
            yield told


if __name__ == "__main__":
    launch(train_pronouns, PronounTrainingConfig, "train_pronouns")
