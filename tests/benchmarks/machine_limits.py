"""What the machine itself allows, as turns: reading memory, and products of matrices."""

from __future__ import annotations

import time
from functools import cache

import numpy as np
import torch

from engine.training.matrix_limit import matrix_limit
from engine.training.precision import BFLOAT16, FLOAT32
from tests.benchmarks.turns import Take, Unavailable, timed

OUT_OF_CACHE = 256 * 2**20  # bytes, several times the last cache of common processors


def read_from_memory(count: float) -> Take:
    """Return a turn that tells the seconds in which so many bytes come from memory, none of them from a cache."""
    array = _large()
    return timed(lambda: np.dot(array, array), OUT_OF_CACHE / count)


def read_from_cache(count: int) -> Take:
    """Return a turn that reads so many bytes over and over: from the caches as far as they fit in."""
    array = np.ones(max(1, count // 4), dtype=np.float32)
    return timed(lambda: np.dot(array, array))


@cache
def _large() -> np.ndarray:
    return np.ones(OUT_OF_CACHE // 4, dtype=np.float32)


def products(operations: float, precision: str = FLOAT32) -> Take | Unavailable:
    """Return a turn that tells the seconds in which so many operations of matrix products are made at best."""
    if precision == BFLOAT16 and not multiplies_bfloat16():
        return Unavailable("this processor has no products in bfloat16")
    return lambda: operations / matrix_limit(precision, time.process_time)


def multiplies_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 itself; elsewhere it is imitated, slowly."""
    return torch.backends.mkldnn.is_available() and bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def both_products(operations: float) -> dict[str, Take | Unavailable]:
    """Return the limits by matrix products in both formats, by name."""
    return {f"matrix products, {precision}": products(operations, precision) for precision in (FLOAT32, BFLOAT16)}
