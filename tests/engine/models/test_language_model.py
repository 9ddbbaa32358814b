"""The language model: one step at a time equals the whole, and every layer equals the readable cell and torch's own
stack."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional

from engine.cells import CELLS
from engine.cells.lstm import LSTMState
from engine.errors import ConfigError
from engine.layers import from_torch, layer_weights, stacked_layer
from engine.models.base import select
from engine.models.language_model import LanguageModel

CELL_NAMES = ("rnn", "lstm", "gru")
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def build(cell="lstm", seed=0, **options) -> LanguageModel:
    """Return a small model in float64 whose biases are not zero."""
    torch.manual_seed(seed)
    sizes = {"vocab_size": 7, "embedding_dim": 6, "hidden_size": 6, "num_layers": 2} | options
    model = LanguageModel(cell=cell, **sizes).double().eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "bias" in name:
                parameter.normal_()
    return model


def tokens(batch_size: int, time: int, seed: int = 0) -> torch.Tensor:
    return torch.randint(7, (batch_size, time), generator=torch.Generator().manual_seed(seed))


def assert_states_equal(ours, theirs):
    assert type(ours) is type(theirs)
    if isinstance(ours, tuple):
        for one, other in zip(ours, theirs, strict=True):
            assert_states_equal(one, other)
    else:
        torch.testing.assert_close(ours, theirs, **EXACT)


@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize("num_layers", [1, 2, 3, 4])
@pytest.mark.parametrize(("residual", "tied"), [(True, False), (False, True)])
def test_step_by_step_equals_the_whole_sequence(cell, num_layers, residual, tied):
    model = build(cell, num_layers=num_layers, residual=residual, tie_embeddings=tied)
    ids = tokens(3, 6)
    with torch.no_grad():
        expected, expected_state = model(ids)
        state, found = model.start(3), []
        for now in ids.unbind(1):
            logits, state = model.step(now, state)
            found.append(logits)
    torch.testing.assert_close(torch.stack(found, 1), expected, **EXACT)
    assert_states_equal(state, expected_state)
    assert len(state) == num_layers
    assert isinstance(state[0], LSTMState) == (cell == "lstm")


@pytest.mark.parametrize("cell", CELL_NAMES)
@settings(max_examples=20)
@given(data=st.data(), time=st.integers(2, 12), batch_size=st.integers(1, 3))
def test_carrying_the_state_over_any_cut_equals_the_whole(cell, data, time, batch_size):
    model, ids = build(cell), tokens(batch_size, time, seed=time)
    cuts = [0, *sorted(data.draw(st.sets(st.integers(1, time - 1)))), time]
    with torch.no_grad():
        expected, expected_state = model(ids)
        state, parts = None, []
        for start, stop in zip(cuts, cuts[1:], strict=False):
            logits, state = model(ids[:, start:stop], state)
            parts.append(logits)
    torch.testing.assert_close(torch.cat(parts, 1), expected, **EXACT)
    assert_states_equal(state, expected_state)


@pytest.mark.parametrize("cell", CELL_NAMES)
@pytest.mark.parametrize(("residual", "tied", "embedding_dim"), [(True, False, 6), (True, True, 4), (False, False, 6)])
def test_layers_equal_the_readable_cells_with_gradients(cell, residual, tied, embedding_dim):
    model = build(cell, num_layers=3, residual=residual, tie_embeddings=tied, embedding_dim=embedding_dim)
    ids, goal = tokens(2, 5), torch.randn(2, 5, 7, dtype=torch.float64)
    logits, _ = model(ids)
    (logits * goal).sum().backward()
    expected = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()

    hidden, cells = model.embedding(ids), [from_torch(layer) for layer in model.layers]
    for index, one in enumerate(cells):
        outputs = one.unroll(hidden).outputs
        hidden = hidden + outputs if residual and (index > 0 or embedding_dim == 6) else outputs
    if tied:
        found = hidden @ model.to_embedding.weight.T @ model.embedding.weight.T + model.output_bias
    else:
        found = hidden @ model.output.weight.T + model.output_bias
    (found * goal).sum().backward()

    torch.testing.assert_close(found, logits, **EXACT)
    for index, one in enumerate(cells):
        for name, parameter in one.named_parameters():
            torch.testing.assert_close(parameter.grad, expected.pop(f"layers.{index}.{name}_l0"), **EXACT)
    for name, gradient in expected.items():
        torch.testing.assert_close(model.get_parameter(name).grad, gradient, **EXACT)


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_without_residuals_the_stack_is_torchs_own_deep_layer(cell):
    model = build(cell, num_layers=3, residual=False)
    stack = stacked_layer(CELLS.get(cell), 6, 6, num_layers=3, batch_first=True).double()
    weights = {
        name.replace("_l0", f"_l{i}"): value
        for i, layer in enumerate(model.layers)
        for name, value in layer.state_dict().items()
    }
    stack.load_state_dict(weights)
    ids = tokens(2, 5)
    with torch.no_grad():
        outputs, last = stack(model.embedding(ids))
        logits, state = model(ids)
        torch.testing.assert_close(logits, functional.linear(outputs, model.output.weight, model.output_bias), **EXACT)
    hidden = torch.stack([layer.hidden if cell == "lstm" else layer for layer in state])
    torch.testing.assert_close(hidden, last[0] if cell == "lstm" else last, **EXACT)


def test_the_order_of_a_batch_does_not_matter():
    model, ids, order = build(), tokens(4, 5), torch.tensor([2, 0, 3, 1])
    with torch.no_grad():
        logits, state = model(ids)
        shuffled, shuffled_state = model(ids[order])
    torch.testing.assert_close(shuffled, logits[order], **EXACT)
    assert_states_equal(shuffled_state, select(state, order))


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("cell", CELL_NAMES)
def test_an_untrained_model_is_as_uncertain_as_a_fair_die(cell, tied):
    torch.manual_seed(0)
    model = LanguageModel(65, 64, 128, 2, cell, tie_embeddings=tied).eval()
    ids = torch.randint(65, (8, 101))
    with torch.no_grad():
        loss = functional.cross_entropy(model(ids[:, :-1])[0].flatten(0, 1), ids[:, 1:].flatten())
    assert float(loss) == pytest.approx(math.log(65), abs=0.15)


def test_dropout_acts_in_training_only_and_never_in_a_step():
    torch.manual_seed(1)
    model = LanguageModel(7, 6, 6, 2, dropout=0.5)
    ids = tokens(2, 5)
    with torch.no_grad():
        model.train()
        assert not torch.equal(model(ids)[0], model(ids)[0])
        model.eval()
        assert torch.equal(model(ids)[0], model(ids)[0])
        state = model.start(2)
        logits = [0.0]
        for now in ids.unbind(1):
            logits, state = model.step(now, state)
        torch.testing.assert_close(logits, model(ids)[0][:, -1])


def test_a_dropout_mask_is_locked_over_time_and_keeps_the_mean():
    torch.manual_seed(1)
    model = LanguageModel(7, 6, 6, 1, dropout=0.25).train()
    dropped = model._locked_dropout(torch.ones(50, 4, 40), model.dropout)
    assert torch.equal(dropped, dropped[:, :1].expand_as(dropped))
    assert sorted(dropped.unique().tolist()) == pytest.approx([0, 1 / 0.75])
    assert not torch.equal(dropped[0], dropped[1])
    assert float(dropped.mean()) == pytest.approx(1, abs=0.05)
    assert torch.equal(
        LanguageModel(7, 6, 6, 1, dropout=0.0).train()._locked_dropout(torch.ones(2, 3, 4), 0.0),
        torch.ones(2, 3, 4),
    )


def test_nothing_of_a_visitor_stays_on_the_model():
    model = build("lstm")
    before = {name: value.clone() for name, value in model.state_dict().items()}
    attributes = set(vars(model))

    def write(first):
        """Write greedily, giving way to the other writer after each token."""
        state, token, written = model.start(1), torch.tensor([first]), []
        for _ in range(8):
            with torch.no_grad():
                logits, state = model.step(token, state)
            token = logits.argmax(-1)
            written.append((int(token), logits.clone()))
            yield
        return_value.append(written)

    def run(*writers):
        return_value.clear()
        turns = list(writers)
        while turns:
            for writer in list(turns):
                try:
                    next(writer)
                except StopIteration:
                    turns.remove(writer)
        return list(return_value)

    return_value = []
    apart = run(write(1)) + run(write(5))
    together = run(write(1), write(5))
    for one, other in zip(apart, together, strict=True):
        assert [token for token, _ in one] == [token for token, _ in other]
        assert all(torch.equal(a, b) for (_, a), (_, b) in zip(one, other, strict=True))
    assert set(vars(model)) == attributes
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_given_state_is_not_changed():
    model = build("gru")
    state = tuple(torch.randn_like(layer) for layer in model.start(2))
    before = [layer.clone() for layer in state]
    with torch.no_grad():
        model(tokens(2, 3), state)
        model.step(torch.tensor([1, 2]), state)
    assert all(torch.equal(layer, old) for layer, old in zip(state, before, strict=True))


@pytest.mark.parametrize("cell", CELL_NAMES)
def test_weights_start_orthogonal_with_an_open_forget_gate(cell):
    model = LanguageModel(7, 5, 6, 1, cell, forget_bias=1.5)
    layer = model.layers[0]
    for block in layer.weight_hh_l0.detach().split(6):
        torch.testing.assert_close(block @ block.T, torch.eye(6), atol=1e-5, rtol=0)
    expected = torch.zeros_like(layer.bias_ih_l0)
    if cell == "lstm":
        expected[6:12] = 1.5
    assert torch.equal(layer.bias_ih_l0.detach(), expected)
    assert torch.equal(layer.bias_hh_l0.detach(), torch.zeros_like(expected))
    for block in layer.weight_ih_l0.detach().split(6):
        assert float(block.abs().max()) <= math.sqrt(6 / (5 + 6))


def test_tying_saves_the_output_matrix():
    loose, tied = LanguageModel(50, 8, 6, 1), LanguageModel(50, 8, 6, 1, tie_embeddings=True)
    assert loose.parameter_count() - tied.parameter_count() == 6 * 50 - 6 * 8
    assert tied.output is None


def test_the_config_holds_every_argument_and_rebuilds_the_model():
    model = LanguageModel(7, hidden_size=6, cell="gru", residual=False)
    config = model.config
    assert config["vocab_size"] == 7
    assert config["embedding_dim"] == 128
    assert config["residual"] is False
    again = LanguageModel(**config)
    assert {name: value.shape for name, value in again.state_dict().items()} == {
        name: value.shape for name, value in model.state_dict().items()
    }


@pytest.mark.parametrize("num_layers", [0, 5])
def test_the_number_of_layers_is_limited_in_words(num_layers):
    with pytest.raises(ConfigError, match=f"num_layers must lie between 1 and 4, not {num_layers}"):
        LanguageModel(7, num_layers=num_layers)


def test_an_unknown_cell_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError, match="Unknown cell 'gruu'; choose one of: .*lstm"):
        LanguageModel(7, cell="gruu")


@pytest.mark.parametrize("cell", [name for name, cell in CELLS.items() if cell.looks_back])
def test_weight_dropout_leaves_out_recurrent_weights_in_training_only(cell):
    torch.manual_seed(0)
    model = LanguageModel(7, 6, 6, 1, cell, weight_dropout=0.5)
    ids = torch.randint(7, (2, 9))
    whole = model.eval()(ids)[0]
    assert torch.equal(model(ids)[0], whole)
    first, second = model.train()(ids)[0], model(ids)[0]
    assert torch.equal(first[:, 0], whole[:, 0]) or cell == "gru"  # the zero state meets no recurrent weight
    assert not torch.equal(first, second)
    first.sum().backward()
    assert float(layer_weights(model.layers[0]).weight_hh.grad.abs().sum()) > 0
