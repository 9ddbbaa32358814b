"""Learning to tag words: sentences of similar length together, rare words now and then unknown.

Shapes: B batch, T time.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from engine.errors import DataError
from engine.models.base import pad
from engine.models.tagger import Tagger
from engine.models.word_features import WordFeatures, WordTable
from engine.text.bio import find_spans
from engine.text.words import WordTokenizer
from engine.training.passes import Passes, fill_batches

TaggedRows = tuple[list[list[str]], list[list[str]]]


class TaggedBatch(NamedTuple):
    """Sentences and their tags (B, T), 0 on padding."""

    features: WordFeatures
    tags: Tensor


class TaggingObjective:
    """Tagged sentences; see `engine.training.trainer.Objective`.

    A known word that occurs c times is read as unknown with probability `word_dropout` + `rare_dropout` /
    (`rare_dropout` + c), so that the network learns to judge a word by its letters and its neighbours.

    Paper: Kiperwasser and Goldberg (2016), arXiv 1603.04351, section 4.1, for dropping by frequency.
    """

    def __init__(
        self,
        train: TaggedRows,
        validation: TaggedRows,
        tokenizer: WordTokenizer,
        labels: Sequence[str],
        *,
        batch_words: int = 800,
        word_dropout: float = 0.05,
        rare_dropout: float = 0.25,
        seed: int = 0,
    ) -> None:
        """Look up all words once.

        Raises:
            DataError: there is no sentence to learn from or to validate on.
        """
        if not train[0] or not validation[0]:
            raise DataError("There is no tagged sentence to learn from, or none to validate on.")
        self.labels, self.batch_words, self.seed = list(labels), batch_words, seed
        self.unk_id = tokenizer.unk_id
        number = {label: position for position, label in enumerate(self.labels)}
        self.table = WordTable(
            tokenizer, list(dict.fromkeys(word for rows in (train[0], validation[0]) for row in rows for word in row))
        )

        def numbered(rows: TaggedRows) -> list[tuple[list[int], list[int]]]:
            positions = self.table.positions
            return [
                ([positions[word] for word in words], [number[tag] for tag in tags])
                for words, tags in zip(*rows, strict=True)
                if words
            ]

        self.train, self.validation = numbered(train), numbered(validation)
        self.gold = [tags for words, tags in zip(*validation, strict=True) if words]
        ids = self.table.word_ids.tolist()
        counts = Counter(ids[position] for words, _ in self.train for position in words)
        frequency = torch.zeros(tokenizer.vocab_size)
        for word_id, count in counts.items():
            frequency[word_id] = count
        self.drop_share = word_dropout + (
            rare_dropout / (rare_dropout + frequency) if rare_dropout else torch.zeros_like(frequency)
        )
        self.passes = Passes(self.plan)

    def batch(self, position: int) -> TaggedBatch:
        """Return the batch of update `position`, some of its words unknown."""
        batch = self.collate([self.train[index] for index in self.passes[position]])
        chance = torch.Generator().manual_seed(self.seed * 1_000_003 + position)
        word_ids = batch.features.word_ids
        is_dropped = torch.rand(word_ids.shape, generator=chance) < self.drop_share[word_ids]
        return batch._replace(features=batch.features._replace(word_ids=word_ids.masked_fill(is_dropped, self.unk_id)))

    def plan(self, epoch: int) -> list[list[int]]:
        """Return the batches of one pass as places in `train`: neighbours in length together, in random order."""
        chance = random.Random(self.seed * 100_003 + epoch)
        order = list(range(len(self.train)))
        chance.shuffle(order)
        order.sort(key=lambda position: len(self.train[position][0]))
        batches = fill_batches(order, lambda position: len(self.train[position][0]), self.batch_words)
        chance.shuffle(batches)
        return batches

    def collate(self, rows: Sequence[tuple[list[int], list[int]]]) -> TaggedBatch:
        """Return a dense batch of sentences given as places in the table and numbers of tags."""
        return TaggedBatch(self.table.collate([words for words, _ in rows]), pad([tags for _, tags in rows], 0))

    def count_tokens(self, batch: TaggedBatch) -> int:
        """Return how many words a batch reads."""
        return int(batch.features.lengths.sum())

    def loss(self, model: Tagger, batch: TaggedBatch, carry: None) -> tuple[Tensor, None]:
        """Return the mean nats per word; nothing is carried."""
        return model.loss(batch.features, batch.tags), None

    def evaluate(self, model: Tagger) -> dict[str, float]:
        """Return span F1 on the validation sentences, and "loss", one minus it: the weights with the best F1 are kept.

        The loss in nats would favour early weights: it rises while F1 still does, because the network grows too sure of
            itself.
        """
        right = found = true = 0
        order = sorted(range(len(self.validation)), key=lambda position: len(self.validation[position][0]))
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            for position, tags in zip(
                chosen, model.decode(self.collate([self.validation[i] for i in chosen]).features), strict=True
            ):
                spans = set(find_spans([self.labels[tag] for tag in tags]))
                gold = set(find_spans(self.gold[position]))
                right, found, true = right + len(spans & gold), found + len(spans), true + len(gold)
        f1 = 2 * right / max(1, found + true)
        return {"loss": 1 - f1, "f1": f1}
