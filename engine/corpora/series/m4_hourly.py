"""M4 hourly: 374 of the 414 hourly series of the M4 competition; 40 drawn at random are kept apart."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("m4_hourly")(
    CorpusSpec(
        name="m4_hourly",
        title="M4 hourly",
        content=SERIES,
        columns=("series_id", "values"),
        licence="None stated in the competition's repository.",
        weights_licence="For research only.",
        origin="Makridakis, Spiliotis and Assimakopoulos (2020), The M4 competition: 100,000 time series and 61 "
        "forecasting methods",
        sample="ferry",
        folder="timeseries_m4_hourly",
        series=SeriesFacts(target="values", unit="of its own", step="hour", seasons=(24, 168), horizon=48, stride=48),
    )
)
