"""The step protocol as texts are written with it: a model's own step in torch, the reference, and what is faster here.

Tools that look at states and gates step the model itself. What only writes asks `fastest_steps`.

Shapes: B batch, T time, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor, nn

from engine.models.base import State, StepModel, select
from engine.models.language_model import LanguageModel, LanguageModelConfig
from engine.runtimes.choice import REFERENCE, choose_steps, export_steps, is_installed, runtime_wanted, say_once
from engine.runtimes.program import StepProgram, Steps, build_program

_built: WeakKeyDictionary[nn.Module, tuple[object, Steps]] = WeakKeyDictionary()


class TorchSteps:
    """The step protocol of a model itself; states are its own."""

    runtime = REFERENCE
    is_exact_in_batches = False

    def __init__(self, model: StepModel[State]) -> None:
        self.model = model

    def start(self, batch_size: int = 1) -> Any:  # the model's own
        """Return the state before the first token, the batch first."""
        return self.model.start(batch_size)

    @torch.inference_mode()
    def step(self, token_ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:  # as above
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state."""
        logits, state = self.model.step(torch.from_numpy(token_ids), state)
        return logits.float().numpy(), state

    @torch.inference_mode()
    def read(self, token_ids: Sequence[int], state: Any = None) -> tuple[np.ndarray, Any]:  # as above
        """Read at least one token of one text; return the logits (1, V) of the next and the state."""
        logits, state = prefill(self.model, token_ids, state)
        return logits.float().numpy(), state

    def read_along(self, token_ids: Sequence[int]) -> np.ndarray:
        """Return the logits (T, V) after each of the T tokens of one text."""
        return logits_along(self.model, token_ids[:1], token_ids[1:]).float().numpy()

    def pick(self, state: Any, rows: Sequence[int]) -> Any:  # as above
        """Return the state with its texts picked by `rows`, repeats allowed."""
        return select(state, torch.tensor(list(rows)))


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


def fastest_steps(model: StepModel[State]) -> Steps:
    """Return what steps `model` fastest here: a runtime of `engine.runtimes`, or the model itself where its step cannot
    be exported, as while dropout is on.

    Made once per model, and again when weights change.
    """
    if not isinstance(model, LanguageModel):
        if isinstance(model, nn.Module):
            say_once(f"note: the step of a {type(model).__name__} cannot be exported; torch runs it")
        return TorchSteps(model)
    wanted = runtime_wanted()
    if model.training or wanted == REFERENCE or not _is_plain(model):
        return TorchSteps(model)
    weights = (
        wanted,
        tuple((weight.data_ptr(), 0 if weight.is_inference() else weight._version) for weight in model.parameters()),
    )
    known, steps = _built.get(model, (None, None))
    if steps is None or known != weights:
        program = _program_of(model)
        steps = TorchSteps(model) if program is None else choose_steps(program)
        _built[model] = weights, steps
    return steps


def steps_in_8_bits(model: StepModel[State]) -> Steps | None:
    """Return the steps of `model` with weights of 8 bits, whatever is fastest; None where there are none."""
    if not isinstance(model, LanguageModel) or not is_installed():
        return None
    program = _program_of(model)
    return None if program is None else export_steps(program, "int8")


def _program_of(model: LanguageModel) -> StepProgram | None:
    arrays = {name: weight.numpy(force=True).copy() for name, weight in model.state_dict().items()}
    return build_program(LanguageModelConfig.model, model.config, arrays)


def _is_plain(model: nn.Module) -> bool:
    """Return whether every parameter is a number in single precision on the processor."""
    return all(weight.device.type == "cpu" and weight.dtype == torch.float32 for weight in model.parameters())
