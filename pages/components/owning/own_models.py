"""The networks a visitor made or brought along, and those that others shared with them: how pages find them by name."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from engine import owners, runs
from engine.config import JsonObject
from engine.errors import InputError, ModelError
from engine.models import folder as model_folder
from engine.models.folder import ModelInfo
from pages.components.controls import state
from pages.components.server import visitor

PREFIX = "own-"
KINDS = ("runs", "models")
_NAME = re.compile(r"(?<![\w./-])own-[\w-]{16}(?![\w-])", re.ASCII)
ABOUT = "about.json"  # what a network's owner calls it now
YOURS, SHARED = "yours", "shared with you"
GONE = "It was removed, or belongs to somebody who does not share it."


def is_own(name: str) -> bool:
    """Return whether a name is that of a visitor's network; shipped ones are never called so."""
    return name.startswith(PREFIX)


def name_of(folder: Path) -> str:
    """Return what addresses and lists call the network in a run's or a network's folder."""
    return PREFIX + folder.name


def in_code(code: str) -> str:
    """Return Python lines or a command in which a visitor's network is the folder that its download unpacks to: its
    name means nothing elsewhere."""
    return _NAME.sub(lambda found: f"./{found[0]}", code)


def find(name: str) -> Path:
    """Return the model folder of a network by its name, if this visitor may open it.

    Raises:
        ModelError: it is gone, was never there, or is somebody's who does not share it.
    """
    try:
        return model_of(owners.find(name.removeprefix(PREFIX), visitor.folder(), KINDS))
    except InputError as problem:
        raise ModelError(
            "This network is not here: it was removed, or belongs to somebody who does not share it. Choose another."
        ) from problem


def listed() -> list[ModelInfo]:
    """Return what is known of every network of the visitor's that can be used, the newest first, and then of those of
    others that the visitor opened; a damaged one carries its `error`."""
    owner = visitor.folder()
    open_asked(KINDS)
    own = [(folder, YOURS) for kind in KINDS for folder in owners.listed(owner, kind)]
    others = [(folder, SHARED) for kind in KINDS for folder in owners.opened(owner, kind)]
    found = [describe(folder, whose) for folder, whose in own + others if is_ready(folder)]
    labels = [info.label for info in found]
    return [replace(info, is_ambiguous=labels.count(info.label) > 1) for info in found]


def model_of(folder: Path) -> Path:
    """Return the model folder in that of a run or a network: a run keeps its best network in one of its own."""
    inside = folder / "model"
    return inside if inside.is_dir() else folder


def open_asked(kinds: tuple[str, ...]) -> None:
    """Remember what others share and the address asks for: a link opens it, and it is found again afterwards."""
    for values in state.read_url_lists().values():
        for value in filter(is_own, values):
            owner = visitor.folder()
            try:
                folder = owners.find(value.removeprefix(PREFIX), owner, kinds)
            except InputError:  # the page says that it cannot be used
                continue
            if not owners.is_own(folder, owner):
                owners.remember_opened(owner, folder.name)


def is_ready(folder: Path) -> bool:
    """Return whether there is a network in a folder; a run has none before its first evaluation."""
    return all((model_of(folder) / file).is_file() for file in model_folder.FILES)


def describe(folder: Path, whose: str = YOURS) -> ModelInfo:
    """Return what is known of the network in a folder, called as its owner calls it, in a group of its own."""
    info = _describe(model_of(folder), version(model_of(folder)))
    title = _title(folder) or info.title
    names = {"label": title, "group": name_of(folder)}
    return replace(info, name=name_of(folder), title=title, whose=whose, config=info.config | names)


def samples(name: str) -> list[JsonObject]:
    """Return what a visitor's network was given, was wanted of it and answered when it was measured last; nothing for
    one that was trained elsewhere."""
    measured = runs.samples(owners.find(name.removeprefix(PREFIX), visitor.folder(), KINDS))
    return measured[-1]["samples"] if measured else []


def version(folder: Path) -> tuple[tuple[int, int], ...]:
    """Return what changes when any file of a model folder does."""
    return tuple(_file_version(folder / file) for file in model_folder.FILES)


@lru_cache(maxsize=256)
def _describe(folder: Path, version: tuple[tuple[int, int], ...]) -> ModelInfo:
    return model_folder.describe(folder)


def _title(folder: Path) -> str:
    """Return what the owner calls a run or a network now, "" where only its own files say so."""
    try:
        title = json.loads((folder / ABOUT).read_text(encoding="utf-8"))["title"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return str(title)


def _file_version(path: Path) -> tuple[int, int]:
    try:
        known = path.stat()
    except OSError:
        return (0, 0)
    return known.st_mtime_ns, known.st_size
