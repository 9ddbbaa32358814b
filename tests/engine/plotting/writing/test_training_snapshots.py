"""The curve of a training run: every stage on it, the first one too, the chosen one marked, the words true."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.writing.training_snapshots import describe_training_history, training_history
from tests.plotly_figures import as_plotly

FRAME = pd.DataFrame(
    {
        "step": [0, 1, 30, 1000],
        "validation_loss": [4.2, 4.1, 3.0, 1.6],
        "training_loss": [math.nan, 4.15, 3.2, 1.7],
        "is_usable": [True, True, False, True],
    }
)


def draw(step: int, mode="light"):
    return training_history(FRAME, step, mode=mode, architecture="lstm", guess=math.log(66))


def trace(figure, name: str):
    return next(trace for trace in as_plotly(figure).data if trace.name == name)


def test_every_stage_is_on_both_curves_with_its_step_for_the_click():
    figure = draw(30)
    for name, column in (("On validation text", "validation_loss"), ("While training", "training_loss")):
        curve = trace(figure, name)
        assert list(curve.customdata) == [0, 1, 30, 1000]
        assert list(curve.y)[1:] == FRAME[column].tolist()[1:]
        assert min(curve.x) > 0, "an axis of powers of ten has no place for 0"
    assert trace(figure, "On validation text").marker.symbol[2] == "x"


@pytest.mark.parametrize(("step", "x"), [(0, 0.5), (30, 30), (1000, 1000)])
def test_the_chosen_stage_is_marked(step, x):
    figure = draw(step)
    assert list(trace(figure, "This stage").x) == [x]
    assert list(trace(figure, "This stage").y) == FRAME.loc[FRAME["step"] == step, "validation_loss"].tolist()
    assert x in {shape.x0 for shape in as_plotly(figure).layout.shapes}


def test_the_axis_says_0_where_0_stands():
    axis = as_plotly(draw(0)).layout.xaxis
    assert list(axis.ticktext) == ["0", "1", "10", "100", "1,000"]
    assert list(axis.tickvals) == [0.5, 1, 10, 100, 1000]
    assert trace(draw(0), "Guessing evenly").line.dash == "dash"


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_lines_stand_out_from_the_page(mode):
    for curve in as_plotly(draw(30, mode)).data:
        if curve.line.color:
            assert theme.contrast(curve.line.color, theme.background(mode)) >= 3


def test_the_words_have_the_numbers():
    assert describe_training_history(FRAME, 30) == (
        "Curves of the loss over 4 stages of one training run. On validation text it goes from 4.200 nats per token "
        "after 0 "
        "updates to 1.600 after 1,000; the stage shown, after 30 updates, has 3.000, 3.200 while training."
    )
    assert describe_training_history(FRAME, 0).endswith("after 0 updates, has 4.200.")
