"""Recurrent cells, one file each: the step that reads like the equations, and all that is to be known of the cell.

Nothing here imports torch: titles, colours and equations are for charts and pages as well.
"""

from engine.cells.base import (
    CELLS,
    STATES,
    Cell,
    all_gates,
    is_switch,
    part_words,
)
from engine.cells.interventions import NO_INTERVENTIONS, Interventions
from engine.cells.look import Look
from engine.registry import discover

discover(__name__)

__all__ = [
    "CELLS",
    "NO_INTERVENTIONS",
    "STATES",
    "Cell",
    "Interventions",
    "Look",
    "all_gates",
    "is_switch",
    "part_words",
]
