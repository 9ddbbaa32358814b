"""How networks are trained."""

from __future__ import annotations

from engine.claims import rows
from engine.claims.claim import ABOVE, CLAIMS, Claim
from engine.claims.measures import Beside, Quantity, Side

CLAIMS.register("clipping")(
    Claim(
        "Clipping cures exploding gradients",
        "A network whose gradients explode learns once their norm is clipped.",
        "Pascanu, Mikolov and Bengio (2013)",
        "Training",
        why="A plain RNN with ReLU, trained twice from the same start: with a ceiling on the gradient and without. A "
        "ceiling that is too high lets through what undoes the training.",
        changes="Another network or task: a ceiling that helps here need not help there.",
        tool=("gradients", (("tool", "clipping"),), "Clipping"),
        tables=("clipping_thresholds",),
        prepare=rows.clipped_runs,
        measure=Beside(
            Quantity("learnt", "Seeds that learn it (%)", counts_seeds=True),
            Side("clipped", value="clipped"),
            Side("not clipped", value="free"),
            by="run",
        ),
        says=ABOVE,
    )
)
