"""Curves of comparisons: medians and bars are those of the rows, baselines and units are there, and traces are few."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.curves import (
    beyond_sentence,
    beyond_top,
    bleu_against_length,
    chart_top,
    in_legend_order,
    loss_curves,
    measure_against_length,
    scale,
)
from tests.plotly_figures import as_plotly

TABLE = pd.DataFrame(
    [
        {"architecture": name, "length": length, "error_median": middle, "error_min": low, "error_max": high}
        for name, (low, middle, high) in {"gru": (0.0, 10.0, 20.0), "rnn": (40.0, 70.0, 90.0)}.items()
        for length in (10, 40)
    ]
).assign(runs=3, solved_runs=1, baseline_error=87.5)


def line(figure, name: str):
    """Return the trace a legend calls `name`."""
    return next(trace for trace in as_plotly(figure).data if trace.name == name)


def test_error_is_the_median_with_bars_from_best_to_worst() -> None:
    figure = measure_against_length(TABLE, mode="light")
    own = line(figure, "RNN")
    assert list(own.y) == [70, 70]
    assert (list(own.error_y.array), list(own.error_y.arrayminus)) == ([20, 20], [30, 30])
    assert [row[:4].tolist() for row in own.customdata] == [[10, 70, 40, 90], [40, 70, 40, 90]]
    assert list(own.x) == pytest.approx([10, 40], rel=0.2)
    assert "%" in as_plotly(figure).layout.yaxis.title.text
    assert line(figure, "Without memory").line.dash == "dash"
    assert list(line(figure, "Without memory").y) == [87.5, 87.5]


def test_one_trace_for_each_architecture_however_many_there_are() -> None:
    names = [name for name in theme.architecture_names() if name not in ("baseline", "ngram", "minimal")]
    table = pd.concat([TABLE[TABLE["architecture"] == "gru"].assign(architecture=name) for name in names])
    figure = measure_against_length(table, mode="dark")
    assert len(as_plotly(figure).data) == len(names) + 1
    assert len({trace.x[0] for trace in as_plotly(figure).data[:-1]}) == len(names), (
        "equal lines are drawn beside each other"
    )
    lengths = np.array([10.0, 40.0])
    assert all(np.all(np.abs(np.log(trace.x / lengths)) < np.log(40 / 10) / 3) for trace in as_plotly(figure).data[:-1])


def test_each_architecture_differs_by_colour_marker_and_dash() -> None:
    figure = measure_against_length(TABLE, mode="dark")
    one, other = line(figure, "RNN"), line(figure, "GRU")
    assert one.marker.symbol != other.marker.symbol
    assert one.line.dash != other.line.dash
    assert one.line.color == one.error_y.color == theme.architecture_style("rnn", "dark").colour


def test_axes_are_logarithmic_on_demand_and_zero_is_still_drawn() -> None:
    assert as_plotly(measure_against_length(TABLE, mode="light")).layout.xaxis.type == "log"
    assert as_plotly(measure_against_length(TABLE, mode="light", is_log_x=False)).layout.xaxis.type == "linear"
    figure = measure_against_length(TABLE, mode="light", is_log_y=True)
    own = line(figure, "GRU")
    assert as_plotly(figure).layout.yaxis.type == "log"
    assert own.y[0] - own.error_y.arrayminus[0] == pytest.approx(20)  # half of 40, the smallest error that is not zero
    assert own.customdata[0][2] == 0, "what is read is the number itself"


def test_a_single_length_has_an_axis_of_its_own() -> None:
    for is_log in (True, False):
        figure = measure_against_length(TABLE[TABLE["length"] == 10], mode="light", is_log_x=is_log)
        low, high = as_plotly(figure).layout.xaxis.range
        low, high = (10**low, 10**high) if is_log else (low, high)
        assert low < 10 < high
        assert list(line(figure, "Without memory").x) == pytest.approx([low, high])


CURVES = pd.DataFrame(
    {
        "architecture": ["lstm"] * 3,
        "step": [0, 50, 100],
        "sequences": [0, 1600, 3200],
        "loss_median": [2.0, 1.0, 0.5],
        "loss_min": [1.9, 0.8, 0.4],
        "loss_max": [2.1, 1.5, 0.9],
    }
)


def test_loss_has_its_unit_its_band_and_its_baseline() -> None:
    figure = loss_curves(CURVES, mode="light", unit="nats per answer", baseline=2.08)
    band, own, _ = as_plotly(figure).data
    assert list(own.y) == [2.0, 1.0, 0.5]
    assert list(band.y) == [2.1, 1.5, 0.9, 0.4, 0.8, 1.9]
    assert list(band.x) == [0, 50, 100, 100, 50, 0]
    assert band.hoverinfo == "skip"
    assert as_plotly(figure).layout.yaxis.title.text == "Loss (nats per answer)"
    assert list(line(figure, "Without memory").y) == [2.08, 2.08]
    assert list(as_plotly(loss_curves(CURVES, mode="light", x="sequences")).data[1].x) == [0, 1600, 3200]


@pytest.mark.parametrize("is_log_y", [False, True])
def test_a_seed_that_diverged_is_marked_at_the_edge_and_does_not_stretch_the_axis(is_log_y) -> None:
    table = CURVES.assign(loss_max=[2.1, 3.8e12, 0.9])
    figure = loss_curves(table, mode="light", baseline=2.08, is_log_y=is_log_y)
    end = as_plotly(figure).layout.yaxis.range[1]
    assert (10**end if is_log_y else end) < 4
    mark = as_plotly(figure).data[-1]
    assert (list(mark.x), mark.marker.symbol) == ([50], "triangle-up")
    assert "3.8e+12" in mark.hovertemplate
    top = chart_top(table, "loss", 2.08)
    assert "LSTM up to 3.8e+12" in beyond_sentence(beyond_top(table, "loss", top, "step"))
    assert beyond_sentence(beyond_top(CURVES, "loss", chart_top(CURVES, "loss", 2.08), "step")) == ""


def test_of_every_seed_the_medians_decide_the_axis_too() -> None:
    seeds = pd.DataFrame({"architecture": "rnn", "seed": [0, 1, 2], "step": 10, "loss": [1.0, 1.2, 900.0]})
    assert chart_top(seeds, "loss") == pytest.approx(1.6 * 1.2)
    assert as_plotly(loss_curves(seeds, mode="light")).layout.yaxis.range[1] < 2.1


def test_a_bar_that_leaves_the_chart_is_marked_too() -> None:
    wide = TABLE.assign(error_max=TABLE["error_max"].where(TABLE["architecture"] != "rnn", 1e6))
    figure = measure_against_length(wide, mode="light")
    assert as_plotly(figure).layout.yaxis.range[1] < 150
    assert [trace.marker.symbol for trace in as_plotly(figure).data[-1:]] == ["triangle-up"]


def test_marks_stand_at_their_length_where_there_are_only_two() -> None:
    table = pd.concat([TABLE[TABLE["architecture"] == "gru"].assign(architecture=name) for name in "abcdefghi"])
    for trace in as_plotly(measure_against_length(table, mode="light")).data[:-1]:
        assert np.all(np.abs(np.log(trace.x / np.array([10.0, 40.0]))) < np.log(4) / 10)


def test_all_seeds_of_an_architecture_are_one_broken_line() -> None:
    table = pd.DataFrame(
        {"architecture": ["rnn"] * 4, "seed": [1, 0, 0, 1], "step": [10, 20, 10, 20], "loss": [1.0, 0.2, 0.3, 0.9]}
    )
    (own,) = as_plotly(loss_curves(table, mode="light")).data
    assert list(own.x) == [10, 20, None, 10, 20, None]
    assert list(own.y) == [0.3, 0.2, None, 1.0, 0.9, None]
    assert list(own.customdata) == [0, 0, 0, 1, 1, 1]


def test_logarithmic_ticks_say_their_value() -> None:
    ticks = scale([pd.Series([0.03, 0.4]), pd.Series([np.nan, 0.0])], True)
    assert {"0.05", "0.1", "0.2"} <= set(ticks["ticktext"])
    assert {"1", "10", "1,000"} <= set(scale([pd.Series([1.0, 5000.0])], True)["ticktext"])
    assert scale([pd.Series([1.0])], False)["rangemode"] == "tozero"


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
    assert list(as_plotly(figure).data[0].x) == ["1-7", "8-10", "18-60"]
    assert as_plotly(figure).layout.xaxis.type == "category"
    assert as_plotly(figure).data[0].name == "With &lt;b&gt;"
    assert list(as_plotly(figure).data[0].customdata) == [9, 8, 7]


def test_legends_list_architectures_in_one_order() -> None:
    assert in_legend_order(["gru", "zebra", "rnn", "lstm", "gru"]) == ["rnn", "lstm", "gru", "zebra"]
