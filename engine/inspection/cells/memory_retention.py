"""The conveyor belt: what one token wrote into the memory, and how much of it is left some steps later, by two
measures.

By the gates: what was written, times every forget gate since; the belt of an LSTM as it is drawn. A GRU's belt is its
    update
gates, and an RNN, which has none, is linearised: what was written, times the Jacobian of every step since.
By ablation: the layer is run again without that write, and the two memories are subtracted. Here the write also acts
    through
everything it changed: later gates, later writes. Where the two differ, the belt is not the whole story.

Shapes: K steps later, H hidden.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.cells import LSTMState, from_torch
from engine.inspection.cells.steps import CellReading, check_place, recurrent_layers
from engine.models.folder import LoadedModel
from engine.wording import percent

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
        """Return the first distance at which at most half is left by `column`; None where it never comes to that."""
        below = self.frame.loc[self.frame[column].abs() <= 0.5, "distance"]
        return None if below.empty else int(below.iloc[0])


@torch.inference_mode()
def follow_write(
    loaded: LoadedModel, reading: CellReading, strand: int, position: int, unit: int | None = None
) -> Conveyor:
    """Return what is left of what the token at `position` (from 0) wrote, at it and at up to `MAX_DISTANCE` tokens
    after it.

    All units are followed together, or one alone: then only its write is taken away and only its memory looked at.

    Raises:
        InputError: there is no such layer, token or unit.
    """
    chosen = check_place(reading, strand, position, unit)
    cell = from_torch(recurrent_layers(loaded)[strand]).double()
    order = chosen.order[chosen.order.index(position) :][: MAX_DISTANCE + 1]
    inputs = torch.tensor(chosen.inputs[order]).double()  # (1 + K, I)
    hidden = torch.tensor(chosen.hidden_before[[position]]).double()
    state = (
        hidden
        if chosen.cell_before is None
        else LSTMState(hidden, torch.tensor(chosen.cell_before[[position]]).double())
    )

    _, whole, gates = cell.step(inputs[:1], state)
    written = _written(cell, inputs[:1], state, whole, gates)  # (1, H)
    if unit is not None:
        only = torch.zeros_like(written)
        only[:, unit] = written[:, unit]
        written = only
    both = _without(whole, gates, written)  # the batch: with the write, and without it
    left = written.clone()
    rows = [(left, _memory(both)[:1] - _memory(both)[1:])]
    for now in inputs[1:]:
        before = _memory(both)[:1]
        _, both, gates = cell.step(now[None].expand(2, -1), both)
        left = _carry(cell, left, gates, before, _memory(both)[:1])
        rows.append((left, _memory(both)[:1] - _memory(both)[1:]))
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
    lives = [found.half_life(column) for column in ("by_gates", "by_ablation")]
    by_gates, by_ablation = (
        f"after {life} steps" if life is not None and life > 1 else "after 1 step" if life else "not within this text"
        for life in lives
    )
    start = f"Half of the write is gone {by_gates} by the gates, and {by_ablation} by ablation. "
    if found.kind == "rnn":
        start = f"Half of the write is gone {by_gates} by the linearised steps, and {by_ablation} by ablation. "
    if worst["mismatch"] < DISAGREEMENT:
        return start + f"The two agree: they never differ by more than {percent(worst['mismatch'], 0)} of the write."
    steps = "1 step" if worst["distance"] == 1 else f"{int(worst['distance'])} steps"
    return start + (
        f"They disagree most {steps} later, by {percent(worst['mismatch'], 0)} of the write: what was written also "
        "changed what was written and forgotten after it, and the gates alone do not show that."
    )


def _memory(state: Tensor | LSTMState) -> Tensor:
    return state.cell if isinstance(state, tuple) else state


def _written(cell, inputs: Tensor, state, whole, gates: dict[str, Tensor]) -> Tensor:
    """Return what the step added to the memory: i * g, (1 - z) * n, or for an RNN the difference the input made."""
    if "input_gate" in gates:
        return gates["input_gate"] * gates["cell_candidate"]
    if "update_gate" in gates:
        return (1 - gates["update_gate"]) * gates["new_gate"]
    return whole - torch.tanh(state @ cell.weight_hh.T + cell.bias_ih + cell.bias_hh)


def _without(whole, gates: dict[str, Tensor], written: Tensor):
    """Return the state after the step twice: as it is, and with the write taken out of the memory."""
    if isinstance(whole, tuple):
        cells = torch.cat([whole.cell, whole.cell - written])
        return LSTMState(gates["output_gate"] * torch.tanh(cells), cells)
    return torch.cat([whole, whole - written])


def _carry(cell, left: Tensor, gates: dict[str, Tensor], before: Tensor, after: Tensor) -> Tensor:
    """Return what is left of a write after one more step, by the gates of the run that has it."""
    for keeper in ("forget_gate", "update_gate"):
        if keeper in gates:
            return gates[keeper][:1] * left
    return (1 - after**2) * (left @ cell.weight_hh.T)


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
            "token": [tokens[place] for place in order],
            "by_gates": by_gates,
            "by_ablation": by_ablation,
            "mismatch": np.linalg.norm(predicted - measured, axis=1) / size,
        }
    )
