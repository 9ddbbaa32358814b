"""Marks that figures share: what says nothing is silent, what can be clicked carries its value and does not fade."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from engine.plotting import marks, theme
from engine.plotting.labels import bold_where, name_columns, name_rows
from tests.plotly_figures import as_plotly


@pytest.fixture
def figure():
    return theme.blank_figure("light")


def test_strokes_and_rings_are_silent_and_in_the_legend_only_by_name(figure):
    marks.add_strokes(figure, marks.joined([0, 1], [2, 3]), [5, 5, None, 6, 6, None], "#000000", 2, "dot")
    marks.add_ring(figure, [0], [1], "#000000", 20, name="Chosen")
    strokes, ring = as_plotly(figure).data
    assert list(strokes.x) == [0, 2, None, 1, 3, None]
    assert (strokes.hoverinfo, strokes.showlegend, strokes.line.dash) == ("skip", False, "dot")
    assert (ring.hoverinfo, ring.showlegend, ring.marker.symbol) == ("skip", None, "circle-open")


def test_a_target_is_unseen_also_when_it_was_clicked_and_gives_its_value(figure):
    x, y, values, text = marks.columns_of([(0, 1, "a", "first"), (2, 3, "b", "second")], 4)
    marks.add_targets(figure, x, y, values, text, 12)
    (target,) = as_plotly(figure).data
    assert (list(target.x), list(target.y), list(target.customdata)) == ([0, 2], [1, 3], ["a", "b"])
    assert target.marker.opacity == target.selected.marker.opacity == target.unselected.marker.opacity == 0
    assert as_plotly(figure).layout.clickmode == "event+select"
    assert marks.columns_of([], 2) == [[], []]


def test_error_bars_are_of_one_number_or_of_a_column():
    one = marks.error_bars(5.0, 3.0, 9.0, "#000000")
    assert (one["array"], one["arrayminus"]) == ([4.0], [2.0])
    many = marks.error_bars(pd.Series([5, 6]), pd.Series([3, 6]), pd.Series([9, 8]), "#000000")
    assert (many["array"].tolist(), many["arrayminus"].tolist()) == ([4, 2], [2, 0])
    numbers = marks.error_bars(np.float64(5), np.float64(3), np.float64(9), "#000000")
    assert numbers["array"] == [4]


def test_one_mark_in_so_many_is_seen():
    assert marks.sparse(5, 2) == [8, 0.1, 8, 0.1, 8]
    assert marks.sparse(2, 0, 7) == [7, 7]  # of a short line every one


def test_rows_and_columns_are_named_with_the_first_row_on_top(figure):
    name_rows(figure, ["a", "b"])
    name_columns(figure, ["c", "d", "e"], 0.5, side="top")
    rows, columns = as_plotly(figure).layout.yaxis, as_plotly(figure).layout.xaxis
    assert (list(rows.tickvals), list(rows.ticktext), list(rows.range)) == ([0, 1], ["a", "b"], [1.6, -0.6])
    assert (list(columns.tickvals), list(columns.range), columns.side) == ([0, 1, 2], [-0.5, 2.5], "top")
    assert bold_where(["a", "b"], [False, True]) == ["a", "<b>b</b>"]


def test_panels_stand_below_each_other_on_one_axis_and_stand_still():
    figure = marks.panels(["One", "Two"], mode="dark", height=300, spacing=0.1)
    assert [note.text for note in as_plotly(figure).layout.annotations] == ["One", "Two"]
    assert as_plotly(figure).layout.xaxis.matches == "x2"
    layout = as_plotly(figure).layout
    axes = (layout.xaxis, layout.xaxis2, layout.yaxis, layout.yaxis2)
    assert all(axis.fixedrange for axis in axes)
    assert as_plotly(figure).layout.template.layout.font.color == theme.ink("dark")
