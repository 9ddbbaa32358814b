"""One unit at one step in full arithmetic: every product that goes into its gates, and what it makes of them.

Shapes: I input, H hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from engine.cells import CELLS
from engine.inspection.cells.steps import CellReading, Strand, check_position, recurrent_layers
from engine.layers import Weights, layer_weights
from engine.models.folder import LoadedModel

READ, CARRIED = "reads", "carries"


@dataclass(frozen=True)
class GateSum:
    """How one gate (or the RNN's one update) of a unit came about.

    Attributes:
        part: its name; "hidden" for an RNN. squash: the name of the function its sum goes through.
        terms: every product, the largest first: columns source (READ or CARRIED), index, weight, value, product.
        input_bias, hidden_bias: its two biases; the second is 0 for a gate that looks at the input alone.
        from_input, from_hidden: what its input and the carried state add up to, each with its bias.
        reset: what the carried part is multiplied by before it is added; 1 but for a GRU's new gate.
        total: what goes into the squashing function; value: what comes out.
    """

    part: str
    squash: str
    terms: pd.DataFrame
    input_bias: float
    hidden_bias: float
    from_input: float
    from_hidden: float
    reset: float
    total: float
    value: float


@dataclass(frozen=True)
class UnitStep:
    """One unit's step: its sums in the order they are made, and every value of the cell's equations by name.

    The state is among the values as the equations write it: `h_before` and `h`, and `c_before` and `c` where the cell
    has a memory beside its hidden state.
    """

    kind: str
    sums: dict[str, GateSum]
    values: dict[str, float]


def unit_step(loaded: LoadedModel, reading: CellReading, strand: int, position: int, unit: int) -> UnitStep:
    """Return the arithmetic of `unit` in layer and direction number `strand` while it reads the token at `position`
    (from 0).

    The sums are made here, product by product, in double precision; the tests compare what they give with the cells.

    Raises:
        InputError: there is no such layer, token or unit.
    """
    chosen = check_position(reading, strand, position, unit)
    return _add_up(chosen, layer_weights(recurrent_layers(loaded)[strand]), position, unit)


def _add_up(strand: Strand, weights: Weights, position: int, unit: int) -> UnitStep:
    cell, size = CELLS.get(strand.cell), strand.hidden_size
    read, carried = strand.inputs[position].astype(np.float64), strand.hidden_before[position].astype(np.float64)
    looking = [gate for gate in cell.gates if gate.looks_back]
    sums: dict[str, GateSum] = {}
    for block, gate in enumerate(cell.gates):
        row = block * size + unit
        by_input, input_bias = _row(weights.weight_ih, row), float(_row(weights.bias_ih, row))
        by_hidden, hidden_bias = np.zeros(0), 0.0
        if gate.looks_back:
            row = looking.index(gate) * size + unit
            by_hidden, hidden_bias = _row(weights.weight_hh, row), float(_row(weights.bias_hh, row))
        seen = carried if gate.looks_back else np.zeros(0)
        from_input, from_hidden = float(by_input @ read) + input_bias, float(by_hidden @ seen) + hidden_bias
        reset = sums[gate.recalled_by].value if gate.recalled_by else 1.0
        total = from_input + reset * from_hidden
        sums[gate.name] = GateSum(
            part=gate.name,
            squash=gate.squash.name,
            terms=_terms(by_input, read, by_hidden, seen),
            input_bias=input_bias,
            hidden_bias=hidden_bias,
            from_input=from_input,
            from_hidden=from_hidden,
            reset=reset,
            total=total,
            value=float(gate.squash.apply(torch.tensor(total, dtype=torch.float64))),
        )
    found = {gate.part: gate.value for gate in sums.values()}
    found |= {f"{gate.part}.from_input": gate.from_input for gate in sums.values()}
    found |= {f"{gate.part}.from_hidden": gate.from_hidden for gate in sums.values()}
    found |= {f"{part.letter}_before": float(strand.before[part.name][position, unit]) for part in cell.parts}
    values = {name: torch.tensor(value, dtype=torch.float64) for name, value in found.items()}
    for equation in cell.equations:
        values[equation.name] = equation.compute(values)
    return UnitStep(strand.cell, sums, {name: float(value) for name, value in values.items()})


def _row(weights: torch.Tensor | None, row: int) -> np.ndarray:
    """Return what stands in one row of a matrix or vector of weights, in double precision; nothing without weights."""
    return np.zeros(0) if weights is None else weights[row].detach().numpy().astype(np.float64)


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
