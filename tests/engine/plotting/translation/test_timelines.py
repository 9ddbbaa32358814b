"""Forced and free rows: aligned, wrapped into strips, the parting marked, text readable on its cell."""

from __future__ import annotations

import pandas as pd
import pytest

from engine.plotting import theme
from engine.plotting.translation.timelines import (
    DARK_TEXT,
    DIFFERS,
    LIGHT_TEXT,
    MAX_STEPS,
    PARTING,
    RUN_STYLES,
    STEPS_PER_STRIP,
    Switches,
    Timeline,
    coin_curve,
    divergence_bars,
    forcing_curves,
    heat_colour,
    readable_text,
    timeline_strips,
)
from tests.plotly_figures import as_plotly

REFERENCE = [f"r{step}" for step in range(8)]
FREE = [*REFERENCE[:3], "f3", "f4"]


def rows() -> list[Timeline]:
    """Return a plain, a forced and a free row that part at step 3."""
    guesses = [*REFERENCE[:3], "other", *REFERENCE[4:]]
    return [
        Timeline("Reference", REFERENCE),
        Timeline("Forced", guesses, [0.9] * 7 + [0.1], expected=REFERENCE),
        Timeline("Free", FREE, [0.9, 0.9, 0.9, 0.2, 0.7]),
    ]


def cells(figure) -> dict[tuple[int, int], tuple[str, float]]:
    """Return text and value by (row, column), gathered from the heat maps that share the grid."""
    return {
        (y, x): (text, value)
        for trace in as_plotly(figure).data
        if trace.type == "heatmap"
        for y, (texts, values) in enumerate(zip(trace.text, trace.z, strict=True))
        for x, (text, value) in enumerate(zip(texts, values, strict=True))
        if value is not None
    }


def test_each_piece_has_one_cell_under_its_step_number() -> None:
    figure = timeline_strips(rows(), 3, mode="light")
    found = cells(figure)
    assert len(found) == 8 + 8 + 5
    for step, piece in enumerate(REFERENCE):
        assert found[step // STEPS_PER_STRIP * 4 + 1, step % STEPS_PER_STRIP][0] == piece
    for step, piece in enumerate(FREE):
        text, value = found[step // STEPS_PER_STRIP * 4 + 3, step % STEPS_PER_STRIP]
        assert (text, value) == (piece, rows()[2].probabilities[step])


def test_a_guess_that_is_not_the_reference_is_marked_in_words() -> None:
    texts = [text for text, _ in cells(timeline_strips(rows(), 3, mode="light")).values()]
    assert [text for text in texts if text.startswith(DIFFERS)] == [f"{DIFFERS}other"]


def test_the_parting_step_is_framed_and_pointed_at() -> None:
    figure = timeline_strips(rows(), 3, mode="light")
    numbers = next(trace for trace in as_plotly(figure).data if trace.type == "scatter")
    assert [text for text in numbers.text if PARTING in text] == [f"<b>4 {PARTING}</b>"]
    (frame,) = as_plotly(figure).layout.shapes
    assert frame.x0 < 3 < frame.x1
    assert not as_plotly(timeline_strips(rows(), None, mode="light")).layout.shapes


def test_rows_longer_than_the_limit_are_cut() -> None:
    long = Timeline("Free", ["x"] * 500, [0.5] * 500)
    assert len(cells(timeline_strips([long], 400, mode="dark"))) == MAX_STEPS


@pytest.mark.parametrize("share", [step / 50 for step in range(51)])
def test_text_stands_out_from_its_cell(share: float) -> None:
    assert theme.contrast(readable_text(share), heat_colour(share)) >= 4.5
    assert {readable_text(0.0), readable_text(1.0)} == {LIGHT_TEXT, DARK_TEXT}


def switched_rows():
    told = [True, False, True, False, True, False, True, None]
    return timeline_strips(rows(), 3, mode="light", switches=Switches(told, list(range(1, 9))))


def test_switches_stand_under_the_first_row_and_know_their_steps() -> None:
    figure = switched_rows()
    marks = next(trace for trace in as_plotly(figure).data if trace.name == "switches")
    assert list(marks.customdata) == list(range(1, 8)), "nothing follows the last step"
    assert list(marks.marker.symbol) == ["square", "circle-open"] * 3 + ["square"]
    assert list(marks.x) == [0, 1, 2, 3, 4, 5, 0]
    assert list(marks.y) == [2] * 6 + [7]
    assert "the reference's token" in marks.text[0]
    assert "its own token" in marks.text[1]
    found = cells(figure)
    assert found[1, 0][0] == "r0"
    assert (2, 0) not in found
    assert found[3, 0][0] == "r0"
    assert list(as_plotly(figure).layout.yaxis.ticktext) == ["Reference", "Reads next", "Forced", "Free"] * 2


def test_an_empty_place_has_no_cell_and_its_column_no_number() -> None:
    lines = [
        Timeline("Reference", ["a", None, "b"]),
        Timeline("Free", ["a", "x", "b"], [0.5, 0.5, 0.5], expected=["a", None, "b"]),
    ]
    figure = timeline_strips(lines, 1, mode="dark", numbers=[1, None, 2])
    assert {(1, 0), (1, 2), (2, 0), (2, 1), (2, 2)} == set(cells(figure))
    assert cells(figure)[2, 1][0] == "x", "what has no counterpart is no difference from it"
    numbers = next(trace for trace in as_plotly(figure).data if trace.type == "scatter")
    assert list(numbers.text) == ["1", PARTING, "2"]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_losses_and_divergences_are_drawn_as_given_with_units(mode: str) -> None:
    losses = {"Forced": [0.1, 0.2, 2.0], "Yours": [0.1, 0.3, 2.5], "Free": [0.1, 0.2, 4.0]}
    apart = {"Yours": [0.0, 0.5, 1.0], "Free": [0.0, 0.0, 3.0]}
    figure = forcing_curves(losses, apart, ["a", "b", "c"], 1, mode=mode, styles=RUN_STYLES)
    assert [list(trace.y) for trace in as_plotly(figure).data] == [*losses.values(), *apart.values()]
    assert all("nats" in title.text for title in as_plotly(figure).layout.annotations)
    assert (
        len({trace.line.dash for trace in as_plotly(figure).data[:3]})
        == len({trace.marker.symbol for trace in as_plotly(figure).data[:3]})
        == 3
    )
    assert all(theme.contrast(trace.line.color, theme.background(mode)) >= 3 for trace in as_plotly(figure).data)
    assert {shape.x0 for shape in as_plotly(figure).layout.shapes} == {2}


def test_coins_are_dots_and_their_mean_a_line() -> None:
    frame = pd.DataFrame(
        {"teacher_forcing_ratio": [0.0, 0.5, 0.5, 1.0], "seed": [0, 0, 1, 0], "nats_per_token": [4.0, 2.0, 3.0, 1.0]}
    )
    figure = coin_curve(frame, (0.5, 2.2), mode="light")
    assert list(as_plotly(figure).data[0].y) == [4.0, 2.0, 3.0, 1.0]
    assert list(as_plotly(figure).data[1].y) == [4.0, 2.5, 1.0]
    assert (as_plotly(figure).data[2].x, as_plotly(figure).data[2].y) == ((0.5,), (2.2,))


def test_bars_stand_at_their_steps() -> None:
    figure = divergence_bars([3, 4], [0.5, 0.01], 0.1, mode="dark")
    assert (list(as_plotly(figure).data[0].x), list(as_plotly(figure).data[0].y)) == ([3, 4], [0.5, 0.01])
    assert as_plotly(figure).layout.shapes[0].y0 == 0.1
