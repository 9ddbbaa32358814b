"""Recurrent cells, one file each: one readable time step with named gates, and weights that move to and from
torch.nn."""

from engine.cells.base import CELLS, NO_INTERVENTIONS, Cell, Interventions, Unrolled
from engine.cells.conversion import from_torch, to_torch
from engine.cells.lstm import LSTMState
from engine.registry import discover

discover(__name__)

__all__ = [
    "CELLS",
    "NO_INTERVENTIONS",
    "Cell",
    "Interventions",
    "LSTMState",
    "Unrolled",
    "from_torch",
    "to_torch",
]
