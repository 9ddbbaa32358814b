"""Figures of a whole comparison: marks stand for the right rows, the front is marked, two runs can be told apart
without colour."""

from __future__ import annotations

import pandas as pd

from engine.plotting.comparison.comparisons import (
    errors_against_cost,
    loss_by_rate,
    map_sentence,
    parameter_bars,
    solved_dots,
    two_runs,
)
from tests.plotly_figures import as_plotly

SOLVED = pd.DataFrame(
    [
        ("adding", 10, "rnn", 3, 0, False, False),
        ("adding", 10, "lstm", 3, 2, False, True),
        ("adding", 10, "gru", 3, 3, True, True),
        ("adding", 40, "lstm", 3, 0, False, True),
    ],
    columns=["task", "length", "architecture", "runs", "solved_runs", "is_best", "is_beyond_guess"],
)


def test_the_map_puts_each_test_in_a_row_and_each_architecture_in_a_column() -> None:
    figure = solved_dots(SOLVED, mode="light", titles={"adding": "Adding <b>"})
    marks = {trace.name: list(zip(trace.x, trace.y, strict=True)) for trace in as_plotly(figure).data}
    assert marks == {
        "solved by every seed": [(2, 0)],
        "solved by some seeds": [(1, 0)],
        "not solved, but better than a guess": [(1, 1)],
        "no better than a guess": [(0, 0)],
        "clear winner of the row": [(2, 0)],
    }
    assert list(as_plotly(figure).layout.xaxis.ticktext) == ["RNN", "LSTM", "GRU"]
    assert list(as_plotly(figure).layout.yaxis.ticktext) == ["Adding &lt;b&gt; 10", "Adding &lt;b&gt; 40"]
    assert list(as_plotly(figure).data[0].customdata[0]) == ["adding", 10, "GRU", 3, 3]
    assert len({trace.marker.symbol for trace in as_plotly(figure).data[:4]}) == 4
    assert map_sentence(SOLVED) == "Tasks at one length that every seed solves: RNN 0 of 1, LSTM 0 of 2, GRU 1 of 1."


def test_errors_stand_against_cost_and_the_front_goes_down_in_steps() -> None:
    table = pd.DataFrame(
        [
            ("rnn", 1.0, 0.8, 1.5, 60.0, 50.0, 70.0, True),
            ("lstm", 4.0, 4.0, 4.0, 70.0, 60.0, 80.0, False),
            ("gru", 3.0, 2.0, 5.0, 5.0, 4.0, 6.0, True),
        ],
        columns=[
            "architecture",
            *(f"{what}_{part}" for what in ("cost", "error") for part in ("median", "min", "max")),
            "is_on_front",
        ],
    )
    figure = errors_against_cost(table, mode="dark", x_title="s", y_title="%")
    front, *marks = as_plotly(figure).data
    assert list(zip(front.x, front.y, strict=True)) == [(1, 60), (3, 5), (5, 5)]
    assert [mark.name for mark in marks] == ["RNN", "LSTM", "GRU"]
    assert (marks[2].x[0], marks[2].error_x.array[0], marks[2].error_x.arrayminus[0]) == (3, 2, 1)
    assert marks[0].marker.size > marks[1].marker.size
    assert as_plotly(figure).layout.xaxis.type == "log"


def test_the_chosen_rate_is_ringed_and_a_training_that_diverged_stands_at_the_top() -> None:
    table = pd.DataFrame(
        [
            ("gru", 0.001, 0.5, float("nan"), False),
            ("gru", 0.01, 0.2, 150.0, True),
            ("irnn", 0.001, 0.4, float("nan"), True),
            ("irnn", 0.01, float("inf"), float("nan"), False),
        ],
        columns=["architecture", "learning_rate", "validation_loss", "solved_after", "is_chosen"],
    )
    for is_log in (False, True):
        figure = loss_by_rate(table, mode="light", unit="nats", baseline=0.7, is_log_y=is_log)
        lines = {trace.name: trace for trace in as_plotly(figure).data}
        assert set(lines) == {"IRNN", "GRU", "Without memory"}
        assert list(lines["GRU"].y) == [0.5, 0.2]
        assert list(lines["GRU"].marker.size) == [8, 13]
        assert lines["IRNN"].y[0] == 0.4
        assert lines["IRNN"].y[1] > 0.7  # above the highest that has a loss
        assert list(lines["IRNN"].customdata) == ["0.4", "diverged"]
        assert list(lines["GRU"].customdata) == ["0.5", "0.2, solved after 150 updates"]
        assert (lines["IRNN"].marker.symbol[1], lines["GRU"].marker.symbol[1] != "x") == ("x", True)
        assert list(as_plotly(figure).layout.xaxis.ticktext) == ["0.001", "0.01"]


def test_two_runs_of_one_architecture_differ_in_dash_and_marker() -> None:
    table = pd.DataFrame(
        {"step": [20, 40], "loss_one": [1.0, 0.5], "loss_other": [0.8, 0.7], "difference": [-0.2, 0.2]}
    )
    figure = two_runs(
        table, mode="light", architectures=("lstm", "lstm"), labels=("A", "B"), unit="nats", threshold=0.6
    )
    one, other, threshold, difference = as_plotly(figure).data
    assert (list(one.y), list(other.y), list(difference.y)) == ([1.0, 0.5], [0.8, 0.7], [-0.2, 0.2])
    assert one.line.dash != other.line.dash
    assert one.marker.symbol != other.marker.symbol
    assert list(threshold.y) == [0.6, 0.6]
    assert difference.yaxis == "y2"


def test_a_run_that_diverged_does_not_flatten_the_other() -> None:
    table = pd.DataFrame({"step": [0, 50, 100], "loss_one": [2.0, 1.0, 0.5], "loss_other": [2.0, 3.8e12, 0.7]})
    table["difference"] = table["loss_other"] - table["loss_one"]
    figure = two_runs(
        table, mode="light", architectures=("lstm", "irnn"), labels=("LSTM", "IRNN"), unit="nats", threshold=0.5
    )
    assert as_plotly(figure).layout.yaxis.range[1] < 5
    assert as_plotly(figure).layout.yaxis2.range[1] < 5
    assert as_plotly(figure).data[-1].marker.symbol == "triangle-up"


def test_parameters_stand_beside_what_the_formula_gives() -> None:
    table = pd.DataFrame(
        {"architecture": ["lstm", "rnn", "gru"], "counted": [400, 100, 300], "by_formula": [400, 100, 301]}
    )
    bars, marks = as_plotly(parameter_bars(table, mode="light")).data
    assert list(bars.y) == ["RNN", "LSTM", "GRU"]
    assert list(bars.x) == [100, 400, 300]
    assert list(marks.x) == [100, 400, 301]
