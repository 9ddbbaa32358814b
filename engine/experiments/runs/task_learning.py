"""Learning a task: fresh sequences for every update, and two fixed sets for every measurement."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.experiments.base import RunSpec
from engine.tasks import Task, TaskBatch
from engine.tasks.base import TRAINING_SEEDS

CHUNK = 250  # sequences measured at once, to bound memory at long lengths


class TaskLearning:
    """A task as an objective, measured on held-out and on validation sequences; see
    `engine.training.trainer.Objective`."""

    def __init__(self, task: Task, spec: RunSpec) -> None:
        self.task, self.batch_size, self.seed = task, spec.batch_size, spec.seed
        self.measured = {"": task.held_out(spec.held_out), "validation_": task.validation(spec.validation)}

    def batch(self, position: int) -> TaskBatch:
        """Return the sequences of update `position`; those of a made-up task were never seen before."""
        generator = torch.Generator().manual_seed((self.seed * 1_000_003 + position) % TRAINING_SEEDS)
        return self.task.batch(self.batch_size, generator)

    def loss(self, model: nn.Module, batch: TaskBatch, carry: None) -> tuple[Tensor, None]:
        """Return the task's mean loss; nothing is carried from one batch to the next."""
        outputs, _ = model(batch.inputs)
        return self.task.loss(outputs, batch), None

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Return loss and accuracy on held-out sequences, and `validation_loss` and `validation_accuracy`."""
        found = {}
        for prefix, batch in self.measured.items():
            outputs = torch.cat([model(inputs)[0] for inputs in batch.inputs.split(CHUNK)])
            found[f"{prefix}loss"] = self.task.loss(outputs, batch).item()
            found[f"{prefix}accuracy"] = self.task.accuracy(outputs, batch)
        return found
