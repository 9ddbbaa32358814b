"""Step through: one time step of one cell with the actual numbers filled in."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.inspection.cells.flows import flows
from engine.inspection.cells.steps import Strand
from engine.inspection.cells.unit_step import GateSum, UnitStep, unit_step
from engine.inspection.cells.units import is_switch
from engine.plotting.cells.diagram import cell_diagram
from engine.plotting.cells.equations import state_lines, sum_lines
from engine.plotting.cells.states import state_strips
from pages.components import cache, figures, notices
from pages.components.cells import guide, proof
from pages.components.cells.context import PageContext, part_label, signed
from pages.components.header import TEXT_WIDTH

PRODUCTS = 3
TABLE_ROWS = 40
SHORT_NAMES = {
    "input_gate": "Input gate i",
    "forget_gate": "Forget gate f",
    "cell_candidate": "Candidate g",
    "output_gate": "Output gate o",
    "reset_gate": "Reset gate r",
    "update_gate": "Update gate z",
    "new_gate": "New value n",
    "cell": "Memory c(t)",
    "hidden": "Hidden h(t)",
}


def show(context: PageContext) -> None:
    """Draw one step: the text with its place, the diagram, the vectors, and one unit's arithmetic."""
    guide.show(context)
    position = context.ask_position()
    context.show_text(position)
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-choice"):
        place = context.ask_strand()
        strand = context.reading.strands[place]
        unit = context.ask_unit(strand)
        is_whole = context.controls.toggle("step_layer")
    model = cache.load_model(context.network)
    step = unit_step(model, context.reading, place, position, unit)
    st.markdown(notices.plain(said(context, step, strand, position, unit)), width=TEXT_WIDTH)
    chosen = None if is_whole else unit
    values = flows(model, context.reading, place, position, chosen)
    figures.show(
        cell_diagram(strand.cell, values, mode=figures.mode()),
        name="cell-diagram",
        alt=_describe(strand, step, unit, is_whole),
        receipt=context.receipt(f"flows(model, found, {place}, {position}, {chosen})", flows),
    )
    st.caption(
        "The thicker a wire, the larger the number that flows along it now; dashed ones are below zero. "
        + (
            "Each number is the mean size over all units of the layer."
            if is_whole
            else f"The numbers are unit {unit}'s own."
        )
        + " A gate's box adds up what comes from the input x and from the hidden state h, and squashes the sum."
    )
    _show_strips(context, strand, place, position, unit)
    _show_arithmetic(context, strand, step, place, position, unit)
    proof.show(context, place)


def said(context: PageContext, step: UnitStep, strand: Strand, position: int, unit: int) -> str:
    """Return in one sentence what the unit did with its memory at this step."""
    at = f"At step {position + 1} the network reads {context.spoken(position)}"
    if step.kind == "lstm":
        return (
            f"{at}. Unit {unit} held {signed(step.cell_before)}; its forget gate keeps "
            f"{100 * step.sums['forget_gate'].value:.0f} % of that, its "
            f"input gate lets {100 * step.sums['input_gate'].value:.0f} % of the new value "
            f"{signed(step.sums['cell_candidate'].value)} in, and it "
            f"now holds {signed(step.cell)}. Its output gate shows {100 * step.sums['output_gate'].value:.0f} % of "
            f"that, squashed: {signed(step.hidden)}."
        )
    if step.kind == "gru":
        return (
            f"{at}. Unit {unit} held {signed(step.hidden_before)}; its update gate keeps "
            f"{100 * step.sums['update_gate'].value:.0f} % of that and takes "
            f"the rest from the new value {signed(step.sums['new_gate'].value)}: it now holds and says "
            f"{signed(step.hidden)}."
        )
    return (
        f"{at}. Unit {unit} said {signed(step.hidden_before)}; an RNN has no gate to keep that, it computes a new "
        "value from everything: "
        f"{signed(step.hidden)}."
    )


def _describe(strand: Strand, step: UnitStep, unit: int, is_whole: bool) -> str:
    whose = "all units on average" if is_whole else f"unit {unit}"
    gates = ", ".join(f"{part_label(part).lower()} {gate.value:.2f}" for part, gate in step.sums.items())
    return (
        f"The wires of the {strand.cell.upper()} cell at this step, as thick as what flows for {whose}. Unit "
        f"{unit}: {gates}, says {step.hidden:.2f}."
    )


def _show_strips(context: PageContext, strand: Strand, place: int, position: int, unit: int) -> None:
    rows: dict[str, tuple[np.ndarray, bool]] = {"Reads x(t)": (strand.inputs[position], False)}
    if strand.cell_before is not None:
        rows["Memory c(t−1)"] = (strand.cell_before[position], False)
    rows["Hidden h(t−1)"] = (strand.hidden_before[position], False)
    order = [
        *(part for part in strand.parts if part not in ("hidden", "cell")),
        *(part for part in ("cell", "hidden") if part in strand.parts),
    ]
    rows |= {SHORT_NAMES[part]: (strand.parts[part][position], is_switch(part)) for part in order}
    st.markdown(
        "**Every vector of this step**, one cell per unit. Click the lower two strips to choose a unit.",
        width=TEXT_WIDTH,
    )
    figures.show(
        state_strips(rows, unit=unit, mode=figures.mode()),
        name="cell-strips",
        alt=f"{len(rows)} vectors as strips of colour; in unit {unit}: "
        + ", ".join(f"{label} {values[unit]:.2f}" for label, (values, _) in list(rows.items())[1:])
        + ".",
        table=strand.step_table(position),
        receipt=context.receipt(
            f"{{part: values[{position}] for part, values in found.strands[{place}].parts.items()}}"
        ),
        on_click=lambda chosen: context.controls.set("unit", chosen),
    )


def _show_arithmetic(
    context: PageContext, strand: Strand, step: UnitStep, place: int, position: int, unit: int
) -> None:
    st.markdown(
        f"**Unit {unit} in full arithmetic.** Each sum has {strand.inputs.shape[1]:,} products with what is read (x) "
        f"and {strand.hidden_size:,} with "
        "what is carried (h): the largest are written out.",
        width=TEXT_WIDTH,
    )
    for gate in step.sums.values():
        with st.expander(f"{part_label(gate.part)} = {gate.value:.3f}", key=f"sum-{gate.part}", type="compact"):
            _show_sum(gate)
    values = {part: gate.value for part, gate in step.sums.items()}
    before = step.hidden_before if step.cell_before is None else step.cell_before
    for line in state_lines(step.kind, values, before, step.hidden, step.cell):
        st.latex(line)
    lines = f"unit_step(model, found, {place}, {position}, {unit})"
    figures.show_receipt(context.receipt(lines, unit_step), "unit-step")


def _show_sum(gate: GateSum) -> None:
    lines = sum_lines(
        gate.part,
        gate.terms,
        count=PRODUCTS,
        biases=gate.input_bias + gate.hidden_bias,
        from_hidden=gate.from_hidden,
        reset=gate.reset,
        total=gate.total,
        value=gate.value,
    )
    for line in lines:
        st.latex(line)
    st.dataframe(gate.terms.head(TABLE_ROWS), hide_index=True, height=200, key=f"terms-{gate.part}")
