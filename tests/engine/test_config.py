"""Configuration: strict reading, bounds, and one clear sentence for whatever is wrong."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import from_dict, option, to_dict, validate
from engine.decoding.limits import SamplingSettings, SearchSettings
from engine.errors import ConfigError
from engine.training import TrainingSettings


@dataclasses.dataclass(frozen=True)
class Settings:
    name: str
    size: int = option(3, label="Size", help="How big.", minimum=1, maximum=8, step=1)
    rate: float = option(0.5, minimum=0.0)
    share: float = option(0.5, maximum=1.0)
    kind: str = option("a", choices=("a", "b"))
    is_fast: bool = False


@given(
    st.builds(
        Settings,
        name=st.text(),
        size=st.integers(1, 8),
        rate=st.floats(0, 1e9),
        share=st.floats(-1e9, 1),
        kind=st.sampled_from("ab"),
        is_fast=st.booleans(),
    )
)
def test_what_is_written_is_read_back(settings):
    assert from_dict(Settings, to_dict(settings)) == settings


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sice": 3}, r"Unknown setting sice; Settings takes: is_fast, kind, name, rate, share, size\."),
        ({"size": 0}, "size must lie between 1 and 8, not 0"),
        ({"size": 9}, "size must lie between 1 and 8, not 9"),
        ({"size": 2.0}, "size must be a whole number, not 2.0"),
        ({"size": True}, "size must be a whole number, not True"),
        ({"size": "3"}, "size must be a whole number, not '3'"),
        ({"size": None}, "size must be a whole number, not None"),
        ({"rate": -0.1}, "rate must lie at or above 0, not -0.1"),
        ({"rate": float("nan")}, "rate must be a finite number, not nan"),
        ({"rate": float("inf")}, "rate must be a finite number, not inf"),
        ({"rate": 10**400}, "rate must be a finite number"),
        ({"rate": True}, "rate must be a number, not True"),
        ({"rate": "much"}, "rate must be a number, not 'much'"),
        ({"share": 1.5}, "share must lie at or below 1, not 1.5"),
        ({"kind": "c"}, "kind must be one of a, b, not 'c'"),
        ({"is_fast": 1}, "is_fast must be true or false, not 1"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(change, sentence):
    with pytest.raises(ConfigError, match=sentence):
        from_dict(Settings, {"name": "x"} | change)


def test_a_missing_setting_is_named():
    with pytest.raises(ConfigError, match="Settings needs a value for name"):
        from_dict(Settings, {"size": 3})


def test_a_whole_number_will_do_where_a_number_is_wanted():
    assert from_dict(Settings, {"name": "x", "rate": 2}).rate == 2


@pytest.mark.parametrize("cls", [TrainingSettings, SamplingSettings, SearchSettings])
def test_every_default_lies_within_its_own_bounds_and_has_words_for_a_form(cls):
    validate(cls())
    for field in dataclasses.fields(cls):
        assert field.metadata["label"], field.name
        assert field.metadata["help"].endswith("."), field.name
