"""The minimal LSTM: a forget and an input gate that look at the input alone and share one whole between them.

    f  = sigmoid(W_f x + b_f)          forget gate
    i  = sigmoid(W_i x + b_i)          input gate
    g  = g(W_h x + b_h)                candidate; g(a) = a + 0.5 above zero and sigmoid(a) below
    f' = f / (f + i)                   share that is kept
    i' = i / (f + i)                   share that is written
    h' = f' * h + i' * g

The shares add up to 1, so that the memory's size does not depend on how long a sequence is. No gate sees h: the steps
of a layer form one linear recurrence, which a parallel scan solves for a whole sequence at once.

Paper: Feng, Tung, Ahmed, Bengio and Hajimirsadeghi (2024), Were RNNs all we needed?, arXiv 2410.01201, section 3.2 and
appendix B.
Differs: the scan works on the values by halving and not on their logarithms (the numbers are the same otherwise);
memory starts at 0, and where cells are compared the gates at opposite biases, so that it is kept.
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
    """Return the new hidden (B, H), again as the state, and the three gates."""
    f, i, g = from_input.chunk(3, dim=-1)  # (B, H) each

    forget_gate = interventions.on_gate("forget_gate", f.sigmoid())
    input_gate = interventions.on_gate("input_gate", i.sigmoid())
    cell_candidate = interventions.on_gate("cell_candidate", POSITIVE.apply(g))

    kept, written = forget_gate / (forget_gate + input_gate), input_gate / (forget_gate + input_gate)
    hidden = interventions.on_hidden(kept * state + written * cell_candidate)
    return hidden, hidden, {"forget_gate": forget_gate, "input_gate": input_gate, "cell_candidate": cell_candidate}


FORGET_GATE = Gate("forget_gate", "f", (Role.KEEP,), SIGMOID, "red", "circle", "solid", looks_back=False, start=1)
INPUT_GATE = Gate("input_gate", "i", (Role.WRITE,), SIGMOID, "blue", "triangle-up", "dash", looks_back=False, start=-1)
CANDIDATE_GATE = Gate("cell_candidate", "g", (Role.CANDIDATE,), POSITIVE, "olive", looks_back=False, label="Candidate")

F, I, G = (symbol(gate) for gate in (FORGET_GATE, INPUT_GATE, CANDIDATE_GATE))  # noqa: E741
KEPT_SHARE = Equation("kept_share", F / (F + I), "share that is kept", "f'")
WRITTEN_SHARE = Equation("written_share", I / (F + I), "share that is written", "i'")
KEPT = Equation("kept", KEPT_SHARE * before(UNBOUNDED), "kept of the old")
WRITTEN = Equation("written", WRITTEN_SHARE * G, "written")
HIDDEN_AFTER = Equation("h", KEPT + WRITTEN, "hidden state after", "h_t")


def probe(ask: Ask) -> dict[str, Array]:
    """Return each gate as a layer shows it whose other gates are held open (1) or half open (0).

    With the other gate open the shares are f / (f + 1) and 1 / (1 + i); the memory of a 1 from which nothing else can
    come, as the candidate is held shut, tells them.
    """
    kept = ask(held={"input_gate": 1, "cell_candidate": -1}, hidden=1.0)["hidden"]
    left = ask(held={"forget_gate": 1, "cell_candidate": -1}, hidden=1.0)["hidden"]
    return {
        "forget_gate": kept / (1 - kept),
        "input_gate": (1 - left) / left,
        "cell_candidate": ask(held={"forget_gate": -1, "input_gate": 1})["hidden"],
    }


WIRING = wire_gates(
    {FORGET_GATE: 2.0, INPUT_GATE: 4.6, CANDIDATE_GATE: 7.6},
    after_label=8.7,
    nodes=(Node(2.0, 3.9, "÷"), Node(4.6, 3.9, "÷")),
    wires=(
        Wire("forget_gate", ((2.0, 2.45), (2.0, 3.65)), (1.55, 2.75)),
        Wire("input_gate", ((4.6, 2.45), (4.6, 3.65)), (5.05, 2.75)),
        Wire("input_gate", ((4.6, 3.3), (3.3, 3.3), (3.3, 3.9), (2.25, 3.9)), has_arrow=False),
        Wire("forget_gate", ((2.0, 3.1), (3.6, 3.1), (3.6, 3.9), (4.35, 3.9)), has_arrow=False),
        Wire("kept_share", ((2.0, 4.15), (2.0, 4.95)), (1.5, 4.55)),
        Wire("written_share", ((4.85, 3.9), (7.35, 3.9)), (6.1, 4.2)),
    ),
)

CELLS.register("min_lstm")(
    Cell(
        name="min_lstm",
        look=Look("minLSTM", 41, "#7D5A00", "#F3CF7A", "hourglass", "longdashdot", ":yellow[⧗]"),
        long_name="minLSTM",
        description="Two LSTM layers cut to the bone: what is kept and what is written share one whole, and neither "
        "sees what was remembered.",
        gates=(FORGET_GATE, INPUT_GATE, CANDIDATE_GATE),
        step=step,
        equations=(KEPT_SHARE, WRITTEN_SHARE, KEPT, WRITTEN, HIDDEN_AFTER),
        wiring=WIRING,
        told="Unit {unit} held {h_before}; its forget gate at {forget_gate} and its input gate at {input_gate} keep "
        "{kept} of that and take {written} of the new value {cell_candidate}: it now holds and says {h}.",
        belt="By the shares kept",
        belt_words="what a minLSTM writes is its share of the candidate, and each later step keeps the forget gate's "
        "share of it",
        keeps=KEPT_SHARE,
        writes=WRITTEN,
        parts=(UNBOUNDED,),
        probe=probe,
    )
)
