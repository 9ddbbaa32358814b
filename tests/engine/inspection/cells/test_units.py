"""Traces of units, against the model's own states step by step and gates computed from its weights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from engine.cells import CELLS
from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.cells import units
from engine.inspection.cells.units import (
    WARM_UP,
    check_unit,
    pieces,
    stream_states,
    trace,
    unit_course,
)
from engine.layers import from_torch
from engine.models.folder import LoadedModel, ModelInfo
from engine.models.language_model import LanguageModel

TEXT = "The ferry left at noon.\nTOM: A dog!\n"


@pytest.fixture(params=["rnn", "lstm", "gru"])
def network(
    request: pytest.FixtureRequest, reader: LoadedModel, build_language_model: Callable[..., LanguageModel]
) -> LoadedModel:
    """Return a small network of each kind of cell that reads the tests' characters."""
    model = build_language_model(reader.tokenizer.vocab_size, seed=5, cell=request.param, forget_bias=-1.0)
    info = ModelInfo(f"tiny-{request.param}", reader.info.path, architecture=request.param, config=model.config)
    return LoadedModel(info, model, reader.tokenizer)


def states_by_steps(network: LoadedModel, text: str) -> list[tuple[np.ndarray, ...]]:
    """Return each layer's state parts after each character, (T, H), from the model's own steps."""
    state, after = network.model.start(1), []
    with torch.no_grad():
        for token_id in [start_id(network), *network.tokenizer.encode(text)]:
            _, state = network.model.step(torch.tensor([token_id]), state)
            after.append(
                [[part[0].numpy() for part in (layer if isinstance(layer, tuple) else (layer,))] for layer in state]
            )
    return [
        tuple(np.stack([step[layer][part] for step in after[1:]]) for part in range(len(after[0][layer])))
        for layer in range(len(after[0]))
    ]


def test_trace_is_the_models_own_states(network: LoadedModel) -> None:
    traced, truth = trace(network, TEXT), states_by_steps(network, TEXT)
    assert len(traced) == len(truth) == 2
    for layer, parts in zip(traced, truth, strict=True):
        for name, values in zip(["hidden", "cell"], parts, strict=False):
            np.testing.assert_allclose(layer[name], values, atol=1e-5)


def test_gates_are_those_of_the_readable_cell_stepped_through_the_text(network: LoadedModel) -> None:
    ids = torch.tensor([[start_id(network), *network.tokenizer.encode(TEXT)]])
    with torch.no_grad():
        run = from_torch(network.model.layers[0]).unroll(network.model.embedding(ids))
    (traced,) = trace(network, TEXT, [0])
    assert set(traced) == {"hidden", *run.gates} | ({"cell"} if network.info.architecture == "lstm" else set())
    for name, gate in run.gates.items():
        np.testing.assert_allclose(traced[name], gate[0, 1:].numpy(), atol=1e-5)


def test_streams_have_the_states_of_one_pass(network: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "WARM_UP", 300)  # longer than these networks, with gates that forget, remember
    text = (TEXT * 40)[:1300]
    truth = states_by_steps(network, text)
    found = stream_states(network, network.tokenizer.encode(text), streams=4)
    for parts, expected in zip(found, truth, strict=True):
        assert len(parts) == len(CELLS.get(network.info.architecture).parts)
        for part, values in zip(parts, expected, strict=True):
            assert part.shape == values.shape
            np.testing.assert_allclose(part, values, atol=2e-3)  # float16


def test_a_text_shorter_than_the_warm_up_is_one_stream(network: LoadedModel) -> None:
    text = TEXT[: WARM_UP // 4]
    found = stream_states(network, network.tokenizer.encode(text))
    np.testing.assert_allclose(found[0][0], states_by_steps(network, text)[0][0], atol=1e-3)


def test_course_of_a_unit_and_the_units_that_move_most(network: LoadedModel) -> None:
    truth = states_by_steps(network, TEXT)[1][0]
    course = unit_course(network, TEXT, layer=1, unit=3)
    np.testing.assert_allclose(course.values, truth[:, 3], atol=1e-5)
    assert "".join(course.tokens) == TEXT
    assert course.limits == (-1.0, 1.0)
    assert course.busiest[0] == int(truth.std(axis=0).argmax())
    highest = int(truth[:, 3].argmax())
    last = TEXT[highest].replace("\n", "↵")
    assert f"{last}”; lowest" in course.summary() or "hardly moves" in course.summary()


def test_pieces_of_a_piece_model_are_its_tokens(interpreter: LoadedModel) -> None:
    text = "the cat sees"
    found = pieces(interpreter, text)
    assert len(found) == len(interpreter.tokenizer.encode(text))
    assert "".join(piece.strip() for piece in found) == "thecatsees"


@pytest.mark.parametrize(
    ("layer", "unit", "part", "sentence"),
    [
        (0, 6, "hidden", "There is no unit 6 in layer 1 of the .*; its units run from 0 to 5"),
        (1, -1, "hidden", "no unit -1 in layer 2"),
        (2, 0, "hidden", "There is no layer 3 in the .*; its layers are 1 to 2"),
        (-1, 0, "hidden", "no layer 0"),
        (0, 0, "peephole", "has no peephole; it has: hidden state"),
    ],
)
def test_what_is_not_there_gets_a_sentence(
    network: LoadedModel, layer: int, unit: int, part: str, sentence: str
) -> None:
    with pytest.raises(InputError, match=sentence):
        check_unit(network, layer, unit, part)


def test_a_gate_of_another_cell_gets_a_sentence(reader: LoadedModel) -> None:
    with pytest.raises(InputError, match="has no reset gate; it has: hidden state, memory cell, input gate"):
        unit_course(reader, TEXT, 0, 0, "reset_gate")


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "no text"), ("x" * 5_001, "5,001 characters; at most 5,000"), ("\udcff", "UTF-8")]
)
def test_text_that_cannot_be_read_gets_a_sentence(reader: LoadedModel, text: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        unit_course(reader, text, 0, 0)


def test_a_model_that_counts_has_no_units(reader: LoadedModel) -> None:
    counts = LoadedModel(ModelInfo("counts", reader.info.path), reader.model, reader.tokenizer)
    with pytest.raises(InputError, match="counts has no hidden units"):
        check_unit(counts, 0, 0)
