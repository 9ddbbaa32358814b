"""What is said of shares: nothing is called 0 % or 100 % that is not."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wording import chance_level, first_to_last, nats, percent, shortened


@pytest.mark.parametrize(
    ("share", "digits", "said"),
    [
        (0.1234, 1, "12.3 %"),
        (0.1234, 0, "12 %"),
        (0, 0, "0 %"),
        (1.0, 1, "100.0 %"),
        (0.9996, 0, "99.96 %"),
        (0.9996, 1, "99.96 %"),
        (0.995, 0, "99.5 %"),
        (0.007, 0, "0.7 %"),
        (0.0004, 1, "0.04 %"),
        (1e-9, 0, "under 0.01 %"),
        (1 - 1e-9, 1, "over 99.999 %"),
        (1.5, 0, "150 %"),
        (-0.25, 0, "-25 %"),
        (math.nan, 0, "unknown"),
    ],
)
def test_shares_are_said_as_one_would(share: float, digits: int, said: str) -> None:
    assert percent(share, digits) == said


@given(st.floats(0, 1, exclude_min=True, exclude_max=True), st.integers(0, 2))
def test_only_none_and_all_are_called_so(share: float, digits: int) -> None:
    said = percent(share, digits)
    assert said.split()[0] in ("under", "over") or 0 < float(said.removesuffix(" %")) < 100


def test_a_span_names_its_ends_and_what_is_quoted_is_cut_off() -> None:
    assert first_to_last(["c", "a", "b"]) == "a to c"
    assert first_to_last(["a", "a"]) == "a"
    assert first_to_last([]) == ""
    assert [shortened(text, 3) for text in ("abc", "abcd")] == ["abc", "abc…"]


def test_losses_are_in_nats() -> None:
    assert nats(2.0794) == "2.08 nats"
    assert chance_level(0.6931, 3) == "Chance level: 0.693 nats."
