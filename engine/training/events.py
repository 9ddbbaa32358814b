"""What a trainer says while it works."""

from __future__ import annotations

import dataclasses
from pathlib import Path


@dataclasses.dataclass(frozen=True)
class StepDone:
    """One or more optimiser updates are done; `loss` is the mean since the last such event.

    Attributes:
        grad_norm, clipped_grad_norm: of the last update, before and after clipping.
        clipped_share: the share of the updates since the last such event that were clipped.
    """

    step: int
    max_steps: int
    loss: float
    learning_rate: float
    grad_norm: float
    clipped_grad_norm: float
    clipped_share: float
    elapsed_seconds: float


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """The model was measured on validation data; `is_best` says whether its loss is the lowest so far."""

    step: int
    metrics: dict[str, float]
    is_best: bool
    elapsed_seconds: float


@dataclasses.dataclass(frozen=True)
class Snapshotted:
    """A stage of the run worth keeping; while this is handled, the model holds the weights that were measured.

    Attributes:
        metrics: measurements on validation data.
        training_loss: the mean since the last snapshot; None before the first update.
    """

    step: int
    metrics: dict[str, float]
    training_loss: float | None
    elapsed_seconds: float


@dataclasses.dataclass(frozen=True)
class Checkpointed:
    """The full training state was written, so that a run can go on from here."""

    step: int
    path: Path


@dataclasses.dataclass(frozen=True)
class Finished:
    """Training is over; `reason` is "max_steps", "early_stopping" or "diverged". The best weights are in the model.

    Attributes:
        lost: of a run that diverged, what became of its loss: "its loss is not a finite number".
    """

    step: int
    reason: str
    best_step: int
    best_metrics: dict[str, float]
    elapsed_seconds: float
    lost: str = ""


Event = StepDone | Evaluated | Snapshotted | Checkpointed | Finished
