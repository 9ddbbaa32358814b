"""Connectivity and the trained chain: finite differences in float64, replacing read from the start, full Jacobians by
autograd."""

from __future__ import annotations

import copy
import dataclasses
import math

import numpy as np
import pytest
import torch

from engine.decoding.text import start_id
from engine.errors import InputError
from engine.inspection.gradients import connectivity as module
from engine.inspection.gradients.chain import ChainSettings, fate, measure_chain
from engine.inspection.gradients.connectivity import Connectivity, connectivity, rank_correlation, replacements
from engine.inspection.gradients.trained_chain import trained_chain, untrained, untrained_chain
from engine.layers import layer_weights
from engine.models.folder import LoadedModel, load_model
from engine.models.language_model import LanguageModel
from engine.models.transformer_language_model import TransformerLanguageModel

TEXT = "The fog sat on the boat."


def precise(loaded: LoadedModel) -> LoadedModel:
    """Return a copy of a model in double precision."""
    return dataclasses.replace(loaded, model=copy.deepcopy(loaded.model).double())


def small(kind: str, tie: bool = False) -> LoadedModel:
    """Return a two-layer model with the shipped models' letters, of random weights, in double precision."""
    trained = load_model("shakespeare-gru")
    torch.manual_seed(4)
    sizes = {"embedding_dim": 6, "hidden_size": 6, "num_layers": 2}
    model = LanguageModel(trained.tokenizer.vocab_size, **sizes, cell=kind, tie_embeddings=tie)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.5)
    return dataclasses.replace(trained, model=model.double().eval())


@torch.no_grad()
def logit_after(loaded: LoadedModel, embeddings: torch.Tensor, target: int) -> float:
    """Return the logit of `target` after reading embeddings (T, E), layer by layer, one cell call per step."""
    model, hidden = loaded.model, embeddings
    for layer in model.layers:
        outputs, _ = layer(hidden[None])
        hidden = model.join(hidden, outputs[0])
    return model.project(hidden[-1])[target].item()


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru", "tied"])
def test_strengths_are_finite_differences(kind: str) -> None:
    loaded = small("lstm", tie=True) if kind == "tied" else small(kind)
    ids = loaded.tokenizer.encode(TEXT)
    index = 12
    found = connectivity(loaded, TEXT, index)
    rows = loaded.model.embedding.weight.detach()[torch.tensor([start_id(loaded), *ids[: index - 1]])]
    assert found.logit == pytest.approx(logit_after(loaded, rows, ids[index - 1]))
    nudge = 1e-5
    for position in (0, 4, index - 2):
        slopes = []
        for column in range(rows.shape[1]):
            moved = [rows.clone(), rows.clone()]
            for sign, each in zip((1, -1), moved, strict=True):
                each[1 + position, column] += sign * nudge
            slopes.append(
                (logit_after(loaded, moved[0], ids[index - 1]) - logit_after(loaded, moved[1], ids[index - 1]))
                / (2 * nudge)
            )
        assert found.strengths[position] == pytest.approx(np.linalg.norm(slopes), rel=1e-4)


@pytest.mark.parametrize("name", ["shakespeare-rnn", "shakespeare-lstm", "shakespeare-gru"])
def test_shipped_models_strengths_are_finite_differences_in_float64(name: str) -> None:
    loaded = precise(load_model(name))
    ids = loaded.tokenizer.encode(TEXT)
    found = connectivity(loaded, TEXT, len(ids))
    rows = loaded.model.embedding.weight.detach()[torch.tensor([start_id(loaded), *ids[:-1]])]
    position = len(ids) - 6
    direction = torch.randn(rows.shape[1], dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    # Along one direction the slope is the gradient's part there; the gradient itself comes from a second run by
    # torch.nn.
    rows.requires_grad_()
    hidden = rows
    for layer in loaded.model.layers:
        hidden = loaded.model.join(hidden, layer(hidden[None])[0][0])
    gradient = torch.autograd.grad(loaded.model.project(hidden[-1])[ids[-1]], rows)[0]
    assert found.strengths == pytest.approx(gradient[1:].norm(dim=1).numpy(), rel=1e-9)
    ends = []
    for sign in (1, -1):
        moved = rows.detach().clone()
        moved[1 + position] += sign * 1e-5 * direction
        ends.append(logit_after(loaded, moved, ids[-1]))
    assert (ends[0] - ends[1]) / 2e-5 == pytest.approx(float(gradient[1 + position] @ direction), rel=1e-4)


@pytest.mark.parametrize("kind", ["rnn", "lstm"])
def test_replacing_is_reading_the_changed_text_from_the_start(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHECKED", 7)
    monkeypatch.setattr(module, "SIDE_BY_SIDE", 3)
    loaded = small(kind)
    ids, index, random = loaded.tokenizer.encode(TEXT), 15, np.random.default_rng(0)
    frame = replacements(loaded, TEXT, index)
    assert frame["distance"].tolist() == [7, 6, 5, 4, 3, 2, 1]
    assert "".join(frame["token"]) == TEXT[7:14]

    def logit(read: list[int]) -> float:
        rows = loaded.model.embedding.weight.detach()[torch.tensor([start_id(loaded), *read])]
        return logit_after(loaded, rows, ids[index - 1])

    for position in range(1, index):
        candidates = [other for other in ids if other != ids[position - 1]]
        others = [candidates[random.integers(len(candidates))] for _ in range(2)]
        if position not in (8, 11, 14):
            continue
        changes = [
            abs(logit([*ids[: position - 1], other, *ids[position : index - 1]]) - logit(ids[: index - 1]))
            for other in others
        ]
        assert frame.set_index("position")["moved"][position] == pytest.approx(np.mean(changes), rel=1e-9)


@torch.no_grad()
def test_a_transformers_row_is_finite_differences_and_its_check_reads_the_changed_text(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHECKED", 3)
    monkeypatch.setattr(module, "SIDE_BY_SIDE", 2)
    trained = load_model("shakespeare-gru")
    torch.manual_seed(4)
    model = TransformerLanguageModel(
        trained.tokenizer.vocab_size, width=8, num_layers=2, num_heads=2, feedforward_size=8, window=16
    )
    info = dataclasses.replace(trained.info, config={"width": 8})
    loaded = dataclasses.replace(trained, model=model.double().eval(), info=info)
    text, index = (
        "Fog, the boat",
        7,
    )  # no letter twice among those read, so that a nudged row of the embedding is one place
    ids = loaded.tokenizer.encode(text)
    read = [start_id(loaded), *ids[: index - 1]]
    assert len(set(read)) == len(read)

    def logit(read: list[int]) -> float:
        return model(torch.tensor([read]))[0][0, -1, ids[index - 1]].item()

    found, weight = connectivity(loaded, text, index), model.embedding.weight
    assert found.logit == pytest.approx(logit(read))
    for position in (0, 3, index - 2):
        row, slopes = weight[ids[position]].clone(), []
        for column in range(8):
            ends = []
            for sign in (1, -1):
                weight[ids[position], column] = row[column] + sign * 1e-5
                ends.append(logit(read))
            weight[ids[position]] = row
            slopes.append((ends[0] - ends[1]) / 2e-5)
        assert found.strengths[position] == pytest.approx(np.linalg.norm(slopes), rel=1e-4)
    frame, random, others = replacements(loaded, text, index), np.random.default_rng(0), {}
    for position in range(1, index):
        candidates = [other for other in ids if other != ids[position - 1]]
        others[position] = [candidates[random.integers(len(candidates))] for _ in range(2)]
    assert frame["position"].tolist() == [4, 5, 6]
    for position, moved in zip(frame["position"], frame["moved"], strict=True):
        changes = [
            abs(logit([*read[:position], other, *read[position + 1 :]]) - logit(read)) for other in others[position]
        ]
        assert moved == pytest.approx(np.mean(changes), rel=1e-9)


def test_the_summary_by_hand() -> None:
    found = Connectivity(list("abcdef"), 5, np.array([1.0, 0.05, 4.0, 3.0]), 0.0, 0.5)
    assert found.shares[:4].tolist() == [0.25, 0.0125, 1.0, 0.75]
    assert np.isnan(found.shares[4:]).all()
    assert found.half_reach == 2  # 3 of 8.05 in the last one, 7 in the last two
    assert found.furthest == 4
    assert rank_correlation(np.array([1.0, 2.0, 4.0, 3.0]), np.array([10.0, 20.0, 30.0, 40.0])) == pytest.approx(0.8)
    assert math.isnan(rank_correlation(np.ones(4), np.arange(4.0)))


@pytest.mark.parametrize("kind", ["rnn", "lstm", "gru"])
def test_the_trained_chain_is_the_full_jacobian_of_all_layers(kind: str) -> None:
    loaded = small(kind)
    text = TEXT[:5]
    ids = [start_id(loaded), *loaded.tokenizer.encode(text)]
    template = loaded.model.start(1)
    flat = [part for layer in template for part in (layer if isinstance(layer, tuple) else (layer,))]
    size = sum(part.shape[1] for part in flat)

    def unflatten(vector: torch.Tensor) -> tuple:
        parts = iter(vector.split(6))
        return tuple(
            type(layer)(*(next(parts)[None] for _ in layer)) if isinstance(layer, tuple) else next(parts)[None]
            for layer in template
        )

    def run(vector: torch.Tensor, first: int, last: int) -> torch.Tensor:
        state = unflatten(vector)
        for token in ids[first:last]:
            _, state = loaded.model.step(torch.tensor([token]), state)
        return torch.cat(
            [part for layer in state for part in (layer if isinstance(layer, tuple) else (layer,))], dim=1
        )[0]

    # With as many orthogonal directions as there are state values the estimate is exact.
    gains = 10 ** trained_chain(loaded, text, probes=size)["log10_gain"]
    assert gains[0] == pytest.approx(1, rel=1e-6)
    begin = torch.zeros(size, dtype=torch.float64)
    for distance in (1, 4, len(ids)):
        first = len(ids) - distance
        state = run(begin, 0, first).detach()
        jacobian = torch.autograd.functional.jacobian(lambda vector: run(vector, first, len(ids)), state)
        assert gains[distance] == pytest.approx(jacobian.square().mean().mul(size).sqrt().item(), rel=1e-6)


@pytest.mark.parametrize("name", ["rnn", "lstm"])
def test_shipped_sizes_drawn_as_the_sliders_say_agree_with_the_small_networks_above(name: str) -> None:
    settings = ChainSettings()
    text = "The cat, which sat on the mat and purred, was happy"
    large = untrained_chain(load_model(f"shakespeare-{name}"), text, settings)["log10_gain"].iloc[50]
    assert fate(large) == fate(measure_chain(settings).log10_gain(name, 50))


def test_from_the_start_that_the_shipped_networks_had_training_turns_the_order_round() -> None:
    started = ChainSettings(matrix="orthogonal", forget_bias=1.0)
    text = "The cat, which sat on the mat and purred, was happy"
    rnn, lstm = (load_model(f"shakespeare-{name}") for name in ("rnn", "lstm"))
    before = [untrained_chain(each, text, started)["log10_gain"].iloc[50] for each in (rnn, lstm)]
    after = [trained_chain(each, text)["log10_gain"].iloc[50] for each in (rnn, lstm)]
    assert before[0] > before[1]
    assert after[0] < after[1]


def test_an_untrained_twin_is_drawn_by_the_rule_of_the_chain(reader: LoadedModel) -> None:
    layer = untrained(reader, ChainSettings(matrix="identity", gain=1.5)).model.layers[0]
    square = layer_weights(layer).weight_hh[: layer.hidden_size]
    assert torch.equal(square, 1.5 * torch.eye(layer.hidden_size))


def test_an_untrained_twin_has_the_same_size_and_other_weights(reader: LoadedModel) -> None:
    twin = untrained(reader, ChainSettings())
    assert twin.model.parameter_count() == reader.model.parameter_count()
    assert not torch.equal(twin.model.embedding.weight, reader.model.embedding.weight)
    assert torch.equal(twin.model.embedding.weight, untrained(reader, ChainSettings()).model.embedding.weight)


def test_what_cannot_be_looked_at_is_said(reader: LoadedModel) -> None:
    for text, position, words in (
        ("a", 2, "too short"),
        ("", 2, "no text"),
        ("abc", 1, "between 2 and 3"),
        ("a" * 2001, 2, "2,001 characters"),
    ):
        with pytest.raises(InputError, match=words):
            connectivity(reader, text, position)
    with pytest.raises(InputError, match="only counts"):
        trained_chain(load_model("shakespeare-ngram"), "abc")
    assert len(connectivity(reader, "a" * 2000, 2000).strengths) == 1999
    assert len(replacements(reader, "aaaa", 4)) == 3  # no other letter in the text: any other token
