from __future__ import annotations

import pytest
import torch
from torch import Tensor

from whipcount.modeling.heads import IGNORED, NOBODY
from whipcount.modeling.losses import draw_none_rows, end_loss, pair_loss, reference_loss, stance_loss
from whipcount.schema import AGAINST, FAVOR, NONE

N_ACTORS = 6


@pytest.fixture
def labels() -> Tensor:
    """Two windows of two sentences: stances in the first, none in the second; the last sentence is padding."""
    made = torch.full((2, 2, N_ACTORS, N_ACTORS), NONE)
    made[:, :, range(N_ACTORS), range(N_ACTORS)] = IGNORED
    made[0, 0, 1, 2], made[0, 0, 2, 1] = FAVOR, AGAINST
    made[1, 1] = IGNORED
    return made


@pytest.fixture
def named() -> Tensor:
    made = torch.zeros((2, 2, N_ACTORS), dtype=torch.bool)
    made[1, 0, [0, 3]] = True
    return made


def test_stances_and_pairs_that_are_both_named_are_always_drawn(labels: Tensor, named: Tensor) -> None:
    for seed in range(20):
        torch.manual_seed(seed)
        pairs, weight = draw_none_rows(labels, named, share=0.1)
        assert pairs.shape == weight.shape == (2, 2, 5), "two that stay, and a tenth of 28, rounded up"
        assert {1 * N_ACTORS + 2, 2 * N_ACTORS + 1} < set(pairs[0, 0].tolist())
        assert {3, 3 * N_ACTORS} < set(pairs[1, 0].tolist())
        assert all(len(set(drawn)) == 5 for drawn in pairs.flatten(0, 1).tolist())


def test_what_is_drawn_counts_for_all_that_was_there(labels: Tensor, named: Tensor) -> None:
    pairs, weight = draw_none_rows(labels, named, share=0.3)
    known = labels.flatten(2).gather(2, pairs) != IGNORED
    assert (weight * known).sum(-1).flatten().tolist() == pytest.approx([30, 30, 30, 0])


def test_the_loss_of_a_draw_is_on_average_that_of_all_rows(labels: Tensor, named: Tensor) -> None:
    logits = torch.randn((*labels.shape, 3), generator=torch.Generator().manual_seed(1))
    torch.manual_seed(2)

    def drawn_loss() -> float:
        pairs, weight = draw_none_rows(labels, named, share=0.3)
        rows = logits.flatten(2, 3).gather(2, pairs[..., None].expand(-1, -1, -1, 3))
        return stance_loss(rows.flatten(0, -2), labels.flatten(2).gather(2, pairs).flatten(), 0.1, weight.flatten()).item()

    everything = stance_loss(logits.flatten(0, -2), labels.flatten(), 0.1).item()
    losses = torch.tensor([drawn_loss() for _ in range(2000)])
    assert losses.std() > 0.01
    assert losses.mean().item() == pytest.approx(everything, abs=4 * losses.std().item() / 2000**0.5)


def test_all_rows_drawn_are_all_rows(labels: Tensor, named: Tensor) -> None:
    pairs, weight = draw_none_rows(labels, named, share=1.0)
    assert (weight == 1).all()
    known = labels.flatten(2).gather(2, pairs) != IGNORED
    assert known.sum(-1).tolist() == [[30, 30], [30, 0]]


def test_rows_that_do_not_count_are_as_if_they_were_not_there() -> None:
    logits, labels = torch.randn(6, 3), torch.tensor([FAVOR, NONE, IGNORED, AGAINST, IGNORED, NONE])
    expected = torch.nn.functional.cross_entropy(logits, labels, weight=torch.tensor([1.0, 1.0, 0.1]), ignore_index=IGNORED)
    assert stance_loss(logits, labels, none_weight=0.1) == pytest.approx(expected.item(), rel=1e-5)
    pairs, told = torch.randn(3, 1, 2, 2, 3), torch.full((3, 1, 2, 2), IGNORED)
    told[0, 0, 0, 1], told[0, 0, 1, 0], told[2, 0, 1, 0] = NONE, NONE, AGAINST
    weight = torch.tensor([1.0, 0.0, 5.0])
    kept = pair_loss(pairs[weight > 0], told[weight > 0], weight[weight > 0])
    assert pair_loss(pairs, told, weight) == pytest.approx(kept.item(), rel=1e-5)
    meant, references = torch.randn(1, 1, 4, 3), torch.tensor([[[1, NOBODY, IGNORED, 0]]])
    count = references[0, 0] != IGNORED
    alone = reference_loss(meant[:, :, count], references[:, :, count])
    assert reference_loss(meant, references) == pytest.approx(alone.item(), rel=1e-5)
    scores, held = torch.randn(2, 1, 2, 2), torch.full((2, 1, 2, 2), IGNORED)
    held[0, 0, 0, 1] = FAVOR
    assert end_loss(scores, held, dim=3) == pytest.approx(end_loss(scores[:1], held[:1], dim=3).item(), rel=1e-5)


def test_where_nothing_counts_there_is_no_loss_and_no_gradient() -> None:
    logits = torch.randn(2, 3, requires_grad=True)
    loss = stance_loss(logits, torch.full((2,), IGNORED), none_weight=0.03)
    loss.backward()
    assert loss.item() == 0.0 and logits.grad is not None and not logits.grad.any()
