"""Two LSTM layers on top of each other."""

from engine.cells import Look
from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.cell_layers import CellLayers


@ARCHITECTURES.register(
    "lstm_stacked",
    look=Look(
        title="LSTM, two layers",
        order=22,
        on_light="#3D8FC7",
        on_dark="#2A83BD",
        marker="star",
        dash="dot",
        mark=":blue[★]",
    ),
)
class StackedLSTM(CellLayers):
    """Two LSTM layers, each with half of the hidden state; the second reads what the first shows.

    Paper: Graves (2013), arXiv 1308.0850, section 2, for deep recurrent networks.
    Differs: no connections that skip a layer.
    """

    description = "Two smaller LSTM layers on top of each other; the second reads what the first makes of the sequence."
    cell = "lstm"
    num_layers = 2
    smallest = 2
