"""The Entities page's URL: which text is read by which tagger, and where the visitor looks closer."""

from __future__ import annotations

from engine.config import option
from engine.inspection.stored.opening_texts import PADDED_VISITS
from engine.inspection.tagging.lattice_edits import LARGEST_CHANGE, STEP
from engine.inspection.tagging.predictions import MAX_WORDS
from engine.inspection.tagging.quality import OUTCOMES
from pages.components.controls.views import BehaviourView, composed_of, padding_view, part_of_file


class WordsView:
    """Which word's tags are looked at."""

    words_position: int = option(
        1, "Word", "The arrow keys go from word to word.", minimum=1, maximum=1_000, formerly=("words_place",)
    )


class LatticeView:
    """Which part of the lattice is drawn, which word and step are looked at, and which scores the visitor has
    changed."""

    lattice_word: int = option(
        1, "Word", "The arrow keys go from word to word; or click a node.", minimum=1, maximum=MAX_WORDS
    )
    lattice_shown: int = option(10, "Words side by side", "The window moves with the word.", minimum=4, maximum=40)
    lattice_all_tags: bool = option(
        False, "All tags", "Otherwise those that matter for these words: on one of the ways, or likely at a word."
    )
    lattice_from: str = option("", "Step from")
    lattice_to: str = option("", "to")
    lattice_change: float = option(
        0.0,
        "Add to its score",
        "In nats; the arrow keys change it by a hundredth.",
        minimum=-LARGEST_CHANGE,
        maximum=LARGEST_CHANGE,
        step=STEP,
    )
    lattice_edits: str = option(
        "", "All edits as text", "A step, a colon and the change, as in B-per>I-per:+1.5; a semicolon between two."
    )


class DirectionsView:
    """Which word's halves are looked at."""

    directions_word: int = option(
        1, "Look at word", "The arrow keys go from word to word; or click a word.", minimum=1, maximum=MAX_WORDS
    )


class EntitiesManyLinesView:
    """Which part of a long file is tagged."""

    many_lines_part: int = part_of_file("tagged")


class EntitiesQualityView:
    """Which errors are listed."""

    quality_outcome: str = option("all", "Kind of error", choices=tuple(OUTCOMES))
    quality_type: str = option("", "Type")
    quality_page: int = option(1, "Page of the list", "Five errors a page.", minimum=1, maximum=10_000)


# Found by engine.inspection.tagging.examples: all tools show something on it, and the best network reads it rightly.
DEFAULT_TEXT = "Chilean ships left Lima, Sri Lanka, late on Sunday."
MAX_LINES = 20
LONGEST_LINE = 1_000


@composed_of(
    WordsView,
    LatticeView,
    DirectionsView,
    padding_view(PADDED_VISITS),
    EntitiesManyLinesView,
    EntitiesQualityView,
    BehaviourView,
)
class EntitiesView:
    """Everything a link to the Entities page carries; a tool's own fields begin with its name."""

    text: str = option(
        DEFAULT_TEXT,
        "Text to read",
        f"Each line is read by itself: at most {MAX_LINES} lines of {LONGEST_LINE:,} words. The tool “Many "
        "lines” takes files.",
    )
    network: str = option("", "Network", "Every tagger in data/pretrained, your own folder too.")
    tool: str = option("", "Tool")
    line: int = option(1, "Line to look at", minimum=1, maximum=MAX_LINES)
