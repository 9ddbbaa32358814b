"""The Cells page's picture on the home page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.plotting.theme import Mode
from pages.components.computing.calls import call
from pages.components.drawing import thumbnails
from pages.components.drawing.thumbnails import Part

SENTENCE = "The cat sat on the mat."


def files() -> list[Path]:
    """Return the weights that it is computed with."""
    return thumbnails.weights("language_model")


def picture(mode: Mode) -> Iterator[Part]:
    """Yield the gates that keep or drop the memory of a small sentence, unit by unit."""
    from engine.cells import CELLS
    from engine.inspection.cells.gate_trajectories import order_units
    from engine.inspection.cells.steps import read_steps
    from engine.inspection.cells.units import PARTS
    from engine.plotting.cells.states import unit_heat_map

    info = thumbnails.favourite("language_model")
    reading = call(read_steps, SENTENCE, model=info.name, kept="large").value
    strand = reading.strands[-1]
    part = CELLS.get(strand.cell).keeper or "hidden"
    values = strand.parts[part]
    units, is_gate = order_units(values, "similarity"), part != "hidden"
    figure = unit_heat_map(
        values, units, reading.tokens, first=0, position=-1, unit=-1, title="", is_switch=is_gate, mode=mode
    )
    alt = (
        f"{PARTS[part].capitalize()} of {len(units)} units while “{SENTENCE}” is read: mean "
        f"{values.mean():.2f}, lowest {values.min():.2f}, highest {values.max():.2f}."
    )
    yield thumbnails.drawing(figure, alt)
    yield Part(
        "caption",
        f"The {PARTS[part]}s of {len(units)} units over “{SENTENCE}”: each dark cell is one that let its memory go.",
    )
