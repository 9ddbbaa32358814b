"""The comparison page's URL: which task, which length of it is looked at, and the settings of a live race."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from engine.config import option
from engine.experiments.live import LiveSettings

_RACE = {field.name: field for field in dataclasses.fields(LiveSettings)}


def _race_option(name: str) -> dataclasses.Field:
    """Return a field like that of the race's settings, whose bounds are the engine's."""
    return dataclasses.field(default=_RACE[name].default, metadata=_RACE[name].metadata)


@dataclasses.dataclass(frozen=True)
class ComparisonView:
    """What a link to the comparison page carries besides the lengths, which depend on what was measured."""

    task: str = option("", label="Task")
    race_task: str = _race_option("task")
    race_length: int = _race_option("length")
    race_max_steps: int = _race_option("max_steps")
    race_seed: int = _race_option("seed")


def view_with_lengths(telling_lengths: Mapping[str, int]) -> type[ComparisonView]:
    """Return the page's view with a field for the length of each measured task's curves ("copying_length")."""
    fields = [
        (length_field(task), int, option(length, label="Length")) for task, length in telling_lengths.items()
    ]
    return dataclasses.make_dataclass("ComparisonView", fields, bases=(ComparisonView,), frozen=True)


def length_field(task: str) -> str:
    """Return the name of the URL parameter that holds the length chosen for `task`."""
    return f"{task}_length"
