"""The proof: what the readable cells show against the layers they are trained with, which do not name their gates.

Hidden states and memory cells come out of torch.nn one step at a time. Gates do not, so they are asked for: a twin of
the layer gets a few of its weights replaced so that its output *is* the gate. An LSTM cell that starts once from a
memory of 0 and once of 1 gives f as the difference; with its candidate held at 1 what it writes is i; and so on. Every
cell says itself how to ask for its gates. Where torch.nn has no such layer, ours is asked, which scans in parallel.

Shapes: T time, I input, H hidden.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.cells import CELLS
from engine.inspection.cells.steps import CellReading, LayerRun, Strand, layer_runs, read_steps
from engine.layers import Layer, cell_of, layer_weights
from engine.models.folder import LoadedModel
from engine.models.recurrent import run_layer

LARGE = 50.0  # as a bias it holds a sigmoid at 0 or 1 and a tanh at -1 or 1, to the last digit
TOLERANCE = 1e-5


def prove(
    loaded: LoadedModel, text: str, strand: int | None = None, reading: CellReading | None = None
) -> pd.DataFrame:
    """Return the largest difference of every shown part from torch.nn over `text`, of one layer and direction or of
    all.

    Columns strand, part, values (how many numbers were compared), difference. `reading` is what is shown where it is
    known already.

    Raises:
        InputError: the text is empty or too long.
        ModelError: the model has no cells to open.
    """
    strands = (reading or read_steps(loaded, text)).strands
    chosen = range(len(strands)) if strand is None else [strand]
    runs = layer_runs(loaded, text, chosen[-1] + 1)
    return compare([strands[position] for position in chosen], [runs[position] for position in chosen])


def compare(strands: Sequence[Strand], runs: Sequence[LayerRun]) -> pd.DataFrame:
    """Return `prove`'s table for what was shown of `runs`."""
    rows = []
    for strand, run in zip(strands, runs, strict=True):
        asked = ask_torch(run)
        for part, values in strand.parts.items():
            difference = float(np.abs(values.astype(np.float64) - asked[part]).max())
            rows.append({"strand": strand.label, "part": part, "values": values.size, "difference": difference})
    return pd.DataFrame(rows)


def proof_sentence(proof: pd.DataFrame, strand: Strand) -> str:
    """Return in one sentence how far the shown numbers of a layer lie from torch.nn's."""
    rows = proof[proof["strand"] == strand.label]
    worst = rows.loc[rows["difference"].idxmax()]
    kind = CELLS.get(strand.cell).layer_name
    verdict = "the same to five digits" if worst["difference"] <= TOLERANCE else "NOT the same to five digits"
    return (
        f"{rows['values'].sum():,} numbers recomputed step by step against {kind}: largest difference "
        f"{worst['difference']:.1e}, {verdict}."
    )


@torch.inference_mode()
def ask_torch(run: LayerRun) -> dict[str, np.ndarray]:
    """Return every state and gate of a layer as the layer itself has them, by name, (T, H) float64, in the order of the
    text."""
    inputs = run.inputs.flip(0) if run.is_reverse else run.inputs  # (T, I)
    cell, states = cell_of(run.module), []
    state = cell.zero_state(1, run.module.hidden_size, inputs)
    for now in inputs:
        _, state = run_layer(run.module, now[None, None], state)
        states.append(cell.state_parts(state))
    found = {part.name: torch.cat([state[part.name] for state in states]) for part in cell.parts}  # (T, H)
    before = torch.cat([torch.zeros_like(found["hidden"][:1]), found["hidden"][:-1]])
    found |= cell.probe(_Asked(run.module, inputs, before))

    def in_text_order(values: Tensor) -> np.ndarray:
        kept = values[1:] if run.has_start else values
        return (kept.flip(0) if run.is_reverse else kept).double().numpy()

    return {name: in_text_order(values) for name, values in found.items()}


class _Asked:
    """A layer that is asked what it makes of each token, every token a sequence of its own."""

    def __init__(self, layer: Layer, inputs: Tensor, before: Tensor) -> None:
        self.layer, self.inputs, self.before = layer, inputs, before
        self.cell = cell_of(layer)

    def __call__(
        self, held: Mapping[str, int] | None = None, recalled: Mapping[str, float] | None = None, **memory: float
    ) -> dict[str, Tensor]:
        """Return the state after every step, (T, H) by part."""
        given = {"hidden": self.before} | {name: torch.full_like(self.before, value) for name, value in memory.items()}
        state = self.cell.make_state(given.get(part.name, torch.zeros_like(self.before)) for part in self.cell.parts)
        twin = _held(self.layer, held or {}, recalled or {})
        return self.cell.state_parts(run_layer(twin, self.inputs[:, None], state)[1])


def _held(layer: Layer, held: Mapping[str, int], recalled: Mapping[str, float]) -> Layer:
    """Return a twin whose `held` gates read nothing but a bias (and a second one on the recurrent side)."""
    twin = copy.deepcopy(layer)
    weights, gates, size = layer_weights(twin), cell_of(twin).gates, twin.hidden_size
    for block, gate in enumerate(gates):
        if gate.name not in held:
            continue
        rows = slice(block * size, (block + 1) * size)
        weights.weight_ih[rows], weights.bias_ih[rows] = 0.0, LARGE * held[gate.name]
        if gate.looks_back and weights.weight_hh is not None and weights.bias_hh is not None:
            back = sum(other.looks_back for other in gates[:block]) * size
            rows = slice(back, back + size)
            weights.weight_hh[rows], weights.bias_hh[rows] = 0.0, recalled.get(gate.name, 0.0)
    return twin
