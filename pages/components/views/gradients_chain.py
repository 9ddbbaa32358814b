"""What the tool "The chain" keeps in the Gradients page's URL; its bounds are the engine's."""

from __future__ import annotations

import dataclasses

from engine.config import option
from engine.inspection.chain import ARCHITECTURES, ChainSettings
from engine.plotting import theme

_SETTINGS = {field.name: field for field in dataclasses.fields(ChainSettings)}
PREFIX = "chain_"
LABELS = {
    "chain_matrix": {"default": "As torch.nn draws it", "orthogonal": "Random rotation", "identity": "Identity"}.get,
    "chain_activation": {"tanh": "tanh", "relu": "ReLU"}.get,
    "chain_source": {"numbers": "Random numbers", "text": "Your text"}.get,
    "chain_closeup": theme.architecture_label,
}


def _setting(name: str) -> dataclasses.Field:
    return dataclasses.field(default=_SETTINGS[name].default, metadata=_SETTINGS[name].metadata)


@dataclasses.dataclass(frozen=True)
class ChainView:
    """How the networks are born, what they read, and which of them is looked at more closely."""

    chain_gain: float = _setting("gain")
    chain_matrix: str = _setting("matrix")
    chain_activation: str = _setting("activation")
    chain_forget_bias: float = _setting("forget_bias")
    chain_is_chrono: bool = _setting("is_chrono")
    chain_length: int = _setting("length")
    chain_hidden_size: int = _setting("hidden_size")
    chain_seed: int = _setting("seed")
    chain_source: str = option("numbers", label="They read", choices=("numbers", "text"))
    chain_closeup: str = option("rnn", label="Look closer at", choices=ARCHITECTURES)
    chain_trained: bool = option(False, label="Trained networks too", help="The shipped networks that write Shakespeare, by autograd.")


def chain_settings(view: ChainView) -> ChainSettings:
    """Return the engine's settings that a view stands for."""
    return ChainSettings(**{name: getattr(view, PREFIX + name) for name in _SETTINGS})
