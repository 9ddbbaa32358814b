"""What a stranger can send over the line, on a real server: messages, origins, crowds of windows, values of widgets."""

from __future__ import annotations

import asyncio
import itertools
import time
import urllib.parse
from collections.abc import Coroutine
from typing import Any

import pytest
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg

from engine.limits import limits
from pages.components.shell import routes
from tests.benchmarks.pace import allowance
from tests.load.lengths import AT_LENGTH, at_length
from tests.load.server import Server
from tests.load.session import SLOTS, Held
from tests.load.visitor import Visitor

PAGES = [page.name for page in routes.listed() if page is not routes.HOME]
LINK_SECONDS = 2.0  # on top of three times the page without; a link of 100 kB cost 3
LIGHT_SECONDS = 2.0  # a light rerun beside forty windows of a stranger took 13.8 s
REFUSED_SECONDS = 1.5  # a foreign origin held everybody up for 2 s


def play(scene: Coroutine[Any, Any, None]) -> None:
    """Play a scene on an event loop."""
    asyncio.run(asyncio.wait_for(scene, 120))


def test_emptying_the_caches_is_refused_and_the_line_stays_open(hosted: Server, stranger: str) -> None:
    async def scene() -> None:
        async with Visitor(hosted.address, stranger) as visitor:
            await visitor.go("models")
            await visitor.set("model", visitor.options("model")[1])
            asked = BackMsg()
            asked.clear_cache = True
            await visitor.socket.send(asked.SerializeToString())
            run = await visitor.again()
            assert run.problems == []
            assert f"model={visitor.options('model')[1]}" in urllib.parse.unquote_plus(visitor.query)

    before = _refused(hosted, "messages")
    play(scene())
    assert _refused(hosted, "messages") == before + 1


def test_a_foreign_page_is_refused_at_once_and_nobody_waits(hosted: Server, stranger: str) -> None:
    async def scene() -> None:
        begun = time.perf_counter()
        for number in range(5):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await Visitor(hosted.address, stranger, origin=f"http://evil{number}.example").connect()
            assert refused.value.response.status_code == 403
        assert time.perf_counter() - begun < 5 * REFUSED_SECONDS
        begun = time.perf_counter()
        assert hosted.get("/_stcore/health", {"Origin": "http://evil.example"})[0] == 200
        assert time.perf_counter() - begun < REFUSED_SECONDS

    play(scene())


@at_length
def test_forty_windows_of_one_address_do_not_slow_another(hosted: Server, stranger: str) -> None:
    async def scene() -> None:
        crowd = [Visitor(hosted.address, stranger) for _ in range(limits().sockets)]
        await asyncio.gather(*(visitor.connect() for visitor in crowd))
        with pytest.raises(websockets.InvalidStatus) as refused:
            await Visitor(hosted.address, stranger).connect()
        assert refused.value.response.status_code == 429
        async with Visitor(hosted.address, "198.51.100.1") as other:
            await other.go("models")
            storm = asyncio.gather(*(visitor.go("cells") for visitor in crowd))
            took = []
            while not storm.done():
                took.append((await other.again()).elapsed_seconds)
                await asyncio.sleep(0.2)
            await storm
            print(f"\na light rerun beside {len(crowd)} windows that open Cells: {max(took):.2f} s at most")
            assert max(took) < LIGHT_SECONDS * allowance()
        for visitor in crowd:
            await visitor.close()

    play(scene())


@at_length
def test_pages_do_not_take_one_anothers_fields(hosted: Server) -> None:
    """What was chosen on one page stands in no other address."""

    async def scene() -> None:
        async with Visitor(hosted.address) as visitor:
            for first, second in itertools.permutations(PAGES, 2):
                await visitor.go(first)
                await visitor.again(_last_choices(visitor))
                run = await visitor.go(second)
                assert (run.problems, visitor.query) == ([], ""), f"{second} after {first}"

    play(scene())


def _last_choices(visitor: Visitor) -> dict[str, Any]:
    """Return another choice for every list, pill and text that stands in the address."""
    given: dict[str, Any] = {}
    for held in visitor.widgets():
        if getattr(held.proto, "query_param_key", "") and not held.fragment and not held.proto.disabled:
            if held.kind in ("selectbox", "button_group"):
                last = [getattr(option, "content", option) for option in held.proto.options][-1]
                given[held.proto.id] = last if held.kind == "selectbox" else [last]
            elif held.kind in ("text_area", "text_input"):
                given[held.proto.id] = "He was here ."
    return given


BAD_NUMBERS = (1e9, -1.0, float("nan"), float("inf"), 2.0**63, 0.5)


def _bad_values(held: Held) -> list[tuple[str, Any]]:
    """Return values over every bound, and of the wrong length, as only a raw message can hold them."""
    if not AT_LENGTH:
        worst = {"slider": [], "button_group": [], "number_input": float("inf"), "selectbox": "../../etc/passwd"}
        return [(SLOTS[held.kind], worst[held.kind])] if held.kind in worst else []
    if held.kind == "slider":
        return [("double_array_value", value) for value in ([], [1.0] * 1000, *([bad] for bad in BAD_NUMBERS))]
    if held.kind == "number_input":
        return [("double_value", value) for value in BAD_NUMBERS]
    if held.kind == "button_group":
        return [("string_array_value", value) for value in ([], ["../../etc/passwd"], ["x"] * 1000)]
    if held.kind == "selectbox":
        return [("string_value", value) for value in ("", "../../etc/passwd")]
    return []


@pytest.mark.parametrize("page", PAGES)
def test_no_value_of_a_widget_breaks_a_page(hosted: Server, page: str) -> None:
    async def scene() -> None:
        async with Visitor(hosted.address) as visitor:
            await visitor.go(page)
            for held in visitor.widgets():
                for slot, value in _bad_values(held):
                    run = await visitor.again({held.proto.id: (slot, value)}, held.fragment)
                    assert run.problems == [], (held.proto.id[-40:], value)
                visitor.forget(held.proto.id)

    play(scene())


@pytest.mark.parametrize("page", ["sentiment", "generation"])
def test_long_texts_and_links_are_bounded(hosted: Server, page: str) -> None:
    async def scene() -> None:
        async with Visitor(hosted.address) as visitor:
            await visitor.go(page)
            plain = (await visitor.go(page)).elapsed_seconds
        for query in (f"text={'a' * 100_000}", f"{'a' * 100_000}=1", "&".join(f"a{n}=1" for n in range(900))):
            async with Visitor(hosted.address) as visitor:
                run = await visitor.go(page, query)
                assert run.problems == []
                assert run.alerts
                print(f"\na link of {len(query):,} characters to {page}: {run.elapsed_seconds:.2f} s")
                assert run.elapsed_seconds < LINK_SECONDS + 3 * plain
        async with Visitor(hosted.address) as visitor:
            await visitor.go(page)
            run = await visitor.set("text" if page == "sentiment" else "prompt", "a" * 900_000)
            assert run.problems == []
            print(f"a word of 0.9 MB on {page} comes back as {run.size_bytes:,} bytes in {run.elapsed_seconds:.2f} s")
            assert run.size_bytes < 1_500_000

    play(scene())


def test_what_is_no_message_closes_its_own_line_alone(hosted: Server, stranger: str) -> None:
    async def scene() -> None:
        async with Visitor(hosted.address, "198.51.100.2") as other:
            await other.go("models")
            for sent in (b"\xff" * 100, "text", b"", b"\x00" * 3_000_000):
                visitor = Visitor(hosted.address, stranger)
                await visitor.connect()
                await visitor.socket.send(sent)
                if sent:
                    await asyncio.wait_for(visitor.socket.wait_closed(), 10)
                await visitor.close()
            assert (await other.again()).problems == []

    play(scene())


def _refused(server: Server, what: str) -> int:
    line = next((line for line in server.get("/metrics")[1].splitlines() if f'what="{what}"' in line), " 0")
    return int(line.rpartition(" ")[2])
