"""The order of the suite: the engine's and the pages' tests, then the browser, then, with nothing beside them, the timings."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Move browser tests towards the end and benchmarks to the very end; the rest stays as it was."""
    items.sort(key=lambda item: ("browser" in item.keywords) + 2 * ("benchmark" in item.keywords))
