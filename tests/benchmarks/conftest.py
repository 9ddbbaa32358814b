"""One warm server for all that is measured on a warm server: starting it takes longer than what is measured on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks.visitor import Server, serve


@pytest.fixture(scope="session")
def warm_server() -> Iterator[Server]:
    """Return a server that has imported what the pages need."""
    with serve(preload="torch, pandas") as server:
        yield server
