"""Which steps a model writes with: a runtime's where its step can be exported, and its own where it cannot."""

from __future__ import annotations

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import nn

from engine.cells import CELLS
from engine.decoding.sampling import generate
from engine.models.folder import list_models, load_model
from engine.models.language_model import LanguageModel
from engine.models.steps import TorchSteps, fastest_steps
from engine.models.transformer_language_model import TransformerLanguageModel
from engine.runtimes import choice

VOCAB = 19


def build(cell: str = "lstm", **options) -> LanguageModel:
    """Return a network with weights large enough to matter."""
    torch.manual_seed(3)
    model = LanguageModel(VOCAB, **({"embedding_dim": 12, "hidden_size": 24, "cell": cell} | options)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.4)
    return model


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


def test_a_model_whose_step_cannot_be_exported_steps_itself_and_that_is_said_once(capsys, monkeypatch):
    monkeypatch.setattr(choice, "_SAID", set())
    model = TransformerLanguageModel(VOCAB, width=16, num_heads=2, num_layers=1, window=8).eval()
    steps = [fastest_steps(model) for _ in range(2)]
    assert all(isinstance(found, TorchSteps) and found.runtime == "torch" for found in steps)
    assert capsys.readouterr().err == (
        "note: the step of a TransformerLanguageModel cannot be exported; torch runs it\n"
    )
    assert len(list(generate(model, [1], max_new_tokens=12))) == 12


def test_training_other_precisions_and_the_environment_keep_the_models_own_step(monkeypatch):
    assert fastest_steps(build()).runtime == "numpy"
    assert fastest_steps(build().train()).runtime == "torch"
    assert fastest_steps(build().double()).runtime == "torch"
    assert fastest_steps(object()).runtime == "torch"
    monkeypatch.setenv("UNROLLED_RUNTIME", "torch")
    assert fastest_steps(build()).runtime == "torch"


@pytest.mark.parametrize("runtime", ["numpy", "onnx-float32"])
@pytest.mark.parametrize("cell", CELLS.names())
def test_greedy_text_in_single_precision_is_the_references(runtime, cell, monkeypatch):
    model = build(cell, hidden_size=48)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(0.5)  # more would make the last digit of a number decide what comes later
    expected = list(generate(TorchSteps(model), [1, 2, 3], max_new_tokens=200, temperature=0))
    monkeypatch.setenv("UNROLLED_RUNTIME", runtime)
    found = list(generate(model, [1, 2, 3], max_new_tokens=200, temperature=0))
    assert fastest_steps(model).runtime == runtime
    assert [token.token_id for token in found] == [token.token_id for token in expected]
    np.testing.assert_allclose([t.log_prob for t in found], [t.log_prob for t in expected], atol=1e-4)


SHIPPED = [info.name for info in list_models() if info.config.get("model") == "language_model" and not info.error]


@pytest.mark.slow
@pytest.mark.skipif(not SHIPPED, reason="no language model in data/pretrained")
@pytest.mark.parametrize("name", SHIPPED)
def test_a_thousand_greedy_tokens_of_a_shipped_model_are_the_references(name, monkeypatch):
    loaded = load_model(name)
    prompt = loaded.tokenizer.encode("ROMEO:\n")
    expected = [t.token_id for t in generate(TorchSteps(loaded.model), prompt, max_new_tokens=1000, temperature=0)]
    for runtime in ("numpy", "onnx-float32"):
        monkeypatch.setenv("UNROLLED_RUNTIME", runtime)
        found = [t.token_id for t in generate(loaded.model, prompt, max_new_tokens=1000, temperature=0)]
        assert found == expected, runtime


@pytest.mark.parametrize("runtime", ["torch", "numpy", "onnx-float32", "onnx-int8"])
def test_states_are_picked_by_rows(runtime, monkeypatch):
    monkeypatch.setenv("UNROLLED_RUNTIME", runtime)
    steps = fastest_steps(build())
    _, state = steps.step(np.array([1, 2, 3]), steps.start(3))
    logits, _ = steps.step(np.array([4, 4, 4]), state)
    again, _ = steps.step(np.array([4, 4, 4, 4]), steps.pick(state, [2, 0, 0, 1]))
    np.testing.assert_allclose(again, logits[[2, 0, 0, 1]], atol=1e-6)


def test_changed_weights_change_the_text():
    model = build()
    before = [token.token_id for token in generate(model, [1], max_new_tokens=40, temperature=0)]
    assert fastest_steps(model) is fastest_steps(model)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(-1)
    changed = [token.token_id for token in generate(model, [1], max_new_tokens=40, temperature=0)]
    anew = build()
    with torch.no_grad():
        for weight in anew.parameters():
            weight.mul_(-1)
    assert changed == [token.token_id for token in generate(anew, [1], max_new_tokens=40, temperature=0)] != before


def test_steps_do_not_keep_a_model_that_nobody_uses():
    model = build()
    fastest_steps(model)
    gone = weakref.ref(model)
    del model
    gc.collect()
    assert gone() is None


@pytest.mark.parametrize("runtime", ["numpy", "onnx-float32", "onnx-int8"])
def test_many_at_once_write_what_one_writes_alone(runtime, monkeypatch):
    monkeypatch.setenv("UNROLLED_RUNTIME", runtime)
    model = build()

    def write(seed: int) -> list[tuple[int, float]]:
        return list(generate(model, [1], max_new_tokens=60, seed=seed))

    alone = [write(seed) for seed in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(write, range(4))) == alone
