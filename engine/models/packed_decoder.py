"""Steps of a translator's decoder, faster than its own: weights packed once, in the order a product reads them in.

A beam of five reads every weight of the decoder at every step and does little with it, so fetching the weights is what
takes time; with many sentences at once it is the products. Hence two kinds of packed weights:

- "float16", for a few rows: the shipped weights are half-precision numbers held in single precision; held in half they
  are half the bytes and lose nothing. Products and sums stay in single precision, only the order of summation differs.
- "bfloat16", for many: weights and what they are multiplied with are rounded to 8 bits of mantissa, as where the
  networks were trained, and sums are made in single precision. Of the 1,000 test sentences of en-fr-best 957 are
  translated as before, and BLEU is 0.02 lower. Working the logits of the likeliest tokens out again without rounding
  gave 996, and took half of the time that was won; 8-bit weights were a sixth faster and cost 0.12 BLEU.

Shapes: B batch, I input, O output, E embedding, V vocabulary.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.nn import functional

from engine.cells import CELLS
from engine.layers import layer_weights
from engine.models.translator import Decoder, DecoderState, EditWeights, Translator

MOST_ROWS = 16  # above it a product of half-precision weights is slower than one of single-precision ones
FLOAT16, BFLOAT16 = "float16", "bfloat16"
ROWS, TRIES = 320, 3  # of the measurement that tells whether products in bfloat16 are faster: 64 sentences, a beam of 5

Product = Callable[[Tensor], Tensor]  # (B, I) -> (B, O)
_built: WeakKeyDictionary[nn.Module, tuple[tuple[tuple[int, int], ...], dict[str, _Products | None]]] = (
    WeakKeyDictionary()
)


class _Products(NamedTuple):
    """The products of one step: of each layer with its input and with its hidden state, of what comes after."""

    from_input: tuple[Product, ...]
    from_hidden: tuple[Product | None, ...]
    combine: Product
    project: Product


class PackedDecoder:
    """The step protocol of a translator with packed weights; states are the model's own, and go on with either."""

    def __init__(self, model: Translator, products: _Products) -> None:
        self._model, self._products, self._cell = model, products, CELLS.get(model.cell)

    def start(self, source_ids: Tensor, lengths: Tensor) -> DecoderState:
        """Return the decoder's state before its first token, as the model does."""
        return self._model.start(source_ids, lengths)

    def step(
        self, token_ids: Tensor, state: DecoderState, edit_weights: EditWeights | None = None
    ) -> tuple[Tensor, DecoderState]:
        """Read one target token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        products, layers = self._products, []
        hidden = functional.embedding(token_ids, self._model.embedding.weight)  # (B, E)
        for from_input, from_hidden, before in zip(
            products.from_input, products.from_hidden, state.layers, strict=True
        ):
            looks_back = (
                None if from_hidden is None else from_hidden(before[0] if isinstance(before, tuple) else before)
            )
            output, after, _ = self._cell.step(from_input(hidden), looks_back, before)
            hidden = hidden + output if hidden.shape == output.shape else output
            layers.append(after)
        context, weights = self._model.look(hidden[:, None], state, edit_weights)
        combined = torch.tanh(products.combine(torch.cat([hidden, context[:, 0]], dim=-1)))  # (B, E)
        logits = products.project(combined)
        return logits, state._replace(layers=tuple(layers), attention_weights=weights[:, 0])


def packed_decoder(model: Decoder, kind: str = FLOAT16) -> Decoder:
    """Return what makes the decoder's steps of `model` fastest with weights of this kind, else the model itself.

    It is itself where it is no `Translator`, while dropout is on, on processors without these products, for "float16"
    where a weight is no half-precision number, as after training in single precision, and for "bfloat16" where single
    precision is found to be as fast. Packed once per model, and again when weights change.
    """
    if not isinstance(model, Translator) or model.training:
        return model
    weights = tuple(
        (weight.data_ptr(), 0 if weight.is_inference() else weight._version) for weight in model.parameters()
    )
    known, kinds = _built.get(model, ((), {}))
    if known != weights:
        _built[model] = weights, (kinds := {})
    if kind not in kinds:
        can_pack, pack = {FLOAT16: (_holds_half, _half_product), BFLOAT16: (_is_faster_rounded, _rounded_product)}[kind]
        kinds[kind] = _pack(model, pack) if can_pack(model) else None
    products = kinds[kind]
    return model if products is None else PackedDecoder(model, products)


@torch.no_grad()
def _pack(model: Translator, pack: Callable[[Tensor, Tensor], Product]) -> _Products:
    layers = [layer_weights(layer) for layer in model.decoder]
    return _Products(
        tuple(pack(layer.weight_ih, layer.bias_ih) for layer in layers),
        tuple(
            None if layer.weight_hh is None or layer.bias_hh is None else pack(layer.weight_hh, layer.bias_hh)
            for layer in layers
        ),
        pack(model.combine.weight, model.combine.bias),
        pack(model.embedding.weight, model.output_bias),
    )


def _holds_half(model: Translator) -> bool:
    """Return whether this processor multiplies half- by single-precision numbers (x86 does), and half precision holds
    every weight exactly."""
    return "fbgemm" in torch.backends.quantized.supported_engines and all(
        weight.device.type == "cpu" and weight.dtype == torch.float32 and bool((weight.half().float() == weight).all())
        for weight in model.parameters()
    )


def _half_product(weight: Tensor, bias: Tensor) -> Product:
    weight, bias = weight.detach(), bias.detach()
    packed = torch.ops.quantized.linear_prepack_fp16(weight, bias)

    def multiply(inputs: Tensor) -> Tensor:
        if len(inputs) > MOST_ROWS:
            return functional.linear(inputs, weight, bias)
        return torch.ops.quantized.linear_dynamic_fp16(inputs, packed)

    return multiply


@torch.inference_mode()
def _is_faster_rounded(model: Translator) -> bool:
    """Return whether this machine is faster with products in bfloat16: processors without them imitate them slowly."""
    weight, bias = model.embedding.weight, model.output_bias
    if weight.device.type != "cpu" or weight.dtype != torch.float32 or not torch.backends.mkldnn.is_available():
        return False
    inputs, seconds = torch.ones(ROWS, weight.shape[1]), []
    rounded = _rounded_product(weight, bias)
    for multiply in (rounded, lambda rows: functional.linear(rows, weight, bias)):
        multiply(inputs)
        times = []
        for _ in range(TRIES):
            begun = time.perf_counter()
            multiply(inputs)
            times.append(time.perf_counter() - begun)
        seconds.append(min(times))
    return seconds[0] < seconds[1]


def _rounded_product(weight: Tensor, bias: Tensor) -> Product:
    weight, bias = weight.detach().bfloat16(), bias.detach().bfloat16()
    packed = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)

    def multiply(inputs: Tensor) -> Tensor:
        return torch.ops.mkldnn._linear_pointwise(inputs.bfloat16(), packed, bias, "none", [], "").float()

    return multiply
