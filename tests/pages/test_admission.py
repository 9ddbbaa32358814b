"""The server's door: foreign pages, crowds of one address, messages that no page needs, bodies without an end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit import net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.web.server.server_util import is_url_from_allowed_origins

from engine import limits
from pages.components.server import admission

STRANGER = "203.0.113.7"
heard: list[bytes] = []


async def stream(socket: WebSocket) -> None:
    """Take in what a visitor sends, and answer each message."""
    await socket.accept()
    try:
        while True:
            heard.append(await socket.receive_bytes())
            await socket.send_bytes(b"")
    except WebSocketDisconnect:
        pass


async def take(request: Request) -> PlainTextResponse:
    """Read a body to its end."""
    return PlainTextResponse(str(len(await request.body())))


ROUTES = [
    WebSocketRoute("/_stcore/stream", stream),
    Route("/_stcore/upload_file/a/b", take, methods=["PUT"]),
    Route("/page", take, methods=["GET", "POST"]),
    Route("/metrics", take),
    Route("/_stcore/metrics", take),
]


def client(address: str = STRANGER) -> TestClient:
    """Return a browser at an address, before a door of its own."""
    heard.clear()
    return TestClient(Starlette(routes=ROUTES, middleware=admission.middleware()), client=(address, 50_000))


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let one address do little."""
    small = replace(limits.PROFILES["hosted"], sockets=3, sockets_per_minute=5, requests_per_minute=4)
    monkeypatch.setitem(limits.PROFILES, "hosted", small)
    return


def message(kind: str) -> BackMsg:
    """Return a message of one kind."""
    sent = BackMsg()
    getattr(sent, kind).SetInParent() if kind in ("rerun_script", "file_urls_request") else setattr(sent, kind, True)
    return sent


@pytest.mark.parametrize("kind", ["clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"])
def test_messages_that_no_page_needs_never_reach_streamlit(kind: str) -> None:
    with client().websocket_connect("/_stcore/stream") as socket:
        socket.send_bytes(message(kind).SerializeToString())
        socket.send_bytes(message("app_heartbeat").SerializeToString())
        socket.receive_bytes()
    assert [BackMsg.FromString(data).WhichOneof("type") for data in heard] == ["app_heartbeat"]


def test_two_messages_in_one_are_what_the_last_of_them_is() -> None:
    both = message("stop_script").SerializeToString() + message("clear_cache").SerializeToString()
    with client().websocket_connect("/_stcore/stream") as socket:
        socket.send_bytes(both)
        socket.send_bytes(message("app_heartbeat").SerializeToString())
        socket.receive_bytes()
    assert both not in heard


def test_operations_that_write_files_and_requests_for_many_addresses_are_refused() -> None:
    skills, many = BackMsg(), BackMsg()
    skills.backend_operation_request.install_skills.SetInParent()
    many.file_urls_request.file_names.extend(["a"] * 1000)
    with client().websocket_connect("/_stcore/stream") as socket:
        for sent in (skills, many, message("app_heartbeat")):
            socket.send_bytes(sent.SerializeToString())
        socket.receive_bytes()
    assert len(heard) == 1


def test_a_run_is_passed_on_and_what_is_no_message_closes_the_line() -> None:
    for odd in (b"\xff\xff\xff", "text"):
        with client().websocket_connect("/_stcore/stream") as socket:
            socket.send_bytes(message("rerun_script").SerializeToString())
            socket.receive_bytes()
            socket.send({"type": "websocket.receive", "bytes" if isinstance(odd, bytes) else "text": odd})
            assert socket.receive() == {"type": "websocket.close", "code": 1002}
        assert len(heard) == 1


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://testserver.evil.example", "file://", "http://localhost:1234", ""]
)
def test_a_foreign_page_is_refused(origin: str) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused:
        client().websocket_connect("/_stcore/stream", headers={"Origin": origin}).__enter__()
    assert refused.value.status_code == 403


@pytest.mark.parametrize("origin", ["http://testserver", "https://testserver", None])
def test_the_servers_own_page_and_what_is_no_browser_come_in(origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    with client().websocket_connect("/_stcore/stream", headers=headers) as socket:
        socket.send_bytes(message("app_heartbeat").SerializeToString())
        socket.receive_bytes()


def test_a_foreign_origin_makes_nobody_ask_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(net_util, "_make_blocking_http_get", lambda *_, **__: pytest.fail("asked the network"))
    assert not is_url_from_allowed_origins("http://evil.example")


@pytest.mark.usefixtures("few")
def test_one_address_has_a_few_windows_and_others_theirs() -> None:
    door = client()
    with (
        door.websocket_connect("/_stcore/stream"),
        door.websocket_connect("/_stcore/stream"),
        door.websocket_connect("/_stcore/stream"),
    ):
        with pytest.raises(WebSocketDenialResponse) as refused:
            door.websocket_connect("/_stcore/stream").__enter__()
        assert refused.value.status_code == 429
        assert "3 windows of one address" in refused.value.text
    with door.websocket_connect("/_stcore/stream"), door.websocket_connect("/_stcore/stream"):
        pass
    with pytest.raises(WebSocketDenialResponse):
        door.websocket_connect("/_stcore/stream").__enter__()


@pytest.mark.usefixtures("few")
def test_one_network_of_the_newer_addresses_is_one_address() -> None:
    door = client("2001:db8::1")
    here, there, elsewhere = ({"client": (f"2001:db8:{net}::{host}", 1)} for net, host in ((0, 1), (0, 2), (1, 1)))
    assert admission.address_of(here) == admission.address_of(there) != admission.address_of(elsewhere)
    assert admission.address_of({"client": ("::ffff:203.0.113.7", 1)}) == admission.address_of(
        {"client": (STRANGER, 1)}
    )
    assert [door.get("/page").status_code for _ in range(5)] == [200] * 4 + [429]


@pytest.mark.usefixtures("few")
def test_requests_are_counted_and_who_asks_too_often_is_told_when() -> None:
    door = client()
    answers = [door.get("/page") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 4 + [429]
    assert 0 < int(answers[-1].headers["retry-after"]) <= 16


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_machine_itself_is_not_counted(address: str) -> None:
    door = client(address)
    assert {door.get("/page").status_code for _ in range(20)} == {200}


@pytest.mark.parametrize("is_told", [True, False])
def test_a_body_is_bounded_whether_it_says_its_length_or_not(is_told: bool) -> None:
    small, large = b"a" * 1000, b"a" * (admission.MAX_BODY_BYTES + 1)
    door = client()
    for body, status in ((small, 200), (large, 413)):
        sent = body if is_told else iter([body[:500], body[500:]])
        assert door.post("/page", content=sent).status_code == status
    assert door.put("/_stcore/upload_file/a/b", content=large).status_code == 200
    most = limits.limits().mebibytes * 2**20 + admission.UPLOAD_SLACK_BYTES
    assert door.put("/_stcore/upload_file/a/b", headers={"Content-Length": str(most + 1)}).status_code == 413
    assert door.put("/_stcore/upload_file/a/b", headers={"Content-Length": "-1"}).status_code == 413


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics"])
def test_figures_are_for_the_machine_itself(path: str) -> None:
    assert client().get(path).status_code == 404
    assert client("127.0.0.1").get(path).status_code == 200
    assert client("127.0.0.1").get(path, headers={"X-Forwarded-For": STRANGER}).status_code == 404
