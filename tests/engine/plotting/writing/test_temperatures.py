"""Curves over temperature and over lengths of copies: every mark is a number of the table."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.writing.copies import coverage_curve, describe_coverage
from engine.plotting.writing.distribution import describe_openness, openness_along, stage_bars
from engine.plotting.writing.temperatures import describe_temperature_curves, temperature_curves
from tests.plotly_figures import as_plotly


def curves(**changes: float) -> pd.DataFrame:
    """Return a summary of two models at two temperatures."""
    rows = []
    for label, architecture, shift in (("LSTM", "lstm", 0.0), ("RNN", "rnn", 0.1)):
        for temperature in (0.0, 1.0):
            row = {"label": label, "architecture": architecture, "temperature": temperature}
            for name, value in (
                {"entropy": 1.0, "repetition": 0.2, "known_words": 0.9, "novelty": 0.8} | changes
            ).items():
                row |= {
                    f"{name}_mean": value + shift,
                    f"{name}_min": value + shift - 0.05,
                    f"{name}_max": value + shift + 0.05,
                }
            rows.append(row)
    return pd.DataFrame(rows)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_panel_per_measure_and_a_line_per_model(mode: theme.Mode) -> None:
    figure = temperature_curves(curves(), mode=mode, baselines={"novelty": 0.99})
    lines = [trace for trace in as_plotly(figure).data if trace.mode == "lines+markers"]
    assert [line.yaxis for line in lines] == ["y", "y", "y2", "y2", "y3", "y3", "y4", "y4"]
    assert list(lines[0].y) == [1.0, 1.0]
    assert list(lines[7].y) == pytest.approx([90, 90])
    assert lines[0].line.color == theme.architecture_style("lstm", mode).colour
    assert [line.showlegend for line in lines] == [True, True] + [False] * 6
    (dashed,) = as_plotly(figure).layout.shapes
    assert (dashed.y0, dashed.line.dash) == (99, "dash")


def test_measure_that_is_unknown_gets_no_panel() -> None:
    frame = curves(novelty=math.nan, known_words=math.nan)
    assert len(as_plotly(temperature_curves(frame, mode="light")).layout.annotations) == 2
    assert "copied" not in describe_temperature_curves(frame)
    assert "LSTM: entropy of each draw from 1.00 nats to 1.00 nats" in describe_temperature_curves(frame)
    assert len(as_plotly(temperature_curves(curves(), mode="light", measures=("novelty",))).layout.annotations) == 1


def test_coverage_is_drawn_beside_unseen_text() -> None:
    frame = pd.DataFrame({"length": [12, 20], "share": [0.5, 0.1], "unseen": [0.4, 0.01]})
    figure = coverage_curve(frame, mode="dark", architecture="gru", minimum=20)
    assert list(as_plotly(figure).data[0].y) == [50, 10]
    assert list(as_plotly(figure).data[1].y) == [40, 1]
    assert as_plotly(figure).data[1].line.dash == "dash"
    assert as_plotly(figure).layout.shapes[0].x0 == 20
    words = describe_coverage(frame, 20)
    assert (
        "50 % of this text is copied, of at least 20 10.0 %; of text that the network never read 40 % and 1.0 %"
        in words
    )
    alone = frame.assign(unseen=math.nan)
    assert len(as_plotly(coverage_curve(alone, mode="light")).data) == 1
    assert "never read" not in describe_coverage(alone, 20)


def test_stages_mark_what_is_cut_away() -> None:
    frame = pd.DataFrame(
        {
            "token": ["e", " ", "<"],
            "probability_before": [0.5, 0.3, 0.2],
            "probability_temperature": [0.6, 0.3, 0.1],
            "probability_top_k": [2 / 3, 1 / 3, 0.0],
            "probability_after": [1.0, 0.0, 0.0],
        }
    )
    stages = pd.DataFrame(
        {
            "stage": ["network", "temperature", "top_k", "top_p"],
            "tokens": [3, 3, 2, 1],
            "entropy": [1.03, 0.9, 0.64, 0],
            "mass_cut": [0, 0, 0.1, 1 / 3],
        }
    )
    figure = stage_bars(frame, stages, mode="light", architecture="lstm")
    assert as_plotly(figure).layout.annotations[2].text == "After top-k · 2 possible, 0.64 nats, 10.0 % cut away"
    assert [list(trace.y) for trace in as_plotly(figure).data if trace.type == "bar"][0] == [50, 30, 20]
    crosses = [list(trace.x) for trace in as_plotly(figure).data if trace.type == "scatter"]
    assert crosses == [["&lt;"], ["␣", "&lt;"]], "temperature cuts nothing away; labels are letter for letter"


def test_openness_marks_the_place_and_says_the_means() -> None:
    frame = pd.DataFrame(
        {
            "position": [0, 1, 2],
            "entropy_before": [1.0, 2.0, 3.0],
            "entropy_after": [0.5, 1.0, 1.5],
            "mass_cut": [0, 0.1, 0.2],
        }
    )
    figure = openness_along(frame, 1, mode="dark")
    assert list(as_plotly(figure).data[1].y) == [0.5, 1.0, 1.5]
    assert as_plotly(figure).layout.shapes[0].x0 == 1
    assert "2.00 nats on average" in describe_openness(frame, 1)
    assert "after character 1: 2.00 and 1.00 nats" in describe_openness(frame, 1)
