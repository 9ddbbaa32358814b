"""A peer of the benchmark: the step that the engine took until its step was exported to ONNX Runtime.

At batch 1 a step reads every weight once and multiplies it once, so fetching the weights is what takes time. Shipped
weights are half-precision numbers held in single precision: held in half, they are half the bytes and lose nothing.
Products and sums stay in single precision, only the order of summation differs. What the first layer makes of each
token is looked up.

Shapes: B batch, E embedding, H hidden, G gate blocks, V vocabulary.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS
from engine.layers import layer_weights
from engine.models.base import select
from engine.models.language_model import LanguageModel, LanguageModelState
from engine.models.recurrent import LayerState

LARGEST_TABLE = 1_000_000  # numbers, 4 MB; a larger one costs more memory than it saves time

Parts = tuple[tuple[Tensor, ...], ...]  # per layer the tensors of its state, the hidden one first


class HalfPrecisionSteps:
    """The step protocol of a language model whose weights are half-precision numbers, which it copies.

    States are the model's own: a text begun with one goes on with the other. The operations of a step are recorded once
    and then run as one call, which spares Python between them and lets other visitors' threads run meanwhile.
    """

    def __init__(self, model: LanguageModel) -> None:
        self._start = model.start(
            1
        )  # not the model's method: it would keep the model, which is what its steps are filed under
        self._read = _record(_Step(model), self._start)

    def start(self, batch_size: int) -> LanguageModelState:
        """Return the state before the first token."""
        return select(self._start, torch.zeros(batch_size, dtype=torch.long))

    @torch.no_grad()
    def step(self, token_ids: Tensor, state: LanguageModelState) -> tuple[Tensor, LanguageModelState]:
        """Read one token per sequence, (B,); return the next token's logits (B, V) and the new state, as the model
        does."""
        logits, parts = self._read(token_ids, _to_parts(state))
        return logits, tuple(_like(before, after) for before, after in zip(state, parts, strict=True))


class _Step(nn.Module):
    """What one step computes. Only a module's own attributes can be recorded with it, hence this form and their
    names."""

    embedding: Tensor
    table: Tensor | None

    def __init__(self, model: LanguageModel) -> None:
        super().__init__()
        self.join, self.cell, self.start = model.join, CELLS.get(model.cell), model.start(1)
        weights = [layer_weights(layer) for layer in model.layers]
        first = weights[0]
        is_small = model.vocab_size * len(first.bias_ih) <= LARGEST_TABLE
        table = model.embedding.weight @ first.weight_ih.T + first.bias_ih if is_small else None  # (V, G * H)
        self.register_buffer("embedding", model.embedding.weight.detach().clone())
        self.register_buffer("table", None if table is None else table.detach())
        for index, layer in enumerate(weights):
            setattr(self, f"from_input_{index}", _pack(layer.weight_ih, layer.bias_ih))
            if layer.weight_hh is not None:
                setattr(self, f"from_hidden_{index}", _pack(layer.weight_hh, layer.bias_hh))
        if model.to_embedding is None:
            projections = [_pack(model.output.weight, model.output_bias)]
        else:
            projections = [_pack(model.to_embedding.weight, None), _pack(model.embedding.weight, model.output_bias)]
        self.num_projections = len(projections)
        for index, packed in enumerate(projections):
            setattr(self, f"projection_{index}", packed)

    def forward(self, token_ids: Tensor, parts: Parts) -> tuple[Tensor, Parts]:
        """Return the logits (B, V) and the parts of the new state."""
        multiply = torch.ops.quantized.linear_dynamic_fp16
        hidden, new_parts = functional.embedding(token_ids, self.embedding), []  # (B, E)
        for index, before in enumerate(parts):
            if index == 0 and self.table is not None:
                from_input = self.table[token_ids]  # (B, G * H)
            else:
                from_input = multiply(hidden, getattr(self, f"from_input_{index}"))
            looks_back = self.cell.looks_back
            from_hidden = multiply(before[0], getattr(self, f"from_hidden_{index}")) if looks_back else None
            output, after, _ = self.cell.step(from_input, from_hidden, _like(self.start[index], before))
            hidden = self.join(hidden, output)
            new_parts.append(_to_parts((after,))[0])
        for index in range(self.num_projections):
            hidden = multiply(hidden, getattr(self, f"projection_{index}"))
        return hidden, tuple(new_parts)


def _record(step: _Step, start: LanguageModelState) -> Callable[[Tensor, Parts], tuple[Tensor, Parts]]:
    """Return the operations of a step as one call, for batches of any size.

    torch.compile, which PyTorch recommends instead, needs a C++ compiler on the machine that serves the pages.
    """
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore", DeprecationWarning)
        # No layer changes its size.
        warnings.simplefilter("ignore", torch.jit.TracerWarning)  # type: ignore[attr-defined]
        return torch.jit.trace(step, (torch.zeros(1, dtype=torch.long), _to_parts(start)), check_trace=False)


def _to_parts(state: LanguageModelState) -> Parts:
    """Return the tensors of each layer's state, hidden state first."""
    return tuple(tuple(layer) if isinstance(layer, tuple) else (layer,) for layer in state)


def _like(state: LayerState, parts: tuple[Tensor, ...]) -> LayerState:
    """Return one layer's state, of the kind of `state`, made of `parts`."""
    return type(state)(*parts) if isinstance(state, tuple) else parts[0]


def _pack(weight: Tensor, bias: Tensor | None) -> Any:  # a packed weight, which torch has no type for
    return torch.ops.quantized.linear_prepack_fp16(weight.detach(), None if bias is None else bias.detach())
