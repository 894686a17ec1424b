"""The trained model as its users hold it: load, predict, save."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypedDict, overload

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm.auto import tqdm
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from whipcount.modeling.attribution_words import find_words
from whipcount.modeling.card import read_card
from whipcount.modeling.collation import collate
from whipcount.modeling.encoding import Window, make_encoder
from whipcount.modeling.folders import load_config, load_weights, loading, save
from whipcount.modeling.model import StanceConfig, StanceModel
from whipcount.modeling.variation import Variation, plain
from whipcount.modeling.voices import voiced
from whipcount.reading.attribution_ends import settle_ends
from whipcount.reading.attributions import Attribution
from whipcount.reading.names import make_actor
from whipcount.reading.sentences import split_sentences
from whipcount.schema import NONE, RESERVED_IDS, SOMEONE, STANCES, TARGETS, Actor, Article, InputError, Span
from whipcount.scoring.benchmarks import asked_rows

if TYPE_CHECKING:
    from datasets import Dataset

log = logging.getLogger(__name__)

OWN_PAIRS = 32
"""Pairs of a sentence that are judged where reading found the roster: it is long, and nearly all of its actors are idle."""
MOST_CELLS = 300_000
"""Of a batch, a cell being one word of one sentence as one pair sees it: what scoring costs in memory, and beside the encoder in time."""
COLUMNS = ("text", "speaker", "target")


class StancePrediction(TypedDict):
    """The likeliest of ``STANCES`` and the probability of each."""

    label: str
    probabilities: dict[str, float]


class ArticleScores(NamedTuple):
    """``probabilities`` (examples, 3) in the order of ``schema.ordered_pairs``; ``attributions`` in the order of their cues."""

    probabilities: NDArray[np.float64]
    attributions: tuple[Attribution, ...]


class StanceClassifier:
    """Says, for a sentence, a speaker and a target, whether the speaker is for or against the target.

    Load one with ``from_pretrained``; ``predict`` takes rows, ``predict_articles`` whole articles with a roster.
    """

    def __init__(self, model: StanceModel, tokenizer: PreTrainedTokenizerBase, card: str = "") -> None:
        self.model = model
        self.tokenizer = tokenizer
        self.card = card
        self.encoder = make_encoder(tokenizer, model.config)

    @property
    def finds_attributions(self) -> bool:
        """Whether the model has the head that finds them."""
        return self.model.attribution is not None

    @classmethod
    def from_pretrained(cls, folder: str | Path, attribution: bool = True) -> StanceClassifier:
        """Load a model folder, onto the GPU where there is one.

        Args:
            folder: of the model.
            attribution: with its head for attributions, where it has one.

        Raises:
            InputError: no whole stance model there, a file cut short, or a pickle in the folder (refused: loading one runs its code).
        """
        folder = Path(folder)
        with loading(folder, "'make train' (or 'python -m whipcount.train')"):
            config = load_config(StanceConfig, folder)
            if not attribution:
                config.attribution = None
            model = load_weights(StanceModel, folder, config)
            tokenizer = AutoTokenizer.from_pretrained(folder)
        model.eval()
        torch.nn.Module.to(model, "cuda" if torch.cuda.is_available() else "cpu")
        return cls(model, tokenizer, read_card(folder))

    def save_pretrained(self, folder: str | Path, extra: Mapping[str, str] | None = None) -> None:
        """Write the model, its tokenizer, its card and ``extra`` (file name to text) to a folder, whole or not at all."""
        save(Path(folder), self.model, self.tokenizer, {"README.md": self.card, **(extra or {})})

    @overload
    def predict(
        self, rows: None = None, *, text: str, speaker: str | Actor, target: str | Actor, context: str = ""
    ) -> StancePrediction: ...

    @overload
    def predict(self, rows: Iterable[Mapping[str, Any]] | Dataset, *, progress: bool = False) -> list[StancePrediction]: ...

    def predict(
        self,
        rows: Iterable[Mapping[str, Any]] | Dataset | None = None,
        *,
        text: str = "",
        speaker: str | Actor = "",
        target: str | Actor = "",
        context: str = "",
        progress: bool = False,
    ) -> StancePrediction | list[StancePrediction]:
        """Return label and probabilities for one row, or a list of them for many.

        Args:
            rows: mappings, or a ``datasets.Dataset``, with ``text``, ``speaker``, ``target`` and optionally ``context``.
            text: one sentence.
            speaker: the name of whoever may hold the stance, ``"author"`` for the text's own voice, ``"someone"`` for anybody
                unnamed, or a ``schema.Actor`` (which can carry aliases).
            target: likewise, whom the stance would be about.
            context: the text before the sentence, which says whom "he" and "she" mean.
            progress: show a progress bar.

        Raises:
            InputError: a column is missing, a text or name is empty, speaker and target are the same.
        """
        if rows is None:
            row = {"text": text, "speaker": speaker, "target": target, "context": context}
            return self._predict_rows([row], progress=False)[0]
        return self._predict_rows(list(rows), progress=progress)

    def _predict_rows(self, rows: Sequence[Mapping[str, Any]], progress: bool) -> list[StancePrediction]:
        asked = [_read_row(row, number) for number, row in enumerate(rows)]
        articles = [article for article, _, _ in asked]
        logits = self._score(articles, [[len(article.sentences) - 1] for article in articles], progress=progress)
        predictions = []
        for (article, speaker, target), (scores, _) in zip(asked, logits, strict=True):
            triple = softmax(scores[-1, article.position(speaker), article.position(target)])
            probabilities = dict(zip(STANCES, map(float, triple), strict=True))
            predictions.append(StancePrediction(label=STANCES[int(triple.argmax())], probabilities=probabilities))
        return predictions

    def predict_articles(
        self,
        articles: Sequence[Article],
        batch_size: int = 8,
        progress: bool = False,
        variations: Sequence[Variation] | None = None,
        own_roster: bool = False,
    ) -> list[NDArray[np.float64]]:
        """Return, for each article, probabilities (examples, 3) in the order of ``schema.ordered_pairs``.

        A row whose actors do not fit the window is ``none`` with probability 1; ``encoder.losses`` counts such actors.

        Args:
            articles: each with its roster.
            batch_size: windows at once.
            progress: show a progress bar.
            variations: for each article how to read it; without them each is read as it stands.
            own_roster: judge at the threshold for rosters that reading found by itself, and of each sentence the ``OWN_PAIRS`` pairs
                that are likeliest to hold a stance, where the model has learnt which are; the others are ``none`` with probability 1.
        """
        return [told.probabilities for told in self.read_articles(articles, batch_size, progress, variations, own_roster)]

    def read_articles(
        self,
        articles: Sequence[Article],
        batch_size: int = 8,
        progress: bool = False,
        variations: Sequence[Variation] | None = None,
        own_roster: bool = False,
    ) -> list[ArticleScores]:
        """Return what the model says of each article, attributions besides where it has the head for them; see ``predict_articles``."""
        own_bias = self.model.config.own_none_bias if own_roster else None
        most_pairs = OWN_PAIRS if own_roster and self.model.config.ends_learnt else 0
        change = 0.0 if own_bias is None else own_bias - self.model.config.none_bias
        everything = [list(range(len(article.sentences))) for article in articles]
        result = []
        scores = self._score(articles, everything, batch_size, progress, variations, most_pairs)
        for article, (logits, attributions) in zip(articles, scores, strict=True):
            asked = asked_rows(article)
            rows = logits[:, asked[0], asked[1]].reshape(-1, len(STANCES))
            rows[:, NONE] += change
            in_order = sorted(settle_ends(attributions, article.text), key=lambda one: (one.cue[0].start_char, one.content[0].start_char))
            result.append(ArticleScores(softmax(rows), tuple(in_order)))
        return result

    def read_pair(
        self, article: Article, sentence: int, speaker: str, target: str, variations: Sequence[Variation], batch_size: int = 16
    ) -> NDArray[np.float64]:
        """Return probabilities (variations, 3) of one row of an article, read once under each variation.

        Only the window that scores the sentence is read.

        Args:
            article: with its roster.
            sentence: its index.
            speaker: an actor id.
            target: likewise.
            variations: how to read it.
            batch_size: windows at once.
        """
        scores = self._score([article] * len(variations), [[sentence]] * len(variations), batch_size, variations=variations)
        at = sentence, article.position(speaker), article.position(target)
        return softmax(np.array([logits[at] for logits, _ in scores]).reshape(-1, len(STANCES)))

    @torch.inference_mode()
    def _score(
        self,
        articles: Sequence[Article],
        scored: Sequence[Sequence[int]],
        batch_size: int = 8,
        progress: bool = False,
        variations: Sequence[Variation] | None = None,
        most_pairs: int = 0,
    ) -> list[tuple[NDArray[np.float64], list[Attribution]]]:
        """Return logits (sentences, roster, roster, 3) of each article, of its ``scored`` sentences alone, and their attributions."""
        articles = voiced(articles, self.encoder, progress)
        was_training = self.model.training
        self.model.eval()
        results: list[tuple[NDArray[np.float64], list[Attribution]]] = []
        jobs: list[tuple[int, Window]] = []
        for index, (article, variation) in enumerate(zip(articles, variations or map(plain, articles), strict=True)):
            logits = np.full((len(article.sentences), len(article.roster), len(article.roster), len(STANCES)), -np.inf)
            logits[..., NONE] = 0.0
            results.append((logits, []))
            jobs += [(index, window) for window in self.encoder.encode(article, variation, scored[index])]
        jobs.sort(key=lambda job: -len(job[1].input_ids))
        device = self.model.device
        batches = _cut([window for _, window in jobs], batch_size, most_pairs)
        for part in tqdm(batches, desc="predict", unit="batch", disable=not progress):
            batch = jobs[part]
            inputs = collate([window for _, window in batch], int(self.tokenizer.pad_token_id or 0))
            output = self.model(**{name: tensor.to(device) for name, tensor in inputs.items()}, most_pairs=most_pairs)
            if self.model.attribution is not None and output.lower is not None:
                words = [find_words(articles[index], window) for index, window in batch]
                mask = inputs["attention_mask"].to(device)
                for (index, _), found in zip(batch, self.model.attribution.find(output.lower, mask, words), strict=True):
                    results[index][1].extend(found)
            pairs, toward = (scores.double().cpu().numpy() for scores in (output.logits, output.toward))
            for row, ((index, window), logits) in enumerate(zip(batch, pairs, strict=True)):
                n_sentences, n_actors = len(window.sentences), len(window.actors)
                results[index][0][np.ix_(window.sentences, window.actors, window.actors)] = logits[:n_sentences, :n_actors, :n_actors]
                if window.annotation == TARGETS:
                    someone = articles[index].position(SOMEONE)
                    results[index][0][np.ix_(window.sentences, [someone], window.actors)] = toward[row, :n_sentences, None, :n_actors]
        self.model.train(was_training)
        return results


def _cut(windows: Sequence[Window], batch_size: int, most_pairs: int) -> list[slice]:
    """Cut windows into batches of at most ``batch_size`` and, where that leaves one at least, ``MOST_CELLS``."""
    batches, start = [], 0
    longest = [0, 0, 0]  # sentences, actors and words that the batch is padded to
    for index, window in enumerate(windows):
        sizes = len(window.sentences), len(window.actors), max(map(len, window.sentence_tokens))
        longer = [max(pair) for pair in zip(longest, sizes, strict=True)]
        n_sentences, n_actors, n_words = longer
        cells = (index + 1 - start) * n_sentences * min(n_actors**2, most_pairs or n_actors**2) * n_words
        if start < index and (index - start == batch_size or cells > MOST_CELLS):
            batches.append(slice(start, index))
            start, longer = index, list(sizes)
        longest = longer
    return [*batches, slice(start, len(windows))] if windows else []


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities over the last axis."""
    shares = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: NDArray[np.float64] = shares / shares.sum(-1, keepdims=True)
    return probabilities


def _read_row(row: Mapping[str, Any], number: int) -> tuple[Article, str, str]:
    """Return a row as an article (the sentence after its context, the two actors as roster) and the ids of the two."""
    missing = [column for column in COLUMNS if column not in row]
    if missing:
        raise InputError(f"row {number}: the column {missing[0]!r} is missing; rows need {', '.join(COLUMNS)} and may have context")
    for column in COLUMNS:
        value = row[column]  # a table has NaN where there is none
        if not (value.strip() if isinstance(value, str) else isinstance(value, Actor) and column != "text"):
            raise InputError(f"row {number}: {column} is empty; give a sentence, a speaker and a target")
    speaker, target = make_actor(row["speaker"], "speaker"), make_actor(row["target"], "target")
    if speaker.name == target.name:
        raise InputError(f"row {number}: {speaker.name!r} is both speaker and target; give two actors")
    context = row.get("context")
    context = context if isinstance(context, str) and context.strip() else ""  # a table has NaN where there is none
    text = f"{context}\n{row['text']}" if context else row["text"]
    start_char = len(text) - len(row["text"])
    spans = (*(split_sentences(context) if start_char else ()), Span(start_char, len(text)))
    actors = tuple(actor for actor in (speaker, target) if actor.id not in RESERVED_IDS)
    return Article(corpus="rows", id=str(number), text=text, sentences=spans, actors=actors), speaker.id, target.id
