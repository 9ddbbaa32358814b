"""Shapes and counts: a torch.nn layer with the visitor's settings, what it returns, where each number sits, how many it
learns."""

from __future__ import annotations

import dataclasses

import pandas as pd
import streamlit as st

from engine.cells import CELLS
from engine.inspection.cells.layer_shapes import SEED, LayerSettings, LayerShapes, measure_layer, python_lines
from engine.plotting.cells.layer_shapes import count_bars, describe_count_bars, describe_state_grid, state_grid
from pages.components.cells.context import CellsContext
from pages.components.computing.calls import call
from pages.components.drawing import figures, notices
from pages.components.shell import header

MEANINGS = {
    "input": "what the layer is given",
    "output": "what the top layer says at every step, forward and backward halves side by side",
    "h_n": "what every layer and direction says after its last step; never batch first",
    "c_n": "the memory of every layer and direction after its last step; never batch first",
}


def show(context: CellsContext) -> None:
    """Draw the settings, the shapes as measured, the grid of states, the places compared, and the counts."""
    notices.explain(
        "A layer with your settings is built and reads random input; every shape below is that of what it really "
        "returned. **Try:** turn Bidirectional on and off and watch where h_n[-1] sits. It is the last state of the "
        "*last row* of the grid, which for a backward row is at the *first* time step. The network and the text above "
        "play no part here."
    )
    settings = _ask_settings(context)
    measured = call(measure_layer, settings)
    found = measured.value
    receipt = measured.receipt(
        python=python_lines(settings),
        model=f"a new torch.nn.{settings.kind.upper()} with random weights",
        data="random input",
        seed=SEED,
        note="The same layer computed step by step with the readable cells: largest difference in output "
        f"{found.cell_difference:.1e}.",
    )
    _show_shapes(settings, found, receipt)
    header.section("Where does each number sit?")
    notices.explain(
        "Each box is one state of as many numbers as there are units. Filled boxes are in `output`, at their time "
        "step; the boxes with a thick frame are in `h_n`. All others are computed, used, and not returned."
    )
    figures.show(
        state_grid(
            settings.num_layers,
            settings.directions,
            settings.length,
            settings.hidden_size,
            len(CELLS.get(settings.kind).parts) > 1,
            mode=figures.mode(),
        ),
        name="shapes-grid",
        alt=describe_state_grid(settings.num_layers, settings.directions, settings.length, settings.hidden_size),
        receipt=receipt,
    )
    _show_positions(found)
    header.section("How many numbers does it learn?")
    _show_counts(settings, found, receipt)
    header.section("The same in Python")
    figures.show_code(python_lines(settings))


def _layer_name(kind: str) -> str:
    """Return what a layer of this kind is called in Python, our own by its cell."""
    cell = CELLS.get(kind)
    return f"nn.{cell.trained_by.layer}" if cell.trained_by is not None else cell.title


def _ask_settings(context: CellsContext) -> LayerSettings:
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom", key="shapes-choice"):
        kind = controls.segmented("shapes_kind", _layer_name)
        is_bidirectional = controls.toggle("shapes_bidirectional")
        is_batch_first = controls.toggle("shapes_batch_first")
    with st.container(horizontal=True, vertical_alignment="bottom", key="shapes-sizes"):
        sizes = {
            name: controls.number(f"shapes_{name}", width=140)
            for name in ("input_size", "hidden_size", "num_layers", "batch_size", "length")
        }
    return LayerSettings(kind=kind, bidirectional=is_bidirectional, batch_first=is_batch_first, **sizes)


def _show_shapes(settings: LayerSettings, found: LayerShapes, receipt: figures.Receipt) -> None:
    first, second = ("batch", "length") if settings.batch_first else ("length", "batch")
    halves = "2 × hidden" if settings.bidirectional else "hidden"
    rows = f"{settings.num_layers} × {settings.directions}" if settings.bidirectional else "layers"
    axes = {
        "input": f"({first}, {second}, input)",
        "output": f"({first}, {second}, {halves})",
        "h_n": f"({rows}, batch, hidden)",
        "c_n": f"({rows}, batch, hidden)",
    }
    table = pd.DataFrame(
        [(name, str(shape), axes[name], MEANINGS[name]) for name, shape in found.shapes.items()],
        columns=["tensor", "shape", "axes", "what it is"],
    )
    figures.show_table(table, name="shapes-shapes", receipt=receipt)


def _show_positions(found: LayerShapes) -> None:
    """Draw the claims about places with the difference found, and say whether all of them hold."""
    claims = [position for position in found.positions if not position.is_trap]
    traps = [position for position in found.positions if position.is_trap]
    holds = sum(position.is_equal for position in claims)
    worst = max(position.difference for position in claims)
    notices.say(
        f"{holds} of {len(claims)} places hold, compared number by number just now; the largest difference is "
        f"{worst:.1e}."
    )
    for trap in traps:
        notices.note(
            f"{trap.left} has the same shape as {trap.right} and raises no error, but it differs by up to "
            f"{trap.difference:.2f}. {trap.meaning}"
        )
    table = pd.DataFrame(
        [dataclasses.asdict(position) | {"equal": "yes" if position.is_equal else "no"} for position in found.positions]
    )
    table["difference"] = ["0" if value == 0 else f"{value:.1e}" for value in table["difference"]]
    figures.show_table(table[["left", "right", "equal", "difference", "meaning"]], name="shapes-places")


def _show_counts(settings: LayerSettings, found: LayerShapes, receipt: figures.Receipt) -> None:
    cell, count = CELLS.get(settings.kind), found.parameters[settings.kind]
    agrees = "the same" if found.formula[settings.kind] == count else "NOT the same"
    hidden, wide = settings.hidden_size, settings.directions * settings.hidden_size
    per_unit = f" + {hidden} + 2" if cell.looks_back else " + 1"
    blocks = f"{len(cell.gates)} × {hidden}"
    sums = [f"{settings.directions} × {blocks} × ({settings.input_size}{per_unit})"]
    if settings.num_layers > 1:
        sums.append(f"{settings.num_layers - 1} × {settings.directions} × {blocks} × ({wide}{per_unit})")
    notices.explain(
        "Each gate has a matrix for the input, a matrix for the state, and two biases; an RNN has one such block, a "
        "GRU three, an LSTM four: gates × hidden × (input + hidden + 2), for every layer and direction."
        if cell.looks_back
        else f"Each gate of a {cell.title} looks at the input alone and has one matrix and one bias: gates × hidden × "
        "(input + 1), for every layer and direction."
    )
    st.markdown(
        notices.plain(
            f"By the formula: {' + '.join(sums)} = {found.formula[settings.kind]:,}; counted in the layer: {count:,}, "
            f"{agrees}."
        )
    )
    weights = pd.DataFrame(
        [(weight.name, str(weight.shape), weight.count) for weight in found.weights],
        columns=["tensor", "shape", "numbers"],
    )
    figures.show(
        count_bars(found.parameters, settings.kind, mode=figures.mode()),
        name="shapes-counts",
        alt=describe_count_bars(found.parameters),
        table=weights,
        receipt=receipt,
    )
