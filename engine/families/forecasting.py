"""Forecasters: they read a series and say how it goes on."""

from __future__ import annotations

from engine.config import JsonObject
from engine.models.card import cell_words
from engine.task_family import (
    LOWER,
    Deferred,
    Headline,
    Metric,
    ModelWords,
    TaskFamily,
    register,
)
from engine.wording import counted

NAME = "forecasting"


def _architecture(config: JsonObject) -> str:
    body = "One linear layer"
    if config["num_layers"]:
        body = f"{counted(config['num_layers'], 'layer')} of {config['hidden_size']} {cell_words(config['cell'])} units"
    how = "all at once" if config["strategy"] == "direct" else "one after the other, each read before the next"
    return f"{body} over {config['window']} past values; {config['horizon']} values ahead, {how}."


register(
    TaskFamily(
        name=NAME,
        noun="forecasters",
        order=50,
        models={"forecaster": ModelWords(_architecture)},
        metrics=(Metric("mase", "MASE", LOWER),),
        headline=Headline("mase", "MASE {:.2f}", "MASE."),
        evaluate=Deferred("engine.evaluation.forecasting:evaluate_forecaster"),
        limits="Limits.",
        example='print("{name}")',
        command_example="python -m engine forecast --model {name} --horizon 24 < series.csv > forecast.csv",
        pipeline_tag="time-series-forecasting",
    )
)
