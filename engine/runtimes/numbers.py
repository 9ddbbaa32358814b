"""Steps on NumPy: arrays with the methods of tensors that a cell's step uses."""

from __future__ import annotations

import numpy as np

from engine.runtimes.program import FlatSteps, StepProgram


class Numbers(np.ndarray):
    """An array that a cell's step can be run on."""

    def chunk(self, count: int, dim: int = -1) -> list[np.ndarray]:
        """Return `count` equal parts along a dimension."""
        return np.split(self, count, axis=dim)

    def sigmoid(self) -> np.ndarray:
        """Return the logistic function of every number."""
        return 0.5 * np.tanh(0.5 * self) + 0.5  # 1 / (1 + exp(-x)) overflows far below zero

    def tanh(self) -> np.ndarray:
        """Return the hyperbolic tangent of every number."""
        return np.tanh(self)

    def relu(self) -> np.ndarray:
        """Return the numbers above zero, 0 for the others."""
        return np.maximum(self, 0)

    def clamp(self, max: float) -> np.ndarray:  # noqa: A002 - as torch calls it
        """Return the numbers, none larger than `max`."""
        return np.minimum(self, max)


class NumpySteps(FlatSteps):
    """The step protocol of a program, in single precision."""

    runtime = "numpy"

    def __init__(self, program: StepProgram) -> None:
        super().__init__(program)
        self._run = program.run

    def step(self, token_ids: np.ndarray, state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read one token per text, (B,); return the next token's logits (B, V) and the new state (B, S)."""
        parts = np.split(state.view(Numbers), self._cuts, axis=1)
        logits, after = self._run(self, token_ids, parts)
        return logits.view(np.ndarray), np.concatenate(after, axis=1).view(np.ndarray)

    def rows(self, table: np.ndarray, token_ids: np.ndarray) -> Numbers:
        """Return the rows (B, N) of a table that belong to the tokens (B,)."""
        return table[token_ids].view(Numbers)

    def product(
        self, inputs: Numbers, weight: np.ndarray, bias: np.ndarray | None, limit: float | None = None
    ) -> Numbers:
        """Return inputs (B, K) times the transpose of a weight (N, K), plus the bias (N,), if any."""
        product = inputs @ weight.T
        return product if bias is None else product + bias
