"""What the tools "Step through", "Gates over time" and "Conveyor belt" keep in the Cells page's URL."""

from __future__ import annotations

from dataclasses import dataclass

from engine.config import option
from engine.inspection.cells.gate_trajectories import ORDERS


@dataclass(frozen=True)
class StatesView:
    """Whose values the diagram shows, which part is drawn over the text and in which order, and whose write is
    followed."""

    step_layer: bool = option(
        False, label="Whole layer in the diagram", help="Mean size over all units instead of one unit's own numbers."
    )
    gates_part: str = option("", label="What of it")
    gates_order: str = option("similarity", label="Units sorted by", choices=tuple(ORDERS))
    gates_all: bool = option(
        False, label="All parts side by side", help="A small map of every gate and state of this layer."
    )
    conveyor_single: bool = option(
        False, label="One unit only", help="Take away and follow the write of one unit instead of all."
    )
