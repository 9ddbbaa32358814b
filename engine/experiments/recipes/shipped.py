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

COMPARISONS.register("shipped")(
    Comparison(
        name="shipped",
        title="Every architecture on every task at equal size",
        parameters=10_000,
        hidden_size=48,
        same_size_architectures=("rnn", "irnn", "lstm", "lstm_chrono", "gru", "min_gru"),
        seeds=(0, 1, 2, 3, 4),
        plans=(
            TaskPlan(
                "adding",
                (50, 200),
                2000,
                evaluate_every=50,
                parameters=10_450,
                memory_bias=KEEPING,
                same_size_lengths=(50,),
            ),
            TaskPlan(
                "copying",
                (5, 20),
                2000,
                evaluate_every=50,
                parameters=9_825,
                memory_bias=KEEPING,
                same_size_lengths=(5,),
            ),
            TaskPlan(
                "delayed_recall",
                (20, 100),
                600,
                evaluate_every=20,
                parameters=12_800,
                memory_bias=KEEPING,
                same_size_lengths=(20,),
            ),
            TaskPlan(
                "temporal_order",
                (30, 100),
                1000,
                evaluate_every=25,
                parameters=11_200,
                memory_bias=KEEPING,
                same_size_lengths=(30,),
            ),
            TaskPlan("parity", (10, 40), 2000, evaluate_every=50, parameters=10_950, same_size_lengths=(10,)),
            TaskPlan("brackets", (20, 80), 1500, evaluate_every=50, parameters=11_150, same_size_lengths=(20,)),
            TaskPlan("digits", (16, 64), 1000, evaluate_every=50, parameters=12_000, same_size_lengths=(16,)),
            TaskPlan("characters", (32, 128), 1200, evaluate_every=60, parameters=12_600, same_size_lengths=(32,)),
            TaskPlan("sentences", (15, 40), 600, evaluate_every=20, parameters=27_000, same_size_lengths=(15,)),
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
