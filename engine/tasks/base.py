"""What every task offers: batches from a seed, the loss of a network that remembers nothing, and when it counts as solved.

Shapes: B batch, T time, I values per step, O outputs per step.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import ConfigError
from engine.registry import Registry

TASKS: Registry[type[Task]] = Registry("task")


class TaskBatch(NamedTuple):
    """Sequences and what is asked of them.

    `inputs` (B, T, I) real values or (B, T) token ids; `targets` (B, T) real values or class numbers; `mask` (B, T) is True
    where the answer counts as remembering. A task's loss may take in more steps than that.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor


class Task(ABC):
    """A memory task at one length; subclasses say what is shown, what is asked and what is known about the answer."""

    title: ClassVar[str]
    question: ClassVar[str]  # one sentence: what the network must do
    length_words: ClassVar[str]  # what `length` counts
    solved_text: ClassVar[str]
    kind: ClassVar[str]  # "regression" or "classification"
    shortest: ClassVar[int]
    longest: ClassVar[int] = 5000
    input_size: ClassVar[int]  # real values per step; 0 where the input is tokens
    vocab_size: ClassVar[int]  # kinds of token; 0 where the input is real values
    output_size: ClassVar[int]

    def __init__(self, length: int) -> None:
        if not self.shortest <= length <= self.longest:
            raise ConfigError(f"{self.title} takes lengths from {self.shortest} to {self.longest}, not {length}.")
        self.length = length

    @property
    @abstractmethod
    def baseline(self) -> float:
        """The loss of the best answer that ignores everything seen; learning means going below it."""

    @property
    @abstractmethod
    def baseline_formula(self) -> str:
        """Where `baseline` comes from."""

    @property
    @abstractmethod
    def baseline_accuracy(self) -> float:
        """The accuracy of that same answer."""

    @abstractmethod
    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return fresh sequences; the same generator state gives the same ones."""

    def loss(self, outputs: Tensor, batch: TaskBatch) -> Tensor:
        """Return the mean loss of outputs (B, T, O): nats per step asked, all steps alike."""
        return functional.cross_entropy(outputs[batch.mask], batch.targets[batch.mask])

    def accuracy(self, outputs: Tensor, batch: TaskBatch) -> float:
        """Return the share of answers that are right, over the steps where `mask` asks."""
        return (outputs.argmax(-1) == batch.targets)[batch.mask].double().mean().item()

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether measurements with "loss" and "accuracy" meet `solved_text`."""
        return metrics["accuracy"] >= 0.99
