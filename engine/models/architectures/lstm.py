"""Long short-term memory with a forget gate that starts open."""

from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.torch_layers import TorchLayers


@ARCHITECTURES.register("lstm", title="LSTM")
class LSTM(TorchLayers):
    """One LSTM layer; its forget gate starts at bias `memory_bias`, 1 by default, and its input gate at the opposite.

    Paper: Hochreiter and Schmidhuber (1997), Long short-term memory; Gers, Schmidhuber and Cummins (2000) for the
    forget gate; Jozefowicz, Zaremba and Sutskever (2015), section 3.1, for the bias of 1.
    """

    title = "LSTM"
    description = (
        "One layer with a memory that is only added to and scaled, behind three gates; the gate that keeps starts open."
    )
    cell = "lstm"
