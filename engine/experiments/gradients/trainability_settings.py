"""The settings of the networks whose success is to be predicted; by themselves, so that a page can draw them without
torch."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import field_like, option
from engine.inspection.gradients.chain import ARCHITECTURES, ChainSettings


@dataclass(frozen=True)
class TrainabilitySettings:
    """How the networks of the grid are drawn and for how long they learn; gains and lengths are those of the grid."""

    architecture: str = option("rnn", label="Network", choices=ARCHITECTURES)
    matrix: str = option(
        "orthogonal",
        label="Recurrent matrix",
        help="Times the recurrent gain.",
        choices=("default", "orthogonal", "identity"),
    )
    activation: str = option("tanh", label="The RNN's activation", choices=("tanh", "relu"))
    forget_bias: float = field_like(
        ChainSettings, "forget_bias", help="Of the LSTM's forget gate and of the GRU's update gate."
    )
    hidden_size: int = option(32, label="Hidden units", minimum=1, maximum=64, step=1)
    updates: int = option(200, label="Updates", help="Of each network.", minimum=20, maximum=400, step=20)
    seed: int = option(0, label="Seed", minimum=0, maximum=9999, step=1)
