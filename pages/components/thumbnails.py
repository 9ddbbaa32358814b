"""The small live pictures on the home page, each from `thumbnail.py` of its page's components."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from engine.errors import ModelError
from engine.models.folder import ModelInfo
from engine.task_family import TASK_FAMILIES
from pages.components import cache


def draw(page: str) -> None:
    """Draw the picture of the page called `page`; nothing where it has none."""
    if find_spec(f"pages.components.{page}") and find_spec(f"pages.components.{page}.thumbnail"):
        importlib.import_module(f"pages.components.{page}.thumbnail").draw()


def favourite(task: str) -> ModelInfo:
    """Return the model shown first for a task, as its family ranks them.

    Raises:
        ModelError: no model of the task can be used.
    """
    usable = [info for info in cache.shipped_models(task) if not info.error]
    if not usable:
        raise ModelError(f"No {task.replace('_', ' ')} model is installed; the Models page lists what is there.")
    return min(usable, key=TASK_FAMILIES.get(task).rank)
