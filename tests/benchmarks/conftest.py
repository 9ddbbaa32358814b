"""What benchmarks share: one warm server, as starting it takes longer than what is measured on it, and one thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.benchmarks import turns
from tests.benchmarks.visitor import Server, serve


@pytest.fixture(scope="session")
def warm_server() -> Iterator[Server]:
    """Return a server that has imported what the pages need."""
    with serve(preload="torch, pandas") as server:
        yield server


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Compute on one thread, as the server does."""
    with turns.one_thread():
        yield
