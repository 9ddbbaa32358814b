"""The n-gram model: counts of what followed what, smoothed by Kneser and Ney; the baseline without any hidden units.

Only the counts of the longest n-grams are stored: every lower order's count, in how many different contexts an n-gram
stood, follows from them. Lookups are in NumPy, because at one token a time its calls cost a fraction of torch's.

Shapes: B batch, T time, C context tokens (order - 1), N contexts, V vocabulary.

Paper: Kneser and Ney (1995), Improved backing-off for m-gram language modeling; Chen and Goodman (1998), An empirical
study of smoothing techniques for language modeling, section 3 ("modified Kneser-Ney"): interpolated, three discounts
per order.
Differs: the lowest order is interpolated with equal chances for all tokens, so that nothing is impossible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from engine.cells import Look
from engine.errors import ConfigError, ModelError
from engine.models.base import MODELS, PretrainedModel

MAX_ORDER = 12
LEAST_DISCOUNT = 0.1  # so that every context leaves something to the shorter one
MISSING = -1  # stands in the context before the beginning of a text


@dataclass(frozen=True)
class Order:
    """One order's contexts, sorted, and what followed each.

    Attributes:
        contexts: (N,) the contexts as numbers in base V.
        backoff: (N,) the share of probability that each leaves to the next shorter context.
        starts: (N + 1,) where each context's tokens begin in the two below.
        tokens, shares: what followed, and its discounted share.
    """

    contexts: np.ndarray
    backoff: np.ndarray
    starts: np.ndarray
    tokens: np.ndarray
    shares: np.ndarray


@MODELS.register(
    "ngram",
    title="n-gram model",
    look=Look(
        title="n-gram",
        order=80,
        on_light="#555A5E",
        on_dark="#B7BDC2",
        marker="cross",
        dash="dash",
        mark=":gray[✚]",
    ),
)
class NgramModel(PretrainedModel):
    """Predicts the next token from the last `order - 1`, by counting; its state is those tokens, (B, C)."""

    task = "language_model"
    cell = "ngram"
    ngrams: Tensor
    counts: Tensor

    def __init__(self, vocab_size: int, order: int = 6, num_ngrams: int = 0) -> None:
        super().__init__()
        if not 2 <= order <= MAX_ORDER or vocab_size**order >= 2**63:
            raise ConfigError(f"order must lie between 2 and {MAX_ORDER} and fit the vocabulary, not {order}.")
        self._vocab_size, self.order = vocab_size, order
        self.register_buffer("ngrams", torch.zeros(num_ngrams, dtype=torch.int64))
        self.register_buffer("counts", torch.zeros(num_ngrams, dtype=torch.int32))
        self._orders: list[Order] = []
        self._lowest = np.full(vocab_size, 1 / vocab_size)
        self.register_load_state_dict_post_hook(lambda model, _: model._smooth())  # type: ignore[no-untyped-call]

    @classmethod
    def count(cls, token_ids: Sequence[int] | np.ndarray, vocab_size: int, order: int) -> NgramModel:
        """Return the model of a text; n-grams are told apart by base-V numbers, oldest token first."""
        ids = np.asarray(token_ids, dtype=np.int64)
        size = max(0, len(ids) - order + 1)
        numbers = np.zeros(size, dtype=np.int64)
        for position in range(order):
            numbers = numbers * vocab_size + ids[position : position + size]
        ngrams, counts = np.unique(numbers, return_counts=True)
        model = cls(vocab_size, order, len(ngrams))
        model.load_state_dict({"ngrams": torch.from_numpy(ngrams), "counts": torch.from_numpy(counts.astype(np.int32))})
        return model.eval()

    @property
    def vocab_size(self) -> int:
        """Number of tokens it tells apart."""
        return self._vocab_size

    def parameter_count(self) -> int:
        """Return the number of stored counts."""
        return len(self.counts)

    def start(self, batch_size: int = 1) -> Tensor:
        """Return the state before the first token: no context at all."""
        return torch.full((batch_size, self.order - 1), MISSING)

    def step(self, token_ids: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """Read one token per sequence, (B,); return the next token's log-probabilities (B, V) and the new state."""
        state = torch.cat([state[:, 1:], token_ids[:, None]], dim=1)
        return self._log_probs(state.numpy()), state

    def forward(self, input_ids: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Return the log-probabilities (B, T, V) after each of the tokens (B, T) and the state after the last."""
        state = self.start(len(input_ids)) if state is None else state
        tokens = torch.cat([state, input_ids], dim=1)  # (B, C + T)
        contexts = tokens.unfold(1, self.order - 1, 1)[:, 1:]  # (B, T, C)
        flat = np.ascontiguousarray(contexts.reshape(-1, self.order - 1).numpy())
        return self._log_probs(flat).view(*input_ids.shape, -1), tokens[:, -(self.order - 1) :].clone()

    def _log_probs(self, contexts: np.ndarray) -> Tensor:
        return torch.from_numpy(np.log(self._probabilities(contexts)).astype(np.float32))

    def _probabilities(self, contexts: np.ndarray) -> np.ndarray:
        """Return (N, V): from the shortest context to the longest, each takes its share and adds what it counted."""
        result = np.tile(self._lowest, (len(contexts), 1))
        numbers = np.zeros(len(contexts), dtype=np.int64)
        rows = np.arange(len(contexts))
        for length, order in enumerate(self._orders, start=1):
            oldest = contexts[rows, -length]
            numbers = numbers + oldest * self._vocab_size ** (length - 1)
            positions = np.minimum(order.contexts.searchsorted(numbers), len(order.contexts) - 1)
            # A context that was never seen stays unseen when it grows: only the others go on.
            is_known = (order.contexts[positions] == numbers) & (oldest != MISSING)
            rows, numbers, positions = rows[is_known], numbers[is_known], positions[is_known]
            if not len(rows):
                break
            result[rows] *= order.backoff[positions, None]
            first, last = order.starts[positions], order.starts[positions + 1]
            sizes = last - first
            entries = np.arange(sizes.sum()) + np.repeat(first - (sizes.cumsum() - sizes), sizes)
            result[np.repeat(rows, sizes), order.tokens[entries]] += order.shares[entries]
        return result

    def _smooth(self) -> None:
        """Work out every order's shares from the stored counts.

        Raises:
            ModelError: they cannot have been counted.
        """
        ngrams, counts = self.ngrams.numpy(), self.counts.numpy().astype(np.int64)
        if len(counts) and (counts.min() < 1 or (np.diff(ngrams) <= 0).any()):
            raise ModelError("The n-grams are not in order, or one was never counted.")
        orders: list[Order] = []
        for length in range(self.order, 1, -1):
            orders.append(_discounted(ngrams, counts, self._vocab_size))
            # One order lower, what counts is in how many different contexts an n-gram was seen.
            ngrams, counts = np.unique(ngrams % self._vocab_size ** (length - 1), return_counts=True)
        lowest = np.full(self._vocab_size, 1 / self._vocab_size)
        if len(ngrams):
            single = _discounted(ngrams, counts, self._vocab_size)
            lowest *= single.backoff[0]
            lowest[single.tokens] += single.shares
        self._orders, self._lowest = [order for order in reversed(orders) if len(order.contexts)], lowest

    def _save_pretrained(self, save_directory: Path) -> None:
        stored = safetensors.torch.save({"ngrams": self.ngrams, "counts": self.counts})
        (Path(save_directory) / "model.safetensors").write_bytes(stored)


def discounts(counts: np.ndarray) -> np.ndarray:
    """Return what is taken off counts of 0, 1, 2 and 3 or more, (4,).

    Paper: Chen and Goodman (1998), equation 17. Where a text is so short that a formula divides by zero, its plain
    discount is taken instead; no discount is below `LEAST_DISCOUNT`.
    """
    seen = [int((counts == times).sum()) for times in range(1, 5)]
    share = seen[0] / (seen[0] + 2 * seen[1]) if seen[0] else 0.5
    found = [0.0]
    for times in (1, 2, 3):
        more = (times + 1) * share * seen[times] / seen[times - 1] if seen[times - 1] else times - share
        found.append(float(np.clip(times - more, LEAST_DISCOUNT, times)))
    return np.array(found)


def _discounted(ngrams: np.ndarray, counts: np.ndarray, vocab_size: int) -> Order:
    """Return one order from its n-grams, sorted, and their counts."""
    contexts, starts = np.unique(ngrams // vocab_size, return_index=True)
    starts = np.append(starts, len(ngrams))
    taken = discounts(counts)[np.minimum(counts, 3)]
    totals = np.add.reduceat(counts, starts[:-1]) if len(ngrams) else counts.astype(float)
    left = np.add.reduceat(taken, starts[:-1]) / totals if len(ngrams) else taken
    shares = (counts - taken) / np.repeat(totals, np.diff(starts))
    return Order(contexts, left, starts, (ngrams % vocab_size).astype(np.int64), shares)
