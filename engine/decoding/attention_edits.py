"""Attention changed by hand: which weights take the place of a step's own, and what is written with them.

Shapes: B batch, T target steps, S source pieces, V vocabulary.

The decoder has no input feeding: the context of a step reaches that step's word and nothing else. So whatever is done
to the weights of one step, the likelihood of the other words of a given translation stays what it was; a later word
changes only because another one was written and read. It also means that the weights of all steps can be changed in one
pass, and each step's word shows the effect of its own step's change alone.

Papers: Strobelt et al. (2018), arXiv 1804.09299 (editing attention to ask what if); Jain and Wallace (2019), arXiv
1902.10186 (shuffled attention as a control).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.decoding.attention_settings import AttentionEdit
from engine.errors import InputError
from engine.models.base import select
from engine.models.translator import DecoderState, EditWeights, Translator


@dataclass(frozen=True)
class Written:
    """What was written from a step on: token ids without the end mark, and whether that was reached."""

    token_ids: list[int]
    is_finished: bool


def edited(weights: Tensor, edit: AttentionEdit, first_step: int = 0) -> Tensor:
    """Return the weights (T, S) after the edit, each row summing to 1; row 0 belongs to the step `first_step`.

    Raises:
        InputError: the word is not in the source, or it is all of it and cannot be removed.
    """
    size = weights.shape[-1]
    if edit.kind == "uniform":
        return torch.full_like(weights, 1 / size)
    if edit.kind == "shuffle":
        orders = [np.random.default_rng([edit.seed, first_step + row]).permutation(size) for row in range(len(weights))]
        return weights.gather(1, torch.from_numpy(np.stack(orders)))
    if not 0 <= edit.start < edit.stop <= size:
        raise InputError(
            f"The source has {size} subword tokens; there is no word from {edit.start + 1} to {edit.stop}."
        )
    word = torch.zeros(size, dtype=torch.bool)
    word[edit.start : edit.stop] = True
    if edit.kind == "remove" and word.all():
        raise InputError("The source has only one word: without it there is nothing to look at.")
    share = {"remove": 0.0, "only": 1.0, "raise": edit.share}[edit.kind]
    if word.all():
        return weights
    return share * _within(weights, word) + (1 - share) * _within(weights, ~word)


def _within(weights: Tensor, chosen: Tensor) -> Tensor:
    """Return the weights (T, S) of the chosen pieces alone, scaled to sum to 1; evenly spread where they have none."""
    kept = weights * chosen
    total = kept.sum(dim=-1, keepdim=True)
    even = chosen.to(weights.dtype) / chosen.sum()
    return torch.where(total > 1e-9, kept / total.clamp_min(1e-9), even)


@torch.inference_mode()
def forced_log_probs(
    model: Translator, source_ids: Tensor, lengths: Tensor, given: list[int], bos_id: int, weights: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """Return the log-probability of each given token (B, T) and the attention used (B, T, S), in one pass.

    Args:
        given: the translation's tokens, with the end mark where it was written.
        weights: (B, T, S) to use instead of the model's own; a pass per row.
    """
    count = 1 if weights is None else len(weights)
    inputs = torch.tensor([[bos_id, *given[:-1]]]).expand(count, -1)
    edit = None if weights is None else lambda own: weights
    logits, used = model(source_ids.expand(count, -1), lengths.expand(count), inputs, edit)
    labels = torch.tensor(given).expand(count, -1)[..., None]
    chosen = logits.gather(2, labels).squeeze(2)
    return chosen.float() - logits.float().logsumexp(dim=-1), used


@torch.inference_mode()
def read_prefix(
    model: Translator, source_ids: Tensor, lengths: Tensor, prefix: list[int], bos_id: int
) -> tuple[Tensor, DecoderState]:
    """Return what the decoder reads next (1,) and its state, after the pieces of `prefix` were written."""
    state = model.start(source_ids, lengths)
    read = torch.tensor([[bos_id, *prefix]])
    if prefix:
        state = model.read(read[:, :-1], state)
    return read[:, -1], state


@torch.inference_mode()
def write_on(
    model: Translator,
    token_ids: Tensor,
    state: DecoderState,
    edits: list[AttentionEdit | None],
    first_step: int,
    *,
    limit: int,
    eos_id: int,
) -> tuple[list[Written], Tensor, Tensor]:
    """Write on greedily from one state, side by side under each edit; None leaves the attention alone.

    Returns what each wrote, and of the first step the log-probabilities (B, V) and the weights used (B, S).
    """
    count = len(edits)
    rows = torch.zeros(count, dtype=torch.long)
    state, token_ids = select(state, rows), token_ids[rows]
    written: list[list[int]] = [[] for _ in edits]
    is_finished = [False] * count
    first: tuple[Tensor, Tensor] | None = None
    for offset in range(limit):
        logits, state = model.step(token_ids, state, _changed(edits, first_step, offset))
        if first is None:
            first = logits.float().log_softmax(dim=-1), state.attention_weights
        token_ids = logits.argmax(dim=-1)
        for row in range(count):
            if not is_finished[row]:
                is_finished[row] = int(token_ids[row]) == eos_id
                if not is_finished[row]:
                    written[row].append(int(token_ids[row]))
        if all(is_finished):
            break
    assert first is not None  # noqa: S101 - the limit is at least one step
    return [Written(*row) for row in zip(written, is_finished, strict=True)], *first


def _changed(edits: list[AttentionEdit | None], first_step: int, offset: int) -> EditWeights:
    def change(weights: Tensor) -> Tensor:
        rows = [
            row if edit is None or (edit.scope == "step" and offset) else edited(row, edit, first_step + offset)
            for row, edit in zip(weights, edits, strict=True)
        ]
        return torch.stack(rows)

    return change
