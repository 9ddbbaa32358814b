"""Weights between readable cells and the layers they are trained with: copied both ways without loss, in the same order
and number format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.cells import CELLS, Cell
from engine.cells.base import TorchLayer
from engine.errors import ConfigError
from engine.layers.cell_layer import CellLayer, CellStack
from engine.layers.readable import ReadableCell

Layer = nn.RNNBase | CellLayer


class Weights(NamedTuple):
    """One layer's weights in one direction, as torch orders them; those for the hidden state are None where no gate
    looks at it."""

    weight_ih: Tensor
    weight_hh: Tensor | None
    bias_ih: Tensor
    bias_hh: Tensor | None


def cell_of(layer: nn.Module) -> Cell:
    """Return the kind of cell that a layer is made of.

    Raises:
        ConfigError: it is none of the layers that cells are trained with.
    """
    if isinstance(layer, CellLayer | CellStack):
        return layer.cell
    for _, cell in CELLS.items():
        if cell.trained_by is not None and isinstance(layer, getattr(nn, cell.trained_by.layer)):
            return cell
    known = ", ".join(f"nn.{cell.trained_by.layer}" for _, cell in CELLS.items() if cell.trained_by is not None)
    raise ConfigError(f"A {type(layer).__name__} is not a layer the cells can open; they open: {known}, CellLayer.")


def layer_weights(layer: nn.Module, number: int = 0, reverse: bool = False) -> Weights:
    """Return the very weights of a layer's part `number`, and of its backward direction if `reverse`.

    Raises:
        ConfigError: the layer is of another kind.
    """
    cell_of(layer)
    if isinstance(layer, CellStack):
        layer = layer.layers[number * (1 + layer.bidirectional) + reverse]
    if isinstance(layer, CellLayer):
        return Weights(layer.weight, layer.weight_hh, layer.bias, layer.bias_hh)
    suffix = f"_l{number}_reverse" if reverse else f"_l{number}"
    return Weights(*(getattr(layer, name + suffix) for name in Weights._fields))


def from_torch(module: nn.Module, layer: int = 0, reverse: bool = False) -> ReadableCell:
    """Return the cell that does one step of `module`'s layer number `layer`; `reverse` picks the backward direction.

    Raises:
        ConfigError: the module is of another kind, has a feature the cells lack, or has no such layer.
    """
    kind = cell_of(module)
    if (
        getattr(module, "nonlinearity", "tanh") != "tanh"
        or getattr(module, "proj_size", 0)
        or getattr(module, "bias", True) is False
    ):
        raise ConfigError("The cells open layers with tanh, with biases and without a projection only.")
    if reverse and not getattr(module, "bidirectional", False):
        raise ConfigError("This layer reads forwards only; it has no reverse direction.")
    layers = getattr(module, "num_layers", 1)
    if not 0 <= layer < layers:
        raise ConfigError(f"There is no layer {layer}; layers run from 0 to {layers - 1}.")
    weights = layer_weights(module, layer, reverse)
    rows, input_size = weights.weight_ih.shape
    cell = ReadableCell(kind, input_size, rows // len(kind.gates)).to(weights.weight_ih)
    _copy(weights, layer_weights_of_cell(cell))
    return cell


def share_weights(layer: Layer) -> ReadableCell:
    """Return the readable cell that uses the very weights of a one-layer `layer`; `from_torch` copies them, which takes
    longer than a sentence."""
    with torch.device("meta"):  # no numbers of its own
        cell = ReadableCell(cell_of(layer), layer.input_size, layer.hidden_size)
    for name, weight in layer_weights(layer)._asdict().items():
        setattr(cell, name, weight)
    return cell


def layer_weights_of_cell(cell: ReadableCell) -> Weights:
    """Return the very weights of a readable cell."""
    return Weights(cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)


def to_torch(cells: Sequence[ReadableCell], bidirectional: bool = False) -> nn.Module:
    """Return the layer stack made of `cells`, first layer first; forward before reverse where `bidirectional`.

    Raises:
        ConfigError: no cells, cells of different kinds or sizes, or sizes that do not fit on top of each other.
    """
    directions = 2 if bidirectional else 1
    if not cells or len(cells) % directions:
        raise ConfigError(f"Give {'two cells' if bidirectional else 'one cell'} per layer and at least one layer.")
    first = cells[0]
    for index, cell in enumerate(cells):
        wanted = first.input_size if index < directions else directions * first.hidden_size
        if cell.cell is not first.cell or cell.hidden_size != first.hidden_size or cell.input_size != wanted:
            raise ConfigError(
                f"Cell {index} does not fit: all must be of one kind with {first.hidden_size} hidden units, "
                f"and this one must read {wanted} inputs."
            )
    layers = len(cells) // directions
    module = stacked_layer(
        first.cell,
        first.input_size,
        first.hidden_size,
        num_layers=layers,
        bidirectional=bidirectional,
        batch_first=True,
    ).to(first.weight_ih)
    for index, cell in enumerate(cells):
        position = divmod(index, directions)
        _copy(layer_weights_of_cell(cell), layer_weights(module, position[0], bool(position[1])))
    return module


def stacked_layer(
    cell: Cell,
    input_size: int,
    hidden_size: int,
    num_layers: int = 1,
    bidirectional: bool = False,
    batch_first: bool = False,
) -> nn.RNNBase | CellStack:
    """Return layers of a cell on top of each other, with the options of a torch.nn layer: torch's own where it has
    one."""
    if cell.trained_by is None:
        return CellStack(cell.name, input_size, hidden_size, num_layers, bidirectional, batch_first)
    options = {"num_layers": num_layers, "bidirectional": bidirectional, "batch_first": batch_first}
    return _torch_layer(cell.trained_by, input_size, hidden_size, **options)


def single_layer(cell: Cell, input_size: int, hidden_size: int) -> Layer:
    """Return one layer of a cell that reads forwards, the batch first, with the starting weights of torch.nn."""
    if cell.trained_by is None:
        return CellLayer(cell, input_size, hidden_size)
    return _torch_layer(cell.trained_by, input_size, hidden_size, batch_first=True)


def _torch_layer(trained_by: TorchLayer, input_size: int, hidden_size: int, **options: int | bool) -> nn.RNNBase:
    return getattr(nn, trained_by.layer)(input_size, hidden_size, **trained_by.options, **options)


@torch.no_grad()
def _copy(weights: Weights, into: Weights) -> None:
    for weight, position in zip(weights, into, strict=True):
        if weight is not None and position is not None:
            position.copy_(weight)
