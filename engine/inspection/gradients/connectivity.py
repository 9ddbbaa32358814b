"""Connectivity: how strongly each earlier token moves the logit of one that is expected, and whether replacing it
really does.

Shapes: T tokens read, E embedding, V vocabulary, R replacements per place, B sequences run side by side.

Paper: Madsen (2019), Visualizing memorization in RNNs, Distill, doi 10.23915/distill.00016, "connectivity": the norm of
the gradient of a logit with respect to each input.
Differs: the norm itself instead of its square, and the token that stands in the text instead of the likeliest; the
check by replacement is ours.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.gradients.trained_chain import checked_tokens
from engine.models.base import select
from engine.models.folder import LoadedModel

CHECKED = 60  # places before the expected token that are replaced
REPLACEMENTS = 2
SIDE_BY_SIDE = 16  # places replaced in one pass: more of them read more of the text again, fewer need more passes
NOTICEABLE = 0.1  # of the strongest


@dataclass(frozen=True)
class Connectivity:
    """What one network leans on when it expects one token of a text.

    Attributes:
        tokens: the whole text in the model's tokens.
        position: the expected token, counted from 1; it is read after all tokens before it.
        strengths: (place - 1,) norm of d logit / d embedding for each token before it.
        logit: of the expected token.
        probability: that the network gave it.
    """

    tokens: list[str]
    position: int
    strengths: np.ndarray
    logit: float
    probability: float

    @property
    def shares(self) -> np.ndarray:
        """The strengths of all tokens as shares of the strongest; nan from the expected one on."""
        shares = np.full(len(self.tokens), np.nan)
        strongest = self.strengths.max(initial=0.0)
        shares[: self.position - 1] = self.strengths / strongest if strongest > 0 else 0.0
        return shares

    @property
    def half_reach(self) -> int:
        """How many tokens back one must go to have half of all strength."""
        summed = np.cumsum(self.strengths[::-1])
        return int(np.searchsorted(summed, summed[-1] / 2)) + 1

    @property
    def furthest(self) -> int:
        """How many tokens back the first token lies that has a tenth of the strongest one's strength."""
        felt = np.flatnonzero(self.strengths >= NOTICEABLE * self.strengths.max())
        return len(self.strengths) - int(felt[0])


def connectivity(loaded: LoadedModel, text: str, position: int) -> Connectivity:
    """Return how strongly each token of `text` before number `position` (from 1) moves the logit of that one.

    Raises:
        InputError: the text is empty, too long or of one token only, `position` is not in it, or the model only counts.
    """
    token_ids = _tokens(loaded, text, position)
    ids = torch.tensor([[start_id(loaded), *token_ids[: position - 1]]])
    with torch.enable_grad():
        rows = loaded.model.embedding.weight.detach()[ids].requires_grad_()  # (1, T, E)
        logits = with_vectors(loaded.model, rows)(ids)[0][0, -1]
        logit = logits[token_ids[position - 1]]
        (grad,) = torch.autograd.grad(logit, rows)
    probability = logits.detach().softmax(dim=0)[token_ids[position - 1]]
    strengths = grad[0, 1:].double().norm(dim=1).numpy()  # the mark a text starts after is no token of it
    return Connectivity(
        loaded.tokenizer.tokens(token_ids), position, strengths, float(logit.detach()), float(probability)
    )


@torch.inference_mode()
def replacements(
    loaded: LoadedModel, text: str, position: int, count: int = REPLACEMENTS, seed: int = 0
) -> pd.DataFrame:
    """Return how far the logit of token `position` moves when an earlier one is replaced by others of the same text.

    One row per token among the last `CHECKED` before it: `position` (from 1), `distance`, `token`, and `moved`, the
    mean absolute change of the logit over `count` replacements. What stands before the replaced token is read only
    once, exactly.

    Raises:
        InputError: as `connectivity`.
    """
    token_ids = _tokens(loaded, text, position)
    before = token_ids[: position - 1]
    first = max(0, len(before) - CHECKED)
    others = np.random.default_rng(seed)
    swaps = [[_another(token_ids, token, others, loaded.model.vocab_size) for _ in range(count)] for token in before]
    changed = _replaced(loaded, before, swaps, first, token_ids[position - 1])
    names = loaded.tokenizer.tokens(token_ids)
    return pd.DataFrame(
        {
            "position": range(first + 1, position),
            "distance": range(position - 1 - first, 0, -1),
            "token": names[first : position - 1],
            "moved": changed,
        }
    )


def rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    """Return Spearman's rank correlation of two rows of numbers; nan where one of them is constant or has two values at
    most.

    Paper: Spearman (1904), The proof and measurement of association between two things.
    """
    if len(one) < 3:
        return float("nan")
    ranks = [pd.Series(np.asarray(row, dtype=float)).rank().to_numpy() for row in (one, other)]
    if any(np.ptp(rank) == 0 for rank in ranks):
        return float("nan")
    return float(np.corrcoef(*ranks)[0, 1])


def _tokens(loaded: LoadedModel, text: str, position: int) -> list[int]:
    token_ids = checked_tokens(loaded, text)
    if len(token_ids) < 2:
        raise InputError(
            "The text is too short: something must stand before the character that is expected. Type at least two."
        )
    if not 2 <= position <= len(token_ids):
        raise InputError(f"The expected place must lie between 2 and {len(token_ids):,}, not {position:,}.")
    return token_ids


def with_vectors(model: nn.Module, vectors: Tensor) -> nn.Module:
    """Return a model that shares everything with `model` but reads `vectors` (B, T, E) instead of looking tokens up.

    The model itself stays as it is: other visitors are using it.
    """
    changed = copy.copy(model)
    changed._modules = dict(model._modules)
    changed._modules["embedding"] = _LookedUpEmbedding(vectors, model.get_parameter("embedding.weight"))
    return changed


class _LookedUpEmbedding(nn.Module):
    """An embedding that has looked its tokens up already; `weight` is there for models that use it for their output,
    too."""

    def __init__(self, vectors: Tensor, weight: Tensor) -> None:
        super().__init__()
        self.vectors, self.weight = vectors, weight

    def forward(self, token_ids: Tensor) -> Tensor:
        """Return the vectors of the next (B, T) tokens that have not been asked for."""
        taken = self.vectors[:, : token_ids.shape[1]]
        self.vectors = self.vectors[:, token_ids.shape[1] :]
        return taken


def _another(token_ids: list[int], token: int, random: np.random.Generator, vocab_size: int) -> int:
    """Return a token of the same text, as often as it stands there, that is not `token`."""
    candidates = [other for other in token_ids if other != token]
    if not candidates:
        return int((token + random.integers(1, vocab_size)) % vocab_size)
    return int(candidates[random.integers(len(candidates))])


def _replaced(loaded: LoadedModel, before: list[int], swaps: list[list[int]], first: int, target: int) -> np.ndarray:
    """Return the mean change per place from `first` on, by reading every changed end of the text.

    What stands before is read once: up to `first`, and from there on for every `SIDE_BY_SIDE` places, whose ends are
        read together.
    """
    model, count = loaded.model, len(swaps[0])
    logits, state = model(torch.tensor([[start_id(loaded), *before[:first]]]))
    changed = []
    for begin in range(first, len(before), SIDE_BY_SIDE):
        end = min(begin + SIDE_BY_SIDE, len(before))
        rows = [
            [*before[begin:position], other, *before[position + 1 :]]
            for position in range(begin, end)
            for other in swaps[position]
        ]
        found, _ = model(torch.tensor(rows), select(state, torch.zeros(len(rows), dtype=torch.long)))
        changed.append(found[:, -1, target])
        logits, state = model(torch.tensor([before[begin:end]]), state)
    return (torch.cat(changed).double() - logits[0, -1, target].double()).abs().reshape(-1, count).mean(dim=1).numpy()
