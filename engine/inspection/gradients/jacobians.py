"""Jacobians of recurrent cells: what one step makes of a small change of the state, and what many steps make of it
together.

They are those of the readable step of `engine.cells`, by automatic differentiation in double precision, of all steps at
once. An LSTM's state is hidden and cell together, as both are handed on.

Shapes: T time, I input, H hidden, S state size (H; 2 H for an LSTM), D distances.

Paper: Bengio, Simard and Frasconi (1994), Learning long-term dependencies with gradient descent is difficult; Pascanu,
Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks, arXiv 1211.5063, section 2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.cells import Cell

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class CellWeights:
    """The numbers of one cell, laid out as in torch.nn: blocks of H rows per gate, two biases.

    Those for the hidden state have rows only for the gates that look at it.
    """

    cell: Cell
    weight_ih: np.ndarray
    weight_hh: np.ndarray
    bias_ih: np.ndarray
    bias_hh: np.ndarray

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
    import torch  # here, as the settings of a chain are wanted where nothing else needs torch

    cell, size = weights.cell, weights.hidden_size
    from_input = torch.from_numpy(inputs @ weights.weight_ih.T + weights.bias_ih)  # (T, G * H)
    weight_hh, bias_hh = torch.from_numpy(weights.weight_hh), torch.from_numpy(weights.bias_hh)

    def step(state: Tensor, entering: Tensor) -> Tensor:
        parts = state.split(size, dim=-1)
        from_hidden = parts[0] @ weight_hh.T + bias_hh if cell.looks_back else None
        after = cell.step(entering, from_hidden, cell.make_state(parts))[1]
        return torch.cat(tuple(cell.state_parts(after).values()), dim=-1)

    states = from_input.new_zeros(len(inputs) + 1, size * len(cell.parts))
    with torch.no_grad():
        for number, entering in enumerate(from_input):
            states[number + 1] = step(states[number], entering)
    jacobians = torch.func.vmap(torch.func.jacrev(step))(states[:-1], from_input)
    bad = (~states.isfinite().all(dim=1)).nonzero()
    steps = len(inputs) if not len(bad) else int(bad[0]) - 1
    return StateChain(states[: steps + 1].numpy(), jacobians[:steps].numpy())


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
