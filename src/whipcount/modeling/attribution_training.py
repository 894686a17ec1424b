"""Training of the attribution head: the encoder below it stays as it is, and is asked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm.auto import tqdm
from transformers import PreTrainedTokenizerBase, set_seed

from whipcount.config import AttributionTrainingConfig
from whipcount.modeling.attribution_head import AttributionHead, lower_layers, pad_words
from whipcount.modeling.attribution_words import CueLabels, Words, around_cues, find_words, label_words
from whipcount.modeling.checkpoints import open_run
from whipcount.modeling.classifier import StanceClassifier
from whipcount.modeling.collation import collate
from whipcount.modeling.encoding import Window
from whipcount.modeling.fitting import Batches, fit
from whipcount.modeling.heads import IGNORED
from whipcount.modeling.optimization import has_bf16
from whipcount.modeling.voices import voiced
from whipcount.reading.attributions import Attribution
from whipcount.schema import Article, InputError


@dataclass(frozen=True)
class AttributedWindow:
    """A window's words with their labels, and the states (tokens, hidden) of the encoder's layer that the head reads."""

    words: Words
    told: CueLabels
    states: Tensor


def join(batches: Sequence[Sequence[AttributedWindow]]) -> dict[str, Tensor]:
    """Return a batch as ``AttributionHead.forward`` takes it."""
    windows = [window for batch in batches for window in batch]
    word_tokens, places = pad_words([window.words for window in windows])
    lengths = torch.tensor([len(window.states) for window in windows])
    states = torch.nn.utils.rnn.pad_sequence([window.states.float() for window in windows], batch_first=True)
    cues = [[row, cue] for row, window in enumerate(windows) for cue in window.told.cues]
    labels = [around_cues(window.told.labels, window.told.cues, IGNORED) for window in windows]
    return {
        "states": states,
        "attention_mask": (torch.arange(states.shape[1]) < lengths[:, None]).long(),
        "word_tokens": word_tokens,
        "places": places,
        "cues": torch.tensor(cues, dtype=torch.long).reshape(-1, 2),
        "labels": torch.from_numpy(np.concatenate(labels)),
    }


@torch.inference_mode()
def read_states(
    classifier: StanceClassifier, articles: Sequence[Article], attributions: Sequence[Sequence[Attribution]], layers: int, batch_size: int
) -> list[AttributedWindow]:
    """Return the windows of articles as the head learns from them; states are kept in half precision.

    Only the layers below the head's are asked, in bfloat16 where this machine computes in it.
    """
    jobs: list[tuple[Window, Words, CueLabels]] = []
    for article, told in zip(voiced(articles, classifier.encoder, progress=True), attributions, strict=True):
        for window in classifier.encoder.encode(article):
            words = find_words(article, window)
            jobs.append((window, words, label_words(words, told)))
    jobs.sort(key=lambda job: -len(job[0].input_ids))
    read = []
    device = classifier.model.device
    lower = lower_layers(classifier.model.encoder, layers)
    for start in tqdm(range(0, len(jobs), batch_size), desc="encode", unit="batch", disable=None):
        batch = jobs[start : start + batch_size]
        inputs = collate([window for window, _, _ in batch], int(classifier.tokenizer.pad_token_id or 0))
        ids, mask = inputs["input_ids"].to(device), inputs["attention_mask"].to(device)
        with torch.autocast(device.type, torch.bfloat16, enabled=has_bf16()):
            seen = lower(input_ids=ids, attention_mask=mask).last_hidden_state
        read += [
            AttributedWindow(words, told, states[: len(window.input_ids)].half().cpu().clone())
            for (window, words, told), states in zip(batch, seen, strict=True)
        ]
    return read


def train_attributions(
    config: AttributionTrainingConfig,
    classifier: StanceClassifier,
    articles: Sequence[Article],
    attributions: Sequence[Sequence[Attribution]],
    fingerprint: str,
) -> AttributionHead:
    """Train a head over a model's encoder, going on with the run that is there, and give it to the model.

    Args:
        config: all settings.
        classifier: its encoder stays as it is.
        articles: with the actors that reading finds in them, as the head will see them.
        attributions: of each article.
        fingerprint: hash of configuration, model and texts. A run folder with another one is started afresh.

    Raises:
        InputError: there is no attribution to learn from; the encoder is not built of layers.
    """
    open_run(Path(config.run), fingerprint)
    set_seed(config.seed)
    model, tokenizer = classifier.model, classifier.tokenizer
    assert isinstance(tokenizer, PreTrainedTokenizerBase)
    head = model.add_attribution_head(config.layers, config.size, config.dropout)
    windows = read_states(classifier, articles, attributions, config.layers, config.batch_size)
    windows = [window for window in windows if window.told.cues]
    if not windows:
        raise InputError("no attribution to learn from; give texts with some")
    batches = Batches(windows, lambda window: len(window.states), config.batch_size, config.seed)
    rates = ((head.upper, config.learning_rate), (head, config.head_learning_rate))
    fit(head, batches, join, rates, config)
    return head
