"""What every attack begins with: a stranger's address that no other test uses."""

from __future__ import annotations

import itertools

import pytest

_numbers = itertools.count(1)


@pytest.fixture
def stranger() -> str:
    """Return an address of the range for documentation, one for each test."""
    return f"203.0.113.{next(_numbers)}"
