"""The vanilla recurrent network: the new memory is a squashed mix of what is read and what was remembered."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.cells.base import CELLS, NO_INTERVENTIONS, Cell, Interventions


@CELLS.register("rnn", title="RNN")
class RNNCell(Cell):
    """Elman's simple recurrent network, the same as one step of `torch.nn.RNN`.

        h' = tanh(W_ih x + b_ih + W_hh h + b_hh)

    There are no gates: everything in memory passes through the tanh and the matrix again at every step, which is why
    what was read long ago, and its gradient, fades or explodes.

    Paper: Elman (1990), Finding structure in time.
    Differs: tanh instead of the logistic function, two biases instead of one, and gradients flow back through all of
    time where Elman stopped them after one step.
    """

    gate_names = ()
    GATE_COUNT = 1
    torch_layer = nn.RNN

    def step(
        self, inputs: Tensor, state: Tensor, interventions: Interventions = NO_INTERVENTIONS
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Return the new hidden (B, H), again as the state, and no gates, after reading inputs (B, I)."""
        from_input = inputs @ self.weight_ih.T + self.bias_ih
        from_hidden = state @ self.weight_hh.T + self.bias_hh
        hidden = interventions.on_hidden(torch.tanh(from_input + from_hidden))
        return hidden, hidden, {}

    @staticmethod
    def torch_step(inputs: Tensor, state: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return `step`'s hidden and state, computed by torch's own fused step (faster, closed to view)."""
        hidden = torch.rnn_tanh_cell(inputs, state, *weights)
        return hidden, hidden

    @staticmethod
    def step_from_projections(from_input: Tensor, from_hidden: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return `step`'s hidden and state from its two products, W_i x + b_i and W_h h + b_h, (B, H) each."""
        hidden = torch.tanh(from_input + from_hidden)
        return hidden, hidden
