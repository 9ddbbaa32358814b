"""Long short-term memory: a memory that is only added to and scaled, behind gates that write, keep and show it.

    i  = sigmoid(W_ii x + b_ii + W_hi h + b_hi)              input gate: how much is written
    f  = sigmoid(W_if x + b_if + W_hf h + b_hf)              forget gate: how much is kept
    g  = tanh(W_ig x + b_ig + W_hg h + b_hg)                 cell candidate: what would be written
    o  = sigmoid(W_io x + b_io + W_ho h + b_ho)              output gate: how much is shown
    c' = f * c + i * g
    h' = o * tanh(c')

Along c the gradient is only multiplied by f, so with f near 1 it reaches far back.

Paper: Hochreiter and Schmidhuber (1997), Long short-term memory; the forget gate is by Gers, Schmidhuber and Cummins
(2000), Learning to forget; Jozefowicz, Zaremba and Sutskever (2015), section 3.1, for the bias it starts with.
Differs: no peephole connections, one cell per block, tanh instead of the paper's scaled logistic squashing functions,
two biases per gate, and full back-propagation through time instead of the truncated rule of 1997.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.cells.base import CELLS, HIDDEN, MEMORY_CELL, STATES, Ask, Cell, Gate, Role, TorchLayer, before, symbol
from engine.cells.expressions import SIGMOID, TANH, Array, Equation
from engine.cells.gated_wiring import wire_gates
from engine.cells.interventions import NO_INTERVENTIONS, Interventions
from engine.cells.look import Look
from engine.cells.wiring import Node, Wire


@STATES.register("LSTMState")
class LSTMState(NamedTuple):
    """What an LSTM carries from step to step: `hidden`, which it shows, and `cell`, which it keeps; (B, H) each."""

    hidden: Array
    cell: Array


def step(
    from_input: Array, from_hidden: Array, state: LSTMState, interventions: Interventions = NO_INTERVENTIONS
) -> tuple[Array, LSTMState, dict[str, Array]]:
    """Return the new hidden (B, H), the new state and the four gates."""
    i, f, g, o = (from_input + from_hidden).chunk(4, dim=-1)  # (B, H) each

    input_gate = interventions.on_gate("input_gate", i.sigmoid())
    forget_gate = interventions.on_gate("forget_gate", f.sigmoid())
    cell_candidate = interventions.on_gate("cell_candidate", g.tanh())
    output_gate = interventions.on_gate("output_gate", o.sigmoid())

    cell = forget_gate * state.cell + input_gate * cell_candidate
    hidden = interventions.on_hidden(output_gate * cell.tanh())
    gates = {
        "input_gate": input_gate,
        "forget_gate": forget_gate,
        "cell_candidate": cell_candidate,
        "output_gate": output_gate,
    }
    return hidden, LSTMState(hidden, cell), gates


INPUT_GATE = Gate("input_gate", "i", (Role.WRITE,), SIGMOID, "blue", "triangle-up", "dash", start=-1)
FORGET_GATE = Gate("forget_gate", "f", (Role.KEEP,), SIGMOID, "red", "circle", "solid", start=1)
CELL_CANDIDATE = Gate("cell_candidate", "g", (Role.CANDIDATE,), TANH, "olive", label="Candidate")
OUTPUT_GATE = Gate("output_gate", "o", (Role.SHOW,), SIGMOID, "plum", "square", "dot")

I, F, G, O = (symbol(gate) for gate in (INPUT_GATE, FORGET_GATE, CELL_CANDIDATE, OUTPUT_GATE))  # noqa: E741
KEPT = Equation("kept", F * before(MEMORY_CELL), "kept of the old")
WRITTEN = Equation("written", I * G, "written")
MEMORY_AFTER = Equation("c", KEPT + WRITTEN, "memory after", "c_t")
SHOWN = Equation("shown", TANH(MEMORY_AFTER), "tanh of the memory")
HIDDEN_AFTER = Equation("h", O * SHOWN, "hidden state after", "h_t")


def probe(ask: Ask) -> dict[str, Array]:
    """Return each gate as a layer shows it whose other gates are held shut (-1) or open (1)."""
    return {
        "input_gate": ask(held={"cell_candidate": 1})["cell"],  # 1 is offered: what is written is how much may be
        "forget_gate": ask(cell=1.0)["cell"] - ask(cell=0.0)["cell"],
        "cell_candidate": ask(held={"input_gate": 1})["cell"],  # all may be written: what is written was offered
        "output_gate": ask(held={"input_gate": -1, "forget_gate": 1}, cell=50.0)["hidden"],  # a full memory
    }


WIRING = wire_gates(
    {FORGET_GATE: 2.0, INPUT_GATE: 4.0, CELL_CANDIDATE: 5.8, OUTPUT_GATE: 7.6},
    memory=MEMORY_CELL,
    after_label=7.3,
    nodes=(Node(8.6, 4.3, "tanh", "cell", is_box=True), Node(8.6, 3.0, "×")),
    wires=(
        Wire("forget_gate", ((2.0, 2.45), (2.0, 4.95)), (2.45, 3.5)),
        Wire("input_gate", ((4.0, 2.45), (4.0, 3.9), (5.55, 3.9)), (4.45, 3.3)),
        Wire("c", ((8.6, 5.2), (8.6, 4.65))),
        Wire("shown", ((8.6, 3.95), (8.6, 3.25)), (9.08, 3.65)),
        Wire("output_gate", ((7.6, 2.45), (7.6, 3.0), (8.35, 3.0)), (7.15, 2.8)),
        Wire("h", ((8.85, 3.0), (9.6, 3.0)), (9.3, 2.7)),
    ),
    ends=((9.75, 3.3, "h(t)"),),
)

CELLS.register("lstm")(
    Cell(
        name="lstm",
        look=Look("LSTM", 20, "#0072B2", "#4FA9E2", "circle", "solid", ":blue[●]", opens=True),
        long_name="LSTM",
        description="One layer with a memory that is only added to and scaled, behind three gates; the gate that keeps "
        "starts open.",
        gates=(INPUT_GATE, FORGET_GATE, CELL_CANDIDATE, OUTPUT_GATE),
        step=step,
        equations=(KEPT, WRITTEN, MEMORY_AFTER, SHOWN, HIDDEN_AFTER),
        wiring=WIRING,
        told="Unit {unit} held {c_before}; its forget gate keeps {forget_gate_percent} % of that, its input gate lets "
        "{input_gate_percent} % of the new value {cell_candidate} in, and it now holds {c}. Its output gate shows "
        "{output_gate_percent} % of that, squashed: {h}.",
        belt="By the forget gates",
        belt_words="what an LSTM writes is its input gate times its candidate, and each later forget gate keeps a "
        "share of it",
        keeps=F,
        writes=WRITTEN,
        trained_by=TorchLayer("LSTM", onnx_order=(0, 3, 1, 2)),
        state_type=LSTMState,
        parts=(HIDDEN, MEMORY_CELL),
        probe=probe,
    )
)
