"""Single steps of a language model, faster at batch 1 without changing what is computed.

At batch 1 a step reads every weight once and multiplies it once, so fetching the weights is what takes time. Shipped weights
are half-precision numbers held in single precision: held in half, they are half the bytes and lose nothing. Products and sums
stay in single precision, only the order of summation differs. What the first layer makes of each token is looked up.

Shapes: B batch, E embedding, H hidden, G gate blocks, V vocabulary.
"""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.models.base import StepModel
from engine.models.language_model import LanguageModel, LanguageModelState

LARGEST_TABLE = 1_000_000  # numbers, 4 MB; a larger one costs more memory than it saves time

_built: WeakKeyDictionary[nn.Module, tuple[tuple[Any, ...], SingleSteps | None]] = WeakKeyDictionary()


class SingleSteps:
    """The step protocol of a language model whose weights are half-precision numbers, which it copies.

    States are the model's own: a text begun with one goes on with the other.
    """

    def __init__(self, model: LanguageModel) -> None:
        self.start, self.join, self.embedding = model.start, model.join, model.embedding
        self.finish_step = CELLS.get(model.cell).finish_step
        first = model.layers[0]
        is_small = model.vocab_size * len(first.bias_ih_l0) <= LARGEST_TABLE
        self.table = model.embedding.weight @ first.weight_ih_l0.T + first.bias_ih_l0 if is_small else None  # (V, G * H)
        self.from_input = [_pack(layer.weight_ih_l0, layer.bias_ih_l0) for layer in model.layers]
        self.from_hidden = [_pack(layer.weight_hh_l0, layer.bias_hh_l0) for layer in model.layers]
        if model.to_embedding is None:
            self.projections = [_pack(model.output.weight, model.output_bias)]
        else:
            self.projections = [_pack(model.to_embedding.weight, None), _pack(model.embedding.weight, model.output_bias)]

    @torch.no_grad()
    def step(self, token_ids: Tensor, state: LanguageModelState) -> tuple[Tensor, LanguageModelState]:
        """Read one token per sequence, (B,); return the next token's logits (B, V) and the new state, as the model does."""
        multiply = torch.ops.quantized.linear_dynamic_fp16
        hidden, new_state = self.embedding(token_ids), []  # (B, E)
        for index, layer_state in enumerate(state):
            before = layer_state[0] if isinstance(layer_state, tuple) else layer_state  # (B, H)
            if index == 0 and self.table is not None:
                from_input = self.table[token_ids]  # (B, G * H)
            else:
                from_input = multiply(hidden, self.from_input[index])
            output, layer_state = self.finish_step(from_input, multiply(before, self.from_hidden[index]), layer_state)
            hidden = self.join(hidden, output)
            new_state.append(layer_state)
        for projection in self.projections:
            hidden = multiply(hidden, projection)
        return hidden, tuple(new_state)


def fastest_steps(model: StepModel) -> StepModel:
    """Return what makes single steps of `model` fastest: its `SingleSteps` where that is possible here, else itself.

    It is not where a weight is no half-precision number, as after training in single precision, while dropout is on, and on
    processors without the product of half- and single-precision numbers. Made once per model, and again when weights change.
    """
    if not isinstance(model, LanguageModel) or model.training:
        return model
    weights = tuple((weight.data_ptr(), 0 if weight.is_inference() else weight._version) for weight in model.parameters())
    known, steps = _built.get(model, ((), None))
    if known != weights:
        steps = SingleSteps(model) if _has_half_products() and _is_half(model) else None
        _built[model] = weights, steps
    return model if steps is None else steps


def _has_half_products() -> bool:
    """Return whether this processor multiplies half- by single-precision numbers (x86 does)."""
    return "fbgemm" in torch.backends.quantized.supported_engines


def _is_half(model: nn.Module) -> bool:
    """Return whether every parameter is on the processor and a number that half precision holds exactly."""
    return all(
        weight.device.type == "cpu" and weight.dtype == torch.float32 and bool((weight.half().float() == weight).all())
        for weight in model.parameters()
    )


def _pack(weight: Tensor, bias: Tensor | None) -> Any:
    return torch.ops.quantized.linear_prepack_fp16(weight.detach(), None if bias is None else bias.detach())
