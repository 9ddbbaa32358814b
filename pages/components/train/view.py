"""The Train page's URL: data, task, architectures and every hyper-parameter; and the runs that are watched."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

from engine.config import option
from engine.limits import limits
from engine.recipes.own import Setting
from engine.runs.sizes import LIMITED

PAGE = "train"
DATA = "saltmarsh"
MAX_RACERS = 4
FIRST = ("hidden_size", "width", "max_steps", "learning_rate", "dropout", "embedding_dropout")
SEEN_FIRST = 4  # of these, so many of those that a recipe has are seen at once
STEPS_OF_BOUND = 0.05  # of a number between 0 and 1


@dataclasses.dataclass(frozen=True)
class TrainView:
    """What is trained on what."""

    data: str = option(DATA, "Data", "A data set of the catalogue, or one of your own from the Data page.")
    task: str = option("", "Task", "What the network is to do with these data.")
    architectures: tuple = option(
        (),
        "Architecture",
        f"One to train it, two to {MAX_RACERS} for a race: all read the same data and make equally many updates.",
    )
    begin_with: str = option(
        "", "Start from", "Untrained, or a shipped network of the same kind, whose sizes it keeps."
    )
    title: str = option("", "Title", "What pages call the network; empty for its data and architecture.")


def settings_view(settings: Sequence[Setting]) -> type:
    """Return a view with a field for each setting of a recipe, with its words, and with its bounds or, where they are
    narrower, the limits that hold here."""
    fields = [
        (field_of(each.path), type(each.value), dataclasses.field(default=each.value, metadata=_look(each)))
        for each in settings
    ]
    return dataclasses.make_dataclass("SettingsView", fields, frozen=True)


def field_of(path: str) -> str:
    """Return the name that a setting has in the URL: that in its part of the recipe."""
    return path.rpartition(".")[2]


def _look(setting: Setting) -> dict[str, Any]:
    look = dict(setting.metadata)
    limit = {name: limit for limit, names in LIMITED.items() for name in names} | {"max_steps": "steps"}
    if field_of(setting.path) in limit:
        allowed = getattr(limits(), limit[field_of(setting.path)])
        look["maximum"] = allowed if look.get("maximum") is None else min(look["maximum"], allowed)
    if isinstance(setting.value, float) and look.get("step") is None:
        is_share = setting.value >= STEPS_OF_BOUND or not setting.value
        look["step"] = STEPS_OF_BOUND if is_share else 10.0 ** math.floor(math.log10(setting.value))
    return look
