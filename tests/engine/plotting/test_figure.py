"""A figure of plain values: what its methods make of them is what plotly's own objects make of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots

from engine.plotting.figure import Figure
from engine.plotting.marks import panels
from tests.plotly_figures import as_plotly

AXES = {"xaxis": {"fixedrange": True}, "yaxis": {"title": {"text": "Loss"}}}
TWO = {"rows": 2, "cols": 1, "shared_xaxes": True}

DRAWN: dict[str, Callable[[Any], None]] = {
    "lists": lambda figure: figure.add_scatter(x=[1, None, 2.5], y=(1, 2, 3), name="a", mode="lines"),
    "arrays": lambda figure: figure.add_heatmap(z=np.arange(6).reshape(2, 3), x=np.array(["a", "b", "c"])),
    "columns": lambda figure: figure.add_bar(x=pd.Series(["a", "b"]), y=pd.Series([1.5, 300.0])),
    "large numbers": lambda figure: figure.add_scatter(x=np.array([1, 2**40]), y=np.array([-200, 200])),
    "shares": lambda figure: figure.add_scatter(x=np.array([0.5], dtype=np.float32), y=np.array([True, False])),
    "no numbers": lambda figure: figure.add_scatter(x=[float("nan"), float("inf"), 1], y=[[np.float64("nan")]]),
    "nothing": lambda figure: figure.add_scatter(x=[], y=np.array([]), name=None, line={"width": None}),
    "numbers of numpy": lambda figure: figure.add_scatter(x=[np.int64(3)], marker={"size": np.float64(4)}),
    "a deeper property": lambda figure: figure.update_layout(margin_t=8, legend={"y": 1}, legend_x=0),
    "a whole name": lambda figure: figure.update_layout(paper_bgcolor="red"),
    "a line across": lambda figure: figure.add_hline(y=3, line={"color": "red"}),
    "a line up": lambda figure: figure.add_vline(x=3, line_width=2),
    "a shade": lambda figure: figure.add_vrect(x0=1, x1=2, fillcolor="red", line_width=0, layer="below"),
    "another shade": lambda figure: figure.add_hrect(y0=1, y1=2, opacity=0.5),
    "a shape": lambda figure: figure.add_shape(type="rect", x0=0, x1=1, y0=0, y1=1),
    "a text": lambda figure: figure.add_annotation(x=1, y=2, text="here", showarrow=False),
    "axes": lambda figure: figure.update_xaxes({"range": np.array([0.0, 1.0])}, title_text="Step", tickvals=[1, 2]),
    "an axis without a title": lambda figure: figure.update_yaxes(title_text=None, rangemode="tozero"),
}
AFTER: dict[str, Callable[[Any], None]] = {
    "traces": lambda figure: figure.update_traces(hoverlabel_align="left", hoverinfo="skip"),
    "texts": lambda figure: figure.update_annotations(x=0, font={"size": 3}),
}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("after", [None, *AFTER])
def test_it_says_what_plotly_says(name: str, after: str | None) -> None:
    ours, theirs = Figure(layout=AXES | {"template": {}}), go.Figure(layout=AXES | {"template": {}})
    for figure in (ours, theirs):
        DRAWN[name](figure)
        if after:
            AFTER[after](figure)
    expected = json.loads(theirs.to_json())
    expected["layout"].pop("template", None)
    found = json.loads(ours.to_json())
    assert _without_empty(found) == _without_empty(expected)
    as_plotly(ours)


@pytest.mark.parametrize("row", [1, 2])
def test_panels_are_those_of_plotly(row: int) -> None:
    ours = panels(["One", ""], mode="light", height=300, spacing=0.1, row_heights=[1, 2])
    theirs = make_subplots(**TWO, vertical_spacing=0.1, row_heights=[1, 2], subplot_titles=["One", ""])
    theirs.update_annotations(x=0, xanchor="left")
    for figure, where in ((ours, {"row": row}), (theirs, {"row": row, "col": 1})):
        figure.add_scatter(x=[1], y=[2], **where)
        figure.add_hline(y=1, **where)
        figure.update_yaxes(range=[0, 1], **where)
    found, expected = as_plotly(ours).to_plotly_json(), theirs.to_plotly_json()
    assert found["data"] == expected["data"]
    assert found["layout"]["shapes"] == expected["layout"]["shapes"]
    (title,), (named,) = found["layout"]["annotations"], expected["layout"]["annotations"]
    assert {key: value for key, value in title.items() if key != "font"} == {
        key: value for key, value in named.items() if key != "font"
    }
    for axis in ("xaxis", "xaxis2", "yaxis", "yaxis2"):
        for key, value in expected["layout"][axis].items():
            assert found["layout"][axis][key] == pytest.approx(value)


def test_a_line_without_a_row_goes_through_every_panel() -> None:
    figure = panels(["One", "Two"], mode="light", height=300, spacing=0.1)
    figure.add_vline(x=3)
    assert [(shape["xref"], shape["yref"]) for shape in figure.layout["shapes"]] == [
        ("x", "y domain"),
        ("x2", "y2 domain"),
    ]


def test_a_copy_is_changed_alone_and_an_update_changes_no_constant() -> None:
    legend = {"y": 1, "font": {"size": 3}}
    figure = Figure([{"type": "bar", "x": [1]}], AXES)
    figure.update_layout(legend=legend)
    other = figure.copy()
    other.update_layout(legend_font_size=9)
    other.update_traces(x=[2])
    assert (figure.layout["legend"], figure.data) == ({"y": 1, "font": {"size": 3}}, [{"type": "bar", "x": [1]}])
    assert legend == {"y": 1, "font": {"size": 3}}


def test_what_json_does_not_know_is_refused() -> None:
    with pytest.raises(TypeError, match="cannot hold a set"):
        Figure([{"type": "bar", "x": [{1}]}]).to_json()


def test_the_schema_finds_what_plotly_does_not_know() -> None:
    with pytest.raises(ValueError, match="colour"):
        as_plotly(Figure([{"type": "scatter", "line": {"colour": "red"}}]))


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: each for key, each in ((key, _without_empty(each)) for key, each in value.items()) if each != {}}
    return [_without_empty(each) for each in value] if isinstance(value, list) else value
