"""The gated recurrent unit: one gate decides how much to renew, another how much of the past the renewal may see.

    r  = sigmoid(W_ir x + b_ir + W_hr h + b_hr)              reset gate
    z  = sigmoid(W_iz x + b_iz + W_hz h + b_hz)              update gate
    n  = tanh(W_in x + b_in + r * (W_hn h + b_hn))           new gate: what would be remembered
    h' = (1 - z) * n + z * h

A unit with z = 1 keeps its memory untouched for ever.

Paper: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder, arXiv 1406.1078, section 2.3.
Differs: as in PyTorch, the reset gate acts after the recurrent product, r * (W h + b), and not before it, W (r * h);
and two biases per gate are added where the paper writes none. z = 1 keeps the old state, as in the paper (later texts
swap it).
"""

from __future__ import annotations

from engine.cells.base import CELLS, HIDDEN, Ask, Cell, Gate, Role, TorchLayer, before, symbol
from engine.cells.expressions import SIGMOID, TANH, Array, Equation, Symbol
from engine.cells.gated_wiring import wire_gates
from engine.cells.interventions import NO_INTERVENTIONS, Interventions
from engine.cells.look import Look
from engine.cells.wiring import Node, Wire


def step(
    from_input: Array, from_hidden: Array, state: Array, interventions: Interventions = NO_INTERVENTIONS
) -> tuple[Array, Array, dict[str, Array]]:
    """Return the new hidden (B, H), again as the state, and the three gates."""
    hidden = state
    input_r, input_z, input_n = from_input.chunk(3, dim=-1)
    hidden_r, hidden_z, hidden_n = from_hidden.chunk(3, dim=-1)

    reset = interventions.on_gate("reset_gate", (input_r + hidden_r).sigmoid())
    update = interventions.on_gate("update_gate", (input_z + hidden_z).sigmoid())
    new = interventions.on_gate("new_gate", (input_n + reset * hidden_n).tanh())

    hidden = interventions.on_hidden((1 - update) * new + update * hidden)
    return hidden, hidden, {"reset_gate": reset, "update_gate": update, "new_gate": new}


RESET_GATE = Gate("reset_gate", "r", (Role.RECALL,), SIGMOID, "red", "diamond", "solid")
UPDATE_GATE = Gate("update_gate", "z", (Role.KEEP, Role.WRITE), SIGMOID, "blue", "circle", "dash", start=1)
NEW_GATE = Gate("new_gate", "n", (Role.CANDIDATE,), TANH, "olive", recalled_by="reset_gate", label="New value")

R, Z, N = (symbol(gate) for gate in (RESET_GATE, UPDATE_GATE, NEW_GATE))
RECALLED = Equation("recalled", R * Symbol("new_gate.from_hidden", "(W h + b)"), "what the renewal may see of the past")
RENEWED_SHARE = Equation("renewed_share", 1 - Z, "share that is renewed")
WRITTEN = Equation("written", RENEWED_SHARE * N, "written")
KEPT = Equation("kept", Z * before(HIDDEN), "kept of the old")
HIDDEN_AFTER = Equation("h", WRITTEN + KEPT, "hidden state after", "h_t")


def probe(ask: Ask) -> dict[str, Array]:
    """Return each gate as a layer shows it whose other gates are held shut (-1) or open (1).

    A new value of -1 or 1, whichever is farther from the old, tells how much was kept; one that is `recall` times the
    reset gate tells that gate, small enough that tanh can be undone exactly.
    """
    old, recall = ask.before, 0.5
    low, high = ask(held={"new_gate": -1})["hidden"], ask(held={"new_gate": 1})["hidden"]
    reset = ask(held={"update_gate": -1, "new_gate": 0}, recalled={"new_gate": recall})["hidden"].atanh() / recall
    return {
        "reset_gate": reset,
        "update_gate": ((low + 1) / (old + 1)).where(old > 0, (high - 1) / (old - 1)),
        "new_gate": ask(held={"update_gate": -1})["hidden"],
    }


WIRING = wire_gates(
    {UPDATE_GATE: 2.0, RESET_GATE: 4.6, NEW_GATE: 7.8},
    after_label=8.8,
    candidate_label=3.1,
    nodes=(Node(6.3, 2.1, "×"), Node(4.6, 3.9, "1−")),
    wires=(
        Wire("new_gate.from_hidden", ((6.3, 1.0), (6.3, 1.85)), has_arrow=False),
        Wire("new_gate.from_input", ((7.8, 0.3), (7.8, 1.75)), has_arrow=False),
        Wire("reset_gate", ((5.1, 2.1), (6.05, 2.1)), (5.6, 2.7)),
        Wire("recalled", ((6.55, 2.1), (7.3, 2.1)), (6.85, 2.7)),
        Wire("update_gate", ((2.0, 2.45), (2.0, 4.95)), (2.45, 3.2)),
        Wire("update_gate", ((2.0, 3.9), (4.35, 3.9))),
        Wire("renewed_share", ((4.85, 3.9), (7.55, 3.9)), (6.1, 4.2)),
    ),
)

CELLS.register("gru")(
    Cell(
        name="gru",
        look=Look("GRU", 30, "#008F68", "#2CC295", "square", "dash", ":green[■]"),
        long_name="GRU",
        description="One layer with two gates: one decides how much to renew, the other how much of the past the "
        "renewal may see.",
        gates=(RESET_GATE, UPDATE_GATE, NEW_GATE),
        step=step,
        equations=(RECALLED, RENEWED_SHARE, WRITTEN, KEPT, HIDDEN_AFTER),
        wiring=WIRING,
        told="Unit {unit} held {h_before}; its update gate keeps {update_gate_percent} % of that and takes the rest "
        "from the new value {new_gate}: it now holds and says {h}.",
        belt="By the update gates",
        belt_words="what a GRU writes is the renewed share times its new value, and each later update gate keeps a "
        "share of it",
        keeps=Z,
        writes=WRITTEN,
        trained_by=TorchLayer("GRU", onnx_order=(1, 0, 2), onnx_options={"linear_before_reset": 1}),
        probe=probe,
    )
)
