"""What flows along each wire of a cell at one step: of one unit, or the mean size over all units of the layer.

Shapes: I input, H hidden.
"""

from __future__ import annotations

import numpy as np
import torch

from engine.cells import CELLS
from engine.inspection.cells.steps import CellReading, check_position, recurrent_layers
from engine.layers import layer_weights
from engine.models.folder import LoadedModel


def flows(
    loaded: LoadedModel, reading: CellReading, strand: int, position: int, unit: int | None = None
) -> dict[str, float]:
    """Return the value on every wire by name: those of `unit`, or where it is None the mean size over the layer.

    `x` and `h_bus` are whole vectors that every unit reads, and always given by their root mean square. GATE.from_input
    and GATE.from_hidden are what the two add to a gate's sum, each with its bias.

    Raises:
        InputError: there is no such layer, token or unit.
    """
    chosen = check_position(reading, strand, position, unit)
    vectors = _vectors(loaded, reading, strand, position)
    seen = {name: float(np.abs(vector).mean() if unit is None else vector[unit]) for name, vector in vectors.items()}
    read, carried = chosen.inputs[position], chosen.hidden_before[position]
    return seen | {"x": _root_mean_square(read), "h_bus": _root_mean_square(carried)}


@torch.inference_mode()
def _vectors(loaded: LoadedModel, reading: CellReading, strand: int, position: int) -> dict[str, np.ndarray]:
    """Return what flows for every unit, (H,) by name."""
    chosen = reading.strands[strand]
    cell, weights = CELLS.get(chosen.cell), layer_weights(recurrent_layers(loaded)[strand])
    parts = {name: torch.tensor(values[position]) for name, values in chosen.parts.items()}
    found = {gate.name: parts[gate.name] for gate in cell.gates if gate.roles}
    found |= {f"{part.letter}_before": torch.tensor(chosen.before[part.name][position]) for part in cell.parts}
    found |= {part.letter: parts[part.name] for part in cell.parts}
    from_input = (weights.weight_ih @ torch.tensor(chosen.inputs[position]) + weights.bias_ih).chunk(len(cell.gates))
    found |= {f"{gate.name}.from_input": vector for gate, vector in zip(cell.gates, from_input, strict=True)}
    if weights.weight_hh is not None and weights.bias_hh is not None:
        looking = [gate for gate in cell.gates if gate.looks_back]
        from_hidden = (weights.weight_hh @ found["h_before"] + weights.bias_hh).chunk(len(looking))
        found |= {f"{gate.name}.from_hidden": vector for gate, vector in zip(looking, from_hidden, strict=True)}
    found = {equation.name: equation.compute(found) for equation in cell.equations} | found
    return {name: vector.numpy() for name, vector in found.items()}


def _root_mean_square(vector: np.ndarray) -> float:
    return float(np.sqrt(np.mean(vector.astype(np.float64) ** 2)))
