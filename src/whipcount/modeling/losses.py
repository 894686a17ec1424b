"""What training minimises: the losses over stances, and those of the side tasks."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from whipcount.modeling.heads import IGNORED, NOBODY
from whipcount.modeling.labels import pair_outcomes
from whipcount.schema import NONE

END_NEGATIVE_WEIGHT = 0.1
NOBODY_WEIGHT = 0.2


class Drawn(NamedTuple):
    """Rows that a step scores: ``pairs`` (batch, sentences, pairs) as ``StanceHead.judge`` takes them, and for how many each counts."""

    pairs: Tensor
    weight: Tensor


def draw_none_rows(labels: Tensor, named: Tensor, share: float) -> Drawn:
    """Draw a share of the ``none`` rows; stances, and rows whose two ends the sentence names, are all kept.

    Each drawn row counts for as many as were there for one drawn in its sentence, so that the loss is on average that of all rows.

    Args:
        labels: (batch, sentences, actors, actors).
        named: (batch, sentences, actors), whether the sentence names the actor.
        share: of the rows that are neither.
    """
    flat = labels.flatten(2)
    known = flat != IGNORED
    kept = known & ((flat != NONE) | (named[:, :, :, None] & named[:, :, None, :]).flatten(2))
    rest = known & ~kept
    n_rows = int((kept.sum(-1) + torch.ceil(share * rest.sum(-1))).max())
    rank = torch.rand(flat.shape, device=flat.device) + kept.float() - (~known).float()
    pairs = rank.topk(max(n_rows, 1)).indices
    drawn = rest.gather(2, pairs)
    counts_for = rest.sum(-1, keepdim=True) / drawn.sum(-1, keepdim=True).clamp(min=1)
    return Drawn(pairs, torch.where(drawn, counts_for, 1.0))


def stance_loss(logits: Tensor, labels: Tensor, none_weight: float, counts_for: Tensor | None = None) -> Tensor:
    """Cross-entropy over the rows that are not ``IGNORED``, a ``none`` row weighing ``none_weight``.

    Args:
        logits: (rows, 3).
        labels: (rows,).
        none_weight: a stance weighs 1.
        counts_for: (rows,), how many rows each stands for; one where it is not given.
    """
    known = labels != IGNORED
    wanted = labels.masked_fill(~known, NONE)
    weight = torch.where(wanted == NONE, none_weight, 1.0) * known
    if counts_for is not None:
        weight = weight * counts_for
    return weighted_mean(nn.functional.cross_entropy(logits, wanted, reduction="none"), weight)


def end_loss(scores: Tensor, labels: Tensor, dim: int) -> Tensor:
    """Binary cross-entropy of whether an actor is the speaker (``dim`` 3) or target (``dim`` 2) of a favor or against row.

    Args:
        scores: (batch, sentences, actors, 2), favor and against.
        labels: (batch, sentences, actors, actors).
        dim: the dimension of ``labels`` over which the other end runs.
    """
    wanted = torch.stack([(labels == stance).any(dim) for stance in range(NONE)], dim=-1).float()
    counts = (labels != IGNORED).any(dim)[..., None]
    weight = torch.where(wanted > 0, 1.0, END_NEGATIVE_WEIGHT) * counts
    return weighted_mean(nn.functional.binary_cross_entropy_with_logits(scores, wanted, reduction="none"), weight)


def reference_loss(meant: Tensor, references: Tensor) -> Tensor:
    """Cross-entropy of whom a word means, a word that means nobody weighing ``NOBODY_WEIGHT``; shapes as in ``StanceHead``."""
    known = references != IGNORED
    nobody = (references == NOBODY) | ~known
    wanted = references.masked_fill(nobody, meant.shape[-1] - 1)
    losses = nn.functional.cross_entropy(meant.flatten(0, -2), wanted.flatten(), reduction="none")
    weight = torch.where(nobody, NOBODY_WEIGHT, 1.0) * known
    # no weighted_mean: in a batch whose words weigh less than 1 in all (up to four, each nobody's) they count for what they weigh.
    # The trained models have learnt so
    return (weight.flatten() * losses).sum() / weight.sum().clamp(min=1)


def pair_loss(logits: Tensor, labels: Tensor, weight: Tensor) -> Tensor:
    """Cross-entropy over what a corpus of single pairs tells apart: no stance either way, or one of two in one direction.

    With p and q the pair's two directions, each such outcome's score is the sum of one logit of p and one of q, one of them
    being ``none``. So the direction that is not labelled is taught nothing but that it was not the one chosen.

    Args:
        logits: (batch, 1, 2, 2, 3).
        labels: (batch, 1, 2, 2): ``none`` in both directions, or one known direction.
        weight: (batch,), of the rows; 0 where one is not of such a corpus.
    """
    forward, backward = logits[:, 0, 0, 1], logits[:, 0, 1, 0]  # (batch, 3)
    outcomes = torch.cat(
        [(forward + backward)[:, NONE:], forward[:, :NONE] + backward[:, NONE:], backward[:, :NONE] + forward[:, NONE:]], dim=1
    )
    wanted = pair_outcomes(labels[:, 0, 0, 1], labels[:, 0, 1, 0]).masked_fill(weight == 0, 0)
    return weighted_mean(nn.functional.cross_entropy(outcomes, wanted, reduction="none"), weight)


def weighted_mean(losses: Tensor, weight: Tensor) -> Tensor:
    """Return the mean of losses by their weights, 0 where all weigh nothing.

    Rows that do not count are multiplied away, here and above, instead of being left out: leaving them out would make a GPU wait for
    the processor several times a step.
    """
    return (losses * weight).sum() / weight.sum().clamp(min=torch.finfo(losses.dtype).tiny)
