"""Windows padded into one batch."""

from __future__ import annotations

import torch
from torch import Tensor

from whipcount.modeling.cues import N_CUES
from whipcount.modeling.encoding import Window
from whipcount.modeling.heads import IGNORED
from whipcount.schema import ANNOTATIONS


def collate(
    windows: list[Window],
    pad_id: int,
    labels: list[Tensor] | None = None,
    references: list[list[list[int]]] | None = None,
    target_labels: list[Tensor] | None = None,
    pair_weights: list[float] | None = None,
    n_tokens: int = 0,
) -> dict[str, Tensor]:
    """Pad windows into one batch.

    Args:
        windows: as many as the batch has.
        pad_id: the tokenizer's padding id.
        labels: per window (sentences, actors, actors), ``IGNORED`` where a row counts for nothing.
        references: per window and sentence, for each word the actor that it means, ``NOBODY``, or ``IGNORED`` where not known.
        target_labels: per window (sentences, actors), ``IGNORED`` where not known.
        pair_weights: per window what it weighs among such of pairs (``labels.pair_weight``).
        n_tokens: pad every window to so many tokens, or as far as the longest one if that is longer.

    Returns:
        ``input_ids`` and ``attention_mask`` (batch, tokens); ``roster_tokens`` (batch, actors), -1 beyond the roster;
        ``sentence_tokens`` (batch, sentences, words) token positions, -1 as padding; ``word_actors`` (batch, sentences,
        words): which actor's name a word belongs to, -1 for none; ``standing`` (batch, sentences, actors); ``cues`` (batch, sentences,
        words, actors, 3); ``annotation`` (batch,), index into ``schema.ANNOTATIONS``; and, where given, ``labels`` (batch,
        sentences, actors, actors), ``references`` (batch, sentences, words), ``target_labels`` (batch, sentences, actors) and
        ``pair_weight`` (batch,).
    """
    n_tokens = max(n_tokens, *(len(window.input_ids) for window in windows))
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
    cues = torch.zeros((size, n_sentences, n_words, n_actors, len(N_CUES)), dtype=torch.long)
    for row, window in enumerate(windows):
        input_ids[row, : len(window.input_ids)] = torch.tensor(window.input_ids)
        attention_mask[row, : len(window.input_ids)] = 1
        roster_tokens[row, : len(window.actors)] = torch.tensor(window.roster_tokens)
        standing[row, : len(window.sentences), : len(window.actors)] = torch.tensor(window.standing)
        actor_at = dict(window.mention_tokens)
        for sentence, words in enumerate(window.sentence_tokens):
            sentence_tokens[row, sentence, : len(words)] = torch.tensor(list(words))
            word_actors[row, sentence, : len(words)] = torch.tensor([actor_at.get(token, -1) for token in words])
            cues[row, sentence, : len(words), : len(window.actors)] = torch.from_numpy(window.cues[sentence])
    batch = {
        "input_ids": input_ids,
        "attention_mask": attention_mask,
        "roster_tokens": roster_tokens,
        "sentence_tokens": sentence_tokens,
        "word_actors": word_actors,
        "standing": standing,
        "cues": cues,
        "annotation": torch.tensor([ANNOTATIONS.index(window.annotation) for window in windows]),
    }
    if pair_weights is not None:
        batch["pair_weight"] = torch.tensor(pair_weights)
    if target_labels is not None:
        batch["target_labels"] = torch.full((size, n_sentences, n_actors), IGNORED)
        for row, label in enumerate(target_labels):
            batch["target_labels"][row, : label.shape[0], : label.shape[1]] = label
    if labels is not None:
        batch["labels"] = torch.full((size, n_sentences, n_actors, n_actors), IGNORED)
        for row, label in enumerate(labels):
            batch["labels"][row, : label.shape[0], : label.shape[1], : label.shape[2]] = label
    if references is not None:
        batch["references"] = torch.full((size, n_sentences, n_words), IGNORED)
        for row, meant in enumerate(references):
            for sentence, actors in enumerate(meant):
                batch["references"][row, sentence, : len(actors)] = torch.tensor(actors)
    return batch
