"""The first path through the page: find a forget gate that closes, watch it close on a token, see it in the whole
text."""

from __future__ import annotations

import streamlit as st

from engine.cells import CELLS
from engine.inspection.cells.gate_saturation import ClosingGate, find_closing_gate
from engine.inspection.cells.steps import strand_labels
from engine.inspection.cells.units import PARTS
from engine.plotting.writing.distribution import visible_token
from pages.components.cells.context import CellsContext, signed
from pages.components.controls import state
from pages.components.controls.buttons import button
from pages.components.drawing import notices
from pages.components.owning import networks

PAGE = "cells"
DONE, OPEN = ":material/check_circle:", ":material/radio_button_unchecked:"


def show(context: CellsContext) -> None:
    """Draw the three steps of the path, ticked off as far as the visitor has come, and the button of the next one."""
    found = find_closing_gate(context.reading)
    with st.container(border=True, key="guide"):
        if found is None:
            _without_gates(context)
            return
        reached = _reached(context, found)
        st.markdown(f"**New here? See a {PARTS[found.part]} close, in three clicks.**")
        label = strand_labels(context.info)[found.strand]
        opened = "is open" if found.gate_before > 0.5 else "is not wide open, but none in this text falls further"
        first = (
            f"Unit {found.unit} in {label.lower()} holds {signed(found.memory_before)}, and its {PARTS[found.part]}, "
            f"at {found.gate_before:.2f}, {opened}."
            if reached >= 1
            else "Find the gate that lets go of most in your sentence, one token before it does."
        )
        last = (
            "That was forgetting: no slow fading, but something the network did on this token. Below, every dark cell "
            "is a gate that shut."
            if reached >= 3
            else "Find all the others in the whole text."
        )
        lines = (
            first,
            _closing(context, found) if reached >= 2 else "Let it read the next token, and watch the gate close.",
            last,
        )
        st.markdown(
            "  \n".join(
                f"{DONE if position < reached else OPEN} {notices.plain(line)}" for position, line in enumerate(lines)
            )
        )
        names = (
            "Find a gate that closes",
            f"Read the next token: {_bare(found.token)}",
            "Look along the whole text",
            "Start again",
        )
        button(names[reached], "guide-next", _take, context, found, reached, icon="arrow_forward")


def _reached(context: CellsContext, found: ClosingGate) -> int:
    """Return how many of the path's steps are behind the visitor, in this text and network."""
    key = state.fingerprint(context.network, context.text)
    reached = state.recall(PAGE, "guide", (key, 0))
    return reached[1] if reached[0] == key else 0


def _take(context: CellsContext, found: ClosingGate, reached: int) -> None:
    """Go one step along the path; runs before the page does."""
    controls, key = context.controls, state.fingerprint(context.network, context.text)
    state.remember(PAGE, "guide", (key, (reached + 1) % 4))
    if reached == 3:
        controls.set("tool", "step")
        return
    if len(strand_labels(context.info)) > 1:
        controls.set("layer", strand_labels(context.info)[found.strand])
    controls.set("unit", found.unit)
    controls.set("position", (found.previous if reached == 0 else found.position) + 1)
    controls.set("tool", "gates" if reached == 2 else "step")
    if reached == 2:
        controls.set("gates_part", found.part)


def _closing(context: CellsContext, found: ClosingGate) -> str:
    """Return what happened at the token, in numbers."""
    verb = (
        "closed"
        if found.closes
        else "fell, without closing (no gate in this text goes from more than 0.5 to below 0.1):"
    )
    return (
        f"On {context.spoken(found.position)} the {PARTS[found.part]} of unit {found.unit} {verb} from "
        f"{found.gate_before:.2f} to {found.gate:.2f}: of {signed(found.memory_before)} it kept {signed(found.kept)}, "
        f"and with what it wrote it now holds {signed(found.memory)}."
    )


def _without_gates(context: CellsContext) -> None:
    if len(context.tokens) < 2:
        st.markdown(
            "**One token is read here.** A gate can close only after something was kept: type more, at least two."
        )
        return
    cell = CELLS.get(context.info.architecture)
    why = (
        f"an {cell.title} computes its whole state anew at every step"
        if cell.keeps is None
        else f"in a {cell.title} no gate by itself is the share of the memory that is kept"
    )
    st.markdown(f"**This network has no gate that could close:** {why}.")
    others = [info for info in context.streaming.values() if CELLS.get(info.architecture).keeps is not None]
    if others:
        other = networks.favourite(others)
        title = CELLS.get(other.architecture).title
        button(f"Look at the {title} instead", "guide-lstm", context.controls.set, "network", other.name)


def _bare(token: str) -> str:
    return notices.plain(visible_token(token.strip(" ") or token))
