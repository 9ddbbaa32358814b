"""Forecasters: every measure over the rolling origins of the test part, and the baselines on the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from engine.config import JsonObject
from engine.corpora import load_corpus
from engine.corpora.series import PartedSeries, SeriesFacts, facts_of, parted
from engine.evaluation.base import corpora_of
from engine.evaluation.base import facts_of as facts_of_model
from engine.inspection.series.baselines import BASELINES, QUICK
from engine.inspection.series.forecasts import NETWORK, evenly, measure_origins, test_origins
from engine.inspection.stored.tables import replace_rows, rows_so_far
from engine.models.folder import LoadedModel
from engine.wording import counted

MOST_FITTED_ORIGINS = 24  # for baselines that are fitted anew at each origin
DIGITS = 4
MEASURES = ("mse_scaled", "mae_scaled", "mse", "mae", "mase", "smape", "pinball", "coverage")
COLUMNS = ("model", "weights", "corpus", "title", "method", "which", "origins", "horizon", *MEASURES)


def evaluate_forecaster(loaded: LoadedModel) -> JsonObject:
    """Return every measure of a forecaster over the test part of its corpus, and those of the quick baselines."""
    corpus = load_corpus(corpora_of(loaded)[0])
    facts, found = facts_of(corpus), parted(corpus)
    rows = rows_of(loaded, found, facts)
    metrics: JsonObject = {}
    for name, measures in measure_origins(
        loaded, found, facts.season, rows, (NETWORK, *QUICK), short=facts.seasons[-1]
    ):
        prefix = "" if name == NETWORK else f"{name}_"
        metrics |= {f"{prefix}{measure}": round(value, DIGITS) for measure, value in measures.items()}
    if len(found) > 1:  # of series of different sizes
        metrics = {name: value for name, value in metrics.items() if name.rpartition("_")[2] not in ("mse", "mae")}
    return metrics | {
        "test_set": f"{corpus.spec.title} test ({counted(len(rows), 'origin')} of {len(found):,} series, "
        f"{loaded.model.horizon} steps ahead)",
        "source": corpus.source.kind,
    }


def rows_of(loaded: LoadedModel, found: Sequence[PartedSeries], facts: SeriesFacts) -> list[tuple[int, int]]:
    """Return the (place of a series, origin) that figures are given for."""
    horizon = loaded.model.horizon
    return [(place, origin) for place, one in enumerate(found) for origin in test_origins(one, horizon, facts.stride)]


def add_forecasts(loaded: LoadedModel, table: Path) -> Iterator[float]:
    """Measure a forecaster and all baselines, the fitted ones on fewer origins, and put the rows into `table` in place
    of older ones; yield the share that is done.

    Raises:
        DataError: the corpus cannot be read, or the table that is there is damaged or cannot be written.
    """
    rows_so_far(table, COLUMNS)
    name = corpora_of(loaded)[0]
    corpus = load_corpus(name)
    facts, found = facts_of(corpus), parted(corpus)
    every = rows_of(loaded, found, facts)
    some = [every[place] for place in evenly(range(len(every)), MOST_FITTED_ORIGINS)]
    jobs = [("all", every, (NETWORK, *QUICK)), ("some", some, (NETWORK, *BASELINES))]
    total, measured = sum(len(names) for _, _, names in jobs), []
    for which, rows, names in jobs:
        for method, measures in measure_origins(loaded, found, facts.season, rows, names, short=facts.seasons[-1]):
            head = {"method": method, "which": which, "origins": len(rows), "horizon": loaded.model.horizon}
            measured.append(facts_of_model(loaded, name, corpus, "test") | head | measures)
            yield len(measured) / total
    replace_rows(table, pd.DataFrame(measured), COLUMNS)
