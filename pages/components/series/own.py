"""Your series: a paste or a file, what was understood of it, how it goes on, and how far off that would have been."""

from __future__ import annotations

import streamlit as st

from engine.errors import InputError
from engine.inspection.series.baselines import BASELINES
from engine.inspection.series.forecasts import NETWORK, ahead_frame, measures_frame
from engine.inspection.series.own import OwnForecast, OwnSeries, forecast_own, read_own_series
from engine.models.folder import ModelInfo
from engine.plotting.series.forecasts import ForecastLine, forecast_chart
from engine.text.reading import MAX_FILE_BYTES
from pages.components.computing import cache
from pages.components.computing.calls import NOT_DRAWN, call
from pages.components.controls import state
from pages.components.drawing import figures, notices
from pages.components.series.context import PAGE, SeriesContext, label
from pages.components.series.forecast import MEASURES
from pages.components.series.view import EXAMPLE

BOX, LONGEST = "own series", 40


def show(context: SeriesContext) -> None:
    """Draw the box and the file, and how the series in it goes on."""
    notices.explain(
        "Paste values or bring a table: a value a row, with a date beside it if there is one. Which column holds dates "
        "is told from its content; gaps and uneven steps are said and filled. Nothing you bring is kept. **Try:** your "
        "own sales, steps or temperatures; look whether the network beats the seasonal naive line on your last values."
    )
    text = st.text_area("Your series", value=state.recall(PAGE, BOX, EXAMPLE), height=160, key="own-series-text")
    state.remember(PAGE, BOX, text)
    file = st.file_uploader(
        "Or a file (overrides the text box)", key="own-series-file", max_upload_size=MAX_FILE_BYTES // 2**20
    )
    given: str | bytes = file.getvalue() if file else text
    try:
        key = file.file_id if file else text
        found = state.once(PAGE, "own-series-read", key, lambda: read_own_series(given))
    except InputError as problem:
        notices.error(f"{problem} What is in the box is still there.")
        return
    notices.say(f"Read: {found.understood}")
    for remark in found.remarks:
        notices.note(remark)
    _show(context, given, found)


def _show(context: SeriesContext, given: str | bytes, found: OwnSeries) -> None:
    models = {info.name: info for info in _fitting()}
    if not models:
        notices.note("No forecaster here sets its own scale, as it would have to for a series it has never seen.")
        return
    controls = context.controls
    with st.container(horizontal=True, vertical_alignment="bottom"):
        names = {place: one.name[:LONGEST] for place, one in enumerate(found.series)}
        place = (
            st.selectbox("Column", list(names), format_func=names.get, key="own-series-column", width=220)
            if len(names) > 1
            else 0
        )
        network = controls.select(
            "own_network", choices={name: label(info) + _corpus(info) for name, info in models.items()}
        )
        horizon = controls.slider("own_horizon", width=320)
    measured = call(forecast_own, given, place, horizon, model=network)
    with st.spinner("The network and the baselines forecast"):
        made = measured.value
    if made.problem:
        notices.note(f"{made.problem} The baselines forecast it.")
    names_of = {NETWORK: label(models[network])} | {name: one.title for name, one in BASELINES.items()}
    said = _sentence(made, names_of)
    receipt = measured.receipt("found.ahead.bands", seed=NOT_DRAWN)
    figures.show(
        forecast_chart(
            made.ahead.past,
            made.ahead.true,
            [
                ForecastLine(names_of[name], models[network].architecture, band.value, band.low, band.high)
                if name == NETWORK
                else ForecastLine(names_of[name], name, band.value)
                for name, band in reversed(made.ahead.bands.items())
            ],
            made.ahead.times,
            made.ahead.window,
            unit=found.series[place].name[:LONGEST],
            mode=figures.mode(),
        ),
        name="own-series",
        alt=said,
    )
    notices.say(said)
    figures.show_table(
        ahead_frame(made.ahead).drop(columns="true"),
        name="own-series-forecast",
        receipt=receipt,
        column_config={"steps_ahead": "steps ahead", "network": names_of[NETWORK]},
    )
    if made.tried is not None:
        notices.explain(f"**On its last {horizon} values**, forecast from what stands before them")
        figures.show_table(
            measures_frame(made.tried, names_of).round(3), name="own-series-measures", column_config=MEASURES
        )


def _fitting() -> list[ModelInfo]:
    """Return the forecasters that can meet a series they have never seen: each window has its own scale."""
    found = [info for info in cache.list_models("forecasting") if not info.error]
    usable = [info for info in found if info.config.get("scaled_by") == "window" and not info.config.get("known")]
    return sorted(usable, key=lambda info: (info.config["season"] != 24, info.name))


def _corpus(info: ModelInfo) -> str:
    return f": {info.title}" if info.title else ""


def _sentence(made: OwnForecast, names: dict[str, str]) -> str:
    season = f"A season of {made.season} steps is assumed." if made.season > 1 else "No season was found."
    if made.tried is None:
        return f"{season} It is too short to try the forecasts on its last values."
    errors = {name: each["mae"] for name, each in made.tried.measures.items()}
    best = min(errors, key=errors.__getitem__)
    return f"{season} On its last values {names[best]} would have been closest, {errors[best]:.3g} off on average."
