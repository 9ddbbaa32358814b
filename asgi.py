"""The app for a host: `make host`, or `uvicorn asgi:app`. `streamlit run app.py` serves the same for one's own machine.

Visitors are sent here once /readyz says yes, so the engine is warmed up from the start, in the background.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import streamlit as st
    import uvicorn

SOCKET_BYTES = 4 * 2**20  # of one message of a visitor; what Streamlit takes is in .streamlit/config.toml
SECONDS_TO_END = 5  # for what is being answered when the server is asked to stop


def make_app() -> st.App:
    """Return the app; imported here, as the processes that jobs run in load this file too (multiprocessing's spawn)."""
    import streamlit as st

    from pages.components.server import hosting

    return st.App(Path(__file__).with_name("app.py"), **hosting.parts(warm_up_after=0.0, has_worker=True))


def settings(app: st.App, host: str, port: int) -> uvicorn.Config:
    """Return how the server is run: one process, as a visitor's session lives in it.

    uvicorn opens the port itself, which gives connections TCP_NODELAY; one that is handed over would not have it.
    Proxies whose word on a visitor's address counts are named by the variable FORWARDED_ALLOW_IPS.
    """
    import uvicorn

    return uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=SOCKET_BYTES,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )


if __name__ == "__main__":
    import uvicorn

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8501")))
    given = parser.parse_args()
    uvicorn.Server(settings(make_app(), given.host, given.port)).run()
elif __name__ == "asgi":  # of `uvicorn asgi:app`
    app = make_app()
