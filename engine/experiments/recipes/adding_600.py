"""The adding problem over 600 numbers, the row that Bai, Kolter and Koltun (2018) report as not solved by an LSTM:
0.164.

About 70,000 parameters as there, which are 128 units of an LSTM, and 50 sequences per update. What differs from their
LSTM is how it
starts: with chrono biases (Tallec and Ollivier, 2018). Beside it the same LSTM with a forget bias of 1, theirs, and a
tanh RNN, on the same budget of updates. A GRU takes three times as long per update and is left out.
"""

from __future__ import annotations

from engine.experiments.base import COMPARISONS, Comparison, TaskPlan

LENGTH, UNITS = 600, 128
PARAMETERS = 4 * UNITS * (2 + UNITS + 2) + UNITS + 1  # of an LSTM with two inputs and one answer
UPDATES = 2500


def plan(architecture: str, seeds: tuple[int, ...]) -> TaskPlan:
    """Return the plan of one architecture; its learning rate is chosen on sequences of a quarter of the length."""
    return TaskPlan(
        "adding",
        (LENGTH,),
        {LENGTH: UPDATES, LENGTH // 4: UPDATES},
        evaluate_every=100,
        architectures=(architecture,),
        seeds=seeds,
        batch_size=50,
        trial_length=LENGTH // 4,
        trial_steps=600,
    )


COMPARISONS.register("adding_600")(
    Comparison(
        name="adding_600",
        title="Adding over 600 numbers with 70,000 parameters",
        parameters=PARAMETERS,
        hidden_size=UNITS,
        seeds=(0,),
        plans=(plan("lstm_chrono", (0, 1, 2)), plan("lstm", (0, 1, 2)), plan("rnn", (0, 1, 2))),
        held_out=400,
        validation=200,
        memory_bias=1.0,
        architectures=("lstm_chrono", "lstm", "rnn"),
        grid=(1e-3, 3e-3, 1e-2),
    )
)
