"""The forecaster: step by step equals the whole sequence, zeros repeat the reference, bands never cross."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from engine.cells import CELLS
from engine.errors import ConfigError
from engine.models.forecaster import LINEAR, Forecaster, ForecasterConfig

SMALL = ForecasterConfig(4, 1, "gru", 12, 5, 4)


def build(**changes: object) -> Forecaster:
    """Return a small forecaster with weights that are not zero, in evaluation mode."""
    torch.manual_seed(0)
    model = Forecaster.from_config(dataclasses.replace(SMALL, **changes), vocab_size=3)
    with torch.no_grad():
        for weight in model.parameters():
            weight.copy_(0.3 * torch.randn_like(weight))
    return model.eval()


VALUES, KNOWN = torch.randn(2, 12).cumsum(1), torch.randn(2, 17, 2)


@pytest.mark.parametrize("cell", [*CELLS.names(), LINEAR])
@pytest.mark.parametrize("scaled_by", ["training", "window"])
@pytest.mark.parametrize("reference", ["last", "season"])
def test_before_it_has_learnt_anything_it_repeats_its_reference(cell, reference, scaled_by):
    sizes = {"hidden_size": 0, "num_layers": 0} if cell == LINEAR else {}
    config = dataclasses.replace(SMALL, cell=cell, reference=reference, scaled_by=scaled_by, **sizes)
    said = Forecaster.from_config(config, vocab_size=3)(VALUES, KNOWN)[:, :, 0]
    wanted = VALUES[:, [-4, -3, -2, -1, -4]] if reference == "season" else VALUES[:, [-1] * 5]
    torch.testing.assert_close(said, wanted)


@pytest.mark.parametrize("strategy", ["direct", "recursive"])
@pytest.mark.parametrize("reference", ["nothing", "last", "season"])
def test_bands_never_cross_and_levels_and_scales_carry_over(strategy, reference):
    model = build(strategy=strategy, reference=reference, scaled_by="window")
    said = model(VALUES, KNOWN)
    assert said.shape == (2, 5, 3)
    assert (said[:, :, 1] < said[:, :, 0]).all()
    assert (said[:, :, 0] < said[:, :, 2]).all()
    torch.testing.assert_close(model(1000 * VALUES + 7000, KNOWN), 1000 * said + 7000, rtol=1e-3, atol=2.0)


@pytest.mark.parametrize("reference", ["nothing", "last", "season"])
def test_own_values_given_as_true_ones_change_nothing_and_others_change_only_what_follows(reference):
    model = build(strategy="recursive", reference=reference)
    own = model(VALUES, KNOWN)
    torch.testing.assert_close(model(VALUES, KNOWN, own[:, :, 0]), own)
    other = own[:, :, 0].clone()
    other[:, 2] += 1
    forced = model(VALUES, KNOWN, other)
    torch.testing.assert_close(forced[:, :3], own[:, :3])
    assert not torch.allclose(forced[:, 3], own[:, 3])


def test_a_value_ahead_is_not_seen_by_those_before_it():
    model = build(strategy="recursive")
    later = KNOWN.clone()
    later[:, -1] += 1
    torch.testing.assert_close(model(VALUES, later)[:, :-1], model(VALUES, KNOWN)[:, :-1])


def test_a_season_longer_than_the_window_is_refused():
    with pytest.raises(ConfigError, match="window must be longer than the season, 20, not 12"):
        Forecaster.from_config(dataclasses.replace(SMALL, season=20, reference="season"))
