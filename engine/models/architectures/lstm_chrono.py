"""An LSTM whose units start out with memories of different lengths, as long as the task may need."""

from __future__ import annotations

from torch import Tensor

from engine.cells import Look
from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.cell_layers import CellLayers, chrono_biases


@ARCHITECTURES.register(
    "lstm_chrono",
    look=Look(
        title="LSTM, chrono",
        order=21,
        on_light="#00436B",
        on_dark="#A6D5F5",
        marker="hexagon",
        dash="dash",
        mark=":blue[⬢]",
    ),
)
class ChronoLSTM(CellLayers):
    """An LSTM with chrono initialisation: unit by unit the forget bias is log U(1, longest - 1) and the input bias its
    negative.

    Paper: Tallec and Ollivier (2018), Can recurrent neural networks warp time?, arXiv 1804.11188, equation 16.
    """

    description = (
        "The same LSTM, but each unit starts with a memory of its own length, drawn up to the length of the "
        "task (chrono)."
    )
    cell = "lstm"

    @classmethod
    def layer_options(cls, length: int) -> dict[str, int]:
        """Return the longest time to remember: the task's own length."""
        return {"longest": length}

    def keeping_bias(self, size: int) -> Tensor:
        """Return the biases drawn for `size` units."""
        return chrono_biases(size, self.longest)
