"""An edit's traces against the model's own steps, pairs and half-times against cases worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.cells import units
from engine.inspection.cells.state_edits import (
    average_difference,
    compare_averages,
    compare_states,
    edit_frame,
    fading,
    has_same_tokens,
    pair_tokens,
)
from engine.inspection.cells.units import prove_text
from engine.layers import ReadableCell, from_torch
from engine.models.folder import LoadedModel, ModelInfo
from engine.models.language_model import LanguageModel

FIRST, SECOND = "the boat saw the fog", "the fog saw the boat"


@pytest.fixture(params=["rnn", "lstm", "gru"])
def network(
    request: pytest.FixtureRequest, reader: LoadedModel, build_language_model: Callable[..., LanguageModel]
) -> LoadedModel:
    """Return a small network of each kind of cell that reads the tests' characters."""
    model = build_language_model(reader.tokenizer.vocab_size, seed=5, cell=request.param, forget_bias=-1.0)
    info = ModelInfo(f"tiny-{request.param}", reader.info.path, architecture=request.param, config=model.config)
    return LoadedModel(info, model, reader.tokenizer)


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("a dog sat", "a log sat", "aa DL oo gg ss aa tt"),  # the word is replaced, two of its letters stay
        ("a dog sat", "a boat sat", "aa DB oo GA ss aa tt"),  # the last letter of "boat" has no partner
        ("a dog sat", "a sat", "aa SS aa tt"),  # taken out: first felt at the next pair
        ("a sat", "a dog sat", "aa SS aa tt"),
    ],
)
def test_words_are_paired_with_words(reader: LoadedModel, first: str, second: str, wanted: str) -> None:
    found = pair_tokens(reader, first, second)
    joined = [
        ("".join(pair).upper() if edited else "".join(pair))
        for pair, edited in zip(found.tokens, found.edited, strict=True)
    ]
    assert [pair for pair in joined if pair.strip()] == wanted.split()
    assert found.left_out == len(first) + len(second) - 2 * len(found.tokens)


def test_differences_are_those_of_two_runs_step_by_step(network: LoadedModel) -> None:
    def last_layer(text: str) -> np.ndarray:
        state, after = network.model.start(1), []
        with torch.no_grad():
            for token_id in [start_id(network), *network.tokenizer.encode(text)]:
                _, state = network.model.step(torch.tensor([token_id]), state)
                after.append(
                    state[1][0][0].double().numpy() if isinstance(state[1], tuple) else state[1][0].double().numpy()
                )
        return np.stack(after[1:])

    one, other = last_layer(FIRST), last_layer(SECOND)
    pairs, edit = pair_tokens(network, FIRST, SECOND), compare_states(network, FIRST, SECOND, 1)
    for position, (a, b) in enumerate(zip(pairs.first, pairs.second, strict=True)):
        np.testing.assert_allclose(edit.differences[position], other[b] - one[a], atol=1e-5)
        size = np.sqrt((np.linalg.norm(one[a]) ** 2 + np.linalg.norm(other[b]) ** 2) / 2)
        assert edit.distance[position] == pytest.approx(np.linalg.norm(one[a] - other[b]) / size, abs=1e-4)
    assert edit.distance[:4].tolist() == [0.0] * 4  # "the " is read before anything differs
    reach = np.abs(one[pairs.first] - other[pairs.second]).max(axis=0)
    assert set(edit.liveliest(3)) == set(np.argsort(-reach)[:3])
    frame = edit_frame({"It": edit}, {"It": pairs})
    assert frame["distance"].tolist() == edit.distance.tolist()
    assert frame["characters"].tolist() == [position + 1 for position in pairs.first]


def test_proof_is_small_and_finds_a_wrong_cell(network: LoadedModel, monkeypatch: pytest.MonkeyPatch) -> None:
    assert prove_text(network, FIRST, 1) < 1e-6

    def wrong(layer: torch.nn.RNNBase) -> ReadableCell:
        cell = from_torch(layer)
        cell.weight_hh.data += 0.5
        return cell

    monkeypatch.setattr(units, "from_torch", wrong)
    assert prove_text(network, FIRST, 1) > 1e-3


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(FIRST.split()))
def test_an_average_is_blind_to_order_and_a_network_is_not(reader: LoadedModel, words: list[str]) -> None:
    text = " ".join(words)
    assert has_same_tokens(reader, FIRST, text)
    assert average_difference(reader, FIRST, text) < 1e-12
    if text != FIRST:
        tail = " and sat."
        assert compare_averages(reader, FIRST + tail, text + tail).at_end < 1e-7
        assert compare_states(reader, FIRST + tail, text + tail, 0).distance.max() > 1e-3


def test_another_word_changes_the_average_by_what_it_weighs(reader: LoadedModel) -> None:
    first, second = "a dog", "a log"
    rows = reader.model.embedding.weight.detach().double()
    (one,), (other,) = reader.tokenizer.encode("d"), reader.tokenizer.encode("l")
    assert not has_same_tokens(reader, first, second)
    assert average_difference(reader, first, second) == pytest.approx(
        float((rows[one] - rows[other]).abs().max()) / 5, rel=1e-6
    )


@pytest.mark.parametrize(
    ("distance", "start", "share", "wanted"),
    [
        ([0, 8, 6, 4, 3], 0, 0.5, (1, 2)),
        ([9, 8, 3, 5, 1], 1, 0.5, (1, 3)),  # it comes back once: only the last crossing counts
        ([0, 8, 7], 0, 0.5, (1, None)),
        ([0, 2, 8, 1, 0.05], 0, 0.01, (2, 2)),
        ([0, 0], 0, 0.5, (0, 0)),
    ],
)
def test_fading(distance: list[float], start: int, share: float, wanted: tuple) -> None:
    assert fading(distance, start, share) == wanted


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("", "a", "no text"),
        ("a dog", "a dog", "the same"),
        ("x" * 1001, "y", "at most 1,000"),
        ("a dog", "a dog sat", "only at their end"),
    ],
)
def test_texts_that_cannot_be_compared_get_a_sentence(reader: LoadedModel, first: str, second: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        pair_tokens(reader, first, second)
