"""Text as coloured cells: every character once and in order, readable on its colour, and letter for letter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.colors import get_colorscale, sample_colorscale, unlabel_rgb

from engine.plotting import theme
from engine.plotting.writing.text_grid import describe_text_grid, lay_out, text_grid
from tests.plotly_figures import as_plotly

TEXT = "NELL:\nNo boat is owed to the weather, and none was ever paid."


def contrast_with(ink: str, paint: tuple[float, ...]) -> float:
    """Return the contrast of an ink with a colour of three numbers 0 to 255."""
    return theme.contrast(ink, "#{:02X}{:02X}{:02X}".format(*(round(channel) for channel in paint)))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab \n▁é", min_size=1, max_size=7), max_size=40), st.integers(1, 12))
def test_every_character_has_a_cell_of_its_own_in_reading_order(tokens: list[str], width: int) -> None:
    positions = lay_out(tokens, width)
    cells = [cell for position in positions for cell in zip(position.rows, position.columns, strict=True)]
    assert len(cells) == sum(map(len, tokens))
    assert cells == sorted(set(cells))
    assert all(0 <= column < width for _, column in cells)


def test_lines_end_after_a_line_break_and_at_blanks() -> None:
    positions = lay_out(list(TEXT), 16)
    rows: dict[int, str] = {}
    for character, position in zip(TEXT, positions, strict=True):
        rows[position.rows[0]] = rows.get(position.rows[0], "") + character
    assert list(rows.values()) == ["NELL:\n", "No boat is owed ", "to the weather, ", "and none was ", "ever paid."]


def test_a_word_of_several_pieces_is_not_broken() -> None:
    pieces = ["▁the", "▁har", "bour", "▁mas", "ter"]
    assert [position.rows[0] for position in lay_out(pieces, 13)] == [0, 0, 0, 1, 1]
    assert lay_out(["abcdef"], 4)[0].rows == (0, 0, 0, 0, 1, 1)


@pytest.mark.parametrize(("mode", "diverging"), [("light", False), ("dark", False), ("light", True), ("dark", True)])
def test_letters_can_be_read_on_every_colour(mode: theme.Mode, diverging: bool) -> None:
    values = np.linspace(-5, 5, 101) if diverging else np.linspace(0, 9, 101)
    figure = text_grid(["x"] * 101, values, mode=mode, title_of_values="bits", diverging=diverging)
    heat, letters = as_plotly(figure).data[0], as_plotly(figure).data[1]
    scale = theme.diverging_scale(mode) if diverging else get_colorscale("Cividis")
    stops = [stop for stop, _ in scale]
    paints = [unlabel_rgb(f"rgb{tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))}") for _, colour in scale]
    for value, ink in zip(values, letters.textfont.color, strict=True):
        share = (value - heat.zmin) / (heat.zmax - heat.zmin)
        paint = tuple(np.interp(share, stops, channel) for channel in zip(*paints, strict=True))
        assert contrast_with(ink, paint) >= 4.5
    assert len(set(letters.textfont.color)) == 2, "the ends of the scale need different inks"


def test_colours_are_mixed_as_plotly_mixes_them() -> None:
    assert [(pytest.approx(stop), colour) for stop, colour in get_colorscale("Cividis")] == theme.HEAT_SCALE
    ours = theme.mixed_colours(theme.HEAT_SCALE, np.linspace(0, 1, 33))
    theirs = sample_colorscale("Cividis", 33, colortype="tuple")
    for colour, truth in zip(ours, theirs, strict=True):
        channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
        assert channels == pytest.approx([255 * channel for channel in truth], abs=1)


def test_text_is_taken_letter_for_letter() -> None:
    text = "<b>$x$</b>&\x00e\u0301"
    figure = text_grid(list(text), np.zeros(len(text)), mode="light", title_of_values="bits")
    drawn = "".join(as_plotly(figure).data[1].text)
    assert "<" not in drawn
    assert "&lt;b&gt;" in drawn
    assert "\x00" not in drawn
    assert "◌\u0301" in drawn
    figure = text_grid(["a"], [1.0], mode="light", title_of_values="bits", hover=["<b>bold</b>\nnext"])
    assert as_plotly(figure).data[0].text[0][0] == "&lt;b&gt;bold&lt;/b&gt;<br>next"


def test_blanks_are_coloured_and_a_missing_value_is_not() -> None:
    figure = text_grid([" ", "a", "\n"], [2.0, math.nan, 1.0], mode="dark", title_of_values="bits", width=8)
    assert as_plotly(figure).data[0].z[0][0] == 2.0
    assert math.isnan(as_plotly(figure).data[0].z[0][1])
    assert list(as_plotly(figure).data[1].text) == ["a", "↵"]
    assert as_plotly(figure).data[1].textfont.color[0] == theme.ink("dark")


def test_marks_underline_neighbours_in_one_line() -> None:
    marks = [True, True, False, True]
    figure = text_grid(list("abcd"), [0.0] * 4, mode="light", title_of_values="bits", marks=marks)
    (line,) = [trace for trace in as_plotly(figure).data if trace.name == "marked"]
    assert list(line.x) == [-0.5, 1.5, None, 2.5, 3.5, None]


def test_targets_carry_the_number_of_their_token() -> None:
    figure = text_grid(["ab", "c"], [0.0, 1.0], mode="light", title_of_values="bits", clickable=True)
    (targets,) = [trace for trace in as_plotly(figure).data if trace.name == "targets"]
    assert list(targets.customdata) == [0, 0, 1]


def test_one_value_per_token_is_required() -> None:
    with pytest.raises(ValueError, match="1 values for 2 tokens"):
        text_grid(["a", "b"], [1.0], mode="light", title_of_values="bits")
    with pytest.raises(ValueError, match="1 marks for 2 tokens"):
        text_grid(["a", "b"], [1.0, 2.0], mode="light", title_of_values="bits", marks=[True])


def test_nothing_at_all_is_an_empty_figure() -> None:
    figure = text_grid([], [], mode="light", title_of_values="bits")
    assert as_plotly(figure).data[0].type == "heatmap"
    assert describe_text_grid([], [], title_of_values="bits").startswith("0 cells")


def test_description_has_the_real_numbers() -> None:
    words = describe_text_grid(list("a b"), [1.0, 6.0, math.nan], title_of_values="surprise (bits)")
    assert "3 cells" in words
    assert "mean 3.50" in words
    assert "6.00 at a space (place 2)" in words
