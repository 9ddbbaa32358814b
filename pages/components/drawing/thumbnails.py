"""The small pictures on the home page, each from `thumbnail.py` of its page's components.

Computed by the networks they take torch, which a server that has just been started loads for seconds. So what they are
made of is kept in `KEPT`, for the light and the dark page, with the SHA-256 of the files they were computed from; where
these are others now, a picture is computed anew. After a change to what they show:

    python -m pages.components.drawing.thumbnails
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import streamlit as st

from engine.errors import ModelError
from engine.experiments.runs import results
from engine.inspection.stored.model_files import WEIGHTS, digest
from engine.models.folder import ModelInfo
from engine.plotting import theme
from engine.plotting.figure import Drawn, Figure
from engine.runtimes.choice import OVERRIDE, REFERENCE, runtime_wanted
from engine.task_family import TASK_FAMILIES
from pages.components.computing import cache
from pages.components.drawing import figures
from pages.components.shell import routes

KEPT = Path(results.RESULTS) / "home_pictures.json"


class Part(NamedTuple):
    """One part of a picture, from above: "markdown", "caption" or "text" with its words, or "figure" with its JSON."""

    kind: str
    body: str
    alt: str = ""


def drawing(figure: Figure, alt: str) -> Part:
    """Return a figure as part of a picture, small."""
    return Part("figure", theme.thumbnail(figure).to_json(), alt)


def draw(page: str) -> None:
    """Draw the picture of the page called `page`; nothing where it has none."""
    module = _module(page)
    if module is None:
        return
    for part in _kept_parts(page, module) or module.picture(figures.mode()):
        if part.kind == "figure":
            figures.thumbnail(Drawn(part.body, theme.THUMBNAIL_HEIGHT), name=page, alt=part.alt)
        else:
            getattr(st, part.kind)(part.body)


def favourite(task: str) -> ModelInfo:
    """Return the model shown first for a task, as its family ranks them.

    Raises:
        ModelError: no model of the task can be used.
    """
    first = _first(task)
    if first is None:
        raise ModelError(f"No {task.replace('_', ' ')} model is installed; the Models page lists what is there.")
    return first


def weights(task: str) -> list[Path]:
    """Return the file with the weights of the model that is shown first for a task, nothing where there is none."""
    first = _first(task)
    return [] if first is None else [first.path / WEIGHTS]


def _first(task: str) -> ModelInfo | None:
    usable = [info for info in cache.shipped_models(task) if not info.error]
    return min(usable, key=TASK_FAMILIES.get(task).rank, default=None)


def made_of(module: ModuleType) -> dict[str, str] | None:
    """Return the digest of each file that a picture is computed from; None for one that is never kept."""
    files: Iterable[Path] | None = module.files()
    return None if files is None else {f"{path.parent.name}/{path.name}": digest(path) for path in files}


def compute() -> dict[str, Any]:
    """Return what `KEPT` holds: by page the files it is made of, and its parts in each theme.

    The reference computes it: which runtime is fastest is found out by each machine for itself.
    """
    modules = {page.name: _module(page.name) for page in routes.listed()}
    wanted, os.environ[OVERRIDE] = runtime_wanted(), REFERENCE
    try:
        return {
            page: {"made_of": made_of(module), **{mode: list(module.picture(mode)) for mode in ("light", "dark")}}
            for page, module in modules.items()
            if module is not None and module.files() is not None
        }
    finally:
        os.environ[OVERRIDE] = wanted


def _module(page: str) -> ModuleType | None:
    name = f"pages.components.{page}.thumbnail"
    return importlib.import_module(name) if find_spec(f"pages.components.{page}") and find_spec(name) else None


def _kept_parts(page: str, module: ModuleType) -> list[Part] | None:
    """Return the parts of a picture as they are kept, None where they are not, or were made of other files."""
    kept = _read(*cache.file_version(KEPT)).get(page)
    if kept is None or kept["made_of"] != made_of(module):
        return None
    return [Part(*part) for part in kept[figures.mode()]]


@lru_cache(maxsize=1)
def _read(*version: int) -> dict[str, Any]:
    return json.loads(KEPT.read_text(encoding="utf-8")) if any(version) else {}


if __name__ == "__main__":
    KEPT.write_text(json.dumps(compute(), indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
