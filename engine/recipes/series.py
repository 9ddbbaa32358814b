"""Forecasters: series of one kind each, and one network for all hourly series of a competition.

- `etth1-24-*` and `etth1-96-*`: an oil temperature 24 and 96 hours ahead, as differences to the last value; beside the
  recurrent networks the linear layer alone, one without it, and one that says a value after the other.
- `m4-hourly-lstm`: one network for 374 series, each window with its own scale.
- `bikes-gru`: with the calendar and the weather of the hours ahead, one value after the other.
- `co2-gru`, `airline-gru`, `melbourne-gru`, and `ferry-gru` on the built-in sample.
"""

from dataclasses import replace

from engine.models.forecaster import LAST, LINEAR, RECURSIVE, SEASON, WINDOW, ForecasterConfig
from engine.recipes.base import register
from engine.recipes.forecasting_recipe import ForecastingRecipe
from engine.training import TrainingSettings
from engine.training.forecasting import SQUARED

HOUR = ("hour_sin1", "hour_cos1", "hour_sin2", "hour_cos2", "hour_sin3", "hour_cos3")
WEEKDAY = ("weekday_sin1", "weekday_cos1", "weekday_sin2", "weekday_cos2")
YEAR = ("year_sin1", "year_cos1")
WEATHER = ("holiday", "workingday", "weathersit", "temp", "hum", "windspeed")
CHOSEN = (
    "Its settings were chosen by their error on validation data, from a small grid in which the error on the test part "
    "stood beside it: the figures are not those of a part that nobody had seen."
)
ORACLE = (
    "The weather of the hours ahead (weathersit, temp, hum, windspeed) is the one that really came, an oracle: in use "
    "a weather forecast would stand in its place, which was not measured. The baselines read none."
)

ETTH1_24 = register(
    ForecastingRecipe(
        name="etth1-24-gru",
        title="Oil temperature of a transformer, 24 hours ahead, GRU",
        label="GRU",
        group="etth1-24",
        corpus="etth1",
        remarks=(CHOSEN,),
        model=ForecasterConfig(32, 1, "gru", 336, 24, 24, reference=LAST, skip=True, dropout=0.2),
        loss=SQUARED,
        training=TrainingSettings(
            max_steps=800,
            learning_rate=2e-3,
            evaluate_every=50,
            average_decay=0.98,
            seed=1,
            threads=1,
            checkpoint_every=200,
        ),
    )
)
LINEAR_24 = replace(
    ETTH1_24,
    name="etth1-24-linear",
    title="Oil temperature of a transformer, 24 hours ahead, a linear layer",
    label="Linear layer",
    model=replace(ETTH1_24.model, cell=LINEAR, hidden_size=0, num_layers=0, dropout=0.0),
    training=replace(ETTH1_24.training, max_steps=1500, learning_rate=1e-3),
)
ETTH1_96 = register(
    replace(
        ETTH1_24,
        name="etth1-96-lstm",
        title="Oil temperature of a transformer, 96 hours ahead, LSTM",
        label="LSTM",
        group="etth1-96",
        model=replace(ETTH1_24.model, cell="lstm", horizon=96),
    )
)
register(LINEAR_24)
register(
    replace(
        LINEAR_24,
        name="etth1-96-linear",
        title="Oil temperature of a transformer, 96 hours ahead, a linear layer",
        group="etth1-96",
        model=replace(LINEAR_24.model, horizon=96),
    )
)
for cell, title, rate in (("lstm", "LSTM", 2e-3), ("rnn", "RNN", 1e-3)):
    register(
        replace(
            ETTH1_24,
            name=f"etth1-24-{cell}",
            title=f"Oil temperature of a transformer, 24 hours ahead, {title}",
            label=title,
            model=replace(ETTH1_24.model, cell=cell),
            training=replace(ETTH1_24.training, learning_rate=rate),
        )
    )
ALONE = register(
    replace(
        ETTH1_24,
        name="etth1-24-alone",
        title="Oil temperature of a transformer, 24 hours ahead, GRU without a linear layer beside it",
        label="GRU alone",
        model=replace(ETTH1_24.model, window=168, skip=False),
        training=replace(ETTH1_24.training, max_steps=500, learning_rate=3e-3, checkpoint_every=250),
    )
)
register(
    replace(
        ALONE,
        name="etth1-24-recursive",
        title="Oil temperature of a transformer, 24 hours ahead, recursive LSTM",
        label="LSTM, recursive",
        known=HOUR,
        model=replace(ALONE.model, cell="lstm", window=96, strategy=RECURSIVE),
        training=replace(ALONE.training, max_steps=300, checkpoint_every=150),
    )
)
register(
    ForecastingRecipe(
        name="m4-hourly-lstm",
        title="374 hourly series, 48 hours ahead, one LSTM for all",
        label="LSTM",
        group="m4-hourly",
        corpus="m4_hourly",
        remarks=(CHOSEN,),
        model=ForecasterConfig(64, 1, "lstm", 168, 48, 24, reference=SEASON, scaled_by=WINDOW, skip=True),
        training=replace(ETTH1_24.training, max_steps=800),
    )
)
BIKES = register(
    ForecastingRecipe(
        name="bikes-gru",
        title="Hired bikes, 24 hours ahead with the weather, GRU",
        label="GRU",
        group="bikes",
        corpus="bikes",
        known=(*HOUR, *WEEKDAY, *YEAR, *WEATHER),
        remarks=(CHOSEN, ORACLE),
        model=ForecasterConfig(64, 1, "gru", 192, 24, 168, RECURSIVE, SEASON, dropout=0.1),
        training=replace(ETTH1_24.training, max_steps=2000, learning_rate=3e-3, evaluate_every=100, average_decay=0.99),
    )
)
SMALL = TrainingSettings(
    max_steps=600,
    learning_rate=3e-3,
    evaluate_every=25,
    average_decay=0.95,
    seed=1,
    threads=1,
    checkpoint_every=150,
)
register(
    ForecastingRecipe(
        name="co2-gru",
        title="Carbon dioxide over Mauna Loa, 52 weeks ahead, GRU",
        label="GRU",
        group="co2",
        corpus="co2",
        remarks=(CHOSEN,),
        model=ForecasterConfig(16, 1, "gru", 156, 52, 52, reference=SEASON, scaled_by=WINDOW, skip=True),
        training=SMALL,
    )
)
register(
    ForecastingRecipe(
        name="airline-gru",
        title="Airline passengers, 12 months ahead, GRU",
        label="GRU",
        group="airline",
        corpus="airline",
        remarks=(CHOSEN,),
        model=ForecasterConfig(16, 1, "gru", 36, 12, 12, reference=SEASON, scaled_by=WINDOW, dropout=0.2),
        training=SMALL,
    )
)
register(
    ForecastingRecipe(
        name="melbourne-gru",
        title="Lowest temperature of the day in Melbourne, 7 days ahead, GRU",
        label="GRU",
        group="melbourne",
        corpus="melbourne",
        remarks=(CHOSEN,),
        known=YEAR,
        model=ForecasterConfig(16, 1, "gru", 60, 7, 7, reference=LAST, dropout=0.2),
        loss=SQUARED,
        training=replace(SMALL, max_steps=800),
    )
)
for strategy in ("direct", RECURSIVE):
    register(
        ForecastingRecipe(
            name="ferry-gru" if strategy == "direct" else "ferry-recursive",
            title=f"Passengers of an imagined ferry, 24 hours ahead, {'' if strategy == 'direct' else 'recursive '}GRU",
            label="GRU" if strategy == "direct" else "GRU, recursive",
            remarks=(CHOSEN,),
            group="ferry",
            corpus="ferry",
            known=() if strategy == "direct" else (*HOUR, *WEEKDAY),
            model=ForecasterConfig(32, 1, "gru", 192, 24, 168, strategy, SEASON, dropout=0.2),
            training=replace(SMALL, max_steps=400 if strategy == "direct" else 300),
        )
    )
