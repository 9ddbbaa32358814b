"""Running a recipe: train, keep the stages that are asked for and the best weights, write the model folder."""

from __future__ import annotations

import dataclasses
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import torch

from engine.atomic import check_folder
from engine.config import JsonObject, from_dict, to_dict
from engine.corpora import CORPORA, CorpusSource
from engine.errors import InputError, TrainingError
from engine.models.card import write_card
from engine.models.folder import save_model
from engine.models.training_snapshots import FOLDER as STAGES
from engine.models.training_snapshots import write_stage
from engine.provenance import commit, hardware
from engine.recipes import RECIPES
from engine.recipes.base import RUNS, Recipe
from engine.recipes.continuing import check_same_run, made_of
from engine.training import Evaluated, Event, Finished, Snapshotted, Trainer, TrainingSettings, checkpoints
from engine.training.schedules import check_course
from engine.wording import listing


@dataclasses.dataclass(frozen=True)
class CorporaRead:
    """The data are there and the first update follows; `title` is the model's, `sources` say which copies were read."""

    title: str
    sources: tuple[str, ...]


COUNTED = "counted"  # the reason why a run without updates is over


class Course:
    """A recipe on its way to a model folder: its data are read, its trainer is ready, and at any time the best weights
    so far can be written down.

    Attributes:
        named: what stands behind --recipe in the command that makes the same run.
        facts: what config.json says of the model beside its own arguments; what the training was follows at the end.
    """

    def __init__(
        self, recipe: Recipe, settings: TrainingSettings, output: Path, named: str, overrides: JsonObject | None = None
    ) -> None:
        """Read the corpora and build the untrained model; for what it raises see `Recipe.prepare`."""
        self.recipe, self.named, self.overrides = recipe, named, overrides or {}
        self._begun = time.perf_counter()
        self.prepared = recipe.prepare(settings)
        self.facts = self.prepared.facts | _what_was_read(recipe, self.prepared.sources)
        self.evaluations: list[dict[str, float]] = []  # the learning curve
        weights = self.prepared.model.state_dict().items() if self.prepared.start_share else ()
        self._start = {name: tensor.clone() for name, tensor in weights}
        self.output = output
        self._trainer: Trainer | None = None

    @property
    def trainer(self) -> Trainer:
        """Who makes the updates.

        Raises:
            TrainingError: there are none to make: the model is made by counting.
        """
        prepared = self.prepared
        if prepared.objective is None:
            raise TrainingError(f"{self.recipe.title} is made by counting: there is nothing to train.")
        if self._trainer is None:
            made = made_of(self.recipe, prepared.corpora)
            self._trainer = Trainer(prepared.model, prepared.objective, prepared.settings, self.output, made)
        return self._trainer

    def events(self, resume: bool = False) -> Iterator[Event]:
        """Train and yield the trainer's events; a model that was made by counting has nothing left to do.

        Raises:
            ModelError: `resume` is set and the checkpoint is damaged or of another run than this.
        """
        if self.prepared.objective is None:
            yield Finished(0, COUNTED, 0, {}, time.perf_counter() - self._begun)
            return
        if resume and checkpoints.exists(self.output):
            check_same_run(self.output, self.trainer.made_of, self.trainer.settings)
        for event in self.trainer.run(resume=resume):
            if isinstance(event, Evaluated):
                numbers = {name: round(value, 5) for name, value in event.metrics.items()}
                step = {"step": event.step, "elapsed_seconds": round(event.elapsed_seconds, 1)}
                self.evaluations.append(step | numbers)
            yield event

    def check(self, end: Finished) -> None:
        """Refuse a run whose training, or whose last measurement, gave no numbers, or whose weights the half precision
        of a model folder cannot hold: better weights of before may be at hand, but they are not those of the recipe.

        Raises:
            TrainingError: saying which, and what to do.
        """
        is_lost = end.reason == "diverged" or (
            self.evaluations and not math.isfinite(self.evaluations[-1].get("loss", 0.0))
        )
        model = self.prepared.model
        if not is_lost and all(bool(torch.isfinite(tensor.half()).all()) for tensor in model.state_dict().values()):
            return
        not_finite = "its loss is not a finite number"
        lost = end.lost or (not_finite if is_lost else "its weights are too large to be stored")
        raise TrainingError(
            f"The run diverged after {end.step:,} updates: {lost}, and no model was written; try a lower rate, for "
            "instance --set learning_rate=0.001."
        )

    def share_of_limit(self) -> float | None:
        """Return which share of the machine's matrix limit the updates reach, None where none was made."""
        return None if self._trainer is None else self._trainer.share_of_limit()

    def save(self, folder: Path, end: Finished, name: str = "", share_of_limit: float | None = None) -> None:
        """Write the weights that the model holds into a model folder, with what was done up to `end`."""
        prepared, model = self.prepared, self.prepared.model
        settings = prepared.settings if self._trainer is None else self._trainer.settings
        training = {
            "recipe": self.named,
            "command": _command(self.named, self.overrides),
            "settings": to_dict(settings),
            "precision": "" if self._trainer is None else self._trainer.precision,
            "share_of_matrix_limit": share_of_limit,
            "steps": end.step,
            "best_step": end.best_step,
            "minutes": round(end.elapsed_seconds / 60, 1),
            "stopped_by": end.reason,
            "hardware": hardware(),
            "torch": torch.__version__,
            "commit": commit(),
            "date": date.today().isoformat(),
            "evaluations": self.evaluations,
            "started_from": prepared.started_from,
            "start_share": prepared.start_share,
            "sources": [dataclasses.asdict(source) | {"location": ""} for source in prepared.sources],
        }
        facts = self.facts | {"training": training, "metrics": {}}
        if self._start:
            _mix(model, self._start, prepared.start_share)
        described = model.config | facts | {"task": model.task, "parameters": model.parameter_count()}
        save_model(folder, model, prepared.tokenizer, facts, write_card(name or folder.name, described))


def train_recipe(
    name: str | Recipe,
    output: Path | str,
    resume: bool = False,
    overrides: JsonObject | None = None,
    *,
    overwrite: bool = False,
    named: str = "",
) -> Iterator[Event | CorporaRead]:
    """Train a recipe, yield which data were read and then the trainer's events, and write stages on the way and the
    model folder `output` at the end.

    A run that lies in `output` already is gone on with (`resume`) or begun anew (`overwrite`), and never lost unasked.

    Args:
        named: of a recipe that is given as such, what stands behind --recipe in its command.

    Raises:
        ConfigError: the recipe or a setting in `overrides` is unknown or out of bounds.
        InputError: `output` cannot be written to, holds a run and neither of both is set, or none and `resume` is.
        DataError: a corpus cannot be read.
        ModelError: the checkpoint to go on from is damaged or of another run.
        TrainingError: the run diverged; what stood in `output` is as it was, but for checkpoints and stages.
    """
    recipe, output = RECIPES.get(name) if isinstance(name, str) else name, Path(output)
    settings = from_dict(TrainingSettings, to_dict(recipe.training) | (overrides or {}))
    check_course(settings.max_steps, settings.restarts, settings.learning_rate_changes)
    _check_output(output, resume, overwrite)
    course = Course(recipe, settings, output, named or recipe.name, overrides)
    sources = course.prepared.sources
    yield CorporaRead(course.facts["title"], tuple(dict.fromkeys(source.sentence for source in sources)))
    if not resume:  # else a run that is stopped early would later go on from those of an older one
        checkpoints.remove(output)
        shutil.rmtree(output / STAGES, ignore_errors=True)
    for event in course.events(resume):
        if isinstance(event, Snapshotted):
            # Before anyone hears of it: a consumer that stops here must find the stage written.
            write_stage(output, course.prepared.model, event.step, event.metrics, event.training_loss)
        yield event
        if isinstance(event, Finished):
            course.check(event)
            course.save(output, event, share_of_limit=course.share_of_limit())


def _what_was_read(recipe: Recipe, sources: Sequence[CorpusSource]) -> JsonObject:
    """Return what a model is called and learnt from: not what the recipe is for, where a sample had to stand in."""
    read = {"title": recipe.title, "corpora": list(dict.fromkeys(source.corpus for source in sources))}
    missing = listing(dict.fromkeys(source.stands_for for source in sources if source.stands_for))
    if missing:
        samples = listing(dict.fromkeys(CORPORA.get(source.corpus).title for source in sources if source.stands_for))
        begin = f"Recipe {recipe.name}" if all(source.stands_for for source in sources) else recipe.title
        read["title"] = f"{begin}, on the built-in sample {samples} in place of {missing}"
    return read


@torch.no_grad()
def _mix(model: torch.nn.Module, start: dict[str, torch.Tensor], share: float) -> None:
    for name, weights in model.state_dict().items():
        if weights.is_floating_point():
            weights.lerp_(start[name], share)


def _check_output(folder: Path, resume: bool, overwrite: bool) -> None:
    """Find out before hours of training, not after them, that the model could not be written, or what would be lost."""
    if resume and overwrite:
        raise InputError("--resume goes on with a run and --overwrite begins it anew: choose one of them.")
    check_folder(folder, "A model")
    entries = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    found = _what_is_there(folder)
    if resume and not checkpoints.exists(folder):
        there = f"it holds {listing(found or entries[:3])}" if entries else "nothing is there"
        raise InputError(f"There is no checkpoint in {folder} to go on from: {there}. Leave --resume out to begin.")
    if found and not (resume or overwrite):
        go_on = "go on with it with --resume, or " if checkpoints.exists(folder) else ""
        raise InputError(
            f"{folder} holds {listing(found)} already: {go_on}name another folder with --output, or begin anew in this "
            "one with --overwrite."
        )
    if entries and not found:
        raise InputError(f"{folder} holds other files ({', '.join(entries[:3])}): name a new folder with --output.")


def _what_is_there(folder: Path) -> list[str]:
    """Return what earlier runs left in a folder, in words."""
    found = []
    if (folder / "model.safetensors").exists() and (folder / "config.json").exists():
        found.append("a finished model")
    if checkpoints.exists(folder):
        found.append("the checkpoint of a run")
    elif (folder / STAGES).is_dir() and not found:
        found.append("stages of a run")
    return found


def _command(name: str, overrides: JsonObject) -> str:
    settings = "".join(f" --set {key}={value}" for key, value in overrides.items())
    output = RUNS / Path(name).stem if name.endswith(".json") else f"data/pretrained/{name}"
    return f"python -m engine train --recipe {name} --output {output}{settings}"
