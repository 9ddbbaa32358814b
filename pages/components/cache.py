"""The only place with Streamlit's caches: models, results and computed values, each keyed on what it was made from."""

from __future__ import annotations

import gc
import hashlib
import importlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from engine.errors import ModelError

if TYPE_CHECKING:
    from engine.jobs import JobRunner
    from engine.models.folder import LoadedModel, ModelInfo

LARGE_KEPT = 4


def list_models(task: str | None = None) -> list[ModelInfo]:
    """Return what is known about every shipped model without loading any; a damaged one carries its `error`."""
    return [info for info in _list_models(*models_version()) if task is None or info.task == task]


def models_version() -> tuple[str, str]:
    """Return the folder of the shipped models and a word that changes when any file in it does."""
    from engine.models import folder

    return str(folder.PRETRAINED), _version(folder.PRETRAINED, depth=2)


def model_names(task: str) -> list[str]:
    """Return the names of the models of a task that can be used."""
    return [info.name for info in list_models(task) if not info.error]


def load_model(name: str) -> LoadedModel:
    """Return a shipped model, loaded once per process and again only when its files change.

    Raises:
        ModelError: it is not among the shipped models, or its folder is damaged.
    """
    known = [info.name for info in list_models()]
    if name not in known:  # also keeps paths from a URL away from the file system
        raise ModelError(f"There is no model '{name[:80]}'; choose one of: {', '.join(known) or 'none is installed'}.")
    return _load_model(name, model_version(name))


def model_version(name: str) -> str:
    """Return a word that changes when any file in a model's folder does; part of every cache key."""
    from engine.models import folder

    return _version(folder.PRETRAINED / name)


def compute_with_model(function: Callable[..., Any], model_name: str, *args: Any, **kwargs: Any) -> Any:
    """Return `function(model, *args, **kwargs)`, computed once per model version and arguments.

    The function must be a module's own (not a lambda) and its result must pickle: arrays and data frames, no tensors.
    """
    options = tuple(sorted(kwargs.items()))
    return _compute(_path(function), model_name, model_version(model_name), args, options)


def keep_with_model(function: Callable[..., Any], model_name: str, *args: Any, **given: Any) -> Any:
    """Return what `compute_with_model` does, not copied for every run: for large results that nobody changes; few are
    kept.

    What is `given` by name saves the function work and changes nothing of its result: it is not looked at when one is
        looked up.
    """
    return _keep(_path(function), model_name, model_version(model_name), args, given)


def keep_few_with_model(
    function: Callable[..., Any], model_name: str, *args: Any, progress: Callable[[float], None]
) -> Any:
    """Return what `keep_with_model` does, for results of many megabytes: of all visitors' only the last few are kept.

    The function is also given `progress`, to be told the share that is done. That may draw, which Streamlit's own
    caches would want to replay; so these results lie on a shelf of their own.
    """
    key, shelf = (_path(function), model_name, model_version(model_name), args), _shelf()
    found = shelf.get(key)
    if found is None:
        found = shelf[key] = function(load_model(model_name), *args, progress=progress)
        while len(shelf) > LARGE_KEPT:
            shelf.popitem(last=False)
    return found


def compute(function: Callable[..., Any], *args: Any, version: Any = None) -> Any:
    """Return `function(*args)`, computed once per arguments and `version`."""
    return _compute(_path(function), None, version, args, ())


def share(function: Callable[..., Any], *args: Any, version: Any = None) -> Any:
    """Return what `compute` does, shared and not copied: for small results that nobody changes and every run asks
    for."""
    return _share(_path(function), version, args)


def result_names() -> list[str]:
    """Return the names of the shipped tables of results."""
    from engine.experiments import results

    return _list_results(str(results.RESULTS), _version(results.RESULTS))


def load_results(name: str) -> pd.DataFrame:
    """Return a shipped table of measured results.

    Raises:
        DataError: there is none of that name, or it cannot be read.
    """
    from engine.experiments import results

    return _load_results(name, str(results.RESULTS), _version(results.RESULTS))


def compute_with_results(
    function: Callable[..., Any], name: str, *args: Any, of: Callable[..., Any] | None = None
) -> Any:
    """Return `function(table, *args)` for a table of measured results, computed once per version of the table and
    arguments.

    The function must be a module's own and must not change the table; its result must pickle. With `of` it is given
    `of(table)` instead, which is made once for all that ask for it.

    Raises:
        DataError: as `load_results`.
    """
    from engine.experiments import results

    version = _version(results.RESULTS)
    return _compute_with_results(_path(function), name, str(results.RESULTS), version, args, of and _path(of))


def share_with_results(
    function: Callable[..., Any], name: str, *args: Any, of: Callable[..., Any] | None = None
) -> Any:
    """Return what `compute_with_results` does, shared and not copied: for figures and tables that nobody changes.

    Raises:
        DataError: as `load_results`.
    """
    from engine.experiments import results

    version = _version(results.RESULTS)
    return _share_with_results(_path(function), name, str(results.RESULTS), version, args, of and _path(of))


@st.cache_resource(show_spinner=False)
def job_runner() -> JobRunner:
    """Return the one runner of background jobs of this process."""
    from engine.jobs import JobRunner

    return JobRunner()


@st.cache_resource(show_spinner=False)
def warm_engine() -> None:
    """Import torch and the models once, then take everything imported out of the garbage collector's way.

    With torch loaded a full collection costs about 170 ms; after gc.freeze it costs next to nothing. One thread per
    computation: each of Streamlit's script threads would otherwise start a pool of its own.
    """
    import torch

    import engine.decoding
    import engine.models  # noqa: F401

    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()


@lru_cache(
    maxsize=4
)  # not Streamlit's caches: to find a value there costs each click as much as to draw three elements
def _list_models(root: str, version: str) -> list[ModelInfo]:
    from engine.models import folder

    return folder.list_models(Path(root))


@st.cache_resource(show_spinner=False, max_entries=16)
def _load_model(name: str, version: str) -> LoadedModel:
    warm_engine()
    from engine.models import folder

    return folder.load_model(name)


@st.cache_data(show_spinner=False, max_entries=4)
def _list_results(folder: str, version: str) -> list[str]:
    from engine.experiments import results

    return results.list_results(folder)


@st.cache_data(show_spinner=False, max_entries=16)
def _load_results(name: str, folder: str, version: str) -> pd.DataFrame:
    from engine.experiments import results

    return results.load_results(name, folder)


@st.cache_resource(
    show_spinner=False, max_entries=4
)  # not cache_data: a copy of a whole sweep costs each click more than the chart
def _shared_results(name: str, folder: str, version: str) -> pd.DataFrame:
    from engine.experiments import results

    return results.load_results(name, folder)


@st.cache_resource(
    show_spinner=False, max_entries=128
)  # not cache_data: unpickling a figure takes as long as drawing it
def _share_with_results(path: str, name: str, folder: str, version: str, args: tuple[Any, ...], of: str | None) -> Any:
    return _function(path)(_source(name, folder, version, of), *args)


@st.cache_data(show_spinner=False, max_entries=256)
def _compute_with_results(
    path: str, name: str, folder: str, version: str, args: tuple[Any, ...], of: str | None
) -> Any:
    return _function(path)(_source(name, folder, version, of), *args)


def _source(name: str, folder: str, version: str, of: str | None) -> Any:
    return _share_with_results(of, name, folder, version, (), None) if of else _shared_results(name, folder, version)


@st.cache_data(show_spinner=False, max_entries=256)
def _compute(path: str, model_name: str | None, version: Any, args: tuple[Any, ...], options: tuple[Any, ...]) -> Any:
    given = () if model_name is None else (load_model(model_name),)
    return _function(path)(*given, *args, **dict(options))


@lru_cache(maxsize=256)  # as `_list_models`
def _share(path: str, version: Any, args: tuple[Any, ...]) -> Any:
    return _function(path)(*args)


def _function(path: str) -> Callable[..., Any]:
    module, name = path.rsplit(":", 1)
    return getattr(importlib.import_module(module), name)


@st.cache_resource(show_spinner=False, max_entries=24)
def _keep(path: str, model_name: str, version: Any, args: tuple[Any, ...], _given: dict[str, Any]) -> Any:
    module, name = path.rsplit(":", 1)
    return getattr(importlib.import_module(module), name)(load_model(model_name), *args, **_given)


@st.cache_resource(show_spinner=False)
def _shelf() -> OrderedDict[tuple, Any]:
    return OrderedDict()


def _path(function: Callable[..., Any]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def _version(folder: Path | str, depth: int = 1) -> str:
    """Return a word that changes when a file in `folder` is added, removed, renamed, written or put back as it was;
    `depth` 2 looks into its folders.

    With `scandir`, because every click asks: a third of the time that `Path.glob` takes. A word and not the files
    themselves, because Streamlit's caches take every value of a key apart.
    """
    files = sorted(_files(folder, depth))
    return hashlib.blake2b(repr(files).encode(), digest_size=16).hexdigest()


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
