"""The step of a recurrent language model: embedding, layers of cells, a projection to the vocabulary.

It computes what `engine.models.language_model.LanguageModel.step` does, which a test holds it to. What the first layer
makes of each token is looked up where that table is small.

Shapes: B batch, E embedding, H hidden, G gate blocks, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.cells import CELLS
from engine.config import JsonObject
from engine.runtimes.program import PROGRAMS, Array, Operations, StepProgram, Weights

LARGEST_TABLE = 1_000_000  # numbers, 4 MB; a larger one costs more memory than it saves time


class _Layer(NamedTuple):
    """One layer's weights, as torch orders them; None where no gate looks at the hidden state."""

    weight_ih: np.ndarray
    weight_hh: np.ndarray | None
    bias_ih: np.ndarray
    bias_hh: np.ndarray | None


@PROGRAMS.register("language_model")
def language_model_step(config: JsonObject, weights: Weights) -> StepProgram:
    """Return the step of a language model with these arguments and weights.

    Raises:
        KeyError: a weight is missing. ValueError: one has another shape.
    """
    cell, hidden_size = CELLS.get(config["cell"]), config["hidden_size"]
    has_residual, embedding = config.get("residual", True), weights["embedding.weight"]  # (V, E)
    layers = [_layer(weights, number) for number in range(config["num_layers"])]
    sizes = [embedding.shape[1], *[hidden_size] * len(layers)]
    for layer, size in zip(layers, sizes, strict=False):
        _check(layer, (len(cell.gates) * hidden_size, size), (cell.blocks_back * hidden_size, hidden_size))
    bias = weights["output_bias"]
    if config.get("tie_embeddings"):
        projections = [(weights["to_embedding.weight"], None), (embedding, bias)]
    else:
        projections = [(weights["output.weight"], bias)]
    vocab_size = len(embedding)
    if (projections[0][0].shape[1], len(projections[-1][0]), len(bias)) != (hidden_size, vocab_size, vocab_size):
        raise ValueError("the projection to the vocabulary has another shape")
    parts, is_table = len(cell.parts), vocab_size * len(layers[0].bias_ih) <= LARGEST_TABLE
    table = embedding @ layers[0].weight_ih.T + layers[0].bias_ih if is_table else None  # (V, G * H)
    widest: float | None = float(np.abs(embedding).max())
    ends = cell.limits(cell.parts[0].name)
    most = None if ends is None else max(map(abs, ends))  # what the layers say is never farther from 0

    def run(operations: Operations, token_ids: Array, state: Sequence[Array]) -> tuple[Array, list[Array]]:
        hidden, size = None, sizes[0]
        after: list[Array] = []
        limit = widest
        if table is None or (has_residual and size == hidden_size):
            hidden = operations.rows(embedding, token_ids)  # (B, E)
        for number, layer in enumerate(layers):
            before = cell.make_state(state[parts * number : parts * (number + 1)])
            if number == 0 and table is not None:
                from_input = operations.rows(table, token_ids)  # (B, G * H)
            else:
                from_input = operations.product(hidden, layer.weight_ih, layer.bias_ih, limit)
            from_hidden = None
            if layer.weight_hh is not None:
                from_hidden = operations.product(state[parts * number], layer.weight_hh, layer.bias_hh, most)
            output, new_state, _ = cell.step(from_input, from_hidden, before)
            if has_residual and size == hidden_size:
                hidden, limit = hidden + output, None if most is None or limit is None else limit + most
            else:
                hidden, limit = output, most
            size = hidden_size
            after.extend(cell.state_parts(new_state).values())
        for weight, weight_bias in projections:
            hidden, limit = operations.product(hidden, weight, weight_bias, limit), None
        return hidden, after

    return StepProgram(vocab_size, (hidden_size,) * parts * len(layers), run, weights)


def _layer(weights: Weights, number: int) -> _Layer:
    """Return a layer's weights by the names that torch's layers or, for the other cells, our own give them."""
    own = {name.removeprefix(f"layers.{number}."): weight for name, weight in weights.items()}
    if "weight" in own:
        return _Layer(own["weight"], own.get("weight_hh"), own["bias"], own.get("bias_hh"))
    return _Layer(*(own[f"{name}_l0"] for name in _Layer._fields))


def _check(layer: _Layer, from_input: tuple[int, int], from_hidden: tuple[int, int]) -> None:
    shapes = [None if weight is None else weight.shape for weight in layer]
    back = [from_hidden, from_hidden[:1]] if from_hidden[0] else [None, None]
    if shapes != [from_input, back[0], from_input[:1], back[1]]:
        raise ValueError("a layer's weights have another shape")
