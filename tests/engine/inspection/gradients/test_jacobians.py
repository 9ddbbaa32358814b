"""Jacobians through time: against autograd on the readable cells, finite differences, and products worked out by
hand."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.cells import CELLS
from engine.inspection.gradients.jacobians import (
    CellWeights,
    largest_singular_value,
    multiply_back,
    run_chain,
    spectral_radius,
)
from engine.layers import ReadableCell

STEPS, INPUTS, HIDDEN = 6, 3, 4
KINDS = CELLS.names()
RECTIFIED = CELLS.get("rnn").activated("relu")


def readable(kind: str) -> torch.nn.Module:
    """Return a cell of the engine in double precision with weights large enough for every gate to matter."""
    torch.manual_seed(3)
    cell = ReadableCell(CELLS.get(kind), INPUTS, HIDDEN).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.normal_(std=0.9)
    return cell


def weights_of(cell: ReadableCell) -> CellWeights:
    """Return the same numbers for the module under test."""
    blank = {"weight_hh": torch.zeros(0, HIDDEN), "bias_hh": torch.zeros(0)}
    numbers = blank | {name: weight.detach() for name, weight in cell.named_parameters()}
    return CellWeights(cell.cell, **{name: weight.double().numpy() for name, weight in numbers.items()})


def last_state(cell: ReadableCell, inputs: torch.Tensor, begin: torch.Tensor, first: int) -> torch.Tensor:
    """Return the state (S,) after reading inputs from step `first` on, beginning with `begin`; run by the cell
    itself."""
    state = cell.cell.make_state(begin[None].chunk(len(cell.cell.parts), dim=1))
    for entering in inputs[first:]:
        _, state, _ = cell.step(entering[None], state)
    return torch.cat(tuple(cell.cell.state_parts(state).values()), dim=1)[0]


@pytest.mark.parametrize("kind", KINDS)
def test_every_product_is_autograds_and_a_finite_differences(kind: str) -> None:
    cell = readable(kind)
    inputs = torch.randn(STEPS, INPUTS, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    run = run_chain(weights_of(cell), inputs.numpy())
    found = multiply_back(run.jacobians, range(1, STEPS + 1))
    product = np.eye(run.states.shape[1])
    for distance in range(1, STEPS + 1):
        product = product @ run.jacobians[STEPS - distance]
        begin = torch.from_numpy(run.states[STEPS - distance])
        exact = torch.autograd.functional.jacobian(
            lambda state: last_state(cell, inputs, state, STEPS - distance), begin
        )
        np.testing.assert_allclose(product, exact.numpy(), atol=1e-12)
        nudge = 1e-6
        for column in range(len(begin)):
            change = torch.zeros_like(begin)
            change[column] = nudge
            ends = [last_state(cell, inputs, begin + sign * change, STEPS - distance) for sign in (1, -1)]
            np.testing.assert_allclose(
                product[:, column], ((ends[0] - ends[1]) / (2 * nudge)).detach().numpy(), atol=1e-7
            )
        values = torch.linalg.svdvals(exact).numpy()
        assert 10 ** found.log10_gain[distance] == pytest.approx(np.sqrt((values**2).mean()), rel=1e-9)
        np.testing.assert_allclose(10 ** found.spectra[distance], values, rtol=1e-6, atol=1e-12)


def test_a_relu_network_is_measured_where_its_units_are_open() -> None:
    weights = CellWeights(RECTIFIED, np.ones((2, 1)), np.array([[0.5, 0.0], [0.0, -3.0]]), np.zeros(2), np.zeros(2))
    run = run_chain(weights, np.ones((3, 1)))
    # The first unit stays open and halves; the second one reads 1, then 1 - 3 (shut), then 1 - 0.
    np.testing.assert_allclose(run.states[1:], [[1, 1], [1.5, 0], [1.75, 1]])
    np.testing.assert_allclose(run.jacobians[1], [[0.5, 0.0], [0.0, 0.0]])
    assert 10 ** multiply_back(run.jacobians).log10_gain[-1] == pytest.approx(np.sqrt(0.5**6 / 2))


def test_nine_tenths_to_the_fiftieth_and_far_beyond_all_numbers() -> None:
    fifty = multiply_back(np.repeat(0.9 * np.eye(3)[None], 50, axis=0), [50])
    assert 10 ** fifty.log10_gain[50] == pytest.approx(0.9**50)
    assert 10 ** fifty.spectra[50] == pytest.approx([0.9**50] * 3)
    huge = multiply_back(np.repeat(1e9 * np.eye(2)[None], 100, axis=0))
    assert huge.log10_gain[-1] == pytest.approx(900)
    nothing = multiply_back(np.stack([np.eye(2), np.zeros((2, 2)), np.eye(2)]))
    assert nothing.log10_gain.tolist() == [0.0, 0.0, -np.inf, -np.inf]


def test_a_state_that_overflows_ends_the_chain_before_it() -> None:
    weights = CellWeights(RECTIFIED, np.ones((1, 1)), np.full((1, 1), 1e100), np.zeros(1), np.zeros(1))
    run = run_chain(weights, np.ones((10, 1)))
    assert run.steps == 4  # 1, 1e100, 1e200, 1e300; the next one is infinity
    assert np.isfinite(run.states).all()
    assert multiply_back(run.jacobians).log10_gain[-1] == pytest.approx(400)


def test_bound_and_radius_of_known_matrices() -> None:
    turn = np.array([[0.0, -2.0], [2.0, 0.0]])
    assert spectral_radius(turn) == pytest.approx(2)
    assert spectral_radius(np.array([[0.5, 100.0], [0.0, 0.5]])) == pytest.approx(0.5)
    assert largest_singular_value(np.stack([np.eye(2), turn, np.diag([3.0, 0.0])])) == pytest.approx(3)
