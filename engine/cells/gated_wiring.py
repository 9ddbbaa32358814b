"""The plan that gated cells have in common: a row of gates below, above it the memory that runs from left to right.

What is kept of it is multiplied in over the gate that keeps, what is written is added over the candidate's; a cell adds
the wires from its gates to these two places.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.cells.base import HIDDEN, Gate, Role, StatePart
from engine.cells.wiring import Node, Wire, Wiring

INPUT_BUS = Wire("x", ((0.3, 0.3), (8.9, 0.3)), has_arrow=False)
HIDDEN_BUS = Wire("h_bus", ((0.3, 1.0), (8.5, 1.0)), has_arrow=False)


def wire_gates(
    gates: Mapping[Gate, float],
    *,
    wires: tuple[Wire, ...],
    nodes: tuple[Node, ...] = (),
    ends: tuple[tuple[float, float, str], ...] = (),
    memory: StatePart = HIDDEN,
    before_label: float = 0.85,
    after_label: float,
    candidate_label: float = 3.0,
) -> Wiring:
    """Return the plan of a cell whose gates stand at these x, from left to right, with what it has beside.

    Numbers stand on the memory at the x `before_label` and `after_label`, and beside the candidate's wire at the y
    `candidate_label`. A gate that recalls by another gets no wires into its box.
    """
    candidate, write = next((gate, x) for gate, x in gates.items() if Role.CANDIDATE in gate.roles)
    keep = next(x for gate, x in gates.items() if Role.KEEP in gate.roles)
    letter, edge = memory.letter, round(write - 0.25, 2)
    boxes = (Node(x, 2.1, f"{gate.letter}: {gate.squash.sign}", gate.name, is_box=True) for gate, x in gates.items())
    crossings = Node(keep, 5.2, "×"), Node(write, 3.9, "×"), Node(write, 5.2, "+")
    inputs = (wire for gate, x in gates.items() if not gate.recalled_by for wire in _inputs(gate, x))
    line = (
        Wire(f"{letter}_before", ((0.3, 5.2), (keep - 0.25, 5.2)), (before_label, 5.5)),
        Wire("kept", ((keep + 0.25, 5.2), (edge, 5.2)), (round((keep + 0.25 + edge) / 2, 2), 5.5)),
        Wire(candidate.name, ((write, 2.45), (write, 3.65)), (round(write + 0.45, 2), candidate_label)),
        Wire("written", ((write, 4.15), (write, 4.95)), (round(write + 0.45, 2), 4.55)),
        Wire(letter, ((round(write + 0.25, 2), 5.2), (9.6, 5.2)), (after_label, 5.5)),
    )
    looks_back = any(gate.looks_back for gate in gates)
    buses = (HIDDEN_BUS, INPUT_BUS) if looks_back else (INPUT_BUS,)
    around = ((0.1, 5.75, f"{letter}(t−1)"), (9.75, 5.6, f"{letter}(t)"))
    below = ((0.1, 1.55, "h(t−1)"), (0.1, -0.1, "x(t)")) if looks_back else ((0.1, -0.1, "x(t)"),)
    return Wiring((*boxes, *crossings, *nodes), (*buses, *inputs, *line, *wires), around + below + ends)


def _inputs(gate: Gate, x: float) -> tuple[Wire, ...]:
    """Return the wires into a gate's box: what the carried state adds to it, if anything, and what its input adds."""
    if not gate.looks_back:
        return (Wire(f"{gate.name}.from_input", ((x, 0.3), (x, 1.75)), has_arrow=False),)
    return (
        Wire(f"{gate.name}.from_hidden", ((x - 0.22, 1.0), (x - 0.22, 1.75)), has_arrow=False),
        Wire(f"{gate.name}.from_input", ((x + 0.22, 0.3), (x + 0.22, 1.75)), has_arrow=False),
    )
