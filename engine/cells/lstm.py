"""Long short-term memory: a memory that is only added to and scaled, behind gates that write, keep and show it."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.cells.base import CELLS, NO_INTERVENTIONS, Cell, Interventions


class LSTMState(NamedTuple):
    """What an LSTM carries from step to step: `hidden`, which it shows, and `cell`, which it keeps; (B, H) each."""

    hidden: Tensor
    cell: Tensor


@CELLS.register("lstm", title="LSTM")
class LSTMCell(Cell):
    """Hochreiter and Schmidhuber's long short-term memory with a forget gate, the same as one step of `torch.nn.LSTM`.

        i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)              input gate: how much is written
        f  = sigmoid(W_if x + b_if + W_hf h + b_hf)              forget gate: how much is kept
        g  = tanh(W_ig x + b_ig + W_hg h + b_hg)                 cell candidate: what would be written
        o  = sigmoid(W_io x + b_io + W_ho h + b_ho)              output gate: how much is shown
        c' = f * c + i * g
        h' = o * tanh(c')

    Along c the gradient is only multiplied by f, so with f near 1 it reaches far back.

    Paper: Hochreiter and Schmidhuber (1997), Long short-term memory; the forget gate is by Gers, Schmidhuber and
    Cummins (2000), Learning to forget.
    Differs: no peephole connections, one cell per block, tanh instead of the paper's scaled logistic squashing
    functions, two biases per gate, and full back-propagation through time instead of the truncated rule of 1997.
    """

    gate_names = ("input_gate", "forget_gate", "cell_candidate", "output_gate")
    GATE_COUNT = 4
    state_parts = 2
    torch_layer = nn.LSTM

    @staticmethod
    def zero_state(batch_size: int, hidden_size: int, like: Tensor) -> LSTMState:
        """Return the state before the first step: hidden and cell all zeros, with the number format of `like`."""
        return LSTMState(like.new_zeros(batch_size, hidden_size), like.new_zeros(batch_size, hidden_size))

    def step(
        self, inputs: Tensor, state: LSTMState, interventions: Interventions = NO_INTERVENTIONS
    ) -> tuple[Tensor, LSTMState, dict[str, Tensor]]:
        """Return the new hidden (B, H), the new state and the four gates, after reading inputs (B, I)."""
        hidden, cell = state
        from_input = inputs @ self.weight_ih.T + self.bias_ih
        from_hidden = hidden @ self.weight_hh.T + self.bias_hh
        i, f, g, o = (from_input + from_hidden).chunk(4, dim=1)  # (B, H) each

        input_gate = interventions.on_gate("input_gate", torch.sigmoid(i))
        forget_gate = interventions.on_gate("forget_gate", torch.sigmoid(f))
        cell_candidate = interventions.on_gate("cell_candidate", torch.tanh(g))
        output_gate = interventions.on_gate("output_gate", torch.sigmoid(o))

        cell = forget_gate * cell + input_gate * cell_candidate
        hidden = interventions.on_hidden(output_gate * torch.tanh(cell))
        gates = {
            "input_gate": input_gate,
            "forget_gate": forget_gate,
            "cell_candidate": cell_candidate,
            "output_gate": output_gate,
        }
        return hidden, LSTMState(hidden, cell), gates

    def recompute_gates(self, inputs: Tensor, outputs: Tensor) -> dict[str, Tensor]:
        """Return `hidden`, `cell` and the gates of a run whose outputs are known; the memory is added up step by
        step."""
        inside = super().recompute_gates(inputs, outputs)
        kept, written = inside["forget_gate"], inside["input_gate"] * inside["cell_candidate"]  # (T, H)
        memory, cell = torch.zeros_like(outputs[0]), torch.empty_like(outputs)
        for step in range(len(outputs)):
            memory = kept[step] * memory + written[step]
            cell[step] = memory
        return {"hidden": inside.pop("hidden"), "cell": cell} | inside

    @staticmethod
    def torch_step(inputs: Tensor, state: LSTMState, *weights: Tensor) -> tuple[Tensor, LSTMState]:
        """Return `step`'s hidden and state, computed by torch's own fused step (faster, closed to view)."""
        hidden, cell = torch.lstm_cell(inputs, tuple(state), *weights)
        return hidden, LSTMState(hidden, cell)

    @staticmethod
    def step_from_projections(from_input: Tensor, from_hidden: Tensor, state: LSTMState) -> tuple[Tensor, LSTMState]:
        """Return `step`'s hidden and state from its two products, W_i x + b_i and W_h h + b_h, (B, 4 * H) each."""
        sums = from_input + from_hidden
        input_gate, forget_gate, _, output_gate = sums.sigmoid().chunk(4, dim=1)
        cell_candidate = sums.chunk(4, dim=1)[2].tanh()
        cell = forget_gate * state.cell + input_gate * cell_candidate
        hidden = output_gate * cell.tanh()
        return hidden, LSTMState(hidden, cell)
