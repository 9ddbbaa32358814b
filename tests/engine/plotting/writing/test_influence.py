"""Curves of a lasting influence: the strong line is the largest still to come, nothing falls off the logarithm, words
agree."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting.theme import architecture_style
from engine.plotting.writing.influence import FLOOR, describe_influence, influence_curves
from tests.plotly_figures import as_plotly


def frame() -> pd.DataFrame:
    """Return two LSTMs and a GRU, the GRU over pieces of two characters."""
    lstm = pd.DataFrame(
        {"label": "LSTM", "architecture": "lstm", "characters": [1, 2, 3, 4], "kl_nats": [0.5, 0.01, 0.02, 0.0]}
    )
    best = lstm.assign(label="Best <LSTM>", kl_nats=[2.0, 1.0, 0.5, 0.2])
    gru = pd.DataFrame({"label": "GRU", "architecture": "gru", "characters": [2, 4], "kl_nats": [0.0, 0.0]})
    return pd.concat([lstm, best, gru], ignore_index=True)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_strong_lines_are_the_largest_still_to_come_and_thin_ones_the_values(mode: str) -> None:
    figure = influence_curves(frame(), mode=mode, threshold=0.01, position=3)
    strong = {trace.name: trace for trace in as_plotly(figure).data if trace.mode == "lines+markers"}
    thin = [
        trace
        for trace in as_plotly(figure).data
        if trace.mode == "lines" and trace.hoverinfo == "skip" and trace.x[0] is not None
    ]
    assert list(strong["LSTM"].y) == [0.5, 0.02, 0.02, FLOOR]
    assert list(thin[0].y) == [0.5, 0.01, 0.02, FLOOR]
    assert list(strong["GRU"].y) == [FLOOR, FLOOR]
    assert list(strong["GRU"].x) == list(strong["GRU"].customdata) == [2, 4]
    assert strong["GRU"].line.color == architecture_style("gru", mode).colour
    assert as_plotly(figure).layout.yaxis.type == "log"
    assert "nats" in as_plotly(figure).layout.yaxis.title.text
    assert as_plotly(figure).layout.shapes[-1].x0 == 3


def test_two_networks_of_one_architecture_can_be_told_apart_without_colour() -> None:
    figure = influence_curves(frame(), mode="light", threshold=0.01)
    first, second = (
        trace for trace in as_plotly(figure).data if trace.mode == "lines+markers" and "LSTM" in trace.name
    )
    assert second.name == "Best &lt;LSTM&gt;", "plotly reads names as HTML"
    assert first.line.color == second.line.color
    assert first.line.dash != second.line.dash
    assert first.marker.symbol != second.marker.symbol


def test_words_say_where_each_line_begins_and_ends() -> None:
    words = describe_influence(frame(), {"LSTM": 3, "Best <LSTM>": None, "GRU": 0}, threshold=0.01)
    assert "over 4 characters" in words
    assert "LSTM is at most 0.5 nats and stays below 0.01 after 3 characters" in words
    assert "Best <LSTM> is at most 2 nats and is still 0.2 at the end" in words
