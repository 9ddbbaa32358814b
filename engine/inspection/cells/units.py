"""What happens inside a network while it reads: every unit's hidden value, memory and gates after each token.

Shapes: T time (tokens read), H hidden, S streams.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from engine.cells import CELLS, part_words
from engine.decoding.limits import check_characters
from engine.decoding.text import start_id
from engine.errors import InputError
from engine.layers import from_torch
from engine.models.base import map_tensors
from engine.models.folder import LoadedModel
from engine.models.language_model import LanguageModelState
from engine.models.recurrent import run_layer, zero_state

MAX_CHARACTERS = 5_000
STREAMS = 64
WARM_UP = 100  # tokens a stream reads before its own part, so that its state is that of a reader in mid-text
WORKERS = 2
STILL = 0.05  # a unit that moves less than this over a text is said to be still
BUSY_UNITS = 8

PARTS = part_words()  # what every part of any cell is called


@dataclass(frozen=True)
class UnitCourse:
    """One unit's values while a text was read.

    Attributes:
        tokens: what was read, as pieces of the text.
        values: the unit's value after each of them, (T,).
        limits: the least and greatest value the part can have by its making; None where it has no such bound.
        busiest: the units of this layer and part whose values move most over this text, the liveliest first.
    """

    tokens: list[str]
    values: np.ndarray
    limits: tuple[float, float] | None
    busiest: list[int]

    def summary(self, reach: int = 12) -> str:
        """Return in one sentence where the unit is highest and lowest and how far it moves."""
        low, high = int(self.values.argmin()), int(self.values.argmax())
        if self.values[high] - self.values[low] < STILL:
            return (
                f"This unit hardly moves on this text: it stays between {self.values[low]:.3f} and "
                f"{self.values[high]:.3f}."
            )
        return (
            f"Highest, {self.values[high]:+.2f}, after {self._context(high, reach)}; "
            f"lowest, {self.values[low]:+.2f}, after {self._context(low, reach)}."
        )

    def _context(self, position: int, reach: int) -> str:
        before = "".join(self.tokens[: position + 1])
        return f"“{'…' if len(before) > reach else ''}{before[-reach:].replace(chr(10), '↵')}”"


def layer_count(loaded: LoadedModel) -> int:
    """Return how many recurrent layers a model has.

    Raises:
        InputError: it has none.
    """
    if not loaded.info.has_units:
        raise InputError(f"{loaded.info.name} has no hidden units; choose a recurrent network.")
    return len(loaded.model.layers)


def parts_of(architecture: str) -> list[str]:
    """Return what can be seen of a unit of this kind of cell: its hidden state, its memory where it has one, its
    gates."""
    cell = CELLS.get(architecture)
    return [*(part.name for part in cell.parts), *cell.gate_names]


def check_unit(loaded: LoadedModel, layer: int, unit: int, part: str = "hidden") -> None:
    """Check that a layer (from 0), a unit (from 0) and a part exist.

    Raises:
        InputError: one does not; the sentence says what there is. Layers are counted from 1 in it, as on the pages.
    """
    layers, name = layer_count(loaded), loaded.info.label or loaded.info.architecture.upper()
    if not 0 <= layer < layers:
        raise InputError(f"There is no layer {layer + 1} in the {name}; its layers are 1 to {layers}.")
    if part not in parts_of(loaded.info.architecture):
        known = ", ".join(PARTS[known] for known in parts_of(loaded.info.architecture))
        raise InputError(f"A unit of the {name} has no {PARTS.get(part, part)}; it has: {known}.")
    size = loaded.model.hidden_size
    if not 0 <= unit < size:
        raise InputError(
            f"There is no unit {unit} in layer {layer + 1} of the {name}; its units run from 0 to {size - 1}."
        )


@torch.inference_mode()
def trace(loaded: LoadedModel, text: str, layers: Sequence[int] | None = None) -> list[dict[str, np.ndarray]]:
    """Return for each layer (or those asked for) every part by name, (T, H) float32, after each token of `text`.

    The model starts as it does when it writes: it has read its start token and nothing else before `text`.
    """
    wanted = range(layer_count(loaded)) if layers is None else layers
    traced = {}
    for index, (read, said) in enumerate(_runs(loaded, loaded.tokenizer.encode(text))):
        if index in wanted:
            inside = from_torch(loaded.model.layers[index]).recompute_gates(read, said)
            traced[index] = {name: values[1:].float().numpy() for name, values in inside.items()}  # (T, H)
    return [traced[index] for index in wanted]


def hidden_values(loaded: LoadedModel, token_ids: Sequence[int], layer: int) -> np.ndarray:
    """Return the hidden values of one layer (from 0) after each token, (T, H) float32; `trace` without what is inside.

    Raises:
        InputError: the model has no such layer.
    """
    return _run_to(loaded, token_ids, layer)[1][1:].float().numpy()


@torch.inference_mode()
def prove_hidden_values(loaded: LoadedModel, token_ids: Sequence[int], layer: int) -> float:
    """Return the largest difference between `hidden_values`, which torch.nn computed, and the same steps by the
    readable cell.

    Each step is made by hand from the state torch.nn was in before it, all steps at once.
    """
    inputs, outputs = _run_to(loaded, token_ids, layer)
    cell = from_torch(loaded.model.layers[layer])
    inside = cell.recompute_gates(inputs, outputs)

    def before(values: Tensor) -> Tensor:
        return torch.cat([torch.zeros_like(values[:1]), values[:-1]])

    state = cell.cell.make_state(before(inside[part.name]) for part in cell.cell.parts)
    return float((cell.step(inputs, state)[0] - outputs).abs().max())


def prove_text(loaded: LoadedModel, text: str, layer: int) -> float:
    """Return what `prove_hidden_values` does for the tokens of a text."""
    return prove_hidden_values(loaded, loaded.tokenizer.encode(text), layer)


@torch.inference_mode()
def _run_to(loaded: LoadedModel, token_ids: Sequence[int], layer: int) -> tuple[Tensor, Tensor]:
    """Return what a layer reads, (1 + T, I), and says, (1 + T, H), at the start token and each of these."""
    check_unit(loaded, layer, 0)
    return next(itertools.islice(_runs(loaded, token_ids), layer, None))


def _runs(loaded: LoadedModel, token_ids: Sequence[int]) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield what each layer reads, (1 + T, I), and says, (1 + T, H), the lowest first."""
    model = loaded.model
    hidden = model.embedding(torch.tensor([[start_id(loaded), *token_ids]]))  # (1, 1 + T, E)
    for layer in model.layers:
        outputs, _ = run_layer(layer, hidden, zero_state(model.cell, 1, model.hidden_size, hidden))
        yield hidden[0], outputs[0]
        hidden = model.join(hidden, outputs)


def unit_course(loaded: LoadedModel, text: str, layer: int, unit: int, part: str = "hidden") -> UnitCourse:
    """Return one unit's values while `text` is read.

    Raises:
        InputError: the text is empty or too long, or there is no such layer, part or unit.
    """
    check_text(text)
    check_unit(loaded, layer, unit, part)
    values = trace(loaded, text, [layer])[0][part]  # (T, H)
    busiest = np.argsort(-values.std(axis=0), kind="stable")[:BUSY_UNITS].tolist()
    limits = CELLS.get(loaded.info.architecture).limits(part)
    return UnitCourse(pieces(loaded, text), values[:, unit], limits, busiest)


def pieces(loaded: LoadedModel, text: str) -> list[str]:
    """Return the parts of `text` that the model reads as one token each; together they are `text` where nothing is
    unknown."""
    return [text[start:stop] for start, stop in token_spans(loaded, text)]


def token_spans(loaded: LoadedModel, text: str) -> list[tuple[int, int]]:
    """Return where in `text` each token that the model reads begins and ends."""
    return loaded.tokenizer.spans(text)


def check_text(text: str, longest: int = MAX_CHARACTERS) -> None:
    """Raise InputError if there is nothing to read, or more than `longest` characters."""
    check_characters("The text", text)
    if not text:
        raise InputError("There is no text to colour: type or paste some.")
    if len(text) > longest:
        raise InputError(f"The text has {len(text):,} characters; at most {longest:,} are read here.")


def stream_states(loaded: LoadedModel, token_ids: Sequence[int], streams: int = STREAMS) -> list[list[np.ndarray]]:
    """Return every layer's state parts (hidden, and cell for an LSTM) after each token, (T, H) float16 each.

    The text is cut into `streams` parts that are read at the same time; each but the first is preceded by the `WARM_UP`
    tokens before it, so the states are those of one pass except for what is remembered over more than `WARM_UP` tokens.
    Float16 halves the memory; what it costs is measured in the tests of the detective.
    """
    ids = torch.tensor([start_id(loaded), *token_ids])
    length = max(WARM_UP, -(-len(ids) // streams))
    starts = torch.arange(0, len(ids), length)
    positions = starts[:, None] + torch.arange(-WARM_UP, length)[None]  # (S, WARM_UP + length)
    inputs = ids[positions.clamp(0, len(ids) - 1)]
    shape = (len(starts), length, loaded.model.hidden_size)
    kept: list[list[Tensor]] = [
        [torch.empty(shape, dtype=torch.float16) for _ in _parts(layer)] for layer in loaded.model.start(1)
    ]

    def read(chosen: slice) -> None:
        with torch.inference_mode():
            state = loaded.model.start(len(inputs[chosen]))
            for step in range(inputs.shape[1]):
                if step == WARM_UP and chosen.start == 0:
                    state = _begin_first_stream(state)
                _, state = loaded.model.step(inputs[chosen, step], state)
                for layer, layer_state in zip(kept, state, strict=True):
                    for into, part in zip(layer, _parts(layer_state), strict=True):
                        if step >= WARM_UP:
                            into[chosen, step - WARM_UP] = part.half()

    share = -(-len(starts) // WORKERS)
    with ThreadPoolExecutor(WORKERS) as pool:  # torch lets go of the interpreter while it multiplies
        list(pool.map(read, [slice(start, start + share) for start in range(0, len(starts), share)]))
    return [[part.flatten(0, 1)[1 : len(ids)].numpy() for part in layer] for layer in kept]


def _parts(state: Tensor | tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    return (state,) if isinstance(state, Tensor) else tuple(state)


def _begin_first_stream(state: LanguageModelState) -> LanguageModelState:
    """Return the state with its first sequence at zero: nothing comes before the beginning of the text."""
    return map_tensors(state, lambda part: torch.cat([torch.zeros_like(part[:1]), part[1:]]))
