"""Ten architectures on every task, at two lengths and five seeds: the table of the Comparison page.

Sizes are small on purpose, so that everybody can make the table again. A task's budget of parameters is the one between
9,000 and 13,000 (beside its table of words, where it has one) at which the architectures come closest to each other.

The gates of LSTM, stacked and bidirectional LSTM, GRU and minGRU start out to keep (bias 4) on adding, copying, delayed
recall and temporal order, and at bias 1 elsewhere; the chrono LSTM's are drawn for the length. Learning rates are
chosen by trials of half the updates, at each length anew, with a seed that no result is made from.
"""

from __future__ import annotations

from engine.experiments.base import COMPARISONS, Comparison, TaskPlan

KEEPING = 4.0  # starting bias of the gates that keep, where remembering is all there is to do


def plan(
    task: str, lengths: tuple[int, int], updates: int, every: int, parameters: int, memory_bias: float | None = None
) -> TaskPlan:
    """Return the plan of one task, which is run at equal hidden size too at the shorter of its lengths."""
    return TaskPlan(
        task,
        lengths,
        updates,
        evaluate_every=every,
        parameters=parameters,
        memory_bias=memory_bias,
        same_size_lengths=lengths[:1],
    )


COMPARISONS.register("shipped")(
    Comparison(
        name="shipped",
        title="Every architecture on every task at equal size",
        parameters=10_000,
        hidden_size=48,
        same_size_architectures=("rnn", "irnn", "lstm", "lstm_chrono", "gru", "min_gru"),
        seeds=(0, 1, 2, 3, 4),
        plans=(
            plan("adding", (50, 200), 2000, 50, 10_450, KEEPING),
            plan("copying", (5, 20), 2000, 50, 9_825, KEEPING),
            plan("delayed_recall", (20, 100), 600, 20, 12_800, KEEPING),
            plan("temporal_order", (30, 100), 1000, 25, 11_200, KEEPING),
            plan("parity", (10, 40), 2000, 50, 10_950),
            plan("brackets", (20, 80), 1500, 50, 11_150),
            plan("digits", (16, 64), 1000, 50, 12_000),
            plan("characters", (32, 128), 1200, 60, 12_600),
            plan("sentences", (15, 40), 600, 20, 27_000),
        ),
        held_out=400,
        validation=200,
        timing_lengths=(25, 50, 100, 200, 400),
        timing_hidden_size=48,
        memory_bias=1.0,
        architectures=(
            "average",
            "gru",
            "irnn",
            "lstm",
            "lstm_bidirectional",
            "lstm_chrono",
            "lstm_stacked",
            "min_gru",
            "rnn",
            "transformer",
        ),
    )
)
