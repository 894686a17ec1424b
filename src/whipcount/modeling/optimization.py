"""What all trainings share: the optimizer with its groups of weights, and whether the machine computes in bfloat16."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch


def weight_groups(rates: Iterable[tuple[torch.nn.Module, float]], weight_decay: float) -> list[dict[str, Any]]:
    """Return the weights of modules for an optimizer, each module's at its own rate, biases and norms without decay.

    Args:
        rates: modules with their rates; a weight of several of them belongs to the first.
        weight_decay: of the others.
    """
    groups: list[dict[str, Any]] = []
    seen: set[int] = set()
    for part, rate in rates:
        own = [weight for weight in part.parameters() if weight.requires_grad and id(weight) not in seen]
        seen.update(map(id, own))
        for decays in (True, False):
            weights = [weight for weight in own if (weight.ndim > 1) == decays]
            groups.append({"params": weights, "lr": rate, "weight_decay": weight_decay if decays else 0.0})
    return groups


def adamw(groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
    """Return AdamW over ``weight_groups``."""
    return torch.optim.AdamW(groups, fused=True)  # on a CPU a step of the plain one takes five times as long


def has_bf16() -> bool:
    """Whether this machine's processor or GPU computes in bfloat16 natively."""
    if torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported())
    return bool(torch.cpu._is_avx512_bf16_supported())
