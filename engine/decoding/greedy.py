"""Greedy decoding: always the likeliest token, many sentences at once."""

from __future__ import annotations

import torch
from torch import Tensor

from engine.decoding.hypothesis import Hypothesis
from engine.models.base import select
from engine.models.translator import Decoder


@torch.inference_mode()
def greedy(
    model: Decoder, source_ids: Tensor, lengths: Tensor, *, max_new_tokens: int, bos_id: int, eos_id: int
) -> list[Hypothesis]:
    """Return one hypothesis per source (B, S); sentences that have ended leave the batch."""
    count = len(source_ids)
    tokens: list[list[int]] = [[] for _ in range(count)]
    log_probs: list[list[float]] = [[] for _ in range(count)]
    attention: list[list[Tensor]] = [[] for _ in range(count)]
    is_finished = [False] * count
    state = model.start(source_ids, lengths)
    active = list(range(count))
    token_ids = torch.full((count,), bos_id)
    for _ in range(max_new_tokens):
        logits, state = model.step(token_ids, state)
        best, token_ids = logits.log_softmax(dim=-1).max(dim=-1)
        weights = state.attention_weights
        for row, sentence in enumerate(active):
            log_probs[sentence].append(float(best[row]))
            attention[sentence].append(weights[row, : int(lengths[sentence])])
            if int(token_ids[row]) == eos_id:
                is_finished[sentence] = True
            else:
                tokens[sentence].append(int(token_ids[row]))
        going = [row for row, sentence in enumerate(active) if not is_finished[sentence]]
        if not going:
            break
        if len(going) < len(active):
            rows = torch.tensor(going)
            state, token_ids = select(state, rows), token_ids[rows]
            active = [active[row] for row in going]
    return [
        Hypothesis(tokens[i], log_probs[i], sum(log_probs[i]), torch.stack(attention[i]), is_finished[i])
        for i in range(count)
    ]
