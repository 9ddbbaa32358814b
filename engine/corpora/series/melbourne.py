"""Lowest temperature of every day in Melbourne, 1981 to 1990."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("melbourne")(
    CorpusSpec(
        name="melbourne",
        title="Melbourne temperatures",
        content=SERIES,
        columns=("date", "value"),
        licence="None stated (Time Series Data Library).",
        weights_licence="For research only.",
        origin="Australian Bureau of Meteorology, by way of the Time Series Data Library",
        sample="ferry",
        folder="timeseries_melbourne_min_temp",
        series=SeriesFacts(target="value", unit="°C", step="day", seasons=(365, 7), horizon=7),
    )
)
