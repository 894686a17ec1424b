"""The network: an encoder and a head that scores every sentence and ordered pair of actors of a window at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from transformers import AutoConfig, AutoModel, PretrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from whipcount.modeling.encoding import N_STANDINGS, Window
from whipcount.schema import NONE, STANCES, InputError

IGNORED = -100
END_NEGATIVE_WEIGHT = 0.1
STANDING_SIZE = 64


class StanceConfig(PretrainedConfig):
    """The shape of a ``StanceModel``; ``encoder`` is the encoder's own configuration as a dictionary.

    ``none_bias`` is added to the ``none`` logit outside training: the threshold chosen on development, kept where the label
    is always the argmax of the probabilities.
    """

    model_type = "whipcount"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        max_tokens: int = 512,
        n_slots: int = 48,
        pair_size: int = 384,
        attention_heads: int = 6,
        dropout: float = 0.1,
        none_weight: float = 0.03,
        end_weight: float = 0.5,
        none_bias: float = 0.0,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.max_tokens = max_tokens
        self.n_slots = n_slots
        self.pair_size = pair_size
        self.attention_heads = attention_heads
        self.dropout = dropout
        self.none_weight = none_weight
        self.end_weight = end_weight
        self.none_bias = none_bias
        kwargs.setdefault("id2label", dict(enumerate(STANCES)))
        kwargs.setdefault("label2id", {label: index for index, label in enumerate(STANCES)})
        super().__init__(**kwargs)


AutoConfig.register(StanceConfig.model_type, StanceConfig)  # else the tokenizer's loader warns of an unknown model


@dataclass
class StanceOutput(ModelOutput):
    """``logits``: (batch, sentences, actors, actors, 3), speaker before target, in the order of ``STANCES``."""

    loss: Tensor | None = None
    logits: Tensor | None = None


def collate(windows: list[Window], pad_id: int, labels: list[Tensor] | None = None) -> dict[str, Tensor]:
    """Pad windows into one batch.

    Args:
        windows: as many as the batch has.
        pad_id: the tokenizer's padding id.
        labels: per window (sentences, actors, actors), ``IGNORED`` where a row counts for nothing.

    Returns:
        ``input_ids`` and ``attention_mask`` (batch, tokens); ``roster_tokens`` (batch, actors), -1 beyond the roster;
        ``sentence_tokens`` (batch, sentences, words) token positions, -1 as padding; ``word_actors`` (batch, sentences,
        words): which actor's mention a word belongs to, -1 for none; ``standing`` (batch, sentences, actors); ``labels`` (batch,
        sentences, actors, actors), if given.
    """
    n_tokens = max(len(window.input_ids) for window in windows)
    n_actors = max(len(window.actors) for window in windows)
    n_sentences = max(len(window.sentences) for window in windows)
    n_words = max(len(words) for window in windows for words in window.sentence_tokens)
    size = len(windows)
    input_ids = torch.full((size, n_tokens), pad_id)
    attention_mask = torch.zeros((size, n_tokens), dtype=torch.long)
    roster_tokens = torch.full((size, n_actors), -1)
    sentence_tokens = torch.full((size, n_sentences, n_words), -1)
    word_actors = torch.full((size, n_sentences, n_words), -1)
    standing = torch.zeros((size, n_sentences, n_actors), dtype=torch.long)
    for row, window in enumerate(windows):
        input_ids[row, : len(window.input_ids)] = torch.tensor(window.input_ids)
        attention_mask[row, : len(window.input_ids)] = 1
        roster_tokens[row, : len(window.actors)] = torch.tensor(window.roster_tokens)
        standing[row, : len(window.sentences), : len(window.actors)] = torch.tensor(window.standing)
        actor_at = dict(window.mention_tokens)
        for sentence, words in enumerate(window.sentence_tokens):
            sentence_tokens[row, sentence, : len(words)] = torch.tensor(list(words))
            word_actors[row, sentence, : len(words)] = torch.tensor([actor_at.get(token, -1) for token in words])
    batch = {
        "input_ids": input_ids,
        "attention_mask": attention_mask,
        "roster_tokens": roster_tokens,
        "sentence_tokens": sentence_tokens,
        "word_actors": word_actors,
        "standing": standing,
    }
    if labels is not None:
        batch["labels"] = torch.full((size, n_sentences, n_actors, n_actors), IGNORED)
        for row, label in enumerate(labels):
            batch["labels"][row, : label.shape[0], : label.shape[1], : label.shape[2]] = label
    return batch


class StanceHead(nn.Module):
    """Three logits for each sentence and ordered pair of actors.

    An actor is seen as its slot in the roster, its mentions in the sentence (mean; a learnt vector where there is none) and
    the sentence's token. A pair looks at the words of the sentence with attention whose score is the sum of what the
    speaker and the target look for: their product in probability (compare the localised context pooling of ATLOP, Zhou et al.
    2021).
    """

    def __init__(self, hidden: int, pair_size: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.unnamed = nn.Parameter(torch.zeros(hidden))
        self.standing = nn.Embedding(N_STANDINGS, STANDING_SIZE)
        self.speaker = nn.Linear(3 * hidden + STANDING_SIZE, hidden)
        self.target = nn.Linear(3 * hidden + STANDING_SIZE, hidden)
        self.speaker_query = nn.Linear(hidden, hidden)
        self.target_query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.speaker_pair = nn.Linear(hidden, pair_size)
        self.target_pair = nn.Linear(hidden, pair_size)
        self.product_pair = nn.Linear(hidden, pair_size)
        self.context_pair = nn.Linear(hidden, pair_size)
        self.dropout = nn.Dropout(dropout)
        self.holds = nn.Linear(hidden, NONE)
        self.draws = nn.Linear(hidden, NONE)
        self.stance = nn.Sequential(
            nn.LayerNorm(pair_size),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(pair_size, pair_size),
            nn.GELU(),
            nn.Linear(pair_size, len(STANCES)),
        )

    def forward(
        self, states: Tensor, roster_tokens: Tensor, sentence_tokens: Tensor, word_actors: Tensor, standing: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Score every pair from the encoder's ``states`` (batch, tokens, hidden).

        Returns:
            Logits (batch, sentences, actors, actors, 3); and, each (batch, sentences, actors, 2), the logits that an actor holds
            favor or against toward anybody in the sentence, and that it draws favor or against from anybody.
        """
        size, _, hidden = states.shape
        n_actors = roster_tokens.shape[1]
        n_sentences = sentence_tokens.shape[1]
        rows = torch.arange(size, device=states.device)
        roster = states[rows[:, None], roster_tokens.clamp(min=0)]  # (batch, actors, hidden)
        words = states[rows[:, None, None], sentence_tokens.clamp(min=0)]  # (batch, sentences, words, hidden)
        is_actor = word_actors[:, :, None, :] == torch.arange(n_actors, device=states.device)[:, None]  # (batch, sentences, actors, words)
        weights = is_actor.to(words.dtype)
        n_mentions = weights.sum(-1, keepdim=True)  # (batch, sentences, actors, 1)
        mentions = weights @ words / n_mentions.clamp(min=1)  # (batch, sentences, actors, hidden)
        mentions = torch.where(n_mentions > 0, mentions, self.unnamed.to(mentions.dtype))
        seen = torch.cat(
            [
                roster[:, None].expand(-1, n_sentences, -1, -1),
                mentions,
                words[:, :, :1].expand(-1, -1, n_actors, -1),  # the sentence's token
                self.standing(standing),
            ],
            dim=-1,
        )  # (batch, sentences, actors, 3 * hidden + standing)
        seen = self.dropout(seen)
        speaker, target = torch.tanh(self.speaker(seen)), torch.tanh(self.target(seen))  # (batch, sentences, actors, hidden)
        keys = self._split(self.key(words))  # (batch, sentences, heads, words, hidden / heads)
        values = self._split(self.value(words))
        scale = (hidden // self.heads) ** -0.5
        for_speaker = self._split(self.speaker_query(speaker)) @ keys.transpose(-1, -2) * scale  # (batch, sentences, heads, actors, words)
        for_target = self._split(self.target_query(target)) @ keys.transpose(-1, -2) * scale
        scores = for_speaker[..., :, None, :] + for_target[..., None, :, :]  # (batch, sentences, heads, actors, actors, words)
        padding = (sentence_tokens < 0)[:, :, None, None, None, :]
        attention = scores.float().masked_fill(padding, torch.finfo(torch.float32).min).softmax(-1).to(values.dtype)
        context = attention.flatten(3, 4) @ values  # (batch, sentences, heads, actors * actors, hidden / heads)
        context = context.transpose(2, 3).reshape(size, n_sentences, n_actors, n_actors, hidden)
        product = speaker[:, :, :, None] * target[:, :, None]  # (batch, sentences, actors, actors, hidden)
        pair = (
            self.speaker_pair(speaker)[:, :, :, None]
            + self.target_pair(target)[:, :, None]
            + self.product_pair(product)
            + self.context_pair(context)
        )
        return self.stance(pair), self.holds(speaker), self.draws(target)

    def _split(self, states: Tensor) -> Tensor:
        """Split (…, items, hidden) into (…, heads, items, hidden / heads)."""
        size = states.shape[-1] // self.heads
        return states.reshape(*states.shape[:-1], self.heads, size).transpose(-2, -3)


def _add_embeddings(encoder: PreTrainedModel, vocabulary_size: int) -> None:
    """Grow the vocabulary; new tokens are drawn around the mean of the old ones, so that each differs from the start."""
    known: Tensor = encoder.get_input_embeddings().get_parameter("weight").data
    n_known, mean, spread = len(known), known.mean(0), known.std(0)
    encoder.resize_token_embeddings(vocabulary_size, mean_resizing=False)
    weights: Tensor = encoder.get_input_embeddings().get_parameter("weight").data
    weights[n_known:] = mean + spread * torch.randn_like(weights[n_known:])


def _end_loss(scores: Tensor, labels: Tensor, dim: int) -> Tensor:
    """Binary cross-entropy of whether an actor is the speaker (``dim`` 3) or target (``dim`` 2) of a favor or against row.

    Args:
        scores: (batch, sentences, actors, 2), favor and against.
        labels: (batch, sentences, actors, actors).
        dim: the dimension of ``labels`` over which the other end runs.
    """
    wanted = torch.stack([(labels == stance).any(dim) for stance in range(NONE)], dim=-1).float()
    counts = (labels != IGNORED).any(dim)
    weight = torch.where(wanted > 0, 1.0, END_NEGATIVE_WEIGHT)[counts]
    losses = nn.functional.binary_cross_entropy_with_logits(scores[counts], wanted[counts], reduction="none")
    return (weight * losses).sum() / weight.sum()


class StanceModel(PreTrainedModel):
    """An encoder with a ``StanceHead``; made from an encoder's weights by ``from_encoder``."""

    config_class = StanceConfig
    base_model_prefix = "encoder"

    def __init__(self, config: StanceConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(AutoConfig.for_model(**config.encoder))
        self.head = StanceHead(self.encoder.config.hidden_size, config.pair_size, config.attention_heads, config.dropout)
        self.post_init()

    @classmethod
    def from_encoder(cls, source: str, vocabulary_size: int, **shape: Any) -> StanceModel:
        """Return a model with the encoder of ``source`` (folder or hub id) and a fresh head.

        Args:
            source: what ``AutoModel.from_pretrained`` loads.
            vocabulary_size: size of the tokenizer after the slots were added.
            shape: fields of ``StanceConfig``.

        Raises:
            InputError: the encoder cannot be loaded.
        """
        try:
            shape_of_encoder = AutoConfig.from_pretrained(source)
            if hasattr(shape_of_encoder, "attention_probs_dropout_prob"):
                # without dropout on the attention weights torch takes its fused attention, which trains twice as fast on a CPU
                shape_of_encoder.attention_probs_dropout_prob = 0.0
            encoder = AutoModel.from_pretrained(source, config=shape_of_encoder)
        except (OSError, ValueError) as error:
            raise InputError(f"model.encoder {source!r} cannot be loaded ({str(error).strip().splitlines()[0]})") from error
        _add_embeddings(encoder, vocabulary_size)
        model = cls(StanceConfig(encoder=encoder.config.to_dict(), **shape))
        model.encoder.load_state_dict(encoder.state_dict())
        return model

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        roster_tokens: Tensor,
        sentence_tokens: Tensor,
        word_actors: Tensor,
        standing: Tensor,
        labels: Tensor | None = None,
    ) -> StanceOutput:
        """Score a batch as ``collate`` makes it; with ``labels`` also return the loss.

        The loss is the cross-entropy over all rows that are not ``IGNORED``, a ``none`` row weighing ``none_weight``.
        """
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state  # (batch, tokens, hidden)
        logits, holds, draws = (scores.float() for scores in self.head(states, roster_tokens, sentence_tokens, word_actors, standing))
        loss = None
        if labels is None:
            logits[..., NONE] += self.config.none_bias
        else:
            weights = torch.ones(len(STANCES), device=logits.device)
            weights[NONE] = self.config.none_weight
            loss = nn.functional.cross_entropy(logits.flatten(0, -2), labels.flatten(), weight=weights, ignore_index=IGNORED)
            loss = loss + self.config.end_weight * (_end_loss(holds, labels, dim=3) + _end_loss(draws, labels, dim=2))
        return StanceOutput(loss=loss, logits=logits)
