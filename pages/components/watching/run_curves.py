"""Curves of runs with their numbers and their receipt, of one run that is watched or of several side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine import runs
from engine.plotting.runs import RunCurves, describe_losses, run_losses
from engine.runs import Run
from engine.runs.advice import advice
from engine.runs.differences import titles
from engine.runs.records import Curves
from pages.components.drawing import figures, notices
from pages.components.drawing.figures import Receipt
from pages.components.owning import own_models


def read(found: Sequence[Run]) -> list[RunCurves]:
    """Return what was measured of each run so far, each called otherwise."""
    measured = [runs.metrics(run.folder) for run in found]
    return [
        RunCurves(title, run.architecture, each.steps, each.evaluations)
        for run, title, each in zip(found, titles(found), measured, strict=True)
    ]


def show_losses(found: Sequence[Run], drawn: Sequence[RunCurves], x: str = "step") -> None:
    """Draw the losses of runs over updates, or over the seconds of training."""
    figures.show(
        run_losses(drawn, mode=figures.mode(), x=x),
        name="run-losses",
        alt=describe_losses(drawn),
        table=lambda: _table(drawn),
        receipt=_receipt(found),
    )


def show_advice(found: Sequence[Run], drawn: Sequence[RunCurves]) -> None:
    """Say what can be said of each run so far."""
    for run, each in zip(found, drawn, strict=True):
        for sentence in advice(Curves(each.steps, each.evaluations), run.max_steps, not run.is_active):
            notices.note(f"{each.label}. {sentence}" if len(found) > 1 else sentence)


def _table(drawn: Sequence[RunCurves]) -> pd.DataFrame:
    """Return every measurement on validation data, and beside it the training loss told last before it."""
    parts = []
    for run in drawn:
        if len(run.evaluations) and len(run.steps):
            beside = pd.merge_asof(
                run.evaluations.sort_values("step"), run.steps[["step", "training_loss"]].sort_values("step"), on="step"
            )
            parts.append(beside.assign(run=run.label))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"step": []})


def _receipt(found: Sequence[Run]) -> Receipt:
    folders = ", ".join(f"'own-{run.id}'" for run in found)
    is_alone = len(found) == 1
    return Receipt(
        python="from pathlib import Path\n\nfrom engine import runs\n\n"
        f"for folder in ({folders},):\n    print(runs.metrics(Path(folder)).evaluations.to_string())",
        model=", ".join(own_models.name_of(each.folder) for each in found),
        data=", ".join(dict.fromkeys(str(run.data.get("sentence", "")) for run in found)),
        seed=found[0].recipe.get("training", {}).get("seed") if is_alone else None,
        seconds=found[0].elapsed_seconds if is_alone else None,
        command="python -m engine train --recipe recipe.json",
        note="metrics.jsonl, samples.jsonl and recipe.json lie in the folder of each run.",
    )
