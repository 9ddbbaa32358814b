"""Whose script runs next: a few at once, each address in its turn, and nobody for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from pages.components.server import turns
from pages.components.server.turns import Rate, Turns


def run(scene: Coroutine[Any, Any, None]) -> None:
    """Play a scene on an event loop."""
    asyncio.run(scene)


async def settle() -> None:
    """Let everything happen that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def test_whoever_has_forty_windows_has_one_turn_in_two_beside_another() -> None:
    async def scene() -> None:
        order: list[str] = []
        places = Turns(at_once=1)
        first = await places.take("busy", 99)

        async def one(address: str) -> None:
            turn = await places.take(address, 99)
            order.append(address)
            turn.end()

        crowd = [asyncio.create_task(one("busy")) for _ in range(40)]
        await settle()
        crowd += [asyncio.create_task(one("other")) for _ in range(3)]
        await settle()
        first.end()
        await asyncio.gather(*crowd)
        assert order[:6].count("other") == 3
        assert len(order) == 43

    run(scene())


def test_a_script_that_takes_long_gives_up_its_place_and_still_counts_for_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "SECONDS", 0.01)

    async def scene() -> None:
        places = Turns(at_once=1)
        slow = await places.take("anna", 1)
        second = asyncio.create_task(places.take("anna", 1))
        await asyncio.wait_for(places.take("bert", 1), 1)
        await settle()
        assert not second.done(), "one script of an address may be at work"
        slow.end()
        await asyncio.wait_for(second, 1)

    run(scene())


def test_who_leaves_while_waiting_takes_no_place() -> None:
    async def scene() -> None:
        places = Turns(at_once=1)
        first = await places.take("anna", 9)
        waiting = asyncio.create_task(places.take("bert", 9))
        await settle()
        waiting.cancel()
        await settle()
        first.end()
        first.end()
        assert not (await asyncio.wait_for(places.take("carl", 9), 1)).is_over

    run(scene())


def test_a_rate_allows_a_minute_at_once_and_then_one_after_the_other() -> None:
    rate = Rate()
    for _ in range(60):
        assert rate.wait_seconds("anna", 60, 100.0) == 0
        rate.note("anna", 60, 100.0)
    assert rate.wait_seconds("anna", 60, 100.0) == pytest.approx(1.0)
    assert rate.wait_seconds("bert", 60, 100.0) == 0
    assert rate.wait_seconds("anna", 60, 101.0) == pytest.approx(0.0)


def test_addresses_that_are_quiet_again_are_forgotten() -> None:
    rate = Rate()
    for number in range(100):
        rate.note(number, 60, 100.0)
    rate.note("late", 60, 1000.0)
    assert set(rate._due) == {"late"}
