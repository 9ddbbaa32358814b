"""The minimal LSTM: its step by hand, its scan against the paper's in logarithms, and its place in every list.

That it trains, streams, is stored, resumes, and works on the Cells, Gradients and Comparison pages is tested for every
cell there is (`test_every_cell`, and the tests of training, jacobians and architectures): it only has to be among them.
"""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engine.cells import CELLS
from engine.experiments.costs.state_size import formulas
from engine.experiments.live_race.race import racers
from engine.experiments.runs import results
from engine.inspection.cells import layer_shapes
from engine.inspection.gradients import chain
from engine.layers import CellLayer, single_layer
from engine.models.architectures import ARCHITECTURES
from engine.models.recurrent import build_layer, run_layer
from engine.plotting import theme
from engine.tasks import TASKS

NAME = "min_lstm"


def test_two_steps_by_hand() -> None:
    layer = single_layer(CELLS.get(NAME), 1, 1).double()
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[0.5], [-1.0], [2.0]], dtype=torch.float64))  # f, i, g
        layer.bias.copy_(torch.tensor([1.0, 0.3, -0.5], dtype=torch.float64))
    memory, expected = 0.0, []
    for x in (1.0, -0.5):
        f, i = (1 / (1 + math.exp(-total)) for total in (0.5 * x + 1.0, -x + 0.3))
        total = 2 * x - 0.5
        candidate = total + 0.5 if total >= 0 else 1 / (1 + math.exp(-total))
        memory = f / (f + i) * memory + i / (f + i) * candidate
        expected.append(memory)
    outputs, state = run_layer(layer, torch.tensor([[[1.0], [-0.5]]]).double(), torch.zeros(1, 1).double())
    assert outputs.flatten().tolist() == pytest.approx(expected, abs=1e-15)
    assert state.item() == pytest.approx(memory, abs=1e-15)


def in_logarithms(layer: CellLayer, inputs: Tensor) -> Tensor:
    """One layer as in the listing of Feng et al. (2024), appendix B: logarithms, cumulative sums, no loop."""
    to_keep, to_write, to_new = (inputs @ layer.weight.T + layer.bias).chunk(3, dim=-1)
    difference = nn.functional.softplus(-to_keep) - nn.functional.softplus(-to_write)
    log_kept, log_written = -nn.functional.softplus(difference), -nn.functional.softplus(-difference)
    log_new = torch.where(to_new >= 0, (nn.functional.relu(to_new) + 0.5).log(), -nn.functional.softplus(-to_new))
    total = log_kept.cumsum(1)
    return (total + torch.logcumsumexp(log_written + log_new - total, dim=1)).exp()


@pytest.mark.parametrize("steps", [1, 2, 7, 64])
def test_its_scan_is_the_papers_in_numbers_and_gradients(steps: int) -> None:
    torch.manual_seed(0)
    layer = single_layer(CELLS.get(NAME), 3, 5).double()
    inputs = torch.randn(2, steps, 3, dtype=torch.float64, requires_grad=True)
    found, expected = layer(inputs)[0], in_logarithms(layer, inputs)
    torch.testing.assert_close(found, expected)
    variables, goal = [inputs, *layer.parameters()], torch.randn_like(found)
    pairs = zip(*(torch.autograd.grad((values * goal).sum(), variables) for values in (found, expected)), strict=True)
    for ours, theirs in pairs:
        torch.testing.assert_close(ours, theirs)


def test_with_the_forget_gate_open_and_the_input_gate_shut_memory_stays_for_ever() -> None:
    layer = single_layer(CELLS.get(NAME), 2, 4)
    with torch.no_grad():
        layer.bias[:4], layer.bias[4:8] = 40.0, -40.0
    memory = torch.rand(1, 4)
    torch.testing.assert_close(layer(torch.randn(1, 500, 2), memory)[1], memory)


def test_a_language_models_forget_gate_starts_open_and_a_comparisons_input_gate_shut() -> None:
    assert build_layer(NAME, 2, 3, forget_bias=2.0).bias.tolist() == [2.0] * 3 + [0.0] * 6
    network = ARCHITECTURES.get(NAME)(2, 6, memory_bias=4.0)
    assert [len(network.layers), network.sizes] == [2, [3, 3]]
    assert network.layer.bias[:6].tolist() == [4.0] * 3 + [-4.0] * 3


def test_every_list_has_it() -> None:
    assert NAME in CELLS.names()
    assert NAME in ARCHITECTURES.names()
    assert NAME in chain.ARCHITECTURES
    assert NAME in layer_shapes.KINDS
    assert NAME in formulas()
    assert all(NAME in racers(task) for _, task in TASKS.items())
    assert theme.architecture_label(NAME) == "minLSTM"
    names = theme.architecture_names()
    assert names.index(NAME) == names.index("min_gru") + 1


def test_the_shipped_results_do_not_know_it_and_their_charts_do_not_show_it() -> None:
    assert NAME not in set(results.load_results()["architecture"])
