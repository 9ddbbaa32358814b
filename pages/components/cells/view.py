"""The Cells page's URL: which text a network reads, and which step, layer and unit of it is looked at."""

from __future__ import annotations

from engine.config import option
from engine.inspection.cells import range_match, state_edits
from engine.inspection.cells.gate_trajectories import ORDERS
from engine.inspection.cells.layer_shapes import LayerSettings
from engine.inspection.cells.steps import MAX_CHARACTERS as LONGEST_TEXT
from engine.inspection.stored.opening_texts import DEFAULT_TEXT, EDIT_FIRST, EDIT_SECOND, EDIT_TAIL
from pages.components.controls.views import composed_of, settings_view


class StepView:
    """Whose values the diagram shows."""

    step_layer: bool = option(
        False, "Whole layer in the diagram", "Mean size over all units instead of one unit's own numbers."
    )


class GatesView:
    """Which part is drawn over the text, and in which order its units stand."""

    gates_part: str = option("", "Show")
    gates_order: str = option("similarity", "Units sorted by", choices=tuple(ORDERS))
    gates_all: bool = option(False, "All parts side by side", "A small map of every gate and state of this layer.")


class MemoryRetentionView:
    """Whose write is followed."""

    conveyor_single: bool = option(False, "One unit only", "Take away and follow the write of one unit instead of all.")


class EditView:
    """Which two texts are read, what follows both, and what of the networks is compared."""

    edit_first: str = option(EDIT_FIRST, "First text")
    edit_second: str = option(EDIT_SECOND, "Second text")
    edit_tail: str = option(
        EDIT_TAIL,
        "Both go on with",
        f"Read after either text, to see how long the edit is felt; {state_edits.MAX_CHARACTERS:,} characters in all.",
    )
    edit_layer: int = option(2, "Layer", "Layer 1 reads the characters, the last one says what comes next.")
    edit_part: str = option(
        "hidden",
        "Compare",
        "Hidden states, or memory cells: only the LSTM has them, RNN and GRU keep their hidden state.",
        choices=("hidden", "cell"),
    )
    edit_word: int = option(0, "Word of the first text")
    edit_to: str = option("", "Put in its place")


class PatternsView:
    """Which range of the text is looked at, when a unit counts as on, and where the same units are looked for."""

    patterns_first: int = option(1, "The range begins at", "The arrow keys move it.", minimum=1, maximum=LONGEST_TEXT)
    patterns_last: int = option(3, "The range ends at", "The arrow keys move it.", minimum=1, maximum=LONGEST_TEXT)
    patterns_click: str = option("first", "A click on the text moves", choices=("first", "last"))
    patterns_layer: int = option(2, "Layer", "Layer 1 reads the characters, the last one says what comes next.")
    patterns_threshold: float = option(
        0.3,
        "Threshold",
        "A unit is on where its hidden value is at least this, or at most minus this.",
        minimum=0.05,
        maximum=0.95,
        step=0.05,
    )
    patterns_outside: bool = option(
        True, "Off just outside", "Only units that are off at the characters just before and just after the range."
    )
    patterns_least: float = option(
        0.75,
        "Share of the units",
        "So many of the units must be on together elsewhere.",
        minimum=0.3,
        maximum=1.0,
        step=0.05,
    )
    patterns_where: str = option(range_match.STORIES, "Look in")
    patterns_characters: int = option(
        10_000,
        "Characters",
        "How much of it is read; 100,000 take a while the first time.",
        minimum=5_000,
        maximum=range_match.MAX_CHARACTERS,
        step=5_000,
    )
    patterns_own: str = option("", "Your own text", f"At most {range_match.MAX_CHARACTERS:,} characters.")
    patterns_match: int = option(
        1, "Match", "Counted from the best; the arrow keys go through them.", minimum=1, maximum=300
    )


LARGEST_UNIT = 9_999


@composed_of(StepView, GatesView, MemoryRetentionView, EditView, PatternsView, settings_view(LayerSettings, "shapes_"))
class CellsView:
    """Everything a link to the Cells page carries; a tool's own fields begin with its name."""

    text: str = option(DEFAULT_TEXT, "Text to read", f"At most {LONGEST_TEXT:,} characters.")
    network: str = option(
        "",
        "Network",
        "Every recurrent network in data/pretrained, your own folder too; a translator is seen while it reads.",
    )
    tool: str = option("", "Tool")
    position: int = option(1, "Step", "The token that is read at this step.", minimum=1, maximum=LONGEST_TEXT)
    layer: str = option("", "Layer", formerly=("strand",))
    unit: int = option(0, "Unit", "The arrow keys go from unit to unit.", minimum=0, maximum=LARGEST_UNIT)
