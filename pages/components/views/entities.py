"""The Entities page's URL: which text is read by which tagger, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from pages.components.views.entities_directions import DirectionsView
from pages.components.views.entities_lattice import LatticeView
from pages.components.views.entities_many_lines import ManyLinesView
from pages.components.views.entities_padding import EntitiesPaddingView
from pages.components.views.entities_quality import QualityView
from pages.components.views.entities_words import WordsView

DEFAULT_TEXT = "John works at Google in California."
MAX_LINES = 20
LONGEST_LINE = 1_000


@dataclass(frozen=True)
class EntitiesView(WordsView, ManyLinesView, LatticeView, DirectionsView, QualityView, EntitiesPaddingView):
    """Everything a link to the Entities page carries; a tool's own fields begin with its name."""

    text: str = option(
        DEFAULT_TEXT,
        label="Text to read",
        help=f"Each line is read by itself: at most {MAX_LINES} lines of {LONGEST_LINE:,} words. The tool “Many "
        "lines” takes files.",
    )
    network: str = option("", label="Network", help="Every tagger in data/pretrained, your own folder too.")
    tool: str = option("", label="Tool")
    line: int = option(1, label="Line to look at", minimum=1, maximum=MAX_LINES, step=1)
