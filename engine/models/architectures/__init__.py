"""Architectures, one file each: ways to read a sequence of features, behind one interface, so that they can be
compared. Every cell is one by itself; the files here are for all others."""

from engine.cells import CELLS
from engine.models.architectures.base import ARCHITECTURES, Architecture
from engine.models.architectures.cell_layers import network_of
from engine.registry import discover

for _name, _cell in CELLS.items():
    ARCHITECTURES.register(_name, look=_cell.look)(network_of(_name))
discover(__name__)

__all__ = ["ARCHITECTURES", "Architecture"]
