"""Step through: one time step of one cell with the actual numbers filled in."""

from __future__ import annotations

import numpy as np
import streamlit as st

from engine.cells import CELLS, Cell
from engine.inspection.cells.flows import flows
from engine.inspection.cells.steps import Strand
from engine.inspection.cells.unit_step import GateSum, UnitStep, unit_step
from engine.plotting.cells.diagram import cell_diagram
from engine.plotting.cells.equations import state_lines, sum_lines
from engine.plotting.cells.states import state_strips
from pages.components.cells import guide, proof
from pages.components.cells.context import CellsContext, part_label, signed
from pages.components.computing import cache
from pages.components.drawing import figures, notices, stored

PRODUCTS = 3
TABLE_ROWS = 40


def show(context: CellsContext) -> None:
    """Draw one step: the text with its place, the diagram, the vectors, and one unit's arithmetic."""
    guide.show(context)
    position = context.ask_position()
    context.show_text(position)
    with st.container(horizontal=True, vertical_alignment="bottom", key="step-choice"):
        index = context.ask_strand()
        strand = context.reading.strands[index]
        unit = context.ask_unit(strand)
        is_whole = context.controls.toggle("step_layer")
    model = cache.load_model(context.network)
    step = unit_step(model, context.reading, index, position, unit)
    notices.say(said(context, step, strand, position, unit))
    chosen = None if is_whole else unit
    values = flows(model, context.reading, index, position, chosen)
    figures.show(
        cell_diagram(strand.cell, values, mode=figures.mode()),
        name="cell-diagram",
        alt=_describe(strand, step, unit, is_whole),
        receipt=context.receipt(f"flows(model, found, {index}, {position}, {chosen})", flows),
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
    _show_strips(context, strand, index, position, unit)
    _show_arithmetic(context, strand, step, index, position, unit)
    stored.say_effect(context, "step")
    proof.show(context, index)


def said(context: CellsContext, step: UnitStep, strand: Strand, position: int, unit: int) -> str:
    """Return in one sentence what the unit did with its memory at this step."""
    values = {name: signed(value) for name, value in step.values.items()}
    values |= {f"{part}_percent": f"{100 * gate.value:.0f}" for part, gate in step.sums.items()}
    told = CELLS.get(step.kind).told.format(unit=unit, **values)
    return f"At step {position + 1} the network reads {context.spoken(position)}. {told}"


def _describe(strand: Strand, step: UnitStep, unit: int, is_whole: bool) -> str:
    whose = "all units on average" if is_whole else f"unit {unit}"
    gates = ", ".join(f"{part_label(part).lower()} {gate.value:.2f}" for part, gate in step.sums.items())
    return (
        f"The wires of the {CELLS.get(strand.cell).title} cell at this step, as thick as what flows for {whose}. Unit "
        f"{unit}: {gates}, says {step.values['h']:.2f}."
    )


def _show_strips(context: CellsContext, strand: Strand, index: int, position: int, unit: int) -> None:
    cell, parts = CELLS.get(strand.cell), strand.parts
    rows: dict[str, tuple[np.ndarray, bool]] = {"Reads x(t)": (strand.inputs[position], False)}
    for part in reversed(cell.parts):
        rows[f"{part.label} {part.letter}(t−1)"] = (strand.before[part.name][position], False)
    for gate in cell.gates:
        if gate.roles:
            rows[gate.strip_label] = (parts[gate.name][position], gate.is_switch)
    for part in reversed(cell.parts):
        rows[f"{part.label} {part.letter}(t)"] = (parts[part.name][position], False)
    notices.explain("**Every vector of this step**, one cell per unit. Click the lower two strips to choose a unit.")
    figures.show(
        state_strips(rows, unit=unit, mode=figures.mode()),
        name="cell-strips",
        alt=f"{len(rows)} vectors as strips of colour; in unit {unit}: "
        + ", ".join(f"{label} {values[unit]:.2f}" for label, (values, _) in list(rows.items())[1:])
        + ".",
        table=lambda: strand.step_table(position),
        receipt=context.receipt(
            f"{{part: values[{position}] for part, values in found.strands[{index}].parts.items()}}"
        ),
        on_click=lambda chosen: context.controls.set("unit", chosen),
    )


def _show_arithmetic(
    context: CellsContext, strand: Strand, step: UnitStep, index: int, position: int, unit: int
) -> None:
    cell = CELLS.get(strand.cell)
    carried = f" and {strand.hidden_size:,} with what is carried (h)" if cell.looks_back else ""
    notices.explain(
        f"**Unit {unit} in full arithmetic.** Each sum has {strand.inputs.shape[1]:,} products with what is read (x)"
        f"{carried}: the largest are written out."
    )
    for gate in step.sums.values():
        with st.expander(f"{part_label(gate.part)} = {gate.value:.3f}", key=f"sum-{gate.part}", type="compact"):
            _show_sum(cell, gate)
    for line in state_lines(cell, step.values):
        st.latex(line)
    lines = f"unit_step(model, found, {index}, {position}, {unit})"
    figures.show_receipt(context.receipt(lines, unit_step), "unit-step")


def _show_sum(cell: Cell, gate: GateSum) -> None:
    lines = sum_lines(
        cell.gate(gate.part),
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
