"""A random client: messages, files and addresses that nobody would send, and what is left of the server afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import time
import urllib.parse
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

import websockets

from pages.components.shell import routes
from tests.attacks.test_messages import BAD_NUMBERS
from tests.load.crowd import LIGHT, moved
from tests.load.lengths import AT_LENGTH, at_length
from tests.load.server import Server
from tests.load.session import SLOTS
from tests.load.visitor import Visitor

PAGES = [page.name for page in routes.listed() if page is not routes.HOME]
SECONDS = float(os.environ.get("UNROLLED_ATTACK_SECONDS", "600"))
STRANGERS = 4
MOST_MEBIBYTES_MORE = 100
WORDS = (
    *("\x00", "\u202e", "\ud83d", "é" * 500, "../../etc/passwd", "<script>alert(1)</script>", "'; DROP TABLE x", "%00"),
    *(
        "nan",
        "inf",
        "-1",
        "1e999",
        "9" * 400,
        "{{7*7}}",
        "${jndi:ldap://x}",
        "http://169.254.169.254/",
        "a" * 30_000,
        "",
    ),
)
FILES = (
    bytes(range(256)) * 400,
    b"a\n" * 2_000_000,
    b"[" * 900_000,
    b"\x1f\x8b" + bytes(1000),
    b"PK\x03\x04" + bytes(1000),
    b'text\n"' + b"a" * 1_000_000,
    "hello\n".encode("utf-16-be"),
    b"text," + b",".join(b"c%d" % n for n in range(50_000)),
    b"",
)


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Play a scene on an event loop."""
    asyncio.run(asyncio.wait_for(scene, SECONDS + 300))


async def misbehave(server: Server, number: int, until: float, problems: list[str]) -> None:
    """Do what nobody would, on one page after another."""
    chance = random.Random(number)
    while time.monotonic() < until:
        visitor = Visitor(server.address, f"203.0.113.{200 + number}")
        page, done = chance.choice(PAGES), ""
        try:
            await visitor.connect()
            names = ("text", "tool", "network", "seed", "model", "line", "x")
            query = urllib.parse.urlencode(
                {chance.choice(names): chance.choice(WORDS) for _ in range(3)}, errors="replace"
            )
            done = f"{page}?{query[:80]}"
            problems += [f"{done}: {problem}" for problem in (await visitor.go(page, query)).problems]
            for _ in range(4):
                held = chance.choice(visitor.widgets())
                done = f"{page} {held.kind} {held.proto.id[-30:]}"
                run = await _act(visitor, held, chance)
                problems += [f"{done}: {problem}" for problem in run.problems]
        except (websockets.ConnectionClosed, websockets.InvalidStatus, TimeoutError, IndexError):
            pass  # a line may be closed on a stranger; the pages of others may not
        finally:
            await visitor.close()


async def _act(visitor: Visitor, held: Any, chance: random.Random) -> Any:
    """Do something to a widget that its page does not offer."""
    slot = SLOTS[held.kind]
    if held.kind == "file_uploader":
        return await visitor.upload(held.proto.id.rpartition("-")[2], chance.choice(WORDS)[:40], chance.choice(FILES))
    values: dict[str, Any] = {
        "double_array_value": [chance.choice(BAD_NUMBERS)] * chance.randint(0, 3),
        "string_array_value": [chance.choice(WORDS)] * chance.randint(0, 3),
        "string_value": chance.choice(WORDS).encode("utf-8", "replace").decode(),
        "double_value": chance.choice(BAD_NUMBERS),
        "bool_value": chance.random() < 0.5,
        "trigger_value": True,
    }
    value = (slot, values[slot])
    if chance.random() < 0.3 and held.kind in LIGHT:
        with suppress(IndexError):
            value = (slot, moved(held, chance))
    return await visitor.again({held.proto.id: value}, chance.choice([held.fragment, "no-such-fragment", ""]), 30)


async def look(server: Server) -> dict[str, set[str]]:
    """Return which kinds of elements a visitor is shown on every page."""
    found = {}
    async with Visitor(server.address) as visitor:
        for page in PAGES:
            run = await visitor.go(page)
            assert run.problems == [], page
            found[page] = {held.kind for held in visitor.elements.values()}
    return found


@at_length
def test_afterwards_every_page_answers_as_before(hosted: Server) -> None:
    async def scene() -> None:
        await look(hosted)  # the first time something is loaded, which may be said
        before, held = await look(hosted), hosted.mebibytes()
        problems: list[str] = []
        until = time.monotonic() + SECONDS
        await asyncio.gather(*(misbehave(hosted, number, until, problems) for number in range(STRANGERS)))
        assert problems == []
        assert await look(hosted) == before
        more = hosted.mebibytes() - held
        print(f"\nafter {SECONDS:.0f} s of {STRANGERS} strangers the server has {more:+.0f} MiB on {held:.0f}")
        assert more < MOST_MEBIBYTES_MORE

    play(scene())


def test_nobody_reads_what_another_typed(hosted: Server) -> None:
    """Words of one visitor in whatever the server sends to the others."""

    async def type_words(visitor: Visitor, page: str, number: int) -> None:
        visitor.heard = []
        await visitor.go(page)
        for turn in range(10 if AT_LENGTH else 2):
            await visitor.set("text", f"canary{number}x{turn} said the film was good .")

    async def scene() -> None:
        crowd = [Visitor(hosted.address) for _ in range(20 if AT_LENGTH else 6)]
        for visitor in crowd:
            await visitor.connect()
        pages = ("sentiment", "entities")
        await asyncio.gather(*(type_words(visitor, pages[n % 2], n) for n, visitor in enumerate(crowd)))
        for number, visitor in enumerate(crowd):
            heard = b"".join(visitor.heard or ())
            assert f"canary{number}x".encode() in heard
            others = [other for other in range(len(crowd)) if other != number and f"canary{other}x".encode() in heard]
            assert others == []
            await visitor.close()

    play(scene())
