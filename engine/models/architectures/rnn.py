"""The vanilla recurrent network, the one that forgets."""

from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.torch_layers import TorchLayers


@ARCHITECTURES.register("rnn", title="RNN")
class RNN(TorchLayers):
    """Elman's recurrent network with tanh.

    Paper: Elman (1990), Finding structure in time.
    """

    title = "RNN"
    description = (
        "One layer that squashes a mix of what it reads and what it remembers; everything in memory is "
        "rewritten at every step."
    )
    cell = "rnn"
