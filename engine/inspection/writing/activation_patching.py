"""Activation patching (a state transplant): one passage's state put under another passage, and for how long the
network's predictions there differ because of it.

Both runs read the same passage; only the state they begin with differs. The untouched run begins as the network begins
any text, the other with the state in which a donor passage has left it, or with a mixture of the two.

Shapes: N tokens of the passage, V vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from engine.decoding.limits import MAX_PROMPT_CHARACTERS, SamplingSettings, check_characters, check_sampling
from engine.decoding.sampling import generate
from engine.decoding.text import prompt_ids, spell, start_id
from engine.errors import InputError
from engine.models.base import AnyState, map_tensors
from engine.models.folder import LoadedModel
from engine.models.recurrent import LayerState
from engine.models.steps import prefill

NEGLIGIBLE_NATS = 0.01


@dataclass(frozen=True)
class Influence:
    """How much a donor's state changes what a network expects, while it reads a passage.

    Attributes:
        frame: one row per token of the passage: `characters` read so far, the `token` read last, and `kl_nats`, the
            divergence KL(transplanted || untouched) between what the two runs expect next.
        characters: length of the passage.
        lasts_characters: characters after which `kl_nats` stays below `NEGLIGIBLE_NATS`; None where the passage ends
            before that.
        half_characters: characters after which half of the sum of `kl_nats` over the passage lies behind; 0 where
            there is no difference at all.
    """

    frame: pd.DataFrame
    characters: int
    lasts_characters: int | None
    half_characters: int


@torch.inference_mode()
def donor_influence(loaded: LoadedModel, donor: str, passage: str, amount: float) -> Influence:
    """Return how far the run with the donor's state is from the untouched run after each token of `passage`.

    Raises:
        InputError: a passage is empty or too long, the amount is not between 0 and 1, or the model has no state to
            carry.
    """
    untouched, transplanted = (_read(loaded, donor, passage, share) for share in (0.0, amount))
    ids = loaded.tokenizer.encode(passage)
    positions = [stop for _, stop in loaded.tokenizer.spans(passage)]
    nats = divergence_nats(transplanted, untouched)
    frame = pd.DataFrame({"characters": positions, "token": loaded.tokenizer.tokens(ids), "kl_nats": nats.numpy()})
    return Influence(frame, len(passage), lasting_characters(frame), half_characters(frame))


def write_after_transplant(
    loaded: LoadedModel, donor: str, passage: str, amount: float, settings: SamplingSettings
) -> str:
    """Return what the model writes after `passage`, having begun it with the donor's state; 0 is the untouched run.

    Raises:
        InputError: as `donor_influence`, or a setting is out of bounds.
    """
    check_sampling(settings)
    state = starting_state(loaded, donor, passage, amount)
    ids = loaded.tokenizer.encode(passage)
    tokens = generate(loaded.model, ids, state=state, stop_id=loaded.tokenizer.eos_id, **vars(settings))
    return "".join(spell(loaded.tokenizer, (token.token_id for token in tokens), before=ids))


@torch.inference_mode()
def starting_state(loaded: LoadedModel, donor: str, passage: str, amount: float) -> tuple[LayerState, ...]:
    """Return the state a passage is begun with: fresh at 0, the donor's at 1, every number a mixture in between.

    Raises:
        InputError: a passage is empty or too long, the amount is not between 0 and 1, or the model has no state to
            carry.
    """
    if not loaded.info.has_units:
        raise InputError(f"{loaded.info.name} only counts; it has no state that could be carried over.")
    for name, text in (("The donor passage", donor), ("The passage", passage)):
        _check_passage(loaded, name, text)
    if not 0 <= amount <= 1:
        raise InputError(f"The amount must lie between 0 (untouched) and 1 (the donor's state), not {amount:g}.")
    _, fresh = prefill(loaded.model, [start_id(loaded)])
    _, donated = prefill(loaded.model, prompt_ids(loaded, donor))
    return blend(fresh, donated, amount)


def blend(first: AnyState, second: AnyState, amount: float) -> AnyState:
    """Return (1 - amount) * first + amount * second for every tensor of two states of the same shape; 0 and 1 are
    exact."""
    return map_tensors(first, lambda one, other: torch.lerp(one, other, amount), second)


def divergence_nats(log_probs: Tensor, reference: Tensor) -> Tensor:
    """Return KL(p || q) in nats for each row of log-probabilities p `log_probs` and q `reference`, (N, V) to (N,).

    Paper: Kullback and Leibler (1951). The nats wasted per token by who expects q where p is true.
    """
    terms = torch.where(log_probs.isneginf(), 0.0, log_probs.exp() * (log_probs - reference))
    return terms.sum(dim=-1).clamp(min=0)  # rounding can leave a hair below zero


def lasting_characters(frame: pd.DataFrame, threshold: float = NEGLIGIBLE_NATS) -> int | None:
    """Return the characters after which `kl_nats` stays below the threshold, None where it is not below it at the
    end."""
    felt = frame["kl_nats"] >= threshold
    if not felt.any():
        return 0
    return None if felt.iloc[-1] else int(frame["characters"][felt].iloc[-1])


def half_characters(frame: pd.DataFrame) -> int:
    """Return the characters after which half of all that `kl_nats` adds up to lies behind, 0 where that is nothing."""
    total = frame["kl_nats"].cumsum()
    return int(frame["characters"][total >= total.iloc[-1] / 2].iloc[0]) if total.iloc[-1] > 0 else 0


def _read(loaded: LoadedModel, donor: str, passage: str, amount: float) -> Tensor:
    """Return the log-probabilities (N, V), float64, of what comes after each token of the passage."""
    state = starting_state(loaded, donor, passage, amount)
    logits, _ = loaded.model(torch.tensor([loaded.tokenizer.encode(passage)]), state)
    return logits[0].double().log_softmax(dim=-1)


def _check_passage(loaded: LoadedModel, name: str, text: str) -> None:
    check_characters(name, text)
    if len(text) > MAX_PROMPT_CHARACTERS:
        raise InputError(f"{name} has {len(text):,} characters; at most {MAX_PROMPT_CHARACTERS:,} are read.")
    if not loaded.tokenizer.encode(text):
        raise InputError(f"{name} is empty: type or paste some text.")
