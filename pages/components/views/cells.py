"""The Cells page's URL: which text a network reads, and which step, layer and unit of it is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.cells.steps import MAX_CHARACTERS
from pages.components.views.cells_edit import EditView
from pages.components.views.cells_patterns import PatternsView
from pages.components.views.cells_shapes import ShapesView
from pages.components.views.cells_states import StatesView

DEFAULT_TEXT = "The cat, which sat on the mat and purred, was happy."
LONGEST_TEXT = MAX_CHARACTERS
LARGEST_UNIT = 9_999


@dataclass(frozen=True)
class CellsView(StatesView, EditView, PatternsView, ShapesView):
    """Everything a link to the Cells page carries; a tool's own fields begin with its name."""

    text: str = option(DEFAULT_TEXT, label="Text to read", help=f"At most {LONGEST_TEXT:,} characters.")
    network: str = option(
        "",
        label="Network",
        help="Every recurrent network in data/pretrained, your own folder too; a translator is seen while it reads.",
    )
    tool: str = option("", label="Tool")
    position: int = option(
        1, label="Step", help="The token that is read at this step.", minimum=1, maximum=LONGEST_TEXT, step=1
    )
    strand: str = option("", label="Layer")
    unit: int = option(
        0, label="Unit", help="The arrow keys go from unit to unit.", minimum=0, maximum=LARGEST_UNIT, step=1
    )
