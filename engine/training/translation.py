"""Learning to translate: pairs of sentences in batches of similar length, with teacher forcing or scheduled sampling.

Shapes: B batch, S source time, T target time. Labels of padding are -100.
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
from engine.models.translator import Translator
from engine.training.cross_entropy import IGNORED, mean_cross_entropy
from engine.training.passes import Passes, fill_batches
from engine.training.schedules import TEACHER_FORCING_SCHEDULES

TokenPair = tuple[list[int], list[int]]


class PairBatch(NamedTuple):
    """Sources (B, S) with lengths (B,), target inputs and labels (B, T), and how far the run has come (0 to 1)."""

    source_ids: Tensor
    lengths: Tensor
    target_ids: Tensor
    labels: Tensor
    position: int = 0


class TranslationObjective:
    """Sentence pairs; see `engine.training.trainer.Objective`.

    Every pass reads all of `main_pairs` and the next `extra_pairs_per_epoch` of `extra_pairs`.
    """

    def __init__(
        self,
        main_pairs: Sequence[TokenPair],
        validation_pairs: Sequence[TokenPair],
        *,
        bos_id: int,
        eos_id: int,
        pad_id: int,
        max_steps: int,
        extra_pairs: Sequence[TokenPair] = (),
        extra_pairs_per_epoch: int = 0,
        batch_tokens: int = 2048,
        label_smoothing: float = 0.1,
        teacher_forcing_ratio: float = 1.0,
        teacher_forcing_schedule: str = "constant",
        max_tokens: int = 60,
        measures_free: bool = False,
        seed: int = 0,
    ) -> None:
        """Prepare the pairs; with `measures_free`, evaluations also tell the loss of a decoder that reads its own
        choices.

        Raises:
            DataError: no pair is left after dropping empty and overlong ones.
        """

        def usable(pairs: Sequence[TokenPair]) -> list[TokenPair]:
            return [pair for pair in pairs if all(0 < len(side) <= max_tokens for side in pair)]

        self.main_pairs, self.extra_pairs = usable(main_pairs), usable(extra_pairs)
        self.validation_pairs = usable(validation_pairs)
        if not self.main_pairs or not self.validation_pairs:
            raise DataError("There is no sentence pair to learn from: all are empty or too long.")
        self.bos_id, self.eos_id, self.pad_id = bos_id, eos_id, pad_id
        self.extra_pairs_per_epoch = min(extra_pairs_per_epoch, len(self.extra_pairs))
        self.batch_tokens, self.label_smoothing, self.seed = batch_tokens, label_smoothing, seed
        self.max_steps, self.teacher_forcing_ratio = max_steps, teacher_forcing_ratio
        self.measures_free = measures_free
        self.schedule = TEACHER_FORCING_SCHEDULES.get(teacher_forcing_schedule)
        self.passes = Passes(self.plan)

    def batch(self, position: int) -> PairBatch:
        """Return the batch of update `position`."""
        return self.collate(self.passes[position], position)

    def plan(self, epoch: int) -> list[list[TokenPair]]:
        """Return the batches of one pass: neighbours in length together, in random order."""
        order = random.Random(self.seed * 100_003 + epoch)
        pairs = list(self.main_pairs)
        count = len(self.extra_pairs)
        first = epoch * self.extra_pairs_per_epoch
        shuffled = list(range(count))
        random.Random(self.seed).shuffle(shuffled)
        pairs += [self.extra_pairs[shuffled[i % count]] for i in range(first, first + self.extra_pairs_per_epoch)]
        order.shuffle(pairs)
        pairs.sort(key=lambda pair: (len(pair[1]), len(pair[0])))
        batches = fill_batches(pairs, lambda pair: len(pair[1]) + 1, self.batch_tokens)
        order.shuffle(batches)
        return batches

    def collate(self, pairs: Sequence[TokenPair], position: int = 0) -> PairBatch:
        """Return a dense batch of pairs; targets read <bos> first and end with <eos>."""
        sources = [source for source, _ in pairs]
        inputs = [[self.bos_id, *target] for _, target in pairs]
        labels = [[*target, self.eos_id] for _, target in pairs]
        lengths = torch.tensor([len(source) for source in sources])
        return PairBatch(pad(sources, self.pad_id), lengths, pad(inputs, self.pad_id), pad(labels, IGNORED), position)

    def count_tokens(self, batch: PairBatch) -> int:
        """Return how many pieces a batch writes."""
        return int((batch.labels != IGNORED).sum())

    def loss(self, model: Translator, batch: PairBatch, carry: None) -> tuple[Tensor, None]:
        """Return the mean label-smoothed loss per target token; nothing is carried."""
        # A run that is continued stays where the schedule ended.
        ratio = self.schedule(min(1.0, batch.position / self.max_steps), self.teacher_forcing_ratio)
        if ratio >= 1:
            logits, _ = model(batch.source_ids, batch.lengths, batch.target_ids)
        else:
            coins = torch.Generator().manual_seed(self.seed * 100_003 + batch.position)
            logits = model.forward_sampled(batch.source_ids, batch.lengths, batch.target_ids, ratio, coins)
        return mean_cross_entropy(logits.flatten(0, 1), batch.labels.flatten(), self.label_smoothing), None

    def evaluate(self, model: Translator) -> dict[str, float]:
        """Return the forced loss per target token on the validation pairs, smoothed ("loss") and plain.

        With `measures_free` also "free_nats_per_token", plain: how likely the reference's tokens are to a decoder that
        reads what it found likeliest itself instead of the reference.
        """
        smoothed, plain, free, tokens = 0.0, 0.0, 0.0, 0
        pairs = sorted(self.validation_pairs, key=lambda pair: len(pair[1]))
        for start in range(0, len(pairs), 64):
            batch = self.collate(pairs[start : start + 64])
            logits, _ = model(batch.source_ids, batch.lengths, batch.target_ids)
            smoothed += self._nats(logits, batch.labels, self.label_smoothing)
            plain += self._nats(logits, batch.labels)
            tokens += int((batch.labels != IGNORED).sum())
            if self.measures_free:
                logits = model.forward_sampled(batch.source_ids, batch.lengths, batch.target_ids, 0.0)
                free += self._nats(logits, batch.labels)
        measured = {"loss": smoothed / tokens, "nats_per_token": plain / tokens}
        return measured | ({"free_nats_per_token": free / tokens} if self.measures_free else {})

    def _nats(self, logits: Tensor, labels: Tensor, smoothing: float = 0.0) -> float:
        """Return the cross-entropy of all tokens together."""
        flat = logits.float().flatten(0, 1), labels.flatten()
        return float(functional.cross_entropy(*flat, ignore_index=IGNORED, label_smoothing=smoothing, reduction="sum"))
