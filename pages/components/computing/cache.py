"""The only place with Streamlit's caches: models, results and computed values, each keyed on what it was made from."""

from __future__ import annotations

import gc
import hashlib
import math
import os
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import streamlit as st

from engine.errors import EngineError, ModelError
from pages.components.owning import own_models

if TYPE_CHECKING:
    import pandas as pd

    from engine.jobs import JobRunner, SharedJobs
    from engine.models.folder import LoadedModel, ModelInfo, Writer

KEPT = {"copied": 256, "shared": 256, "large": 24, "huge": 4}
"""How many values of each kind are kept for all visitors. What is "copied" is pickled, and every run gets a copy of its
own; the others are handed out as they are, so nobody may change them: figures and facts that every run asks for, values
of megabytes, and values of tens of megabytes."""

WARM_AFTER_SECONDS = 8.0
"""After which a server that visitors reach from its first moment is warmed up: importing torch keeps every other thread
waiting for most of its seconds, it is healthy after two, and Home is complete 1.5 later."""

_made: dict[str, Any] = {}
_making: dict[str, Lock] = {}

LOOK_SECONDS = 0.25
_looked = threading.local()

T = TypeVar("T")


@dataclass(frozen=True)
class Result(Generic[T]):
    """A value, and when and in how many seconds it was computed."""

    value: T
    day: str
    seconds: float


class Shelf:
    """The values used last, one object of each for all visitors."""

    @dataclass
    class _Place:
        lock: Lock = field(default_factory=Lock)
        result: Result[Any] | None = None

    def __init__(self, size: int) -> None:
        self._size = size
        self._positions: OrderedDict[Any, Shelf._Place] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, prepare: Callable[[], Callable[[], Any]]) -> Result[Any]:
        """Return the value of `key`, computed if it is not there; whoever asks for it meanwhile waits."""
        with self._lock:
            position = self._positions.setdefault(key, self._Place())
            self._positions.move_to_end(key)
            if len(self._positions) > self._size:
                self._positions.popitem(last=False)
        with position.lock:  # an error leaves the place empty: the next one tries again
            if position.result is None:
                position.result = _compute_now(prepare)
            return position.result


_SHELVES = {name: Shelf(size) for name, size in KEPT.items() if name != "copied"}  # not Streamlit's: a click asks often


def keep(key: tuple[Any, ...], prepare: Callable[[], Callable[[], T]], kept: str = "copied") -> Result[T]:
    """Return the value of a computation, computed once per `key`; `kept` is one of `KEPT`.

    `prepare` loads and computes what is needed for it and returns the computation, whose seconds alone are counted.
    What is "copied" must pickle: arrays and data frames, no tensors.
    """
    return _copied(key, prepare) if kept == "copied" else _SHELVES[kept].get(key, prepare)


def today() -> str:
    """Return the date of the server's clock, for what is measured now."""
    return time.strftime("%Y-%m-%d")


def _compute_now(prepare: Callable[[], Callable[[], T]]) -> Result[T]:
    compute = prepare()
    begun = time.perf_counter()
    value = compute()
    return Result(value, today(), time.perf_counter() - begun)


@st.cache_data(show_spinner=False, max_entries=KEPT["copied"])
def _copied(key: tuple[Any, ...], _prepare: Callable[[], Callable[[], Any]]) -> Result[Any]:
    return _compute_now(_prepare)


def list_models(task: str | None = None) -> list[ModelInfo]:
    """Return what is known about every model this visitor can use without loading any, the shipped ones first and then
    the visitor's own; a damaged one carries its `error`."""
    return shipped_models(task) + [info for info in own_models.listed() if task is None or info.task == task]


def shipped_models(task: str | None = None) -> list[ModelInfo]:
    """Return what is known about every shipped model without loading any; a damaged one carries its `error`."""
    return [info for info in _list_models(*models_version()) if task is None or info.task == task]


def models_version() -> tuple[str, str]:
    """Return the folder of the shipped models and a word that changes when any file in it does."""
    from engine.models import folder

    return str(folder.PRETRAINED), _version(folder.PRETRAINED, depth=2)


def file_version(path: Path) -> tuple[int, int]:
    """Return what changes when a file is written or put back as it was; part of the key of what is read from it."""
    known = path.stat() if path.is_file() else None
    return (known.st_mtime_ns, known.st_size) if known else (0, 0)


def load_model(name: str) -> LoadedModel:
    """Return a model, shipped or this visitor's own, loaded once per process and again only when its files change.

    Raises:
        ModelError: there is no such model for this visitor, or its folder is damaged.
    """
    if own_models.is_own(name):
        return _load_own_model(name, own_models.find(name), model_version(name))
    _check_is_shipped(name)
    return _load_model(name, model_version(name))


def load_writer(task: str, name: str) -> Writer:
    """Return a shipped model of a task that is only to write, without torch where its step runs without; otherwise as
    `load_model`."""
    _check_is_shipped(name)
    return _load_writer(task, name, model_version(name))


def _check_is_shipped(name: str) -> None:
    known = [info.name for info in shipped_models()]
    if name not in known:  # also keeps paths from a URL away from the file system
        raise ModelError(f"There is no model '{name[:80]}'; choose one of: {', '.join(known) or 'none is installed'}.")


def model_version(name: str) -> str:
    """Return a word that changes when any file in a model's folder does; part of every cache key.

    Raises:
        ModelError: it is somebody's own and not for this visitor, so that nothing computed with it is either.
    """
    if own_models.is_own(name):
        return _word(own_models.version(own_models.find(name)))
    return _version(model_folder(name))


def model_folder(name: str) -> Path:
    """Return the folder of a shipped model or of one of this visitor's own.

    Raises:
        ModelError: it is somebody's own and not for this visitor.
    """
    from engine.models import folder

    return own_models.find(name) if own_models.is_own(name) else folder.PRETRAINED / name


def find_model_folder(name: str) -> Path | None:
    """Return the folder of a model, None where a name is no model's."""
    try:
        return model_folder(name)
    except ModelError:
        return None


def result_names() -> list[str]:
    """Return the names of the shipped tables of results."""
    return _list_results(*results_version())


def load_results(name: str) -> pd.DataFrame:
    """Return a shipped table of measured results, one for all visitors: nobody may change it.

    Raises:
        DataError: there is none of that name, or it cannot be read.
    """
    return _load_results(name, *results_version())


def results_version() -> tuple[str, Any]:
    """Return the folder of the tables of results and what changes when any of them does."""
    from engine.experiments.runs import results

    return str(results.RESULTS), _version(results.RESULTS)


def job_runner() -> JobRunner:
    """Return the one runner of background jobs of this process."""
    from engine.jobs import JobRunner
    from engine.owners import runs_folder

    return _once("job runner", lambda: JobRunner(records=runs_folder() / "jobs"))


def shared_jobs() -> SharedJobs:
    """Return the heavy computations of this process's tools, on a worker of their own: a training holds the other one
    for minutes."""
    from engine.jobs import JobRunner, SharedJobs

    return _once("shared jobs", lambda: SharedJobs(JobRunner()))


def warm_shared_jobs() -> None:
    """Have the worker of the tools start, without waiting for it."""
    shared_jobs().look("engine.runs.cost:warm", {}, time_limit_seconds=60.0)


def count_jobs() -> dict[str, int]:
    """Return how many jobs this process knows in each state."""
    return dict(sum((Counter(runner.count()) for runner in _runners()), Counter()))


def _runners() -> list[JobRunner]:
    shared = _made.get("shared jobs")
    return [runner for runner in (_made.get("job runner"), shared and shared.runner) if runner]


def close_jobs() -> None:
    """End the jobs of this process, which the next one finds interrupted; for a server that is stopping."""
    for runner in _runners():
        runner.close()
    for name in ("job runner", "shared jobs"):
        _made.pop(name, None)


def is_worker_ready() -> bool:
    """Return whether jobs begin at once; the first call starts the worker and has it import what training takes, which
    takes seconds, and does not wait. So does the first one after the worker lost its process."""
    return _once(f"worker {job_runner().lost_processes}", _start_worker).is_set()


def _start_worker() -> Event:
    ready, runner = Event(), job_runner()

    def start() -> None:
        with suppress(EngineError):  # whoever submits a job is told why
            runner.wait(runner.submit("engine.runs.cost:warm"))
        ready.set()

    Thread(target=start, name="worker-start", daemon=True).start()
    return ready


def warm_engine() -> None:
    """Import torch and the models once, then take everything imported out of the garbage collector's way.

    With torch loaded a full collection costs about 170 ms; after gc.freeze it costs next to nothing. One thread per
    computation: each of Streamlit's script threads would otherwise start a pool of its own.
    """
    _once("engine", _import_engine)


def warm_up() -> None:
    """Warm the engine up and have a network write: what the first visitor would wait for."""
    from engine.decoding.limits import SamplingSettings
    from engine.decoding.writing import write_text
    from engine.task_family import in_order

    warm_engine()
    first = in_order()[0].name  # of whose models Home has one write
    info = next((info for info in shipped_models(first) if not info.error), None)
    if info is not None:
        for _ in write_text(load_writer(info.task, info.name), "", SamplingSettings(max_new_tokens=1)):
            pass
    _once("warm", lambda: True)


def is_warm() -> bool:
    """Return whether `warm_up` is done."""
    return "warm" in _made


def _import_engine() -> bool:
    import torch

    import engine.decoding.text
    import engine.models  # noqa: F401

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    return True


def _once(name: str, make: Callable[[], T]) -> T:
    """Return what this process has one of, made when it is first asked for.

    Not in one of Streamlit's caches: they are emptied by a message that every visitor can send.
    """
    if name not in _made:
        with _making.setdefault(name, Lock()):
            if name not in _made:
                _made[name] = make()
    return _made[name]


@lru_cache(maxsize=4)  # Streamlit's caches would cost each click as much as to draw three elements
def _list_models(root: str, version: str) -> list[ModelInfo]:
    from engine.models import folder

    return folder.list_models(Path(root))


@st.cache_resource(show_spinner=False, max_entries=16)
def _load_model(name: str, version: str) -> LoadedModel:
    warm_engine()
    from engine.models import folder

    return folder.load_model(name)


@st.cache_resource(show_spinner=False, max_entries=16)
def _load_own_model(name: str, path: Path, version: str) -> LoadedModel:
    warm_engine()
    from engine.models import folder

    loaded = folder.load_model(path.absolute())
    return replace(loaded, info=replace(loaded.info, name=name))


@st.cache_resource(show_spinner=False, max_entries=4)
def _load_writer(task: str, name: str, version: str) -> Writer:
    from engine.models import folder

    return folder.load_writer(task, name)


@st.cache_data(show_spinner=False, max_entries=4)
def _list_results(folder: str, version: str) -> list[str]:
    from engine.experiments.runs import results

    return results.list_results(folder)


# Not cache_data: a copy of a whole sweep costs each click more than the chart.
@st.cache_resource(show_spinner=False, max_entries=4)
def _load_results(name: str, folder: str, version: str) -> pd.DataFrame:
    from engine.experiments.runs import results

    return results.load_results(name, folder)


@contextmanager
def one_look() -> Iterator[None]:
    """Look at each folder once for all that is asked of it inside, as a run asks some twenty times; again where the run
    takes longer than a moment."""
    _looked.versions = {}
    try:
        yield
    finally:
        _looked.versions = None


def _version(folder: Path | str, depth: int = 1) -> str:
    """Return a word that changes when a file in `folder` is added, removed, renamed, written or put back as it was;
    `depth` 2 looks into its folders."""
    kept, now = getattr(_looked, "versions", None), time.monotonic()
    if kept is None:
        return _look(folder, depth)
    at, _ = kept.get((folder, depth), (-math.inf, ""))
    if now - at > LOOK_SECONDS:
        kept[folder, depth] = now, _look(folder, depth)
    return kept[folder, depth][1]


def _look(folder: Path | str, depth: int) -> str:
    """Return the version of a folder as it is now.

    With `scandir`, because every click asks: a third of the time that `Path.glob` takes. A word and not the files
    themselves, because Streamlit's caches take every value of a key apart.
    """
    return _word(sorted(_files(folder, depth)))


def _word(known: object) -> str:
    return hashlib.blake2b(repr(known).encode(), digest_size=16).hexdigest()


def _files(folder: Path | str, depth: int) -> Iterator[tuple[str, int, int]]:
    """Yield (path, time of the last change in nanoseconds, bytes) of every entry."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if depth > 1 and entry.is_dir():
                    yield from _files(entry.path, depth - 1)
                elif depth == 1:
                    known = entry.stat()
                    yield entry.path, known.st_mtime_ns, known.st_size
    except OSError:  # it is not there, or was just removed
        return
