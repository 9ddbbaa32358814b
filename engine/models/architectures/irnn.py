"""A recurrent network that starts out copying its memory: ReLU and the identity matrix instead of gates."""

from __future__ import annotations

from torch import nn

from engine.cells import CELLS, Look
from engine.layers import Layer, single_layer
from engine.models.architectures.base import ARCHITECTURES
from engine.models.architectures.cell_layers import CellLayers

INPUT_STD = 0.001


@ARCHITECTURES.register(
    "irnn",
    look=Look(
        title="IRNN",
        order=11,
        on_light="#8F3F00",
        on_dark="#F8B27E",
        marker="triangle-down",
        dash="dashdot",
        mark=":orange[▼]",
    ),
)
class IRNN(CellLayers):
    """h' = relu(W x + U h + b), U the identity matrix and b zero at the start, so that an unread memory stays as it is.

    Paper: Le, Jaitly and Hinton (2015), A simple way to initialize recurrent networks of rectified linear units, arXiv
    1504.00941, section 2: input weights from a normal distribution with standard deviation 0.001.
    Differs: two biases per unit, as in PyTorch.
    """

    description = (
        "An RNN with ReLU instead of tanh whose memory starts out being copied unchanged from step to step "
        "(identity matrix)."
    )
    cell = "rnn"

    def build(self, input_size: int, hidden_size: int) -> Layer:
        """Return the layer with its recurrent matrix at the identity."""
        layer = single_layer(CELLS.get("rnn").activated("relu"), input_size, hidden_size)
        weight_ih, weight_hh, *biases = layer.parameters()
        nn.init.eye_(weight_hh)
        nn.init.normal_(weight_ih, std=INPUT_STD)
        for bias in biases:
            nn.init.zeros_(bias)
        return layer
