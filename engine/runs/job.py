"""The job that trains: it drives a run's course, writes what happens into its folder, and heeds what is asked there."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import os
import platform
import shutil
import time
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch

from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.corpora.data_folder import fingerprint_of
from engine.errors import EngineError, TrainingError
from engine.limits import check, limits
from engine.models.folder import LoadedModel, ModelInfo
from engine.preparation.shapes import row_counts
from engine.provenance import commit, hardware
from engine.recipes.as_data import read_recipe, write_recipe
from engine.recipes.run import Course
from engine.runs.controls import take
from engine.runs.folder import DATA, ENVIRONMENT, LOCK, RECIPE, _write, claim, write_status
from engine.runs.processes import held
from engine.runs.records import EVALUATION, METRICS, SAMPLES, STEP, append, cut_back, metrics
from engine.runs.run import CHECKPOINT, MODEL
from engine.runs.sizes import check_recipe
from engine.task_family import TASK_FAMILIES
from engine.training import Evaluated, Finished, StepDone, checkpoints
from engine.training.memory import keep_freed_blocks

SECONDS_BETWEEN_STATUS = 0.5
NO_MEASURES = ("step", "elapsed_seconds", "is_best")
RESERVE = "reserve"  # room that is given back when the disk is full, so that this can still be said
RESERVE_BYTES = 65_536
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # or what this process may write


def train(folder: str, job_id: str = "") -> Generator[JsonObject, None, JsonObject]:
    """Train the run in a folder, from its checkpoint where there is one, and yield how far it is; return what became
    of it. With a job's id only a run that still waits for that job.

    Whatever happens stands in the folder too; see `engine.runs.folder`.

    Raises:
        JobError: another process trains it.
        EngineError: it cannot be trained; its status says so as well.
    """
    place = Path(folder)
    yield {"progress": 0.0, "message": "Reading the data", "run": place.name}
    with held(place / LOCK):
        if not claim(place, job_id, sentence="Reading the data.", pid=os.getpid(), started=time.time()):
            return {"state": "stopped", "run": place.name}  # taken out of the queue meanwhile
        reserve = place / RESERVE
        try:
            reserve.write_bytes(os.urandom(RESERVE_BYTES))
            session = _Session(place)
            yield from session.go()
            return {"state": session.state, "run": place.name}
        except GeneratorExit:
            raise  # the session has said what there was to say
        except BaseException as error:
            reserve.unlink(missing_ok=True)
            with suppress(OSError):
                write_status(place, state="failed", sentence=_sentence(error, place), seconds_left=0.0)
            if isinstance(error, OSError) and error.errno in DISK_FULL:
                raise TrainingError(_sentence(error, place)) from error
            raise
        finally:
            reserve.unlink(missing_ok=True)


def race(folders: list[str], job_id: str = "") -> Generator[JsonObject, None, JsonObject]:
    """Train several runs in turns, a moment each, so that they learn side by side; each makes the same updates as
    alone. What was taken out of the queue meanwhile is left out."""
    trainings = {folder: train(folder, job_id) for folder in folders}
    random = {folder: torch.get_rng_state() for folder in folders}
    shares, ended = dict.fromkeys(folders, 0.0), dict.fromkeys(folders, "failed")
    try:
        while trainings:
            for folder in list(trainings):
                torch.set_rng_state(random[folder])
                turn_ends = time.monotonic() + SECONDS_BETWEEN_STATUS
                try:
                    while True:
                        event = next(trainings[folder])
                        shares[folder] = event["progress"]
                        if time.monotonic() > turn_ends or event["progress"] == 0.0:
                            break
                except StopIteration as end:
                    ended[folder], shares[folder] = end.value["state"], 1.0
                    del trainings[folder]
                except EngineError:  # its status says why; the others go on
                    del trainings[folder]
                random[folder] = torch.get_rng_state()
                yield event | {"progress": sum(shares.values()) / len(folders)}
    finally:
        for training in trainings.values():
            training.close()
    return {"states": ended}


class _Session:
    """One stretch of a run, from its beginning or its checkpoint to its end or a pause."""

    def __init__(self, place: Path) -> None:
        self.place, self.state = place, "running"
        self.recipe = read_recipe(place / RECIPE)
        check_recipe(self.recipe)
        settings = self.recipe.training
        if settings.threads:
            torch.set_num_threads(settings.threads)
        keep_freed_blocks()
        self.course = Course(self.recipe, settings, place, RECIPE)
        prepared = self.course.prepared
        check("parameters", prepared.model.parameter_count())
        self.corpus = load_corpus(self.recipe.corpus)
        self.family = TASK_FAMILIES.get(self.recipe.task)
        if prepared.objective is not None:
            self.tokens = _Counted(prepared.objective)
            prepared = self.course.prepared = dataclasses.replace(prepared, objective=self.tokens)
        self.trainer = self.course.trainer
        self.is_resumed = checkpoints.exists(place)
        self.since = self._checkpointed() if self.is_resumed else 0
        self.told = 0.0  # when the status was written last
        self.best: dict[str, float] = {}
        self.began = time.monotonic()

    def go(self) -> Generator[JsonObject, None, None]:
        """Make the updates; every yield is a place at which the run can be left."""
        self._describe()
        if not self.is_resumed:
            for name in (METRICS, SAMPLES):
                (self.place / name).unlink(missing_ok=True)
            shutil.rmtree(self.place / MODEL, ignore_errors=True)
        else:
            cut_back(self.place, self.since)
            measured = metrics(self.place).evaluations.to_dict("records")
            best = [row for row in measured if row["is_best"]]
            self.best = {name: value for name, value in best[-1].items() if name not in NO_MEASURES} if best else {}
            self.course.evaluations += [{"loss": row["validation_loss"]} | row for row in measured]
        self.began = time.monotonic()
        step = 0
        for event in self.course.events(resume=self.is_resumed):
            step = event.step
            if isinstance(event, StepDone):
                self._note(event)
                if self.trainer.is_measured(step):
                    continue  # not left before it is measured: a run that goes on would leave that out
            elif isinstance(event, Evaluated):
                self._look(event)
                self.trainer.checkpoint()
            elif isinstance(event, Finished):
                self._finish(event)
                return
            try:
                yield {"progress": max(1e-6, step / self._steps), "message": f"Update {step:,}", "step": step}
            except GeneratorExit:
                self._leave("stopped", step, "Stopped; resume goes on from here.")
                raise
            if self._heed(step):
                return

    @property
    def _steps(self) -> int:
        return self.recipe.training.max_steps

    def _describe(self) -> None:
        """Write where it runs and what it reads."""
        versions = {"python": platform.python_version(), "torch": torch.__version__}
        _write(self.place / ENVIRONMENT, {"hardware": hardware(), "commit": commit()} | versions)
        source = self.course.prepared.sources[0]
        facts: JsonObject = {"title": self.corpus.spec.title, "sentence": source.sentence}
        facts["rows"] = row_counts(self.corpus)
        facts["fingerprint"] = fingerprint_of(self.corpus.splits)
        parameters = self.course.prepared.model.parameter_count()
        _write(self.place / DATA, facts | {"parameters": parameters})

    def _checkpointed(self) -> int:
        return int(json.loads((self.place / CHECKPOINT / "state.json").read_text())["step"])

    def _note(self, event: StepDone) -> None:
        """Write what a few updates were like."""
        seen, seconds = self.tokens.take()
        append(
            self.place / METRICS,
            {
                "kind": STEP,
                "step": event.step,
                "elapsed_seconds": round(event.elapsed_seconds, 3),
                "training_loss": event.loss,
                "learning_rate": event.learning_rate,
                "gradient_norm": event.grad_norm,
                "clipped_gradient_norm": event.clipped_grad_norm,
                "clipped_share": event.clipped_share,
                "tokens_per_second": round(seen / seconds, 1) if seconds else 0.0,
            },
        )
        now = time.monotonic()
        if now - self.told >= SECONDS_BETWEEN_STATUS:
            self.told = now
            self._tell(event.step, event.elapsed_seconds, state="running", sentence="")

    def _look(self, event: Evaluated) -> None:
        """Write what was measured and what the network says by now; keep it where it is the best so far."""
        prepared = self.course.prepared
        shown: list[JsonObject] = []
        measured = dict(event.metrics)
        if self.family.watched and math.isfinite(measured["loss"]):
            info = ModelInfo(self.place.name, self.place / MODEL, task=self.recipe.task, config=self.course.facts)
            languages = {name: self.course.facts.get(name, "") for name in ("source_language", "target_language")}
            with self.trainer.measured_weights():
                loaded = LoadedModel(dataclasses.replace(info, **languages), prepared.model, prepared.tokenizer)
                shown, further = self.family.watched.look(loaded, self.corpus, measured)
                measured |= further
        loss = measured.pop("loss")
        line = {"kind": EVALUATION, "step": event.step, "elapsed_seconds": round(event.elapsed_seconds, 3)}
        append(self.place / METRICS, line | {"validation_loss": loss, "is_best": event.is_best} | measured)
        append(self.place / SAMPLES, {"step": event.step, "samples": shown})
        if event.is_best:
            self.best = {"validation_loss": loss} | measured
            self._save("running", event.step, event.elapsed_seconds)
        self._tell(event.step, event.elapsed_seconds, state="running", sentence="")

    def _save(self, reason: str, step: int, elapsed: float) -> None:
        progress = self.trainer.progress
        end = Finished(step, reason, progress.best_step, dict(progress.best_metrics), elapsed)
        with self.trainer.best_weights():
            if not all(bool(torch.isfinite(w.half()).all()) for w in self.trainer.model.state_dict().values()):
                return
            self.course.save(self.place / MODEL, end, self.place.name)

    def _tell(self, step: int, elapsed: float, **said: Any) -> None:  # what `write_status` takes
        made, seconds = step - self.since, time.monotonic() - self.began
        left = seconds / made * (self._steps - step) if made else 0.0
        write_status(
            self.place,
            **{
                "step": step,
                "max_steps": self._steps,
                "best_step": self.trainer.progress.best_step,
                "best": self.best,
                "elapsed_seconds": elapsed,
                "seconds_left": left if said["state"] == "running" else 0.0,
            }
            | said,
        )

    def _heed(self, step: int) -> bool:
        """Do what was asked since the last time; return whether the run is left."""
        asked = take(self.place)
        if "learning_rate" in asked:
            settings = self.trainer.change_learning_rate(float(asked["learning_rate"]))
            # The recipe repeats this run, changes and all.
            self.recipe = dataclasses.replace(self.recipe, training=settings)
            write_recipe(self.recipe, self.place / RECIPE)
        minutes = limits().minutes
        if asked.get("stop"):
            self._leave("stopped", step, "Stopped; resume goes on from here.")
        elif asked.get("pause"):
            self._leave("paused", step, "Paused; resume goes on from here.")
        elif time.monotonic() - self.began > 60 * minutes:
            self._leave("stopped", step, f"Stopped at the time limit of {minutes} minutes; resume goes on from here.")
        return self.state != "running"

    def _leave(self, state: str, step: int, sentence: str) -> None:
        self.state = state
        self.trainer.checkpoint()
        self._tell(step, self.trainer.progress.elapsed_seconds, state=state, sentence=sentence)

    def _finish(self, end: Finished) -> None:
        """Say how it ended, with the best network written down."""
        best = f"The network kept is that of update {end.best_step:,}, the best on validation data."
        self.state = "finished"
        if end.reason == "diverged":
            self.state = "diverged"
            last = f"update {self._checkpointed():,}" if checkpoints.exists(self.place) else "the beginning"
            sentence = (
                f"The run diverged after update {end.step:,}: {end.lost}. Go on from {last} with a lower learning "
                f"rate. {best if end.best_step else 'There is no network yet that could be kept.'}"
            )
        elif end.reason == "early_stopping":
            patience = self.recipe.training.patience
            sentence = f"Stopped early: {patience} measurements in a row were no better. {best}"
        else:
            sentence = f"All {end.step:,} updates are made. {best}"
        if end.best_step:
            self._save(end.reason, end.step, end.elapsed_seconds)
        self._tell(end.step, end.elapsed_seconds, state=self.state, sentence=sentence, ended=time.time())


class _Counted:
    """An objective that counts the tokens of the batches it gives."""

    def __init__(self, objective: Any) -> None:  # an `Objective`
        self.inner, self.seen, self.since = objective, 0, time.perf_counter()

    def batch(self, position: int) -> Any:  # as the objective's own
        batch = self.inner.batch(position)
        self.seen += self.inner.count_tokens(batch)
        return batch

    def loss(self, model: Any, batch: Any, carry: Any) -> Any:  # as the objective's own
        return self.inner.loss(model, batch, carry)

    def evaluate(self, model: Any) -> dict[str, float]:  # as the objective's own
        began = time.perf_counter()
        measured = self.inner.evaluate(model)
        self.since += time.perf_counter() - began  # not a time in which updates are made
        return measured

    def take(self) -> tuple[int, float]:
        """Return the tokens since the last time, and the seconds."""
        now = time.perf_counter()
        found = self.seen, now - self.since
        self.seen, self.since = 0, now
        return found


def _sentence(error: BaseException, place: Path) -> str:
    """Return what ended a run, in one sentence, and what is left of it."""
    kept = " Resume goes on from the last checkpoint." if (place / CHECKPOINT / "state.json").is_file() else ""
    if isinstance(error, EngineError):
        return str(error)
    if isinstance(error, OSError) and error.errno in DISK_FULL:
        return f"The disk is full: nothing more could be written. What was kept before is whole.{kept}"
    if isinstance(error, MemoryError) or "can't allocate memory" in str(error):
        return f"There is not enough memory for this network and batch; make one of them smaller.{kept}"
    return f"The run failed with {type(error).__name__}: {str(error)[:200]}.{kept}"
