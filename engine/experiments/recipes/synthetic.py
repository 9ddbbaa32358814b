"""RNN, LSTM and GRU with 20,000 parameters each on three memory tasks, three lengths, three seeds.

The learning rates were chosen among 0.001, 0.003 and 0.01 in short trials with seed 0. Budget: about 20 minutes on one free
core.
"""

from __future__ import annotations

from engine.experiments.base import COMPARISONS, Comparison, TaskPlan

NOTES = (
    "Weights start as torch.nn leaves them; the gates of LSTM and GRU start out to keep (bias 4). Adam with a constant learning "
    "rate, chosen among 0.001, 0.003 and 0.01 in short trials with seed 0; gradients clipped at norm 1; 32 fresh sequences per update. A run "
    "stops when the task is solved on 500 held-out sequences."
)

COMPARISONS.register("synthetic")(
    Comparison(
        name="synthetic",
        title="RNN, LSTM and GRU at equal size on tasks that need memory",
        parameters=20_000,
        seeds=(0, 1, 2),
        plans=(
            TaskPlan("delayed_recall", (20, 60, 120), 800, {"rnn": 3e-3, "lstm": 3e-3, "gru": 1e-2}, evaluate_every=20),
            TaskPlan("adding", (10, 40, 100), 1200, {"rnn": 1e-3, "lstm": 1e-2, "gru": 1e-2}, evaluate_every=40),
            TaskPlan("copying", (5, 15, 40), 3000, {"rnn": 1e-3, "lstm": 1e-2, "gru": 1e-2}, evaluate_every=100),
        ),
        timing_lengths=(20, 100),
        timing_hidden_size=64,
        memory_bias=4.0,
        notes=NOTES,
    )
)
