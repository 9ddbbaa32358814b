"""Forecasters: they read a series of numbers and say how it goes on."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.command_options import ModelOption
from engine.config import JsonObject, option
from engine.console import show_notes
from engine.models.card import cell_words, harmless
from engine.models.folder import load_model_of
from engine.task_family import (
    LOWER,
    Command,
    Deferred,
    Headline,
    Metric,
    ModelWords,
    Page,
    ResultTable,
    TaskFamily,
    Watched,
    register,
)
from engine.wording import counted

if TYPE_CHECKING:
    from engine.corpora import Corpus
    from engine.models.folder import LoadedModel, ModelInfo

NAME = "forecasting"
GROUPS = ("etth1", "m4", "bikes", "co2", "melbourne", "airline", "ferry")  # as they are offered
WATCHED_ORIGINS = 4  # of the validation part, while a forecaster learns
SHOWN_VALUES = 6  # of each of them
REFERENCES = {
    "nothing": "as they are",
    "last": "as differences to the last value",
    "season": "as differences to the value one season before",
}


@dataclass(frozen=True, kw_only=True)
class ForecastOptions(ModelOption):
    """Which model forecasts, and how far."""

    horizon: int = option(24, help="steps ahead", minimum=1, maximum=1000)


def forecast(settings: ForecastOptions) -> int:
    """Print the forecast of every series of standard input as CSV, with what was done to read it on standard error."""
    from engine.inspection.series.own import continue_series, read_own_series
    from engine.text.reading import MAX_COMMAND_BYTES, STANDARD_INPUT, read_bytes

    loaded = load_model_of(NAME, settings.model)
    found = read_own_series(read_bytes(), STANDARD_INPUT, max_bytes=MAX_COMMAND_BYTES)
    table, problems = continue_series(loaded, found, settings.horizon)
    show_notes([*found.remarks, *problems])
    table.to_csv(sys.stdout, index=False)
    return int(bool(problems))


def rank(info: ModelInfo) -> tuple[object, ...]:
    """By what they forecast, the nearest first, those with a linear layer beside them first, then as legends do."""
    from engine.plotting.theme import architecture_rank

    place = next((place for place, name in enumerate(GROUPS) if info.group.startswith(name)), len(GROUPS))
    is_alone = not info.config.get("skip") and bool(info.config.get("hidden_size"))
    return place, info.config.get("horizon"), is_alone, architecture_rank(info.architecture), info.name


def subject(info: ModelInfo) -> tuple[object, ...]:
    """What it forecasts, and how far ahead."""
    return info.config.get("horizon"), *info.config.get("corpora", ())


def command(config: JsonObject) -> str:
    """What goes on with a series of one's own; of a network that reads more than the calendar, what measures it."""
    from engine.corpora.series import is_of_calendar

    if all(map(is_of_calendar, config.get("known", []))):
        return f"python -m engine forecast --model {{name}} --horizon {config['horizon']} < series.csv > forecast.csv"
    return "python -m engine evaluate --model {name} --dry-run"


def look(loaded: LoadedModel, corpus: Corpus, measured: dict[str, float]) -> tuple[list[JsonObject], dict[str, float]]:
    """Return what the network makes of some origins of the validation part."""
    from engine.corpora.series import parted
    from engine.inspection.series.forecasts import evenly, forecast_windows

    one, horizon, shown = parted(corpus)[0], loaded.model.horizon, []
    begin = max(one.train_end, loaded.model.window)
    for origin in evenly(range(begin, one.validation_end - horizon + 1), WATCHED_ORIGINS):
        said = forecast_windows(loaded, [(one.series, origin)]).value[0]
        values = one.series.values
        shown.append(
            {
                "given": f"… {_numbers(values[origin - SHOWN_VALUES : origin])}",
                "wanted": _numbers(values[origin : origin + SHOWN_VALUES]),
                "answered": _numbers(said[:SHOWN_VALUES]),
            }
        )
    return shown, {}


def _numbers(values: object) -> str:
    return " ".join(f"{value:.4g}" for value in values)  # type: ignore[attr-defined]  # an array


def _architecture(config: JsonObject) -> str:
    body = f"One linear layer over {config['window']} past values"
    if config["num_layers"]:
        units = f"{config['hidden_size']} {cell_words(config['cell'])} units"
        body = f"{counted(config['num_layers'], 'layer')} of {units} over {config['window']} past values"
        if config.get("skip"):
            body += ", a linear layer over the same values beside"
    how = "all at once" if config["strategy"] == "direct" else "one after the other, each read before the next is said"
    scale = "the mean and deviation of the training part" if config["scaled_by"] == "training" else "each window itself"
    beside = f" It reads beside them: {', '.join(config['known'])}." if config.get("known") else ""
    return (
        f"{body}; {config['horizon']} values ahead, {how}, {REFERENCES[config['reference']]}, each with a band for 8 "
        f"of 10 true values. Scaled by {scale}.{beside}"
    )


def _figures(config: JsonObject, metrics: JsonObject) -> str:
    """Return how the figures of a card are to be read: what its band holds, and what its recipe says of them."""
    held = metrics.get("coverage")
    band = (
        [] if held is None else [f"The band is meant for 80% of the true values; on these origins it holds {held:.0%}."]
    )
    return " ".join([*band, *map(harmless, config.get("remarks", ()))])


def _measures() -> tuple[Metric, ...]:
    words = {
        "mase": ("MASE: errors in units of the seasonal naive forecast's on the past", LOWER),
        "mae": ("Mean absolute error, in the series' own unit", LOWER),
        "mse_scaled": ("Mean squared error, in deviations of the training part", LOWER),
        "mae_scaled": ("Mean absolute error, in deviations of the training part", LOWER),
        "smape": ("sMAPE, in percent", LOWER),
        "pinball": ("Pinball loss of the ends of the band", LOWER),
        "coverage": ("Share of true values inside the band for 8 of 10", ""),
    }
    own = [Metric(name, text, better) for name, (text, better) in words.items()]
    beside = {
        "last": "the last value, repeated",
        "seasonal": "the last season, repeated",
        "drift": "the last season, moved on by its change",
    }
    compared = ("mase", "mae", "mse_scaled")
    others = [
        Metric(f"{method}_{name}", f"{measure} of {what}{comma}{unit}")
        for method, what in beside.items()
        for name in compared
        for measure, comma, unit in [words[name][0].partition(":")[0].partition(",")]
    ]
    return (*own, *others)


register(
    TaskFamily(
        name=NAME,
        noun="forecasters",
        order=50,
        models={"forecaster": ModelWords(_architecture)},
        metrics=_measures(),
        headline=Headline("mase", "MASE {:.2f}", "Errors in units of the seasonal naive forecast's: lower is better."),
        evaluate=Deferred("engine.evaluation.forecasting:evaluate_forecaster"),
        limits="It knows series that look like those it learnt from, in steps of the same length. A change of level, a "
        "clock that was moved or a holiday it was not told of is carried into the forecast; beyond its horizon it "
        "reads its own values as if they were true, and its band does not grow for that.",
        example="""from engine.models.folder import load_model
from engine.inspection.series.forecasts import forecast_test
print(forecast_test(load_model("{name}"), "{corpus}", member=1, place=1).bands["network"])""",
        command_example=command,
        pipeline_tag="time-series-forecasting",
        languages=lambda config: (),
        published=_figures,
        subject=subject,
        rank=rank,
        commands=(
            Command(
                "forecast",
                "Print how the series of standard input, a table or one value a line, go on, as CSV.",
                ForecastOptions,
                forecast,
                ("forecast --model m4-hourly-lstm --horizon 24 < series.txt",),
            ),
        ),
        tables=(
            ResultTable(
                "forecasts",
                "add its measures and those of the baselines over rolling origins to this table",
                Deferred("engine.evaluation.forecasting:add_forecasts"),
            ),
        ),
        watched=Watched(Metric("mae", "Mean absolute error on validation data, scaled", LOWER), look),
        page=Page(
            "series",
            "Forecasting",
            "How a series goes on, with the forecasts that a network has to beat always beside it.",
            {"Grey and dashed": "forecasts without a network."},
            opens="network",
        ),
    )
)
