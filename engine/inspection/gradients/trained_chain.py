"""The chain of gradients in a trained language model: d state_T / d state_t by autograd, for networks of any size.

The whole matrix of a network with a thousand state values is not needed to know how large it is: a handful of random
rotations of the last state is handed back through time, and the mean square of what arrives is that of the singular
values, on average.

Shapes: K probes, S values in the states of all layers together, T time.

Paper: Hutchinson (1990), for estimating a trace from random vectors.
"""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.gradients.chain import MAX_TEXT, ChainSettings, draw_weights
from engine.layers.conversion import cell_of, layer_weights
from engine.models import MODELS
from engine.models.base import AnyState, State, StepModel, map_tensors
from engine.models.folder import LoadedModel

PROBES = 8
MAX_TOKENS = 150  # tokens from the end of a text that are looked at


def trained_chain(loaded: LoadedModel, text: str, probes: int = PROBES, seed: int = 0) -> pd.DataFrame:
    """Return how large a change of a trained network's state has become at the end of `text`: `distance`, `log10_gain`.

    The gain is the root mean square over all directions, estimated from `probes` orthogonal ones; at distance 0 it is
    1.

    Raises:
        InputError: the text is empty or too long, or the model has no state.
    """
    token_ids = read_tokens(loaded, text)[-MAX_TOKENS:]
    return _chain(loaded.model, [start_id(loaded), *token_ids], probes, seed)


def untrained_chain(loaded: LoadedModel, text: str, settings: ChainSettings) -> pd.DataFrame:
    """Return the same for an untrained network of the same kind and size, drawn as `settings` say; its own size, text
    and tanh stand in place of theirs.

    Raises:
        InputError: as `trained_chain`.
    """
    return trained_chain(untrained(loaded, settings), text, seed=settings.seed)


def untrained(loaded: LoadedModel, settings: ChainSettings) -> LoadedModel:
    """Return a model of the same kind and size with weights just drawn; its recurrent layers by the same rule as
    `make_weights`."""
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        model = MODELS.get(loaded.info.config["model"])(**loaded.model.config)
    for number, layer in enumerate(getattr(model, "layers", ())):
        drawn = draw_weights(
            cell_of(layer),
            layer.input_size,
            layer.hidden_size,
            settings,
            np.random.default_rng([settings.seed, 3, number]),
        )
        for weight, values in zip(layer_weights(layer), drawn, strict=True):
            if weight is not None:
                weight.data.copy_(torch.from_numpy(values))
    return dataclasses.replace(loaded, model=model.eval())


def read_tokens(loaded: LoadedModel, text: str) -> list[int]:
    """Return the tokens of a text that is not empty and not too long, for a model with a state.

    Raises:
        InputError: otherwise.
    """
    token_ids = checked_tokens(loaded, text)
    if not loaded.info.has_units:
        raise InputError(f"{loaded.info.name} has no hidden state that is handed on from step to step.")
    return token_ids


def checked_tokens(loaded: LoadedModel, text: str) -> list[int]:
    """Return the tokens of a text that is not empty and not too long.

    Raises:
        InputError: otherwise, or the model only counts.
    """
    if not loaded.info.has_gradient:
        raise InputError(f"{loaded.info.name} only counts; there is nothing in it that a gradient could flow through.")
    if len(text) > MAX_TEXT:
        raise InputError(f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are read.")
    token_ids = loaded.tokenizer.encode(text)
    if not text.strip() or not token_ids:
        raise InputError("There is no text to read: type a sentence.")
    return token_ids


def _chain(model: StepModel[AnyState], token_ids: list[int], probes: int, seed: int) -> pd.DataFrame:
    with torch.enable_grad():
        state = map_tensors(model.start(probes), lambda part: part.detach().requires_grad_())
        states = [state]
        for token_id in token_ids:
            _, state = model.step(torch.full((probes,), token_id), state)
            state = _handed_on(state)
            states.append(state)
        last = torch.cat(_tensors(state), dim=1)  # (K, S)
        generator = torch.Generator().manual_seed(seed)
        directions, _ = torch.linalg.qr(torch.randn(last.shape[1], probes, generator=generator, dtype=last.dtype))
        wanted = [part for state in states for part in _tensors(state)]
        grads = torch.autograd.grad(last, wanted, directions.T)  # (K, H) each
    per_state = len(wanted) // len(states)
    squares = torch.stack([grad.double().square().sum(dim=1) for grad in grads]).reshape(len(states), per_state, probes)
    gains = squares.sum(dim=1).mean(dim=1).sqrt().flip(0).numpy()  # by distance
    with np.errstate(divide="ignore"):
        return pd.DataFrame({"distance": range(len(states)), "log10_gain": np.log10(gains)})


def _tensors(state: object) -> list[Tensor]:
    if isinstance(state, Tensor):
        return [state]
    return [tensor for part in state for tensor in _tensors(part)] if isinstance(state, tuple) else []


def _handed_on(state: State) -> State:
    """Return the state as the next step meets it: without it, what a layer says to the next one in the same step would
    count."""
    return map_tensors(state, lambda part: part.view_as(part))
