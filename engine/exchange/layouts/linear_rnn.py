"""The character RNN of PyTorch's classification tutorial, written with linear layers instead of torch.nn.RNN.

h' = tanh(W_ih x + W_hh h), answers = W_ho h'. Older editions leave the tanh out or join x and h first (`i2o`): those
are none of our cells.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.exchange.layouts.base import LAYOUTS, Layout, LayoutPart
from engine.exchange.layouts.recurrent import STRAIGHT, Stack, build
from engine.exchange.modules import LINEAR, Linear, Modules, Recurrent
from engine.layers import Weights

INPUT, HIDDEN, HEAD = "input to hidden", "hidden to hidden", "hidden to answers"


def read(modules: Modules, names: Mapping[str, str]) -> Stack:
    """Return the layers with their shapes checked."""
    table = modules.table(names[INPUT])
    size, vocabulary = table.weight.shape
    onto, back = modules.linear(names[INPUT], vocabulary), modules.linear(names[HIDDEN], size, size)
    cell = Recurrent(names[HIDDEN], "rnn", ((Weights(onto.weight, back.weight, onto.bias, back.bias),),))
    one_hot = Linear(names[INPUT], torch.eye(vocabulary), torch.zeros(vocabulary))
    return Stack(one_hot, cell, modules.linear(names[HEAD], size))


LAYOUTS.register("linear-rnn")(
    Layout(
        "linear-rnn",
        "Character RNN made of linear layers",
        "PyTorch's tutorial “Classifying names with a character-level RNN”",
        ("classification", "language_model"),
        (
            LayoutPart(INPUT, LINEAR, ("i2h",)),
            LayoutPart(HIDDEN, LINEAR, ("h2h",)),
            LayoutPart(HEAD, LINEAR, ("h2o",)),
        ),
        read,
        build,
        (STRAIGHT, "The hidden state is taken to be squashed with tanh, as in the tutorial: the tensors do not tell."),
    )
)
