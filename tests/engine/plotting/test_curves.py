"""Curves of comparisons: means and bands are those of the rows, baselines and units are there."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.curves import (
    bleu_against_length,
    error_against_length,
    in_legend_order,
    loss_against_steps,
    parameter_bars,
    race_curves,
    seconds_against_length,
)

RUNS = pd.DataFrame(
    [
        {"architecture": name, "length": length, "seed": seed, "accuracy": accuracy}
        for name, accuracies in {"gru": (1.0, 0.9, 0.8), "rnn": (0.5, 0.3, 0.1)}.items()
        for length in (10, 40)
        for seed, accuracy in enumerate(accuracies)
    ]
)


def line(figure, name: str):
    """Return the trace a legend calls `name`."""
    return next(trace for trace in figure.data if trace.name == name)


def bands(figure) -> list[list[float]]:
    """Return the edges of the bands in order of drawing."""
    return [list(trace.y) for trace in figure.data if trace.line.width == 0]


def test_error_is_the_mean_over_seeds_within_its_best_and_worst() -> None:
    figure = error_against_length(RUNS, mode="light", baseline_error=0.875)
    assert list(line(figure, "GRU").x) == pytest.approx([10, 40], abs=0.5)
    assert list(line(figure, "GRU").customdata) == [10, 40]
    assert list(line(figure, "GRU").y) == pytest.approx([10, 10])
    assert list(line(figure, "RNN").y) == pytest.approx([70, 70])
    high, low = bands(figure)[:2]  # the RNN comes first in every legend
    assert (high, low) == (pytest.approx([90, 90]), pytest.approx([50, 50]))
    assert "%" in figure.layout.yaxis.title.text
    assert figure.layout.shapes[0].y0 == pytest.approx(87.5)


def test_equal_lines_are_drawn_beside_each_other() -> None:
    figure = error_against_length(RUNS.assign(accuracy=1.0), mode="light")
    assert all(a != b for a, b in zip(line(figure, "RNN").x, line(figure, "GRU").x, strict=True))


def test_the_baseline_is_named_in_the_legend() -> None:
    figure = error_against_length(RUNS, mode="light", baseline_error=0.875)
    assert line(figure, "Without memory").line.dash == figure.layout.shapes[0].line.dash == "dash"
    assert not figure.layout.annotations


def test_relative_error_is_the_share_of_the_baselines_loss() -> None:
    runs = RUNS.assign(loss=[0.1, 0.05, 0.03] * 4, baseline=0.2)
    figure = error_against_length(runs, mode="light", is_relative=True, baseline_error=1.0)
    assert list(line(figure, "GRU").y) == pytest.approx([30, 30])
    assert bands(figure)[0] == pytest.approx([50, 50])
    assert "guess" in figure.layout.yaxis.title.text
    assert figure.layout.shapes[0].y0 == 100


def test_bands_are_silent_and_lines_speak() -> None:
    traces = error_against_length(RUNS, mode="light").data
    assert all(trace.hovertemplate is None for trace in traces if trace.line.width == 0)
    assert all("%{y:.1f} %" in trace.hovertemplate for trace in traces if trace.line.width != 0)


def test_each_architecture_differs_by_colour_marker_and_dash() -> None:
    figure = error_against_length(RUNS, mode="dark")
    one, other = line(figure, "RNN"), line(figure, "GRU")
    assert one.marker.symbol != other.marker.symbol
    assert one.line.dash != other.line.dash
    assert one.line.color == theme.architecture_style("rnn", "dark").colour


def test_doubling_lengths_are_spaced_evenly() -> None:
    frame = pd.concat([RUNS.assign(length=length) for length in (10, 20, 40, 80)])
    assert error_against_length(frame, mode="light").layout.xaxis.type == "log"
    assert error_against_length(RUNS, mode="light").layout.xaxis.type == "linear"


def test_loss_has_its_unit_its_band_and_its_baseline() -> None:
    frame = pd.DataFrame(
        {
            "architecture": ["lstm"] * 3,
            "step": [0, 50, 100],
            "loss_mean": [2.0, 1.0, 0.5],
            "loss_min": [1.9, 0.8, 0.4],
            "loss_max": [2.1, 1.5, 0.9],
        }
    )
    figure = loss_against_steps(frame, mode="light", unit="nats per answer", baseline=2.08)
    assert list(line(figure, "LSTM").y) == [2.0, 1.0, 0.5]
    assert bands(figure) == [[2.1, 1.5, 0.9], [1.9, 0.8, 0.4]]
    assert figure.layout.yaxis.title.text == "Loss (nats per answer)"
    assert figure.layout.shapes[0].y0 == pytest.approx(2.08)
    assert figure.layout.shapes[0].line.dash == "dash"


def test_parameters_stand_beside_what_the_formula_gives() -> None:
    frame = pd.DataFrame(
        {
            "architecture": ["lstm", "rnn", "gru"],
            "parameters": [400, 100, 300],
            "formula_parameters": [400, 100, 300],
        }
    )
    figure = parameter_bars(frame, mode="light")
    assert list(figure.data[0].x) == ["RNN", "LSTM", "GRU"]
    assert list(figure.data[0].y) == [100, 400, 300]
    assert list(figure.data[1].y) == [100, 400, 300]


def test_time_is_in_milliseconds() -> None:
    frame = pd.DataFrame({"architecture": ["rnn"] * 2, "length": [20, 10], "seconds_per_step": [0.02, 0.01]})
    figure = seconds_against_length(frame, mode="light")
    assert list(line(figure, "RNN").x) == [10, 20]
    assert list(line(figure, "RNN").y) == pytest.approx([10, 20])
    assert "(ms)" in figure.layout.yaxis.title.text


def test_a_race_keeps_its_axes_while_it_runs() -> None:
    frame = pd.DataFrame({"architecture": ["rnn"], "step": [20], "accuracy": [0.25]})
    figure = race_curves(frame, mode="light", last_step=400, baseline_error=0.875)
    assert list(line(figure, "RNN").y) == pytest.approx([75])
    assert figure.layout.xaxis.range[1] >= 400


def test_bleu_keeps_the_order_of_the_buckets() -> None:
    frame = pd.DataFrame(
        {
            "model": ["a"] * 3,
            "bucket": ["1-7", "8-10", "18-60"],
            "sentences": [9, 8, 7],
            "bleu": [50.0, 49.0, 48.0],
        }
    )
    figure = bleu_against_length(frame, mode="light", labels={"a": "With <b>"}, architectures={"a": "lstm"})
    assert list(figure.data[0].x) == ["1-7", "8-10", "18-60"]
    assert figure.layout.xaxis.type == "category"
    assert figure.data[0].name == "With &lt;b&gt;"
    assert list(figure.data[0].customdata) == [9, 8, 7]


def test_legends_list_architectures_in_one_order() -> None:
    assert in_legend_order(["gru", "zebra", "rnn", "lstm", "gru"]) == ["rnn", "lstm", "gru", "zebra"]
