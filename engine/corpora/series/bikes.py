"""Bikes hired hour by hour in Washington, D.C., 2011 and 2012, with the weather of each hour."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("bikes")(
    CorpusSpec(
        name="bikes",
        title="Hired bikes",
        content=SERIES,
        columns=("date", "value"),
        licence="CC BY 4.0.",
        weights_licence="CC BY 4.0, as the data.",
        origin="Fanaee-T and Gama (2013), Event labeling combining ensemble detectors and background knowledge "
        "(UCI Bike Sharing)",
        sample="ferry",
        folder="timeseries_bikes",
        series=SeriesFacts(
            target="value",
            unit="bikes",
            step="hour",
            seasons=(168, 24),
            horizon=24,
            stride=24,
            known=("holiday", "workingday", "weathersit", "temp", "atemp", "hum", "windspeed"),
            zero_missing=True,
        ),
    )
)
