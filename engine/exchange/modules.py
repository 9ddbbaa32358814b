"""The modules that a state dictionary is of: what torch.nn calls a layer's tensors, read back into layers.

Shapes: I input, H hidden, G gate blocks, O outputs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from engine.cells import CELLS
from engine.errors import InputError
from engine.exchange.weight_files import GivenWeights
from engine.layers import Weights

_RECURRENT_PART = re.compile(r"(weight|bias)_(ih|hh|hr)_l(\d+)(_reverse)?")
KEYS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True)
class ModuleKind:
    """What a module of torch.nn is by its tensors.

    Attributes:
        holds: what it holds, in words.
        parts: the tensors that it has, a matrix first. optional: those that it may have beside them.
        has_more: whether it may have any others.
    """

    holds: str
    parts: tuple[str, ...]
    optional: tuple[str, ...] = ()
    has_more: bool = False

    def is_of(self, tensors: Mapping[str, Tensor]) -> bool:
        """Return whether a module with these tensors, by name, is one."""
        if not set(self.parts) <= set(tensors):
            return False
        if self.has_more:
            return True
        return set(tensors) <= {*self.parts, *self.optional} and tensors[self.parts[0]].dim() == 2


RECURRENT = ModuleKind("recurrent layers", ("weight_ih_l0",), has_more=True)
LINEAR = ModuleKind("a matrix and, if any, a bias", ("weight",), optional=("bias",))
BIASED = ModuleKind("a matrix and a bias", ("weight", "bias"))  # where nothing but the bias tells it from an embedding
MATRIX = ModuleKind("a matrix and nothing else", ("weight",))


@dataclass(frozen=True)
class Linear:
    """A linear layer: weight (O, I) and bias (O,), zeros where the file has none."""

    name: str
    weight: Tensor
    bias: Tensor

    @property
    def rows(self) -> int:
        """How many numbers it gives."""
        return len(self.weight)


@dataclass(frozen=True)
class Recurrent:
    """Recurrent layers of torch.nn: for each layer the weights of each direction."""

    name: str
    cell: str
    layers: tuple[tuple[Weights, ...], ...]

    @property
    def hidden_size(self) -> int:
        """Units of one direction."""
        return len(self.layers[0][0].weight_ih) // len(CELLS.get(self.cell).gates)

    @property
    def input_size(self) -> int:
        """How many numbers the first layer reads."""
        return self.layers[0][0].weight_ih.shape[1]

    @property
    def directions(self) -> int:
        """1, or 2 where it is read from both ends."""
        return len(self.layers[0])


class Modules:
    """The tensors of a file by the module that they belong to."""

    def __init__(self, given: GivenWeights) -> None:
        self.given = given
        self.groups: dict[str, dict[str, Tensor]] = {}
        for name, tensor in given.tensors.items():
            module, _, part = name.rpartition(".")
            self.groups.setdefault(module, {})[part] = tensor

    def names(self, module: str) -> list[str]:
        """Return the names of a module's tensors."""
        return [f"{module}.{part}" if module else part for part in self.groups[module]]

    def table(self, module: str) -> Linear:
        """Return an embedding as a `Linear` without a bias."""
        weight = self._tensor(module, "weight", (None, None))
        return Linear(module, weight, torch.zeros(len(weight)))

    def linear(self, module: str, inputs: int, outputs: int | None = None) -> Linear:
        """Return a linear layer that reads `inputs` numbers.

        Raises:
            InputError: it has another shape.
        """
        weight = self._tensor(module, "weight", (outputs, inputs))
        bias = self._tensor(module, "bias", (len(weight),)) if "bias" in self.groups[module] else None
        return Linear(module, weight, torch.zeros(len(weight)) if bias is None else bias)

    def recurrent(self, module: str, input_size: int | None = None) -> Recurrent:
        """Return recurrent layers, the first of which reads `input_size` numbers.

        Raises:
            InputError: a tensor is missing, has another shape, or belongs to what our layers cannot do.
        """
        parts, found = self.groups[module], {}
        for part in parts:
            match = _RECURRENT_PART.fullmatch(part)
            if match is None:
                raise InputError(f"“{self._called(module, part)}” belongs to no recurrent layer of torch.nn.")
            if match[2] == "hr":
                raise InputError(f"“{self._called(module, part)}” projects the hidden state; layers here do not.")
            found[int(match[3]), bool(match[4])] = match
        hidden = self._tensor(module, "weight_hh_l0", (None, None)).shape[1]
        blocks = len(parts["weight_hh_l0"]) / max(hidden, 1)
        cells = {len(cell.gates): name for name, cell in CELLS.items() if cell.trained_by is not None}
        if blocks not in cells:
            raise InputError(
                f"“{self._called(module, 'weight_hh_l0')}” has the shape {tuple(parts['weight_hh_l0'].shape)}, which "
                "is that of no RNN, GRU or LSTM."
            )
        directions = 1 + any(reverse for _, reverse in found)
        layers, size = [], input_size
        for number in range(max(number for number, _ in found) + 1):
            ways = [
                self._weights(module, number, bool(way), int(blocks) * hidden, size, hidden)
                for way in range(directions)
            ]
            layers.append(tuple(ways))
            size = directions * hidden
        return Recurrent(module, cells[int(blocks)], tuple(layers))

    def _weights(self, module: str, number: int, reverse: bool, rows: int, size: int | None, hidden: int) -> Weights:
        suffix = f"_l{number}{'_reverse' if reverse else ''}"
        has_bias = any(part.startswith("bias") for part in self.groups[module])
        shapes = ((rows, size), (rows, hidden), (rows,), (rows,))
        found = {
            key: self._tensor(module, key + suffix, shape)
            for key, shape in zip(KEYS, shapes, strict=True)
            if has_bias or key.startswith("weight")
        }
        return Weights(*(found.get(key, torch.zeros(rows)) for key in KEYS))

    def _tensor(self, module: str, part: str, shape: Sequence[int | None]) -> Tensor:
        name = self._called(module, part)
        if part not in self.groups.get(module, {}):
            raise InputError(f"“{name}” is missing from the file.")
        tensor = self.groups[module][part]
        fits = len(shape) == tensor.dim() and all(w in (None, s) for w, s in zip(shape, tensor.shape, strict=True))
        if not fits:
            wanted = ", ".join("any" if size is None else str(size) for size in shape)
            raise InputError(
                f"“{name}” has the shape {tuple(tensor.shape)}; beside the other tensors it must be ({wanted})."
            )
        return tensor

    def _called(self, module: str, part: str) -> str:
        return self.given.source(f"{module}.{part}" if module else part)
