"""What every cell shares: its weights, its unrolling over time, and the ways to meddle with a step.

Weights are laid out as in torch.nn: the G blocks of H rows belong to the gates in the order of `gate_names`, and every
gate has two biases. Training runs on `torch.nn` layers; cells are the readable twin, equal to the last digit and open
to view.

Shapes: B batch, T time, I input, H hidden, G gate blocks.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor, nn

from engine.errors import ConfigError
from engine.registry import Registry

CELLS: Registry[type[Cell]] = Registry("cell")

State = Any  # a tensor `hidden` (B, H), or an LSTMState of two


@dataclasses.dataclass(frozen=True)
class Interventions:
    """Changes made to a step while it runs, to see what a unit is for.

    `clamp` fixes single units of a gate: {"forget_gate": {7: 1.0}}; `hold_gates` fixes all units of one:
    {"forget_gate": 1.0}. `clamp_units` fixes units of the new hidden state, `scale_units` multiplies them and
    `ablate_units` sets them to zero. These act on what the cell says, so the next layer and the next time step see the
    change; an LSTM unit's memory `cell` itself is left alone.
    """

    clamp: Mapping[str, Mapping[int, float]] = dataclasses.field(default_factory=dict)
    ablate_units: Sequence[int] = ()
    scale_units: Mapping[int, float] = dataclasses.field(default_factory=dict)
    hold_gates: Mapping[str, float] = dataclasses.field(default_factory=dict)
    clamp_units: Mapping[int, float] = dataclasses.field(default_factory=dict)

    def on_gate(self, name: str, gate: Tensor) -> Tensor:
        """Return `gate` (B, H) with its clamped units, or all of them, at their fixed values."""
        if name in self.hold_gates:
            gate = torch.full_like(gate, self.hold_gates[name])
        if name not in self.clamp:
            return gate
        gate = gate.clone()
        for unit, value in self.clamp[name].items():
            gate[:, unit] = value
        return gate

    def on_hidden(self, hidden: Tensor) -> Tensor:
        """Return `hidden` (B, H) with units scaled, ablated or clamped."""
        if not self.scale_units and not self.ablate_units and not self.clamp_units:
            return hidden
        factors = torch.ones_like(hidden[0])  # (H,)
        for unit, factor in self.scale_units.items():
            factors[unit] = factor
        factors[list(self.ablate_units)] = 0.0
        hidden = hidden * factors
        for unit, value in self.clamp_units.items():
            hidden[:, unit] = value
        return hidden

    def check(self, cell: Cell) -> None:
        """Raise ConfigError if a gate or a unit named here is not one of `cell`'s."""
        for name in (*self.clamp, *self.hold_gates):
            if name not in cell.gate_names:
                has = f"its gates are: {', '.join(cell.gate_names)}" if cell.gate_names else "it has none"
                raise ConfigError(f"This cell has no gate '{name}'; {has}.")
        named = [*self.ablate_units, *self.scale_units, *self.clamp_units]
        named += [unit for units in self.clamp.values() for unit in units]
        for unit in named:
            if not 0 <= unit < cell.hidden_size:
                raise ConfigError(f"There is no unit {unit}; units run from 0 to {cell.hidden_size - 1}.")


NO_INTERVENTIONS = Interventions()


class Unrolled(NamedTuple):
    """A cell run over a sequence: outputs (B, T, H), the last state, and each gate's course (B, T, H) by name."""

    outputs: Tensor
    state: State
    gates: dict[str, Tensor]


class Cell(nn.Module):
    """One time step of a recurrent layer; see the subclasses for the equations."""

    gate_names: ClassVar[tuple[str, ...]]
    GATE_COUNT: ClassVar[int]  # blocks of H rows in the weights: 1 for an RNN, which has no gates but one update
    state_parts: ClassVar[int] = 1  # tensors carried from step to step
    torch_layer: ClassVar[type[nn.RNNBase]]
    torch_step: ClassVar[Callable[..., tuple[Tensor, State]]]
    step_from_projections: ClassVar[Callable[[Tensor, Tensor, State], tuple[Tensor, State]]]

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.input_size, self.hidden_size = input_size, hidden_size
        rows = self.GATE_COUNT * hidden_size
        self.weight_ih = nn.Parameter(torch.empty(rows, input_size))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows))
        for parameter in self.parameters():  # as torch.nn does
            nn.init.uniform_(parameter, -(hidden_size**-0.5), hidden_size**-0.5)

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return G * H * (I + H + 2): per gate a matrix for the input, one for the hidden state, and two biases."""
        return cls.GATE_COUNT * hidden_size * (input_size + hidden_size + 2)

    @staticmethod
    def zero_state(batch_size: int, hidden_size: int, like: Tensor) -> State:
        """Return the state before the first step, all zeros, with the number format and device of `like`."""
        return like.new_zeros(batch_size, hidden_size)

    def initial_state(self, batch_size: int) -> State:
        """Return this cell's state before the first step."""
        return self.zero_state(batch_size, self.hidden_size, self.weight_hh)

    def step(
        self, inputs: Tensor, state: State, interventions: Interventions = NO_INTERVENTIONS
    ) -> tuple[Tensor, State, dict[str, Tensor]]:
        """Return the new hidden (B, H), the new state and the gates by name (B, H) after reading inputs (B, I)."""
        raise NotImplementedError

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
        interventions.check(self)
        state = self.initial_state(len(inputs)) if state is None else state
        outputs: list[Tensor] = []
        gates: dict[str, list[Tensor]] = {name: [] for name in self.gate_names}
        for now in inputs.flip(1).unbind(1) if reverse else inputs.unbind(1):
            hidden, state, at_step = self.step(now, state, interventions)
            outputs.append(hidden)
            for name, gate in at_step.items():
                gates[name].append(gate)
        return Unrolled(_over_time(outputs, reverse), state, {n: _over_time(g, reverse) for n, g in gates.items()})

    def recompute_gates(self, inputs: Tensor, outputs: Tensor) -> dict[str, Tensor]:
        """Return everything inside a run whose outputs (T, H) are known, by name, (T, H) each: `hidden` and the gates.

        The run began at the state of all zeros and read inputs (T, I). Gates look at the input and at the hidden state
        before the step only, so all steps are computed at once, many times faster than one after the other.
        """
        before = torch.cat([torch.zeros_like(outputs[:1]), outputs[:-1]])  # (T, H)
        state = self.initial_state(len(inputs))
        hidden_only = before if isinstance(state, Tensor) else type(state)(before, *state[1:])
        return {"hidden": outputs} | self.step(inputs, hidden_only)[2]


def _over_time(steps: list[Tensor], reverse: bool) -> Tensor:
    return torch.stack(steps[::-1] if reverse else steps, dim=1)  # (B, T, H)
