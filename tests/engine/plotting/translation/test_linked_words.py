"""Linked words, the weights of a step, and lines over the press: what is drawn is what was given."""

from __future__ import annotations

import numpy as np
import pytest

from engine.plotting.translation.bottleneck import PressLine, press_lines
from engine.plotting.translation.linked_words import Weighting, linked_words, step_changes, weight_bars
from tests.plotly_figures import as_plotly

WEIGHTS = np.array([[0.9, 0.1, 0.0], [0.02, 0.3, 0.68]])


def lines_of(figure, opacity: float) -> list[tuple[float, int]]:
    """Return (width, number of links) of each trace of lines with this opacity."""
    return [
        (trace.line.width, len(trace.x) // 3)
        for trace in as_plotly(figure).data
        if trace.mode == "lines" and trace.opacity == opacity
    ]


def test_the_chosen_words_lines_are_as_wide_as_their_weights_and_marked() -> None:
    figure = linked_words(["a", "<b>", "c"], ["x", "$y$"], WEIGHTS, 1, [1, 4], mode="light")
    assert [width for width, _ in lines_of(figure, 1.0)] == pytest.approx([11 * 0.3, 11 * 0.68])  # 0.02 is left out
    assert sum(count for _, count in lines_of(figure, 0.4)) == 2
    (written,) = [trace for trace in as_plotly(figure).data if trace.name == "written"]
    assert list(written.customdata) == [1, 4]
    assert list(written.marker.symbol) == ["circle", "diamond"]
    assert "◂" in written.text[1]
    assert "$y$" in written.text[1]
    assert not written.text[1].startswith("<b>$")
    (read,) = [trace for trace in as_plotly(figure).data if trace.name == "read"]
    assert "&lt;b&gt;" in read.text[1]


@pytest.mark.parametrize(("weights", "chosen"), [(WEIGHTS.T, 0), (WEIGHTS, 2), (WEIGHTS, -1)])
def test_weights_that_do_not_fit_are_refused(weights: np.ndarray, chosen: int) -> None:
    with pytest.raises(ValueError, match="row"):
        linked_words(["a", "b", "c"], ["x", "y"], weights, chosen, mode="dark")


def test_bars_and_marks_carry_both_weightings() -> None:
    figure = weight_bars(
        ["a", "b"], Weighting("Own", [0.9, 0.1], "baseline"), Weighting("Changed", [0.2, 0.8], "lstm"), mode="dark"
    )
    assert [list(trace.y) for trace in as_plotly(figure).data] == [[0.9, 0.1], [0.2, 0.8]]
    assert [trace.type for trace in as_plotly(figure).data] == ["bar", "scatter"]
    with pytest.raises(ValueError, match="for 2 words"):
        weight_bars(
            ["a", "b"], Weighting("Own", [1.0], "baseline"), Weighting("Changed", [0.2, 0.8], "lstm"), mode="dark"
        )


def test_changes_hear_clicks_and_can_be_told_apart_without_colour() -> None:
    figure = step_changes(
        ["a", "b"], [("even", "lstm", [-1.0, 0.5]), ("none", "rnn", [0.0, 0.0])], 0.1, 1, mode="light"
    )
    assert list(as_plotly(figure).data[0].customdata) == [1, 2]
    assert as_plotly(figure).layout.clickmode == "event+select"
    assert len({(trace.marker.symbol, trace.line.dash) for trace in as_plotly(figure).data}) == 2
    band = next(shape for shape in as_plotly(figure).layout.shapes if shape.type == "rect")
    assert (band.y0, band.y1) == (-0.1, 0.1)


def test_press_lines_stand_in_order_with_the_whole_vector_last() -> None:
    lines = [
        PressLine("without", "baseline", [0, 4, 1], [9.0, 5.0, 1.0]),
        PressLine("with", "lstm", [0], [8.0], is_level=True),
    ]
    figure = press_lines(lines, mode="light", y_title="BLEU", size=4)
    assert list(as_plotly(figure).layout.xaxis.ticktext) == ["1", "4", "all"]
    assert list(as_plotly(figure).data[0].y) == [1.0, 5.0, 9.0]
    assert list(as_plotly(figure).data[0].customdata) == [1, 4, 0]
    assert list(as_plotly(figure).data[1].y) == [8.0, 8.0]
    assert [shape.x0 for shape in as_plotly(figure).layout.shapes] == [1]
    assert not as_plotly(press_lines(lines, mode="light", y_title="BLEU", size=3)).layout.shapes
