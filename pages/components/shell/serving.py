"""The page that a browser is sent before Streamlit's script runs in it, with what must be known from the first moment.

Our style sheet stands in its head: sent by a run of the app it would come after the first elements, and move them. So
does the address of the server, which Streamlit's script otherwise tries below the page's own path first
("/models/_stcore/health"), where it gets an error.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route
from streamlit import config, file_util
from streamlit.url_util import make_url_path

from pages.components.shell.routes import HOME, listed

# Of every page the server is where its folder is, also behind a proxy that takes a prefix off.
_SERVER = "window.__streamlit = {BACKEND_BASE_URL: new URL('.', location.href).href};"
# The lesson that an address opens stands beside the page: its room is kept free until it is there, see `page.css`.
_LESSON = "if (/[?&]lesson=/.test(location.search)) document.documentElement.classList.add('lesson-comes');"


def routes() -> list[BaseRoute]:
    """Return a route for the address of every page."""
    base = config.get_option("server.baseUrlPath") or ""
    addresses = [make_url_path(base, "" if page is HOME else page.name) for page in listed()]
    return [Route(address, _send) for address in addresses]


def _send(request: Request) -> HTMLResponse:
    return HTMLResponse(_document(), headers={"Cache-Control": "no-cache"})


def scripts() -> list[str]:
    """Return the scripts that stand in the page itself."""
    return re.findall(r"<script>(.*?)</script>", _document(), re.DOTALL)


@lru_cache(maxsize=1)
def _document() -> str:
    document = (Path(file_util.get_static_dir()) / "index.html").read_text(encoding="utf-8")
    style = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    return document.replace("<head>", f"<head><script>{_SERVER}{_LESSON}</script><style>{style}</style>", 1)
