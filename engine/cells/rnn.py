"""The vanilla recurrent network: the new memory is a squashed mix of what is read and what was remembered.

    h' = tanh(W_ih x + b_ih + W_hh h + b_hh)

There are no gates: everything in memory passes through the tanh and the matrix again at every step, which is why what
was read long ago, and its gradient, fades or explodes.

Paper: Elman (1990), Finding structure in time.
Differs: tanh instead of the logistic function, two biases instead of one, and gradients flow back through all of time
where Elman stopped them after one step.
"""

from __future__ import annotations

import functools

from engine.cells.base import CELLS, Cell, Gate, TorchLayer
from engine.cells.expressions import RELU, TANH, Array, Equation, Squash, Symbol
from engine.cells.interventions import NO_INTERVENTIONS, Interventions
from engine.cells.look import Look
from engine.cells.wiring import Node, Wire, Wiring


def step(
    from_input: Array,
    from_hidden: Array,
    state: Array,
    interventions: Interventions = NO_INTERVENTIONS,
    squash: Squash = TANH,
) -> tuple[Array, Array, dict[str, Array]]:
    """Return the new hidden (B, H), again as the state, and no gates."""
    hidden = interventions.on_hidden(squash.apply(from_input + from_hidden))
    return hidden, hidden, {}


UPDATE = Gate("hidden", "h", (), TANH)

# What the input and the hidden state add up to is written out above an equation, not again in it.
TOTAL = Equation(
    "total",
    Symbol("hidden.from_input", "W x_t + b") + Symbol("hidden.from_hidden", "W h_{t-1} + b"),
    "the sum",
)
HIDDEN_AFTER = Equation("h", TANH(TOTAL), "hidden state after", "h_t")

WIRING = Wiring(
    nodes=(Node(3.6, 3.0, "+"), Node(6.2, 3.0, "tanh", "hidden", is_box=True)),
    wires=(
        Wire("hidden.from_hidden", ((0.6, 4.4), (3.6, 4.4), (3.6, 3.25)), (2.0, 4.68)),
        Wire("hidden.from_input", ((0.6, 1.6), (3.6, 1.6), (3.6, 2.75)), (2.0, 1.88)),
        Wire("total", ((3.85, 3.0), (5.7, 3.0)), (4.75, 3.3)),
        Wire("h", ((6.7, 3.0), (9.4, 3.0)), (8.0, 3.3)),
    ),
    ends=((0.3, 4.9, "W<sub>hh</sub> h(t−1) + b"), (0.3, 1.1, "W<sub>ih</sub> x(t) + b"), (9.7, 3.45, "h(t)")),
)

CELLS.register("rnn")(
    Cell(
        name="rnn",
        look=Look("RNN", 10, "#D55E00", "#F07A26", "triangle-up", "dot", ":orange[▲]"),
        long_name="vanilla RNN (tanh)",
        description="One layer that squashes a mix of what it reads and what it remembers; everything in memory is "
        "rewritten at every step.",
        gates=(UPDATE,),
        step=step,
        equations=(TOTAL, HIDDEN_AFTER),
        wiring=WIRING,
        told="Unit {unit} said {h_before}; an RNN has no gate to keep that, it computes a new value from everything: "
        "{h}.",
        belt="By the linearised steps",
        belt_words="an RNN has no belt; its steps are replaced by the straight lines that touch them, one matrix per "
        "step",
        trained_by=TorchLayer("RNN"),
        activations={
            "tanh": (TANH, step, TorchLayer("RNN")),
            "relu": (RELU, functools.partial(step, squash=RELU), TorchLayer("RNN", {"nonlinearity": "relu"})),
        },
    )
)
