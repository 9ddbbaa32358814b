"""A network opened up while it reads: every state and every gate of every layer and direction, one step after the
other.

The steps are made by the readable cells of `engine.cells` with the network's own weights, in double precision, so that
what is shown is exact to its last digit; `cell_proof` compares them with torch.nn.

Shapes: T time (tokens read), I input, H hidden.
"""

from __future__ import annotations

import copy
import itertools
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from engine.cells import CELLS
from engine.errors import InputError, ModelError
from engine.inspection.cells.units import check_text, token_spans
from engine.layers import Layer, share_weights
from engine.models.folder import LoadedModel, ModelInfo
from engine.task_family import TASK_FAMILIES, OpenedLayers

MAX_CHARACTERS = 1_000
UNREADABLE = "\N{REPLACEMENT CHARACTER}"


class LayerRun(NamedTuple):
    """One layer of a network in one direction, in double precision, and what it reads: (T, I), the start token first
    where `has_start`."""

    label: str
    layer: int
    is_reverse: bool
    module: Layer
    inputs: Tensor
    has_start: bool


@dataclass(frozen=True)
class Strand:
    """Everything inside one layer, read in one direction.

    Attributes:
        label: how a page names it, such as "Layer 1" or "Layer 2, backwards".
        layer: counted from 0. is_reverse: whether it reads the last token first.
        cell: its kind, a name in CELLS.
        inputs: what it read at each token, (T, I).
        parts: the state (`hidden`, and `cell` for an LSTM) and the gates after each token, by name, (T, H).
        before: the state each step began with, by name, (T, H).
    """

    label: str
    layer: int
    is_reverse: bool
    cell: str
    inputs: np.ndarray
    parts: dict[str, np.ndarray]
    before: dict[str, np.ndarray]

    @property
    def hidden_before(self) -> np.ndarray:
        """The hidden state each step began with, (T, H)."""
        return self.before["hidden"]

    @property
    def hidden_size(self) -> int:
        """Number of units."""
        return self.hidden_before.shape[1]

    @property
    def order(self) -> list[int]:
        """The tokens in the order they are read."""
        positions = list(range(len(self.inputs)))
        return positions[::-1] if self.is_reverse else positions

    def step_table(self, position: int) -> pd.DataFrame:
        """Return every unit's numbers at one step: columns unit, what it had before, and its parts."""
        columns = {"unit": range(self.hidden_size)}
        columns |= {f"{name}_before": values[position] for name, values in self.before.items()}
        return pd.DataFrame(columns | {name: values[position] for name, values in self.parts.items()})


@dataclass(frozen=True)
class CellReading:
    """A text as a network read it: the tokens as pieces of the text, and each layer and direction."""

    tokens: list[str]
    strands: list[Strand]


def can_be_opened(info: ModelInfo) -> bool:
    """Return whether a model's cells can be seen: its family says which layers they are in, and it has some."""
    return not info.error and info.architecture in CELLS.names() and TASK_FAMILIES.get(info.task).opened is not None


def strand_labels(info: ModelInfo) -> list[str]:
    """Return what the layers and directions of a model are called, in the order they are listed in."""
    return _opened(info).labels(info)


def read_tokens(loaded: LoadedModel, text: str) -> list[str]:
    """Return the parts of `text` that the network reads as one token each.

    Raises:
        InputError: the text is empty or longer than `MAX_CHARACTERS`.
    """
    check_text(text, MAX_CHARACTERS)
    tokens = [text[start:stop] or UNREADABLE for start, stop in token_spans(loaded, text)]
    if not tokens and not _opened(loaded.info).reads_anything:
        raise InputError("The network can read nothing of this text: type some letters.")
    return tokens or [UNREADABLE]


@torch.inference_mode()
def read_steps(loaded: LoadedModel, text: str) -> CellReading:
    """Return every state and gate after each token of `text`, in every layer and direction.

    Which layers are read, and what stands before the text, is said by the family of the model.

    Raises:
        InputError: the text is empty or too long.
        ModelError: the model has no cells to open.
    """
    tokens = read_tokens(loaded, text)
    return CellReading(tokens, [_step_through(run) for run in layer_runs(loaded, text)])


def layer_runs(loaded: LoadedModel, text: str, count: int | None = None) -> list[LayerRun]:
    """Return each layer and direction with what it reads, in the order of `strand_labels`; the first `count` of them,
    or all.

    Raises:
        ModelError: the model has no cells to open.
    """
    modules = (copy.deepcopy(module).double() for module in recurrent_layers(loaded))
    return list(itertools.islice(_opened(loaded.info).runs(loaded, text, modules), count))


def recurrent_layers(loaded: LoadedModel) -> list[Layer]:
    """Return the model's own layers and directions, in the order of `strand_labels`.

    Raises:
        ModelError: the model has no cells to open.
    """
    return _opened(loaded.info).layers(loaded)


def _opened(info: ModelInfo) -> OpenedLayers:
    """Return where a model's recurrent layers are; raises as `recurrent_layers`."""
    opened = TASK_FAMILIES.get(info.task).opened
    if opened is None or not can_be_opened(info):
        known = ", ".join(cell.title for _, cell in CELLS.items())
        raise ModelError(
            f"{info.label or info.name} has no recurrent cells to open; choose a network of one of these: {known}."
        )
    return opened


def _step_through(run: LayerRun) -> Strand:
    cell = share_weights(run.module)
    kind = cell.cell
    state, befores, parts = cell.initial_state(1), [], []
    for now in run.inputs.flip(0) if run.is_reverse else run.inputs:
        befores.append(kind.state_parts(state))
        _, state, gates = cell.step(now[None], state)
        parts.append(kind.state_parts(state) | gates)

    def over_time(rows: list[Tensor]) -> np.ndarray:
        kept = torch.cat(rows[1:] if run.has_start else rows)  # (T, H)
        return _frozen(kept.flip(0) if run.is_reverse else kept)

    return Strand(
        label=run.label,
        layer=run.layer,
        is_reverse=run.is_reverse,
        cell=kind.name,
        inputs=_frozen(run.inputs[1:] if run.has_start else run.inputs),
        parts={name: over_time([part[name] for part in parts]) for name in parts[0]},
        before={name: over_time([before[name] for before in befores]) for name in befores[0]},
    )


def _frozen(values: Tensor) -> np.ndarray:
    """Return values in single precision that nobody can change: all visitors look at the same ones."""
    array = values.float().numpy()
    array.setflags(write=False)
    return array


def state_moves(reading: CellReading) -> np.ndarray:
    """Return how far each token moved the last layer's hidden state: the mean over units of |h(t) - h(t-1)|, (T,)."""
    last = reading.strands[-1].layer
    top = [strand for strand in reading.strands if strand.layer == last]
    return np.mean([np.abs(strand.parts["hidden"] - strand.hidden_before).mean(axis=1) for strand in top], axis=0)


def check_position(reading: CellReading, strand: int, position: int, unit: int | None = None) -> Strand:
    """Return the layer and direction number `strand` of a reading after checking that it, a token and a unit exist.

    Raises:
        InputError: one does not; the sentence says what there is. Steps are counted from 1 in it, as on the page.
    """
    if not 0 <= strand < len(reading.strands):
        raise InputError(f"There is no layer number {strand}; they run from 0 to {len(reading.strands) - 1}.")
    if not 0 <= position < len(reading.tokens):
        raise InputError(f"There is no step {position + 1}; this text has {len(reading.tokens)}.")
    chosen = reading.strands[strand]
    if unit is not None and not 0 <= unit < chosen.hidden_size:
        raise InputError(
            f"There is no unit {unit} in {chosen.label.lower()}; its units run from 0 to {chosen.hidden_size - 1}."
        )
    return chosen
