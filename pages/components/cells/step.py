"""Step through: one time step of one cell with the actual numbers filled in."""

from __future__ import annotations

import streamlit as st

from pages.components import notices
from pages.components.cells.desk import Desk, quoted


def show(desk: Desk) -> None:
    """Draw the choice of a step, a layer and a unit, and what the unit computed."""
    position = desk.ask_position()
    strand = desk.reading.strands[desk.ask_strand()]
    unit = desk.ask_unit(strand)
    value = strand.parts["hidden"][position, unit]
    st.caption(notices.plain(f"After {quoted(desk.tokens[position])} unit {unit} says {value:+.3f}."))
