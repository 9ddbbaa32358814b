"""Steps worked by hand, and interventions that do what they say."""

from __future__ import annotations

import math

import pytest
import torch

from engine.cells import CELLS, Interventions
from engine.cells.lstm import LSTMState
from engine.errors import ConfigError
from engine.layers import ReadableCell


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def one_unit(kind: str, weight_ih, weight_hh, bias_ih, bias_hh):
    """Return a cell with one input and one unit, its weights given gate by gate."""
    cell = ReadableCell(CELLS.get(kind), 1, 1).double()
    with torch.no_grad():
        cell.weight_ih.copy_(torch.tensor(weight_ih, dtype=torch.float64)[:, None])
        cell.weight_hh.copy_(torch.tensor(weight_hh, dtype=torch.float64)[:, None])
        cell.bias_ih.copy_(torch.tensor(bias_ih, dtype=torch.float64))
        cell.bias_hh.copy_(torch.tensor(bias_hh, dtype=torch.float64))
    return cell


TWO_STEPS = torch.tensor([[[1.0], [-0.5]]], dtype=torch.float64)  # (1, 2, 1)


def test_rnn_two_steps_by_hand():
    cell = one_unit("rnn", [0.5], [2.0], [0.1], [0.2])
    first = math.tanh(0.5 * 1 + 0.1 + 0.2)
    second = math.tanh(0.5 * -0.5 + 0.1 + 2.0 * first + 0.2)
    run = cell.unroll(TWO_STEPS)
    assert run.outputs.flatten().tolist() == pytest.approx([first, second], abs=1e-15)
    assert run.gates == {}


def test_lstm_two_steps_by_hand():
    # i, f, g, o
    cell = one_unit("lstm", [0.5, -1.0, 2.0, 0.3], [0.1, 0.2, 0.3, 0.4], [0.0, 1.0, 0.0, 0.0], [0.05, 0.0, 0.0, 0.1])
    i, f, g, o = sigmoid(0.5 + 0.05), sigmoid(-1.0 + 1.0), math.tanh(2.0), sigmoid(0.3 + 0.1)
    c = f * 0 + i * g
    h = o * math.tanh(c)
    i2, f2 = sigmoid(-0.25 + 0.1 * h + 0.05), sigmoid(0.5 + 0.2 * h + 1.0)
    g2, o2 = math.tanh(-1.0 + 0.3 * h), sigmoid(-0.15 + 0.4 * h + 0.1)
    c2 = f2 * c + i2 * g2
    h2 = o2 * math.tanh(c2)
    run = cell.unroll(TWO_STEPS)
    assert run.outputs.flatten().tolist() == pytest.approx([h, h2], abs=1e-15)
    assert isinstance(run.state, LSTMState)
    assert run.state.cell.item() == pytest.approx(c2, abs=1e-15)
    assert {name: gate.flatten().tolist() for name, gate in run.gates.items()} == {
        "input_gate": pytest.approx([i, i2]),
        "forget_gate": pytest.approx([f, f2]),
        "cell_candidate": pytest.approx([g, g2]),
        "output_gate": pytest.approx([o, o2]),
    }


def test_gru_two_steps_by_hand():
    # r, z, n; the reset gate multiplies the recurrent product with its bias
    cell = one_unit("gru", [0.5, -1.0, 2.0], [0.1, 0.2, 0.3], [0.0, 1.0, 0.0], [0.05, 0.0, 0.7])
    r, z = sigmoid(0.5 + 0.05), sigmoid(-1.0 + 1.0)
    n = math.tanh(2.0 + r * 0.7)
    h = (1 - z) * n
    r2, z2 = sigmoid(-0.25 + 0.1 * h + 0.05), sigmoid(0.5 + 0.2 * h + 1.0)
    n2 = math.tanh(-1.0 + r2 * (0.3 * h + 0.7))
    h2 = (1 - z2) * n2 + z2 * h
    run = cell.unroll(TWO_STEPS)
    assert run.outputs.flatten().tolist() == pytest.approx([h, h2], abs=1e-15)
    assert {name: gate.flatten().tolist() for name, gate in run.gates.items()} == {
        "reset_gate": pytest.approx([r, r2]),
        "update_gate": pytest.approx([z, z2]),
        "new_gate": pytest.approx([n, n2]),
    }


@pytest.fixture(params=CELLS.names())
def cell(request):
    torch.manual_seed(3)
    return ReadableCell(CELLS.get(request.param), 2, 4)


@pytest.fixture(params=[name for name, cell in CELLS.items() if cell.looks_back])
def cell_that_looks_back(request):
    torch.manual_seed(3)
    return ReadableCell(CELLS.get(request.param), 2, 4)


INPUTS = torch.linspace(-2, 2, 12).reshape(1, 6, 2)


def test_an_ablated_unit_says_nothing_and_the_others_hear_it(cell_that_looks_back):
    cell = cell_that_looks_back
    plain, ablated = cell.unroll(INPUTS), cell.unroll(INPUTS, interventions=Interventions(ablate_units=[1]))
    assert plain.outputs[..., 1].abs().min() > 0
    assert ablated.outputs[..., 1].abs().max() == 0
    kept = [0, 2, 3]
    assert torch.equal(ablated.outputs[:, 0, kept], plain.outputs[:, 0, kept])  # nobody has heard of it yet
    assert not torch.allclose(ablated.outputs[:, 1, kept], plain.outputs[:, 1, kept])


def test_ablating_equals_cutting_the_units_outgoing_weights(cell_that_looks_back):
    cell = cell_that_looks_back
    ablated = cell.unroll(INPUTS, interventions=Interventions(ablate_units=[1]))
    with torch.no_grad():
        cell.weight_hh[:, 1] = 0
    cut = cell.unroll(INPUTS)
    kept = [0, 2, 3]
    torch.testing.assert_close(ablated.outputs[..., kept], cut.outputs[..., kept])


def test_scaling_by_one_changes_nothing_and_by_zero_ablates(cell):
    plain = cell.unroll(INPUTS)
    assert torch.equal(cell.unroll(INPUTS, interventions=Interventions(scale_units={2: 1.0})).outputs, plain.outputs)
    zero = cell.unroll(INPUTS, interventions=Interventions(scale_units={2: 0.0})).outputs
    assert torch.equal(zero, cell.unroll(INPUTS, interventions=Interventions(ablate_units=[2])).outputs)
    half = cell.unroll(INPUTS, interventions=Interventions(scale_units={2: 0.5})).outputs
    torch.testing.assert_close(half[:, 0, 2], plain.outputs[:, 0, 2] / 2)


def test_clamping_the_forget_gate_open_and_the_input_gate_shut_keeps_the_memory_for_ever():
    cell = ReadableCell(CELLS.get("lstm"), 2, 4)
    start = LSTMState(torch.zeros(1, 4), torch.tensor([[0.3, -0.7, 0.5, 0.9]]))
    clamp = Interventions(clamp={"forget_gate": {1: 1.0}, "input_gate": {1: 0.0}})
    run = cell.unroll(INPUTS, start, clamp)
    assert run.state.cell[0, 1] == start.cell[0, 1]
    assert run.state.cell[0, 0] != start.cell[0, 0]
    assert run.gates["forget_gate"][..., 1].tolist() == [[1.0] * 6]


def test_clamping_the_update_gate_to_one_keeps_the_gru_state_for_ever():
    cell = ReadableCell(CELLS.get("gru"), 2, 4)
    start = torch.tensor([[0.3, -0.7, 0.5, 0.9]])
    run = cell.unroll(INPUTS, start, Interventions(clamp={"update_gate": {1: 1.0}}))
    assert run.outputs[..., 1].tolist() == [[start[0, 1].item()] * 6]


def test_gradients_flow_through_interventions(cell):
    cell.unroll(INPUTS, interventions=Interventions(ablate_units=[1], scale_units={0: 2.0})).outputs.sum().backward()
    assert cell.weight_ih.grad.abs().sum() > 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Interventions(ablate_units=[4]), "units run from 0 to 3"),
        (Interventions(scale_units={-1: 2.0}), "units run from 0 to 3"),
        (Interventions(clamp={"memory_gate": {0: 1.0}}), "no gate 'memory_gate'"),
        (Interventions(hold_gates={"memory_gate": 1.0}), "no gate 'memory_gate'"),
        (Interventions(clamp_units={4: 1.0}), "units run from 0 to 3"),
    ],
)
def test_an_intervention_on_what_is_not_there_is_refused(cell, change, sentence):
    with pytest.raises(ConfigError, match=sentence):
        cell.unroll(INPUTS, interventions=change)


def test_step_by_step_equals_unrolled_and_an_empty_sequence_is_refused(cell):
    state, hidden = cell.initial_state(1), None
    for now in INPUTS.unbind(1):
        hidden, state, _ = cell.step(now, state)
    assert torch.equal(hidden, cell.unroll(INPUTS).outputs[:, -1])
    with pytest.raises(ConfigError, match="at least one time step"):
        cell.unroll(INPUTS[:, :0])


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_holding_a_gate_is_clamping_every_unit_of_it(value):
    cell = ReadableCell(CELLS.get("lstm"), 2, 4)
    held = cell.unroll(INPUTS, interventions=Interventions(hold_gates={"forget_gate": value}))
    clamped = cell.unroll(INPUTS, interventions=Interventions(clamp={"forget_gate": dict.fromkeys(range(4), value)}))
    assert torch.equal(held.outputs, clamped.outputs)
    assert (held.gates["forget_gate"] == value).all()
    assert not torch.allclose(held.outputs, cell.unroll(INPUTS).outputs)


def test_with_the_output_gate_held_shut_an_lstm_says_nothing_but_remembers():
    cell = ReadableCell(CELLS.get("lstm"), 2, 4)
    run = cell.unroll(INPUTS, interventions=Interventions(hold_gates={"output_gate": 0.0}))
    assert run.outputs.abs().max() == 0
    assert run.state.cell.abs().min() > 0


def test_a_clamped_unit_says_the_same_at_every_step_and_the_others_hear_it(cell_that_looks_back):
    cell = cell_that_looks_back
    plain, clamped = cell.unroll(INPUTS), cell.unroll(INPUTS, interventions=Interventions(clamp_units={1: 0.9}))
    assert clamped.outputs[..., 1].tolist() == [[pytest.approx(0.9)] * 6]
    kept = [0, 2, 3]
    assert torch.equal(clamped.outputs[:, 0, kept], plain.outputs[:, 0, kept])
    assert not torch.allclose(clamped.outputs[:, 1, kept], plain.outputs[:, 1, kept])


def test_retracing_a_run_finds_what_the_run_itself_had(cell):
    run = cell.unroll(INPUTS)
    inside = cell.recompute_gates(INPUTS[0], run.outputs[0])
    torch.testing.assert_close(inside["hidden"], run.outputs[0])
    for name, gate in run.gates.items():
        torch.testing.assert_close(inside[name], gate[0])
    if len(cell.cell.parts) == 2:
        torch.testing.assert_close(inside["cell"][-1], run.state.cell[0])
        half = cell.unroll(INPUTS[:, :3])
        torch.testing.assert_close(inside["cell"][2], half.state.cell[0])
