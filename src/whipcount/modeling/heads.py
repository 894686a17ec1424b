"""The heads over the encoder: whom a word means, and who stands how toward whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor, nn

from whipcount.modeling.cues import N_CUES, N_STANDINGS
from whipcount.schema import KINDS, NONE, STANCES, InputError

STANDING_SIZE = 64
CUE_SIZE = 64
IGNORED = -100
NOBODY = -1


class ReferenceHead(nn.Module):
    """Logits of which actor each word of a sentence means: pronouns, titles, descriptions; the last one for none.

    A word looks for an actor's slot in the roster and names in the window (a bilinear score), and for where those names
    lie to the word (``cues.reference_cues``).
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(2 * hidden, hidden)
        self.cues = nn.ModuleList(nn.Embedding(size * len(KINDS), CUE_SIZE) for size in N_CUES)
        self.cue_query = nn.Linear(hidden, CUE_SIZE)
        self.cue_bias = nn.Linear(CUE_SIZE, 1)
        self.nobody = nn.Linear(hidden, 1)

    def forward(self, words: Tensor, roster: Tensor, names: Tensor, cues: Tensor) -> Tensor:
        """Return (batch, sentences, words, actors + 1).

        Args:
            words: (batch, sentences, words, hidden).
            roster: (batch, actors, hidden), states of the slots.
            names: (batch, actors, hidden), mean state of the actor's names.
            cues: (batch, sentences, words, actors, 3).
        """
        hidden = words.shape[-1]
        key = self.key(torch.cat([roster, names], dim=-1))
        meant = self.query(words) @ key.transpose(-1, -2)[:, None] * hidden**-0.5
        place = sum(table(cues[..., index]) for index, table in enumerate(self.cues))  # (batch, sentences, words, actors, cue)
        meant = meant + (place @ self.cue_query(words)[..., None])[..., 0] * CUE_SIZE**-0.5 + self.cue_bias(place)[..., 0]
        return torch.cat([meant, self.nobody(words)], dim=-1)


class Ends(NamedTuple):
    """What the actors of a window are in each sentence.

    ``speaker`` and ``target`` (batch, sentences, actors, hidden): as holder and as object of a stance; ``words`` (batch, sentences,
    words, hidden); ``meant`` (batch, sentences, words, actors + 1): logits of whom each word means, the last one for none.
    """

    speaker: Tensor
    target: Tensor
    words: Tensor
    meant: Tensor


class StanceHead(nn.Module):
    """Three logits for each sentence and ordered pair of actors.

    An actor is seen as its slot in the roster, its mentions in the sentence (the mean over its names and over the words that
    the reference head takes for it, each by its probability; a learnt vector where there is none) and the sentence's token.
    A pair looks at the words of the sentence with attention whose score is the sum of what the speaker and the target look
    for: their product in probability (compare the localised context pooling of ATLOP, Zhou et al. 2021).
    Without ``local_pooling`` it sees the mean of the words.

    ``see`` comes first, then ``judge`` for as many pairs as are wanted: they cost more than the encoder where actors are many.
    ``holds`` and ``draws`` tell from a speaker's or a target's state (…, hidden) the logits (…, 2) that it holds favor or against toward
    anybody in the sentence, draws it from anybody; ``toward`` (…, 3) what is conveyed toward a target by whomever, for texts that tell
    no more.
    """

    def __init__(
        self, hidden: int, pair_size: int, heads: int, dropout: float, local_pooling: bool = True, n_standings: int = N_STANDINGS
    ) -> None:
        super().__init__()
        if heads < 1 or hidden % heads:
            raise InputError(f"model.attention_heads is {heads}, which does not divide the encoder's {hidden} units; give a divisor")
        self.heads = heads
        self.local_pooling = local_pooling
        self.reference = ReferenceHead(hidden)
        self.unnamed = nn.Parameter(torch.zeros(hidden))
        self.standing = nn.Embedding(n_standings, STANDING_SIZE)
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
        self.toward = nn.Linear(hidden, len(STANCES))
        self.stance = nn.Sequential(
            nn.LayerNorm(pair_size),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(pair_size, pair_size),
            nn.GELU(),
            nn.Linear(pair_size, len(STANCES)),
        )

    def see(
        self,
        states: Tensor,
        roster_tokens: Tensor,
        sentence_tokens: Tensor,
        word_actors: Tensor,
        standing: Tensor,
        cues: Tensor,
        references: Tensor | None = None,
    ) -> Ends:
        """Return what each actor is in each sentence, from the encoder's ``states`` (batch, tokens, hidden).

        Args:
            states: what the encoder made of the window.
            roster_tokens: this and the next four as ``collate`` makes them.
            sentence_tokens: see there.
            word_actors: see there.
            standing: see there.
            cues: see there.
            references: (batch, sentences, words), the actor that each word means, ``NOBODY``, or ``IGNORED``: then the
                head goes by its own guess.
        """
        size = len(states)
        n_actors = roster_tokens.shape[1]
        n_sentences = sentence_tokens.shape[1]
        rows = torch.arange(size, device=states.device)
        roster = states[rows[:, None], roster_tokens.clamp(min=0)]  # (batch, actors, hidden)
        words = states[rows[:, None, None], sentence_tokens.clamp(min=0)]  # (batch, sentences, words, hidden)
        actors = torch.arange(n_actors, device=states.device)
        is_name = (word_actors[..., None] == actors).to(words.dtype)  # (batch, sentences, words, actors)
        names = torch.einsum("bswa,bswh->bah", is_name, words) / is_name.sum((1, 2)).clamp(min=1)[..., None]
        meant = self.reference(words, roster, names, cues)  # (batch, sentences, words, actors + 1)
        meant = meant.masked_fill(torch.nn.functional.pad(roster_tokens < 0, (0, 1))[:, None, None, :], torch.finfo(torch.bfloat16).min)
        guess = meant.float().softmax(-1)[..., :-1].to(words.dtype)
        if references is not None:
            told = (references[..., None] == actors).to(words.dtype)
            guess = torch.where((references == IGNORED)[..., None], guess, told)
        free = (word_actors < 0) & (sentence_tokens >= 0)  # words that are no name
        free[..., 0] = False  # the sentence's token
        weights = (is_name + guess * free[..., None]).transpose(-1, -2)  # (batch, sentences, actors, words)
        total = weights.sum(-1, keepdim=True)  # how many words mean the actor
        mentions = (weights @ words + (1 - total).clamp(min=0) * self.unnamed.to(words.dtype)) / total.clamp(min=1)
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
        return Ends(speaker, target, words, meant)

    def judge(self, ends: Ends, sentence_tokens: Tensor, pairs: Tensor | None = None) -> Tensor:
        """Return the logits of pairs of actors (batch, sentences, pairs, 3).

        Args:
            ends: what ``see`` returned.
            sentence_tokens: as there.
            pairs: (batch, sentences, pairs), each a speaker's index times the number of actors plus a target's; all of them in
                this order where it is not given.
        """
        speaker, target, words, _ = ends
        size, n_sentences, _, hidden = speaker.shape
        keys = self._split(self.key(words))  # (batch, sentences, heads, words, hidden / heads)
        values = self._split(self.value(words))
        scale = (hidden // self.heads) ** -0.5
        for_speaker = self._split(self.speaker_query(speaker)) @ keys.transpose(-1, -2) * scale  # (batch, sentences, heads, actors, words)
        for_target = self._split(self.target_query(target)) @ keys.transpose(-1, -2) * scale
        scores = meet(for_speaker, for_target, pairs, torch.add)  # (batch, sentences, heads, pairs, words)
        if not self.local_pooling:
            scores = torch.zeros_like(scores)  # every pair sees the mean of the words
        padding = (sentence_tokens < 0)[:, :, None, None, :]
        attention = scores.float().masked_fill(padding, torch.finfo(torch.float32).min).softmax(-1).to(values.dtype)
        context = (attention @ values).transpose(2, 3).reshape(size, n_sentences, -1, hidden)
        product = meet(speaker, target, pairs, torch.mul)  # (batch, sentences, pairs, hidden)
        ends_pair = meet(self.speaker_pair(speaker), self.target_pair(target), pairs, torch.add)
        scored: Tensor = self.stance(ends_pair + self.product_pair(product) + self.context_pair(context))
        return scored

    def _split(self, states: Tensor) -> Tensor:
        """Split (…, items, hidden) into (…, heads, items, hidden / heads)."""
        size = states.shape[-1] // self.heads
        return states.reshape(*states.shape[:-1], self.heads, size).transpose(-2, -3)


def meet(speakers: Tensor, targets: Tensor, pairs: Tensor | None, operation: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Return what an operation makes of the speaker and the target of each pair (batch, sentences, …, pairs, size).

    Args:
        speakers: (batch, sentences, …, actors, size).
        targets: likewise.
        pairs: as for ``StanceHead.judge``.
        operation: elementwise.
    """
    if pairs is None:
        return operation(speakers.unsqueeze(-2), targets.unsqueeze(-3)).flatten(-3, -2)
    n_actors = speakers.shape[-2]
    index = pairs.reshape(*pairs.shape[:2], *[1] * (speakers.ndim - 4), -1, 1).expand(*speakers.shape[:-2], -1, speakers.shape[-1])
    return operation(speakers.gather(-2, index // n_actors), targets.gather(-2, index % n_actors))


def likely_pairs(holds: Tensor, draws: Tensor, there: Tensor, most: int) -> Tensor:
    """Return the pairs of each sentence whose ends most likely hold and draw a stance (batch, sentences, pairs).

    Args:
        holds: logits (batch, sentences, actors, 2), favor and against.
        draws: likewise.
        there: (batch, actors), whether there is such an actor.
        most: how many pairs.

    Returns:
        Each a speaker's index times the number of actors plus a target's.
    """
    lowest = torch.finfo(holds.dtype).min
    speaker, target = (nn.functional.logsigmoid(end).amax(-1).masked_fill(~there[:, None], lowest / 4) for end in (holds, draws))
    both = speaker[..., :, None] + target[..., None, :]  # (batch, sentences, actors, actors)
    both = both.masked_fill(torch.eye(both.shape[-1], dtype=torch.bool, device=both.device), lowest)
    return both.flatten(2).topk(most).indices


def spread(rows: Tensor, pairs: Tensor, n_actors: int) -> Tensor:
    """Return logits of all pairs (batch, sentences, actors * actors, 3) from those of some; the others are ``none`` for certain."""
    everything = rows.new_full((*rows.shape[:2], n_actors * n_actors, rows.shape[-1]), -torch.inf)
    everything[..., NONE] = 0.0
    return everything.scatter(2, pairs[..., None].expand_as(rows), rows)
