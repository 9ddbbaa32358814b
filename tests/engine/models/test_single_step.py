"""Fast single steps against the model's own forward pass, and when they must not be used."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from torch import nn

from engine.cells import CELLS
from engine.decoding.sampling import generate
from engine.models import single_step
from engine.models.language_model import LanguageModel
from engine.models.single_step import SingleSteps, fastest_steps

needs_half = pytest.mark.skipif(
    "fbgemm" not in torch.backends.quantized.supported_engines, reason="no product with half precision here"
)
VOCAB = 19


def build(cell: str = "lstm", is_half: bool = True, **options) -> LanguageModel:
    """Return a small network with weights large enough to matter, as half-precision numbers where asked for."""
    torch.manual_seed(3)
    model = LanguageModel(VOCAB, **({"embedding_dim": 12, "hidden_size": 24, "cell": cell} | options)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.4)
            if is_half:
                weight.copy_(weight.half().float())
    return model


@needs_half
@pytest.mark.parametrize("cell", CELLS.names())
@pytest.mark.parametrize(
    "options", [{}, {"embedding_dim": 24, "num_layers": 3}, {"tie_embeddings": True}, {"residual": False}], ids=str
)
@pytest.mark.parametrize("largest_table", [0, 10**6])
def test_steps_equal_the_forward_pass(cell, options, largest_table, monkeypatch):
    monkeypatch.setattr(single_step, "LARGEST_TABLE", largest_table)
    model = build(cell, **options)
    steps, tokens = fastest_steps(model), torch.randint(VOCAB, (2, 30))
    assert isinstance(steps, SingleSteps)
    with torch.no_grad():
        expected, last = model(tokens)
    state, rows = steps.start(2), []
    for now in tokens.unbind(1):
        logits, state = steps.step(now, state)
        rows.append(logits)
    torch.testing.assert_close(torch.stack(rows, dim=1), expected, atol=2e-5, rtol=1e-5)
    for own, given in zip(state, last, strict=True):
        assert type(own) is type(given)
        torch.testing.assert_close(own, given, atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("cell", [name for name, cell in CELLS.items() if cell.trained_by is not None])
def test_the_end_of_a_step_equals_torchs_cell(cell):
    torch.manual_seed(0)
    kind = CELLS.get(cell)
    twin = {"LSTM": nn.LSTMCell, "GRU": nn.GRUCell, "RNN": nn.RNNCell}[kind.trained_by.layer](5, 7).double()
    inputs, state = torch.randn(3, 5).double(), kind.zero_state(3, 7, torch.zeros(1).double())
    state = (
        type(state)(*(torch.randn_like(part) for part in state))
        if isinstance(state, tuple)
        else torch.randn_like(state)
    )
    hidden = state[0] if isinstance(state, tuple) else state
    products = inputs @ twin.weight_ih.T + twin.bias_ih, hidden @ twin.weight_hh.T + twin.bias_hh
    output, after, _ = kind.step(*products, state)
    expected = twin(inputs, tuple(state) if isinstance(state, tuple) else state)
    torch.testing.assert_close(tuple(after) if isinstance(state, tuple) else after, expected)
    torch.testing.assert_close(output, expected[0] if isinstance(state, tuple) else expected)


def test_other_weights_training_and_other_processors_keep_the_models_own_step(monkeypatch):
    assert isinstance(fastest_steps(half := build()), SingleSteps) == (
        "fbgemm" in torch.backends.quantized.supported_engines
    )
    single = build(is_half=False)
    assert fastest_steps(single) is single
    assert fastest_steps(half.train()) is half
    assert fastest_steps(stranger := object()) is stranger
    monkeypatch.setattr(single_step, "_has_half_products", lambda: False)
    assert fastest_steps(other := build()) is other


@needs_half
def test_changed_weights_change_the_text():
    model = build()
    before = [token.token_id for token in generate(model, [1], max_new_tokens=40, temperature=0)]
    assert fastest_steps(model) is fastest_steps(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_((weight * -1).half().float())
    changed = [token.token_id for token in generate(model, [1], max_new_tokens=40, temperature=0)]
    anew = build()
    with torch.no_grad():
        for weight in anew.parameters():
            weight.mul_(-1)
    assert changed == [token.token_id for token in generate(anew, [1], max_new_tokens=40, temperature=0)] != before


@needs_half
def test_steps_do_not_keep_a_model_that_nobody_uses():
    model = build()
    assert isinstance(fastest_steps(model), SingleSteps)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@needs_half
def test_many_at_once_write_what_one_writes_alone():
    model = build()

    def write(seed: int) -> list[tuple[int, float]]:
        return list(generate(model, [1], max_new_tokens=60, seed=seed))

    alone = [write(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == alone
