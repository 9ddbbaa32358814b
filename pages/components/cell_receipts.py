"""Receipts of what the Cells page shows, and its proof: the same numbers from torch.nn, with the difference."""

from __future__ import annotations

from datetime import date

import streamlit as st

from engine.inspection.cells.parity import proof_sentence, prove
from pages.components import cache, figures, notices
from pages.components.cells.context import PageContext
from pages.components.figures import Receipt

_READ = "from engine.inspection.cells.steps import read_steps\nfrom engine.models.folder import load_model\n"


def _receipt(context: PageContext, imports: str, lines: str, note: str | None = None) -> Receipt:
    return Receipt(
        model=context.network,
        measured=f"{date.today().isoformat()}, over {len(context.tokens):,} tokens",
        python=f"{imports}{_READ}\nmodel, text = load_model({context.network!r}), {context.text!r}\nreading = "
        f"read_steps(model, text)\n{lines}",
        note=note or "The engine counts layers, steps and units from 0.",
    )


def for_states(context: PageContext, strand: int, position: int) -> Receipt:
    """Return the receipt of every vector at one step."""
    return _receipt(
        context,
        "",
        f"for name, values in reading.strands[{strand}].parts.items():\n    print(name, values[{position}])",
    )


def for_flows(context: PageContext, strand: int, position: int, unit: int | None) -> Receipt:
    """Return the receipt of what flows along the wires of the diagram."""
    return _receipt(
        context,
        "from engine.inspection.cells.flows import flows\n",
        f"print(flows(model, reading, {strand}, {position}, {unit}))",
    )


def for_unit_step(context: PageContext, strand: int, position: int, unit: int) -> Receipt:
    """Return the receipt of one unit's arithmetic at one step."""
    lines = (
        f"step = unit_step(model, reading, {strand}, {position}, {unit})\n"
        "for gate in step.sums.values():\n    print(gate.part, gate.total, gate.value)\n    print(gate.terms.head())\n"
        "print(step.values)"
    )
    return _receipt(context, "from engine.inspection.cells.unit_step import unit_step\n", lines)


def for_part(context: PageContext, strand: int, part: str) -> Receipt:
    """Return the receipt of one part of a layer over the whole text."""
    return _receipt(context, "", f"print(reading.strands[{strand}].parts[{part!r}])")


def for_averages(context: PageContext, strand: int) -> Receipt:
    """Return the receipt of the gates' means at each token."""
    imports = "from engine.inspection.cells.gate_trajectories import gate_averages\n"
    return _receipt(context, imports, f"print(gate_averages(reading.strands[{strand}], reading.tokens).to_string())")


def for_saturation(context: PageContext, strand: int) -> Receipt:
    """Return the receipt of how often every gate is shut or open."""
    imports = "from engine.inspection.cells.gate_trajectories import saturation\n"
    return _receipt(context, imports, f"print(saturation(reading.strands[{strand}]).to_string())")


def for_conveyor(context: PageContext, strand: int, position: int, unit: int | None) -> Receipt:
    """Return the receipt of what is left of a write."""
    imports = "from engine.inspection.cells.memory_retention import follow_write\n"
    return _receipt(
        context, imports, f"print(follow_write(model, reading, {strand}, {position}, {unit}).frame.to_string())"
    )


def show_proof(context: PageContext, strand: int) -> None:
    """Compare what a layer shows with torch.nn and say by how much they differ; drawn last, as it computes everything
    once more."""
    proof = cache.keep_with_model(prove, context.network, context.text, strand, reading=context.reading)
    with st.container(horizontal=True, vertical_alignment="center", key="proof"):
        st.caption(
            f":material/verified: **Proof.** {notices.plain(proof_sentence(proof, context.reading.strands[strand]))}",
            width="stretch",
        )
        lines = (
            "from engine.inspection.cells.parity import prove\nfrom engine.models.folder import load_model\n\n"
            f"print(prove(load_model({context.network!r}), {context.text!r}, {strand}).to_string())"
        )
        note = (
            "Both sides in double precision. Gates are asked of torch.nn with twins of the layer; "
            "engine/inspection/cells/parity.py says how."
        )
        figures.show_receipt(
            Receipt(python=lines, model=context.network, measured=date.today().isoformat(), note=note), "proof"
        )
