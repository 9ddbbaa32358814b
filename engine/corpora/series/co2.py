"""Carbon dioxide in the air over Mauna Loa week by week, 1958 to 1997."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("co2")(
    CorpusSpec(
        name="co2",
        title="CO2 at Mauna Loa",
        content=SERIES,
        columns=("date", "value"),
        licence="Public domain.",
        weights_licence="MIT License, as the code.",
        origin="Keeling and Whorf (2004), Atmospheric CO2 records from sites in the SIO air sampling network",
        sample="ferry",
        folder="timeseries_co2",
        series=SeriesFacts(target="value", unit="ppm", step="week", seasons=(52,), horizon=52, stride=4),
    )
)
