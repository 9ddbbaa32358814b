"""A visitor without a browser, one of many: carries a `Session`'s messages over Streamlit's websocket.

A browser costs far more than the server it watches; of these, a hundred take a tenth of a core.
"""

from __future__ import annotations

import asyncio
import http.client
import secrets
import urllib.parse
from typing import Any

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.load.session import FINISHED, Run, Session

SECONDS = 120.0


class Visitor(Session):
    """One tab. `source` is the address it comes from, as a proxy would say it; "" for the machine's own."""

    def __init__(self, address: str, source: str = "", origin: str = "", cookie: str = "") -> None:
        super().__init__()
        self.address = address
        given = {"X-Forwarded-For": source, "Origin": origin, "Cookie": cookie}
        self.headers = {name: value for name, value in given.items() if value}
        self.heard: list[bytes] | None = None
        self.socket: Any = None

    async def __aenter__(self) -> Visitor:
        await self.connect()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def connect(self, session_id: str = "") -> None:
        """Open the line; with the id of a session that lost its line, that session's."""
        protocols = ["streamlit", "placeholder", session_id] if session_id else ["streamlit"]
        self.socket = await websockets.connect(
            f"ws://{self.address}/_stcore/stream",
            subprotocols=protocols,
            additional_headers=self.headers,
            max_size=None,
            compression=None,
            open_timeout=SECONDS,
            ping_interval=None,
            proxy=None,
        )

    async def close(self) -> None:
        """Close the line, if it is open."""
        if self.socket is not None:
            await self.socket.close()

    async def go(self, page: str, query: str = "", seconds: float = SECONDS) -> Run:
        """Follow a link to a page and wait until it is drawn."""
        return await self.ask(self.open(page, query), seconds)

    async def again(self, changed: dict[str, Any] | None = None, fragment: str = "", seconds: float = SECONDS) -> Run:
        """Set widgets by their ids and wait until the script has run."""
        return await self.ask(self.rerun(changed, fragment=fragment), seconds)

    async def set(self, key: str, value: Any, seconds: float = SECONDS) -> Run:
        """Set the widget of this key or parameter of the address."""
        held = self.find(key)
        return await self.again({held.proto.id: value}, held.fragment, seconds)

    async def click(self, key: str, seconds: float = SECONDS) -> Run:
        """Click the button of this key."""
        held = self.find(key, "button")
        return await self.again({held.proto.id: True}, held.fragment, seconds)

    async def poll(self, seconds: float = SECONDS) -> Run | None:
        """Run the fragment that asks for it, as a browser's clock would; None where none does."""
        if not self.timers:
            return None
        return await self.ask(self.rerun(fragment=next(iter(self.timers)), is_automatic=True), seconds)

    async def ask(self, message: bytes, seconds: float = SECONDS) -> Run:
        """Send a message and read until the script has ended."""
        run = Run()
        await self.socket.send(message)
        async with asyncio.timeout(seconds):
            while True:
                data = await self.socket.recv()
                if self.heard is not None:
                    self.heard.append(data)
                if self.take(data, run) == FINISHED:
                    return run

    async def upload(self, key: str, name: str, data: bytes) -> Run:
        """Bring a file: ask for an address, put it there, and tell the page."""
        held = self.find(key, "file_uploader")
        asked = BackMsg()
        asked.file_urls_request.request_id = secrets.token_hex(8)
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.id
        await self.socket.send(asked.SerializeToString())
        async with asyncio.timeout(SECONDS):
            while True:
                answer = ForwardMsg.FromString(await self.socket.recv())
                if answer.WhichOneof("type") == "file_urls_response":
                    break
        (urls,) = answer.file_urls_response.file_urls
        status = await asyncio.to_thread(put, self.address, urls.upload_url, name, data)
        if status >= 400:
            raise RuntimeError(f"the upload was refused with {status}")
        parts = {part: getattr(urls, part) for part in ("file_id", "upload_url", "delete_url")}
        return await self.again({held.proto.id: [parts | {"name": name, "size": len(data)}]}, held.fragment)


def put(address: str, path: str, name: str, data: bytes) -> int:
    """Upload a file as a browser does, with the cookie against forged requests; return the status."""
    line = http.client.HTTPConnection(address, timeout=SECONDS)
    line.request("GET", "/_stcore/health")
    answer = line.getresponse()
    answer.read()
    cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
    mark, safe = secrets.token_hex(16), urllib.parse.quote(name)
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{safe}"; filename="{safe}"\r\n\r\n'
    headers = {
        "Content-Type": f"multipart/form-data; boundary={mark}",
        "Cookie": cookie,
        "X-Xsrftoken": cookie.partition("=")[2].strip('"'),
    }
    line.request("PUT", path, head.encode() + data + f"\r\n--{mark}--\r\n".encode(), headers)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status
