"""Gates over time: every part of a layer over the whole text, its means, and how often the gates are quite shut or
open."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from engine.cells import CELLS, is_switch
from engine.inspection.cells.gate_trajectories import ORDERS, gate_averages, gates_of_strand, order_units, saturation
from engine.inspection.cells.steps import Strand
from engine.inspection.cells.units import PARTS
from engine.plotting.cells.states import gate_averages_lines, saturation_scatter, unit_heat_map
from engine.wording import percent
from pages.components.cells import guide, proof
from pages.components.cells.context import CellsContext, part_label
from pages.components.drawing import figures, notices, stored

WINDOW = 120  # tokens that are drawn


def show(context: CellsContext) -> None:
    """Draw the choice of a layer, a part and an order; the means, the heat map and the scatter."""
    guide.show(context)
    position = context.ask_position()
    with st.container(horizontal=True, vertical_alignment="bottom", key="gates-choice"):
        index = context.ask_strand()
        strand = context.reading.strands[index]
        parts = list(strand.parts)
        keeper = CELLS.get(strand.cell).keeper or "hidden"
        part = context.controls.select("gates_part", part_label, parts, keeper, width=190)
        order = context.controls.select("gates_order", ORDERS.get, width=220)
        unit = context.ask_unit(strand)
    first = max(0, min(position - WINDOW // 2, len(context.tokens) - WINDOW))
    seen = slice(first, first + WINDOW)
    if len(context.tokens) > WINDOW:
        st.caption(
            f"Drawn are steps {first + 1:,} to {first + WINDOW:,} of {len(context.tokens):,}, around the one above."
        )
    _show_averages(context, strand, index, part, position, unit, seen)
    draw_map = partial(_draw_map, context, index, order, position, unit, seen)
    notices.explain(
        f"**{part_label(part)} of all {strand.hidden_size} units**, sorted by {ORDERS[order]}. "
        + ("Dark is shut (0), bright is open (1)." if is_switch(part) else "Blue is above zero, red below.")
        + " Sorted by similarity, units that do the same thing lie next to each other."
    )
    draw_map(part, "gate-map", 460)
    _show_saturation(context, strand, index, unit)
    if context.controls.toggle("gates_all"):
        for left in range(0, len(parts), 2):
            for column, shown in zip(st.columns(2, gap="medium"), parts[left : left + 2], strict=False):
                with column:
                    st.markdown(f"**{part_label(shown)}**")
                    draw_map(shown, f"all-{shown}", 280)
    stored.say_effect(context, "gates")
    proof.show(context, index)


def _show_averages(
    context: CellsContext, strand: Strand, index: int, part: str, position: int, unit: int, seen: slice
) -> None:
    averages = gate_averages(strand, context.tokens)
    shown = averages[averages["position"].between(seen.start, seen.stop - 1)]
    names = {gate: part_label(gate) for gate in PARTS} | (
        {} if gates_of_strand(strand) else {"hidden": "Size of the hidden state"}
    )
    lowest = {gate: rows.loc[rows["mean"].idxmin()] for gate, rows in averages.groupby("part", sort=False)}
    said = "; ".join(
        f"{names[gate].lower()} {row['mean']:.2f} at {context.spoken(row['position'])}" for gate, row in lowest.items()
    )
    notices.explain(
        "**The average gate.** Where the line of a gate dips, many units shut it on that token. Click a mark to look "
        "at its step."
    )
    course = (f"Unit {unit}, {PARTS[part]}", strand.parts[part][seen, unit]) if is_switch(part) else None
    figures.show(
        gate_averages_lines(shown, names, position=position, course=course, mode=figures.mode()),
        name="gate-averages",
        alt=f"Mean of each gate over {strand.hidden_size} units at each of {len(context.tokens)} tokens. Lowest: "
        f"{said}.",
        table=averages,
        receipt=context.receipt(f"gate_averages(found.strands[{index}], found.tokens).to_string()", gate_averages),
        on_click=lambda chosen: context.controls.set("position", chosen + 1),
    )
    st.caption(notices.plain(f"Lowest means: {said}."))


def _draw_map(
    context: CellsContext, index: int, order: str, at: int, unit: int, seen: slice, part: str, name: str, height: int
) -> None:
    strand = context.reading.strands[index]
    values, tokens = strand.parts[part], context.tokens[seen]
    units = order_units(values, order)
    drawn = values[seen]
    title = f"{part_label(part)}" + (": 0 shut, 1 open" if is_switch(part) else "")
    busiest = int(values.var(axis=0).argmax())
    figures.show(
        unit_heat_map(
            drawn,
            units,
            tokens,
            first=seen.start,
            position=at,
            unit=unit,
            title=title,
            is_switch=is_switch(part),
            mode=figures.mode(),
            height=height,
        ),
        name=name,
        alt=f"{part_label(part)} of {len(units)} units over {len(tokens)} tokens: mean {values.mean():.2f}, lowest "
        f"{values.min():.2f}, highest {values.max():.2f}; unit {busiest} varies most. Unit {unit} at step "
        f"{at + 1}: {values[at, unit]:.3f}.",
        table=lambda: pd.DataFrame(
            {
                "step": range(1, len(values) + 1),
                "token": context.tokens,
                f"unit {unit}": values[:, unit],
                "mean": values.mean(axis=1),
            }
        ),
        receipt=context.receipt(f"found.strands[{index}].parts[{part!r}]"),
    )


def _show_saturation(context: CellsContext, strand: Strand, position: int, unit: int) -> None:
    if not gates_of_strand(strand):
        notices.note("An RNN has no gates, so there is nothing that could be saturated; choose an LSTM or a GRU.")
        return
    found = saturation(strand)
    means = found.groupby("part", sort=False)[["shut", "open"]].mean()
    said = "; ".join(
        f"{PARTS[part]} {percent(row['shut'], 0)} shut, {percent(row['open'], 0)} open"
        for part, row in means.iterrows()
    )
    notices.explain(
        f"**Saturated closed or open?** One mark per unit and gate, over these {len(context.tokens):,} tokens: the "
        "higher, the more often below 0.1; the farther right, the more often above 0.9. A forget gate at the lower "
        "right remembers all the time; one at the upper left has no memory. Click a mark to choose its unit."
    )
    figures.show(
        saturation_scatter(found, {gate: part_label(gate) for gate in PARTS}, unit=unit, mode=figures.mode()),
        name="gate-saturation",
        alt=f"How often each of {strand.hidden_size} units has its gates below 0.1 or above 0.9. On average: {said}.",
        table=found,
        receipt=context.receipt(f"saturation(found.strands[{position}]).to_string()", saturation),
        on_click=lambda chosen: context.controls.set("unit", chosen),
    )
    st.caption(f"On average: {said}. The figure is that of Karpathy, Johnson and Li (2015), on your text.")
