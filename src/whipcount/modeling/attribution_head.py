"""The head that finds attributions: cues, and for each cue the words that are its source, cue and content."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import PreTrainedModel
from transformers.masking_utils import create_bidirectional_mask
from transformers.utils.generic import ModelOutput

from whipcount.modeling.attribution_words import (
    LABELS,
    N_APART,
    N_DISTANCES,
    OUTSIDE,
    WITHIN,
    Words,
    best_labels,
    distance_bucket,
    in_place,
    read_labels,
)
from whipcount.modeling.heads import IGNORED
from whipcount.reading.attributions import Attribution
from whipcount.schema import InputError

REACH = (1, 3, 9)
"""Words between the three words that each layer over a cue's words sees at once."""
LIKELY = 0.5
"""Least probability of a cue's first word."""


@dataclass
class AttributionOutput(ModelOutput):
    """``loss``; ``cues`` (batch, words): logits that a word is the first of a cue; ``roles`` (cues, words, labels): logits."""

    loss: Tensor | None = None
    cues: Tensor | None = None
    roles: Tensor | None = None


class AttributionHead(nn.Module):
    """Reads the states of a layer of the encoder, with its own copy of the layers above that one.

    So one pass over the layers below serves stances and attributions, and learning the one does not change the other. For each cue
    a word near it is seen with the cue's first word, its distance to it and what stands around, in three layers of dilated
    convolutions (compare Strubell et al. 2017).
    """

    def __init__(self, encoder: PreTrainedModel, layers: int, size: int, dropout: float) -> None:
        """Take the encoder's last ``layers`` layers for a start.

        Raises:
            InputError: the encoder has not so many, or is not built of layers as BERT, RoBERTa and MPNet are.
        """
        super().__init__()
        stack = _layers_of(encoder)
        there: nn.ModuleList = stack.layer  # type: ignore[assignment]
        if not 0 <= layers <= len(there):
            raise InputError(f"attributions: {layers} layers of an encoder that has {len(there)}; give at most so many")
        self.layers = layers
        self.config = encoder.config
        self.upper = copy.deepcopy(stack)
        self.upper.layer = self.upper.layer[len(there) - layers :]  # type: ignore[index]
        hidden = encoder.config.hidden_size
        self.dropout = nn.Dropout(dropout)
        self.cue = nn.Sequential(nn.Linear(hidden, size), nn.GELU(), nn.Dropout(dropout), nn.Linear(size, 1))
        self.word = nn.Linear(hidden, size)
        self.at_cue = nn.Linear(hidden, size)
        self.word_gate = nn.Linear(hidden, size)
        self.cue_gate = nn.Linear(hidden, size)
        self.distance = nn.Embedding(N_DISTANCES, size)
        self.apart = nn.Embedding(N_APART, size)
        self.quoted = nn.Embedding(4, size)
        self.norms = nn.ModuleList(nn.LayerNorm(size) for _ in REACH)
        self.around = nn.ModuleList(nn.Linear(3 * size, size) for _ in REACH)
        self.role = nn.Sequential(nn.LayerNorm(size), nn.GELU(), nn.Dropout(dropout), nn.Linear(size, len(LABELS)))

    def see(self, states: Tensor, attention_mask: Tensor, word_tokens: Tensor) -> Tensor:
        """Return the state of each word (batch, words, hidden).

        Args:
            states: (batch, tokens, hidden), of the encoder's layer below its last ``layers``.
            attention_mask: (batch, tokens).
            word_tokens: (batch, words), position of each word's first token, -1 as padding.
        """
        if self.layers:
            mask = create_bidirectional_mask(config=self.config, inputs_embeds=states, attention_mask=attention_mask)
            states = self.upper(states, attention_mask=mask)[0]
        rows = torch.arange(len(states), device=states.device)
        words: Tensor = self.dropout(states[rows[:, None], word_tokens.clamp(min=0)])
        return words

    def judge(self, words: Tensor, shown: Tensor, places: Tensor, cues: Tensor) -> Tensor:
        """Return logits of the labels of the words around each cue (cues, 2 * WITHIN + 1, labels).

        Args:
            words: (batch, words, hidden).
            shown: (batch, words), whether there is such a word in the window.
            places: (batch, words, 2), sentence and whether it stands in a quotation.
            cues: (cues, 2), row of the batch and index of the first word.
        """
        row, first = cues.T[..., None]  # (cues, 1) each
        away = torch.arange(-WITHIN, WITHIN + 1, device=words.device)
        near = first + away  # (cues, near)
        beyond = (near < 0) | (near >= words.shape[1])
        near = near.clamp(0, words.shape[1] - 1)
        there = (shown[row, near] & ~beyond)[..., None]
        sentence, quoted = (places[row, near] - places[row, first] * torch.tensor([1, 0], device=words.device)).unbind(-1)
        apart = sentence.clamp(-(N_APART // 2), N_APART // 2) + N_APART // 2
        marks = 2 * quoted + places[row, first][..., 1]
        at_cue = words[row, first]  # (cues, 1, hidden)
        seen = self.word(words)[row, near] + self.at_cue(at_cue) + self.word_gate(words)[row, near] * self.cue_gate(at_cue)
        distances = torch.tensor([distance_bucket(d) for d in range(-WITHIN, WITHIN + 1)], device=words.device)
        seen = seen + self.distance(distances) + self.apart(apart) + self.quoted(marks)  # (cues, near, size)
        for reach, norm, around in zip(REACH, self.norms, self.around, strict=True):
            normed = nn.functional.pad(norm(seen) * there, (0, 0, reach, reach))
            three = [normed[:, : -2 * reach], normed[:, reach:-reach], normed[:, 2 * reach :]]
            seen = seen + self.dropout(nn.functional.gelu(around(torch.cat(three, dim=-1))))
        scored: Tensor = self.role(seen)
        return scored

    def forward(
        self, states: Tensor, attention_mask: Tensor, word_tokens: Tensor, places: Tensor, cues: Tensor, labels: Tensor
    ) -> AttributionOutput:
        """Return the loss over ``labels`` (cues, 2 * WITHIN + 1), ``IGNORED`` beyond the text; for the rest see ``see`` and ``judge``."""
        words = self.see(states, attention_mask, word_tokens)
        likely = self.cue(words)[..., 0]
        wanted = torch.zeros_like(likely)
        wanted[cues[:, 0], cues[:, 1]] = 1.0
        loss = nn.functional.binary_cross_entropy_with_logits(likely, wanted, reduction="none")
        loss = (loss * (word_tokens >= 0)).sum() / max(1, len(cues))
        roles = self.judge(words, word_tokens >= 0, places, cues)
        told = nn.functional.cross_entropy(roles.flatten(0, 1), labels.flatten(), ignore_index=IGNORED, reduction="sum")
        return AttributionOutput(loss=loss + told / max(1, len(cues)), cues=likely, roles=roles)

    @torch.inference_mode()
    def find(self, states: Tensor, attention_mask: Tensor, windows: Sequence[Words]) -> list[list[Attribution]]:
        """Return the attributions of each window of a batch.

        Args:
            states: as for ``see``.
            attention_mask: as there.
            windows: the words of each window.
        """
        word_tokens, places = pad_words(windows)
        device = states.device
        words = self.see(states, attention_mask, word_tokens.to(device))
        likely = self.cue(words)[..., 0].float().sigmoid().cpu().numpy()
        found: list[list[Attribution]] = []
        for row, window in enumerate(windows):
            n_words = len(window.tokens)
            cues = np.flatnonzero(likely[row, :n_words] >= LIKELY)
            if not len(cues):
                found.append([])
                continue
            chosen = torch.tensor([[0, cue] for cue in cues.tolist()], device=device)
            own = slice(row, row + 1)
            roles = self.judge(words[own], word_tokens[own].to(device) >= 0, places[own].to(device), chosen)
            scores: NDArray[np.float64] = roles.float().log_softmax(-1).double().cpu().numpy()
            for index, cue in enumerate(cues.tolist()):  # beyond the text nothing is said
                scores[index, : max(0, WITHIN - cue), OUTSIDE + 1 :] = -np.inf
                scores[index, n_words - cue + WITHIN :, OUTSIDE + 1 :] = -np.inf
            found.append(read_labels(window, in_place(best_labels(scores), cues.tolist(), n_words)))
        return found


def lower_layers(encoder: PreTrainedModel, layers: int) -> PreTrainedModel:
    """Return a copy of an encoder that ends below its last ``layers`` layers: what it returns is what ``AttributionHead`` reads.

    Raises:
        InputError: the encoder is not built of layers as BERT, RoBERTa and MPNet are.
    """
    lower = copy.deepcopy(encoder)
    stack = _layers_of(lower)
    stack.layer = stack.layer[: len(stack.layer) - layers]  # type: ignore[index,arg-type]
    return lower


def _layers_of(encoder: PreTrainedModel) -> nn.Module:
    """Return the part of an encoder whose ``layer`` lists its layers."""
    stack = getattr(encoder, "encoder", None)
    if not isinstance(stack, nn.Module) or not isinstance(getattr(stack, "layer", None), nn.ModuleList):
        raise InputError(f"attributions: {type(encoder).__name__} is not built of layers as BERT is; take another encoder")
    return stack


def pad_words(windows: Sequence[Words]) -> tuple[Tensor, Tensor]:
    """Return ``word_tokens`` (batch, words), -1 as padding, and ``places`` (batch, words, 2) of windows."""
    n_words = max(1, *(len(window.tokens) for window in windows))
    word_tokens = torch.full((len(windows), n_words), -1)
    places = torch.zeros((len(windows), n_words, 2), dtype=torch.long)
    for row, window in enumerate(windows):
        size = len(window.tokens)
        word_tokens[row, :size] = torch.tensor(window.tokens, dtype=torch.long)
        places[row, :size] = torch.tensor([window.sentences, window.quoted], dtype=torch.long).T.reshape(size, 2)
    return word_tokens, places
