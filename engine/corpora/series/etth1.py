"""ETTh1: an electricity transformer, its oil temperature and loads hour by hour, July 2016 to February 2018."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("etth1")(
    CorpusSpec(
        name="etth1",
        title="ETTh1",
        content=SERIES,
        columns=("date", "OT"),
        licence="CC BY-ND 4.0: passed on unchanged only.",
        weights_licence="CC BY-ND 4.0 holds for the data, of which the weights hold none.",
        origin="Zhou et al. (2021), Informer: beyond efficient transformer for long sequence time-series forecasting",
        sample="ferry",
        folder="timeseries_etth1",
        series=SeriesFacts(target="OT", unit="°C", step="hour", seasons=(24, 168), horizon=24),
    )
)
