"""Learning a task: fresh sequences for every update, one fixed held-out set for every measurement."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.tasks import Task, TaskBatch
from engine.tasks.base import TRAINING_SEEDS

CHUNK = 250  # sequences measured at once, to bound memory at long lengths


class TaskLearning:
    """A task as an objective; see `engine.training.trainer.Objective`."""

    def __init__(self, task: Task, batch_size: int, seed: int = 0, held_out: int = 500) -> None:
        self.task, self.batch_size, self.seed = task, batch_size, seed
        self.held_out = task.held_out(held_out)

    def batch(self, position: int) -> TaskBatch:
        """Return the sequences of update `position`; those of a made-up task were never seen before."""
        generator = torch.Generator().manual_seed((self.seed * 1_000_003 + position) % TRAINING_SEEDS)
        return self.task.batch(self.batch_size, generator)

    def loss(self, model: nn.Module, batch: TaskBatch, carry: None) -> tuple[Tensor, None]:
        """Return the task's mean loss; nothing is carried from one batch to the next."""
        outputs, _ = model(batch.inputs)
        return self.task.loss(outputs, batch), None

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Return loss and accuracy on the held-out sequences."""
        outputs = torch.cat([model(inputs)[0] for inputs in self.held_out.inputs.split(CHUNK)])
        loss = self.task.loss(outputs, self.held_out).item()
        return {"loss": loss, "accuracy": self.task.accuracy(outputs, self.held_out)}
