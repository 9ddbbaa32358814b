"""A comparison that takes seconds: for tests, and to see that everything works before a long one."""

from __future__ import annotations

from engine.experiments.base import COMPARISONS, Comparison, TaskPlan

COMPARISONS.register("quick")(
    Comparison(
        name="quick",
        title="A few seconds of delayed recall",
        parameters=3_000,
        hidden_size=16,
        seeds=(0, 1),
        plans=(TaskPlan("delayed_recall", (2, 6), max_steps=60, evaluate_every=20, same_size_lengths=(6,)),),
        batch_size=16,
        held_out=100,
        validation=50,
        timing_lengths=(10,),
        timing_hidden_size=16,
        grid=(3e-3, 1e-2, 3e-2),
    )
)
