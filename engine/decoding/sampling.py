"""Writing one token after the other by drawing from the model's distribution.

Papers: Fan, Lewis and Dauphin (2018), arXiv 1805.04833 (top-k); Holtzman et al. (2020), arXiv 1904.09751 (top-p).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from engine.models.base import State, StepModel
from engine.models.single_step import fastest_steps

SMALLEST_TEMPERATURE = 1e-12  # dividing by less can leave the range of float32


class GeneratedToken(NamedTuple):
    """A token as it is written, and its log-probability under the model itself (before temperature and cuts)."""

    token_id: int
    log_prob: float


def next_distribution(logits: Tensor, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Tensor:
    """Return the probabilities (..., V) a token is drawn from; temperature 0 puts all mass on the likeliest (greedy).

    Temperature divides the logits first; then top-k keeps the k likeliest (0 keeps all); then top-p keeps the smallest
    set of likeliest tokens whose mass reaches p. What is left is scaled to sum to 1.
    """
    if temperature == 0:
        return torch.zeros_like(logits).scatter_(-1, logits.argmax(dim=-1, keepdim=True), 1.0)
    # Subtracting the maximum first keeps very small temperatures from overflowing; below the floor it is greedy anyway.
    logits = (logits - logits.amax(dim=-1, keepdim=True)) / max(temperature, SMALLEST_TEMPERATURE)
    if top_k and top_k < logits.shape[-1]:
        best = logits.argsort(dim=-1, descending=True, stable=True)[
            ..., :top_k
        ]  # exactly k, the first ones among equals
        logits = torch.full_like(logits, float("-inf")).scatter(-1, best, logits.gather(-1, best))
    probabilities = logits.softmax(dim=-1)
    if top_p < 1:
        ordered, order = probabilities.sort(dim=-1, descending=True, stable=True)
        mass_before = ordered.cumsum(dim=-1) - ordered
        kept = torch.where(mass_before < top_p, ordered, torch.zeros_like(ordered))
        probabilities = torch.zeros_like(probabilities).scatter_(-1, order, kept)
        probabilities = probabilities / probabilities.sum(dim=-1, keepdim=True)
    return probabilities


@torch.inference_mode()
def prefill(model: StepModel[State], token_ids: Sequence[int], state: State | None = None) -> tuple[Tensor, State]:
    """Read at least one token and return the logits (1, V) of the next one, with the state; B = 1."""
    if hasattr(model, "forward") and len(token_ids) > 1:
        logits, state = model.forward(torch.tensor([list(token_ids)]), state)
        return logits[:, -1], state
    state = model.start(1) if state is None else state
    for token_id in token_ids:
        logits, state = model.step(torch.tensor([token_id]), state)
    return logits, state


@torch.inference_mode()
def logits_along(model: StepModel[State], token_ids: Sequence[int], continuation: Sequence[int]) -> Tensor:
    """Return the logits (T + 1, V) after at least one token and after each of the T tokens that continue it; B = 1."""
    logits, state = prefill(model, token_ids)
    if continuation and hasattr(model, "forward"):
        return torch.cat([logits, model.forward(torch.tensor([list(continuation)]), state)[0][0]])
    rows = [logits]
    for token_id in continuation:
        logits, state = model.step(torch.tensor([token_id]), state)
        rows.append(logits)
    return torch.cat(rows)


def draw(
    logits: Tensor, generator: torch.Generator, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0
) -> Tensor:
    """Return one token per row of the logits (B, V), drawn from `next_distribution`; temperature 0 draws nothing."""
    if temperature == 0:
        return logits.argmax(dim=-1)
    probabilities = next_distribution(logits, temperature, top_k, top_p)
    # What torch.multinomial does to draw one token, the same draw for the same generator, less its checks, which
    # cost a tenth of the whole step: the first of V clocks to ring, each as fast as its token is likely.
    waiting = torch.empty_like(probabilities).exponential_(generator=generator)
    return (probabilities / waiting).argmax(dim=-1)


@torch.inference_mode()
def generate(
    model: StepModel[State],
    prompt_ids: Sequence[int],
    *,
    max_new_tokens: int,
    temperature: float = 1.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
    stop_id: int | None = None,
    draws_made: int = 0,
    state: State | None = None,
) -> Iterator[GeneratedToken]:
    """Yield tokens after the prompt (at least one token long) until the limit or `stop_id`.

    The prompt is read from `state`, the model's own start where it is None.

    Each call draws from a random generator of its own, so the same seed gives the same text whatever else runs. With
    the last `draws_made` tokens of a text in the prompt, it goes on as if it had drawn them itself.
    """
    generator = torch.Generator().manual_seed(seed)
    primed: tuple[Tensor, State] = prefill(model, prompt_ids, state)
    logits, state = primed
    model = fastest_steps(model)
    for _ in range(draws_made if temperature else 0):
        torch.empty_like(logits).exponential_(generator=generator)
    for _ in range(max_new_tokens):
        token = draw(logits, generator, temperature, top_k, top_p)
        token_id = int(token)
        if token_id == stop_id:
            return
        yield GeneratedToken(token_id, float(logits.log_softmax(dim=-1)[0, token_id]))
        logits, state = model.step(token, state)
