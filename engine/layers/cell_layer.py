"""The layer of cells that torch.nn has none for: a parallel scan where no gate looks back, else a loop over the step.

Shapes: B batch, T time, I input, H hidden, G gate blocks, L layers, D directions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS, Cell
from engine.cells.base import State
from engine.layers.scan import scan


class CellLayer(nn.Module):
    """One layer of a cell, called as a `torch.nn` layer of one direction with the batch first.

    Its input is projected, W x + b with `weight` (G * H, I) and `bias` (G * H,), which start as those of `nn.Linear`; a
    cell that looks back has `weight_hh` and `bias_hh` beside them.
    """

    weight_hh: nn.Parameter | None
    bias_hh: nn.Parameter | None

    def __init__(self, cell: Cell, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.cell, self.input_size, self.hidden_size = cell, input_size, hidden_size
        projection = nn.Linear(input_size, len(cell.gates) * hidden_size)
        self.weight, self.bias = projection.weight, projection.bias
        rows = cell.blocks_back * hidden_size
        edge = hidden_size**-0.5
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size).uniform_(-edge, edge)) if rows else None
        self.bias_hh = nn.Parameter(torch.empty(rows).uniform_(-edge, edge)) if rows else None

    def step(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the output (B, H) and the new state of one time step with inputs (B, I)."""
        from_hidden = None
        if self.weight_hh is not None:
            hidden = self.cell.state_parts(state)["hidden"]
            from_hidden = functional.linear(hidden, self.weight_hh, self.bias_hh)
        return self.cell.step(functional.linear(inputs, self.weight, self.bias), from_hidden, state)[:2]

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Return the outputs (B, T, H) for a whole sequence (B, T, I), and the state after its last step."""
        if state is None:
            state = self.cell.zero_state(len(inputs), self.hidden_size, inputs)
        if self.cell.looks_back:
            outputs = []
            for now in inputs.unbind(1):
                output, state = self.step(now, state)
                outputs.append(output)
            return torch.stack(outputs, dim=1), state
        gates = self.cell.input_gates(functional.linear(inputs, self.weight, self.bias))
        kept, written = self.cell.rewrite(gates)  # (B, T, H)
        first = written[:, :1] + kept[:, :1] * state[:, None]
        memory = scan(kept, torch.cat([first, written[:, 1:]], dim=1))
        return memory, memory[:, -1]


class CellStack(nn.Module):
    """Layers of a `CellLayer` on top of each other, with the arguments, results and shapes of a `torch.nn` layer."""

    def __init__(
        self,
        cell: str,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        batch_first: bool = False,
    ) -> None:
        super().__init__()
        self.cell, self.hidden_size, self.num_layers = CELLS.get(cell), hidden_size, num_layers
        self.bidirectional, self.batch_first = bidirectional, batch_first
        directions = 2 if bidirectional else 1
        reads = [input_size] + [directions * hidden_size] * (num_layers - 1)
        self.layers = nn.ModuleList(
            CellLayer(self.cell, size, hidden_size) for size in reads for _ in range(directions)
        )

    def forward(self, inputs: Tensor) -> tuple[Tensor, State]:
        """Return the top layer's outputs (B, T, D * H) and the last state of every layer and direction, (L * D, B, H),
        a tuple of tensors where the cell carries several."""
        hidden = inputs if self.batch_first else inputs.transpose(0, 1)  # (B, T, I)
        directions, last = 2 if self.bidirectional else 1, []
        for below in range(0, len(self.layers), directions):
            said = []
            for direction in range(directions):
                read = hidden.flip(1) if direction else hidden
                outputs, state = self.layers[below + direction](read)
                said.append(outputs.flip(1) if direction else outputs)
                last.append(tuple(self.cell.state_parts(state).values()))
            hidden = torch.cat(said, dim=2)
        state = tuple(torch.stack(parts) for parts in zip(*last, strict=True))
        return hidden if self.batch_first else hidden.transpose(0, 1), state if len(state) > 1 else state[0]
