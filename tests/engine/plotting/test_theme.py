"""The look of figures: contrast computed, one colour, marker and dash per architecture, text and axes in the house
style."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

from engine.plotting import theme
from tests.plotly_figures import as_plotly

MODES = ("light", "dark")
ROOT = Path(__file__).resolve().parents[3]


def test_contrast_is_that_of_the_standard() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert theme.contrast("#FFFFFF", "#FFFFFF") == pytest.approx(1)
    assert theme.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)
    assert theme.contrast("#FFFFFF", "#777777") == theme.contrast("#777777", "#FFFFFF")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", theme.architecture_names())
def test_architectures_stand_out_from_page_and_surface(name: str, mode: theme.Mode) -> None:
    colour, neutral = theme.architecture_style(name, mode).colour, theme.palette(mode)
    assert theme.contrast(colour, neutral.background) >= 3
    assert theme.contrast(colour, neutral.surface) >= 3


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", theme.gate_names())
def test_gates_stand_out(name: str, mode: theme.Mode) -> None:
    assert theme.contrast(theme.gate_colour(name, mode), theme.background(mode)) >= 3


@pytest.mark.parametrize("position", range(2))
@pytest.mark.parametrize("name", theme.SERIES)
def test_series_stand_out(name: str, position: int) -> None:
    assert theme.contrast(theme.SERIES[name][position], theme.background(MODES[position])) >= 3


def test_colours_are_defined_in_the_theme() -> None:
    allowed = {"#000000", "#FFFFFF", "#00224E", "#FDEA45"}  # text on a coloured cell; the ends of the heat scale
    files = [*(ROOT / "engine" / "plotting").rglob("*.py"), *(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
    found = {
        f"{file.relative_to(ROOT)} {colour}"
        for file in files
        if file.name != "theme.py"
        for colour in re.findall(r"#[0-9A-Fa-f]{6}\b", file.read_text(encoding="utf-8"))
        if colour not in allowed
    }
    assert found == set()


@pytest.mark.parametrize("mode", MODES)
def test_text_is_readable(mode: theme.Mode) -> None:
    for colour in (theme.ink(mode), theme.muted(mode), theme.accent(mode)):
        assert theme.contrast(colour, theme.background(mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
def test_no_meaning_rests_on_colour_alone(mode: theme.Mode) -> None:
    styles = [theme.architecture_style(name, mode) for name in theme.architecture_names()]
    for part in ("label", "colour", "marker"):
        assert len({getattr(style, part) for style in styles}) == len(styles)
    main = [theme.architecture_style(name, mode).dash for name in ("rnn", "lstm", "gru", "transformer")]
    assert len(set(main)) == 4


def test_an_architecture_without_a_style_looks_like_a_baseline() -> None:
    style = theme.architecture_style("ntm", "light")
    assert style.label == theme.architecture_label("ntm") == "ntm"
    assert style.colour == theme.architecture_style("baseline", "light").colour


def test_reading_from_both_ends_looks_like_the_form_that_declares_it_and_else_like_itself() -> None:
    assert theme.drawn_as("lstm", both_directions=True) == "lstm_bidirectional"
    assert theme.drawn_as("lstm", both_directions=False) == "lstm"
    assert theme.drawn_as("gru", both_directions=True) == "gru"


@pytest.mark.parametrize("mode", MODES)
def test_blank_figure_carries_titles_and_the_mode(mode: theme.Mode) -> None:
    figure = theme.blank_figure(mode, x_title="Step", y_title="Loss (nats)", height=200)
    assert as_plotly(figure).layout.xaxis.title.text == "Step"
    assert as_plotly(figure).layout.yaxis.title.text == "Loss (nats)"
    assert as_plotly(figure).layout.height == 200
    assert as_plotly(figure).layout.xaxis.fixedrange is as_plotly(figure).layout.yaxis.fixedrange is True
    assert as_plotly(figure).layout.template.layout.font.color == theme.ink(mode)
    assert as_plotly(figure).layout.template.layout.yaxis.gridcolor == theme.grid(mode)


def test_spread_is_a_band_with_its_line_on_top() -> None:
    figure = theme.with_spread(theme.blank_figure("dark"), [1, 2], [5, 6], [4, 5], [7, 8], "gru", "dark")
    high, low, mean = as_plotly(figure).data
    style = theme.architecture_style("gru", "dark")
    assert (list(high.y), list(low.y), list(mean.y)) == ([7, 8], [4, 5], [5, 6])
    assert low.fill == "tonexty"
    assert (mean.name, mean.line.color, mean.line.dash, mean.marker.symbol) == ("GRU", style.colour, "dash", "square")
    assert [trace.showlegend for trace in as_plotly(figure).data] == [False, False, None]


def test_thumbnail_keeps_the_marks_and_drops_the_words() -> None:
    figure = theme.with_spread(
        theme.blank_figure("light", x_title="a", y_title="b"), pd.Series([1]), [2], [1], [3], "rnn", "light"
    )
    small = theme.thumbnail(figure)
    assert [list(trace.y) for trace in as_plotly(small).data] == [list(trace.y) for trace in as_plotly(figure).data]
    assert as_plotly(small).layout.xaxis.title.text is None
    assert as_plotly(small).layout.showlegend is False
    assert as_plotly(figure).layout.xaxis.title.text == "a", "the figure itself stays as it was"


def test_translucent_keeps_the_channels() -> None:
    assert theme.translucent("#102030", 0.25) == "rgba(16,32,48,0.25)"


def test_diverging_scale_is_neutral_in_the_middle() -> None:
    scale = dict(theme.diverging_scale("dark"))
    assert scale[0.5] == theme.palette("dark").surface
    assert scale[0.0] != scale[1.0]
