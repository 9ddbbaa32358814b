"""The proof: what the readable cells show against torch.nn, which has neither our equations nor names for its gates.

Hidden states and memory cells come out of torch.nn one step at a time. Gates do not, so they are asked for: a twin of
the layer gets a few of its weights replaced so that its output *is* the gate. An LSTM cell that starts once from a
memory of 0 and once of 1 gives f as the difference; with its candidate held at 1 what it writes is i; and so on.

Shapes: T time, I input, H hidden.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn

from engine.errors import ModelError
from engine.inspection.cells.steps import CellReading, LayerRun, Strand, layer_runs, read_steps
from engine.models.folder import LoadedModel

LARGE = 50.0  # as a bias it holds a sigmoid at 0 or 1 and a tanh at -1 or 1, to the last digit
PROBE = 0.5  # a new gate that is PROBE * r stays where tanh can be undone exactly
TOLERANCE = 1e-5

L = TypeVar("L", bound=nn.RNNBase)


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
    return compare([strands[place] for place in chosen], [runs[place] for place in chosen])


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
    kind = f"torch.nn.{strand.cell.upper()}"
    verdict = "the same to five digits" if worst["difference"] <= TOLERANCE else "NOT the same to five digits"
    return (
        f"{rows['values'].sum():,} numbers computed by hand against {kind}: largest difference "
        f"{worst['difference']:.1e}, {verdict}."
    )


@torch.inference_mode()
def ask_torch(run: LayerRun) -> dict[str, np.ndarray]:
    """Return every state and gate of a layer as torch.nn has them, by name, (T, H) float64, in the order of the
    text."""
    inputs = run.inputs.flip(0) if run.is_reverse else run.inputs  # (T, I)
    module = run.module
    states, state = [], None
    for now in inputs:
        _, state = module(now[None, None], state)
        states.append(state)
    has_cell = isinstance(module, nn.LSTM)
    hidden = torch.cat([state[0][0] if has_cell else state[0] for state in states])  # (T, H)
    before = torch.cat([torch.zeros_like(hidden[:1]), hidden[:-1]])
    found = {"hidden": hidden}
    if isinstance(module, nn.LSTM):
        cell = torch.cat([state[1][0] for state in states])
        found |= {"cell": cell} | _lstm_gates(module, inputs, before)
    elif isinstance(module, nn.GRU):
        found |= _gru_gates(module, inputs, before)
    elif not isinstance(module, nn.RNN):
        raise ModelError(f"There is no way to ask a {type(module).__name__} for its gates.")

    def in_text_order(values: Tensor) -> np.ndarray:
        kept = values[1:] if run.has_start else values
        return (kept.flip(0) if run.is_reverse else kept).double().numpy()

    return {name: in_text_order(values) for name, values in found.items()}


def _lstm_gates(module: nn.LSTM, inputs: Tensor, before: Tensor) -> dict[str, Tensor]:
    zero, one = torch.zeros_like(before), torch.ones_like(before)

    def memory(layer: nn.LSTM, start: Tensor) -> Tensor:
        return layer(inputs[:, None], (before[None], start[None]))[1][1][0]  # (T, H): each token a sequence of its own

    def said(layer: nn.LSTM, start: Tensor) -> Tensor:
        return layer(inputs[:, None], (before[None], start[None]))[1][0][0]

    # i, f, g, o are torch's blocks 0 to 3.
    return {
        "input_gate": memory(_held(module, {2: LARGE}), zero),  # 1 is offered: what is written is how much may be
        "forget_gate": memory(module, one) - memory(module, zero),
        "cell_candidate": memory(
            _held(module, {0: LARGE}), zero
        ),  # all may be written: what is written is what was offered
        "output_gate": said(
            _held(module, {0: -LARGE, 1: LARGE}), LARGE * one
        ),  # a full memory: what is said is how much may be
    }


def _gru_gates(module: nn.GRU, inputs: Tensor, before: Tensor) -> dict[str, Tensor]:
    def said(layer: nn.GRU) -> Tensor:
        return layer(inputs[:, None], before[None])[1][0]

    # r, z, n are torch's blocks 0 to 2. A new value of -1 or 1, whichever is farther from the old, tells how much was
    # kept.
    low, high = said(_held(module, {2: -LARGE})), said(_held(module, {2: LARGE}))
    update = torch.where(before > 0, (low + 1) / (before + 1), (high - 1) / (before - 1))
    reset = torch.atanh(said(_held(module, {1: -LARGE, 2: 0.0}, hidden_bias={2: PROBE}))) / PROBE
    return {"reset_gate": reset, "update_gate": update, "new_gate": said(_held(module, {1: -LARGE}))}


def _held(module: L, blocks: dict[int, float], hidden_bias: dict[int, float] | None = None) -> L:
    """Return a twin whose gates in `blocks` read nothing but a bias (and a second one on the recurrent side)."""
    twin: Any = copy.deepcopy(module)  # torch tells a layer's weights from its other attributes only when it runs
    size = module.hidden_size
    for block, bias in blocks.items():
        rows = slice(block * size, (block + 1) * size)
        for weights in (twin.weight_ih_l0, twin.weight_hh_l0):
            weights[rows] = 0.0
        twin.bias_ih_l0[rows] = bias
        twin.bias_hh_l0[rows] = (hidden_bias or {}).get(block, 0.0)
    return twin
