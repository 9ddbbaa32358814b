"""Memory retention: what one token wrote into the memory, how much of it the gates keep, and what it changes in all.

By the gates: what was written, times the share that every step since has kept. This is what is left of the write: it
can only shrink where gates keep less than all. An RNN, which has no gates, is linearised: what was written, times the
Jacobian of every step since.
By ablation: the layer is run again without that write, and the two memories are subtracted. This is the total effect:
the write also acts through everything it changed, later gates and later writes, so it may grow beyond what was written
and come back after it had fallen.

Shapes: K steps later, H hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.cells import CELLS
from engine.cells.base import State
from engine.inspection.cells.steps import CellReading, check_position, recurrent_layers
from engine.layers import ReadableCell, from_torch
from engine.models.folder import LoadedModel
from engine.wording import counted, percent

MAX_DISTANCE = 200
SMALLEST_WRITE = 1e-4  # of a single unit; shares of less say nothing
DISAGREEMENT = 0.1  # of the write


@dataclass(frozen=True)
class Conveyor:
    """What became of one write.

    Attributes:
        frame: a row per distance: distance, position, token, by_gates, by_ablation (shares of the write's size; signed
            for a single unit), mismatch (size of the difference of the two, as a share of the write's size).
        written: what was written, (H,), or (1,) for a single unit.
        kind: the cell's kind.
    """

    frame: pd.DataFrame
    written: np.ndarray
    kind: str

    @property
    def size(self) -> float:
        """Euclidean length of the write."""
        return float(np.linalg.norm(self.written))

    def half_life(self, column: str) -> int | None:
        """Return the first distance at which at most half is left by `column`; None where it never comes to that. Of
        the total effect it says little, as that may come back: see `last_above_half`."""
        below = self.frame.loc[self.frame[column].abs() <= 0.5, "distance"]
        return None if below.empty else int(below.iloc[0])

    @property
    def last_above_half(self) -> int:
        """The last distance at which the total effect is more than half of the write."""
        return int(self.frame.loc[self.frame["by_ablation"].abs() > 0.5, "distance"].max())


@torch.no_grad()
def follow_write(
    loaded: LoadedModel, reading: CellReading, strand: int, position: int, unit: int | None = None
) -> Conveyor:
    """Return what is left of what the token at `position` (from 0) wrote, at it and at up to `MAX_DISTANCE` tokens
    after it.

    All units are followed together, or one alone: then only its write is taken away and only its memory looked at.

    Raises:
        InputError: there is no such layer, token or unit.
    """
    chosen = check_position(reading, strand, position, unit)
    cell = from_torch(recurrent_layers(loaded)[strand]).double()
    order = chosen.order[chosen.order.index(position) :][: MAX_DISTANCE + 1]
    inputs = torch.tensor(chosen.inputs[order]).double()  # (1 + K, I)
    state = cell.cell.make_state(
        torch.tensor(chosen.before[part.name][[position]]).double() for part in cell.cell.parts
    )

    _, whole, gates = cell.step(inputs[:1], state)
    written = _written(cell, inputs[:1], state, gates)  # (1, H)
    if unit is not None:
        only = torch.zeros_like(written)
        only[:, unit] = written[:, unit]
        written = only
    both = _without(cell, whole, gates, written)  # the batch: with the write, and without it
    left = written.clone()
    rows = [(left, _lost(cell, both))]
    for now in inputs[1:]:
        with_it = cell.cell.make_state(part[:1] for part in cell.cell.state_parts(both).values())
        _, both, gates = cell.step(now[None].expand(2, -1), both)
        left = _carry(cell, left, now[None], with_it, gates)
        rows.append((left, _lost(cell, both)))
    predicted, measured = (torch.cat(column).double().numpy() for column in zip(*rows, strict=True))  # (1 + K, H)
    wrote = written.double().numpy()[0]
    if unit is not None:
        predicted, measured, wrote = predicted[:, [unit]], measured[:, [unit]], wrote[[unit]]
    return Conveyor(_shares(predicted, measured, wrote, order, reading.tokens), wrote, chosen.cell)


def verdict(found: Conveyor) -> str:
    """Return in words how long the write lasts by each measure and whether the two agree."""
    last = found.frame.iloc[-1]
    if found.size < SMALLEST_WRITE:
        return "This token wrote next to nothing here, so there is nothing to follow; choose another step or unit."
    if not last["distance"]:
        return "Nothing is read after this token, so all of the write is still there; choose an earlier step."
    worst = found.frame.loc[found.frame["mismatch"].idxmax()]
    life = found.half_life("by_gates")
    gone = f"after {counted(life, 'step')}" if life is not None else "not within this text"
    by = "the gates" if CELLS.get(found.kind).keeps is not None else "the linearised steps"
    start = f"Half of the write is gone {gone} by {by}. "
    if worst["mismatch"] < DISAGREEMENT:
        return start + (
            f"Its total effect on the memory is the same: the two never differ by more than "
            f"{percent(worst['mismatch'], 0)} of the write."
        )
    effect = found.frame["by_ablation"].abs()
    largest, last = found.frame.loc[effect.idxmax()], found.last_above_half
    return start + (
        "Its total effect on the memory, which includes the later gates and writes it changed, is largest "
        f"{counted(int(largest['distance']), 'step')} later ({percent(effect.max(), 0)} of the write) and above half "
        f"of it for the last time {counted(last, 'step')} later."
    )


def _memory(cell: ReadableCell, state: State) -> Tensor:
    return cell.cell.state_parts(state)[cell.cell.memory.name]


def _lost(cell: ReadableCell, both: State) -> Tensor:
    """Return what of the memory is not there without the write."""
    with_it, without = _memory(cell, both)
    return (with_it - without)[None]


def _written(cell: ReadableCell, inputs: Tensor, state: State, gates: dict[str, Tensor]) -> Tensor:
    """Return what the step added to the memory; where all of it is made anew, the difference that the input made."""
    if cell.cell.writes is not None:
        return cell.cell.writes.compute(gates)
    read, unread = (_memory(cell, cell.step(now, state)[1]) for now in (inputs, torch.zeros_like(inputs)))
    return read - unread


def _without(cell: ReadableCell, whole: State, gates: dict[str, Tensor], written: Tensor) -> State:
    """Return the state after the step twice: as it is, and with the write taken out of the memory."""
    memory = _memory(cell, whole)
    both = torch.cat([memory, memory - written])
    remembered = {cell.cell.memory.letter: both}
    said = both if cell.cell.memory.name == "hidden" else cell.cell.equation("h").compute(gates | remembered)
    return cell.cell.make_state(both if part is cell.cell.memory else said for part in cell.cell.parts)


def _carry(cell: ReadableCell, left: Tensor, inputs: Tensor, before: State, gates: dict[str, Tensor]) -> Tensor:
    """Return what is left of a write after one more step, by the gates of the run that has it, or by its Jacobian."""
    if cell.cell.keeps is not None:
        return cell.cell.keeps.compute(gates)[:1] * left
    return torch.func.jvp(lambda memory: cell.step(inputs, memory)[0], (before,), (left,))[1]


def _shares(
    predicted: np.ndarray, measured: np.ndarray, wrote: np.ndarray, order: list[int], tokens: list[str]
) -> pd.DataFrame:
    size = max(float(np.linalg.norm(wrote)), 1e-12)
    if len(wrote) == 1:
        by_gates, by_ablation = predicted[:, 0] / (wrote[0] or 1e-12), measured[:, 0] / (wrote[0] or 1e-12)
    else:
        by_gates, by_ablation = np.linalg.norm(predicted, axis=1) / size, np.linalg.norm(measured, axis=1) / size
    return pd.DataFrame(
        {
            "distance": np.arange(len(order)),
            "position": order,
            "token": [tokens[position] for position in order],
            "by_gates": by_gates,
            "by_ablation": by_ablation,
            "mismatch": np.linalg.norm(predicted - measured, axis=1) / size,
        }
    )
