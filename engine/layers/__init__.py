"""Recurrent layers in torch: what gives a cell of `engine.cells` its weights, runs it over sequences, and opens it up.

The readable form (`ReadableCell`) shows every gate; the fast one is torch.nn's layer where the cell has one and
`CellLayer` where not. Weights move between the two without loss.
"""

from engine.layers.cell_layer import CellLayer, CellStack
from engine.layers.conversion import (
    Layer,
    Weights,
    cell_of,
    from_torch,
    layer_weights,
    share_weights,
    single_layer,
    stacked_layer,
    to_torch,
)
from engine.layers.readable import ReadableCell, Unrolled

__all__ = [
    "CellLayer",
    "CellStack",
    "Layer",
    "ReadableCell",
    "Unrolled",
    "Weights",
    "cell_of",
    "from_torch",
    "layer_weights",
    "share_weights",
    "single_layer",
    "stacked_layer",
    "to_torch",
]
