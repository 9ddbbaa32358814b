"""Memory retention: what one token wrote into the memory, how much of it the gates keep, and its total effect."""

from __future__ import annotations

import streamlit as st

from engine.cells import CELLS
from engine.inspection.cells.memory_retention import follow_write, verdict
from engine.plotting.cells.states import left_of_a_write
from engine.wording import counted, percent
from pages.components.cells import proof
from pages.components.cells.context import CellsContext
from pages.components.computing import cache
from pages.components.drawing import figures, notices, stored

LATER = 10  # steps


def show(context: CellsContext) -> None:
    """Draw the choice of a token, the two curves, and whether they agree."""
    position = context.ask_position()
    context.show_text(position)
    with st.container(horizontal=True, vertical_alignment="bottom", key="conveyor-choice"):
        index = context.ask_strand()
        strand = context.reading.strands[index]
        is_single = context.controls.toggle("conveyor_single")
        unit = context.ask_unit(strand) if is_single else None
    cell = CELLS.get(strand.cell)
    name, belt = cell.belt, cell.belt_words
    notices.explain(
        f"**What is left, and what it changed.** {name}: {belt}; this is what is left of the write itself. Total "
        "effect, by ablation: the layer reads on from here once more without this write, and the two memories are "
        "subtracted; as the write also changes later gates and writes, this may grow and come back. **Try a space, a "
        "comma and a capital letter.**"
    )
    found = follow_write(cache.load_model(context.network), context.reading, index, position, unit)
    notices.say(f"The write at step {position + 1}, {context.spoken(position)}. {verdict(found)}", is_strong=True)
    row = found.frame.iloc[min(LATER, len(found.frame) - 1)]
    later = f"{counted(int(row['distance']), 'step')} later"
    gates, ablation, apart = st.columns(3)
    gates.metric(f"Left {later}, {name[0].lower()}{name[1:]}", percent(row["by_gates"]))
    ablation.metric(f"Total effect {later}, by ablation", percent(row["by_ablation"]))
    apart.metric(
        "Difference of the two there",
        percent(row["mismatch"]),
        help="The length of the difference of the two vectors, as a share of what was written: they can be equally "
        "long and point elsewhere.",
    )
    figures.show(
        left_of_a_write(
            found.frame, title="Share of the write (%)", by_gates=name, kind=strand.cell, mode=figures.mode()
        ),
        name="conveyor",
        alt=f"What is left of a write of size {found.size:.2f} over {len(found.frame) - 1} later tokens. "
        f"{verdict(found)}",
        table=found.frame,
        receipt=context.receipt(
            f"follow_write(model, found, {index}, {position}, {unit}).frame.to_string()", follow_write
        ),
        on_click=lambda chosen: context.controls.set("position", chosen + 1),
    )
    whose = (
        f"unit {unit}'s write alone, with its sign"
        if is_single
        else "all units' writes together, as the length of the vector"
    )
    st.caption(f"Shown is {whose}: {found.size:.3f} were written. 100 % is what was written.")
    stored.say_effect(context, "memory_retention")
    proof.show(context, index)
