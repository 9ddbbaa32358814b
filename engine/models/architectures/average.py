"""The order-blind baseline: it knows what was read, but not in which order."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import STATES, Look
from engine.models.architectures.base import ARCHITECTURES, DEFAULT_LONGEST, Architecture


@STATES.register("Mean")
class Mean(NamedTuple):
    """The sum of everything read, (B, H), and how many steps that were, (B, 1)."""

    total: Tensor
    steps: Tensor


@ARCHITECTURES.register(
    "average",
    look=Look(
        title="Average",
        order=70,
        on_light="#7A7F84",
        on_dark="#868D93",
        marker="star-triangle-up",
        dash="dot",
        mark=":gray[✦]",
    ),
)
class Average(Architecture):
    """Every step is embedded by itself; what is given on is a layer on the mean of all embeddings so far.

    Paper: Zaheer et al. (2017), Deep sets, arXiv 1703.06114, theorem 2; Iyyer et al. (2015), Deep unordered composition
    rivals syntactic methods for text classification, for averaged embeddings as a baseline.
    """

    description = "The mean of all that was read, with the order thrown away: what can be known without it."
    is_order_blind = True

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        super().__init__(input_size, hidden_size, memory_bias, longest)
        self.embed = nn.Linear(input_size, hidden_size)
        self.mix = nn.Linear(hidden_size, hidden_size)
        self.output_size = hidden_size

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return H * (I + 1) + H * (H + 1)."""
        return hidden_size * (input_size + hidden_size + 2)

    def start(self, batch_size: int = 1) -> Mean:
        """Return the empty mean."""
        like = self._like()
        return Mean(like.new_zeros(batch_size, self.hidden_size), like.new_zeros(batch_size, 1))

    def step(self, features: Tensor, state: Mean) -> tuple[Tensor, Mean]:
        """Return the layer's view of the mean (B, H) that includes this step, and the new sums."""
        state = Mean(state.total + torch.tanh(self.embed(features)), state.steps + 1)
        return functional.relu(self.mix(state.total / state.steps)), state

    def run(self, features: Tensor, state: Mean | None = None) -> tuple[Tensor, Mean]:
        """Return the layer's view of the mean up to every step, (B, T, H), and the sums after the last."""
        state = self.start(len(features)) if state is None else state
        totals = state.total[:, None] + torch.tanh(self.embed(features)).cumsum(1)  # (B, T, H)
        counts = state.steps[:, None] + torch.arange(1, features.shape[1] + 1).to(totals)[:, None]  # (B, T, 1)
        return functional.relu(self.mix(totals / counts)), Mean(totals[:, -1], counts[:, -1])
