"""Jacobians of recurrent cells: what one step makes of a small change of the state, and what many steps make of it
together.

Written out from the equations of `engine.cells` and computed with NumPy in double precision: for networks of a few
dozen units a whole chain takes milliseconds. An LSTM's state is hidden and cell together, as both are handed on.

Shapes: T time, I input, H hidden, S state size (H; 2 H for an LSTM), D distances.

Paper: Bengio, Simard and Frasconi (1994), Learning long-term dependencies with gradient descent is difficult; Pascanu,
Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, arXiv 1211.5063, section 2.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

ACTIVATIONS: dict[str, tuple[Callable[[np.ndarray], np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "tanh": (np.tanh, lambda value: 1 - value**2),
    "relu": (lambda total: np.maximum(total, 0), lambda value: (value > 0).astype(float)),
}


@dataclass(frozen=True)
class CellWeights:
    """The numbers of one cell, laid out as in `engine.cells` and torch.nn: blocks of H rows per gate, two biases.

    `activation` is that of an RNN: "tanh" or "relu"; the gated cells have their own.
    """

    kind: str
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias_ih: np.ndarray
    bias_hh: np.ndarray
    activation: str = "tanh"

    @property
    def hidden_size(self) -> int:
        """Number of hidden units."""
        return self.weight_hh.shape[1]


@dataclass(frozen=True)
class StateChain:
    """A run of a cell: its states (T + 1, S), the first before the first step, and the Jacobian of every step (T, S,
    S).

    Row i, column j of a Jacobian is d new state i / d old state j. Both end before the first state that is not finite.
    """

    states: np.ndarray
    jacobians: np.ndarray

    @property
    def steps(self) -> int:
        """Number of steps that could be measured."""
        return len(self.jacobians)


def run_chain(weights: CellWeights, inputs: np.ndarray) -> StateChain:
    """Return states and Jacobians of a run over inputs (T, I) from the state of all zeros."""
    with np.errstate(over="ignore", invalid="ignore"):
        states, jacobians = _RUNS[weights.kind](weights, inputs @ weights.weight_ih.T + weights.bias_ih)
    bad = np.flatnonzero(~np.isfinite(states).all(axis=1))
    steps = len(inputs) if not len(bad) else int(bad[0]) - 1
    return StateChain(states[: steps + 1], jacobians[:steps])


def _run_rnn(weights: CellWeights, from_input: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h' = act(a): J = diag(act'(a)) W."""
    act, slope = ACTIVATIONS[weights.activation]
    states = np.zeros((len(from_input) + 1, weights.hidden_size))
    for step, entering in enumerate(from_input):
        states[step + 1] = act(entering + weights.weight_hh @ states[step] + weights.bias_hh)
    return states, slope(states[1:])[:, :, None] * weights.weight_hh


def _run_gru(weights: CellWeights, from_input: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """h' = (1 - z) n + z h with n = tanh(a + r (W_n h + b_n)), PyTorch's variant."""
    size, length = weights.hidden_size, len(from_input)
    reset_rows, update_rows, new_rows = np.split(weights.weight_hh, 3)  # (H, H) each
    states = np.zeros((length + 1, size))
    reset, update, new, recalled = (np.empty((length, size)) for _ in range(4))
    for step, entering in enumerate(from_input):
        hidden = states[step]
        from_hidden = weights.weight_hh @ hidden + weights.bias_hh
        gates = _sigmoid(entering[: 2 * size] + from_hidden[: 2 * size])
        reset[step], update[step], recalled[step] = gates[:size], gates[size:], from_hidden[2 * size :]
        new[step] = np.tanh(entering[2 * size :] + reset[step] * recalled[step])
        states[step + 1] = (1 - update[step]) * new[step] + update[step] * hidden
    renewing = (1 - update) * (1 - new**2)
    by_update = (states[:-1] - new) * update * (1 - update)
    by_reset = renewing * recalled * reset * (1 - reset)
    jacobians = (
        by_update[:, :, None] * update_rows
        + (renewing * reset)[:, :, None] * new_rows
        + by_reset[:, :, None] * reset_rows
    )
    diagonal = np.arange(size)
    jacobians[:, diagonal, diagonal] += update
    return states, jacobians


def _run_lstm(weights: CellWeights, from_input: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """c' = f c + i g, h' = o tanh(c'); the state is (h, c), so a Jacobian has four blocks."""
    size, length = weights.hidden_size, len(from_input)
    input_rows, forget_rows, candidate_rows, output_rows = np.split(weights.weight_hh, 4)  # (H, H) each
    states = np.zeros((length + 1, 2 * size))
    gates = np.empty((length, 4 * size))
    for step, entering in enumerate(from_input):
        hidden, cell = states[step, :size], states[step, size:]
        total = entering + weights.weight_hh @ hidden + weights.bias_hh
        now = gates[step]
        now[:] = _sigmoid(total)
        now[2 * size : 3 * size] = np.tanh(total[2 * size : 3 * size])
        states[step + 1, size:] = now[size : 2 * size] * cell + now[:size] * now[2 * size : 3 * size]
        states[step + 1, :size] = now[3 * size :] * np.tanh(states[step + 1, size:])
    input_gate, forget_gate, candidate, output_gate = np.split(gates, 4, axis=1)  # (T, H) each
    before, shown = states[:-1, size:], np.tanh(states[1:, size:])
    opened = output_gate * (1 - shown**2)  # d h' / d c'
    cell_by_hidden = (
        (before * forget_gate * (1 - forget_gate))[:, :, None] * forget_rows
        + (candidate * input_gate * (1 - input_gate))[:, :, None] * input_rows
        + (input_gate * (1 - candidate**2))[:, :, None] * candidate_rows
    )
    jacobians = np.zeros((length, 2 * size, 2 * size))
    jacobians[:, :size, :size] = opened[:, :, None] * cell_by_hidden
    jacobians[:, :size, :size] += (shown * output_gate * (1 - output_gate))[:, :, None] * output_rows
    jacobians[:, size:, :size] = cell_by_hidden
    unit = np.arange(size)
    jacobians[:, unit, size + unit] = opened * forget_gate
    jacobians[:, size + unit, size + unit] = forget_gate
    return states, jacobians


_RUNS = {"rnn": _run_rnn, "gru": _run_gru, "lstm": _run_lstm}


@dataclass(frozen=True)
class Products:
    """d state_T / d state_(T - d) for distances d = 0 .. T, held as powers of ten so that nothing overflows.

    Attributes:
        log10_gain: (T + 1,) logarithm of the root mean square of the singular values: how many times larger or smaller
            a small change in a random direction has become; -inf where nothing of it is left at all.
        spectra: for each distance asked for, the logarithms of the singular values (S,), largest first.
    """

    log10_gain: np.ndarray
    spectra: dict[int, np.ndarray]


def multiply_back(jacobians: np.ndarray, distances: Sequence[int] = ()) -> Products:
    """Return what all steps from t to the last make of a change at t, for every t: J_T J_(T-1) ... J_(t+1)."""
    size = jacobians.shape[-1]
    product, exponent = np.eye(size), 0.0
    gains, kept, exponents = [0.0], {}, {}
    for distance, jacobian in enumerate(jacobians[::-1], start=1):
        product = product @ jacobian
        norm = np.sqrt(np.square(product).sum() / size)
        if norm == 0 or not np.isfinite(norm):
            left = len(jacobians) - distance + 1
            gains += [-np.inf if norm == 0 else np.inf] * left
            break
        product = product / norm
        exponent += np.log10(norm)
        gains.append(exponent)
        if distance in distances:
            kept[distance], exponents[distance] = product, exponent
    spectra = {}
    if kept:
        values = np.linalg.svd(np.stack(list(kept.values())), compute_uv=False)
        with np.errstate(divide="ignore"):
            spectra = {d: exponents[d] + np.log10(row) for d, row in zip(kept, values, strict=True)}
    return Products(np.array(gains), spectra)


def largest_singular_value(jacobians: np.ndarray) -> float:
    """Return the largest singular value any single step's Jacobian has: no chain of k steps can grow beyond its k-th
    power."""
    grams = (
        jacobians.transpose(0, 2, 1) @ jacobians
    )  # largest eigenvalues: quicker than singular values, equally exact at the top
    return float(np.sqrt(max(0.0, np.linalg.eigvalsh(grams)[:, -1].max())))


def spectral_radius(matrix: np.ndarray) -> float:
    """Return the largest modulus of a square matrix's eigenvalues: what many multiplications grow by per step in the
    end."""
    return float(np.abs(np.linalg.eigvals(matrix)).max())


def _sigmoid(total: np.ndarray) -> np.ndarray:
    return 0.5 * (1 + np.tanh(0.5 * total))  # cannot overflow
