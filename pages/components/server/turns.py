"""Whose script runs next: a few at once, and of those that wait each address in its turn.

All scripts of a server share one interpreter. Run all at once they all end late, and whoever opens forty windows has
forty shares of it; in turns, each address has one.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Hashable

AT_ONCE = 4
SECONDS = 0.5
"""After so long a script gives its place to the next and goes on beside it: it may only be waiting, as one that writes
at reading pace."""


class ScriptTurn:
    """One script's leave to run; it counts for its address until `end`."""

    def __init__(self, turns: Turns, address: Hashable) -> None:
        self._turns, self._address = turns, address
        self._holds_place, self.is_over = True, False
        self._timer = asyncio.get_running_loop().call_later(SECONDS, self._leave_place)

    def end(self) -> None:
        """Say that the script is done; a second time does nothing."""
        if not self.is_over:
            self.is_over = True
            self._timer.cancel()
            self._leave_place()
            self._turns._forget(self._address)

    def _leave_place(self) -> None:
        if self._holds_place:
            self._holds_place = False
            self._turns._free_place()


class Turns:
    """Hands out turns. Everything happens on the server's event loop."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._running: dict[Hashable, int] = {}
        self._waiting: OrderedDict[Hashable, deque[tuple[asyncio.Future[ScriptTurn], int]]] = OrderedDict()

    async def take(self, address: Hashable, most: int) -> ScriptTurn:
        """Return a turn once there is a place and the address has fewer than `most` scripts at work."""
        asked: asyncio.Future[ScriptTurn] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(address, deque()).append((asked, most))
        self._admit()
        try:
            return await asked
        except asyncio.CancelledError:
            if asked.done() and not asked.cancelled():
                asked.result().end()
            raise

    def _admit(self) -> None:
        """Let in who waits, one of each address after the other; whose address has enough at work is passed over."""
        passed_over = 0
        while self._free and passed_over < len(self._waiting):
            address, queue = next(iter(self._waiting.items()))
            while queue and queue[0][0].done():  # who was cancelled
                queue.popleft()
            self._waiting.move_to_end(address)
            if not queue:
                del self._waiting[address]
            elif self._running.get(address, 0) < queue[0][1]:
                asked, _ = queue.popleft()
                if not queue:
                    del self._waiting[address]
                self._free -= 1
                self._running[address] = self._running.get(address, 0) + 1
                asked.set_result(ScriptTurn(self, address))
                passed_over = 0
            else:
                passed_over += 1

    def _free_place(self) -> None:
        self._free += 1
        self._admit()

    def _forget(self, address: Hashable) -> None:
        self._running[address] -= 1
        if not self._running[address]:
            del self._running[address]
        self._admit()


class Rate:
    """How often each address may do something: so many in a minute, and as many at once where it was quiet."""

    def __init__(self) -> None:
        self._due: dict[Hashable, float] = {}  # when what was done so far would have been right, done evenly
        self._swept = 0.0

    def wait_seconds(self, address: Hashable, per_minute: int, now: float | None = None) -> float:
        """Return how long the address has to wait for one more; 0 where it may at once."""
        now = time.monotonic() if now is None else now
        return max(0.0, self._due.get(address, now) - now - 60.0 * (1 - 1 / per_minute))

    def note(self, address: Hashable, per_minute: int, now: float | None = None) -> None:
        """Count one more."""
        now = time.monotonic() if now is None else now
        self._due[address] = max(now, self._due.get(address, now)) + 60.0 / per_minute
        if now - self._swept > 60.0:
            self._swept = now
            self._due = {known: due for known, due in self._due.items() if due > now}
