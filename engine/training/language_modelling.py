"""Learning to predict the next token of running text, by truncated back-propagation through time.

Paper: Williams and Peng (1990); Mikolov et al. (2010). The text is cut into `batch_size` streams that are read side by
side; each update sees the next `bptt_length` tokens of every stream. The state is carried from update to update, but
detached: gradients stop at the window's edge, memory does not.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from engine.decoding.scoring import score_stream
from engine.errors import DataError
from engine.models.base import AnyState, detach, map_tensors
from engine.training.cross_entropy import mean_cross_entropy


class Window(NamedTuple):
    """The next tokens of every stream and the ones after them, (B, T) each; `is_first` marks a new pass."""

    input_ids: Tensor
    labels: Tensor
    is_first: bool


class LanguageModellingObjective:
    """Next-token prediction with carried state; see `engine.training.trainer.Objective`."""

    def __init__(
        self, train_ids: list[int], validation_ids: list[int], batch_size: int, bptt_length: int, seed: int = 0
    ) -> None:
        """Prepare streams.

        Raises:
            DataError: the text is too short for one window, or there is too little to validate on.
        """
        self.train_ids = torch.tensor(train_ids)
        self.validation_ids = torch.tensor(validation_ids)
        self.batch_size, self.bptt_length, self.seed = batch_size, bptt_length, seed
        # Each pass starts at another offset, so that windows and streams do not cut the text at the same places.
        self.stream_length = (len(train_ids) - bptt_length - 1) // batch_size
        self.windows = self.stream_length // bptt_length
        if self.windows < 1:
            need = bptt_length * (batch_size + 1) + 1
            raise DataError(f"The text has {len(train_ids)} tokens; these settings need at least {need}.")
        if len(validation_ids) < 2:
            raise DataError(f"The validation text has {len(validation_ids)} tokens; it needs at least 2.")

    def batch(self, position: int) -> Window:
        """Return the window of update `position`."""
        epoch, window = divmod(position, self.windows)
        generator = torch.Generator().manual_seed(self.seed * 100_003 + epoch)
        offset = int(torch.randint(self.bptt_length, (1,), generator=generator))
        starts = offset + torch.arange(self.batch_size)[:, None] * self.stream_length + window * self.bptt_length
        index = starts + torch.arange(self.bptt_length)[None]  # (B, T)
        return Window(self.train_ids[index], self.train_ids[index + 1], window == 0)

    def count_tokens(self, batch: Window) -> int:
        """Return how many tokens a batch reads."""
        return batch.input_ids.numel()

    def loss(self, model: nn.Module, batch: Window, carry: AnyState) -> tuple[Tensor, AnyState]:
        """Return the mean nats per token and the state to carry on, cut from this update's graph."""
        logits, state = model(batch.input_ids, None if batch.is_first else carry)
        loss = mean_cross_entropy(logits.flatten(0, 1), batch.labels.flatten())
        return loss, map_tensors(detach(state), Tensor.float)

    def evaluate(self, model: nn.Module) -> dict[str, float]:
        """Return nats per token over the validation text, read once with carried state."""
        return {"loss": score_stream(model, self.validation_ids)}
