"""A model's step as a program: written once, for NumPy's numbers and for the values of an ONNX graph alike.

Shapes: B batch, K numbers read, N numbers given, S numbers of a state, V vocabulary.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from engine.config import JsonObject
from engine.errors import ModelError
from engine.lazy import lazy_property
from engine.registry import Registry

Array = Any  # what has a tensor's operators and methods: see `Operations`
Weights = Mapping[str, np.ndarray]

PROGRAMS: Registry[Callable[[JsonObject, Weights], StepProgram]] = Registry(
    "step program", package="engine.runtimes.programs"
)


class Operations(Protocol):
    """What a program asks for beside the operators and methods of the values themselves, which a cell's step uses: `+ -
    * /`, `chunk`, `sigmoid`, `tanh`, `relu`, `clamp`."""

    def rows(self, table: np.ndarray, token_ids: Array) -> Array:
        """Return the rows (B, N) of a table (V, N) that belong to the tokens (B,)."""

    def product(self, inputs: Array, weight: np.ndarray, bias: np.ndarray | None, limit: float | None = None) -> Array:
        """Return inputs (B, K) times the transpose of a weight (N, K), plus the bias (N,), if any.

        No input lies farther from 0 than `limit`; None where that is not known.
        """


@dataclass(frozen=True)
class StepProgram:
    """One step of a model.

    Attributes:
        part_sizes: how many numbers of a text's state each part of it has, in the order of the model's own state.
        run: (operations, token ids (B,), parts of the state) -> the next token's logits (B, V) and the new parts.
        weights: what the step reads; all in single precision.
    """

    vocab_size: int
    part_sizes: tuple[int, ...]
    run: Callable[[Operations, Array, Sequence[Array]], tuple[Array, list[Array]]]
    weights: Weights

    @property
    def state_size(self) -> int:
        """S, how many numbers a text's state has."""
        return sum(self.part_sizes)

    @property
    def size(self) -> int:
        """How many numbers the weights are."""
        return sum(weight.size for weight in self.weights.values())

    @lazy_property
    def fingerprint(self) -> str:
        """A word that other weights, or another shape of the step, do not have."""
        digest = hashlib.sha256(repr((self.vocab_size, self.part_sizes)).encode())
        for name in sorted(self.weights):
            weight = self.weights[name]
            digest.update(f"{name}{weight.shape}".encode())
            digest.update(np.ascontiguousarray(weight).data)
        return digest.hexdigest()[:32]


def build_program(model: str, config: JsonObject, weights: Weights, folder: str = "memory") -> StepProgram | None:
    """Return the step of a model whose name, constructor's arguments and weights these are; None where it has no
    program. `folder` is what errors call the place of the weights.

    Raises:
        ModelError: a weight is missing, or has another shape than the arguments say.
    """
    if model not in PROGRAMS.names():
        return None
    single = {name: np.asarray(weight, dtype=np.float32) for name, weight in weights.items()}
    try:
        program = PROGRAMS.get(model)(config, single)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"The weights in '{folder}' are damaged or do not fit its config.json.") from error
    return program


def read_program(folder: Path | str, config: JsonObject) -> StepProgram | None:
    """Return the step of the model in a folder, whose config.json this is; None where it has no program.

    Raises:
        ModelError: its weights cannot be used.
    """
    import safetensors
    from safetensors.numpy import load_file

    if config["model"] not in PROGRAMS.names():
        return None
    try:
        weights = load_file(Path(folder) / "model.safetensors")
    except (OSError, safetensors.SafetensorError) as error:
        raise ModelError(f"The weights in '{Path(folder).name}' are damaged or do not fit its config.json.") from error
    program = build_program(config["model"], config, weights, Path(folder).name)
    lost = next((name for name, weight in weights.items() if not math.isfinite(float(weight.sum(dtype=float)))), "")
    if lost:
        raise ModelError(f"The weights in '{Path(folder).name}' are not finite numbers ({lost}): train it again.")
    return program


class Steps(Protocol):
    """The step protocol in NumPy: what writes text token by token asks for nothing else.

    Attributes:
        runtime: what computes it.
        is_exact_in_batches: whether a text gets the same numbers, to the last bit, in a batch of any size.
    """

    runtime: str
    is_exact_in_batches: bool

    def start(self, batch_size: int = 1) -> Any:  # each runtime has a state of its own
        """Return the state before the first token, the batch first."""

    def step(self, token_ids: np.ndarray, state: Any) -> tuple[np.ndarray, Any]:  # as above
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state."""

    def read(self, token_ids: Sequence[int], state: Any = None) -> tuple[np.ndarray, Any]:  # as above
        """Read at least one token of one text; return the logits (1, V) of the next and the state."""

    def read_along(self, token_ids: Sequence[int]) -> np.ndarray:
        """Return the logits (T, V) after each of the T tokens of one text."""

    def pick(self, state: Any, rows: Sequence[int]) -> Any:  # as above
        """Return the state with its texts picked by `rows`, repeats allowed."""


class FlatSteps:
    """Steps whose state is one array (B, S), all parts of it side by side.

    Attributes:
        shared: what all who write with these steps have in common, whatever they put here.
    """

    runtime: str
    is_exact_in_batches: bool = False

    def __init__(self, program: StepProgram) -> None:
        self.shared: object = None
        self.state_size = program.state_size
        self._cuts = np.cumsum(program.part_sizes)[:-1].tolist()

    def start(self, batch_size: int = 1) -> np.ndarray:
        """Return the state before the first token, (B, S)."""
        return np.zeros((batch_size, self.state_size), dtype=np.float32)

    def step(self, token_ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state (B, S)."""
        raise NotImplementedError

    def read(self, token_ids: Sequence[int], state: Any = None) -> tuple[np.ndarray, np.ndarray]:  # a model's own
        """Read at least one token of one text; return the logits (1, V) of the next and the state.

        The state may be one that the model's own step gave. A step costs no more than its share of a whole sequence
        does in torch, and read in this way a text goes on as if it had been written here.
        """
        state = self.start() if state is None else flat_state(state)
        for token_id in token_ids:
            logits, state = self.step(np.array([token_id]), state)
        return logits, state

    def read_along(self, token_ids: Sequence[int]) -> np.ndarray:
        """Return the logits (T, V) after each of the T tokens of one text."""
        rows, state = [], self.start()
        for token_id in token_ids:
            logits, state = self.step(np.array([token_id]), state)
            rows.append(logits)
        return np.concatenate(rows)

    def pick(self, state: np.ndarray, rows: Sequence[int]) -> np.ndarray:
        """Return the state with its texts picked by `rows`, repeats allowed."""
        return state[list(rows)]


def flat_state(state: Any) -> np.ndarray:  # nested tuples of tensors or arrays
    """Return the parts of a model's state side by side, (B, S)."""
    if isinstance(state, tuple):
        return np.concatenate([flat_state(part) for part in state], axis=1)
    return np.asarray(state, dtype=np.float32)
