"""One finished output of a decoder."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Hypothesis:
    """A decoded sequence. T counts the end mark where there is one; S source tokens.

    Attributes:
        token_ids: the tokens without beginning and end marks.
        log_probs: log-probability of each step, the end mark's last where `is_finished`.
        score: sum of `log_probs` divided by T ** length_penalty.
        attention_weights: (T, S), zeros for a model without attention.
        is_finished: whether the end mark was written before the limit.
    """

    token_ids: list[int]
    log_probs: list[float]
    score: float
    attention_weights: Tensor
    is_finished: bool


def length_normalised(total: float, length: int, length_penalty: float) -> float:
    """Return a hypothesis' score; a penalty of 0 compares sums, 1 compares means per step."""
    return total / max(1, length) ** length_penalty
