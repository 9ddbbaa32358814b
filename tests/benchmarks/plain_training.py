"""A peer of training: the loop that a textbook prints, in single precision."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from engine.training import Objective


def textbook_updates(model: nn.Module, objective: Objective, updates: int) -> Callable[[], None]:
    """Return what makes so many updates of a model with AdamW and clipped gradients, and nothing else."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
    position, carry = 0, None

    def work() -> None:
        nonlocal position, carry
        model.train()
        for _ in range(updates):
            optimizer.zero_grad()
            loss, carry = objective.loss(model, objective.batch(position), carry)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            position += 1

    return work
