"""Between forced and free: at each step the decoder reads the reference's piece, its own choice, or a word put into its
mouth.

Shapes: B rows (decodings of one sentence side by side), T pieces of the reference with its end mark, N steps taken, S
source time, V vocabulary.

Paper: Williams and Zipser (1989) (teacher forcing); Bengio, Vinyals, Jaitly and Shazeer (2015), arXiv 1506.03099,
section 2.4 (scheduled sampling: a coin at each step).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from engine.models.base import AnyState, select
from engine.models.translator import Decoder


class Mixed(NamedTuple):
    """What happened at each step of B decodings of one sentence; N is at least T.

    Attributes:
        log_probs: of every token at each step, (B, N, V).
        own_ids: the token the decoder found likeliest at each step, (B, N).
        read_ids: the token it read after each step (of several that were put in its mouth the last), (B, N).
        lengths: steps until a row read an end mark, that step counted, (B,); N where it never did.
    """

    log_probs: Tensor
    own_ids: Tensor
    read_ids: Tensor
    lengths: Tensor

    def losses(self, target_ids: Sequence[int], eos_id: int) -> Tensor:
        """Return the nats (B, T) that each piece of the reference and its end mark cost at its own step."""
        given = torch.tensor([*target_ids, eos_id])
        rows = self.log_probs[:, : len(given)]
        return -rows.gather(2, given[None, :, None].expand(len(rows), -1, 1)).squeeze(2)


class Put(NamedTuple):
    """Tokens that the rows marked in `rows` (B,) read after a step (from 0), in place of all else.

    The steps that read all of them but the last are not counted, so that what follows stays in line with the reference.
    """

    step: int
    token_ids: Sequence[int]
    rows: Tensor


@torch.inference_mode()
def decode_mixed(
    model: Decoder,
    source_ids: Tensor,
    lengths: Tensor,
    target_ids: Sequence[int],
    told: Tensor,
    *,
    bos_id: int,
    eos_id: int,
    max_new_tokens: int,
    put: Put | None = None,
) -> Mixed:
    """Return B decodings of one source (1, S) along one reference (T - 1 ids, without marks).

    After step t (from 0) row b reads the reference's piece t where `told[b, t]`, else its own choice; one that is told
    the last piece is told the end mark too. Once the reference is used up the others are on their own, until all have
    read their own end mark or `max_new_tokens` steps are taken. A row that reads it earlier goes on to the reference's
    last step, so that the reference can be scored to its end; `lengths` says where it was over.

    Args:
        told: booleans (B, T - 1).
        put: what is put into the mouth of some rows.
    """
    count, size = told.shape
    state = select(model.start(source_ids, lengths), torch.zeros(count, dtype=torch.long))
    reference = torch.tensor([*target_ids, eos_id])
    token_ids = torch.full((count,), bos_id)
    log_probs, own_ids, read_ids = [], [], []
    ends = torch.zeros(count, dtype=torch.long)  # steps taken when a row read an end mark, 0 while it did not
    for time in range(max(max_new_tokens, size + 1)):
        logits, state = model.step(token_ids, state)
        log_probs.append(logits.float().log_softmax(dim=-1))
        own = log_probs[-1].argmax(dim=-1)
        is_told = told[:, min(time, size - 1)] if time <= size else torch.zeros(count, dtype=torch.bool)
        token_ids = torch.where(is_told, reference[min(time, size)], own)
        is_over = token_ids == eos_id
        if put is not None and put.step == time:
            *first, last = put.token_ids
            for token_id in first:
                _, after = model.step(torch.full((count,), token_id), state)
                state = _choose(put.rows, after, state)
            token_ids, is_over = torch.where(put.rows, last, token_ids), is_over & ~put.rows
        own_ids.append(own)
        read_ids.append(token_ids)
        ends = torch.where((ends == 0) & is_over, time + 1, ends)
        if time >= size and bool((ends > 0).all()):
            break
    taken = len(own_ids)
    stacked = [torch.stack(part, dim=1) for part in (log_probs, own_ids, read_ids)]
    return Mixed(stacked[0], stacked[1], stacked[2], torch.where(ends == 0, taken, ends))


def toss_coins(teacher_forcing_ratio: float, seed: int, steps: int) -> Tensor:
    """Return for each step whether the reference is read: true with this probability, (steps,).

    The coins are those of `Translator.forward_sampled` for a batch of one sentence and a generator with this seed.
    """
    generator = torch.Generator().manual_seed(seed)
    coins = [torch.rand(1, generator=generator) for _ in range(steps)]
    return torch.cat(coins) < teacher_forcing_ratio if coins else torch.zeros(0, dtype=torch.bool)


def _choose(rows: Tensor, one: AnyState, other: AnyState) -> AnyState:
    """Return a state with the marked rows (B,) of `one` and the others of `other`."""
    if isinstance(one, Tensor):
        return torch.where(rows.view(-1, *[1] * (one.dim() - 1)), one, other)
    parts = [_choose(rows, a, b) for a, b in zip(one, other, strict=True)]
    return type(one)(*parts) if hasattr(one, "_fields") else tuple(parts)
