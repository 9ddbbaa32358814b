"""The half-life's figures show the numbers they were given, and their words say them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.gradients.half_life import (
    describe_half_lives,
    describe_two_answers,
    influence_by_distance,
    two_answers,
)
from tests.plotly_figures import as_plotly

DISTANCES = np.arange(1, 41)


def rows(label: str, architecture: str, rate: float, has_gradient: bool = True) -> pd.DataFrame:
    kl = 2 * rate ** (DISTANCES - 1.0)
    frame = pd.DataFrame(
        {
            "label": label,
            "architecture": architecture,
            "distance": DISTANCES,
            "kl": kl,
            "kl_low": kl / 2,
            "kl_high": 2 * kl,
        }
    )
    frame["kl_share"] = kl / 2
    gradient = np.sqrt(kl) if has_gradient else np.nan
    frame = frame.assign(gradient_norm=gradient, gradient_low=gradient, gradient_high=gradient)
    frame["gradient_share"] = frame["gradient_norm"] ** 2 / 2
    return frame.assign(disagrees=has_gradient & np.isin(DISTANCES, [3, 4, 5, 20]))


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return pd.concat(
        [
            rows("LSTM", "lstm", 0.7),
            rows("LSTM <b>, large", "lstm", 0.9),
            rows("6-gram", "ngram", 0.01, has_gradient=False),
        ]
    )


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_line_is_its_network_s_numbers_over_a_band(frame, mode):
    halves = {"LSTM": 2.9, "LSTM <b>, large": 7.6, "6-gram": None}
    figure = influence_by_distance(frame, mode=mode, half_lives=halves)
    lines = {trace.name: trace for trace in as_plotly(figure).data if trace.showlegend is None and trace.name}
    assert list(lines) == ["LSTM", "LSTM &lt;b&gt;, large", "6-gram"]
    np.testing.assert_allclose(lines["LSTM"].y, rows("LSTM", "lstm", 0.7)["kl"].clip(lower=1e-6))
    assert min(lines["6-gram"].y) == 1e-6  # drawn on the floor, told as it is
    assert lines["6-gram"].text[-1] == f"{2 * 0.01**39:.3g}"
    assert list(lines["LSTM"].customdata) == list(DISTANCES)
    assert len({(trace.line.dash, trace.marker.symbol) for trace in lines.values()}) == 3
    assert lines["LSTM"].line.color == theme.architecture_style("lstm", mode).colour
    bands = [trace for trace in as_plotly(figure).data if trace.fill == "tonexty"]
    assert len(bands) == 3
    np.testing.assert_allclose(bands[1].y, rows("", "", 0.9)["kl_low"].clip(lower=1e-6))
    marks = {trace.name: (trace.x[0], trace.y[0]) for trace in as_plotly(figure).data if trace.mode == "markers"}
    assert marks == {"LSTM": (2.9, 1.0), "LSTM &lt;b&gt;, large": (7.6, 1.0)}
    assert (as_plotly(figure).layout.xaxis.type, as_plotly(figure).layout.yaxis.type) == ("log", "log")


def test_gradients_leave_out_who_has_none_and_axes_may_be_linear(frame):
    figure = influence_by_distance(frame, mode="light", quantity="gradient", is_log=False, is_log_distance=False)
    lines = [trace for trace in as_plotly(figure).data if trace.showlegend is None]
    assert [trace.name for trace in lines] == ["LSTM", "LSTM &lt;b&gt;, large"]
    np.testing.assert_allclose(lines[0].y, rows("", "", 0.7)["gradient_norm"])
    assert as_plotly(figure).layout.yaxis.type is None
    assert as_plotly(figure).layout.yaxis.title.text == "Gradient (nats per unit of embedding)"


def test_panels_hold_both_shares_and_shade_where_they_disagree(frame):
    figure = two_answers(frame, mode="dark")
    titles = [annotation.text for annotation in as_plotly(figure).layout.annotations]
    assert titles == ["LSTM", "LSTM &lt;b&gt;, large"]
    first = [trace for trace in as_plotly(figure).data if trace.xaxis == "x" and trace.x[0] is not None]
    assert [trace.name for trace in first] == ["replaced token", "gradient, squared"]
    np.testing.assert_allclose(first[0].y, rows("", "", 0.7)["kl_share"].clip(lower=1e-6))
    np.testing.assert_allclose(first[1].y, rows("", "", 0.7)["gradient_share"].clip(lower=1e-6))
    assert [(shape.x0, shape.x1) for shape in as_plotly(figure).layout.shapes] == [(2.5, 5.5), (19.5, 20.5)] * 2
    assert as_plotly(two_answers(frame[frame["label"] == "6-gram"], mode="light")).layout.shapes == ()


def test_words_have_the_numbers(frame):
    words = describe_half_lives(frame, {"LSTM": 2.94, "6-gram": None})
    assert "LSTM begins at 2 nats, has fallen to half 2.9 tokens back and ends at 1.8e-06, 40 back" in words
    assert "6-gram begins at 2 nats, does not fall to half" in words
    assert "6-gram" not in describe_half_lives(frame, {}, quantity="gradient")
    assert "for LSTM they disagree at 4 of 40 distances (3 to 5, 20)" in describe_two_answers(frame)
