"""The minimal GRU: gates that look at the input alone, so that a whole sequence is read at once by a parallel scan.

    z  = sigmoid(W_z x + b_z)          update gate: how much is written
    n  = g(W_h x + b_h)                what would be remembered; g(a) = a + 0.5 above zero and sigmoid(a) below
    h' = (1 - z) * h + z * n

Neither z nor n sees h, so that the steps of a layer form one linear recurrence. One layer alone could not choose what
to keep by what it has kept; where cells are compared, a second one reads the first's memory.

Paper: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi (2024), Were RNNs all we needed?, arXiv 2410.01201, section 3.1 and
appendix B.
Differs: the scan works on the values by halving and not on their logarithms, which loses digits over long sequences
(the numbers are the same otherwise); memory starts at 0, and where cells are compared the update gate at a bias below
0, so that it keeps.
"""

from __future__ import annotations

from engine.cells.base import CELLS, UNBOUNDED, Ask, Cell, Gate, Role, before, symbol
from engine.cells.expressions import POSITIVE, SIGMOID, Array, Equation
from engine.cells.gated_wiring import wire_gates
from engine.cells.interventions import NO_INTERVENTIONS, Interventions
from engine.cells.look import Look
from engine.cells.wiring import Node, Wire


def step(
    from_input: Array, from_hidden: None, state: Array, interventions: Interventions = NO_INTERVENTIONS
) -> tuple[Array, Array, dict[str, Array]]:
    """Return the new hidden (B, H), again as the state, and both gates."""
    z, n = from_input.chunk(2, dim=-1)  # (B, H) each

    update = interventions.on_gate("update_gate", z.sigmoid())
    new = interventions.on_gate("new_gate", POSITIVE.apply(n))

    hidden = interventions.on_hidden((1 - update) * state + update * new)
    return hidden, hidden, {"update_gate": update, "new_gate": new}


UPDATE_GATE = Gate(
    "update_gate", "z", (Role.WRITE, Role.KEEP), SIGMOID, "blue", "circle", "dash", looks_back=False, start=-1
)
NEW_GATE = Gate("new_gate", "n", (Role.CANDIDATE,), POSITIVE, "olive", looks_back=False, label="New value")

Z, N = symbol(UPDATE_GATE), symbol(NEW_GATE)
KEPT_SHARE = Equation("kept_share", 1 - Z, "share that is kept")
KEPT = Equation("kept", KEPT_SHARE * before(UNBOUNDED), "kept of the old")
WRITTEN = Equation("written", Z * N, "written")
HIDDEN_AFTER = Equation("h", KEPT + WRITTEN, "hidden state after", "h_t")


def probe(ask: Ask) -> dict[str, Array]:
    """Return each gate as a layer shows it whose other gate is held open (1)."""
    return {
        "update_gate": 1 - (ask(hidden=1.0)["hidden"] - ask(hidden=0.0)["hidden"]),
        "new_gate": ask(held={"update_gate": 1})["hidden"],
    }


WIRING = wire_gates(
    {UPDATE_GATE: 3.0, NEW_GATE: 6.6},
    before_label=1.5,
    after_label=8.2,
    candidate_label=3.1,
    nodes=(Node(3.0, 3.9, "1−"),),
    wires=(
        Wire("update_gate", ((3.0, 2.45), (3.0, 3.65)), (3.45, 3.0)),
        Wire("update_gate", ((3.0, 3.15), (4.4, 3.15), (4.4, 3.9), (6.35, 3.9)), (5.4, 4.2)),
        Wire("kept_share", ((3.0, 4.15), (3.0, 4.95)), (3.45, 4.55)),
    ),
)

CELLS.register("min_gru")(
    Cell(
        name="min_gru",
        look=Look("minGRU", 40, "#A87000", "#E6A419", "pentagon", "dashdot", ":yellow[⬟]"),
        long_name="minGRU",
        description="Two GRU layers cut to the bone: their gates see only what is read, so training needs no "
        "step-by-step loop.",
        gates=(UPDATE_GATE, NEW_GATE),
        step=step,
        equations=(KEPT_SHARE, KEPT, WRITTEN, HIDDEN_AFTER),
        wiring=WIRING,
        told="Unit {unit} held {h_before}; its update gate takes {update_gate_percent} % from the new value {new_gate} "
        "and keeps the rest: it now holds and says {h}.",
        belt="By the update gates",
        belt_words="what a minGRU writes is its update gate times its new value, and each later update gate keeps the "
        "rest of it",
        keeps=KEPT_SHARE,
        writes=WRITTEN,
        parts=(UNBOUNDED,),
        probe=probe,
    )
)
