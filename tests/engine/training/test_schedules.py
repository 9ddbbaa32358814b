"""Schedules by hand: where they start, where they peak, where they end, and that they never leave their range."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ConfigError
from engine.training.schedules import LEARNING_RATE_SCHEDULES, TEACHER_FORCING_SCHEDULES

PROGRESS = st.floats(0, 1)


def test_constant_warms_up_in_a_straight_line_and_stays():
    rate = LEARNING_RATE_SCHEDULES.get("constant")
    assert [rate(p, 0.2) for p in (0, 0.05, 0.1, 0.2, 0.7, 1)] == pytest.approx([0, 0.25, 0.5, 1, 1, 1])
    assert rate(0, 0) == 1


def test_one_cycle_rises_in_a_straight_line_and_falls_as_half_a_cosine():
    rate = LEARNING_RATE_SCHEDULES.get("one_cycle")
    assert rate(0.1, 0.2) == pytest.approx(0.5)
    assert rate(0.2, 0.2) == pytest.approx(1)
    assert rate(0.4, 0.2) == pytest.approx(0.5 * (1 + math.cos(math.pi * 0.25)))
    assert rate(0.6, 0.2) == pytest.approx(0.5)
    assert rate(1.0, 0.2) == pytest.approx(0, abs=1e-12)
    assert 0 < rate(0, 0.2) < 0.01  # the first update does something
    assert rate(0, 0) == 1


@given(PROGRESS, st.floats(0, 0.9), st.sampled_from(LEARNING_RATE_SCHEDULES.names()))
def test_a_rate_stays_between_nothing_and_the_whole(progress, warmup, name):
    assert 0 <= LEARNING_RATE_SCHEDULES.get(name)(progress, warmup) <= 1


@given(PROGRESS, st.floats(0, 1), st.sampled_from(TEACHER_FORCING_SCHEDULES.names()))
def test_teacher_forcing_stays_between_its_ratio_and_always(progress, ratio, name):
    assert ratio - 1e-9 <= TEACHER_FORCING_SCHEDULES.get(name)(progress, ratio) <= 1


@given(PROGRESS, PROGRESS, st.floats(0, 1), st.sampled_from(["linear", "inverse_sigmoid"]))
def test_teacher_forcing_only_ever_lets_go(one, other, ratio, name):
    schedule = TEACHER_FORCING_SCHEDULES.get(name)
    assert schedule(max(one, other), ratio) <= schedule(min(one, other), ratio) + 1e-12


def test_teacher_forcing_by_hand():
    linear, sigmoid = (
        TEACHER_FORCING_SCHEDULES.get("linear"),
        TEACHER_FORCING_SCHEDULES.get("inverse_sigmoid"),
    )
    assert [linear(p, 0.2) for p in (0, 0.5, 1)] == pytest.approx([1, 0.6, 0.2])
    assert sigmoid(0.5, 0.2) == pytest.approx(0.6)
    assert sigmoid(0, 0.2) == pytest.approx(1, abs=0.01)
    assert sigmoid(1, 0.2) == pytest.approx(0.2, abs=0.01)
    assert TEACHER_FORCING_SCHEDULES.get("constant")(0.3, 0.7) == 0.7


def test_an_unknown_schedule_is_answered_with_the_known_ones():
    with pytest.raises(
        ConfigError, match="Unknown learning-rate schedule 'cosine'; choose one of: constant, one_cycle"
    ):
        LEARNING_RATE_SCHEDULES.get("cosine")


def test_the_inverse_sigmoid_falls_most_in_the_middle_and_by_how_much():
    ratio = TEACHER_FORCING_SCHEDULES.get("inverse_sigmoid")
    assert ratio(0.5, 0.2) == pytest.approx(0.6)
    assert ratio(0.75, 0.0) == pytest.approx(1 / (1 + math.e**3))
    assert ratio(0.0, 0.2) > 0.998
    assert ratio(1.0, 0.2) < 0.202
