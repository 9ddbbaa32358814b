"""Architectures made of recurrent layers: one or several on top of each other, all reading forwards.

Shapes: B batch, T time, I features read, H hidden, L layers.
"""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.layers import Layer, single_layer
from engine.models.architectures.base import DEFAULT_LONGEST, Architecture, StateFormula, open_memory
from engine.models.recurrent import LayerState, run_layer, step_layer, zero_state


class CellLayers(Architecture):
    """`num_layers` layers of one cell that share the hidden state's size between them; F is the size of the last.

    Weights start as torch.nn leaves them, but the gates start out to keep: with `memory_bias` b the LSTM's forget gate
    starts at bias b and its input gate at -b, and the GRU's update gate, which is both in one, at b. At 0 the memory is
    halved at every step and long lags are never found; at b it fades over about e^b steps. An RNN has no such gates.
    A cell none of whose gates looks at the hidden state cannot choose what to keep by what it has kept: such cells are
    compared with two layers, the second of which reads the first's memory.
    """

    cell: ClassVar[str]
    num_layers: ClassVar[int] = 1

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        super().__init__(input_size, hidden_size, memory_bias, longest)
        self.sizes = layer_sizes(hidden_size, self.num_layers)
        self.output_size = self.sizes[-1]
        reads = [input_size, *self.sizes]
        self.layers = nn.ModuleList(self.build(reads[index], size) for index, size in enumerate(self.sizes))
        for layer, size in zip(self.layers, self.sizes, strict=True):
            open_memory(layer, self.keeping_bias(size))

    @property
    def layer(self) -> nn.Module:
        """The first layer, the only one in most."""
        return self.layers[0]

    def build(self, input_size: int, hidden_size: int) -> Layer:
        """Return one layer as torch.nn initialises it."""
        return single_layer(CELLS.get(self.cell), input_size, hidden_size)

    def keeping_bias(self, size: int) -> Tensor | float:
        """Return the starting bias of the gates that keep: one for all units, or one for each of `size`."""
        return self.memory_bias

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return the sum over layers of the cell's own formula."""
        sizes = layer_sizes(hidden_size, cls.num_layers)
        count = CELLS.get(cls.cell).count_parameters
        return sum(count(reads, size) for reads, size in zip([input_size, *sizes], sizes, strict=False))

    @classmethod
    def count_outputs(cls, hidden_size: int) -> int:
        """Return the size of the last layer."""
        return layer_sizes(hidden_size, cls.num_layers)[-1]

    def start(self, batch_size: int = 1) -> tuple[LayerState, ...]:
        """Return the all-zero state of every layer."""
        return tuple(zero_state(self.cell, batch_size, size, self._like()) for size in self.sizes)

    def step(self, features: Tensor, state: tuple[LayerState, ...]) -> tuple[Tensor, tuple[LayerState, ...]]:
        """Return the last layer's hidden state (B, H) after reading features (B, I), and the state of all."""
        new_state = []
        for layer, layer_state in zip(self.layers, state, strict=True):
            features, layer_state = step_layer(self.cell, layer, features, layer_state)
            new_state.append(layer_state)
        return features, tuple(new_state)

    def run(
        self, features: Tensor, state: tuple[LayerState, ...] | None = None
    ) -> tuple[Tensor, tuple[LayerState, ...]]:
        """Return the last layer's hidden states (B, T, H) and the state of all after the last step."""
        state = self.start(len(features)) if state is None else state
        new_state = []
        for layer, layer_state in zip(self.layers, state, strict=True):
            features, layer_state = run_layer(layer, features, layer_state)
            new_state.append(layer_state)
        return features, tuple(new_state)


def layer_sizes(hidden_size: int, parts: int) -> list[int]:
    """Return `hidden_size` shared among so many layers or directions, the first ones one larger where it does not
    divide."""
    return [hidden_size // parts + (index < hidden_size % parts) for index in range(parts)]


def chrono_biases(size: int, longest: int) -> Tensor:
    """Return one keeping bias per unit, (size,): the logarithm of a time drawn evenly from 1 to `longest` - 1.

    Paper: Tallec and Ollivier (2018), Can recurrent neural networks warp time?, arXiv 1804.11188, equation 16.
    """
    return torch.log(1 + torch.rand(size) * max(longest - 2, 0))


def network_of(name: str) -> type[CellLayers]:
    """Return the architecture that is a cell and nothing else, as cells are compared."""
    cell = CELLS.get(name)
    layers = 1 if cell.looks_back else 2
    held = " and ".join(part.words.removeprefix("memory ") for part in cell.parts)
    text = "H" if len(cell.parts) == 1 else f"{len(cell.parts)} H: {held}"
    facts = {
        "cell": name,
        "num_layers": layers,
        "smallest": layers,
        "description": cell.description,
        "state_formula": StateFormula(text + ", shared by its two layers" * (layers - 1), per_unit=len(cell.parts)),
    }
    return type(f"{cell.title}Network", (CellLayers,), facts)
