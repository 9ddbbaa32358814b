"""One recurrent layer, run over whole sequences by its layer or one step at a time by torch's cell functions.

At batch 1 a single step through nn.LSTM costs several times a call of the cell function, so generation steps use the
latter.

Shapes: B batch, T time, I input, H hidden.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn import functional

from engine.cells import CELLS
from engine.errors import ConfigError
from engine.layers import CellLayer, Layer, single_layer
from engine.models.base import reset_recurrent_weights

MAX_LAYERS = 4

LayerState = Any  # a tensor (B, H) or a named tuple of such: each cell has its own


def build_layer(cell: str, input_size: int, hidden_size: int, forget_bias: float = 1.0) -> Layer:
    """Return a one-layer torch module for `cell`, initialised.

    Raises:
        ConfigError: no cell has this name.
    """
    layer = single_layer(CELLS.get(cell), input_size, hidden_size)
    reset_recurrent_weights(layer, forget_bias)
    return layer


def build_layers(
    cell: str, input_size: int, hidden_size: int, count: int, *, forget_bias: float, read_size: int = 0
) -> nn.ModuleList:
    """Return `count` layers as `build_layer` makes them, each for what the one before it gives.

    Where that is not what one layer gives by itself, because two directions are joined, it is `read_size`.
    """
    inputs = [input_size, *[read_size or hidden_size] * (count - 1)][:count]
    return nn.ModuleList(build_layer(cell, size, hidden_size, forget_bias) for size in inputs)


def check_layers(**counts: int) -> None:
    """Check the numbers of layers given by their names.

    Raises:
        ConfigError: there are none, or too many.
    """
    for name, count in counts.items():
        if not 1 <= count <= MAX_LAYERS:
            raise ConfigError(f"{name} must lie between 1 and {MAX_LAYERS}, not {count}.")


def zero_state(cell: str, batch_size: int, hidden_size: int, like: Tensor) -> LayerState:
    """Return the all-zero state of one layer: (B, H), or the cell's named tuple of several."""
    return CELLS.get(cell).zero_state(batch_size, hidden_size, like)


def run_layer(
    layer: nn.Module, inputs: Tensor, state: LayerState, weight_dropout: float = 0.0
) -> tuple[Tensor, LayerState]:
    """Return the outputs (B, T, H) of a whole sequence (B, T, I) and the state after its last step.

    With `weight_dropout`, that share of the recurrent weights is left out, the same ones at every step of the sequence.

    Paper: Wan et al. (2013), DropConnect; Merity, Keskar and Socher (2018), arXiv 1708.02182, on the recurrent weights.
    """
    weights = {}
    if weight_dropout:
        weights = {
            name: functional.dropout(weight, weight_dropout)
            for name, weight in layer.named_parameters()
            if name.startswith("weight_hh")
        }

    def run(*given: Any) -> Any:  # as the layer is called; to stand in for nothing takes longer than a small layer
        return functional_call(layer, weights, given) if weights else layer(*given)

    if isinstance(layer, CellLayer):
        return run(inputs, state)
    if isinstance(state, tuple):
        outputs, last = run(inputs, tuple(part[None] for part in state))
        return outputs, type(state)(*(part[0] for part in last))
    outputs, last = run(inputs, state[None])
    return outputs, last[0]


def step_layer(cell: str, layer: nn.Module, inputs: Tensor, state: LayerState) -> tuple[Tensor, LayerState]:
    """Return the output (B, H) and new state of one time step with inputs (B, I); equals `run_layer` with T = 1."""
    if isinstance(layer, CellLayer):
        return layer.step(inputs, state)
    weights = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0, layer.bias_hh_l0)
    kind, step = CELLS.get(cell), getattr(torch, f"{layer.mode}_cell".lower())  # torch.lstm_cell for an nn.LSTM
    if kind.state_type is None:
        hidden = step(inputs, state, *weights)
        return hidden, hidden
    state = kind.make_state(step(inputs, tuple(state), *weights))
    return state[0], state


def reverse_by_length(inputs: Tensor, lengths: Tensor) -> Tensor:
    """Return (B, T, ...) with the first `lengths` steps of each sequence reversed and the padding left where it is.

    A backward layer that reads this meets the real tokens first, so padding changes nothing and no packing is needed.
    """
    size = inputs.shape[1]
    steps = torch.arange(size, device=inputs.device)[None]  # (1, T)
    index = torch.where(steps < lengths[:, None], lengths[:, None] - 1 - steps, steps)  # (B, T)
    return inputs.gather(1, index[:, :, None].expand_as(inputs))


def last_state(outputs: Tensor, lengths: Tensor) -> Tensor:
    """Return the output at each sequence's last real step: (B, T, H) -> (B, H)."""
    return outputs.gather(1, (lengths - 1)[:, None, None].expand(-1, 1, outputs.shape[2])).squeeze(1)
