"""The one look of every figure: light and dark palettes, one colour, marker and dash per architecture, one colour per
gate.

Colours start from Okabe and Ito's colour-blind-safe set and are shifted in lightness only, so that each keeps at least
3:1 contrast with the background it is drawn on; `tests/engine/plotting/test_theme.py` computes it. No meaning rests on
colour alone: each architecture also has its own marker and dash.

Paper: Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import plotly.graph_objects as go

Mode = Literal["light", "dark"]

FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
MONOSPACE = "'Source Code Pro', monospace"
HEAT_SCALE = "Cividis"


@dataclass(frozen=True)
class Palette:
    """The neutral colours of one mode; the same values stand in `.streamlit/config.toml`."""

    background: str
    surface: str
    ink: str
    muted: str
    grid: str
    accent: str


PALETTES: dict[str, Palette] = {
    "light": Palette(
        background="#FCFBF8", surface="#F2F0EA", ink="#11151A", muted="#5C646B", grid="#E2DFD7", accent="#1F5566"
    ),
    "dark": Palette(
        background="#15181B", surface="#20252A", ink="#E8E5DE", muted="#A3AAB0", grid="#333A40", accent="#8EC5D6"
    ),
}


# Lines that belong to no architecture and no gate: (colour on light, colour on dark).
SERIES: dict[str, tuple[str, str]] = {
    "ink": (PALETTES["light"].ink, PALETTES["dark"].ink),
    "muted": (PALETTES["light"].muted, PALETTES["dark"].muted),
    "slate": ("#33383D", "#DDE1E5"),
    "amber": ("#B4560A", "#E6A04B"),
    "blue": ("#0072B2", "#4FA9E2"),
    "teal": ("#1B7C9E", "#5CC3E8"),
    "red": ("#BF3A1E", "#F2815F"),
    "purple": ("#9A4591", "#D68ACD"),
}


@dataclass(frozen=True)
class ArchitectureStyle:
    """How one architecture is drawn wherever it appears."""

    label: str
    colour: str
    marker: str
    dash: str


# name: (label, colour on light, colour on dark, marker, dash). Variants keep the hue of their family, lighter or
# darker.
_ARCHITECTURES: dict[str, tuple[str, str, str, str, str]] = {
    "rnn": ("RNN", "#D55E00", "#F07A26", "triangle-up", "dot"),
    "irnn": ("IRNN", "#8F3F00", "#F8B27E", "triangle-down", "dashdot"),
    "lstm": ("LSTM", "#0072B2", "#4FA9E2", "circle", "solid"),
    "lstm_chrono": ("LSTM, chrono", "#00436B", "#A6D5F5", "hexagon", "dash"),
    "lstm_stacked": ("LSTM, two layers", "#3D8FC7", "#2A83BD", "star", "dot"),
    "lstm_bidirectional": ("LSTM, both directions", "#1E5B80", "#7FBFE6", "bowtie", "longdash"),
    "gru": ("GRU", "#008F68", "#2CC295", "square", "dash"),
    "min_gru": ("minGRU", "#A87000", "#E6A419", "pentagon", "dashdot"),
    "transformer": ("Transformer", "#B0558B", "#DB93BC", "diamond", "longdash"),
    "average": ("Average", "#7A7F84", "#868D93", "star-triangle-up", "dot"),
    "ngram": ("n-gram", "#555A5E", "#B7BDC2", "cross", "dash"),
    "baseline": ("Baseline", "#6B7074", "#9BA2A8", "x", "dash"),
}

# gate: (colour on light, colour on dark). Reset and update share the hues of the LSTM gates that do the same work.
_GATES: dict[str, tuple[str, str]] = {
    "input_gate": ("#1B7C9E", "#5CC3E8"),
    "forget_gate": ("#BF3A1E", "#F2815F"),
    "cell_candidate": ("#77771F", "#C2C25A"),
    "output_gate": ("#9A4591", "#D68ACD"),
    "reset_gate": ("#BF3A1E", "#F2815F"),
    "update_gate": ("#1B7C9E", "#5CC3E8"),
    "new_gate": ("#77771F", "#C2C25A"),
}


def palette(mode: Mode) -> Palette:
    """Return the neutral colours of `mode`."""
    return PALETTES[mode]


def background(mode: Mode) -> str:
    """Return the colour figures are drawn on."""
    return PALETTES[mode].background


def ink(mode: Mode) -> str:
    """Return the colour of text."""
    return PALETTES[mode].ink


def muted(mode: Mode) -> str:
    """Return the colour of quieter text: axis labels, captions."""
    return PALETTES[mode].muted


def grid(mode: Mode) -> str:
    """Return the colour of grid lines."""
    return PALETTES[mode].grid


def accent(mode: Mode) -> str:
    """Return the one accent colour."""
    return PALETTES[mode].accent


def architecture_names() -> list[str]:
    """Return the architectures that have a style of their own, in the order legends list them."""
    return list(_ARCHITECTURES)


def architecture_label(name: str) -> str:
    """Return how an architecture is written on a page: "lstm" becomes "LSTM"; an unknown name stays as it is."""
    return _ARCHITECTURES[name][0] if name in _ARCHITECTURES else name


def architecture_in_text(name: str) -> str:
    """Return an architecture's label so that it can stand in a list: "LSTM, two layers" becomes "LSTM (two layers)"."""
    label, _, variant = architecture_label(name).partition(", ")
    return f"{label} ({variant})" if variant else label


def architecture_style(name: str, mode: Mode) -> ArchitectureStyle:
    """Return label, colour, marker and dash of an architecture; one without a style of its own looks like a
    baseline."""
    label, on_light, on_dark, marker, dash = _ARCHITECTURES.get(name, (name, *_ARCHITECTURES["baseline"][1:]))
    return ArchitectureStyle(label, on_light if mode == "light" else on_dark, marker, dash)


def gate_names() -> list[str]:
    """Return the gates that have a colour."""
    return list(_GATES)


def gate_colour(name: str, mode: Mode) -> str:
    """Return the colour of a gate, the same in every figure."""
    return _GATES[name][0 if mode == "light" else 1]


def diverging_scale(mode: Mode) -> list[tuple[float, str]]:
    """Return a colour scale for signed values: vermillion below zero, the page's background at zero, blue above."""
    low, high = architecture_style("rnn", mode).colour, architecture_style("lstm", mode).colour
    return [(0.0, low), (0.5, PALETTES[mode].surface), (1.0, high)]


def blank_figure(mode: Mode, *, x_title: str = "", y_title: str = "", height: int = 320) -> go.Figure:
    """Return an empty figure in the house style; every figure starts here."""
    titles = {f"{axis}axis": {"title": {"text": title or None}} for axis, title in (("x", x_title), ("y", y_title))}
    return go.Figure(
        layout={"template": _template(mode), "height": height, **titles}
    )  # in one go: a third of the time of updates


def with_spread(
    figure: go.Figure,
    x: Sequence[float],
    mean: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    architecture: str,
    mode: Mode,
    name: str | None = None,
) -> go.Figure:
    """Add a line with its architecture's colour, marker and dash over a band from `low` to `high`; return the
    figure."""
    style = architecture_style(architecture, mode)
    label = name or style.label
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "legendgroup": label}
    figure.add_scatter(x=x, y=high, **edge)
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=translucent(style.colour, 0.18), **edge)
    figure.add_scatter(
        x=x,
        y=mean,
        name=label,
        legendgroup=label,
        mode="lines+markers" if len(x) <= 40 else "lines",
        line={"color": style.colour, "dash": style.dash, "width": 2},
        marker={"symbol": style.marker, "size": 8, "color": style.colour},
    )
    return figure


def thumbnail(figure: go.Figure, height: int = 150) -> go.Figure:
    """Return a copy of `figure` reduced to its marks: no titles, legend, colour bar or hover."""
    small = go.Figure(figure)
    small.update_layout(
        height=height, showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4}, hovermode=False, annotations=[]
    )
    small.update_xaxes(title_text=None, fixedrange=True, tickfont_size=11)
    small.update_yaxes(title_text=None, fixedrange=True, tickfont_size=11)
    small.update_traces(showscale=False, selector={"type": "heatmap"})
    small.update_traces(hoverinfo="skip", hovertemplate=None)
    return small


def translucent(colour: str, opacity: float) -> str:
    """Return "#RRGGBB" as an rgba() colour."""
    red, green, blue = _channels(colour)
    return f"rgba({red},{green},{blue},{opacity:g})"


def contrast(colour_a: str, colour_b: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21.

    Paper: W3C (2018), Web Content Accessibility Guidelines 2.1, "contrast ratio" and "relative luminance".
    """
    lighter, darker = sorted((_luminance(colour_a), _luminance(colour_b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    shares = (value / 255 for value in _channels(colour))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(colour: str) -> tuple[int, int, int]:
    digits = colour.removeprefix("#")
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


@lru_cache
def _template(mode: Mode) -> go.layout.Template:
    colours = PALETTES[mode]
    axis = {
        "gridcolor": colours.grid,
        "linecolor": colours.muted,
        "zeroline": False,
        "ticks": "",
        "automargin": True,
        "title": {"font": {"size": 14, "color": colours.muted}, "standoff": 12},
        "tickfont": {"size": 13, "color": colours.muted},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": colours.ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [architecture_style(name, mode).colour for name in _ARCHITECTURES],
            "margin": {"l": 8, "r": 8, "t": 36, "b": 8},
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "title": {"text": ""},
            },
            "hoverlabel": {
                "bgcolor": colours.surface,
                "bordercolor": colours.grid,
                "font": {"family": FONT, "size": 14, "color": colours.ink},
            },
            "bargap": 0.35,
            "dragmode": False,
        }
    )
