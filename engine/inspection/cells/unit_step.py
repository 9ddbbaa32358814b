"""One unit at one step in full arithmetic: every product that goes into its gates, and what it makes of them.

Shapes: I input, H hidden.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from engine.cells import CELLS
from engine.inspection.cells.steps import CellReading, Strand, check_place, recurrent_layers
from engine.inspection.cells.units import is_switch
from engine.models.folder import LoadedModel

READ, CARRIED = "reads", "carries"


@dataclass(frozen=True)
class GateSum:
    """How one gate (or the RNN's one update) of a unit came about.

    Attributes:
        part: its name; "hidden" for an RNN.
        terms: every product, the largest first: columns source (READ or CARRIED), index, weight, value, product.
        input_bias, hidden_bias: its two biases.
        from_input, from_hidden: what its input and the carried state add up to, each with its bias.
        reset: what the carried part is multiplied by before it is added; 1 but for a GRU's new gate.
        total: what goes into the squashing function; value: what comes out.
    """

    part: str
    terms: pd.DataFrame
    input_bias: float
    hidden_bias: float
    from_input: float
    from_hidden: float
    reset: float
    total: float
    value: float

    @property
    def squash(self) -> str:
        """The function the sum goes through: "sigmoid" or "tanh"."""
        return "sigmoid" if is_switch(self.part) else "tanh"


@dataclass(frozen=True)
class UnitStep:
    """One unit's step: its sums in the order they are made, and its state before and after (`cell` None without a
    memory)."""

    kind: str
    sums: dict[str, GateSum]
    hidden_before: float
    hidden: float
    cell_before: float | None
    cell: float | None


def unit_step(loaded: LoadedModel, reading: CellReading, strand: int, position: int, unit: int) -> UnitStep:
    """Return the arithmetic of `unit` in layer and direction number `strand` while it reads the token at `position`
    (from 0).

    The sums are made here, product by product, in double precision; the tests compare what they give with the cells.

    Raises:
        InputError: there is no such layer, token or unit.
    """
    chosen = check_place(reading, strand, position, unit)
    module, names = recurrent_layers(loaded)[strand], ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    weights = {name: getattr(module, f"{name}_l0").detach().numpy() for name in names}
    return _add_up(chosen, weights, position, unit)


def _add_up(strand: Strand, weights: dict[str, np.ndarray], position: int, unit: int) -> UnitStep:
    read, carried = strand.inputs[position].astype(np.float64), strand.hidden_before[position].astype(np.float64)
    sums: dict[str, GateSum] = {}
    for block, part in enumerate(CELLS.get(strand.cell).gate_names or ("hidden",)):
        row = block * strand.hidden_size + unit
        reset = sums["reset_gate"].value if part == "new_gate" else 1.0
        by_input, by_hidden = (weights[name][row].astype(np.float64) for name in ("weight_ih", "weight_hh"))
        from_input = float(by_input @ read + weights["bias_ih"][row])
        from_hidden = float(by_hidden @ carried + weights["bias_hh"][row])
        total = from_input + reset * from_hidden
        sums[part] = GateSum(
            part=part,
            terms=_terms(by_input, read, by_hidden, carried),
            input_bias=float(weights["bias_ih"][row]),
            hidden_bias=float(weights["bias_hh"][row]),
            from_input=from_input,
            from_hidden=from_hidden,
            reset=reset,
            total=total,
            value=1 / (1 + math.exp(-total)) if is_switch(part) else math.tanh(total),
        )
    before = float(carried[unit])
    cell_before = cell = None
    value = {part: gate.value for part, gate in sums.items()}
    if strand.cell_before is not None:
        cell_before = float(strand.cell_before[position, unit])
        cell = value["forget_gate"] * cell_before + value["input_gate"] * value["cell_candidate"]
        hidden = value["output_gate"] * math.tanh(cell)
    elif "update_gate" in value:
        hidden = (1 - value["update_gate"]) * value["new_gate"] + value["update_gate"] * before
    else:
        hidden = value["hidden"]
    return UnitStep(strand.cell, sums, before, hidden, cell_before, cell)


def _terms(by_input: np.ndarray, read: np.ndarray, by_hidden: np.ndarray, carried: np.ndarray) -> pd.DataFrame:
    terms = pd.DataFrame(
        {
            "source": [READ] * len(read) + [CARRIED] * len(carried),
            "index": [*range(len(read)), *range(len(carried))],
            "weight": np.concatenate([by_input, by_hidden]),
            "value": np.concatenate([read, carried]),
        }
    )
    terms["product"] = terms["weight"] * terms["value"]
    return terms.iloc[np.argsort(-terms["product"].abs().to_numpy(), kind="stable")].reset_index(drop=True)
