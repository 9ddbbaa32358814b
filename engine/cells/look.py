"""How an architecture is named and drawn wherever it appears."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """The one title, colour and mark of an architecture; its definition declares it, and nothing else may.

    A definition that needs torch declares it as a literal inside its registration, so that
    `engine.registry.read_declarations` can read it without importing the file.

    Attributes:
        title: its short name on pages and charts.
        order: its place in lists and legends, from the front.
        on_light, on_dark: its colour in the two themes; variants keep the hue of their family, lighter or darker.
        marker, dash: plotly's names of its marker and of its line.
        mark: its marker in its colour as Markdown, whose named colours are set in .streamlit/config.toml.
        opens: whether a page looks at it first where there are several.
        both_directions_of: the architecture of which this is the form that reads from both ends, "" for none.
    """

    title: str
    order: int
    on_light: str
    on_dark: str
    marker: str
    dash: str
    mark: str
    opens: bool = False
    both_directions_of: str = ""
