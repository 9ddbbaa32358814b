"""The forecast: the series with window and horizon, the network's values and band, every baseline, their measures."""

from __future__ import annotations

from engine.inspection.series.baselines import BASELINES
from engine.inspection.series.forecasts import NETWORK, Ahead, ahead_frame, measures_frame, say_forecast
from engine.plotting.series.forecasts import ForecastLine, forecast_chart
from pages.components.computing.calls import NOT_DRAWN
from pages.components.drawing import figures, notices
from pages.components.series.context import SeriesContext

MEASURES = {
    "mse": "MSE",
    "mae": "MAE",
    "mase": "MASE",
    "smape": "sMAPE (%)",
    "pinball": "pinball loss",
    "coverage": "coverage",
}


def lines_of(found: Ahead, name: str, architecture: str) -> list[ForecastLine]:
    """Return the forecasts of one origin as a chart shows them, the network's last, on top, with its band."""
    lines = [
        ForecastLine(BASELINES[method].title, method, band.value)
        for method, band in found.bands.items()
        if method != NETWORK
    ]
    network = found.bands[NETWORK]
    return [*lines, ForecastLine(name, architecture, network.value, network.low, network.high)]


def show(context: SeriesContext) -> None:
    """Draw the forecast and how far each is off."""
    found, label = context.ahead.value, context.label(context.network)
    said = say_forecast(found, label)
    figures.show(
        forecast_chart(
            found.past,
            found.true,
            lines_of(found, label, context.info.architecture),
            found.times,
            found.window,
            unit=context.unit,
            mode=figures.mode(),
        ),
        name="series-forecast",
        alt=said,
        table=lambda: ahead_frame(found),
        receipt=context.ahead.receipt("ahead_frame(found).to_string()", uses=[ahead_frame], seed=NOT_DRAWN),
    )
    notices.say(said)
    if found.measures:
        names = {NETWORK: label} | {name: one.title for name, one in BASELINES.items()}
        figures.show_table(
            measures_frame(found, names).round(3),
            name="series-measures",
            column_config=MEASURES,
            receipt=context.ahead.receipt("measures_frame(found).to_string()", uses=[measures_frame], seed=NOT_DRAWN),
        )
