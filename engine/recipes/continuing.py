"""Whether a run may go on from a checkpoint: only with the recipe, the data and the settings that it was begun with."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from engine.config import JsonObject, to_dict
from engine.corpora import Corpus
from engine.corpora.data_folder import fingerprint_of
from engine.errors import ConfigError, ModelError
from engine.recipes.base import Recipe
from engine.training import TrainingSettings, checkpoints
from engine.training.schedules import LEARNING_RATE_SCHEDULES, rate_at
from engine.wording import listing

# What a model and its data are called, its card's words, and when a run is looked at: none of it changes an update.
NAMES = "name", "title", "label", "group", "corpus", "extra_corpus", "remarks", "training"
WATCHING = "evaluate_every", "patience", "threads", "checkpoint_every", "snapshots", "log_every"
# These say the learning rate of each update, which is what is compared: a run that was whole goes on at a restart.
COURSE = "max_steps", "learning_rate", "schedule", "warmup_fraction", "restarts", "learning_rate_changes"
MOST_RATES = 10_000  # learning rates that are compared, evenly spaced


def made_of(recipe: Recipe, corpora: Sequence[Corpus]) -> JsonObject:
    """Return what of a recipe and of its data decides a run, beside the settings of its training."""
    facts = {name: value for name, value in to_dict(recipe).items() if name not in NAMES}
    return {"recipe": facts, "data": [[corpus.spec.title, fingerprint_of(corpus.splits)] for corpus in corpora]}


def check_same_run(folder: Path, made: JsonObject, settings: TrainingSettings) -> None:
    """Refuse to go on from a checkpoint with another recipe, other data or other settings than it was made with.

    Raises:
        ModelError: saying what differs; or the checkpoint is damaged.
    """
    stored = checkpoints.made_of(folder)
    if "recipe" not in stored:  # it was written before this was kept
        return
    made = json.loads(json.dumps(made))  # as it is read back
    try:
        found = [*_differences(stored["recipe"], made["recipe"]), *_of_training(stored, settings)]
        then, now = ([fingerprint for _, fingerprint in of["data"]] for of in (stored, made))
        if then != now:
            titles = listing(dict.fromkeys(title for title, _ in [*stored["data"], *made["data"]]))
            found.append(f"its data ({titles}) are not the same")
    except (KeyError, TypeError, ValueError, AttributeError, ConfigError) as error:
        raise ModelError(f"The checkpoint in {folder} is damaged: begin anew (--overwrite).") from error
    if found:
        raise ModelError(
            f"The checkpoint in {folder} is of another run: {'; '.join(found)}. Go on with what it was begun with, or "
            "begin anew (--overwrite)."
        )


def _of_training(stored: JsonObject, settings: TrainingSettings) -> Iterator[str]:
    """Yield what differs in the settings of the training and would have made other updates so far."""
    then, now = stored["training"], json.loads(json.dumps(to_dict(settings)))
    is_same_course = _rates(then, stored["step"]) == _rates(now, stored["step"])
    left_out = {*WATCHING, *(COURSE if is_same_course else ())}
    yield from _differences(
        {name: value for name, value in then.items() if name not in left_out},
        {name: value for name, value in now.items() if name not in left_out},
    )


def _rates(settings: JsonObject, steps: int) -> list[float]:
    """Return the learning rates of the first updates, of some of them where they are many."""
    known = {field.name for field in dataclasses.fields(TrainingSettings)}
    course = TrainingSettings(**{name: value for name, value in settings.items() if name in known})
    schedule = LEARNING_RATE_SCHEDULES.get(course.schedule)
    last = min(steps, course.max_steps)
    return [rate_at(step, course, schedule) for step in range(0, last, max(1, last // MOST_RATES))]


def _differences(then: JsonObject, now: JsonObject, within: str = "") -> Iterator[str]:
    """Yield each value that is not the same, by its name, "model.hidden_size is 64 there and 128 here"."""
    for name in dict.fromkeys([*then, *now]):
        one, other = then.get(name), now.get(name)
        if isinstance(one, dict) and isinstance(other, dict):
            yield from _differences(one, other, f"{within}{name}.")
        elif one != other:
            yield f"{within}{name} is {_said(one)} there and {_said(other)} here"


def _said(value: Any) -> str:  # anything that JSON holds
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else json.dumps(value)
