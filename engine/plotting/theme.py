"""The one look of every figure: light and dark palettes, one colour, marker and dash per architecture, one colour per
gate.

Colours start from Okabe and Ito's colour-blind-safe set and are shifted in lightness only, so that each keeps at least
3:1 contrast with the background it is drawn on; `tests/engine/plotting/test_theme.py` computes it. No meaning rests on
colour alone: each architecture also has its own marker and dash.

Paper: Okabe and Ito (2008), Color Universal Design.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

import numpy as np

from engine.cells import CELLS, Look, all_gates
from engine.plotting.figure import Figure, Trace
from engine.registry import read_declarations

Mode = Literal["light", "dark"]
Size = float | Sequence[float]  # of all marks of a line, or of each
Scale = Sequence[tuple[float, str]]  # stops from 0 to 1 and their colours

FONT = "'Source Sans', 'Source Sans Pro', sans-serif"
MONOSPACE = "'Source Code Pro', monospace"
HEAT_SCALE: list[tuple[float, str]] = [  # Cividis, as plotly has it
    (position / 9, colour)
    for position, colour in enumerate(
        ("#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#e1cc55", "#fee838")
    )
]
THUMBNAIL_HEIGHT = 150
NETWORKS = Path(__file__).resolve().parents[1] / "models"


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

    def drawn(self, size: Size = 8, width: float = 2) -> Trace:
        """Return the line and the marker of a trace in this style, in pixels."""
        return drawn(self.colour, self.dash, self.marker, size, width)

    def again(self) -> ArchitectureStyle:
        """Return how a second line of the same architecture is drawn: with open marks and a dash of its own."""
        return replace(self, marker=f"{self.marker}-open", dash="longdashdot")


@dataclass(frozen=True)
class LineStyle:
    """How a line that is no architecture's is drawn: its colour on light and on dark, its dash and its marker."""

    on_light: str
    on_dark: str
    dash: str
    marker: str

    def colour(self, mode: Mode) -> str:
        """Return the colour in `mode`."""
        return self.on_light if mode == "light" else self.on_dark

    def drawn(self, mode: Mode, size: Size = 8, width: float = 2) -> Trace:
        """Return the line and the marker of a trace in this style, in pixels."""
        return drawn(self.colour(mode), self.dash, self.marker, size, width)


BASELINE = Look("Baseline", 100, "#6B7074", "#9BA2A8", "x", "dash", ":gray[✕]")

# hue: (colour on light, colour on dark). A gate says which is its own; gates that do the same work share one.
GATE_HUES: dict[str, tuple[str, str]] = {
    "blue": ("#1B7C9E", "#5CC3E8"),
    "red": ("#BF3A1E", "#F2815F"),
    "olive": ("#77771F", "#C2C25A"),
    "plum": ("#9A4591", "#D68ACD"),
}


@cache
def looks() -> dict[str, Look]:
    """Return how every architecture is named and drawn, in the order legends list them, the baseline last.

    Cells declare it in their definitions, which need no torch; what networks declare is read from their files.
    """
    declared = read_declarations(NETWORKS, "look")
    found = {name: cell.look for name, cell in CELLS.items()}
    found |= {name: Look(**fields) for name, fields in declared.items()} | {"baseline": BASELINE}
    return dict(sorted(found.items(), key=lambda item: item[1].order))


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
    return list(looks())


def architecture_label(name: str) -> str:
    """Return how an architecture is written on a page: "lstm" becomes "LSTM"; an unknown name stays as it is."""
    return looks()[name].title if name in looks() else name


def architecture_in_text(name: str) -> str:
    """Return an architecture's label so that it can stand in a list: "LSTM, two layers" becomes "LSTM (two layers)"."""
    label, _, variant = architecture_label(name).partition(", ")
    return f"{label} ({variant})" if variant else label


def architecture_style(name: str, mode: Mode) -> ArchitectureStyle:
    """Return label, colour, marker and dash of an architecture; one without a style of its own looks like a
    baseline."""
    look = looks().get(name, replace(BASELINE, title=name))
    return ArchitectureStyle(look.title, look.on_light if mode == "light" else look.on_dark, look.marker, look.dash)


def drawn_as(name: str, *, both_directions: bool) -> str:
    """Return whose look a network of an architecture has: where it reads from both ends, that of the form which does;
    its own where none is declared."""
    if not both_directions:
        return name
    return next((other for other, look in looks().items() if look.both_directions_of == name), name)


def architecture_mark(name: str) -> str:
    """Return an architecture's marker in its colour, as Markdown."""
    return looks().get(name, BASELINE).mark


def architecture_rank(name: str) -> int:
    """Return where an architecture stands in lists and legends; one without a style of its own comes last."""
    return looks().get(name, BASELINE).order


def gate_names() -> list[str]:
    """Return the gates that have a colour."""
    return list(all_gates())


def gate_colour(name: str, mode: Mode) -> str:
    """Return the colour of a gate, the same in every figure."""
    return GATE_HUES[all_gates()[name].hue][0 if mode == "light" else 1]


def gate_marker(name: str) -> str:
    """Return the marker of a gate, beside its colour: some gates share a hue."""
    return all_gates()[name].marker


def gate_dash(name: str) -> str:
    """Return the dash of a gate's line."""
    return all_gates()[name].dash


def diverging_scale(mode: Mode) -> list[tuple[float, str]]:
    """Return a colour scale for signed values: vermillion below zero, the page's background at zero, blue above."""
    low, high = architecture_style("rnn", mode).colour, architecture_style("lstm", mode).colour
    return [(0.0, low), (0.5, PALETTES[mode].surface), (1.0, high)]


def heat_colours(mode: Mode, reach: float | None = None) -> Trace:
    """Return the colours of a heat map, of shares from 0 to 1 or, with a `reach`, of signed values up to it."""
    if reach is None:
        return {"zmin": 0, "zmax": 1, "colorscale": HEAT_SCALE}
    return {"zmin": -reach, "zmax": reach, "colorscale": diverging_scale(mode)}


def blank_figure(mode: Mode, *, x_title: str = "", y_title: str = "", height: int = 320) -> Figure:
    """Return an empty figure in the house style, whose axes stand still; every figure starts here."""
    titles = {"xaxis": x_title, "yaxis": y_title}
    axes = {axis: {"title": {"text": title or None}, "fixedrange": True} for axis, title in titles.items()}
    return Figure(layout={"template": _template(mode), "height": height, **axes})


def drawn(colour: str, dash: str | None, marker: str | Sequence[str], size: Size = 8, width: float = 2) -> Trace:
    """Return the line and the marker of a trace, in one colour and in pixels."""
    return {
        "line": {"color": colour, "dash": dash, "width": width},
        "marker": {"symbol": marker, "size": size, "color": colour},
    }


def with_spread(
    figure: Figure,
    x: Sequence[float],
    mean: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    architecture: str,
    mode: Mode,
    name: str | None = None,
) -> Figure:
    """Add a line with its architecture's colour, marker and dash over a band from `low` to `high`; return the
    figure."""
    style = architecture_style(architecture, mode)
    label = name or style.label
    add_band(figure, x, low, high, translucent(style.colour, 0.18), label)
    kind = "lines+markers" if len(x) <= 40 else "lines"
    figure.add_scatter(x=x, y=mean, name=label, legendgroup=label, mode=kind, **style.drawn())
    return figure


def add_band(
    figure: Figure,
    x: Sequence[float],
    low: Sequence[float],
    high: Sequence[float],
    colour: str,
    group: str,
    **more: int,
) -> None:
    """Fill the room between `low` and `high` with a colour, which comes and goes with its group in the legend."""
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False, "legendgroup": group}
    figure.add_scatter(x=x, y=high, **edge, **more)
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=colour, **edge, **more)


def thumbnail(figure: Figure, height: int = THUMBNAIL_HEIGHT) -> Figure:
    """Return a copy of `figure` reduced to its marks: no titles, legend, colour bar or hover."""
    small = figure.copy()
    small.update_layout(
        height=height, showlegend=False, margin={"l": 4, "r": 4, "t": 4, "b": 4}, hovermode=False, annotations=None
    )
    small.update_xaxes(title_text=None, fixedrange=True, tickfont_size=11)
    small.update_yaxes(title_text=None, fixedrange=True, tickfont_size=11)
    small.update_traces(kind="heatmap", showscale=False)
    small.update_traces(hoverinfo="skip", hovertemplate=None)
    return small


def mixed_colours(scale: Scale, shares: Sequence[float] | np.ndarray) -> list[str]:
    """Return the colours of a scale at shares from 0 to 1, "#RRGGBB" each, as plotly mixes them: channel by channel."""
    stops = [stop for stop, _ in scale]
    channels = np.array([_channels(colour) for _, colour in scale])
    mixed = np.stack([np.interp(shares, stops, channel) for channel in channels.T], axis=1)
    return ["#{:02X}{:02X}{:02X}".format(*np.rint(colour).astype(int)) for colour in mixed]


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
def _template(mode: Mode) -> Trace:
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
    return {
        "layout": {
            "font": {"family": FONT, "size": 14, "color": colours.ink},
            "paper_bgcolor": colours.background,  # a picture that is saved has the page under it
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [architecture_style(name, mode).colour for name in looks()],
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
            "modebar": {"bgcolor": colours.background, "color": colours.muted, "activecolor": colours.ink},
            "bargap": 0.35,
            "dragmode": False,
        }
    }
