"""Steps without torch against the model's own, for every cell: NumPy, and ONNX Runtime in both precisions."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engine.cells import CELLS
from engine.models.language_model import LanguageModel
from engine.runtimes.choice import added_nats, log_softmax
from engine.runtimes.graph import step_graph, to_8_bits
from engine.runtimes.numbers import NumpySteps
from engine.runtimes.program import FlatSteps, StepProgram, build_program, flat_state
from engine.runtimes.programs import language_model
from engine.runtimes.session import OnnxSteps

VOCAB = 19
RUNTIMES = ("numpy", "onnx-float32", "onnx-int8")


def build(cell: str = "lstm", **options) -> LanguageModel:
    """Return a small network with weights large enough to matter."""
    torch.manual_seed(3)
    model = LanguageModel(VOCAB, **({"embedding_dim": 12, "hidden_size": 24, "cell": cell} | options)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.4)
    return model


def program_of(model: LanguageModel) -> StepProgram:
    program = build_program(
        "language_model", model.config, {name: weight.numpy() for name, weight in model.state_dict().items()}
    )
    assert program is not None
    return program


def steps_on(runtime: str, program: StepProgram) -> FlatSteps:
    if runtime == "numpy":
        return NumpySteps(program)
    precision = runtime.removeprefix("onnx-")
    return OnnxSteps(program, step_graph(program, precision).SerializeToString(), precision)


def run(steps: FlatSteps, tokens: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the logits (B, T, V) along tokens (B, T), and the last state."""
    state, rows = steps.start(len(tokens)), []
    for now in tokens.T:
        logits, state = steps.step(now, state)
        rows.append(logits)
    return np.stack(rows, axis=1), state


@pytest.mark.parametrize("cell", CELLS.names())
@pytest.mark.parametrize(
    "options", [{}, {"embedding_dim": 24, "num_layers": 3}, {"tie_embeddings": True}, {"residual": False}], ids=str
)
@pytest.mark.parametrize("largest_table", [0, 10**6])
@pytest.mark.parametrize("runtime", ["numpy", "onnx-float32"])
def test_steps_in_single_precision_equal_the_forward_pass(runtime, cell, options, largest_table, monkeypatch):
    monkeypatch.setattr(language_model, "LARGEST_TABLE", largest_table)
    model = build(cell, **options)
    steps, tokens = steps_on(runtime, program_of(model)), torch.randint(VOCAB, (2, 30))
    with torch.no_grad():
        expected, last = model(tokens)
    logits, state = run(steps, tokens.numpy())
    np.testing.assert_allclose(logits, expected, atol=5e-5, rtol=1e-5)
    np.testing.assert_allclose(state, flat_state(last), atol=5e-5, rtol=1e-5)


@pytest.mark.parametrize("cell", CELLS.names())
def test_steps_in_8_bits_stay_near(cell):
    """Weights this large, and so few of them, are the hard case: trained networks lose a hundredth of it."""
    model = build(cell, hidden_size=160, embedding_dim=160)
    with torch.no_grad():
        for weight in model.parameters():
            weight.mul_(0.25)
    program, tokens = program_of(model), np.random.default_rng(1).integers(VOCAB, size=(2, 60))
    exact, rounded = (log_softmax(run(steps_on(name, program), tokens)[0]) for name in ("numpy", "onnx-int8"))
    assert 0 < float((np.exp(exact) * (exact - rounded)).sum(axis=-1).mean()) < 0.005
    reference, other = steps_on("numpy", program), steps_on("onnx-int8", program)
    assert 0 < added_nats(reference, other, VOCAB) < 0.005
    assert added_nats(reference, reference, VOCAB) == 0


@pytest.mark.parametrize("cell", CELLS.names())
@pytest.mark.parametrize("options", [{}, {"tie_embeddings": True, "embedding_dim": 48}], ids=str)
def test_in_8_bits_a_text_is_the_same_to_the_last_bit_alone_and_in_a_batch_of_any_size(cell, options, monkeypatch):
    monkeypatch.setattr(language_model, "LARGEST_TABLE", 0)
    steps = steps_on("onnx-int8", program_of(build(cell, hidden_size=160, **options)))
    tokens = np.random.default_rng(2).integers(VOCAB, size=(17, 12))
    alone, last = run(steps, tokens[:1])
    for size in (2, 3, 8, 17):
        together, state = run(steps, tokens[:size])
        np.testing.assert_array_equal(together[0], alone[0])
        np.testing.assert_array_equal(state[0], last[0])


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_text_goes_on_from_the_models_own_state(runtime):
    model = build(hidden_size=160)
    with torch.no_grad():
        _, state = model(torch.tensor([[3, 1, 4]]))
        expected, _ = model.step(torch.tensor([1]), state)
    logits, _ = steps_on(runtime, program_of(model)).read([1], state)
    expected = expected.double().log_softmax(-1)
    np.testing.assert_allclose(log_softmax(logits), expected, atol=0.5 if "int8" in runtime else 1e-4)


def test_8_bits_are_off_by_half_a_step_of_their_row_at_most():
    weight = np.random.default_rng(0).normal(size=(5, 70)).astype(np.float32)
    weight[0] = 0
    whole, scales = to_8_bits(weight)
    assert np.abs(whole).max() == 127
    assert (np.abs(whole * scales[:, None] - weight) <= scales[:, None] / 2 * 1.001).all()
    assert not whole[0].any()
