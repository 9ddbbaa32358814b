"""The gated recurrent unit: one gate decides how much to renew, another how much of the past the renewal may see."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.cells.base import CELLS, NO_INTERVENTIONS, Cell, Interventions


@CELLS.register("gru", title="GRU")
class GRUCell(Cell):
    """Cho's gated recurrent unit, the same as one step of `torch.nn.GRU`.

        r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)              reset gate
        z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)              update gate
        n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))           new gate: what would be remembered
        h' = (1 - z) * n + z * h

    A unit with z = 1 keeps its memory untouched for ever.

    Paper: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder, arXiv 1406.1078, section 2.3.
    Differs: as in PyTorch, the reset gate acts after the recurrent product, r * (W h + b), and not before it, W (r *
    h); and two biases per gate are added where the paper writes none. z = 1 keeps the old state, as in the paper (later
    texts swap it).
    """

    gate_names = ("reset_gate", "update_gate", "new_gate")
    GATE_COUNT = 3
    torch_layer = nn.GRU

    def step(
        self, inputs: Tensor, state: Tensor, interventions: Interventions = NO_INTERVENTIONS
    ) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
        """Return the new hidden (B, H), again as the state, and the three gates, after reading inputs (B, I)."""
        hidden = state
        input_r, input_z, input_n = (inputs @ self.weight_ih.T + self.bias_ih).chunk(3, dim=1)
        hidden_r, hidden_z, hidden_n = (hidden @ self.weight_hh.T + self.bias_hh).chunk(3, dim=1)

        reset = interventions.on_gate("reset_gate", torch.sigmoid(input_r + hidden_r))
        update = interventions.on_gate("update_gate", torch.sigmoid(input_z + hidden_z))
        new = interventions.on_gate("new_gate", torch.tanh(input_n + reset * hidden_n))

        hidden = interventions.on_hidden((1 - update) * new + update * hidden)
        return hidden, hidden, {"reset_gate": reset, "update_gate": update, "new_gate": new}

    @staticmethod
    def torch_step(inputs: Tensor, state: Tensor, *weights: Tensor) -> tuple[Tensor, Tensor]:
        """Return `step`'s hidden and state, computed by torch's own fused step (faster, closed to view)."""
        hidden = torch.gru_cell(inputs, state, *weights)
        return hidden, hidden

    @staticmethod
    def step_from_projections(from_input: Tensor, from_hidden: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Return `step`'s hidden and state from its two products, W_i x + b_i and W_h h + b_h, (B, 3 * H) each."""
        size = state.shape[1]
        gates = from_input[:, : 2 * size] + from_hidden[:, : 2 * size]
        reset, update = gates.sigmoid_().chunk(2, dim=1)
        new = (from_input[:, 2 * size :] + reset * from_hidden[:, 2 * size :]).tanh_()
        hidden = (1 - update) * new + update * state
        return hidden, hidden
