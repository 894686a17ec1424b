"""The network: an encoder and a head that scores every sentence and ordered pair of actors of a window at once."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModel, AutoTokenizer, PretrainedConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils.generic import ModelOutput

from whipcount.modeling.attribution_head import AttributionHead
from whipcount.modeling.cues import N_STANDINGS
from whipcount.modeling.folders import load_config, load_weights, loading, type_of
from whipcount.modeling.heads import IGNORED, StanceHead, likely_pairs, spread
from whipcount.modeling.losses import draw_none_rows, end_loss, pair_loss, reference_loss, stance_loss
from whipcount.schema import ANNOTATIONS, FULL, NONE, PAIR, STANCES, InputError


class StanceConfig(PretrainedConfig):
    """The shape of a ``StanceModel``; ``encoder`` is the encoder's own configuration as a dictionary.

    ``none_bias`` is added to the ``none`` logit outside training: the threshold chosen on development, kept where the label
    is always the argmax of the probabilities. ``own_none_bias`` is the one for rosters that reading finds by itself, in which more
    actors are idle, the same where it is not given; ``StanceClassifier.predict_articles`` can take it instead. ``ends_learnt`` is whether
    the head has learnt who holds a stance and who draws one, as it does from full annotation: without, it cannot tell likely pairs.
    ``attribution`` is the shape of an ``AttributionHead``, its arguments but the encoder; none without such a head.
    """

    model_type = "whipcount"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        max_tokens: int = 512,
        n_slots: int = 48,
        context_share: float = 0.25,
        mention_markers: bool = True,
        pronoun_slots: bool = False,
        speaker_slots: bool = False,
        local_pooling: bool = True,
        pair_size: int = 384,
        attention_heads: int = 6,
        dropout: float = 0.1,
        none_weight: float = 0.03,
        none_share: float = 1.0,
        end_weight: float = 0.5,
        reference_weight: float = 0.5,
        teacher_share: float = 0.5,
        none_bias: float = 0.0,
        own_none_bias: float | None = None,
        ends_learnt: bool = True,
        attribution: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = encoder or {}
        self.max_tokens = max_tokens
        self.n_slots = n_slots
        self.context_share = context_share
        self.mention_markers = mention_markers
        self.pronoun_slots = pronoun_slots
        self.speaker_slots = speaker_slots
        self.local_pooling = local_pooling
        self.pair_size = pair_size
        self.attention_heads = attention_heads
        self.dropout = dropout
        self.none_weight = none_weight
        self.none_share = none_share
        self.end_weight = end_weight
        self.reference_weight = reference_weight
        self.teacher_share = teacher_share
        self.none_bias = none_bias
        self.own_none_bias = own_none_bias
        self.ends_learnt = ends_learnt
        self.attribution = attribution
        kwargs.setdefault("id2label", dict(enumerate(STANCES)))
        kwargs.setdefault("label2id", {label: index for index, label in enumerate(STANCES)})
        super().__init__(**kwargs)


OF_WEIGHTS = ("n_slots", "speaker_slots", "local_pooling", "pair_size", "attention_heads")
"""What of the shape decides how many weights there are, or what they mean."""

AutoConfig.register(StanceConfig.model_type, StanceConfig)  # else the tokenizer's loader warns of an unknown model


@dataclass
class StanceOutput(ModelOutput):
    """What the model says of a batch.

    ``logits``: (batch, sentences, actors, actors, 3), speaker before target, in the order of ``STANCES``; none where a training step
    scored a share of the rows alone; ``references``:
    (batch, sentences, words, actors + 1), logits of the actor that a word means, the last one for none; ``toward``: (batch,
    sentences, actors, 3), logits of what is conveyed toward an actor by whomever; ``lower``: (batch, tokens, hidden), the states that
    the model's ``attribution`` head reads, where it has one.
    """

    loss: Tensor | None = None
    logits: Tensor | None = None
    references: Tensor | None = None
    toward: Tensor | None = None
    lower: Tensor | None = None


HIDDEN_DROPOUT = ("hidden_dropout_prob", "dropout")
"""What encoders call the share of their hidden units that is left out in training: BERT and most others, DistilBERT."""


def _hidden_dropout(known: Container[str], dropout: float, encoder: str) -> dict[str, float]:
    """Return the setting by which an encoder leaves out a share of its hidden units; none where it has none and needs none."""
    names = [name for name in HIDDEN_DROPOUT if name in known]
    if dropout and not names:
        raise InputError(f"model.encoder_dropout is {dropout}, but a {encoder} encoder has no {' or '.join(HIDDEN_DROPOUT)}; give 0")
    return dict.fromkeys(names[:1], dropout)


def load_encoder(source: str, dropout: float = 0.0) -> PreTrainedModel:
    """Return the encoder of ``source`` (folder or hub id) in full precision, in training with ``dropout`` of its hidden units.

    Raises:
        InputError: it cannot be loaded, or its dropout cannot be set.
    """
    try:
        shape = AutoConfig.from_pretrained(source)
        shape.update(_hidden_dropout(shape.to_dict(), dropout, shape.model_type))
        if hasattr(shape, "attention_probs_dropout_prob"):
            # without dropout on the attention weights torch takes its fused attention, which trains twice as fast on a CPU
            shape.attention_probs_dropout_prob = 0.0
        encoder: PreTrainedModel = AutoModel.from_pretrained(source, config=shape, dtype=torch.float32)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"model.encoder {source!r} cannot be loaded ({str(error).strip().splitlines()[0]})") from error
    return encoder


def load_tokenizer(source: str) -> PreTrainedTokenizerBase:
    """Return the tokenizer of an encoder or a model (folder or hub id).

    Raises:
        InputError: it cannot be loaded.
    """
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(source)
        if len(tokenizer) <= len(tokenizer.all_special_tokens):  # what transformers makes of a folder without a vocabulary
            raise ValueError("it knows no words")
    except Exception as error:  # transformers raises many kinds, by what is missing
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InputError(f"model.encoder {source!r} has no tokenizer that can be loaded ({reason})") from error
    return tokenizer


def is_trained(source: str) -> bool:
    """Return whether a source of weights is the folder of a ``StanceModel``, not an encoder's."""
    return type_of(Path(source)) == StanceConfig.model_type


def _add_embeddings(encoder: PreTrainedModel, vocabulary_size: int) -> None:
    """Grow the vocabulary; new tokens are drawn around the mean of the old ones, so that each differs from the start."""
    known: Tensor = encoder.get_input_embeddings().get_parameter("weight").data
    n_known, mean, spread = len(known), known.mean(0), known.std(0)
    encoder.resize_token_embeddings(vocabulary_size, mean_resizing=False)
    weights: Tensor = encoder.get_input_embeddings().get_parameter("weight").data
    weights[n_known:] = mean + spread * torch.randn_like(weights[n_known:])


class StanceModel(PreTrainedModel):
    """An encoder with a ``StanceHead``; made from an encoder's weights by ``from_encoder``."""

    config_class = StanceConfig
    base_model_prefix = "encoder"
    _keys_to_ignore_on_load_unexpected = [r"^attribution\."]  # noqa: RUF012  # may be left out at load

    def __init__(self, config: StanceConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(AutoConfig.for_model(**config.encoder), dtype=torch.float32)
        self.head = StanceHead(
            self.encoder.config.hidden_size,
            config.pair_size,
            config.attention_heads,
            config.dropout,
            config.local_pooling,
            N_STANDINGS * (2 if config.speaker_slots else 1),  # each place once more for an actor that speaks
        )
        self.attribution = AttributionHead(self.encoder, **config.attribution) if config.attribution else None
        self.post_init()

    def add_attribution_head(self, layers: int, size: int, dropout: float) -> AttributionHead:
        """Give the model a fresh head in place of one that it may have; see ``AttributionHead``."""
        self.config.attribution = {"layers": layers, "size": size, "dropout": dropout}
        self.attribution = AttributionHead(self.encoder, **self.config.attribution)
        return self.attribution

    @classmethod
    def from_encoder(cls, source: str, vocabulary_size: int, encoder_dropout: float = 0.0, **shape: Any) -> StanceModel:
        """Return a model with the encoder of ``source`` (folder or hub id) and a fresh head.

        Args:
            source: what ``AutoModel.from_pretrained`` loads.
            vocabulary_size: size of the tokenizer after the slots were added.
            encoder_dropout: share of the encoder's hidden units left out in training.
            shape: fields of ``StanceConfig``.

        Raises:
            InputError: the encoder cannot be loaded, or its dropout cannot be set.
        """
        encoder = load_encoder(source, encoder_dropout)
        _add_embeddings(encoder, vocabulary_size)
        model = cls(StanceConfig(encoder=encoder.config.to_dict(), **shape))
        model.encoder.load_state_dict(encoder.state_dict())
        return model

    @classmethod
    def from_trained(cls, folder: str, encoder_dropout: float = 0.0, **shape: Any) -> StanceModel:
        """Return the model of a folder, encoder and head, to be trained further; its thresholds and its attribution head are left.

        Args:
            folder: of a model.
            encoder_dropout: share of the encoder's hidden units left out in training.
            shape: fields of ``StanceConfig``; those that decide the weights must be those of the model.

        Raises:
            InputError: there is no whole model, it has another shape, or its encoder's dropout cannot be set.
        """
        with loading(Path(folder), "'make train'"):
            config = load_config(StanceConfig, Path(folder))
        for name in OF_WEIGHTS:
            if shape[name] != getattr(config, name):
                raise InputError(f"model.{name} is {shape[name]}, but {getattr(config, name)} in the model of {folder}; give the same")
        for name, value in shape.items():
            setattr(config, name, value)
        config.none_bias, config.own_none_bias, config.attribution = 0.0, None, None
        config.encoder |= _hidden_dropout(config.encoder, encoder_dropout, config.encoder["model_type"])
        with loading(Path(folder), "'make train'"):
            return load_weights(cls, Path(folder), config)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        roster_tokens: Tensor,
        sentence_tokens: Tensor,
        word_actors: Tensor,
        standing: Tensor,
        cues: Tensor,
        annotation: Tensor,
        labels: Tensor | None = None,
        target_labels: Tensor | None = None,
        references: Tensor | None = None,
        pair_weight: Tensor | None = None,
        most_pairs: int = 0,
    ) -> StanceOutput:
        """Score a batch as ``collate`` makes it; with ``labels`` also return the loss.

        The loss is the cross-entropy over all rows that are not ``IGNORED``, a ``none`` row weighing ``none_weight``, and the
        side tasks' losses: which actors hold or draw a stance, and whom a word means. In training the stance head is told
        the words' gold actors for a share ``teacher_share`` of the batches; else it goes by its own guesses. Where ``none_share`` is
        below 1 it scores only so large a share of the ``none`` rows (``losses.draw_none_rows``), and returns no logits.

        With ``most_pairs`` only so many pairs of each sentence are scored, those whose ends most likely hold and draw a stance; the
        others are ``none`` for certain.
        """
        head = None if self.training else self.attribution
        seen = self.encoder(input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=head is not None)
        states = seen.last_hidden_state  # (batch, tokens, hidden)
        lower = None if head is None else seen.hidden_states[-1 - head.layers]
        told = references if references is not None and torch.rand(()) < self.config.teacher_share else None
        ends = self.head.see(states, roster_tokens, sentence_tokens, word_actors, standing, cues, told)
        holds, draws = self.head.holds(ends.speaker).float(), self.head.draws(ends.target).float()
        meant, toward = ends.meant.float(), self.head.toward(ends.target).float()
        n_actors = roster_tokens.shape[1]
        full = annotation == ANNOTATIONS.index(FULL)
        if labels is not None and self.training and self.config.none_share < 1 and full.all():
            named = (word_actors[..., None] == torch.arange(n_actors, device=labels.device)).any(2)
            drawn = draw_none_rows(labels, named, self.config.none_share)
            rows = self.head.judge(ends, sentence_tokens, drawn.pairs).float()
            wanted = labels.flatten(2).gather(2, drawn.pairs)
            loss = stance_loss(rows.flatten(0, -2), wanted.flatten(), self.config.none_weight, drawn.weight.flatten())
            return StanceOutput(loss=loss + self._side_loss(holds, draws, meant, labels, references), references=meant, toward=toward)
        pairs = likely_pairs(holds, draws, roster_tokens >= 0, most_pairs) if 0 < most_pairs < n_actors * (n_actors - 1) else None
        rows = self.head.judge(ends, sentence_tokens, pairs).float()
        if labels is None:
            rows[..., NONE] += self.config.none_bias * full[:, None, None]
        logits = (rows if pairs is None else spread(rows, pairs, n_actors)).unflatten(2, (n_actors, n_actors))
        if labels is None:
            return StanceOutput(logits=logits, references=meant, toward=toward, lower=lower)
        of_full = labels.masked_fill(~full[:, None, None, None], IGNORED)
        loss = stance_loss(logits.flatten(0, -2), of_full.flatten(), self.config.none_weight)
        loss = loss + self._side_loss(holds, draws, meant, of_full, references)
        if n_actors > 1:
            paired = (annotation == ANNOTATIONS.index(PAIR)).float()
            loss = loss + pair_loss(logits, labels, paired if pair_weight is None else paired * pair_weight)
        if target_labels is not None:
            loss = loss + stance_loss(toward.flatten(0, -2), target_labels.flatten(), none_weight=1.0)
        return StanceOutput(loss=loss, logits=logits, references=meant, toward=toward)

    def _side_loss(self, holds: Tensor, draws: Tensor, meant: Tensor, labels: Tensor, references: Tensor | None) -> Tensor:
        loss: Tensor = self.config.end_weight * (end_loss(holds, labels, dim=3) + end_loss(draws, labels, dim=2))
        if references is not None:
            loss = loss + self.config.reference_weight * reference_loss(meant, references)
        return loss
