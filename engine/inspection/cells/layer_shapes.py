"""Which numbers a recurrent layer returns and where each of them sits: shapes, places and counts, measured.

A real layer with these settings reads random input; the shapes are those of what it returned, and every claim about
where a number sits is checked by comparing the numbers. The count of parameters is compared with the formula of the
cell, for each layer and direction. Cells that torch.nn has no layer for are stacked and called in its way.

Shapes: B batch, T time, I input, H hidden, L layers, D directions, G gate blocks.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.config import option, to_dict, validate
from engine.layers import from_torch, stacked_layer

KINDS = tuple(CELLS.names())
SEED = 0
EQUAL_WITHIN = 1e-5  # single precision: two ways to add up the same products differ in the last digits
MAX_INPUT, MAX_HIDDEN, MAX_LAYERS, MAX_BATCH, MAX_LENGTH = 256, 256, 3, 8, 20


@dataclass(frozen=True)
class LayerSettings:
    """What a recurrent layer is built with, as torch.nn.LSTM is, and the input it is given."""

    kind: str = option(
        "lstm",
        label="Layer",
        choices=KINDS,
        help="nn.RNN, nn.LSTM or nn.GRU, or the same made of a cell that torch.nn does not have.",
    )
    input_size: int = option(
        3, label="Input size", help="Numbers read at each time step.", minimum=1, maximum=MAX_INPUT, step=1
    )
    hidden_size: int = option(
        4, label="Hidden size", help="Units per layer and direction.", minimum=1, maximum=MAX_HIDDEN, step=1
    )
    num_layers: int = option(
        2, label="Layers", help="Each reads what the one below says.", minimum=1, maximum=MAX_LAYERS, step=1
    )
    bidirectional: bool = option(
        True, label="Bidirectional", help="A second set of units reads from the last step to the first."
    )
    batch_first: bool = option(
        True, label="Batch first", help="Whether input and output begin with the batch; h_n and c_n never do."
    )
    batch_size: int = option(
        2, label="Batch", help="Sequences read at the same time.", minimum=1, maximum=MAX_BATCH, step=1
    )
    length: int = option(5, label="Length", help="Time steps of each sequence.", minimum=1, maximum=MAX_LENGTH, step=1)

    @property
    def directions(self) -> int:
        """How many directions each layer reads in."""
        return 2 if self.bidirectional else 1

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """The shape of what is read, in the order asked for."""
        sizes = (self.batch_size, self.length) if self.batch_first else (self.length, self.batch_size)
        return (*sizes, self.input_size)


@dataclass(frozen=True)
class Place:
    """One claim about where numbers sit, and the largest difference found when both sides were compared.

    Attributes:
        left, right: what is compared, as Python.
        meaning: the same in words.
        difference: largest absolute difference between the two; 0 where they are the same numbers.
        is_trap: both have the same shape but are not the same numbers, a mistake that raises no error.
    """

    left: str
    right: str
    meaning: str
    difference: float
    is_trap: bool = False

    @property
    def is_equal(self) -> bool:
        """Whether both sides are the same numbers."""
        return self.difference <= EQUAL_WITHIN


@dataclass(frozen=True)
class Weight:
    """One parameter tensor of the layer."""

    name: str
    shape: tuple[int, ...]
    count: int


@dataclass(frozen=True)
class LayerShapes:
    """What a layer returned, and what it is made of.

    Attributes:
        shapes: of `input`, `output`, `h_n` and, for an LSTM, `c_n`, as measured.
        positions: where the numbers sit, each compared live.
        weights: every parameter tensor, in the layer's own order.
        parameters: counted for each kind of layer with these settings; `formula` is what the formula says.
        cell_difference: largest difference between this layer's output and the readable cells' of `engine.cells`.
    """

    shapes: dict[str, tuple[int, ...]]
    positions: list[Place]
    weights: list[Weight]
    parameters: dict[str, int]
    formula: dict[str, int]
    cell_difference: float


def measure_layer(settings: LayerSettings) -> LayerShapes:
    """Return the shapes, places and counts of a layer with these settings, from one real forward pass.

    Raises:
        ConfigError: a setting is out of bounds.
    """
    validate(settings)
    with torch.random.fork_rng(devices=[]), torch.inference_mode():  # torch's own random numbers are left alone
        layer, inputs = _build(settings.kind, settings)
        output, state = layer(inputs)
        names = [f"{part.letter}_n" for part in CELLS.get(settings.kind).parts]
        states = dict(zip(names, state if isinstance(state, tuple) else (state,), strict=True))
        shapes = {"input": inputs, "output": output} | states
        read, said = (value if settings.batch_first else value.transpose(0, 1) for value in (inputs, output))
        by_hand, last = _unroll_cells(layer, read, settings)
        positions = _positions(settings, said, states, last)
        difference = _difference(said, by_hand)
        parameters = {kind: sum(weight.numel() for weight in _build(kind, settings)[0].parameters()) for kind in KINDS}
    weights = [Weight(name, tuple(weight.shape), weight.numel()) for name, weight in layer.named_parameters()]
    return LayerShapes(
        {name: tuple(value.shape) for name, value in shapes.items()},
        positions,
        weights,
        parameters,
        {kind: count_by_formula(kind, settings) for kind in KINDS},
        difference,
    )


def count_by_formula(kind: str, settings: LayerSettings) -> int:
    """Return the parameters of a layer of this kind by its cell's formula per direction; layers above read D * H."""
    hidden, directions = settings.hidden_size, settings.directions
    reads = [settings.input_size] + [directions * hidden] * (settings.num_layers - 1)
    return sum(directions * CELLS.get(kind).count_parameters(size, hidden) for size in reads)


def python_lines(settings: LayerSettings) -> str:
    """Return Python that builds the same layer and prints its shapes, its count, and the places of the last states."""
    cell, options = CELLS.get(settings.kind), to_dict(settings)
    arguments = ", ".join(
        f"{key}={options[key]!r}" for key in ("input_size", "hidden_size", "num_layers", "bidirectional", "batch_first")
    )
    if cell.trained_by is not None:
        source, layer = "from torch import nn", f"nn.{cell.trained_by.layer}({arguments})"
    else:
        source, layer = "from engine.layers import CellStack", f"CellStack({cell.name!r}, {arguments})"
    states = [f"{part.letter}_n" for part in cell.parts]
    state = f"({', '.join(states)})" if len(states) > 1 else states[0]
    lines = [
        "import torch",
        source,
        "",
        f"torch.manual_seed({SEED})",
        f"layer = {layer}",
        f"output, {state} = layer(torch.randn{settings.input_shape})",
        f"print(tuple(output.shape), {', '.join(f'tuple({name}.shape)' for name in states)})",
        "print(sum(weight.numel() for weight in layer.parameters()))",
    ]
    forward, backward = _last_steps(settings)
    lines.append(f"print(torch.equal({forward}, h_n[{-settings.directions}]))")
    if settings.bidirectional:
        lines.append(f"print(torch.equal({backward}, h_n[-1]))")
    return "\n".join(lines)


def _build(kind: str, settings: LayerSettings) -> tuple[nn.Module, Tensor]:
    """Return the layer and its input, always the same for the same settings."""
    torch.manual_seed(SEED)
    layer = stacked_layer(
        CELLS.get(kind),
        settings.input_size,
        settings.hidden_size,
        num_layers=settings.num_layers,
        bidirectional=settings.bidirectional,
        batch_first=settings.batch_first,
    )
    return layer, torch.randn(settings.input_shape)


def _unroll_cells(layer: nn.Module, inputs: Tensor, settings: LayerSettings) -> tuple[Tensor, list[Tensor]]:
    """Return what the readable cells make of inputs (B, T, I), step by step: the output (B, T, D * H), and of each part
    of the state the last ones (L * D, B, H)."""
    last, reading = [], inputs
    for number in range(settings.num_layers):
        said = []
        for direction in range(settings.directions):
            run = from_torch(layer, number, reverse=bool(direction)).unroll(reading, reverse=bool(direction))
            said.append(run.outputs)
            last.append(run.state if isinstance(run.state, tuple) else (run.state,))
        reading = torch.cat(said, dim=2)  # (B, T, D * H)
    return reading, [torch.stack(part) for part in zip(*last, strict=True)]


def _last_steps(settings: LayerSettings) -> tuple[str, str]:
    """Return as Python where the last step of the forward and of the backward direction sits in `output`."""
    last, first = ("[:, -1", "[:, 0") if settings.batch_first else ("[-1", "[0")
    size = settings.hidden_size
    dots = "" if settings.batch_first else ", :"
    if not settings.bidirectional:
        return f"output{last}]", ""
    return f"output{last}{dots}, :{size}]", f"output{first}{dots}, {size}:]"


def _positions(settings: LayerSettings, steps: Tensor, states: dict[str, Tensor], by_hand: list[Tensor]) -> list[Place]:
    """Return where the numbers of an output (B, T, D * H) and of the last states (L * D, B, H) sit."""
    size, (forward, backward), h_n = settings.hidden_size, _last_steps(settings), states["h_n"]
    first_top = -settings.directions
    positions = [
        Place(
            forward,
            f"h_n[{first_top}]",
            "The top layer, read forwards: its last step is the last step in time.",
            _difference(steps[:, -1, :size], h_n[first_top]),
        )
    ]
    if settings.bidirectional:
        positions += [
            Place(
                backward,
                "h_n[-1]",
                "The top layer, read backwards: it ends at the first step in time.",
                _difference(steps[:, 0, size:], h_n[-1]),
            ),
            Place(
                forward.replace(f":{size}]", f"{size}:]"),
                "h_n[-1]",
                "A trap: the last step in time of the backward half is its first step, when it has read a single "
                "input.",
                _difference(steps[:, -1, size:], h_n[-1]),
                is_trap=settings.length > 1,
            ),
        ]
    for row in range(len(h_n)):
        layer, direction = divmod(row, settings.directions)
        way = ("forwards", "backwards")[direction]
        words = (
            f"Layer {layer + 1}, read {way}, after its last step; computed again step by step with the readable cell."
        )
        for name, called, own in zip(states, ("hidden", "memory"), by_hand, strict=False):
            what = f"the cell's {called}, layer {layer + 1} {way}"
            positions.append(Place(f"{name}[{row}]", what, words, _difference(states[name][row], own[row])))
    return positions


def _difference(left: Tensor, right: Tensor) -> float:
    return float((left - right).abs().max())
