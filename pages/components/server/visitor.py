"""Who a visitor is: a secret in a cookie that no script and no address can read, and the folder that belongs to it."""

from __future__ import annotations

import re
import secrets
import threading
import time
from http.cookies import CookieError, SimpleCookie
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine import owners
from engine.limits import limits
from pages.components.controls import state

COOKIE = "unrolled_visitor"
_SECRET = re.compile(r"[\w-]{22}", re.ASCII)  # 128 bits
_COOKIE_DAYS = 400  # the longest a browser allows; every page opened begins them anew
_SECONDS_BETWEEN_REMOVALS = 3600


def folder() -> Path:
    """Return the folder of this visitor's own data, runs and networks; it need not be there yet."""
    return owners.folder_of(_secret())


def origin() -> dict[str, str]:
    """Return whose a job is and from where they came, as `JobRunner.submit` takes it."""
    return {"owner": folder().name, "address": address()}


def address() -> str:
    """Return where this visitor's connection comes from; "" for the machine's own."""
    return st.context.ip_address or ""


def arrive() -> None:
    """Note that this visitor is here, and now and then remove what others left too long ago; once a run."""
    owners.note_visit(folder())
    _removal.begin_if_due()


def middleware() -> list[Middleware]:
    """Return what gives every browser its secret with the first page it is sent."""
    return [Middleware(CookieGiver)]


class CookieGiver:
    """Sends a cookie with every page: the one the browser has, or a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("set-cookie", _cookie(Headers(scope=scope), scope["scheme"]))
            await send(message)

        await self._app(scope, receive, send_with_cookie)


def _cookie(headers: Headers, scheme: str) -> str:
    try:
        known = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        known = None
    secret = known.value if known is not None and _SECRET.fullmatch(known.value) else secrets.token_urlsafe(16)
    is_safe = "https" in (scheme, headers.get("x-forwarded-proto", "").split(",")[0].strip())
    age = _COOKIE_DAYS * 86_400
    return f"{COOKIE}={secret}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{'; Secure' if is_safe else ''}"


def _secret() -> str:
    """Return what the browser's cookie holds; without one, a secret that ends with the session."""
    given = st.context.cookies.get(COOKIE, "")
    if _SECRET.fullmatch(str(given)):
        return given
    kept = state.recall("visitor", "secret")
    if kept is None:
        kept = secrets.token_urlsafe(16)
        state.remember("visitor", "secret", kept)
    return kept


class _Removal:
    """Removes what visitors left, in a thread of its own, once in a while."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due = 0.0

    def begin_if_due(self) -> None:
        with self._lock:
            if time.monotonic() < self._due:
                return
            self._due = time.monotonic() + _SECONDS_BETWEEN_REMOVALS
        threading.Thread(target=owners.remove_left, args=(limits().days_kept,), name="removal", daemon=True).start()


_removal = _Removal()
