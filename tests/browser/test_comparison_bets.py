"""Bets, half-life and cost under a visitor's hands: what the charts hold is what the engine computes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from engine.experiments.costs.state_size import state_table
from engine.experiments.live_race.race import repeat
from engine.inspection.gradients.half_life import half_life
from engine.models.folder import load_model
from tests.browser.browsing import TIMEOUT_MS, Visit, eventually

RACE = {"task": "delayed_recall", "length": 2, "architectures": ("rnn", "gru"), "parameters": 2000, "seed": 4}
SHORT = (
    "race_length=2&race_second=GRU&race_third=Nobody&race_parameters=2000&race_max_steps=20&race_seconds=60&race_seed=4"
    "&race_bet=GRU"
)
LONG = "race_task=copying&race_length=300&race_max_steps=5000&race_seconds=60"
TEXT = "The tide came in, and all the boats went out."
LINES = """chart => Object.fromEntries(chart._fullData
    .filter(line => line.x && line.x[0] !== null && line.fill === 'none')
    .sort((one, other) => one.x.length - other.x.length)  // a single mark may bear the name of its line
    .map(line => [line.name, [Array.from(line.x), Array.from(line.y)]]))"""


def button(guest: Visit, key: str) -> Locator:
    """Return a button by its key; Streamlit's own toolbar has a Stop too while a script runs."""
    return guest.page.locator(f".st-key-{key} button")


def test_a_race_ends_with_a_verdict_and_its_curves_are_the_engine_s(guest: Visit) -> None:
    guest.open(f"/comparison?section=live_race&{SHORT}", "Comparison")
    button(guest, "race-start").click()
    expect(guest.page).to_have_url(re.compile("[?&]race="))
    expect(guest.page.locator(".st-key-race-receipt")).to_be_visible(timeout=5 * TIMEOUT_MS)
    expect(guest.page.get_by_text(re.compile("wins: |No clear winner: |there is no winner")).first).to_be_visible()
    expect(guest.page.get_by_text(re.compile("You bet on GRU: "))).to_be_visible()
    expect(guest.page.get_by_test_id("stProgress")).to_have_count(0)
    truth = repeat(20, **RACE)

    def expect_the_engine_s_curves() -> dict[str, list]:
        drawn = guest.drawn("race", LINES)
        for label, name in (("RNN", "rnn"), ("GRU", "gru")):
            seeds = (
                truth[truth["architecture"] == name].pivot(index="step", columns="seed", values="accuracy").ffill()
            )  # who has solved it stays there
            own = seeds.median(axis=1).head(len(drawn[label][0]))  # fewer on a busy machine
            assert drawn[label][0] == own.index.tolist() != []
            assert drawn[label][1] == pytest.approx([100 * (1 - share) for share in own])
        return drawn

    drawn = eventually(expect_the_engine_s_curves)
    guest.page.reload()
    expect(guest.page.get_by_text(re.compile("You bet on GRU: "))).to_be_visible()
    assert eventually(expect_the_engine_s_curves) == drawn


def test_stop_stops_a_race(guest: Visit) -> None:
    guest.open(f"/comparison?section=live_race&{LONG}", "Comparison")
    button(guest, "race-start").click()
    expect(button(guest, "race-stop")).to_be_visible()
    button(guest, "race-stop").click()
    expect(guest.page.get_by_text("Stopped after")).to_be_visible()
    expect(button(guest, "race-start")).to_be_enabled()


def test_half_life_and_cost_show_the_engine_s_numbers(guest: Visit) -> None:
    words = TEXT.replace(" ", "+")
    guest.open(
        f"/comparison?section=half_life&half_life_models=GRU&half_life_distance=20&half_life_text={words}", "Comparison"
    )
    truth = half_life(load_model("shakespeare-gru"), TEXT, 20, 0)
    distances, kl = truth.frame["distance"].tolist(), truth.frame["kl"].clip(lower=1e-6).tolist()

    def expect_the_engine_s_curve() -> None:
        assert guest.drawn("half-life-kl", LINES)["GRU"] == [distances, pytest.approx(kl, rel=1e-4)]

    eventually(expect_the_engine_s_curve)
    expect(guest.page.get_by_test_id("stMetricValue")).to_contain_text(f"{truth.farthest_noticeable} token")
    guest.page.get_by_test_id("stButtonGroup").get_by_text("Time and memory").click()
    expect(guest.page.get_by_text("after 400 tokens the LSTM holds 512 bytes").first).to_be_visible()
    held = state_table(64, 400).set_index("architecture")["measured_bytes"]

    def expect_the_engine_s_bytes() -> None:
        curves = guest.drawn("cost-state", LINES)
        position = curves["Transformer"][0].index(400)
        assert curves["Transformer"][1][position] == pytest.approx(held["transformer"] / 1024)
        assert curves["LSTM"][1][position] == pytest.approx(held["lstm"] / 1024)

    eventually(expect_the_engine_s_bytes)
    expect(guest.page).to_have_url(re.compile("section="))
