"""The figures of a beam search on a tree of six candidates drawn by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.translation.beam_tree import beam_tree, beam_tree_overview, describe_beam_tree, settings_map
from tests.plotly_figures import as_plotly

COLUMNS = "node parent step rank piece text log_prob total score fate reason is_winner is_found"
NODES = pd.DataFrame(
    [
        (0, -1, 1, 1, "Un", "Un", -0.1, -0.1, -0.1, "kept", "kept", True, True),
        (1, -1, 1, 2, "<b>Le</b>", "<b>Le</b>", -2.0, -2.0, -2.0, "pruned", "pruned: too unlikely", False, False),
        (2, 0, 2, 1, "chat", "Un chat", -0.5, -0.6, -0.3, "kept", "kept", False, True),
        (3, 0, 2, 2, "$chien$", "Un $chien$", -1.0, -1.1, -0.55, "kept", "kept", True, True),
        (4, 3, 3, 1, "(end)", "Un $chien$", -0.1, -1.2, -0.4, "ended", "a finished sentence", True, True),
        (5, 2, 3, 2, "(end)", "Un chat", -0.9, -1.5, -0.5, "ended", "a finished sentence", False, True),
    ],
    columns=COLUMNS.split(),
)
LANES = pd.DataFrame(
    [(1, 2, "garçon", 0.5, False, 1), (1, 3, "(end)", 0.25, False, 1)],
    columns=["lane", "step", "piece", "probability", "is_given", "leaves_at"],
)
NONE = LANES.iloc[:0]


def named(figure, name: str):
    return next(trace for trace in as_plotly(figure).data if trace.name == name)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_each_candidate_stands_at_its_step_and_rank_with_a_line_from_its_beginning(mode) -> None:
    figure = beam_tree(NODES, NONE, mode=mode, first_step=1, steps_shown=3)
    winner = named(figure, "The winner")
    assert list(zip(winner.customdata, winner.x, winner.y, strict=True)) == [(0, 1, 1), (3, 2, 2), (4, 3, 1)]
    assert list(named(figure, "Left by the search").customdata) == [1]
    assert list(named(figure, "Part of another finished sentence").customdata) == [2, 5]
    line = as_plotly(figure).data[list(as_plotly(figure).data).index(winner) - 1]
    assert list(line.x) == [0, 1, None, 1, 2, None, 2, 3, None]
    assert list(line.y) == [1, 1, None, 1, 2, None, 2, 1, None]
    symbols = {trace.marker.symbol for trace in as_plotly(figure).data if trace.mode == "markers+text"}
    assert len(symbols) == 4  # kinds differ in shape, not by colour alone
    for trace in as_plotly(figure).data:
        for colour in (trace.line.color, trace.marker.color, trace.textfont.color):
            if isinstance(colour, str):
                assert theme.contrast(colour, theme.background(mode)) >= (4.5 if colour == trace.textfont.color else 3)


def test_text_is_drawn_letter_for_letter() -> None:
    figure = beam_tree(NODES, NONE, mode="light", first_step=1, steps_shown=3)
    left = named(figure, "Left by the search")
    assert "<b>Le" not in left.text[0]
    assert "<b>Le" not in left.hovertext[0]
    assert not named(figure, "The winner").text[1].startswith("$")


def test_the_hover_says_probability_sum_score_and_reason() -> None:
    hover = named(beam_tree(NODES, NONE, mode="light", first_step=1, steps_shown=3), "The winner").hovertext[1]
    assert f"{100 * math.exp(-1.0):.2f} %" in hover
    assert "-1.1000 nats" in hover
    assert "-0.5500" in hover
    assert "kept" in hover


def test_only_the_steps_in_view_are_drawn_and_the_overview_has_all() -> None:
    figure = beam_tree(NODES, NONE, mode="light", first_step=2, steps_shown=2, chosen=1)
    drawn = [
        node for trace in as_plotly(figure).data for node in (trace.customdata if trace.customdata is not None else [])
    ]
    assert sorted(drawn) == [2, 3, 4, 5]
    assert "Chosen in the list" not in {trace.name for trace in as_plotly(figure).data}  # it is out of view
    overview = beam_tree_overview(NODES, mode="light", first_step=2, steps_shown=2)
    assert sum(len(trace.x) for trace in as_plotly(overview).data if trace.mode == "markers") == len(NODES)
    (frame,) = as_plotly(overview).layout.shapes
    assert (frame.x0, frame.x1) == (1.5, 3.5)


def test_a_sentence_brought_back_runs_below_the_tree_from_where_it_left() -> None:
    figure = beam_tree(NODES, LANES, mode="light", first_step=1, steps_shown=3, chosen=1)
    lane = named(figure, "Brought back, by number")
    assert (list(lane.x), list(lane.y)) == ([2, 3], [3, 3])
    line = as_plotly(figure).data[list(as_plotly(figure).data).index(lane) - 1]
    assert (line.x[0], line.y[0]) == (1, 2)
    assert "50.00 %" in lane.hovertext[0]
    ring = named(figure, "Chosen in the list")
    assert (ring.x[0], ring.y[0]) == (1, 2)


def test_the_alternative_text_has_the_winners_numbers() -> None:
    words = describe_beam_tree(NODES, LANES, 2, 2)
    assert "6 candidates in 3 steps" in words
    assert f"$chien$ rank 2 ({100 * math.exp(-1.0):.1f} %)" in words
    assert "Un rank" not in words
    assert "1 sentence brought back" in words


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_the_map_has_a_letter_in_each_cell_and_a_ring_around_the_setting(mode) -> None:
    cells = pd.DataFrame(
        [(1, 0.0, "B", -1.0), (1, 0.2, "B", -0.9), (2, 0.0, "A", -0.8), (2, 0.2, "A2", -0.7)],
        columns=["width", "length_penalty", "winner", "score"],
    )
    *letters, ring = as_plotly(settings_map(cells, mode=mode, width=2, length_penalty=0.2)).data
    found = {
        row: (trace.text[i], trace.x[i], trace.y[i]) for trace in letters for i, row in enumerate(trace.customdata)
    }
    assert found == {0: ("B", 0.0, 1), 1: ("B", 0.2, 1), 2: ("A", 0.0, 2), 3: ("A2", 0.2, 2)}
    assert [trace.name for trace in letters] == ["A", "B", "A2"]
    assert (ring.x[0], ring.y[0]) == (0.2, 2)
    for trace in letters:
        assert theme.contrast(trace.marker.line.color, theme.background(mode)) >= 3
