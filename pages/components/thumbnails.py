"""The small live pictures on the home page: those of the families, and the list of models.

Each page has its own in `thumbnail.py` of its components, computed from the same models and results as the page.
"""

from __future__ import annotations

import importlib
from importlib.util import find_spec

import streamlit as st

from engine.errors import ModelError
from engine.models.folder import ModelInfo
from engine.task_family import TASK_FAMILIES, in_order
from pages.components import cache, networks


def draw(page: str) -> None:
    """Draw the picture of the page called `page`; nothing where it has none."""
    if find_spec(f"pages.components.{page}") and find_spec(f"pages.components.{page}.thumbnail"):
        importlib.import_module(f"pages.components.{page}.thumbnail").draw()


def models() -> None:
    """List the network that pages show first for each task, and the best one, with the one number each is judged by."""
    found = networks.in_order(cache.list_models())
    if not found:
        raise ModelError("No trained network is installed in data/pretrained.")
    usable = [info for info in found if not info.error]
    offered = {family.name: [info for info in usable if info.task == family.name] for family in in_order()}
    first = {favourite(task).name for task, infos in offered.items() if infos}
    shown = [info for info in found if info.name in first or info.group == "best"] or found
    for info in shown:
        st.markdown(networks.line(info))
    if len(found) > len(shown):
        st.caption(f"And {len(found) - len(shown)} more.")


def favourite(task: str) -> ModelInfo:
    """Return the model shown first for a task, as its family ranks them.

    Raises:
        ModelError: no model of the task can be used.
    """
    usable = [info for info in cache.list_models(task) if not info.error]
    if not usable:
        raise ModelError(f"No {task.replace('_', ' ')} model is installed; the Models page lists what is there.")
    return min(usable, key=TASK_FAMILIES.get(task).rank)
