"""What is known of a run without training it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

from engine.config import JsonObject

STATES = (
    "created",
    "queued",
    "running",
    "paused",
    "interrupted",
    "stopped",
    "finished",
    "failed",
    "diverged",
)
ACTIVE = ("queued", "running")
MODEL = "model"  # folder of the best network so far
CHECKPOINT = "checkpoint"


@dataclasses.dataclass(frozen=True)
class Run:
    """A run as it stands.

    Attributes:
        folder: where it lies; its name is the run's `id`, which nobody can guess.
        title: as its owner calls it. created: seconds since 1970.
        state: one of STATES; `sentence` says why it is in it, and what can be done.
        recipe: how it is trained, as `engine.recipes.as_data` writes it.
        data: what it learns from: title, sentence, fingerprint and rows of the splits, as far as it is read.
        step, max_steps: updates made, and in all.
        best_step, best: the best measurement so far.
        elapsed_seconds, seconds_left: of training; the latter is 0 where nothing goes on.
        job_id, position: the job that trains it, and its place in the queue, 0 where it does not wait.
        is_shared: whether whoever knows its ID may see it.
        error: a sentence where the folder cannot be read.
    """

    folder: Path
    title: str = ""
    created: float = 0.0
    state: str = "created"
    sentence: str = ""
    recipe: JsonObject = dataclasses.field(default_factory=dict)
    data: JsonObject = dataclasses.field(default_factory=dict)
    step: int = 0
    max_steps: int = 0
    best_step: int = 0
    best: dict[str, float] = dataclasses.field(default_factory=dict)
    elapsed_seconds: float = 0.0
    seconds_left: float = 0.0
    job_id: str = ""
    position: int = 0
    is_shared: bool = False
    error: str = ""

    def to_json(self) -> JsonObject:
        """Return the facts as plain values, as `python -m engine runs --json` prints them."""
        names = ("id", "title", "state", "sentence", "task", "architecture", "step", "max_steps", "best_step", "best")
        facts = {name: getattr(self, name) for name in (*names, "created", "elapsed_seconds", "is_shared")}
        return facts | {"folder": str(self.folder)} | ({"error": self.error} if self.error else {})

    @property
    def id(self) -> str:
        """Its name, by which links find it."""
        return self.folder.name

    @property
    def task(self) -> str:
        """Which family its network belongs to, as its recipe's kind says."""
        return str(self.recipe.get("recipe", ""))

    @property
    def architecture(self) -> str:
        """The cell, or what stands in for one."""
        model: dict[str, Any] = self.recipe.get("model") or {}  # each model's own hyper-parameters
        return str(model.get("cell") or str(model.get("model", "")).split("_")[0])

    @property
    def is_active(self) -> bool:
        """Whether it waits or goes on."""
        return self.state in ACTIVE

    @property
    def progress(self) -> float:
        """The share of its updates that is made, 0 to 1."""
        return min(1.0, self.step / self.max_steps) if self.max_steps else 0.0

    @property
    def has_checkpoint(self) -> bool:
        """Whether it can go on from where it was, not only from the beginning."""
        return (self.folder / CHECKPOINT / "state.json").is_file()

    @property
    def can_resume(self) -> bool:
        """Whether updates are left to make, and nobody makes them."""
        return not self.is_active and not self.error and (self.state != "finished" and self.step <= self.max_steps)

    @property
    def model_folder(self) -> Path:
        """The folder of its best network so far."""
        return self.folder / MODEL

    @property
    def has_model(self) -> bool:
        """Whether there is a network that can be used."""
        return (self.model_folder / "config.json").is_file()
