"""What the tool "Foretold?" keeps in the Gradients page's URL; its bounds are the engine's."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import field_like, settings_from
from engine.experiments.trainability_settings import TrainabilitySettings
from engine.plotting import theme
from pages.components.views.gradients_chain import LABELS as CHAIN_LABELS

PREFIX = "foretold_"
LABELS = {
    "foretold_architecture": theme.architecture_label,
    "foretold_matrix": CHAIN_LABELS["chain_matrix"],
    "foretold_activation": CHAIN_LABELS["chain_activation"],
}


@dataclass(frozen=True)
class TrainabilityView:
    """How the networks of the grid are born, and for how long they learn."""

    foretold_architecture: str = field_like(TrainabilitySettings, "architecture")
    foretold_matrix: str = field_like(TrainabilitySettings, "matrix")
    foretold_activation: str = field_like(TrainabilitySettings, "activation")
    foretold_forget_bias: float = field_like(TrainabilitySettings, "forget_bias")
    foretold_hidden_size: int = field_like(TrainabilitySettings, "hidden_size")
    foretold_updates: int = field_like(TrainabilitySettings, "updates")
    foretold_seed: int = field_like(TrainabilitySettings, "seed")


def trainability_settings(view: TrainabilityView) -> TrainabilitySettings:
    """Return the engine's settings that a view stands for."""
    return settings_from(TrainabilitySettings, view, PREFIX)
