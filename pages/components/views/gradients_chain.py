"""What the tool "The chain" keeps in the Gradients page's URL; its bounds are the engine's."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import field_like, option, settings_from
from engine.inspection.gradients.chain import ARCHITECTURES, ChainSettings
from engine.plotting import theme

PREFIX = "chain_"
LABELS = {
    "chain_matrix": {"default": "As torch.nn draws it", "orthogonal": "Random rotation", "identity": "Identity"}.get,
    "chain_activation": {"tanh": "tanh", "relu": "ReLU"}.get,
    "chain_source": {"numbers": "Random numbers", "text": "Your text"}.get,
    "chain_closeup": theme.architecture_label,
}


@dataclass(frozen=True)
class ChainView:
    """How the networks are born, what they read, and which of them is looked at more closely."""

    chain_gain: float = field_like(ChainSettings, "gain")
    chain_matrix: str = field_like(ChainSettings, "matrix")
    chain_activation: str = field_like(ChainSettings, "activation")
    chain_forget_bias: float = field_like(ChainSettings, "forget_bias")
    chain_is_chrono: bool = field_like(ChainSettings, "is_chrono")
    chain_length: int = field_like(ChainSettings, "length")
    chain_hidden_size: int = field_like(ChainSettings, "hidden_size")
    chain_seed: int = field_like(ChainSettings, "seed")
    chain_source: str = option("numbers", label="They read", choices=("numbers", "text"))
    chain_closeup: str = option("rnn", label="Look closer at", choices=ARCHITECTURES)
    chain_trained: bool = option(
        False, label="Trained networks too", help="The shipped networks that write Shakespeare, by autograd."
    )


def chain_settings(view: ChainView) -> ChainSettings:
    """Return the engine's settings that a view stands for."""
    return settings_from(ChainSettings, view, PREFIX)
