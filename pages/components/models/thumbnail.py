"""The Models page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import ModelError
from engine.plotting.theme import Mode
from engine.task_family import in_order
from pages.components.computing import cache
from pages.components.drawing.thumbnails import Part, favourite
from pages.components.owning import networks


def files() -> None:
    """Return nothing to compare: it is a list that costs nothing."""


def picture(mode: Mode) -> Iterator[Part]:
    """Yield the network that pages show first for each task, and the best one, each with the number it is judged by."""
    found = networks.in_order(cache.shipped_models())
    if not found:
        raise ModelError("No trained network is installed in data/pretrained.")
    usable = [info for info in found if not info.error]
    offered = {family.name: [info for info in usable if info.task == family.name] for family in in_order()}
    first = {favourite(task).name for task, infos in offered.items() if infos}
    shown = [info for info in found if info.name in first or info.group == "best"] or found
    for info in shown:
        yield Part("markdown", networks.line(info))
    if len(found) > len(shown):
        yield Part("caption", f"And {len(found) - len(shown)} more.")
