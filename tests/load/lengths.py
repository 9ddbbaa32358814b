"""What takes too long for every change: `make load`, `make faults` and `make attacks` run it."""

from __future__ import annotations

import os

import pytest

AT_LENGTH = bool(os.environ.get("UNROLLED_AT_LENGTH"))
at_length = pytest.mark.skipif(not AT_LENGTH, reason="at length: make load, make faults, make attacks")
