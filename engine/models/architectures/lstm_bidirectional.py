"""Two LSTMs that read the same sequence from both ends."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engine.cells import CELLS, Look
from engine.models.architectures.base import ARCHITECTURES, DEFAULT_LONGEST, Architecture, open_memory
from engine.models.architectures.cell_layers import layer_sizes


@ARCHITECTURES.register(
    "lstm_bidirectional",
    look=Look(
        title="LSTM, both directions",
        order=23,
        on_light="#1E5B80",
        on_dark="#7FBFE6",
        marker="bowtie",
        dash="longdash",
        mark=":blue[⧓]",
        both_directions_of="lstm",
    ),
)
class BidirectionalLSTM(Architecture):
    """One LSTM reads forwards, one backwards, each with half of the hidden state; what is given on at step t is both
    states after t + 1 steps of their own.

    So at the last step, where tasks ask, both have read everything. It sees the future and cannot stream.

    Paper: Schuster and Paliwal (1997), Bidirectional recurrent neural networks; Graves and Schmidhuber (2005) with
    LSTM.
    Differs: the backward states stand in the order they were computed in, not beside the step they belong to, because
    our tasks ask once everything was read and then only the whole reading counts.
    """

    description = (
        "One LSTM reads forwards and one backwards; only where the whole sequence may be seen before answering."
    )
    is_causal = False
    streams = False
    smallest = 2

    def __init__(
        self, input_size: int, hidden_size: int, memory_bias: float = 1.0, longest: int = DEFAULT_LONGEST
    ) -> None:
        super().__init__(input_size, hidden_size, memory_bias, longest)
        forwards, backwards = layer_sizes(hidden_size, 2)
        self.forwards = nn.LSTM(input_size, forwards, batch_first=True)
        self.backwards = nn.LSTM(input_size, backwards, batch_first=True)
        for layer in (self.forwards, self.backwards):
            open_memory(layer, memory_bias)
        self.output_size = hidden_size

    @classmethod
    def count_parameters(cls, input_size: int, hidden_size: int) -> int:
        """Return the sum over both directions of 4 * H * (I + H + 2)."""
        count = CELLS.get("lstm").count_parameters
        return sum(count(input_size, size) for size in layer_sizes(hidden_size, 2))

    def run(self, features: Tensor, state: None = None) -> tuple[Tensor, None]:
        """Return both directions' hidden states (B, T, H), each in the order of its own reading, and no state."""
        outputs = [self.forwards(features)[0], self.backwards(features.flip(1))[0]]
        return torch.cat(outputs, dim=2), None
