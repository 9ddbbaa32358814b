"""Running a recipe: train, keep the best weights, write the model folder."""

from __future__ import annotations

import dataclasses
import platform
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import torch

from engine.config import from_dict, to_dict
from engine.models.folder import save_model
from engine.recipes import RECIPES
from engine.recipes.card import write_card
from engine.training import Event, Finished, Trainer, TrainingSettings


def train_recipe(
    name: str, output: Path | str, resume: bool = False, overrides: dict[str, Any] | None = None
) -> Iterator[Event]:
    """Train a recipe, yield the trainer's events, and write the model folder `output` at the end.

    Raises:
        ConfigError: the recipe or a setting in `overrides` is unknown or out of bounds.
        DataError: a corpus cannot be read.
    """
    recipe = RECIPES.get(name)
    settings = from_dict(TrainingSettings, to_dict(recipe.training) | (overrides or {}))
    prepared = recipe.prepare(settings)
    trainer = Trainer(prepared.model, prepared.objective, prepared.settings, output)
    for event in trainer.run(resume=resume):
        yield event
        if isinstance(event, Finished):
            training = {
                "recipe": name,
                "command": _command(name, overrides or {}),
                "settings": to_dict(settings),
                "steps": event.step,
                "best_step": event.best_step,
                "minutes": round(event.elapsed_seconds / 60, 1),
                "stopped_by": event.reason,
                "hardware": hardware(),
                "torch": torch.__version__,
                "commit": commit(),
                "date": date.today().isoformat(),
                "sources": [dataclasses.asdict(source) | {"location": ""} for source in prepared.sources],
            }
            facts = prepared.facts | {"training": training, "metrics": {}}
            card = write_card(prepared.model.config | facts | {"parameters": prepared.model.parameter_count()})
            save_model(output, prepared.model, prepared.tokenizer, facts, card)


def _command(name: str, overrides: dict[str, Any]) -> str:
    settings = "".join(f" --set {key}={value}" for key, value in overrides.items())
    return f"python -m engine train --recipe {name} --output data/pretrained/{name}{settings}"


def hardware() -> str:
    """Return the processor and the number of threads torch uses, as one line."""
    model = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {torch.get_num_threads()} thread(s)"


def commit() -> str:
    """Return the short hash of the code's commit, "unknown" outside a checkout."""
    command = ["git", "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, timeout=5, check=True)
        return found.stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return "unknown"
