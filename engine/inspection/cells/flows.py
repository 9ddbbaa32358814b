"""What flows along each wire of a cell at one step: of one unit, or the mean size over all units of the layer.

Shapes: I input, H hidden.
"""

from __future__ import annotations

import numpy as np

from engine.cells import CELLS
from engine.inspection.cells.steps import CellReading, check_place, recurrent_layers
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
    chosen = check_place(reading, strand, position, unit)
    vectors = _vectors(loaded, reading, strand, position)
    seen = {name: float(np.abs(vector).mean() if unit is None else vector[unit]) for name, vector in vectors.items()}
    read, carried = chosen.inputs[position], chosen.hidden_before[position]
    return seen | {"x": _root_mean_square(read), "h_bus": _root_mean_square(carried)}


def _vectors(loaded: LoadedModel, reading: CellReading, strand: int, position: int) -> dict[str, np.ndarray]:
    """Return what flows for every unit, (H,) by name."""
    chosen, module = reading.strands[strand], recurrent_layers(loaded)[strand]
    before = chosen.hidden_before[position]
    parts = {name: values[position] for name, values in chosen.parts.items()}
    weight_ih, weight_hh, bias_ih, bias_hh = (
        getattr(module, f"{name}_l0").detach().numpy() for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    names = CELLS.get(chosen.cell).gate_names or ("hidden",)
    from_input = np.split(weight_ih @ chosen.inputs[position] + bias_ih, len(names))
    from_hidden = np.split(weight_hh @ before + bias_hh, len(names))
    found = {name: vector for name, vector in parts.items() if name not in ("hidden", "cell")} | {
        "h": parts["hidden"],
        "h_before": before,
    }
    found |= {f"{name}.from_input": vector for name, vector in zip(names, from_input, strict=True)}
    found |= {f"{name}.from_hidden": vector for name, vector in zip(names, from_hidden, strict=True)}
    if chosen.cell == "lstm":
        memory = chosen.cell_before[position]
        found |= {
            "c_before": memory,
            "kept": parts["forget_gate"] * memory,
            "written": parts["input_gate"] * parts["cell_candidate"],
            "c": parts["cell"],
            "shown": np.tanh(parts["cell"]),
        }
    elif chosen.cell == "gru":
        found |= {
            "recalled": parts["reset_gate"] * found["new_gate.from_hidden"],
            "renewed_share": 1 - parts["update_gate"],
            "kept": parts["update_gate"] * before,
            "written": (1 - parts["update_gate"]) * parts["new_gate"],
        }
    else:
        found["total"] = found["hidden.from_input"] + found["hidden.from_hidden"]
    return found


def _root_mean_square(vector: np.ndarray) -> float:
    return float(np.sqrt(np.mean(vector.astype(np.float64) ** 2)))
