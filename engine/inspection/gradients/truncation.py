"""Truncated back-propagation through time: how far back the gradient reaches for each length of chunk, and what that
costs.

A text is read in chunks; the state is handed on from chunk to chunk, the gradient is not. Everything here is measured
on real backward passes: reach, memory and time.

Shapes: N tokens of the text, E embedding.

Paper: Williams and Peng (1990), An efficient gradient-based algorithm for on-line training of recurrent network
trajectories.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn import functional

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.gradients.connectivity import with_vectors
from engine.inspection.gradients.trained_chain import read_tokens
from engine.models.base import AnyState, detach
from engine.models.folder import LoadedModel
from engine.wording import percent

LENGTHS = (4, 16, 64, 256)
LONGEST = 257  # tokens, the last ones of the text
LEAST = 9
ALIKE = 0.95  # cosine from which a gradient counts as pointing where the whole one does


@dataclass(frozen=True)
class Truncation:
    """What truncating costs one network on one text.

    Attributes:
        frame: one row per chunk length `length`: `reach` (steps back from the last loss at which its gradient is not
            zero), `kept` (share of the last loss's whole gradient, norms added up over the steps, that lies within
            reach), `cosine` (of the whole text's weight gradient with that of no truncation), `memory_bytes` (the most
            that is kept for the way back), `seconds` (of the processor, for the whole text there and back) and
            `seconds_per_update` (for one chunk, after which weights could be changed).
        influence: columns `distance` and `norm`: the last loss's gradient by each earlier embedding without truncation.
        tokens: number of losses.
    """

    frame: pd.DataFrame
    influence: pd.DataFrame
    tokens: int


def truncation(loaded: LoadedModel, text: str) -> Truncation:
    """Return reach, memory and time of back-propagation through the last tokens of `text`, for each chunk length.

    Raises:
        InputError: the text is empty, too short or too long, or the model has no state.
    """
    token_ids = read_tokens(loaded, text)
    if len(token_ids) < LEAST:
        raise InputError(f"The text has {len(token_ids)} characters; to cut it into chunks it takes at least {LEAST}.")
    ids = torch.tensor([start_id(loaded), *token_ids])[-LONGEST:]
    count = len(ids) - 1
    lengths = [length for length in LENGTHS if length < count] + [count]
    norms = _last_gradient(loaded, ids, count)
    measured = {length: _weight_gradient(loaded, ids, length) for length in lengths}
    whole = measured[count][0]
    rows = []
    for length, (gradient, memory, seconds) in measured.items():
        reach = int(np.flatnonzero(_last_gradient(loaded, ids, length)).max()) + 1
        rows.append(
            {
                "length": length,
                "reach": reach,
                "kept": float(norms[:reach].sum() / norms.sum()),
                "cosine": float(functional.cosine_similarity(gradient, whole, dim=0)),
                "memory_bytes": memory,
                "seconds": seconds,
                "seconds_per_update": seconds * length / count,
            }
        )
    influence = pd.DataFrame({"distance": range(1, count + 1), "norm": norms})
    return Truncation(pd.DataFrame(rows), influence, count)


def truncation_sentence(found: Truncation) -> str:
    """Return how short chunks may be for the weights to be changed in nearly the right direction, and what that
    saves."""
    whole = found.frame.iloc[-1]
    enough = found.frame[found.frame["cosine"] >= ALIKE].iloc[0]
    held = f"{percent(enough['kept'], 0)} of what moves the last loss lies within their reach"
    if enough["length"] == whole["length"]:
        return (
            f"No chunk is long enough here: only all {int(whole['length'])} steps together give a gradient with a "
            f"cosine of at least {ALIKE}."
        )
    return (
        f"Chunks of {int(enough['length'])} are the shortest whose gradient of all weights points nearly where the "
        f"whole one does (cosine {enough['cosine']:.3f}); {held}. All {int(whole['length'])} steps at once keep "
        f"{whole['memory_bytes'] / enough['memory_bytes']:.1f} times as much in memory, and an update must wait "
        f"{whole['seconds_per_update'] / enough['seconds_per_update']:.1f} times as long."
    )


def chunks(count: int, length: int) -> list[tuple[int, int]]:
    """Return where chunks begin and end so that the last one is whole; the first takes what is left over."""
    ends = list(range(count, 0, -length))[::-1]
    return list(zip([0, *ends[:-1]], ends, strict=True))


def _last_gradient(loaded: LoadedModel, ids: Tensor, length: int) -> np.ndarray:
    """Return the norm of d last loss / d embedding for each token read, nearest first; zero beyond the last chunk."""
    model, count = loaded.model, len(ids) - 1
    with torch.enable_grad():
        rows = model.embedding.weight.detach()[ids[None, :-1]].requires_grad_()  # (1, N, E)
        state: AnyState = None
        for start, stop in chunks(count, length):
            state = None if state is None else detach(state)
            logits, state = with_vectors(model, rows[:, start:stop])(ids[None, start:stop], state)
        loss = functional.cross_entropy(logits[0, -1:], ids[-1:])
        (gradient,) = torch.autograd.grad(loss, rows)
    return gradient[0].double().norm(dim=1).flip(0).numpy()


def _weight_gradient(loaded: LoadedModel, ids: Tensor, length: int) -> tuple[Tensor, int, float]:
    """Return the gradient of the mean loss by all weights, in one row, the most bytes kept for one backward pass, and
    seconds."""
    model, count = loaded.model, len(ids) - 1
    weights = list(model.parameters())
    begun = time.thread_time()
    own = {weight.untyped_storage().data_ptr() for weight in weights}
    total, state, most = [torch.zeros_like(weight) for weight in weights], None, 0
    for start, stop in chunks(count, length):
        kept: dict[int, int] = {}

        def note(tensor: Tensor, kept: dict[int, int] = kept) -> Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in own:
                kept[storage.data_ptr()] = storage.nbytes()
            return tensor

        with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            state = None if state is None else detach(state)
            logits, state = model(ids[None, start:stop], state)
            loss = functional.cross_entropy(logits[0], ids[start + 1 : stop + 1], reduction="sum") / count
            gradients = torch.autograd.grad(loss, weights)
        most = max(most, sum(kept.values()))
        for sum_so_far, gradient in zip(total, gradients, strict=True):
            sum_so_far += gradient
    return torch.cat([gradient.flatten() for gradient in total]), most, time.thread_time() - begun
