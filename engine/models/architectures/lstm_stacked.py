"""Two LSTM layers on top of each other."""

from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.torch_layers import TorchLayers


@ARCHITECTURES.register("lstm_stacked", title="LSTM, two layers")
class StackedLSTM(TorchLayers):
    """Two LSTM layers, each with half of the hidden state; the second reads what the first shows.

    Paper: Graves (2013), arXiv 1308.0850, section 2, for deep recurrent networks.
    Differs: no connections that skip a layer.
    """

    title = "LSTM, two layers"
    description = "Two smaller LSTM layers on top of each other; the second reads what the first makes of the sequence."
    cell = "lstm"
    num_layers = 2
    smallest = 2
