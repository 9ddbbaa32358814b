"""What one training run's stages say: their losses as a table, and the text each of them writes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from engine.decoding.limits import SamplingSettings
from engine.decoding.text import write_text
from engine.models.folder import LoadedModel
from engine.models.training_snapshots import Stage, load_stage


def history_frame(stages: Sequence[Stage]) -> pd.DataFrame:
    """Return one row per stage: `step`, `validation_loss`, `training_loss` (nan before the first update),
    `is_usable`."""
    return pd.DataFrame(
        {
            "step": [stage.step for stage in stages],
            "validation_loss": [stage.validation_loss for stage in stages],
            "training_loss": pd.Series([stage.training_loss for stage in stages], dtype=float),
            "is_usable": [not stage.error for stage in stages],
        }
    )


def halfway_position(frame: pd.DataFrame) -> int:
    """Return the place (from 0) of the first stage by which half of what the validation loss ever falls has been
    gained."""
    losses = frame["validation_loss"]
    return int((losses <= (losses.iloc[0] + losses.min()) / 2).idxmax())


def text_of_stage(finished: LoadedModel, step: int, prompt: str, settings: SamplingSettings) -> str:
    """Return what the model wrote after `prompt` when `step` updates had been made.

    Raises:
        ModelError: the stage is missing or damaged.
        InputError: the prompt is too long or a setting is out of bounds.
    """
    return "".join(write_text(load_stage(finished, step), prompt, settings))
