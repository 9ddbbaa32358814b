"""Weights between readable cells and torch.nn layers: copied both ways without loss, in the same order and number
format."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from engine.cells.base import CELLS, Cell
from engine.errors import ConfigError

WEIGHTS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def from_torch(module: nn.RNNBase, layer: int = 0, reverse: bool = False) -> Cell:
    """Return the cell that does one step of `module`'s layer number `layer`; `reverse` picks the backward direction.

    Raises:
        ConfigError: the module is of another kind, has a feature the cells lack, or has no such layer.
    """
    kind = _cell_class(module)
    if reverse and not module.bidirectional:
        raise ConfigError("This layer reads forwards only; it has no reverse direction.")
    if not 0 <= layer < module.num_layers:
        raise ConfigError(f"There is no layer {layer}; layers run from 0 to {module.num_layers - 1}.")
    suffix = f"_l{layer}_reverse" if reverse else f"_l{layer}"
    weights = {name: getattr(module, name + suffix).detach() for name in WEIGHTS}
    cell = kind(weights["weight_ih"].shape[1], module.hidden_size).to(weights["weight_ih"])
    with torch.no_grad():
        for name, weight in weights.items():
            getattr(cell, name).copy_(weight)
    return cell


def to_torch(cells: Sequence[Cell], bidirectional: bool = False) -> nn.RNNBase:
    """Return the torch layer stack made of `cells`, first layer first; forward before reverse where `bidirectional`.

    Raises:
        ConfigError: no cells, cells of different kinds or sizes, or sizes that do not fit on top of each other.
    """
    directions = 2 if bidirectional else 1
    if not cells or len(cells) % directions:
        raise ConfigError(f"Give {'two cells' if bidirectional else 'one cell'} per layer and at least one layer.")
    first = cells[0]
    for index, cell in enumerate(cells):
        wanted = first.input_size if index < directions else directions * first.hidden_size
        if type(cell) is not type(first) or cell.hidden_size != first.hidden_size or cell.input_size != wanted:
            raise ConfigError(
                f"Cell {index} does not fit: all must be of one kind with {first.hidden_size} hidden units, "
                f"and this one must read {wanted} inputs."
            )
    layers = len(cells) // directions
    module = first.torch_layer(
        first.input_size, first.hidden_size, num_layers=layers, batch_first=True, bidirectional=bidirectional
    ).to(first.weight_ih)
    with torch.no_grad():
        for index, cell in enumerate(cells):
            suffix = f"_l{index // directions}" + ("_reverse" if index % directions else "")
            for name in WEIGHTS:
                getattr(module, name + suffix).copy_(getattr(cell, name))
    return module


def _cell_class(module: nn.Module) -> type[Cell]:
    for _, kind in CELLS.items():
        if isinstance(module, kind.torch_layer):
            break
    else:
        known = ", ".join(f"nn.{kind.torch_layer.__name__}" for _, kind in CELLS.items())
        raise ConfigError(f"A {type(module).__name__} is not a layer the cells can open; they open: {known}.")
    if getattr(module, "nonlinearity", "tanh") != "tanh" or module.proj_size or not module.bias:
        raise ConfigError("The cells open layers with tanh, with biases and without a projection only.")
    return kind
