"""The Entities page's URL: which text is read by which tagger, and where the visitor looks closer."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.tagging.lattice_edits import LARGEST_CHANGE, STEP
from engine.inspection.tagging.predictions import MAX_WORDS
from engine.inspection.tagging.quality import OUTCOMES
from pages.components.views import composed_of, padding_view, part_of_file


@dataclass(frozen=True)
class WordsView:
    """Which word's tags are looked at."""

    words_position: int = option(
        1,
        label="Word",
        help="The arrow keys go from word to word.",
        minimum=1,
        maximum=1_000,
        step=1,
        formerly=("words_place",),
    )


@dataclass(frozen=True)
class LatticeView:
    """Which part of the lattice is drawn, which word and step are looked at, and which scores the visitor has
    changed."""

    lattice_word: int = option(
        1,
        label="Word",
        help="The arrow keys go from word to word; or click a node.",
        minimum=1,
        maximum=MAX_WORDS,
        step=1,
    )
    lattice_shown: int = option(
        10, label="Words side by side", help="The window moves with the word.", minimum=4, maximum=40, step=1
    )
    lattice_all_tags: bool = option(
        False,
        label="All tags",
        help="Otherwise those that matter for these words: on one of the ways, or likely at a word.",
    )
    lattice_from: str = option("", label="Step from")
    lattice_to: str = option("", label="to")
    lattice_change: float = option(
        0.0,
        label="Add to its score",
        help="In nats; the arrow keys change it by a hundredth.",
        minimum=-LARGEST_CHANGE,
        maximum=LARGEST_CHANGE,
        step=STEP,
    )
    lattice_edits: str = option(
        "",
        label="All edits as text",
        help="A step, a colon and the change, as in B-per>I-per:+1.5; a semicolon between two.",
    )


@dataclass(frozen=True)
class DirectionsView:
    """Which word's halves are looked at."""

    directions_word: int = option(
        1,
        label="Look at word",
        help="The arrow keys go from word to word; or click a word.",
        minimum=1,
        maximum=MAX_WORDS,
        step=1,
    )


@dataclass(frozen=True)
class EntitiesManyLinesView:
    """Which part of a long file is tagged."""

    many_lines_part: int = part_of_file("tagged")


@dataclass(frozen=True)
class EntitiesQualityView:
    """Which errors are listed."""

    quality_outcome: str = option("all", label="Kind of error", choices=tuple(OUTCOMES))
    quality_type: str = option("", label="Type")
    quality_page: int = option(
        1, label="Page of the list", help="Five errors a page.", minimum=1, maximum=10_000, step=1
    )


DEFAULT_TEXT = "John works at Google in California."
MAX_LINES = 20
LONGEST_LINE = 1_000
PADDED_LINES = (
    "John works at Google in California.",
    "Rain in Lisbon.",
    "Mary Hill met the Prime Minister of Norway on Monday.",
    "Nobody came.",
    "The United Nations sent 40 doctors to Haiti in January 2010.",
)


@composed_of(
    WordsView, LatticeView, DirectionsView, padding_view(PADDED_LINES), EntitiesManyLinesView, EntitiesQualityView
)
class EntitiesView:
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
