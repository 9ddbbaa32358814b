"""Peers of a step: the loops that people write around a recurrent language model.

Shapes: B batch, V vocabulary.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import nn

from engine.models.language_model import LanguageModel
from engine.models.steps import TorchSteps


class LayerSteps(TorchSteps):
    """The loop that people write first: the whole `nn.LSTM` forward pass for each single token."""

    @torch.inference_mode()
    def step(self, token_ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state."""
        logits, state = self.model(torch.from_numpy(token_ids)[:, None], state)
        return logits[:, 0].numpy(), state


class CellSteps(TorchSteps):
    """The loop that people write next: an `nn.LSTMCell` (`GRUCell`, `RNNCell`) for each layer."""

    def __init__(self, model: LanguageModel) -> None:
        super().__init__(model)
        self._cells = []
        for layer in model.layers:
            cell = getattr(nn, f"{type(layer).__name__}Cell")(layer.input_size, layer.hidden_size)
            cell.load_state_dict({name.removesuffix("_l0"): weight for name, weight in layer.state_dict().items()})
            self._cells.append(cell)

    @torch.inference_mode()
    def step(self, token_ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state."""
        hidden, after = self.model.embedding(torch.from_numpy(token_ids)), []
        for cell, before in zip(self._cells, state, strict=True):
            layer_state = cell(hidden, before)
            hidden = self.model.join(hidden, layer_state[0] if isinstance(layer_state, tuple) else layer_state)
            after.append(type(before)(*layer_state) if isinstance(before, tuple) else layer_state)
        return self.model.project(hidden).numpy(), tuple(after)
