"""Where a gate really closes on a token: the unit that let go of most memory at once, found among all units and steps.

Shapes: T time, H hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.cells import CELLS
from engine.cells.expressions import Symbol
from engine.inspection.cells.gate_trajectories import SHUT
from engine.inspection.cells.steps import CellReading

MOSTLY_OPEN = 0.5


@dataclass(frozen=True)
class ClosingGate:
    """A gate that keeps memory, at the token where it falls most.

    Attributes:
        strand: place of the layer and direction. unit, part: which gate.
        position: the token at which it falls; previous: the one read before it. Both count from 0.
        token: what was read there.
        gate_before, gate: its value one step earlier and at the token.
        memory_before: what the unit held when the token came; memory: what it holds after it; kept: gate *
            memory_before.
    """

    strand: int
    unit: int
    part: str
    position: int
    previous: int
    token: str
    gate_before: float
    gate: float
    memory_before: float
    memory: float

    @property
    def kept(self) -> float:
        """What is left of the old memory after the token."""
        return self.gate * self.memory_before

    @property
    def closes(self) -> bool:
        """Whether it is a closing in the usual sense: from more than half open to below `SHUT`."""
        return self.gate_before > MOSTLY_OPEN and self.gate < SHUT


def find_closing_gate(reading: CellReading) -> ClosingGate | None:
    """Return the gate that fell most while it held most; None for a network without such gates or a text of one token.

    Gates that close in the usual sense come first, ranked by the memory they let go times how far they fell.
    """
    best = None
    for position, strand in enumerate(reading.strands):
        cell = CELLS.get(strand.cell)
        if not isinstance(cell.keeps, Symbol) or len(reading.tokens) < 2:  # no one gate is the share that is kept
            continue
        name, order = cell.keeps.name, strand.order
        gate, memory = strand.parts[name][order], strand.parts[cell.memory.name][order]  # (T, H), as they are read
        fall, held = gate[:-1] - gate[1:], np.abs(memory[:-1])
        score = np.clip(fall, 0, None) * np.minimum(held, 1.0) * (1 - gate[1:])
        score += 10.0 * ((gate[:-1] > MOSTLY_OPEN) & (gate[1:] < SHUT) & (held > SHUT))
        step, unit = np.unravel_index(score.argmax(), score.shape)
        if best is None or score[step, unit] > best[0]:
            before, after = order[step : step + 2]
            values = (float(value) for part in (gate, memory) for value in part[step : step + 2, unit])
            found = ClosingGate(position, int(unit), name, after, before, reading.tokens[after], *values)
            best = (score[step, unit], found)
    return best[1] if best else None
