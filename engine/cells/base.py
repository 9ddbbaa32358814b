"""What a recurrent cell is: one definition that says everything the project needs to know of it, and needs no torch.

A cell's file holds its step, which reads like its equations, and its declaration. Steps are written with the methods of
the tensors they are given, so that charts, cards and pages can ask for a title, a colour or an equation without torch
(an import contract sees to it); `engine.layers` gives a cell its weights and runs it.

Shapes: B batch, H hidden, G gate blocks.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from engine.cells.expressions import Array, Equation, Expression, Squash, Symbol, Values
from engine.cells.interventions import Interventions
from engine.cells.look import Look
from engine.cells.wiring import BASE_WORDS, Wiring
from engine.errors import ConfigError
from engine.registry import Registry

CELLS: Registry[Cell] = Registry("cell", order=lambda cell: cell.look.order)
STATES: Registry[type] = Registry("state")  # named tuples of states; a checkpoint stores their names

State = Any  # a tensor `hidden` (B, H), or a named tuple of several


class Role(enum.Enum):
    """What a gate does to the memory."""

    KEEP = "keep"
    WRITE = "write"
    SHOW = "show"
    CANDIDATE = "candidate"
    RECALL = "recall"


@dataclasses.dataclass(frozen=True)
class Gate:
    """One block of H rows in the weights: a sum of what is read and what is carried, squashed.

    Attributes:
        name: a key of the step's third result; `letter`: how equations write it.
        roles: what it does to the memory; () for an update that is no gate.
        squash: the function its sum goes through. One with the limits 0 and 1 is a switch, shut or open.
        hue: its colour, a key of `engine.plotting.theme.GATE_HUES`; `marker` and `dash`: plotly's, beside the colour.
        looks_back: whether it looks at the hidden state, and not at the input alone.
        recalled_by: the gate that multiplies what the hidden state adds to it, "" for most.
        start: the sign of the bias it starts with so that memory is kept: 1, -1, or 0 for none.
        label: what strips and sentences call it, its name in words where "".
    """

    name: str
    letter: str
    roles: tuple[Role, ...]
    squash: Squash
    hue: str = ""
    marker: str = ""
    dash: str = ""
    looks_back: bool = True
    recalled_by: str = ""
    start: int = 0
    label: str = ""

    @property
    def words(self) -> str:
        """Its name in words."""
        return self.name.replace("_", " ")

    @property
    def is_switch(self) -> bool:
        """Whether it lies between 0 (shut) and 1 (open)."""
        return self.squash.limits == (0.0, 1.0)

    @property
    def strip_label(self) -> str:
        """What a strip of its values is called, with its letter."""
        return f"{self.label or self.words.capitalize()} {self.letter}"


@dataclasses.dataclass(frozen=True)
class StatePart:
    """One tensor (B, H) that is carried from step to step.

    Attributes:
        name: the field of the state, `hidden` where the state is one tensor. letter: how equations write it.
        words: what it is called. label: the same on a strip. limits: its bounds, None without.
    """

    name: str
    letter: str
    words: str
    label: str
    limits: tuple[float, float] | None = None


HIDDEN = StatePart("hidden", "h", "hidden state", "Hidden", (-1.0, 1.0))
UNBOUNDED = dataclasses.replace(HIDDEN, limits=None)
MEMORY_CELL = StatePart("cell", "c", "memory cell", "Memory")


@dataclasses.dataclass(frozen=True)
class TorchLayer:
    """Trained by a layer of torch.nn, whose class is called `layer`.

    Attributes:
        options: what the layer is built with beside its sizes.
        onnx_order: which of torch's gate blocks stands where in the ONNX operator of the same name; in torch's order
            where empty. `onnx_options`: what that operator is told beside its size.
    """

    layer: str
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)
    onnx_order: tuple[int, ...] = ()
    onnx_options: Mapping[str, int] = dataclasses.field(default_factory=dict)


class Step(Protocol):
    """One time step of a cell, from what is read and what is carried, each already multiplied by its weights."""

    def __call__(
        self, from_input: Array, from_hidden: Array, state: State, interventions: Interventions = ..., /
    ) -> tuple[Array, State, dict[str, Array]]:
        """Return the new hidden (B, H), the new state and the gates by name (B, H).

        Args:
            from_input: W_i x + b_i, (B, G * H). from_hidden: W_h h + b_h, with rows for the gates that look back.
        """


class Ask(Protocol):
    """A layer that is asked what it makes of each step when some of its gates read nothing but a bias.

    Attributes:
        before: the hidden state before every step, (T, H).
    """

    before: Array

    def __call__(
        self, held: Mapping[str, int] = ..., recalled: Mapping[str, float] = ..., **memory: float
    ) -> dict[str, Array]:
        """Return the state after every step, (T, H) by part.

        Args:
            held: gates that are kept shut (-1), half open (0) or open (1). recalled: the bias on the recurrent side of
                a gate that is held. memory: what a part of the state holds before every step; 0 unless it is given.
        """


@dataclasses.dataclass(frozen=True)
class Cell:
    """One kind of recurrent cell; see the files beside this one.

    Attributes:
        name: permanent, as models and results are stored with it.
        look: its title, its place in lists, its colour and mark.
        long_name: what a model card calls its units. description: one sentence for a first-year student.
        gates: its blocks of weights in the order they are stored in.
        step: one time step, readable.
        equations: the step after the gates, as data. keeps, writes: the share of the memory that stays, and what is
            added to it; None where everything is computed anew.
        wiring: the plan of its diagram.
        told: what one unit did at a step, a sentence with the names of its values in it; NAME_percent is its percent.
        belt, belt_words: how what is left of a write is foretold without running the cell again.
        trained_by: a `TorchLayer`; None for our own layer, which scans in parallel where no gate looks back.
        state_type: the named tuple of its state, None where that is one tensor. parts: its tensors.
        probe: gives each gate as a layer that does not name its gates shows it; see `engine.inspection.cells.parity`.
        activations: functions its one update may be squashed with instead, by torch's name, with step and layer.
    """

    name: str
    look: Look
    long_name: str
    description: str
    gates: tuple[Gate, ...]
    step: Step
    equations: tuple[Equation, ...]
    wiring: Wiring
    told: str
    belt: str
    belt_words: str
    keeps: Expression | None = None
    writes: Expression | None = None
    trained_by: TorchLayer | None = None
    state_type: Callable[..., State] | None = None
    parts: tuple[StatePart, ...] = (HIDDEN,)
    probe: Callable[[Ask], dict[str, Array]] = lambda ask: {}
    activations: Mapping[str, tuple[Squash, Step, TorchLayer]] = dataclasses.field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its short name."""
        return self.look.title

    @property
    def gate_names(self) -> tuple[str, ...]:
        """The names of its gates; a block that is the new state itself is none."""
        return tuple(gate.name for gate in self.gates if gate.roles)

    @property
    def looks_back(self) -> bool:
        """Whether any gate looks at the hidden state; if none does, all steps can be computed at once."""
        return any(gate.looks_back for gate in self.gates)

    @property
    def blocks_back(self) -> int:
        """How many blocks of H rows look at the hidden state."""
        return sum(gate.looks_back for gate in self.gates)

    @property
    def memory(self) -> StatePart:
        """The part of the state that is kept from step to step; what is shown of it is the hidden state."""
        return self.parts[-1]

    @property
    def keeper(self) -> str:
        """The gate that keeps the memory, "" where none does."""
        return next((gate.name for gate in self.gates if Role.KEEP in gate.roles), "")

    @property
    def layer_name(self) -> str:
        """What computes whole sequences of it."""
        if self.trained_by is not None:
            return f"torch.nn.{self.trained_by.layer}"
        return "the step-by-step loop" if self.looks_back else "the parallel scan"

    def gate(self, name: str) -> Gate:
        """Return the gate called `name`.

        Raises:
            ConfigError: it has none of this name.
        """
        for gate in self.gates:
            if gate.name == name:
                return gate
        raise ConfigError(f"The {self.title} has no gate '{name}'.")

    def limits(self, part: str) -> tuple[float, float] | None:
        """Return the least and greatest value that a part of the state or a gate can have; None without bounds."""
        states = {part.name: part.limits for part in self.parts}
        return states[part] if part in states else self.gate(part).squash.limits

    def equation(self, name: str) -> Equation:
        """Return the equation of the value called `name`."""
        return next(equation for equation in self.equations if equation.name == name)

    def count_parameters(self, input_size: int, hidden_size: int) -> int:
        """Return H * (I + 1) for every gate, and H * (H + 1) more for every one that looks at the hidden state."""
        blocks, back = len(self.gates), self.blocks_back
        return hidden_size * (blocks * (input_size + 1) + back * (hidden_size + 1))

    def zero_state(self, batch_size: int, hidden_size: int, like: Array) -> State:
        """Return the state before the first step, all zeros, with the number format and device of `like`."""
        return self.make_state(like.new_zeros(batch_size, hidden_size) for _ in self.parts)

    def make_state(self, parts: Iterable[Array]) -> State:
        """Return the state made of its tensors, in the order of `parts`."""
        tensors = tuple(parts)
        return tensors[0] if self.state_type is None else self.state_type(*tensors)

    def state_parts(self, state: State) -> dict[str, Array]:
        """Return the tensors of a state by name."""
        tensors = (state,) if self.state_type is None else state
        return {part.name: tensor for part, tensor in zip(self.parts, tensors, strict=True)}

    def rewrite(self, values: Values) -> tuple[Array, Array]:
        """Return the share of the memory that stays and what is added to it, of the shape of the gates in `values`.

        Raises:
            ConfigError: it computes everything anew.
        """
        if self.keeps is None or self.writes is None:
            raise ConfigError(f"The {self.title} keeps no share of its memory; it computes everything anew.")
        return self.keeps.compute(values), self.writes.compute(values)

    def input_gates(self, from_input: Array) -> dict[str, Array]:
        """Return all gates of a cell that looks at the input alone, (..., H) each, from W x + b, (..., G * H)."""
        sums = from_input.chunk(len(self.gates), dim=-1)
        return {gate.name: gate.squash.apply(total) for gate, total in zip(self.gates, sums, strict=True)}

    def words_of(self, name: str) -> str:
        """Return what the value called `name` is: an equation's words, or a gate's name."""
        known = BASE_WORDS | {equation.name: equation.words for equation in self.equations}
        return known.get(name, name.replace("_", " "))

    def activated(self, activation: str) -> Cell:
        """Return this cell with its update squashed by one of its `activations` instead.

        Raises:
            ConfigError: it has no such activation.
        """
        if activation not in self.activations:
            raise ConfigError(
                f"The {self.title} has no activation '{activation}'; it has: {', '.join(self.activations) or 'none'}."
            )
        squash, step, torch_layer = self.activations[activation]
        return dataclasses.replace(
            self,
            gates=(dataclasses.replace(self.gates[0], squash=squash),),
            step=step,
            trained_by=torch_layer,
        )


def before(part: StatePart) -> Symbol:
    """Return the state's part as a step finds it."""
    return Symbol(f"{part.letter}_before", f"{part.letter}_{{t-1}}")


def symbol(gate: Gate) -> Symbol:
    """Return a gate as equations write it."""
    return Symbol(gate.name, gate.letter)


def all_gates() -> dict[str, Gate]:
    """Return every gate of every cell by name; cells that share a name share its look."""
    return {gate.name: gate for _, cell in CELLS.items() for gate in cell.gates if gate.roles}


def part_words() -> dict[str, str]:
    """Return what every part of any cell is called, by name: the states first, then the gates."""
    states = {part.name: part.words for _, cell in CELLS.items() for part in cell.parts}
    return states | {name: gate.words for name, gate in all_gates().items()}


def is_switch(part: str) -> bool:
    """Return whether a part lies between 0 (shut) and 1 (open), as the gates with a sigmoid do."""
    return part in all_gates() and all_gates()[part].is_switch
