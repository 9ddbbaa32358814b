"""Learning to tell which label a text has.

Shapes: B batch, T time, L labels.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from engine.errors import DataError
from engine.models.base import pad
from engine.models.classifier import Classifier
from engine.training.passes import Passes

POOL = 50  # batches whose texts are sorted by length together


class LabelledBatch(NamedTuple):
    """Word ids (B, T), how many of each row are real (B,), and the labels (B,)."""

    input_ids: Tensor
    lengths: Tensor
    labels: Tensor


class LabelledTexts(NamedTuple):
    """Texts as word ids, and a label for each."""

    rows: Sequence[Sequence[int]]
    labels: Sequence[int]


class ClassificationObjective:
    """Cross-entropy of a text's label; see `engine.training.trainer.Objective`.

    Args:
        form_ids: for each word id what a word of its form is read as when it is not known, (V,).
        word_dropout: for each word id how often it is replaced by that in training, (V,). So that the network learns to
            read words it does not know, rare ones are hidden more often. Paper: Kiperwasser and Goldberg (2016), arXiv
            1603.04351, section 4.2.
        length_weight: a text of n words counts n to this power, 0 for all alike: whole sentences, which are what is
            asked about, are few beside their phrases.
        direction_weight: how much of the loss is that of each direction by itself.

    Raises:
        DataError: there is nothing to learn from, or nothing to validate on.
    """

    def __init__(
        self,
        train: LabelledTexts,
        validation: LabelledTexts,
        *,
        form_ids: Tensor,
        word_dropout: Tensor,
        batch_size: int = 50,
        label_smoothing: float = 0.0,
        direction_weight: float = 0.0,
        length_weight: float = 0.0,
        pad_id: int = 0,
        seed: int = 0,
    ) -> None:
        if not len(train.rows) or not len(validation.rows):
            raise DataError("There is no labelled text to learn from or to validate on.")
        self.train, self.validation = train, validation
        self.form_ids, self.word_dropout = form_ids, word_dropout
        self.batch_size, self.label_smoothing, self.direction_weight = batch_size, label_smoothing, direction_weight
        self.pad_id, self.seed = pad_id, seed
        self.length_weight = length_weight
        self.mean_weight = sum(len(row) ** length_weight for row in train.rows) / len(train.rows)
        self.passes = Passes(self.plan)

    def batch(self, position: int) -> LabelledBatch:
        """Return the batch of update `position`, some of its words hidden."""
        batch = self.collate(self.train, self.passes[position])
        generator = torch.Generator().manual_seed(self.seed * 100_003 + position)
        chances = torch.rand(batch.input_ids.shape, generator=generator)
        hidden = chances < self.word_dropout[batch.input_ids]
        return batch._replace(input_ids=torch.where(hidden, self.form_ids[batch.input_ids], batch.input_ids))

    def plan(self, epoch: int) -> list[list[int]]:
        """Return the batches of one pass as places: drawn at random, neighbours in length together, in random order."""
        order = random.Random(self.seed * 100_003 + epoch)
        positions = list(range(len(self.train.rows)))
        order.shuffle(positions)
        size = self.batch_size
        batches = []
        for start in range(0, len(positions), size * POOL):
            pool = sorted(positions[start : start + size * POOL], key=lambda position: len(self.train.rows[position]))
            batches += [pool[first : first + size] for first in range(0, len(pool), size)]
        order.shuffle(batches)
        return batches

    def collate(self, texts: LabelledTexts, positions: Sequence[int]) -> LabelledBatch:
        """Return the texts at `positions` as one dense batch."""
        rows = [texts.rows[position] for position in positions]
        lengths = torch.tensor([len(row) for row in rows])
        return LabelledBatch(
            pad(rows, self.pad_id), lengths, torch.tensor([texts.labels[position] for position in positions])
        )

    def count_tokens(self, batch: LabelledBatch) -> int:
        """Return how many words a batch reads."""
        return int(batch.lengths.sum())

    def loss(self, model: Classifier, batch: LabelledBatch, carry: None) -> tuple[Tensor, None]:
        """Return the mean label-smoothed loss per text; nothing is carried."""
        features = model.dropout(model.features(model.embed(batch.input_ids), batch.lengths))
        logits = model.split_logits(features)
        weights = batch.lengths**self.length_weight / self.mean_weight  # (B,)
        loss = self._cross_entropy(logits["both"], batch.labels, weights)
        if "backward" in logits and self.direction_weight:
            for name in ("forward", "backward"):
                loss = loss + self.direction_weight * self._cross_entropy(
                    model.direction_alone(logits[name]), batch.labels, weights
                )
        return loss, None

    def evaluate(self, model: Classifier) -> dict[str, float]:
        """Return the plain loss per validation text ("loss"), the share that is right, and that of each direction by
        itself."""
        rows, count = self.validation.rows, len(self.validation.rows)
        order = sorted(range(count), key=lambda position: len(rows[position]))
        nats = 0.0
        right: dict[str, int] = {}
        for start in range(0, count, 64):
            batch = self.collate(self.validation, order[start : start + 64])
            logits = model.direction_logits(batch.input_ids, batch.lengths)
            nats += float(functional.cross_entropy(logits["both"].float(), batch.labels, reduction="sum"))
            for name, values in logits.items():
                alone = values if name == "both" else model.direction_alone(values)
                right[name] = right.get(name, 0) + int((alone.argmax(1) == batch.labels).sum())
        measured = {"loss": nats / count, "accuracy": right.pop("both") / count}
        return measured | {f"{name}_accuracy": hits / count for name, hits in right.items()}

    def _cross_entropy(self, logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """Paper (smoothing): Szegedy et al. (2016), arXiv 1512.00567, section 7."""
        losses = functional.cross_entropy(
            logits.float(), labels, label_smoothing=self.label_smoothing, reduction="none"
        )
        return (losses * weights).mean()
