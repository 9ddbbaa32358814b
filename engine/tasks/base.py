"""What every task offers: three sets of sequences, the loss of a network that remembers nothing, and when it counts as
solved.

Shapes: B batch, T time, I values per step, O outputs per step.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from typing import ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import ConfigError
from engine.registry import Registry

TASKS: Registry[type[Task]] = Registry("task")

# torch's generator on the processor looks at the lowest 32 bits of its seed only. These two, the largest there are,
# belong to the sequences that are never learnt from; training batches are made from smaller ones.
VALIDATION_SEED, HELD_OUT_SEED = 2**32 - 2, 2**32 - 1
TRAINING_SEEDS = VALIDATION_SEED


class TaskBatch(NamedTuple):
    """Sequences and what is asked of them.

    `inputs` (B, T, I) real values or (B, T) token ids; `targets` (B, T) real values or class numbers; `mask` (B, T) is
    True where the answer counts as remembering. A task's loss may take in more steps than that.
    """

    inputs: Tensor
    targets: Tensor
    mask: Tensor


def asked_at_end(inputs: Tensor, answers: Tensor) -> TaskBatch:
    """Return inputs (B, T) or (B, T, I) after which `answers` (B,) are asked for, at the last step and at no other."""
    targets = answers.new_zeros(inputs.shape[:2])
    targets[:, -1] = answers
    mask = torch.zeros(targets.shape, dtype=torch.bool)
    mask[:, -1] = True
    return TaskBatch(inputs, targets, mask)


class Task(ABC):
    """One task at one length; subclasses say what is shown, what is asked and what is known about the answer.

    There are three sets of sequences: `batch` to learn from, `validation` to choose a learning rate by, `held_out` for
    what is reported. Real data are split once and for all. Made-up sequences come from three random streams that never
    meet; where only few different sequences exist, because they are short, the same one can come up in two of them.
    """

    title: ClassVar[str]
    question: ClassVar[str]  # one sentence: what the network must do
    length_words: ClassVar[str]  # what `length` counts
    solved_text: ClassVar[str] = "at least 99 % of held-out sequences answered right"
    kind: ClassVar[str] = "classification"  # or "regression"
    family: ClassVar[str] = "memory"  # or "structure", or "real" for data that were not made up
    allows_bidirectional: ClassVar[bool]  # is the answer asked for only after everything was read?
    order_matters: ClassVar[bool]  # would what was read, in another order, have another answer?
    # False where every network keeps learning and the last loss is what counts.
    stops_when_solved: ClassVar[bool] = True
    shortest: ClassVar[int]
    longest: ClassVar[int] = 5000
    lengths: ClassVar[tuple[int, ...]] = ()  # the only ones; empty where every one from shortest to longest is allowed
    counts_every_step: ClassVar[bool] = False  # is the loss over all steps, and not over those asked alone?
    equally_likely: ClassVar[int]  # how many answers are, to a network that remembers nothing
    input_size: int = 0  # real values per step; 0 where the input is tokens
    vocab_size: int = 0  # kinds of token; 0 where the input is real values
    output_size: int

    def __init__(self, length: int) -> None:
        if self.lengths and length not in self.lengths:
            *others, last = (str(possible) for possible in self.lengths)
            raise ConfigError(f"{self.title} takes the lengths {', '.join(others)} and {last}, not {length}.")
        if not self.shortest <= length <= self.longest:
            raise ConfigError(f"{self.title} takes lengths from {self.shortest} to {self.longest}, not {length}.")
        self.length = length

    @classmethod
    def compatible(cls, architecture: str) -> bool:
        """Return whether it makes sense to try an architecture.

        One that reads backwards may be tried only where everything has been read before the first answer, one that is
        blind to order only where order is the point.

        Raises:
            ConfigError: no architecture has this name.
        """
        # Here, because pages ask a task's title without torch's models.
        from engine.models.architectures import ARCHITECTURES

        found = ARCHITECTURES.get(architecture)
        return (cls.allows_bidirectional or found.is_causal) and (cls.order_matters or not found.is_order_blind)

    @property
    def source_sentence(self) -> str:
        """Where the data come from; "" where they are made up."""
        return ""

    @property
    def baseline(self) -> float:
        """The loss of the best answer that ignores everything seen; learning means going below it.

        Of one guess among n equally likely answers it is ln n nats.
        """
        return math.log(self.equally_likely)

    @property
    def baseline_accuracy(self) -> float:
        """The accuracy of that same answer."""
        return 1 / self.equally_likely

    @abstractmethod
    def batch(self, batch_size: int, generator: torch.Generator) -> TaskBatch:
        """Return sequences to learn from; the same generator state gives the same ones."""

    def validation(self, count: int) -> TaskBatch:
        """Return the sequences settings are chosen by, always the same: `count` of them, or as many as there are."""
        return self.batch(count, torch.Generator().manual_seed(VALIDATION_SEED))

    def held_out(self, count: int) -> TaskBatch:
        """Return the sequences results are measured on, always the same: `count` of them, or as many as there are."""
        return self.batch(count, torch.Generator().manual_seed(HELD_OUT_SEED))

    def loss(self, outputs: Tensor, batch: TaskBatch) -> Tensor:
        """Return the mean loss of outputs (B, T, O): nats per step asked, or per step of all."""
        if self.counts_every_step:
            return functional.cross_entropy(outputs.flatten(0, 1), batch.targets.flatten())
        return functional.cross_entropy(outputs[batch.mask], batch.targets[batch.mask])

    def accuracy(self, outputs: Tensor, batch: TaskBatch) -> float:
        """Return the share of answers that are right, over the steps where `mask` asks."""
        return (outputs.argmax(-1) == batch.targets)[batch.mask].double().mean().item()

    def is_solved(self, metrics: dict[str, float]) -> bool:
        """Return whether measurements with "loss" and "accuracy" meet `solved_text`."""
        return metrics["accuracy"] >= 0.99


class RealTask(Task):
    """A task on data that were not made up.

    Whoever ignores everything seen gives every answer the share that it has among those learnt from.
    """

    family = "real"
    order_matters = True
    stops_when_solved = False

    @property
    @abstractmethod
    def answers(self) -> tuple[np.ndarray, np.ndarray]:
        """The share of each answer among those learnt from, and the held-out answers."""

    @property
    def baseline(self) -> float:
        """Nats per held-out answer under those shares."""
        shares, held_out = self.answers
        return float(-np.log(shares)[held_out].mean())

    @property
    def baseline_accuracy(self) -> float:
        """The share of held-out answers that are the most frequent one of those learnt from."""
        shares, held_out = self.answers
        return float((held_out == shares.argmax()).mean())


def data_folder() -> str:
    """Return the folder that corpora are read from first; what is read is kept by it."""
    return os.environ.get("UNROLLED_DATA", "")
