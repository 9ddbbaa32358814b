"""Ferry: hourly passengers of an imagined ferry, made by `ferry_hours` beside it; stands in for every series."""

from engine.corpora.base import CORPORA, CorpusSpec
from engine.corpora.series import SERIES, SeriesFacts

CORPORA.register("ferry")(
    CorpusSpec(
        name="ferry",
        title="Ferry",
        content=SERIES,
        columns=("date", "value"),
        licence="CC0 1.0",
        weights_licence="MIT License, as the code.",
        origin="Made by a small program written for Unrolled",
        series=SeriesFacts(target="value", unit="passengers", step="hour", seasons=(168, 24), horizon=24, stride=24),
    )
)
