"""What the server's sockets are set to, and lines that are dropped, slow, or come back."""

from __future__ import annotations

import asyncio
import runpy
import socket

import pytest
import uvicorn

from tests.load.server import ROOT, Server, free_port
from tests.load.visitor import Visitor


def test_small_answers_are_sent_at_once() -> None:
    """With Nagle's algorithm a click that follows another waits 40 ms for the acknowledgement of the one before."""

    async def answer(scope: dict, receive: object, send: object) -> None:
        """Answer nothing."""

    async def scene() -> int:
        port, settings = free_port(), runpy.run_path(str(ROOT / "asgi.py"), run_name="settings alone")["settings"]
        server = uvicorn.Server(settings(answer, "127.0.0.1", port))
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        while not server.server_state.connections:
            await asyncio.sleep(0.01)
        (connection,) = server.server_state.connections
        line = connection.transport.get_extra_info("socket")
        found = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        writer.close()
        server.should_exit = True
        await task
        return found

    assert asyncio.run(asyncio.wait_for(scene(), 10)) != 0


def test_a_line_that_drops_in_the_middle_of_a_run_comes_back_to_its_session(hosted: Server) -> None:
    async def scene() -> None:
        first = Visitor(hosted.address)
        await first.connect()
        await first.go("models")
        chosen = first.options("model")[1]
        await first.set("model", chosen)
        await first.socket.send(first.rerun())
        first.socket.transport.abort()
        again = Visitor(hosted.address)
        await again.connect(first.id)
        again.query = first.query
        run = await again.go("models", first.query)
        assert again.id == first.id
        assert run.problems == []
        await again.close()

    asyncio.run(asyncio.wait_for(scene(), 60))


def test_who_never_reads_does_not_keep_others_waiting(hosted: Server) -> None:
    async def scene() -> float:
        deaf = [Visitor(hosted.address) for _ in range(5)]
        for visitor in deaf:
            await visitor.connect()
            visitor.socket.transport.pause_reading()
            for _ in range(20):
                await visitor.socket.send(visitor.open("models"))
        async with Visitor(hosted.address) as other:
            run = await other.go("models")
            assert run.problems == []
        for visitor in deaf:
            visitor.socket.transport.abort()
        return run.elapsed_seconds

    took = asyncio.run(asyncio.wait_for(scene(), 60))
    print(f"\na page beside five that never read: {took:.2f} s")
    assert took < 5


@pytest.mark.parametrize("session", ["", "not-a-session", "a" * 500])
def test_a_session_that_is_not_there_is_a_new_one(hosted: Server, session: str) -> None:
    async def scene() -> None:
        visitor = Visitor(hosted.address)
        await visitor.connect(session)
        assert (await visitor.go("models")).problems == []
        assert visitor.id not in ("", session)
        await visitor.close()

    asyncio.run(asyncio.wait_for(scene(), 60))
