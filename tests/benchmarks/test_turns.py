"""The runner of the table: turns, ratios within a round, what cannot be measured, and a run that is stopped."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from engine.inspection.stored.speed import COLUMNS, EXPONENT, OURS, PEER, TITLES
from tests.benchmarks import __main__ as command
from tests.benchmarks import turns
from tests.benchmarks.turns import Contest, Item, Unavailable, measure

pytestmark = pytest.mark.benchmark


def item(contest: Contest | Callable[[], Contest], name: str = "an item", group: str = "steps") -> Item:
    return Item(group, name, turns.SECONDS, "step", contest if callable(contest) else lambda: contest)


def values(*given: float) -> turns.Take:
    """Return turns of given costs, the first of them the warm-up."""
    costs = itertools.cycle(given)
    return lambda: next(costs)


def test_ratios_are_of_one_round_and_rounds_are_in_turn() -> None:
    order: list[str] = []

    def noted(name: str, take: turns.Take) -> turns.Take:
        return lambda: order.append(name) or take()

    contest = Contest.between(
        noted("ours", values(9, 1, 2, 10)), {"peer": noted("peer", values(9, 3, 6, 30))}, {"none": Unavailable("why")}
    )
    found = measure(item(contest), seconds=0, fewest_rounds=3)
    assert order == ["ours", "peer"] * 4
    assert found.ratios("peer").tolist() == [3, 3, 3]  # though the third round met a busy machine
    assert found.middle() == 2
    rows = found.rows().set_index("who")
    assert set(COLUMNS) - set(rows.reset_index()) == {"noise", "software", "hardware", "commit", "date"}
    assert rows.loc["peer", ["ratio", "ratio_low", "ratio_high"]].tolist() == [3, 3, 3]
    assert np.isnan(rows.loc["none", "value"])
    assert rows.loc["none", "note"] == "why"


def test_what_cannot_be_measured_is_a_row_that_says_why() -> None:
    def build() -> Contest:
        raise Unavailable("this machine has one core")

    rows = measure(item(build)).rows()
    assert rows["note"].tolist() == ["this machine has one core"]
    assert rows["value"].isna().all()


def test_an_exponent_is_the_slope_of_the_logarithms() -> None:
    contest = Contest.over(
        {"square": {size: values(size**2) for size in (1, 2, 4)}}, {"line": {size: values(size) for size in (1, 2, 4)}}
    )
    found = measure(item(contest), seconds=0)
    rows = found.rows()
    powers = rows[rows["kind"] == EXPONENT].set_index("who")["value"]
    assert powers["square"] == pytest.approx(2)
    assert powers["line"] == pytest.approx(1)
    assert found.ratio("line", 4) == 0.25
    assert found.gain(4, 1) == 16


def test_a_run_that_is_stopped_keeps_what_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped() -> Contest:
        raise KeyboardInterrupt

    def broken() -> Contest:
        raise RuntimeError("no such thing")

    contests = {"first": Contest.between(values(1), {"peer": values(2)}), "broken": broken, "stopped": stopped}
    items = {name: item(contest, name) for name, contest in contests.items()}
    monkeypatch.setattr(command, "ITEMS", items)
    table = tmp_path / "speed.parquet"
    monkeypatch.setattr(sys, "argv", ["benchmarks", "--quick", "--output", str(table)])
    assert command.main() == command.INTERRUPTED
    frame = pd.read_parquet(table)
    assert list(frame["item"].unique()) == ["broken", "first"]
    assert list(frame[frame["item"] == "first"]["kind"]) == [OURS, PEER]
    assert "failed: RuntimeError no such thing" in frame["note"].tolist()
    assert set(frame["noise"]) == {"not measured; a quick run of a few rounds, 0.0 minutes long"}
    assert "2 of 3" in capsys.readouterr().err


def test_every_group_has_items_and_a_title() -> None:
    assert {item.group for _, item in turns.ITEMS.items()} == set(turns.GROUPS) == set(TITLES)
