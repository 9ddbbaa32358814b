"""What a host needs of the server besides the pages: whether it lives, whether it is ready, figures for the machine's
own eyes, headers that keep other sites out of the pages, and a beginning and an end.
"""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import lru_cache
from hashlib import sha256
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from engine.errors import EngineError
from pages.components.computing import cache
from pages.components.drawing import notices
from pages.components.server import admission, visitor
from pages.components.shell import serving

HOSTS, FRAMES = "UNROLLED_HOSTS", "UNROLLED_FRAME_ANCESTORS"
"""Variables: the names under which the server may be asked for, and the sites that may show its pages in a frame."""


def parts(warm_up_after: float, has_worker: bool = False) -> dict[str, Any]:  # as st.App takes them
    """Return what the app consists of besides its script; the engine is warmed up so many seconds after the start, and
    where a worker is wanted from the beginning, the one for tools follows."""
    hosts = [host.strip() for host in os.environ.get(HOSTS, "").split(",") if host.strip()]
    trusted = [Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)] if hosts else []
    return {
        "routes": [*probes(), *serving.routes()],
        "middleware": [*admission.middleware(), Middleware(Headers), *trusted, *visitor.middleware()],
        "lifespan": lifespan(warm_up_after, has_worker),
        "on_script_error": notices.show_fault,
    }


def probes() -> list[BaseRoute]:
    """Return the routes by which a host and a proxy look at the server."""
    return [Route("/healthz", _live), Route("/readyz", _ready), Route("/metrics", _metrics)]


def lifespan(
    warm_up_after: float, has_worker: bool = False
) -> Callable[[Any], AbstractAsyncContextManager[None]]:  # of an st.App
    """Return what begins and ends with the server: the engine is warmed up, and jobs are told that it goes."""

    @asynccontextmanager
    async def live(app: Any) -> AsyncIterator[None]:
        timer = threading.Timer(warm_up_after, _warm_up, [has_worker])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            cache.close_jobs()

    return live


def content_policy() -> str:
    """Return what a page may load, and from where: only the server's own. Streamlit's script makes modules of blobs and
    writes styles."""
    scripts = " ".join(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in serving.scripts())
    rules = {
        "default-src": "'self'",
        "script-src": f"'self' blob: 'wasm-unsafe-eval' {scripts}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "connect-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-src": "'self' blob:",
        "frame-ancestors": os.environ.get(FRAMES, "") or "'self'",
    }
    return "; ".join(f"{name} {allowed}" for name, allowed in rules.items())


class Headers:
    """Sends the headers that protect a visitor with everything."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _protection().items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)


@lru_cache(maxsize=1)
def _protection() -> dict[str, str]:
    framing = {} if os.environ.get(FRAMES) else {"X-Frame-Options": "SAMEORIGIN"}
    return framing | {
        "Content-Security-Policy": content_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }


def _live(request: Request) -> Response:
    """Say that the server answers."""
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


def _ready(request: Request) -> Response:
    """Say whether visitors should be sent here: a network has written its first character."""
    is_ready = cache.is_warm()
    return PlainTextResponse(
        "ready\n" if is_ready else "warming up\n", 200 if is_ready else 503, headers={"Cache-Control": "no-store"}
    )


def _metrics(request: Request) -> Response:
    """Return what the server counts, as OpenMetrics; `admission.Door` lets only the machine itself ask for it."""
    lines = ["# TYPE unrolled_refused counter", "# HELP unrolled_refused What was refused or made to wait at the door."]
    lines += [f'unrolled_refused_total{{what="{what}"}} {count}' for what, count in sorted(admission.refused.items())]
    lines += ["# TYPE unrolled_faults counter", f"unrolled_faults_total {notices.faults()}"]
    lines += ["# TYPE unrolled_ready gauge", f"unrolled_ready {int(cache.is_warm())}", "# TYPE unrolled_jobs gauge"]
    lines += [f'unrolled_jobs{{state="{state}"}} {count}' for state, count in sorted(cache.count_jobs().items())]
    text = "\n".join([*lines, "# EOF", ""])
    return PlainTextResponse(text, media_type="application/openmetrics-text; version=1.0.0; charset=utf-8")


def _warm_up(has_worker: bool) -> None:
    with suppress(EngineError):  # a damaged model is told to whoever opens a page
        cache.warm_up()
        if has_worker:
            cache.warm_shared_jobs()
