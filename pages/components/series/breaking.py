"""Break it: the same forecast of a series with a fault."""

from __future__ import annotations

import streamlit as st

from engine.inspection.series.baselines import BASELINES
from engine.inspection.series.breaking import break_forecast, say_break
from engine.inspection.series.faults import BREAKS
from engine.inspection.series.forecasts import NETWORK
from engine.plotting.series.forecasts import forecast_chart
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.drawing import figures, notices
from pages.components.series.context import SeriesContext
from pages.components.series.forecast import lines_of


def show(context: SeriesContext) -> None:
    """Draw the forecast of the broken series and how much further off each forecast is."""
    notices.explain(
        "The series is given a fault that the network has never met. What lasts, such as a new level, holds for the "
        "true values too. **Try:** which forecast recovers first from a change of level, and why?"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = context.controls.select("breaking_kind", lambda name: BREAKS[name].title, width=260)
        size = context.controls.slider("breaking_size", width=320)
    fault = BREAKS[kind]
    notices.say(f"{fault.meaning.capitalize()}: by {size} {fault.unit if size > 1 else fault.unit.removesuffix('s')}.")
    measured = call(break_forecast, *context.where, kind, size, model=context.network)
    found, label = measured.value, context.label(context.network)
    said = say_break(found)
    receipt = measured.receipt("found.frame().to_string()", seed=NOT_DRAWN)
    figures.show(
        forecast_chart(
            found.after.past,
            found.after.true,
            lines_of(found.after, label, context.info.architecture),
            found.after.times,
            found.after.window,
            unit=context.unit,
            mode=figures.mode(),
        ),
        name="series-broken",
        alt=said,
    )
    notices.say(said)
    names = {NETWORK: label} | {name: one.title for name, one in BASELINES.items()}
    table = found.frame()
    table["forecast"] = table["forecast"].map(names)
    figures.show_table(table.round(3), name="series-broken", receipt=receipt)
