"""Forced and free rows: aligned, wrapped into strips, the parting marked, text readable on its cell."""

from __future__ import annotations

import pytest

from engine.plotting import theme
from engine.plotting.timelines import (
    DARK_TEXT,
    DIFFERS,
    LIGHT_TEXT,
    MAX_STEPS,
    PARTING,
    STEPS_PER_STRIP,
    Timeline,
    heat_colour,
    log_probability_lines,
    readable_text,
    timeline_strips,
)

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
        for trace in figure.data
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
    numbers = next(trace for trace in figure.data if trace.type == "scatter")
    assert [text for text in numbers.text if PARTING in text] == [f"<b>4 {PARTING}</b>"]
    (frame,) = figure.layout.shapes
    assert frame.x0 < 3 < frame.x1
    assert not timeline_strips(rows(), None, mode="light").layout.shapes


def test_rows_longer_than_the_limit_are_cut() -> None:
    long = Timeline("Free", ["x"] * 500, [0.5] * 500)
    assert len(cells(timeline_strips([long], 400, mode="dark"))) == MAX_STEPS


@pytest.mark.parametrize("share", [step / 50 for step in range(51)])
def test_text_stands_out_from_its_cell(share: float) -> None:
    assert theme.contrast(readable_text(share), heat_colour(share)) >= 4.5
    assert {readable_text(0.0), readable_text(1.0)} == {LIGHT_TEXT, DARK_TEXT}


def test_log_probabilities_are_drawn_as_given_with_units() -> None:
    values = [[-0.1] * 7 + [-2.0], [-0.1, -0.2, -0.1, -1.5, -0.4]]
    lines = [rows()[0], rows()[2]]
    figure = log_probability_lines(lines, values, 3, mode="light", architectures=["lstm", "baseline"])
    assert [list(trace.y) for trace in figure.data] == values
    assert list(figure.data[1].x) == [1, 2, 3, 4, 5]
    assert "nats" in figure.layout.yaxis.title.text
    assert figure.layout.shapes[0].x0 == 4
    assert figure.data[0].line.dash != figure.data[1].line.dash
