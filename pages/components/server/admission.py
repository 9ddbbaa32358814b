"""The server's door: who comes in, from where, how often, and what may be sent to Streamlit behind it.

Streamlit hands every message of a visitor to the app, that which empties all caches too, and asks the network for its
own address before it refuses a page of somebody else's. What is refused or made to wait here never gets there.

Addresses are those of visitors, also behind a proxy: uvicorn reads them from what proxies it trusts say
(FORWARDED_ALLOW_IPS). The loopback address is the machine's own and is not counted.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections import Counter
from collections.abc import Hashable
from urllib.parse import urlsplit

from google.protobuf.message import DecodeError
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config, net_util
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from engine.limits import limits
from pages.components.server.turns import Rate, ScriptTurn, Turns

STREAM, UPLOAD, METRICS = "/_stcore/stream", "/_stcore/upload_file/", ("/_stcore/metrics", "/metrics")
ACCEPTED = frozenset({"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "backend_operation_request"})
"""Messages that a page needs. Not among them: emptying the caches of all, watching the source, asking for git."""
ACCEPTED_OPERATIONS = frozenset({"deferred_file", "dataframe_chunk"})
MAX_FILES_ASKED = 8  # of one message; every uploader takes one file
MAX_BODY_BYTES = 65_536  # of what is no upload
UPLOAD_SLACK_BYTES = 65_536  # for what surrounds a file in its request
_END_BYTES = 256  # the message that a script is done is shorter

refused: Counter[str] = Counter()
"""How often what was refused since the server began, for its metrics."""

# Looked up over the network, on the event loop, whenever a page of another origin asks for anything: everybody waits.
net_util._external_ip = net_util._internal_ip = ""


def middleware() -> list[Middleware]:
    """Return what stands before everything else that answers."""
    return [Middleware(Door)]


def address_of(scope: Scope) -> Hashable | None:
    """Return what counts as the address of a request: of IPv6 the network, of which one visitor has many addresses;
    None for the machine's own."""
    try:
        address = ipaddress.ip_address((scope.get("client") or ("",))[0].partition("%")[0])
    except ValueError:  # a socket of the file system
        return None
    if address.version == 6 and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_loopback:
        return None
    return address if address.version == 4 else ipaddress.ip_network((address, 64), strict=False)


def is_own_origin(origin: str | None, host: str | None) -> bool:
    """Return whether a page of this origin may connect: the server's own, or one that its settings name; without one
    it is no browser."""
    if origin is None:
        return True
    parts = urlsplit(origin)
    known = list(config.get_option("server.corsAllowedOrigins") or ())
    if config.is_manually_set("browser.serverAddress"):
        known.append(config.get_option("browser.serverAddress"))
    return bool(parts.netloc) and (parts.netloc == host or origin in known or parts.hostname in known)


class Door:
    """Refuses, delays and counts; one for the whole server."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._turns = Turns()
        self._open: Counter[Hashable] = Counter()
        self._sockets, self._requests, self._actions = Rate(), Rate(), Rate()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or carry a socket."""
        if scope["type"] == "websocket":
            await self._carry(scope, receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _carry(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, address = Headers(scope=scope), address_of(scope)
        if not is_own_origin(headers.get("origin"), headers.get("host")):
            await _refuse(scope, receive, send, 403, "foreign origin", "This page belongs to another site.")
            return
        if address is not None:
            allowed = limits()
            if self._open[address] >= allowed.sockets:
                words = f"{allowed.sockets} windows of one address may be open at once: close one."
                await _refuse(scope, receive, send, 429, "sockets", words)
                return
            if self._sockets.wait_seconds(address, allowed.sockets_per_minute):
                words = (
                    f"{allowed.sockets_per_minute} windows may be opened from one address in a minute: wait a little."
                )
                await _refuse(scope, receive, send, 429, "sockets a minute", words)
                return
            self._sockets.note(address, allowed.sockets_per_minute)
        line = _Line(self._turns, self._actions, address, receive, send)
        self._open[address] += 1
        try:
            await self._app(scope, line.receive, line.send)
        finally:
            line.end()
            self._open[address] -= 1
            if not self._open[address]:
                del self._open[address]

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        address, path = address_of(scope), scope["path"]
        if path.endswith(METRICS) and (address is not None or _is_forwarded(scope)):
            await _refuse(scope, receive, send, 404, "metrics", "Not Found")
            return
        if address is not None:
            allowed = limits().requests_per_minute
            if wait := self._requests.wait_seconds(address, allowed):
                words = f"{allowed:,} requests of one address are answered in a minute: wait a little."
                await _refuse(scope, receive, send, 429, "requests", words, {"Retry-After": str(int(wait) + 1)})
                return
            self._requests.note(address, allowed)
        most = MAX_BODY_BYTES
        if UPLOAD in path:
            most = max(limits().mebibytes, limits().weights_mebibytes) * 2**20 + UPLOAD_SLACK_BYTES
        declared = Headers(scope=scope).get("content-length", "")
        if declared and not (declared.isdecimal() and len(declared) < 16 and int(declared) <= most):
            await _refuse(scope, receive, send, 413, "bodies", "What was sent is too large.")
            return
        body = _Body(receive, send, most)
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:
            if not body.is_over:
                raise
        if body.is_over and not body.has_begun:
            await _refuse(scope, receive, send, 413, "bodies", "What was sent is too large.")


class _Body:
    """A request whose body is counted as it arrives: one that does not say its length may have any."""

    def __init__(self, receive: Receive, send: Send, most: int) -> None:
        self._receive, self._send, self._left = receive, send, most
        self.has_begun = False

    @property
    def is_over(self) -> bool:
        """Whether more came than may."""
        return self._left < 0

    async def receive(self) -> Message:
        """Return the next part, or that nobody is there any more once too much came."""
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over else message

    async def send(self, message: Message) -> None:
        """Pass an answer on."""
        self.has_begun = True
        await self._send(message)


class _Line:
    """One visitor's socket: what comes in is looked at, and an action waits for its turn."""

    def __init__(self, turns: Turns, actions: Rate, address: Hashable | None, receive: Receive, send: Send) -> None:
        self._turns, self._actions, self._address = turns, actions, address
        self._receive, self._send = receive, send
        self._turn: ScriptTurn | None = None

    async def receive(self) -> Message:
        """Return the next message that Streamlit may have."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            asked = _read(message.get("bytes"))
            if asked is None:
                refused["no messages"] += 1
                await self._send({"type": "websocket.close", "code": 1002})
                return {"type": "websocket.disconnect", "code": 1002}
            if not _is_accepted(asked):
                refused["messages"] += 1
                continue
            if asked.WhichOneof("type") == "rerun_script":
                await self._wait()
            return message

    async def send(self, message: Message) -> None:
        """Pass a message on; the one that says that the script is done ends its turn."""
        data = message.get("bytes")
        if self._turn is not None and data is not None and len(data) < _END_BYTES and _says_end(data):
            self._turn.end()
        await self._send(message)

    def end(self) -> None:
        """Give back what is held."""
        if self._turn is not None:
            self._turn.end()

    async def _wait(self) -> None:
        """Wait until the visitor's script may run; one that runs already is only run anew."""
        if self._turn is not None and not self._turn.is_over:
            return
        allowed = limits()
        if self._address is not None:
            if wait := self._actions.wait_seconds(self._address, allowed.actions_per_minute):
                refused["actions delayed"] += 1
                await asyncio.sleep(wait)
            self._actions.note(self._address, allowed.actions_per_minute)
        # Of the machine's own address every window is taken for a visitor of its own.
        self._turn = await self._turns.take(self if self._address is None else self._address, allowed.runs_at_once)


def _read(data: bytes | None) -> BackMsg | None:
    """Return the message that data are; None of what is none, as text is."""
    try:
        return None if data is None else BackMsg.FromString(data)
    except DecodeError:
        return None


def _is_accepted(asked: BackMsg) -> bool:
    kind = asked.WhichOneof("type")
    if kind == "backend_operation_request":
        return asked.backend_operation_request.WhichOneof("payload") in ACCEPTED_OPERATIONS
    if kind == "file_urls_request":
        return len(asked.file_urls_request.file_names) <= MAX_FILES_ASKED
    return kind in ACCEPTED


def _says_end(data: bytes) -> bool:
    told = ForwardMsg.FromString(data)
    return told.WhichOneof("type") == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def _is_forwarded(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return any(name in headers for name in ("x-forwarded-for", "forwarded", "via", "x-real-ip"))


async def _refuse(
    scope: Scope,
    receive: Receive,
    send: Send,
    status: int,
    what: str,
    words: str,
    headers: dict[str, str] | None = None,
) -> None:
    """Answer with a status and one sentence; of a socket, before it is opened."""
    refused[what] += 1
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": words})
        return
    await PlainTextResponse(words, status, headers)(scope, receive, send)
