"""Changes made to a step while it runs, to see what a unit is for.

Shapes: B batch, H hidden.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.cells.expressions import Array
from engine.errors import ConfigError

if TYPE_CHECKING:
    from engine.cells.base import Cell


@dataclasses.dataclass(frozen=True)
class Interventions:
    """What is done to gates and units.

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

    def on_gate(self, name: str, gate: Array) -> Array:
        """Return `gate` (B, H) with its clamped units, or all of them, at their fixed values."""
        if name in self.hold_gates:
            gate = gate.new_full(gate.shape, self.hold_gates[name])
        if name not in self.clamp:
            return gate
        gate = gate.clone()
        for unit, value in self.clamp[name].items():
            gate[:, unit] = value
        return gate

    def on_hidden(self, hidden: Array) -> Array:
        """Return `hidden` (B, H) with units scaled, ablated or clamped."""
        if not self.scale_units and not self.ablate_units and not self.clamp_units:
            return hidden
        factors = hidden.new_ones(hidden.shape[1])  # (H,)
        for unit, factor in self.scale_units.items():
            factors[unit] = factor
        factors[list(self.ablate_units)] = 0.0
        hidden = hidden * factors
        for unit, value in self.clamp_units.items():
            hidden[:, unit] = value
        return hidden

    def check(self, cell: Cell, hidden_size: int) -> None:
        """Raise ConfigError if a gate or a unit named here is not one of `cell`'s with so many units."""
        for name in (*self.clamp, *self.hold_gates):
            if name not in cell.gate_names:
                has = f"its gates are: {', '.join(cell.gate_names)}" if cell.gate_names else "it has none"
                raise ConfigError(f"This cell has no gate '{name}'; {has}.")
        named = [*self.ablate_units, *self.scale_units, *self.clamp_units]
        named += [unit for units in self.clamp.values() for unit in units]
        for unit in named:
            if not 0 <= unit < hidden_size:
                raise ConfigError(f"There is no unit {unit}; units run from 0 to {hidden_size - 1}.")


NO_INTERVENTIONS = Interventions()
