"""Airline passengers month by month, thousands, 1949 to 1960."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("airline")(
    CorpusSpec(
        name="airline",
        title="Airline passengers",
        content=SERIES,
        columns=("date", "value"),
        licence="None stated (Time Series Data Library).",
        weights_licence="For research only.",
        origin="Box and Jenkins (1976), Time series analysis: forecasting and control, series G",
        sample="ferry",
        folder="timeseries_airline",
        series=SeriesFacts(target="value", unit="thousand passengers", step="month", seasons=(12,), horizon=12),
    )
)
