"""The readable cells against torch.nn in float64: outputs, states and gradients must be the same."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from engine.cells import CELLS
from engine.cells.lstm import LSTMState
from engine.errors import ConfigError
from engine.layers import ReadableCell, Weights, from_torch, stacked_layer, to_torch
from engine.models.recurrent import step_layer

KINDS = [name for name, cell in CELLS.items() if cell.trained_by is not None]
WEIGHTS = Weights._fields
TIGHT = {"rtol": 1e-12, "atol": 1e-12}


def torch_layers(kind: str, layers: int = 1, bidirectional: bool = False) -> nn.RNNBase:
    options = {"num_layers": layers, "bidirectional": bidirectional, "batch_first": True}
    return stacked_layer(CELLS.get(kind), 3, 5, **options).double()


def readable(kind: str, input_size: int, hidden_size: int) -> ReadableCell:
    return ReadableCell(CELLS.get(kind), input_size, hidden_size)


def as_torch(state, layers: int = 1):
    """Return one-layer `state` as torch wants it: (1, B, H), twice for an LSTM."""
    return tuple(part[None] for part in state) if isinstance(state, tuple) else state[None]


def random_state(kind: str, batch_size: int):
    hidden = torch.randn(batch_size, 5, dtype=torch.float64)
    return LSTMState(hidden, torch.randn(batch_size, 5, dtype=torch.float64)) if kind == "lstm" else hidden


def read_with_cells(module: nn.RNNBase, inputs: torch.Tensor):
    """Run every layer and direction of `module` through cells; return outputs, last states and the cells."""
    used, states = [], []
    for layer in range(module.num_layers):
        directions = [from_torch(module, layer, reverse) for reverse in (False, True)[: 1 + module.bidirectional]]
        runs = [cell.unroll(inputs, reverse=bool(index)) for index, cell in enumerate(directions)]
        inputs = torch.cat([run.outputs for run in runs], dim=2)
        states += [run.state for run in runs]
        used += directions
    return inputs, states, used


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_cell_starts_as_a_new_layer_of_torch(kind):
    torch.manual_seed(4)
    expected = torch_layers(kind)
    torch.manual_seed(4)
    cell = readable(kind, 3, 5).double()
    for ours, theirs in zip(cell.parameters(), expected.parameters(), strict=True):
        assert torch.equal(ours, theirs)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None)
@given(batch_size=st.integers(1, 4), time=st.integers(1, 7), seed=st.integers(0, 10_000))
def test_outputs_and_state_equal_torch_from_any_state(kind, batch_size, time, seed):
    torch.manual_seed(seed)
    module = torch_layers(kind)
    inputs, state = torch.randn(batch_size, time, 3, dtype=torch.float64), random_state(kind, batch_size)
    expected, expected_state = module(inputs, as_torch(state))
    run = from_torch(module).unroll(inputs, state)
    torch.testing.assert_close(run.outputs, expected, **TIGHT)
    for ours, theirs in zip(as_torch(run.state), expected_state, strict=True):
        torch.testing.assert_close(ours, theirs, **TIGHT)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (3, False), (1, True), (2, True)])
def test_stacked_and_bidirectional_layers_equal_torch_with_gradients(kind, layers, bidirectional):
    torch.manual_seed(1)
    module = torch_layers(kind, layers, bidirectional)
    inputs = torch.randn(2, 6, 3, dtype=torch.float64, requires_grad=True)
    goal = torch.randn(2, 6, 5 * (1 + bidirectional), dtype=torch.float64)

    expected, last = module(inputs)
    (expected * goal).sum().backward()
    input_gradient, inputs.grad = inputs.grad, None
    outputs, states, cells = read_with_cells(module, inputs)
    (outputs * goal).sum().backward()

    torch.testing.assert_close(outputs, expected, **TIGHT)
    torch.testing.assert_close(inputs.grad, input_gradient, **TIGHT)
    parts = [torch.stack(part) for part in zip(*states, strict=True)] if kind == "lstm" else [torch.stack(states)]
    for ours, theirs in zip(parts, last if kind == "lstm" else [last], strict=True):
        torch.testing.assert_close(ours, theirs, **TIGHT)
    directions = 1 + bidirectional
    for index, cell in enumerate(cells):
        suffix = f"_l{index // directions}" + ("_reverse" if index % directions else "")
        for name in WEIGHTS:
            theirs = getattr(module, name + suffix).grad
            assert theirs.abs().max() > 0
            torch.testing.assert_close(getattr(cell, name).grad, theirs, **TIGHT)


@pytest.mark.parametrize("kind", KINDS)
def test_torchs_fused_step_equals_the_readable_step(kind):
    torch.manual_seed(2)
    layer = torch_layers(kind)
    inputs, state = torch.randn(4, 3, dtype=torch.float64), random_state(kind, 4)
    hidden, new_state, _ = from_torch(layer).step(inputs, state)
    fused, fused_state = step_layer(kind, layer, inputs, state)
    torch.testing.assert_close(hidden, fused, **TIGHT)
    torch.testing.assert_close(new_state, fused_state, **TIGHT)
    assert type(new_state) is type(fused_state)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "bidirectional"), [(1, False), (2, True)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_weights_survive_the_round_trip_exactly(kind, layers, bidirectional, dtype):
    module = torch_layers(kind, layers, bidirectional).to(dtype)
    cells = [
        from_torch(module, layer, reverse) for layer in range(layers) for reverse in (False, True)[: 1 + bidirectional]
    ]
    back = to_torch(cells, bidirectional)
    assert type(back) is type(module)
    assert back.state_dict().keys() == module.state_dict().keys()
    for name, weight in module.state_dict().items():
        assert torch.equal(weight, back.state_dict()[name]), name
    again = from_torch(back)
    for name in WEIGHTS:
        assert torch.equal(getattr(again, name), getattr(cells[0], name))


def test_conversion_copies_and_does_not_share():
    module = torch_layers("gru")
    cell = from_torch(module)
    with torch.no_grad():
        cell.weight_hh.zero_()
    assert module.weight_hh_l0.abs().max() > 0


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: from_torch(nn.Linear(2, 2)), "nn.LSTM"),
        (lambda: from_torch(nn.RNN(2, 3, nonlinearity="relu")), "tanh"),
        (lambda: from_torch(nn.LSTM(2, 4, proj_size=2)), "projection"),
        (lambda: from_torch(nn.GRU(2, 3, bias=False)), "biases"),
        (lambda: from_torch(nn.GRU(2, 3), layer=1), "layers run from 0 to 0"),
        (lambda: from_torch(nn.GRU(2, 3), reverse=True), "no reverse"),
        (lambda: to_torch([]), "at least one layer"),
        (lambda: to_torch([readable("gru", 2, 3), readable("rnn", 3, 3)]), "Cell 1 does not fit"),
        (lambda: to_torch([readable("gru", 2, 3), readable("gru", 2, 3)]), "must read 3 inputs"),
        (lambda: CELLS.get("elman"), "choose one of"),
    ],
)
def test_what_cannot_be_converted_is_refused_in_words(make, sentence):
    with pytest.raises(ConfigError, match=sentence):
        make()


@pytest.mark.parametrize(("kind", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_parameter_formula_equals_the_count_in_torch(kind, gates):
    module = torch_layers(kind)
    count = sum(p.numel() for p in module.parameters())
    assert CELLS.get(kind).count_parameters(3, 5) == count == gates * 5 * (3 + 5 + 2)
    assert sum(p.numel() for p in from_torch(module).parameters()) == count
