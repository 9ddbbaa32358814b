"""A network on strings: the same weights and the same step protocol, with interventions in some of its layers.

Whatever generates or scores works on a puppet unchanged. Layers that nothing is done to run as they always do; the
others run on the readable cells.

Shapes: B batch, T time, V vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from engine.cells import Interventions
from engine.errors import InputError
from engine.layers import ReadableCell, from_torch
from engine.models.language_model import LanguageModel, LanguageModelState
from engine.models.recurrent import step_layer


class ClampedModel:
    """A language model with `interventions` by layer (from 0); it copies the weights of those layers and changes
    nothing.

    Raises:
        InputError: the model has no such layer.
        ConfigError: a layer has no such unit or gate.
    """

    def __init__(self, model: LanguageModel, interventions: Mapping[int, Interventions]) -> None:
        self.model = model
        self.strings: dict[int, tuple[ReadableCell, Interventions]] = {}
        for layer, intervention in interventions.items():
            if not 0 <= layer < len(model.layers):
                raise InputError(f"There is no layer {layer + 1}; the layers are 1 to {len(model.layers)}.")
            cell = from_torch(model.layers[layer])
            intervention.check(cell.cell, cell.hidden_size)
            self.strings[layer] = (cell, intervention)

    def start(self, batch_size: int = 1) -> LanguageModelState:
        """Return the all-zero state of every layer."""
        return self.model.start(batch_size)

    @torch.inference_mode()
    def step(self, token_ids: Tensor, state: LanguageModelState) -> tuple[Tensor, LanguageModelState]:
        """Read one token per sequence, (B,); return the next token's logits (B, V) and the new state."""
        hidden = self.model.embedding(token_ids)  # (B, E)
        new_state = []
        for index, (layer, layer_state) in enumerate(zip(self.model.layers, state, strict=True)):
            if index in self.strings:
                cell, intervention = self.strings[index]
                output, layer_state, _ = cell.step(hidden, layer_state, intervention)
            else:
                output, layer_state = step_layer(self.model.cell, layer, hidden, layer_state)
            hidden = self.model.join(hidden, output)
            new_state.append(layer_state)
        return self.model.project(hidden), tuple(new_state)

    def __call__(self, input_ids: Tensor, state: LanguageModelState | None = None) -> tuple[Tensor, LanguageModelState]:
        """Return the logits (B, T, V) after each of the tokens (B, T) and the state after the last."""
        state = self.start(len(input_ids)) if state is None else state
        steps = []
        for token_ids in input_ids.unbind(1):
            logits, state = self.step(token_ids, state)
            steps.append(logits)
        return torch.stack(steps, dim=1), state
