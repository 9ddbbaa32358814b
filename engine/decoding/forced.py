"""Forced decoding: the decoder reads a given target and says at each step what it would have written."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from engine.models.translator import Decoder


class Forced(NamedTuple):
    """What happened at each step of a forced decoding; T counts the end mark.

    Attributes:
        log_probs: log-probability of the given token, (T,).
        argmax_ids: the token the decoder would have written, (T,).
        argmax_log_probs: and its log-probability, (T,).
        attention_weights: (T, S).
    """

    log_probs: Tensor
    argmax_ids: Tensor
    argmax_log_probs: Tensor
    attention_weights: Tensor


@torch.inference_mode()
def forced(
    model: Decoder, source_ids: Tensor, lengths: Tensor, target_ids: list[int], *, bos_id: int, eos_id: int
) -> Forced:
    """Return the forced decoding of one target (without marks) for one source (1, S)."""
    state = model.start(source_ids, lengths)
    given = [*target_ids, eos_id]
    rows, attention = [], []
    for token_id in [bos_id, *target_ids]:
        logits, state = model.step(torch.tensor([token_id]), state)
        rows.append(logits[0].float().log_softmax(dim=-1))
        attention.append(state.attention_weights[0])
    log_probs = torch.stack(rows)  # (T, V)
    best, argmax_ids = log_probs.max(dim=-1)
    return Forced(log_probs[torch.arange(len(given)), torch.tensor(given)], argmax_ids, best, torch.stack(attention))
