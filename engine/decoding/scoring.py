"""How well a language model predicts a given text: nats per token, by two protocols that must not be mixed.

Both predict every token of the text: the first one from `first_id`, what a text is taken to start after.
- stream: one pass, the state carried from the first token to the last.
- windows: consecutive windows (nanoGPT's evaluation uses 256), the state reset before each; a window's first token is
  predicted from the token before it alone. Where tokens are pieces of several characters, a window is as many
  characters,
  cut into pieces on its own: the same protocol, at the cost of the words that its edges cut in two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.models.base import pad

CHUNK = 512
IGNORED = -100  # the label of what is only there to fill up a row
Chunks = Iterator[tuple[Tensor, Tensor]]


def score_stream(
    model: nn.Module,
    token_ids: Tensor,
    first_id: int | None = None,
    watch: Callable[[Chunks], Chunks] = iter,
) -> float:
    """Return the mean nats per token of `token_ids` (N,) read in one pass with carried state; see `surprise_stream`."""
    return float(surprise_stream(model, token_ids, first_id, watch).double().mean())


def surprise_stream(
    model: nn.Module,
    token_ids: Tensor,
    first_id: int | None = None,
    watch: Callable[[Chunks], Chunks] = iter,
) -> Tensor:
    """Return the surprise of each token in nats, -log p(token | all before it), (N,); `watch` is handed the chunks of
    up to `CHUNK` tokens and hands them on, to show how far it is."""
    chunks = watch(logits_stream(model, token_ids, first_id))
    return torch.cat([functional.cross_entropy(logits, labels, reduction="none") for logits, labels in chunks])


def logits_stream(model: nn.Module, token_ids: Tensor, first_id: int | None = None) -> Chunks:
    """Yield, in stretches of up to `CHUNK` tokens, the logits (C, V) that each token was predicted with, and the tokens
    (C,)."""
    inputs, labels = _shift(token_ids, first_id)
    state = None
    for start in range(0, len(labels), CHUNK):
        with torch.no_grad():
            logits, state = model(inputs[None, start : start + CHUNK], state)
        yield logits[0].float(), labels[start : start + CHUNK]


@torch.no_grad()
def score_windows(model: nn.Module, token_ids: Tensor, window: int = 256, first_id: int | None = None) -> float:
    """Return the mean nats per token over consecutive windows, the state reset before each."""
    inputs, labels = _shift(token_ids, first_id)
    total = 0.0
    whole = len(labels) // window * window
    for start in range(0, whole, window * 32):
        stop = min(whole, start + window * 32)
        logits, _ = model(inputs[start:stop].view(-1, window))
        total += float(functional.cross_entropy(logits.float().flatten(0, 1), labels[start:stop], reduction="sum"))
    if whole < len(labels):
        logits, _ = model(inputs[None, whole:])
        total += float(functional.cross_entropy(logits[0].float(), labels[whole:], reduction="sum"))
    return total / len(labels)


@torch.no_grad()
def score_rows(model: nn.Module, rows: Sequence[Sequence[int]], first_id: int) -> float:
    """Return the total nats of windows of different lengths, the state reset before each.

    A window's first token is predicted from the last token before it, in the very first one from `first_id`.
    """
    rows = [row for row in rows if row]
    before = [first_id, *(row[-1] for row in rows)]
    total = 0.0
    for start in range(0, len(rows), 32):
        chosen = rows[start : start + 32]
        inputs = pad([[first, *row[:-1]] for first, row in zip(before[start:], chosen, strict=False)], 0)
        labels = pad(chosen, IGNORED)
        logits, _ = model(inputs)
        flat = logits.float().flatten(0, 1)
        total += float(functional.cross_entropy(flat, labels.flatten(), ignore_index=IGNORED, reduction="sum"))
    return total


def _shift(token_ids: Tensor, first_id: int | None) -> tuple[Tensor, Tensor]:
    if first_id is None:
        return token_ids[:-1], token_ids[1:]
    return torch.cat([token_ids.new_tensor([first_id]), token_ids[:-1]]), token_ids
