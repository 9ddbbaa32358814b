"""Many visitors on mixed pages: how long each kind of action takes, what fails, and what the server takes for it.

Kinds of action: `open` a page (Home and Generation also write at reading pace), `light` (a slider, a pill, a switch),
`text` (another text), `tool` (another tool of the page), `write` (generation with another seed). Every visitor comes
from an address of its own, as a proxy would say.

    python -m tests.load.crowd --visitors 50 --seconds 60

`make load` keeps the figures in data/results/load.parquet.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from pages.components.shell import routes
from tests.load.server import Server
from tests.load.session import Held, Run
from tests.load.visitor import Visitor

PAGES = tuple(page.name for page in routes.listed() if page.name not in ("train", "runs", "data"))
WORDS = (
    "the old sailor never found a quiet harbour but Maria wrote from Oslo that every good film about dogs was too long "
    "and not bad"
).split()
SENTENCES = (
    "A dog runs across the beach {} .",
    "Two men are playing football {} .",
    "The red house is near the lake {} .",
    "She does not like cold coffee {} .",
)
LIGHT = ("slider", "checkbox", "button_group", "selectbox")
NOT_LIGHT = ("tool", "section", "network", "model", "translators", "direction", "writers")
TEXTS = ("translation", "sentiment", "entities", "cells")
TIMEOUT_SECONDS = 60.0


@dataclass
class Book:
    """What was measured: seconds by kind of action, and what failed."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    first: list[float] = field(default_factory=list)
    by_page: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    failures: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0

    def note(self, kind: str, page: str, run: Run) -> None:
        """Count one action."""
        self.seconds[kind].append(run.elapsed_seconds)
        self.by_page[f"{page} {kind}"].append(run.elapsed_seconds)
        self.size_bytes += run.size_bytes
        if kind == "open":
            self.first.append(run.first_seconds)
        for problem in run.problems:
            self.failures[f"{page}: {problem[:160]}"] += 1

    def all(self, *kinds: str) -> list[float]:
        """Return the seconds of some kinds of action, of every kind where none is named."""
        return [seconds for kind in kinds or self.seconds for seconds in self.seconds[kind]]


class Watch(threading.Thread):
    """Asks for the server's health twice a second, and looks at its memory."""

    def __init__(self, server: Server) -> None:
        super().__init__(daemon=True)
        self.health: list[float] = []
        self.mebibytes: list[float] = []
        self.bad = 0
        self._server, self._is_over = server, threading.Event()

    def run(self) -> None:
        """Look until the end."""
        while not self._is_over.wait(0.5):
            begun = time.perf_counter()
            self.bad += self._server.get("/healthz")[0] != 200
            self.health.append(time.perf_counter() - begun)
            self.mebibytes.append(self._server.mebibytes())

    def end(self) -> None:
        """Stop looking."""
        self._is_over.set()
        self.join(15)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which so large a share of the values lies; nan of none."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


def milliseconds(seconds: Sequence[float], share: float) -> float:
    """Return a percentile of seconds in milliseconds; nan of none."""
    return round(1e3 * percentile(seconds, share), 1)


@dataclass(frozen=True)
class Habits:
    """How long visitors stay, how long they look before they act again (from, to), and where they go; in seconds."""

    stay_seconds: float = 60.0
    think_seconds: tuple[float, float] = (1.0, 5.0)
    pages: tuple[str, ...] = PAGES


async def visit(server: Server, number: int, habits: Habits, book: Book) -> None:
    """Go from page to page as one visitor until time is up."""
    chance, until, think = random.Random(1000 + number), time.monotonic() + habits.stay_seconds, habits.think_seconds
    order = chance.sample(habits.pages, len(habits.pages))
    await asyncio.sleep(chance.uniform(0, min(think[1], habits.stay_seconds / 3)))
    visitor, place = Visitor(server.address, source=f"10.{number // 250}.{number % 250}.1"), 0
    while time.monotonic() < until:
        try:
            if visitor.socket is None:
                await visitor.connect()
            page, place = order[place % len(order)], place + 1
            book.note("open", page, await visitor.go(page, seconds=TIMEOUT_SECONDS))
            for _ in range(0 if page == "home" else chance.randint(3, 6)):
                await asyncio.sleep(chance.uniform(*think))
                if time.monotonic() > until:
                    break
                kind, run = await act(visitor, chance)
                book.note(kind, page, run)
            await asyncio.sleep(chance.uniform(*think))
        except Exception as error:  # whatever fails is counted, and the visitor comes again
            book.failures[f"{type(error).__name__}: {str(error)[:120]} at {visitor.page}"] += 1
            await visitor.close()
            visitor.socket = None
            await asyncio.sleep(1)
    await visitor.close()


async def act(visitor: Visitor, chance: random.Random) -> tuple[str, Run]:
    """Do one thing on the page that is open; return its kind and what came of it."""
    dice, page = chance.random(), visitor.page
    if page == "generation" and dice < 0.25:
        return "write", await visitor.click("again", TIMEOUT_SECONDS)
    if page in TEXTS and dice < 0.25:
        text = " ".join(chance.choices(WORDS, k=chance.randint(6, 16))) + " ."
        if page == "translation":
            text = chance.choice(SENTENCES).format(chance.randint(2, 99))
        return "text", await visitor.set("text", text, TIMEOUT_SECONDS)
    offered = [held for held in visitor.widgets("button_group") if held.proto.id.endswith("-tool")]
    if offered and dice < 0.4:
        return "tool", await visitor.set("tool", [chance.choice(visitor.options("tool"))], TIMEOUT_SECONDS)
    light = [held for held in visitor.widgets() if held.kind in LIGHT and not held.proto.disabled]
    light = [held for held in light if not held.proto.id.endswith(tuple(f"-{name}" for name in NOT_LIGHT))]
    if not light:
        return "light", await visitor.again(seconds=TIMEOUT_SECONDS)
    held = chance.choice(light)
    return "light", await visitor.again({held.proto.id: moved(held, chance)}, held.fragment, TIMEOUT_SECONDS)


def moved(held: Held, chance: random.Random) -> Any:
    """Return another value of a widget."""
    proto = held.proto
    if held.kind == "slider":
        steps = max(1, round((proto.max - proto.min) / (proto.step or 1)))
        return [proto.min + chance.randint(0, steps) * (proto.step or 1)]
    if held.kind == "checkbox":
        return chance.random() < 0.5
    names = [getattr(option, "content", option) for option in proto.options]
    return chance.choice(names) if held.kind == "selectbox" else [chance.choice(names)]


@dataclass(frozen=True)
class Figures:
    """What a crowd met.

    Attributes:
        p50_ms, p95_ms: of whatever was done on a page (light, text, tool) until the page had followed.
        light_p95_ms: of sliders, pills and switches alone. open_p95_ms: until something of an opened page was there.
        server_cpu, client_cpu: processor seconds a second, of the server and of the crowd itself.
    """

    visitors: int
    seconds: float
    actions: int
    failures: int
    p50_ms: float
    p95_ms: float
    light_p95_ms: float
    open_p95_ms: float
    health_p99_ms: float
    server_cpu: float
    client_cpu: float
    server_mebibytes: float
    mebibytes_sent: float


async def gather(server: Server, visitors: int, habits: Habits) -> tuple[Figures, Book]:
    """Let a crowd in and return what was measured."""
    book, watch = Book(), Watch(server)
    watch.start()
    begun, own, cpu = time.perf_counter(), time.process_time(), server.cpu_seconds()
    await asyncio.gather(*(visit(server, number, habits, book) for number in range(visitors)))
    lasted = time.perf_counter() - begun
    watch.end()
    acted = book.all("light", "text", "tool")
    return Figures(
        visitors=visitors,
        seconds=round(lasted, 1),
        actions=len(book.all()),
        failures=sum(book.failures.values()) + watch.bad,
        p50_ms=milliseconds(acted, 0.5),
        p95_ms=milliseconds(acted, 0.95),
        light_p95_ms=milliseconds(book.all("light"), 0.95),
        open_p95_ms=milliseconds(book.first, 0.95),
        health_p99_ms=milliseconds(watch.health, 0.99),
        server_cpu=round((server.cpu_seconds() - cpu) / lasted, 3),
        client_cpu=round((time.process_time() - own) / lasted, 3),
        server_mebibytes=round(max(watch.mebibytes, default=0)),
        mebibytes_sent=round(book.size_bytes / 2**20, 1),
    ), book


async def warm(server: Server) -> None:
    """Open every page once, so that what is measured is a server that others have used."""
    async with Visitor(server.address) as visitor:
        for page in PAGES:
            await visitor.go(page)


def main() -> None:
    """Measure crowds of the sizes that were asked for, and keep the figures."""
    import tempfile

    from tests.benchmarks.visitor import describe_machine
    from tests.load import kept
    from tests.load.server import fleet, host

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="+", default=[10, 50, 100])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, nargs=2, default=(1.0, 5.0))
    parser.add_argument("--pages", nargs="+", default=list(PAGES))
    parser.add_argument("--processes", type=int, default=1, help="server processes; several stand behind HAProxy")
    parser.add_argument("--keep", action="store_true", help="put the figures into data/results/load.parquet")
    given = parser.parse_args()
    habits = Habits(given.seconds, tuple(given.think), tuple(given.pages))
    with tempfile.TemporaryDirectory() as runs, ExitStack() as stack:
        several = given.processes > 1
        server = stack.enter_context(fleet(runs, given.processes) if several else host(runs))
        server.wait_until("/readyz")
        for each in server.servers if several else [server]:
            asyncio.run(warm(each))
        for count in given.visitors:
            figures, book = asyncio.run(gather(server, count, habits))
            print(figures)
            slow = sorted(book.by_page.items(), key=lambda item: -percentile(item[1], 0.95))[:12]
            for name, seconds in slow:
                times = f"p50 {percentile(seconds, 0.5):.2f} s, p95 {percentile(seconds, 0.95):.2f} s"
                print(f"  {name}: {len(seconds)} times, {times}")
            for failure, times in book.failures.most_common(8):
                print(f"  failed {times} times: {failure}")
            if given.keep:
                kept.add(figures, habits, describe_machine(), given.processes)


if __name__ == "__main__":
    main()
