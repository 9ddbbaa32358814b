"""What the tool "Clipping" keeps in the Gradients page's URL; its bounds are the engine's."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import field_like, settings_from
from engine.experiments.clipping_settings import ClippingSettings

PREFIX = "clipping_"


@dataclass(frozen=True)
class ClippingView:
    """A small training run that explodes easily, and the ceiling on its gradient."""

    clipping_threshold: float = field_like(ClippingSettings, "threshold")
    clipping_learning_rate: float = field_like(ClippingSettings, "learning_rate")
    clipping_gain: float = field_like(ClippingSettings, "gain")
    clipping_length: int = field_like(ClippingSettings, "length")
    clipping_hidden_size: int = field_like(ClippingSettings, "hidden_size")
    clipping_updates: int = field_like(ClippingSettings, "updates")
    clipping_seed: int = field_like(ClippingSettings, "seed")


def clipping_settings(view: ClippingView) -> ClippingSettings:
    """Return the engine's settings that a view stands for."""
    return settings_from(ClippingSettings, view, PREFIX)
