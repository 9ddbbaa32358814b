"""Training as a stream of events; the command line, jobs, tests and pages consume the same one."""

from engine.training.events import Checkpointed, Evaluated, Event, Finished, Snapshotted, StepDone
from engine.training.trainer import Objective, Trainer, TrainingSettings

__all__ = [
    "Checkpointed",
    "Evaluated",
    "Event",
    "Finished",
    "Objective",
    "Snapshotted",
    "StepDone",
    "Trainer",
    "TrainingSettings",
]
