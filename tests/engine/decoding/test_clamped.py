"""A puppet without strings is the model; with strings it is the readable cell with the same interventions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
import torch

from engine.cells import Interventions
from engine.decoding.clamped import ClampedModel
from engine.decoding.limits import SamplingSettings
from engine.decoding.scoring import score_stream
from engine.decoding.text import write_text
from engine.errors import ConfigError, InputError
from engine.models.folder import LoadedModel, load_model
from engine.models.language_model import LanguageModel

SETTINGS = SamplingSettings(max_new_tokens=250, seed=3)


@pytest.mark.parametrize("name", ["shakespeare-rnn", "shakespeare-lstm", "shakespeare-gru"])
@pytest.mark.parametrize(
    "strings", [{}, {0: Interventions(scale_units={5: 1.0}), 1: Interventions()}], ids=["none", "slack"]
)
def test_without_a_pull_it_writes_the_models_text(
    name: str, strings: dict[int, Interventions], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UNROLLED_RUNTIME", "torch")
    loaded = load_model(name)
    puppet = dataclasses.replace(loaded, model=ClampedModel(loaded.model, strings))
    assert "".join(write_text(puppet, "MARA:\n", SETTINGS)) == "".join(write_text(loaded, "MARA:\n", SETTINGS))


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru"])
def test_logits_are_those_of_the_cells_unrolled_with_the_same_interventions(
    cell: str, build_language_model: Callable[..., LanguageModel]
) -> None:
    from engine.layers import from_torch

    model = build_language_model(9, seed=2, cell=cell)
    strings = {0: Interventions(ablate_units=[1], clamp_units={4: 0.7}), 1: Interventions(scale_units={2: -3.0})}
    ids = torch.tensor([[1, 5, 2, 8, 8, 3], [0, 4, 4, 1, 7, 6]])
    hidden = model.embedding(ids)
    first = from_torch(model.layers[0]).unroll(hidden, interventions=strings[0]).outputs
    joined = model.join(hidden, first)
    second = from_torch(model.layers[1]).unroll(joined, interventions=strings[1]).outputs
    truth = model.project(model.join(joined, second))
    found, _ = ClampedModel(model, strings)(ids)
    torch.testing.assert_close(found, truth)
    assert not torch.allclose(found, model(ids)[0])


def test_silencing_every_unit_of_the_last_layer_leaves_what_the_others_say(reader: LoadedModel) -> None:
    everything = Interventions(ablate_units=range(12))
    puppet = ClampedModel(reader.model, dict.fromkeys(range(2), everything))
    ids = torch.tensor(reader.tokenizer.encode("A dog, a log."))
    logits, _ = puppet(ids[None])
    assert torch.allclose(logits, reader.model.output_bias.expand_as(logits)), (
        "an untied model without residuals says its bias"
    )
    assert score_stream(puppet, ids) != score_stream(reader.model, ids)


def test_the_model_itself_is_untouched(reader: LoadedModel) -> None:
    before = {name: weight.clone() for name, weight in reader.model.state_dict().items()}
    ClampedModel(reader.model, {0: Interventions(hold_gates={"forget_gate": 0.0})})(torch.tensor([[1, 2, 3]]))
    assert all(torch.equal(weight, before[name]) for name, weight in reader.model.state_dict().items())


def test_layers_units_and_gates_that_are_not_there_are_refused(reader: LoadedModel) -> None:
    with pytest.raises(InputError, match="no layer 3; the layers are 1 to 2"):
        ClampedModel(reader.model, {2: Interventions()})
    with pytest.raises(ConfigError, match="units run from 0 to 11"):
        ClampedModel(reader.model, {0: Interventions(ablate_units=[12])})
    with pytest.raises(ConfigError, match="no gate 'reset_gate'"):
        ClampedModel(reader.model, {0: Interventions(hold_gates={"reset_gate": 0.0})})
