"""A cell with weights, run one readable step after the other, with every gate in view.

Weights are laid out as in torch.nn: the G blocks of H rows belong to the gates in the cell's order, and every gate that
looks at the hidden state has two biases. Training runs on faster layers; this is their readable twin, equal to the last
digit and open to view.

Shapes: B batch, T time, I input, H hidden, G gate blocks.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.cells import NO_INTERVENTIONS, Cell, Interventions
from engine.cells.base import State
from engine.errors import ConfigError


class Unrolled(NamedTuple):
    """A cell run over a sequence: outputs (B, T, H), the last state, and each gate's course (B, T, H) by name."""

    outputs: Tensor
    state: State
    gates: dict[str, Tensor]


class ReadableCell(nn.Module):
    """A cell's step with weights of its own."""

    weight_hh: nn.Parameter | None
    bias_hh: nn.Parameter | None

    def __init__(self, cell: Cell, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.cell, self.input_size, self.hidden_size = cell, input_size, hidden_size
        rows, rows_back = len(cell.gates) * hidden_size, cell.blocks_back * hidden_size
        self.weight_ih = nn.Parameter(torch.empty(rows, input_size))
        self.weight_hh = nn.Parameter(torch.empty(rows_back, hidden_size)) if rows_back else None
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows_back)) if rows_back else None
        for parameter in self.parameters():  # as torch.nn does
            nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)

    def initial_state(self, batch_size: int) -> State:
        """Return the state before the first step, all zeros."""
        return self.cell.zero_state(batch_size, self.hidden_size, self.weight_ih)

    def project(self, inputs: Tensor, hidden: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return W_i x + b_i, (..., G * H), and W_h h + b_h, None where no gate looks at the hidden state."""
        from_input = inputs @ self.weight_ih.T + self.bias_ih
        if self.weight_hh is None or self.bias_hh is None:
            return from_input, None
        return from_input, hidden @ self.weight_hh.T + self.bias_hh

    def step(
        self, inputs: Tensor, state: State, interventions: Interventions = NO_INTERVENTIONS
    ) -> tuple[Tensor, State, dict[str, Tensor]]:
        """Return the new hidden (B, H), the new state and the gates by name (B, H) after reading inputs (B, I)."""
        projections = self.project(inputs, self.cell.state_parts(state)["hidden"])
        return self.cell.step(*projections, state, interventions)

    def unroll(
        self,
        inputs: Tensor,
        state: State | None = None,
        interventions: Interventions = NO_INTERVENTIONS,
        reverse: bool = False,
    ) -> Unrolled:
        """Return the cell run over inputs (B, T, I), from the last step to the first if `reverse`.

        Outputs and gates stay in the order of the inputs, as in a bidirectional torch layer.

        Raises:
            ConfigError: the sequence is empty, or an intervention names a gate or unit the cell does not have.
        """
        if inputs.shape[1] == 0:
            raise ConfigError("A cell needs at least one time step.")
        interventions.check(self.cell, self.hidden_size)
        state = self.initial_state(len(inputs)) if state is None else state
        outputs: list[Tensor] = []
        gates: dict[str, list[Tensor]] = {name: [] for name in self.cell.gate_names}
        for now in inputs.flip(1).unbind(1) if reverse else inputs.unbind(1):
            hidden, state, at_step = self.step(now, state, interventions)
            outputs.append(hidden)
            for name, gate in at_step.items():
                gates[name].append(gate)
        return Unrolled(_over_time(outputs, reverse), state, {n: _over_time(g, reverse) for n, g in gates.items()})

    def recompute_gates(self, inputs: Tensor, outputs: Tensor) -> dict[str, Tensor]:
        """Return everything inside a run whose outputs (T, H) are known, by name, (T, H) each: its state and the gates.

        The run began at the state of all zeros and read inputs (T, I). Gates look at the input and at the hidden state
        before the step only, so those of all steps are computed at once, many times faster than one after the other; a
        memory that is not shown is added up from them.
        """
        before = torch.cat([torch.zeros_like(outputs[:1]), outputs[:-1]])  # (T, H)
        blank = (before if part.name == "hidden" else torch.zeros_like(before) for part in self.cell.parts)
        gates = self.step(inputs, self.cell.make_state(blank))[2]
        inside = {"hidden": outputs}
        if self.cell.memory.name != "hidden":
            kept, written = self.cell.rewrite(gates)  # (T, H)
            memory, course = torch.zeros_like(outputs[0]), torch.empty_like(outputs)
            for step in range(len(outputs)):
                memory = kept[step] * memory + written[step]
                course[step] = memory
            inside[self.cell.memory.name] = course
        return inside | gates


def _over_time(steps: list[Tensor], reverse: bool) -> Tensor:
    return torch.stack(steps[::-1] if reverse else steps, dim=1)  # (B, T, H)
