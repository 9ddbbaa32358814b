"""Neurons: any text in the colours of one unit's values, its hidden state, its memory or one of its gates."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from engine.cells import is_switch
from engine.inspection.cells.units import PARTS, UnitCourse, parts_of, unit_course
from engine.inspection.stored import clear_units
from engine.plotting.writing.distribution import visible_token
from engine.plotting.writing.text_grid import describe_text_grid, text_grid
from pages.components.computing.calls import Call, call
from pages.components.controls.buttons import button
from pages.components.drawing import figures, notices, stored
from pages.components.generation.context import GenerationContext, part_label
from pages.components.texts import reading

GRID_WIDTH = 48


def show(context: GenerationContext) -> None:
    """Draw the choice of a unit, the coloured text, and where else to look."""
    notices.explain(
        "Most units look like noise. Some follow something a person can name: the place in a line, a speaker's name, "
        "the letters of a word. **Go through a few with the arrow keys and guess what each follows;** "
        "Probing tests such guesses. Memory cells are often easier to read than hidden states."
    )
    controls = context.controls
    first = _first_unit(context)
    with st.container(horizontal=True, vertical_alignment="bottom", key="neurons-choice"):
        layer = controls.segmented("neurons_layer", choices=context.layers, default=first[0])
        part = controls.select("neurons_part", part_label, parts_of(context.info.architecture), first[1], width=220)
        unit = controls.number("neurons_unit", first[2], width=160)
    with st.expander("Colour a text of your own", icon=":material/edit:"):
        text = controls.text_area("neurons_text", height=110) or context.text
    reading.say(context.network, text)
    with st.spinner("The network reads the text."):
        read = call(unit_course, text, layer - 1, unit, part, model=context.network)
        course = read.value
    name = f"{PARTS[part]} of unit {unit} in layer {layer}"
    st.caption(notices.plain(f"{name.capitalize()}. {course.summary()}"))
    if (layer, part, unit) == first:
        stored.say_typical(context, clear_units, "neurons")
    title = f"Unit {unit}, {PARTS[part]}" + (" (0 shut, 1 open)" if is_switch(part) else "")
    figures.show(
        text_grid(
            course.tokens,
            course.values,
            mode=figures.mode(),
            title_of_values=title,
            diverging=not is_switch(part),
            limits=course.limits,
            width=GRID_WIDTH,
        ),
        name="neurons-text",
        alt=describe_text_grid(course.tokens, course.values, title_of_values=name),
        table=lambda: pd.DataFrame({"token": map(visible_token, course.tokens), "value": course.values}),
        receipt=course_receipt(read),
    )
    st.caption("Units of this layer that move most over this text:")
    with st.container(horizontal=True, gap="small", key="neurons-busiest"):
        for busy in course.busiest:
            button(f"{busy}", f"neurons-unit-{busy}", controls.set, "neurons_unit", busy, help="Look at this unit")


def _first_unit(context: GenerationContext) -> tuple[int, str, int]:
    """Return the layer (from 1), part and unit that the search found for this network; its first one where none was
    made."""
    rows = stored.measured(context, clear_units, context.network)
    best = None if rows is None else clear_units.clearest(rows)
    return (1, "hidden", 0) if best is None else (int(best["layer"]) + 1, str(best["part"]), int(best["unit"]))


def course_receipt(read: Call[UnitCourse]) -> figures.Receipt:
    """Return the receipt of one unit's values over a text."""
    return read.receipt(
        "list(zip(found.tokens, found.values))",
        measured=f"over {len(read.arguments[0]):,} characters",
        note="The engine counts layers from 0.",
    )
